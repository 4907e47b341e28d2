"""A command that was refused stays refused under its key, however late another try of it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import pytest

from engine import notes, streams
from engine.errors import DatabaseUnreachableError, KeyReusedError
from engine.handle import Handle
from engine.unit_of_work import UnitOfWork
from engine.verify import verify
from tests.contract.test_handle import counts
from tests.support import office as offices
from tests.support.office import OWNER
from workflows import commands as c
from workflows.errors import ItemNotWantedError, Refusal, UnknownProjectError

if TYPE_CHECKING:
    from engine.handle import Answer
    from engine.store.port import Loaded, Store
    from tests.support.office import Office

STAGE = c.FileStage(stage=1)
PATIENCE = 60.0  # seconds that the held try waits for the test, at most


@dataclass
class Way:
    """The way of one try to the database, on which it is held up."""

    reached: Event = field(default_factory=Event)
    clear: Event = field(default_factory=Event)


class HeldUp(UnitOfWork):
    """A transaction whose first word reaches the database only when its way is clear."""

    def __init__(self, store: Store, way: Way) -> None:
        super().__init__(store)
        self._way = way

    def load(self, stream: str, actor: str, key: str, known: str = "") -> Loaded:
        self._way.reached.set()
        assert self._way.clear.wait(PATIENCE)
        return super().load(stream, actor, key, known)


class Unlucky(UnitOfWork):
    """A transaction that the database loses at its end."""

    def commit(self) -> None:
        raise DatabaseUnreachableError(reason="gone")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A project with an item that two people want to file.

    Attributes:
        item: Wanted now; whoever files it first has it.
    """

    office: Office
    code: str
    item: str

    def file(self, key: str, handle: Handle | None = None) -> Answer:
        """File the item, as over a network."""
        handle = handle or self.office.handle
        return handle.execute(self.code, c.FileItem(item=self.item), OWNER, key, final=True)

    def withdraw(self) -> None:
        """Let the item be wanted again."""
        reason = notes.write("改期")
        command = c.WithdrawItem(item=self.item, reason=reason.note)
        self.office.handle.execute(self.code, command, OWNER, "withdraw", [reason])

    def done_under(self, key: str) -> int:
        """Count the events in the log that a key brought about."""
        command = streams.command_id(OWNER.id, key)
        return sum(each.command == command for each in self.office.handle.history(self.code))


@pytest.fixture
def scene(office: Office) -> Scene:
    project = office.filed()
    office.handle.execute(project.code, STAGE, OWNER, "stage")
    office.clock.push(timedelta(hours=1))
    for item in office.library.catalogue.items:
        try:
            office.handle.execute(project.code, c.FileItem(item=item), OWNER, f"try-{item}")
        except Refusal:
            continue
        found = Scene(office=office, code=project.code, item=item)
        found.withdraw()
        return replace(found, office=offices.again(office, office.store))
    raise LookupError("no item can be filed by itself")


def held_up(office: Office, way: Way) -> Handle:
    """Return the handle of another process, whose commands are held up on *way*."""
    return Handle(partial(HeldUp, office.store, way), office.clock, office.library)


class TestATryThatWasHeldUp:
    def test_is_not_carried_out_after_its_repetition_was_refused(self, scene: Scene) -> None:
        way = Way()
        with ThreadPoolExecutor(1) as threads:
            late = threads.submit(scene.file, "mine", held_up(scene.office, way))
            assert way.reached.wait(PATIENCE)
            scene.file("theirs")
            with pytest.raises(ItemNotWantedError) as told:
                scene.file("mine")
            withdrawn = c.WithdrawItem(item=scene.item, reason=notes.write("改期").note)
            scene.office.handle.execute(scene.code, withdrawn, OWNER, "again")
            way.clear.set()

            with pytest.raises(ItemNotWantedError) as heard:
                late.result()

        assert heard.value.params == told.value.params
        assert scene.done_under("mine") == 0
        assert scene.file("another").number  # nothing else stood in its way
        assert verify(scene.office.new_uow, scene.office.library).ok

    def test_is_what_its_repetition_is_told_when_it_came_first(self, scene: Scene) -> None:
        way = Way()
        with ThreadPoolExecutor(1) as threads:
            first = threads.submit(scene.file, "mine", held_up(scene.office, way))
            way.clear.set()
            done = first.result()

        again = scene.file("mine")

        assert again.repeated
        assert again.events == done.events


class TestARefusal:
    def test_is_told_again_by_any_process_whatever_has_changed(self, office: Office) -> None:
        filing, name = office.filing()
        with pytest.raises(UnknownProjectError) as first:
            office.handle.execute(filing.code, STAGE, OWNER, "k", final=True)
        office.handle.execute(filing.code, filing, OWNER, "file", [name])

        with pytest.raises(UnknownProjectError) as second:
            offices.again(office, office.store).handle.execute(
                filing.code, STAGE, OWNER, "k", final=True
            )

        assert second.value.params == first.value.params

    def test_binds_its_key_to_its_request(self, scene: Scene) -> None:
        scene.file("theirs")
        with pytest.raises(ItemNotWantedError):
            scene.file("mine")

        with pytest.raises(KeyReusedError):
            scene.office.handle.execute(scene.code, c.FileStage(stage=2), OWNER, "mine", final=True)

    def test_writes_its_answer_and_nothing_else(self, scene: Scene) -> None:
        scene.file("theirs")
        before = counts(scene.office)

        with pytest.raises(ItemNotWantedError):
            scene.file("mine")

        assert counts(scene.office) == before | {"command": before["command"] + 1}

    def test_is_not_told_before_it_is_kept(self, scene: Scene) -> None:
        office = scene.office
        unlucky = Handle(partial(Unlucky, office.store), office.clock, office.library)
        scene.file("theirs")

        with pytest.raises(DatabaseUnreachableError):
            scene.file("mine", unlucky)

    def test_repeats_no_numbers_of_people(self, office: Office) -> None:
        wrong = replace(office.filing()[0], township="13812345678")
        for _ in range(2):
            with pytest.raises(Refusal) as told:
                office.handle.execute(wrong.code, wrong, OWNER, "k", final=True)

        assert "13812345678" not in str(told.value.params)

    def test_of_the_offices_own_command_is_judged_anew(self, scene: Scene) -> None:
        command = c.FileItem(item=scene.item)
        scene.file("theirs")
        with pytest.raises(ItemNotWantedError):
            scene.office.handle.execute(scene.code, command, OWNER, "mine")
        withdrawn = c.WithdrawItem(item=scene.item, reason=notes.write("改期").note)
        scene.office.handle.execute(scene.code, withdrawn, OWNER, "again")

        answer = scene.office.handle.execute(scene.code, command, OWNER, "mine")

        assert not answer.repeated
