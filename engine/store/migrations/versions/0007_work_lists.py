"""work lists: the longest open first among a million, for a district and for an owner."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("task_by_owner", "task", ["owner", "opened_at"])
    op.create_index("task_by_opening", "task", ["opened_at", "project", "unit", "path"])


def downgrade() -> None:
    op.drop_index("task_by_opening", table_name="task")
    op.drop_index("task_by_owner", table_name="task")
