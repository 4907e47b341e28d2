"""told days: what is due beside the limits, and the source of the limit behind each due day.

Rows of projects that were there before are completed from the log by a job of the worker's.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NOW = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')",
    "postgresql": "now()",
}
_REBUILD = """
INSERT INTO job (id, kind, parameters, status, done, attempts, most, fence, run_at, created_at)
SELECT 'rebuild-0010', 'rebuild', '{{}}', 'queued', 0, 0, 5, 0, {now}, {now}
WHERE EXISTS (SELECT 1 FROM project)
"""


def upgrade() -> None:
    op.add_column("due", sa.Column("committed_source", sa.Text(), nullable=True))
    op.create_table(
        "deadline",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("unit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("project", "unit", "item", "attempt", "kind"),
    )
    op.create_index("deadline_by_day", "deadline", ["due", "project", "unit"])
    op.execute(sa.text(_REBUILD.format(now=_NOW[op.get_bind().dialect.name])))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM job WHERE id = 'rebuild-0010'"))
    op.drop_table("deadline")
    op.drop_column("due", "committed_source")
