from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import get_db
from app.core.redis_client import redis_client
from app.models import Hotspot

router = APIRouter(prefix="/api/v1/hotspots", tags=["hotspots"])


@router.get("/")
def list_hotspots(limit: int = 20, db: Session = Depends(get_db)):
    query = select(Hotspot).order_by(Hotspot.score.desc()).limit(limit)
    hotspots = [{"id": row.id, "title": row.title, "score": row.score} for row in db.execute(query).scalars()]
    return {"hotspots": hotspots, "views": redis_client.incr("hotspots:views")}
