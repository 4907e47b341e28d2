"""A project as few bytes: array-coded msgpack, deflated. A cache of the log, never its replacement.

Words and instants stand once, in tables; markings are integers over the net's bits. A snapshot
names the layout of every net it relies on: when a later program numbers bits otherwise, or packs
otherwise, `unpack` says so and the project is made again from its events.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import msgspec

from workflows.commands import Note
from workflows.events import Draw, How, Limit, Policy, PulledIn, TaskOpened, TimerArmed
from workflows.pairing import ticket
from workflows.project import (
    Attempt,
    Document,
    ItemState,
    OpenTask,
    Pair,
    PairStatus,
    Project,
    ProjectStatus,
    Round,
    StageRun,
    Unit,
    item_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bpmn.net import Net

VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNITS = (1_000_000, 1_000, 1)  # a second, a millisecond, a microsecond: the coarsest that is exact
_HOWS = tuple(How)
_POLICIES = tuple(Policy)
_PAIR_STATUSES = tuple(PairStatus)
_STATUSES = tuple(ProjectStatus)
_FAST = 1  # deflate level: a tenth larger than the best, at a third of its time

Tree = list[Any]


class StaleSnapshotError(ValueError):
    """A snapshot of another program version; the events say the same."""


def pack(project: Project, nets: Mapping[str, Net]) -> bytes:
    """Return *project* as a snapshot; runs whose net is not in *nets* are packed by path."""
    packer = _Packer(nets)
    tree = packer.project(project)
    whole = [VERSION, packer.layouts, list(packer.words), *packer.moments(), tree]
    return zlib.compress(msgspec.msgpack.encode(whole), _FAST)


def unpack(data: bytes, nets: Mapping[str, Net]) -> Project:
    """Return the project that was packed.

    Raises:
        StaleSnapshotError: If it was packed by another version, or a net is numbered otherwise now.
    """
    whole = msgspec.msgpack.decode(zlib.decompress(data))
    if whole[0] != VERSION:
        raise StaleSnapshotError(f"version {whole[0]}")
    _, layouts, words, base, unit, width, moments, tree = whole
    for name, layout in layouts.items():
        if name not in nets or _layout(nets[name].names) != layout:
            raise StaleSnapshotError(f"net {name}")
    return _Unpacker(nets, words, _instants(base, unit, width, moments)).project(tree)


@lru_cache
def _layout(names: tuple[str, ...]) -> int:
    """Return a checksum of a net's *names*: of what each of its bits means."""
    return zlib.crc32("\n".join(names).encode())


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _instants(base: int, unit: int, width: int, data: bytes) -> list[datetime]:
    return [
        _EPOCH
        + timedelta(
            microseconds=base + unit * int.from_bytes(data[start : start + width], "little")
        )
        for start in range(0, len(data), width)
    ]


