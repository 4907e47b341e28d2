"""What must be true of the whole history of a completed project, read from its log alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.support.memory_office import bodies
from workflows import events as e
from workflows.status import legal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.memory_office import Office

Attempt = tuple[int, str, int]


def check_history(office: Office) -> None:
    """Check every law of a completed project."""
    _check_grants(office)
    _check_documents(office)
    _check_slots(office)
    _check_milestones(office)
    _check_statuses(office)
    _check_times(office)
    _check_pairs(office)


def _filings(event: e.Event) -> Iterator[tuple[int, e.Filing]]:
    """Yield (unit, filing) of every attempt that an event begins."""
    match event.body:
        case e.StageFiled(unit=unit, filings=filings):
            yield from ((unit, filing) for filing in filings)
        case e.PairStarted(unit=unit, filings=filings):
            yield from ((unit, filing) for filing in filings)
        case e.ItemFiled(unit=unit, filing=filing):
            yield unit, filing
        case _:
            return


def _homes(office: Office) -> dict[tuple[int, int], int]:
    """Return which unit runs a stage for a unit."""
    units = {0: 1, **{body.unit: body.stage for body in bodies(office.log, e.UnitAdded)}}
    return {
        (unit, stage): unit if begins <= stage <= 4 else 0
        for unit, begins in units.items()
        for stage in (1, 2, 3, 4, 5)
    }


def _check_grants(office: Office) -> None:
    """Every wanted item of every unit is granted exactly once, and nothing else is."""
    homes = _homes(office)
    declined = {(body.unit, body.item) for body in bodies(office.log, e.ItemDeclined)}
    wanted = {
        (unit, code)
        for unit, stage in homes
        for code in office.project.applicable
        if office.catalogue.items[code].stage == stage and homes[unit, stage] == unit
    }
    ended = bodies(office.log, e.ItemEnded)
    granted = [(body.unit, body.item) for body in ended if body.result == "granted"]
    assert sorted(granted) == sorted(wanted - declined)


def _check_documents(office: Office) -> None:
    """No item is filed before its hard documents, in the log and by the time it happened."""
    homes, catalogue = _homes(office), office.catalogue
    producers: dict[str, list[str]] = defaultdict(list)
    for code in office.project.applicable:
        for document in catalogue.items[code].produces:
            producers[document].append(code)
    issued: dict[tuple[int, str], e.Event] = {}
    declined: set[tuple[int, str]] = set()
    for event in office.log:
        if isinstance(event.body, e.ItemEnded):
            issued |= {(event.body.unit, each.document): event for each in event.body.issued}
        if isinstance(event.body, e.ItemDeclined):
            declined.add((event.body.unit, event.body.item))
        for unit, filing in _filings(event):
            for document in catalogue.items[filing.item].hard_needs:
                places = [
                    (homes[unit, catalogue.items[code].stage], code) for code in producers[document]
                ]
                found = [issued[n, document] for n, _ in places if (n, document) in issued]
                assert found or declined.issuperset(places), (filing.item, document)
                assert all(f.happened_at <= event.happened_at for f in found), filing.item


def _check_slots(office: Office) -> None:
    """No more slots are held at once than the stage run has; in rounds nobody joins a holder."""
    runs = {(body.stage, body.unit): body for body in bodies(office.log, e.StageOpened)}
    held: dict[tuple[int, int], set[str]] = defaultdict(set)
    for event in office.log:
        begun = [(unit, f) for unit, f in _filings(event) if f.slot]
        for unit, filing in begun:
            key = office.catalogue.items[filing.item].stage, unit
            before = held[key] - {f.item for _, f in begun}
            assert not before or runs[key].mode == "rolling", filing.item
            held[key].add(filing.item)
            assert len(held[key]) <= runs[key].slots, filing.item
        if isinstance(event.body, e.ItemEnded):
            held[event.body.stage, event.body.unit].discard(event.body.item)


def _check_milestones(office: Office) -> None:
    """Milestones come in order, after their items, and open the next stage."""
    granted: set[tuple[int, str]] = set()
    reached: dict[int, list[int]] = defaultdict(list)
    for event in office.log:
        match event.body:
            case e.ItemEnded(unit=unit, item=item, result="granted"):
                granted.add((unit, item))
            case e.MilestoneReached(stage=stage, unit=unit):
                before = reached[unit]
                assert not before or before[-1] == stage - 1
                before.append(stage)
                for code in office.project.applicable:
                    known = office.catalogue.items[code]
                    if known.stage == stage and known.milestone:
                        assert (unit, code) in granted, code
            case e.StageOpened(stage=stage, unit=unit) if 1 < stage < 5:
                assert stage - 1 in (*reached[unit], *reached[0])
            case _:
                pass
    for unit, stages in reached.items():
        assert stages[-1] == 4, unit


def _check_statuses(office: Office) -> None:
    """An attempt's national status goes by legal arrows to a status that ends it."""
    status: dict[Attempt, int] = {}
    for event in office.log:
        status |= {(unit, f.item, f.attempt): 1 for unit, f in _filings(event)}
        if isinstance(event.body, e.StepCompleted | e.TimerFired | e.ItemEnded):
            key = event.body.unit, event.body.item, event.body.attempt
            after = event.body.status
            assert legal(status[key], after), (key, status[key], after)
            status[key] = after


def _check_times(office: Office) -> None:
    """Nothing of an attempt happens before what happened to it earlier, nor after its recording."""
    last: dict[Attempt, e.Event] = {}
    for event in office.log:
        assert event.happened_at <= event.recorded_at
        touched = [(unit, f.item, f.attempt) for unit, f in _filings(event)]
        body = event.body
        if isinstance(body, e.StepCompleted | e.TimerFired | e.ItemEnded | e.ItemWithdrawn):
            touched.append((body.unit, body.item, body.attempt))
        for key in touched:
            assert key not in last or last[key].happened_at <= event.happened_at, key
            last[key] = event


def _check_pairs(office: Office) -> None:
    """Both of a started pair begin at one instant with a slot each, and it ends with them."""
    for pair in office.project.pairs.values():
        if pair.started_at is None:
            continue
        assert pair.ended_at is not None
        for code in pair.key:
            (attempt,) = (a for a in office.item(code, pair.unit).attempts if a.pair == pair.id)
            assert attempt.filed_at == pair.started_at
            assert attempt.ended_at is not None
            assert attempt.ended_at <= pair.ended_at
