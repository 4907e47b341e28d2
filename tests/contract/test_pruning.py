"""What is old is dropped: answers nobody may ask for again, and deliveries that were made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.housekeeping import PRUNE, Prune, shelves
from engine.jobs import Jobs
from engine.leases import Leases
from engine.outbox import NotDeliveredError, Outbox
from engine.verify import verify
from tests.support.office import OWNER
from workflows import commands as c
from workflows.errors import ProjectExistsError, UnknownProjectError
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster, SetAbsence

if TYPE_CHECKING:
    from engine.envelope import Envelope
    from engine.outbox import Message
    from tests.support.office import Office

DAY = timedelta(days=1)
KEPT = 7  # days


@dataclass
class Receiver:
    """Takes every message, unless it refuses them all."""

    refuses: bool = False
    name: str = "receiver"
    seen: list[str] = field(default_factory=list)

    def wants(self, envelope: Envelope) -> bool:  # noqa: ARG002 - the port's signature
        return True

    def send(self, message: Message) -> None:
        if self.refuses:
            raise NotDeliveredError
        self.seen.append(message.id)


def number_of(office: Office, table: str) -> int:
    with office.new_uow() as uow:
        counted = uow.connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a word of this test
        return int(counted.scalar_one())


def pruned(office: Office, shelf: str) -> int:
    """Drop what is old of one shelf and return how much that was."""
    clock = office.clock
    kept = shelves(clock, clock, keys_days=KEPT, sent_days=KEPT)
    found = Prune(new_uow=office.new_uow, shelves=kept).do({}, shelf, "")
    dropped: int = found.detail["dropped"]
    return dropped


class TestPruningCommands:
    def test_keeps_what_may_be_asked_again_and_drops_the_rest(self, office: Office) -> None:
        old, name = office.filing()
        office.handle.execute(old.code, old, OWNER, "old", [name])
        office.clock.push(KEPT * DAY - timedelta(hours=1))
        young, other = office.filing()
        office.handle.execute(young.code, young, OWNER, "young", [other])
        kept = number_of(office, "command")

        too_early = pruned(office, "keys")
        office.clock.push(timedelta(hours=2))
        dropped = pruned(office, "keys")

        assert (too_early, dropped) == (0, kept - 1)
        again = office.handle.execute(young.code, young, OWNER, "young", [other])
        assert again.repeated

    def test_takes_more_than_one_batch(self, office: Office) -> None:
        office.filed()
        with office.new_uow() as uow:
            uow.begin()
            for place in range(2_100):
                uow.connection.execute(
                    text(
                        "INSERT INTO command SELECT actor, :key, id, stream, request, first, last, "
                        "recorded_at FROM command WHERE key LIKE 'file-%' AND actor <> 'x' LIMIT 1"
                    ),
                    {"key": f"k{place}"},
                )
            uow.commit()
        office.clock.push(KEPT * DAY + DAY)

        assert pruned(office, "keys") >= 2_100
        assert number_of(office, "command") == 0

    def test_leaves_what_an_unfinished_job_may_ask_again(self, office: Office) -> None:
        jobs = Jobs(
            office.new_uow, office.clock, {PRUNE: Prune(new_uow=office.new_uow, shelves={})}
        )
        identity = jobs.enqueue(PRUNE, {})
        command, name = office.filing()
        office.handle.execute(command.code, command, OWNER, f"job-{identity}-0", [name])
        office.clock.push(KEPT * DAY + DAY)

        pruned(office, "keys")
        waiting = number_of(office, "command")
        jobs.run_next("w")
        pruned(office, "keys")

        assert (waiting, number_of(office, "command")) == (1, 0)

    def test_makes_what_comes_again_afterwards_a_new_command(self, office: Office) -> None:
        filing, name = office.filing()
        stage = c.FileStage(stage=1)
        away = SetAbsence(agent="agent-1", first=date(2026, 5, 1), last=date(2026, 5, 3))
        with pytest.raises(UnknownProjectError):
            office.handle.execute(filing.code, stage, OWNER, "refused", final=True)
        office.handle.execute(filing.code, filing, OWNER, "filed", [name], final=True)
        before = office.rosters.execute("t", JoinRoster(agent="agent-1"), SYSTEM, "join")
        office.rosters.execute("t", away, SYSTEM, "away")
        office.clock.push(KEPT * DAY + DAY)
        pruned(office, "keys")

        # What cannot be done twice is refused by its rule, which tells nothing of the first time.
        with pytest.raises(ProjectExistsError):
            office.handle.execute(filing.code, filing, OWNER, "filed", [name], final=True)
        # What was refused is judged by what stands now.
        now = office.handle.execute(filing.code, stage, OWNER, "refused", final=True)
        # What may be done twice is done twice.
        after = office.rosters.execute("t", away, SYSTEM, "away")

        assert not now.repeated
        assert after.number == before.number + 2
        assert verify(office.new_uow, office.library).ok

    def test_takes_nothing_from_what_can_be_verified(self, office: Office) -> None:
        office.pushed_on(office.filed(), 5)
        office.clock.push(KEPT * DAY + DAY)

        assert pruned(office, "keys") > 0
        assert verify(office.new_uow, office.library).ok


class TestPruningDeliveries:
    def work(self, office: Office, receiver: Receiver) -> None:
        """Send what can be sent."""
        leases = Leases(office.new_uow, office.clock)
        outbox = Outbox(office.new_uow, office.clock, leases, [receiver])
        while outbox.work("w"):
            pass

    def test_drops_what_was_sent_long_ago_and_sends_none_of_it_again(self, office: Office) -> None:
        receiver = Receiver()
        office.filed()
        self.work(office, receiver)
        sent = len(receiver.seen)
        office.clock.push(KEPT * DAY - timedelta(hours=1))
        too_early = pruned(office, "deliveries")
        office.clock.push(timedelta(hours=2))

        dropped = pruned(office, "deliveries")
        self.work(office, receiver)

        assert (too_early, dropped) == (0, sent)
        assert len(receiver.seen) == sent

    def test_counts_from_the_sending_and_leaves_what_waits(self, office: Office) -> None:
        receiver = Receiver(refuses=True)
        office.filed()
        self.work(office, receiver)
        office.clock.push(KEPT * DAY + DAY)
        waiting = number_of(office, "delivery")

        before = pruned(office, "deliveries")
        receiver.refuses = False
        self.work(office, receiver)
        just_sent = pruned(office, "deliveries")

        assert (before, just_sent) == (0, 0)
        assert number_of(office, "delivery") == waiting
