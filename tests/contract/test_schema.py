from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from engine.errors import SchemaError
from engine.settings import Settings
from engine.store import schema
from engine.store.jobs import JobStatus
from engine.store.opening import open_store, prepare
from engine.store.tables import Base
from engine.verify import verify
from tests.support import office as offices
from tests.support.database import opened
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.port import Store
    from tests.support.database import Databases


# The jobs that the way up queues, by where it begins.
MADE_AGAIN = {
    "0001": {"rebuild-0006", "rebuild-0010"},
    "0005": {"rebuild-0006", "rebuild-0010"},
    "0009": {"rebuild-0010"},
    "0011": set[str](),
}


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


class TestMigrationsOfAFilledDatabase:
    @pytest.mark.parametrize("revision", sorted(MADE_AGAIN))
    def test_lose_no_step_and_let_the_worker_make_again_what_they_dropped(
        self, any_databases: Databases, revision: str
    ) -> None:
        url = any_databases.fresh()
        with opened(url) as store:
            office = offices.opened(store)
            codes = [office.pushed_on(office.filed(seed=seed), 12).code for seed in range(3)]
            before = [office.handle.history(code) for code in codes]

            schema.downgrade(store.engine, revision)
            schema.upgrade(store.engine)

        with closing(assemble(Settings(database=url), office.clock)) as parts:
            queued = {job.id for job in parts.jobs.listed(JobStatus.QUEUED)}
            whole = verify(parts.new_uow, parts.library).ok
            while parts.jobs.run_next("w") is not None:
                pass
            office = offices.again(office, parts.store)
            project = office.handle.project(codes[-1])

            assert (queued, whole) == (MADE_AGAIN[revision], not queued)
            assert verify(parts.new_uow, parts.library).ok
            assert [parts.handle.history(code) for code in codes] == before
            assert office.pushed_on(project, 3).number > project.number


class TestCheck:
    def test_refuses_tables_of_another_version(self, bare: Store) -> None:
        with pytest.raises(SchemaError):
            schema.check(bare.engine)

    def test_refuses_tables_of_a_newer_program_and_leaves_them_as_they_are(
        self, bare: Store
    ) -> None:
        schema.upgrade(bare.engine)
        with bare.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

        with pytest.raises(SchemaError, match="9999"):
            schema.upgrade(bare.engine)
        with pytest.raises(SchemaError, match="9999"):
            prepare(bare)

        assert schema.current(bare.engine) == "9999"
