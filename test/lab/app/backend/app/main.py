from fastapi import FastAPI

from app.api import hotspots

app = FastAPI(title="Action")
app.include_router(hotspots.router)


@app.get("/health")
def health():
    return {"status": "ok"}
