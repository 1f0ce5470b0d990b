"""Settings, from the environment or from the project's .env."""

import os
from pathlib import Path

from dotenv import load_dotenv

load_dotenv(Path(__file__).resolve().parents[3] / ".env")


class Settings:
    database_url = os.environ["DATABASE_URL"]
    redis_host = os.environ.get("REDIS_HOST", "127.0.0.1")
    redis_port = int(os.environ.get("REDIS_PORT", "6379"))
    celery_broker_url = os.environ["CELERY_BROKER_URL"]


settings = Settings()
