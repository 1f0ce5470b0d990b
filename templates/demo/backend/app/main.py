from fastapi import Depends, FastAPI
from sqlalchemy import text

from app.core.database import get_db
from app.core.redis_client import redis_client

app = FastAPI(title="Action")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/api/v1/hotspots/")
def hotspots(db=Depends(get_db)):
    count = db.execute(text("SELECT count(*) FROM hotspots")).scalar()
    return {"hotspots": count, "visits": redis_client.incr("visits")}
