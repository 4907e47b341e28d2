"""agreed addresses: mail goes where its reader has said yes.

Addresses that got mail before are taken as agreed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_AGREED = {
    "sqlite": "UPDATE contact SET confirmed_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')",
    "postgresql": "UPDATE contact SET confirmed_at = now()",
}


def upgrade() -> None:
    op.add_column("contact", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
    op.add_column("contact", sa.Column("proof", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("proof_until", UtcDateTime(), nullable=True))
    op.create_index("ix_contact_proof", "contact", ["proof"])
    op.execute(sa.text(_AGREED[op.get_bind().dialect.name]))


def downgrade() -> None:
    op.drop_index("ix_contact_proof", "contact")
    op.drop_column("contact", "proof_until")
    op.drop_column("contact", "proof")
    op.drop_column("contact", "confirmed_at")
