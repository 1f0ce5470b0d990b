"""Jobs, and what becomes of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NOW = sa.func.clock_timestamp()


def upgrade():
    op.create_table(
        "jobs",
        sa.Column("batch", sa.String(50), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=NOW),
    )
    op.create_table(
        "job_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("batch", sa.String(50), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("event", sa.String(10), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW),
    )


def downgrade():
    op.drop_table("job_events")
    op.drop_table("jobs")
