import os
import time

from app.celery_app import celery_app
from app.core.database import SessionLocal
from app.models import JobEvent


@celery_app.task(name="action.work")
def work(batch: str, number: int, seconds: float) -> None:
    record(batch, number, "start")
    time.sleep(seconds)
    record(batch, number, "end")


def record(batch: str, number: int, event: str) -> None:
    with SessionLocal() as db:
        db.add(JobEvent(batch=batch, number=number, event=event, pid=os.getpid()))
        db.commit()
