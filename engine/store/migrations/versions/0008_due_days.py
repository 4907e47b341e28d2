"""due days: what is due first among a million tasks."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("due_by_day", "due", ["committed_due", "project", "unit"])


def downgrade() -> None:
    op.drop_index("due_by_day", table_name="due")
