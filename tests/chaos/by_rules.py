"""Invariants of the office's rules, read from the log alone: I7 to I13."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos.evidence import Evidence, Ledger, Violation
from tests.chaos.story import filings, moves, told
from workflows import events as e
from workflows.catalogue.values import Coupling, Join
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.envelope import Envelope
    from tests.chaos.story import Run, Story
    from workflows.catalogue.values import Catalogue

STAGES = 4
_OF_AN_ATTEMPT = (
    e.StepCompleted,
    e.TimerFired,
    e.ItemEnded,
    e.ItemWithdrawn,
    e.ItemLapsed,
    e.GrantedByDefault,
    e.LimitExtended,
)


def over_is_over(evidence: Evidence) -> Iterator[Violation]:
    """I7: nothing happens after a project or an attempt has ended, except a correction."""
    for ledger in evidence.ledgers.values():
        for story, event in told(ledger):
            body = event.body
            if story.over and not isinstance(body, e.TimeCorrected):
                what = f"{_name(body)} after the project was {story.over}"
                yield _violation("I7", ledger, event, what)
            if isinstance(body, _OF_AN_ATTEMPT):
                running = story.running(body.unit, body.item)
                if running is None or running.number != body.attempt:
                    what = f"{_name(body)} of {body.item}/{body.attempt}, which does not run"
                    yield _violation("I7", ledger, event, what)


def starts_only_from_open(evidence: Evidence) -> Iterator[Violation]:
    """I8: an attempt begins in a filed stage, of an item that applies, waits and does not run."""
    for ledger in evidence.ledgers.values():
        for story, event in told(ledger):
            for filing in filings(event.body):
                for why in _why_not_open(story, event.body, filing):
                    yield _violation("I8", ledger, event, f"{filing.item} began but {why}")


def _why_not_open(story: Story, body: e.Body, filing: e.Filing) -> Iterator[str]:
    unit, stage = getattr(body, "unit", 0), getattr(body, "stage", 0)
    tries = story.tries.get((unit, filing.item), [])
    run = story.runs.get((stage, unit))
    if run is None:
        yield f"stage {stage} is not open"
    elif run.mandated is None and not isinstance(body, e.StageFiled):
        yield f"stage {stage} is not filed"
    if filing.item not in story.applicable:
        yield "it does not apply"
    if (unit, filing.item) in story.declined:
        yield "it was declined"
    if story.running(unit, filing.item):
        yield "it runs already"
    if story.granted(unit, filing.item):
        yield "it is granted"
    if filing.attempt != len(tries) + 1:
        yield f"attempt {filing.attempt} is not the next one"


def slots_are_bounded(evidence: Evidence) -> Iterator[Violation]:
    """I9: at every event at most as many slot holders in a stage run as it has slots."""
    for ledger in evidence.ledgers.values():
        for story, event in told(ledger):
            holders = {key: set(run.holders) for key, run in story.runs.items()}
            for unit, tokens in moves(event.body):
                _hold(holders, unit, tokens)
            for key, held in holders.items():
                if len(held) > _slots(story, event.body, key):
                    yield _violation("I9", ledger, event, f"{len(held)} slot holders in {key}")
            for filing in filings(event.body):
                paired = filing.how in (e.How.PAIR, e.How.SINGLE)
                if filing.slot is not paired:
                    what = f"{filing.item} was filed {filing.how} with slot={filing.slot}"
                    yield _violation("I9", ledger, event, what)


def _hold(holders: dict[tuple[int, int], set[str]], unit: int, tokens: e.Tokens) -> None:
    for path in (*tokens.took, *tokens.put):
        if path.endswith(":slot"):
            stage = int(path.partition("/")[0].removeprefix("stage_"))
            holders.setdefault((stage, unit), set()).discard(path)
            if path in tokens.put:
                holders[stage, unit].add(path)


def _slots(story: Story, body: e.Body, key: tuple[int, int]) -> int:
    if isinstance(body, e.StageOpened) and (body.stage, body.unit) == key:
        return body.slots
    run = story.runs.get(key)
    return 0 if run is None else run.slots


def completes_once(evidence: Evidence) -> Iterator[Violation]:
    """I10: a step is done once, an attempt ends once, an item is granted once."""
    for ledger in evidence.ledgers.values():
        done: set[tuple[int, str, int, str]] = set()
        for story, event in told(ledger):
            match event.body:
                case e.StepCompleted() as body:
                    step = (body.unit, body.item, body.attempt, body.step)
                    if step in done:
                        yield _violation("I10", ledger, event, f"the step {step} was done before")
                    done.add(step)
                case e.StepReverted() as body:
                    done.discard((body.unit, body.item, body.attempt, body.step))
                case e.ItemEnded() as body:
                    yield from _ended_again(ledger, story, event, body)


def _ended_again(
    ledger: Ledger, story: Story, event: e.Event, body: e.ItemEnded
) -> Iterator[Violation]:
    tries = story.tries.get((body.unit, body.item), [])
    if any(one.number == body.attempt and one.result for one in tries):
        what = f"{body.item}/{body.attempt} ended before"
        yield _violation("I10", ledger, event, what)
    if body.result == "granted" and story.granted(body.unit, body.item):
        yield _violation("I10", ledger, event, f"{body.item} was granted before")


def documents_come_first(evidence: Evidence) -> Iterator[Violation]:
    """I11: an item starts when its hard documents exist; a step is done when its task is open."""
    for ledger in evidence.ledgers.values():
        for story, event in told(ledger):
            body, on = event.body, local_date(event.recorded_at)
            for filing in filings(body):
                unit = getattr(body, "unit", 0)
                missing = story.missing(unit, filing.item, evidence.catalogue, on)
                if missing:
                    what = f"{filing.item} began without {', '.join(missing)}"
                    yield _violation("I11", ledger, event, what)
            if isinstance(body, e.StepCompleted) and not _is_open(story, body):
                what = f"{body.step} of {body.item}/{body.attempt} was done and not open"
                yield _violation("I11", ledger, event, what)


def _is_open(story: Story, body: e.StepCompleted) -> bool:
    return any(
        unit == body.unit
        and (task.item, task.attempt) == (body.item, body.attempt)
        and path.rpartition("/")[2] == body.step
        and body.outcome in task.outcomes
        for (unit, path), task in story.tasks.items()
    )


def stages_in_line(evidence: Evidence) -> Iterator[Violation]:
    """I12: a stage opens once, after the milestone before it; a milestone follows its items."""
    for ledger in evidence.ledgers.values():
        for story, event in told(ledger):
            match event.body:
                case e.StageOpened(stage=stage, unit=unit):
                    if (stage, unit) in story.runs:
                        yield _violation("I12", ledger, event, f"stage {stage}/{unit} again")
                    if 1 < stage <= STAGES and not _passed(story, stage - 1, unit):
                        what = f"stage {stage} opened before the milestone of {stage - 1}"
                        yield _violation("I12", ledger, event, what)
                case e.MilestoneReached(stage=stage, unit=unit):
                    if (run := story.runs.get((stage, unit))) is None or run.milestone:
                        yield _violation("I12", ledger, event, f"milestone {stage}/{unit} again")
                    open_ones = _gating(story, stage, unit, evidence.catalogue)
                    if open_ones:
                        what = f"milestone {stage} before {', '.join(open_ones)}"
                        yield _violation("I12", ledger, event, what)


def _passed(story: Story, stage: int, unit: int) -> bool:
    return any(
        (run := story.runs.get((stage, home))) is not None and run.milestone for home in {0, unit}
    )


def _gating(story: Story, stage: int, unit: int, catalogue: Catalogue) -> list[str]:
    """Return the milestone items whose grant is still to come."""
    items = [
        item.code
        for item in catalogue.items_of(stage)
        if item.milestone and item.code in story.applicable
    ]
    waiting = [code for code in items if not story.granted(unit, code)]
    if catalogue.stages[stage].join is Join.ANY and len(waiting) < len(items):
        return []
    return waiting


def mandated_together(evidence: Evidence) -> Iterator[Violation]:
    """I13: the mandated set is listed in one event; each is filed once its documents exist."""
    for ledger in evidence.ledgers.values():
        for story, event in told(ledger):
            if isinstance(event.body, e.StageFiled):
                yield from _listed(ledger, story, event, event.body, evidence.catalogue)
        yield from _left_waiting(ledger, evidence.catalogue)


def _listed(
    ledger: Ledger, story: Story, event: e.Event, body: e.StageFiled, catalogue: Catalogue
) -> Iterator[Violation]:
    run = story.runs.get((body.stage, body.unit))
    if run is not None and run.mandated is not None:
        yield _violation("I13", ledger, event, f"stage {body.stage} was filed before")
    wanted = {
        item.code
        for item in catalogue.items_of(body.stage)
        if item.coupling is Coupling.MANDATED and item.code in story.applicable
    } | {pulled.item for pulled in body.pulled_in}
    if set(body.mandated) != wanted:
        what = f"listed {sorted(body.mandated)}, mandated is {sorted(wanted)}"
        yield _violation("I13", ledger, event, what)
    filed = {filing.item for filing in body.filings}
    unaccounted = wanted - filed - {held.item for held in body.held}
    if unaccounted:
        what = f"{sorted(unaccounted)} neither filed nor held"
        yield _violation("I13", ledger, event, what)


def _left_waiting(ledger: Ledger, catalogue: Catalogue) -> Iterator[Violation]:
    """Yield listed items that could have been filed when a command was through, and were not.

    The story is looked at where one command ends and the next begins.
    """
    before: tuple[Envelope, e.Event] | None = None
    for (story, event), envelope in zip(told(ledger), ledger.envelopes, strict=True):
        if before is not None and before[0].command != envelope.command and not story.over:
            on = local_date(before[1].recorded_at)
            for (_, unit), run in story.runs.items():
                for code in _forgotten(story, run, unit):
                    if not story.missing(unit, code, catalogue, on):
                        what = f"{code} was listed, has its documents and is not filed"
                        yield _violation("I13", ledger, event, what)
        before = envelope, event


def _forgotten(story: Story, run: Run, unit: int) -> list[str]:
    listed = run.mandated or ()
    return [code for code in listed if not story.tries.get((unit, code))]


def _name(body: e.Body) -> str:
    return type(body).__name__


def _violation(rule: str, ledger: Ledger, event: e.Event, what: str) -> Violation:
    return Violation(rule=rule, project=ledger.code, at=event.number, what=what)
