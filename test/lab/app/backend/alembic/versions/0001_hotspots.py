"""Hotspots, with a hundred to begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    hotspots = op.create_table(
        "hotspots",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("score", sa.Integer, nullable=False, index=True),
    )
    op.bulk_insert(hotspots, [{"title": f"热点 {n}", "score": n * 37 % 101} for n in range(1, 101)])


def downgrade():
    op.drop_table("hotspots")
