from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from engine.errors import SchemaError
from engine.settings import Settings
from engine.store import schema
from engine.store.opening import open_store
from engine.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.port import Store
    from tests.support.database import Databases


@pytest.fixture
def bare(any_databases: Databases) -> Iterator[Store]:
    store = open_store(Settings(database=any_databases.bare()))
    yield store
    store.engine.dispose()


class TestMigrations:
    def test_make_what_the_models_say(self, bare: Store) -> None:
        schema.upgrade(bare.engine)

        with bare.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []

    def test_go_back_to_nothing_and_up_again(self, bare: Store) -> None:
        schema.upgrade(bare.engine)

        schema.downgrade(bare.engine, "base")

        assert set(inspect(bare.engine).get_table_names()) == {"alembic_version"}
        schema.upgrade(bare.engine)
        schema.check(bare.engine)

    def test_do_nothing_the_second_time(self, bare: Store) -> None:
        schema.upgrade(bare.engine)
        schema.upgrade(bare.engine)

        assert schema.current(bare.engine) == schema.newest()


class TestCheck:
    def test_refuses_tables_of_another_version(self, bare: Store) -> None:
        with pytest.raises(SchemaError):
            schema.check(bare.engine)
