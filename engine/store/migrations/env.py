"""Run by Alembic: migrate over the connection that engine/store/schema.py hands in."""

from __future__ import annotations

from alembic import context

from engine.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