class _Packer:
    """Turns values into lists, and each word and instant into its place in a table.

    A place is written as 0 when it is the next new one, otherwise counted from 1: a row of new
    instants is then a row of zeros, which deflates to nothing.
    """

    def __init__(self, nets: Mapping[str, Net]) -> None:
        self.nets = nets
        self.layouts: dict[str, int] = {}
        self.words: dict[str, int] = {}
        self.times: dict[datetime, int] = {}

    def word(self, word: str | None) -> int | None:
        if word is None:
            return None
        place = self.words.get(word)
        if place is None:
            place = self.words[word] = len(self.words) + 1
            return 0
        return place

    def some(self, words: Iterable[str]) -> Tree:
        return [self.word(word) for word in words]

    def time(self, moment: datetime | None) -> int | None:
        if moment is None:
            return None
        place = self.times.get(moment)
        if place is None:
            self.times[moment] = len(self.times) + 1
            return 0
        return place

    def moments(self) -> tuple[int, int, int, bytes]:
        """Return the table of instants: base and unit in microseconds, bytes each, offsets."""
        moments = [_microseconds(moment) for moment in self.times]
        base = min(moments)
        offsets = [moment - base for moment in moments]
        unit = next(unit for unit in _UNITS if not any(offset % unit for offset in offsets))
        width = max(1, ((max(offsets) // unit).bit_length() + 7) // 8)
        table = b"".join((offset // unit).to_bytes(width, "little") for offset in offsets)
        return base, unit, width, table

    def note(self, note: Note | None) -> Tree | None:
        return None if note is None else [note.ref, note.digest]

    def tokens(self, tokens: frozenset[str], net: str) -> bytes | Tree:
        """Return the marking as an integer in bytes; as words where the net is not at hand."""
        if net not in self.nets:
            return self.some(sorted(tokens))
        known = self.nets[net]
        self.layouts[net] = _layout(known.names)
        marking = known.marking(tokens)
        return marking.to_bytes((marking.bit_length() + 7) // 8, "little")

    def project(self, p: Project) -> Tree:
        return [
            p.code,
            p.flow,
            p.facts,
            p.township,
            p.owner,
            self.note(p.name),
            p.catalogue,
            p.lifecycle,
            self.tokens(p.lifecycle_tokens, p.lifecycle),
            self.some(p.applicable),
            p.number,
            self.time(p.filed_at),
            self.time(p.last_at),
            _STATUSES.index(p.status),
            self.time(p.ended_at),
            p.agent,
            [[unit.number, unit.stage, self.note(unit.name)] for unit in p.units.values()],
            [self.run(run) for run in p.runs.values()],
            [self.item(state) for state in p.items.values()],
            [self.document(d, p) for d in p.documents.values()],
            [self.pair(pair) for pair in p.pairs.values()],
        ]

    def run(self, run: StageRun) -> Tree:
        return [
            run.stage,
            run.unit,
            run.net,
            run.slots,
            self.word(run.mode),
            self.tokens(run.tokens, run.net),
            self.time(run.opened_at),
            self.round(run.round),
            [self.task(open_task) for open_task in run.tasks.values()],
            [self.timer(timer) for timer in run.timers.values()],
            self.some(run.mandated),
            [self.some((one.item, one.needed_by, one.document)) for one in run.pulled_in],
            self.time(run.filed_at),
            self.time(run.milestone_at),
            self.time(run.ended_at),
        ]

    def round(self, round_: Round) -> Tree:
        excluded = [self.some(pair) for pair in round_.excluded]
        return [round_.number, round_.opened_by, round_.drawn, excluded]

    def task(self, open_task: OpenTask) -> Tree:
        task = open_task.task
        return [
            task.path,
            self.word(task.item),
            task.attempt,
            self.word(task.performer),
            self.word(task.department),
            self.some(task.outcomes),
            self.time(open_task.opened_at),
            self.word(open_task.person),
        ]

    def timer(self, timer: TimerArmed) -> Tree:
        return [timer.path, self.word(timer.item), timer.attempt, self.time(timer.due_at)]

    def item(self, state: ItemState) -> Tree:
        code = self.word(state.item)
        attempts = [self.attempt(attempt) for attempt in state.attempts]
        return [code, state.unit, state.stage, state.declined, *attempts]

    def attempt(self, a: Attempt) -> Tree:
        filed, accepted = self.time(a.filed_at), self.time(a.accepted_at)
        decided, ended = self.time(a.decided_at), self.time(a.ended_at)
        return [
            a.number,
            _HOWS.index(a.how),
            self.word(a.department),
            filed,
            accepted,
            decided,
            ended,
            None if a.last_at == _latest(a) else self.time(a.last_at),
            a.status,
            self.word(a.result),
            self.word(a.pair),
            a.slot,
            self.limit(a.committed),
            self.limit(a.statutory),
            self.some(a.without),
            [self.word(each) for duty in a.duties.items() for each in duty],
            a.recorded_late or 0,
        ]

    def limit(self, limit: Limit | None) -> Tree | None:
        return None if limit is None else [limit.days, *self.some((limit.unit, limit.source))]

    def document(self, d: Document, p: Project) -> Tree:
        """Leave out the instant of issue where it is the end of the attempt, as it always is."""
        issued = None if d.issued_at == _ended(p, d) else self.time(d.issued_at)
        return [
            self.word(d.document),
            d.unit,
            self.word(d.item),
            d.attempt,
            issued,
            self.word(d.valid_until),
        ]

    def pair(self, pair: Pair) -> Tree:
        return [
            self.word(pair.id),
            pair.stage,
            pair.unit,
            self.word(pair.first),
            self.word(pair.second),
            _POLICIES.index(pair.policy),
            _PAIR_STATUSES.index(pair.status),
            pair.days_saved,
            self.word(pair.baseline),
            pair.round,
            self.word(pair.proposer),
            self.time(pair.proposed_at),
            self.time(pair.started_at),
            self.time(pair.ended_at),
            None if pair.draw is None else self.draw(pair.draw),
            self.note(pair.reason),
        ]

    def draw(self, draw: Draw) -> Tree:
        """Leave out the digests that anyone can make again, which is all of them."""
        run = self.word(draw.run)
        candidates = [
            [
                *self.some((first, second)),
                *([] if digest == _ticket(draw, first, second) else [digest]),
            ]
            for first, second, digest in draw.candidates
        ]
        return [draw.seed, run, draw.round, candidates]


class _Unpacker:
    """Reads what _Packer wrote; the tables are used up in the same order."""

    def __init__(self, nets: Mapping[str, Net], words: list[str], times: list[datetime]) -> None:
        self.nets = nets
        self.words = words
        self.times = times
        self.next_word = 0
        self.next_time = 0

    def word(self, place: int) -> str:
        if place:
            return self.words[place - 1]
        self.next_word += 1
        return self.words[self.next_word - 1]

    def word_or_none(self, place: int | None) -> str | None:
        return None if place is None else self.word(place)

    def some(self, places: list[int]) -> tuple[str, ...]:
        return tuple([self.word(place) for place in places])

    def time(self, place: int) -> datetime:
        if place:
            return self.times[place - 1]
        self.next_time += 1
        return self.times[self.next_time - 1]

    def time_or_none(self, place: int | None) -> datetime | None:
        return None if place is None else self.time(place)

    def note(self, tree: Tree | None) -> Note | None:
        return None if tree is None else Note(ref=tree[0], digest=tree[1])

    def tokens(self, packed: bytes | list[int], net: str) -> frozenset[str]:
        if isinstance(packed, bytes):
            return frozenset(self.nets[net].paths(int.from_bytes(packed, "little")))
        return frozenset(self.some(packed))

    def project(self, tree: Tree) -> Project:
        (code, flow, facts, township, owner, name, catalogue, lifecycle, tokens, applicable) = tree[
            :10
        ]
        (number, filed, last, status, ended, agent, units, runs, items, documents, pairs) = tree[
            10:
        ]
        marked, applies = self.tokens(tokens, lifecycle), self.some(applicable)
        filed_at, last_at = self.time(filed), self.time(last)
        ended_at = self.time_or_none(ended)
        made = [self.run(run) for run in runs]
        states = [self.item(item) for item in items]
        by_key = {item_key(state.unit, state.item): state for state in states}
        papers = [self.document(document, by_key) for document in documents]
        joined = [self.pair(pair) for pair in pairs]
        return Project(
            code=code,
            flow=flow,
            facts=facts,
            township=township,
            owner=owner,
            name=cast("Note", self.note(name)),
            catalogue=catalogue,
            lifecycle=lifecycle,
            number=number,
            agent=agent,
            units={unit[0]: self.unit(unit) for unit in units},
            runs={run.key: run for run in made},
            items=by_key,
            documents={item_key(paper.unit, paper.document): paper for paper in papers},
            pairs={pair.id: pair for pair in joined},
            lifecycle_tokens=marked,
            applicable=applies,
            filed_at=filed_at,
            last_at=last_at,
            status=_STATUSES[status],
            ended_at=ended_at,
        )

    def unit(self, tree: Tree) -> Unit:
        number, stage, name = tree
        return Unit(number=number, stage=stage, name=cast("Note", self.note(name)))

    def run(self, tree: Tree) -> StageRun:
        (stage, unit, net, slots, mode, tokens, opened, round_, tasks, timers) = tree[:10]
        (mandated, pulled_in, filed, milestone, ended) = tree[10:]
        return StageRun(
            stage=stage,
            unit=unit,
            net=net,
            slots=slots,
            mode=self.word(mode),
            tokens=self.tokens(tokens, net),
            opened_at=self.time(opened),
            round=self.round(round_),
            tasks={task[0]: self.task(task) for task in tasks},
            timers={timer[0]: self.timer(timer) for timer in timers},
            mandated=self.some(mandated),
            pulled_in=tuple([self.pulled_in(one) for one in pulled_in]),
            filed_at=self.time_or_none(filed),
            milestone_at=self.time_or_none(milestone),
            ended_at=self.time_or_none(ended),
        )

    def pulled_in(self, tree: Tree) -> PulledIn:
        item, needed_by, document = self.some(tree)
        return PulledIn(item=item, needed_by=needed_by, document=document)

    def round(self, tree: Tree) -> Round:
        number, opened_by, drawn, excluded = tree
        pairs = tuple([(self.word(first), self.word(second)) for first, second in excluded])
        return Round(number=number, opened_by=opened_by, drawn=drawn, excluded=pairs)

    def task(self, tree: Tree) -> OpenTask:
        path, item, attempt, performer, department, outcomes, opened_at, person = tree
        task = TaskOpened(
            path=path,
            item=self.word_or_none(item),
            attempt=attempt,
            performer=self.word(performer),
            department=self.word_or_none(department),
            outcomes=self.some(outcomes),
        )
        opened = self.time(opened_at)
        return OpenTask(task=task, opened_at=opened, person=self.word_or_none(person))

    def timer(self, tree: Tree) -> TimerArmed:
        path, item, attempt, due_at = tree
        return TimerArmed(
            path=path, item=self.word(item), attempt=attempt, due_at=self.time(due_at)
        )

    def item(self, tree: Tree) -> ItemState:
        item, unit, stage, declined, *attempts = tree
        code = self.word(item)
        made = tuple([self.attempt(attempt) for attempt in attempts])
        return ItemState(unit=unit, stage=stage, item=code, attempts=made, declined=declined)

    def attempt(self, tree: Tree) -> Attempt:
        (number, how, department, filed, accepted, decided, ended, last, status) = tree[:9]
        (result, pair, slot, committed, statutory, without, duties, late) = tree[9:]
        filed_at, accepted_at = self.time(filed), self.time_or_none(accepted)
        decided_at, ended_at = self.time_or_none(decided), self.time_or_none(ended)
        latest = ended_at or decided_at or accepted_at or filed_at
        return Attempt(
            number=number,
            how=_HOWS[how],
            department=self.word(department),
            filed_at=filed_at,
            last_at=latest if last is None else self.time(last),
            status=status,
            accepted_at=accepted_at,
            decided_at=decided_at,
            ended_at=ended_at,
            result=self.word_or_none(result),
            pair=self.word_or_none(pair),
            slot=slot,
            committed=self.limit(committed),
            statutory=self.limit(statutory),
            without=self.some(without),
            duties=self.duties(duties),
            recorded_late=float(late),
        )

    def duties(self, places: list[int]) -> dict[str, str]:
        words = iter(self.some(places))
        return dict(zip(words, words, strict=True))

    def limit(self, tree: Tree | None) -> Limit | None:
        if tree is None:
            return None
        days, unit, source = tree
        return Limit(days=days, unit=self.word(unit), source=self.word(source))

    def document(self, tree: Tree, items: Mapping[str, ItemState]) -> Document:
        document, unit, item, attempt, issued, valid_until = tree
        kind, code = self.word(document), self.word(item)
        if issued is None:
            issued_at = items[item_key(unit, code)].attempts[attempt - 1].ended_at
        else:
            issued_at = self.time(issued)
        return Document(
            document=kind,
            unit=unit,
            item=code,
            attempt=attempt,
            issued_at=cast("datetime", issued_at),
            valid_until=self.word_or_none(valid_until),
        )

    def pair(self, tree: Tree) -> Pair:
        (id_, stage, unit, first, second, policy, status, days_saved, baseline) = tree[:9]
        (round_, proposer, proposed, started, ended, draw, reason) = tree[9:]
        return Pair(
            id=self.word(id_),
            stage=stage,
            unit=unit,
            first=self.word(first),
            second=self.word(second),
            policy=_POLICIES[policy],
            status=_PAIR_STATUSES[status],
            days_saved=days_saved,
            baseline=self.word(baseline),
            round=round_,
            proposer=self.word(proposer),
            proposed_at=self.time(proposed),
            started_at=self.time_or_none(started),
            ended_at=self.time_or_none(ended),
            draw=None if draw is None else self.draw(draw),
            reason=self.note(reason),
        )

    def draw(self, tree: Tree) -> Draw:
        seed, run, round_, candidates = tree
        bare = Draw(seed=seed, run=self.word(run), round=round_, candidates=())
        return replace(bare, candidates=tuple([self.candidate(bare, one) for one in candidates]))

    def candidate(self, draw: Draw, tree: Tree) -> tuple[str, str, str]:
        first, second = self.word(tree[0]), self.word(tree[1])
        return first, second, tree[2] if tree[2:] else _ticket(draw, first, second)


def _ticket(draw: Draw, first: str, second: str) -> str:
    return ticket(draw.seed, draw.run, draw.round, (first, second))


def _latest(attempt: Attempt) -> datetime:
    """Return the last transition that the attempt itself names."""
    return attempt.ended_at or attempt.decided_at or attempt.accepted_at or attempt.filed_at


def _ended(project: Project, document: Document) -> datetime | None:
    state = project.items.get(item_key(document.unit, document.item))
    if state is None or len(state.attempts) < document.attempt:
        return None
    return state.attempts[document.attempt - 1].ended_at
