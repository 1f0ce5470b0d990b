from alembic import context
from sqlalchemy import create_engine

import app.models  # noqa: F401 - puts the tables into the metadata
from app.core.config import settings
from app.core.database import Base

with create_engine(settings.database_url).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
