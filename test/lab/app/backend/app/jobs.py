"""Sends jobs, and says what became of them, exactly:

python -m app.jobs send BATCH COUNT SECONDS
python -m app.jobs count BATCH
"""

import json
import sys

from sqlalchemy import text

from app.core.database import SessionLocal
from app.models import Job
from app.tasks import work

COUNT = """
SELECT count(*) AS sent,
       count(*) FILTER (WHERE starts > 0) AS started,
       count(*) FILTER (WHERE ends > 0) AS finished,
       count(*) FILTER (WHERE ends = 0) AS missing,
       count(*) FILTER (WHERE starts > 1) AS repeated,
       count(*) FILTER (WHERE starts > ends) AS broken
FROM (
  SELECT number,
         count(*) FILTER (WHERE event = 'start') AS starts,
         count(*) FILTER (WHERE event = 'end') AS ends
  FROM jobs LEFT JOIN job_events USING (batch, number)
  WHERE batch = :batch
  GROUP BY number
) AS each_job
"""


def send(batch: str, count: int, seconds: float) -> None:
    with SessionLocal() as db:
        db.add_all(Job(batch=batch, number=number) for number in range(count))
        db.commit()
    for number in range(count):
        work.delay(batch, number, seconds)


def count(batch: str) -> None:
    with SessionLocal() as db:
        row = db.execute(text(COUNT), {"batch": batch}).mappings().one()
    print(json.dumps(dict(row)))


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    else:
        count(sys.argv[2])
