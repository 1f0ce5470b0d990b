import os


class Settings:
    database_url = os.environ.get("DATABASE_URL", "postgresql://action@localhost/action")
    redis_host = os.environ.get("REDIS_HOST", "localhost")
    redis_port = int(os.environ.get("REDIS_PORT", "6379"))


settings = Settings()
