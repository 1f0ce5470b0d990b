from celery import Celery

app = Celery("action", broker="redis://localhost:6379/0")
