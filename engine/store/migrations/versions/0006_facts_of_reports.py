"""facts of reports: when attempts were received and begun, their pauses, figures by month.

Rows of attempts that were there before are completed from the log by a job of the worker's.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


_NOW = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')",
    "postgresql": "now()",
}
_REBUILD = """
INSERT INTO job (id, kind, parameters, status, done, attempts, most, fence, run_at, created_at)
SELECT 'rebuild-0006', 'rebuild', '{{}}', 'queued', 0, 0, 5, 0, {now}, {now}
WHERE EXISTS (SELECT 1 FROM project)
"""


def upgrade() -> None:
    op.add_column("item_run", sa.Column("received_at", UtcDateTime(), nullable=True))
    op.add_column("item_run", sa.Column("begun_at", UtcDateTime(), nullable=True))
    op.add_column(
        "item_run", sa.Column("extension", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_table(
        "item_pause",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("unit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pause", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("project", "unit", "item", "attempt", "pause"),
    )
    op.create_table(
        "month_figure",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("limited", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Integer(), nullable=False),
        sa.Column("median_days", sa.Double(), nullable=True),
        sa.Column("p90_days", sa.Double(), nullable=True),
        sa.Column("supplements", sa.Integer(), nullable=False),
        sa.Column("refilings", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("month", "dimension", "key"),
    )
    op.execute(sa.text(_REBUILD.format(now=_NOW[op.get_bind().dialect.name])))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM job WHERE id = 'rebuild-0006'"))
    op.drop_table("month_figure")
    op.drop_table("item_pause")
    op.drop_column("item_run", "extension")
    op.drop_column("item_run", "begun_at")
    op.drop_column("item_run", "received_at")
