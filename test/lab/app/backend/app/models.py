from sqlalchemy import Column, DateTime, Integer, String, func

from app.core.database import Base


class Hotspot(Base):
    __tablename__ = "hotspots"

    id = Column(Integer, primary_key=True)
    title = Column(String(200), nullable=False)
    score = Column(Integer, nullable=False, index=True)


class Job(Base):
    """One task that was handed to the queue."""

    __tablename__ = "jobs"

    batch = Column(String(50), primary_key=True)
    number = Column(Integer, primary_key=True)
    sent_at = Column(DateTime(timezone=True), server_default=func.clock_timestamp())


class JobEvent(Base):
    """What became of a job: a row for each start and each end, whoever ran it and however often."""

    __tablename__ = "job_events"

    id = Column(Integer, primary_key=True)
    batch = Column(String(50), nullable=False, index=True)
    number = Column(Integer, nullable=False)
    event = Column(String(10), nullable=False)
    pid = Column(Integer, nullable=False)
    at = Column(DateTime(timezone=True), server_default=func.clock_timestamp())
