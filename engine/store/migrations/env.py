"""Run by Alembic: migrate over the connection that engine/store/schema.py hands in."""

from __future__ import annotations

from alembic import context

from engine.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
