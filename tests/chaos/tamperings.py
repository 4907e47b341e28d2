"""Wrong evidence: each tampering is what a bug would leave behind, and names the rule it breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from engine import streams
from tests.chaos import by_chain
from tests.chaos.evidence import READ, Call, Evidence, Ledger, Outcome
from workflows import codec, derivation, rows
from workflows import events as e
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.envelope import Envelope

B = TypeVar("B", bound=e.Body)


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a log that is being rewritten."""

    envelope: Envelope
    body: e.Body


def lines(ledger: Ledger) -> list[Line]:
    """Return a log to be rewritten."""
    return [
        Line(envelope, event.body)
        for envelope, event in zip(ledger.envelopes, ledger.events, strict=True)
    ]


def resealed(ledger: Ledger, written: Iterable[Line], *, renumber: bool = True) -> Ledger:
    """Return the ledger with another log: a whole chain, its own head, state and rows anew.

    So nothing but the changed meaning can be seen. A log that cannot be replayed keeps its state.
    """
    previous, made = by_chain.FIRST, []
    for number, line in enumerate(written, start=1):
        kind, version = codec.kind(line.body)
        envelope = replace(
            line.envelope,
            number=number if renumber else line.envelope.number,
            kind=kind,
            version=version,
            body=codec.encode(line.body).decode(),
            previous=previous,
        )
        envelope = replace(envelope, hash=by_chain.digest(envelope))
        previous = envelope.hash
        made.append(envelope)
    fresh = replace(ledger, envelopes=tuple(made), head=(made[-1].number, made[-1].hash))
    try:
        project = streams.replay(fresh.envelopes)
    except (ValueError, KeyError, IndexError):
        return fresh
    return replace(fresh, snapshot=project, rows=derivation.rows(project).by_key)


def _ledger(evidence: Evidence) -> Ledger:
    (ledger,) = evidence.ledgers.values()
    return ledger


def _with(evidence: Evidence, ledger: Ledger) -> Evidence:
    """Return the evidence with another log; nobody remembers the old one."""
    return replace(evidence, ledgers={ledger.code: ledger}, anchors=())


def _rewritten(evidence: Evidence, change: Callable[[list[Line]], list[Line]]) -> Evidence:
    ledger = _ledger(evidence)
    return _with(evidence, resealed(ledger, change(lines(ledger))))


def _find(
    written: list[Line], kind: type[B], which: Callable[[B], bool] = lambda _: True
) -> tuple[int, Line, B]:
    """Return the first event of a kind for which *which* holds."""
    for place, line in enumerate(written):
        if isinstance(line.body, kind) and which(line.body):
            return place, line, line.body
    raise LookupError(f"the specimen holds no such {kind.__name__}")


def _changed(
    kind: type[B], change: Callable[[B], e.Body], which: Callable[[B], bool] = lambda _: True
) -> Callable[[Evidence], Evidence]:
    """Return a tampering that rewrites one body."""

    def tamper(written: list[Line]) -> list[Line]:
        place, line, body = _find(written, kind, which)
        return [*written[:place], Line(line.envelope, change(body)), *written[place + 1 :]]

    return lambda evidence: _rewritten(evidence, tamper)


def _dropped(
    kind: type[B], which: Callable[[B], bool] = lambda _: True
) -> Callable[[Evidence], Evidence]:
    def tamper(written: list[Line]) -> list[Line]:
        place, _, _ = _find(written, kind, which)
        return written[:place] + written[place + 1 :]

    return lambda evidence: _rewritten(evidence, tamper)


def _doubled(
    kind: type[B],
    which: Callable[[B], bool] = lambda _: True,
    change: Callable[[B], e.Body] = lambda body: body,
) -> Callable[[Evidence], Evidence]:
    """Return a tampering that lets an event happen once more, right after itself."""

    def tamper(written: list[Line]) -> list[Line]:
        place, line, body = _find(written, kind, which)
        again = Line(line.envelope, change(body))
        return [*written[: place + 1], again, *written[place + 1 :]]

    return lambda evidence: _rewritten(evidence, tamper)


def _earlier(
    kind: type[B], before: type[e.Body], which: Callable[[B], bool] = lambda _: True
) -> Callable[[Evidence], Evidence]:
    """Return a tampering that moves an event before the last one of another kind ahead of it."""

    def tamper(written: list[Line]) -> list[Line]:
        place, line, _ = _find(written, kind, which)
        ahead = max(at for at in range(place) if isinstance(written[at].body, before))
        return [*written[:ahead], line, *written[ahead:place], *written[place + 1 :]]

    return lambda evidence: _rewritten(evidence, tamper)


def _call(
    evidence: Evidence, change: Callable[[Call], Call], which: Callable[[Call], bool]
) -> Evidence:
    """Return the evidence with one call told otherwise."""
    calls = list(evidence.history)
    place = next(at for at, call in enumerate(calls) if which(call))
    calls[place] = change(calls[place])
    return replace(evidence, history=tuple(calls))


def _is(op: str) -> Callable[[Call], bool]:
    return lambda call: call.op == op


# what was told and what was done


def _acknowledgement_lost(evidence: Evidence) -> Evidence:
    """Somebody was told "done", and nothing was."""
    told = next(call for call in evidence.history if call.op == "completeTask")
    return replace(evidence, history=(*evidence.history, replace(told, key="never-seen")))


def _something_else_done(evidence: Evidence) -> Evidence:
    return _call(
        evidence,
        lambda call: replace(call, sent={**call.sent, "outcome": "another"}),
        _is("completeTask"),
    )


def _nobody_asked(evidence: Evidence) -> Evidence:
    place = next(at for at, call in enumerate(evidence.history) if call.op == "startPair")
    return replace(evidence, history=evidence.history[:place] + evidence.history[place + 1 :])


def _refused_and_done(tries: int) -> Callable[[Evidence], Evidence]:
    return lambda evidence: _call(
        evidence,
        lambda call: replace(call, outcome=Outcome.REFUSED, tries=tries, code="task.not_open"),
        _is("completeTask"),
    )


def _overtaken(evidence: Evidence) -> Evidence:
    """An early command was sent only after a later one had been answered."""
    late = evidence.history[-1].returned + 10
    return _call(
        evidence,
        lambda call: replace(call, invoked=late, returned=late + 1),
        _is("fileStage"),
    )


def _stale_read(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    return _call(
        evidence,
        lambda call: replace(call, last=call.last - 1),
        lambda call: call.op == READ and call.last > ledger.envelopes[-1].number // 2,
    )


# the log itself


def _body_changed(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    envelopes = list(ledger.envelopes)
    place = next(at for at, one in enumerate(envelopes) if '"outcome":"reviewed"' in one.body)
    body = envelopes[place].body.replace('"outcome":"reviewed"', '"outcome":"refused"')
    envelopes[place] = replace(envelopes[place], body=body)
    return _with(evidence, replace(ledger, envelopes=tuple(envelopes)))


def _chain_forked(evidence: Evidence) -> Evidence:
    """One event was rewritten with a hash of its own, the next still names the old one."""
    ledger = _ledger(evidence)
    envelopes = list(ledger.envelopes)
    forged = replace(envelopes[5], actor="planner")
    envelopes[5] = replace(forged, hash=by_chain.digest(forged))
    return _with(evidence, replace(ledger, envelopes=tuple(envelopes)))


def _rewritten_whole(evidence: Evidence) -> Evidence:
    """The whole chain was made anew around a change: only those who remember can tell."""
    changed = _changed(e.StepCompleted, lambda body: replace(body, status=9))(evidence)
    return replace(changed, anchors=evidence.anchors)


def _tail_cut(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    return replace(_with(evidence, resealed(ledger, lines(ledger)[:-3])), anchors=evidence.anchors)


def _head_elsewhere(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    before = ledger.envelopes[-2]
    return _with(evidence, replace(ledger, head=(before.number, before.hash)))


PLACE = 20  # somewhere in the middle of a log


def _number_missing(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    written = [
        Line(replace(line.envelope, number=line.envelope.number + (at > 20)), line.body)
        for at, line in enumerate(lines(ledger))
    ]
    return _with(evidence, resealed(ledger, written, renumber=False))


def _number_twice(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    written = [
        Line(replace(line.envelope, number=line.envelope.number - (at > 20)), line.body)
        for at, line in enumerate(lines(ledger))
    ]
    return _with(evidence, resealed(ledger, written, renumber=False))


def _recorded_earlier(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    early = ledger.envelopes[0].recorded_at
    written = [
        Line(replace(line.envelope, recorded_at=early) if at == PLACE else line.envelope, line.body)
        for at, line in enumerate(lines(ledger))
    ]
    return _with(evidence, resealed(ledger, written, renumber=False))


def _snapshot_differs(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    snapshot = None if ledger.snapshot is None else replace(ledger.snapshot, agent=None)
    return _with(evidence, replace(ledger, snapshot=snapshot))


def _row_lost(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    kept = dict(ledger.rows)
    kept.pop(next(key for key in kept if key[0] == "item_run"))
    return _with(evidence, replace(ledger, rows=kept))


def _row_differs(evidence: Evidence) -> Evidence:
    ledger = _ledger(evidence)
    key, row = next((k, row) for k, row in ledger.rows.items() if isinstance(row, rows.ItemRunRow))
    return _with(evidence, replace(ledger, rows={**ledger.rows, key: replace(row, status=99)}))


# who did it


def _name_forged(evidence: Evidence) -> Evidence:
    def tamper(written: list[Line]) -> list[Line]:
        place, line, body = _find(written, e.StepCompleted, lambda b: b.performer == "department")
        forged = Line(replace(line.envelope, actor="planner"), body)
        return [*written[:place], forged, *written[place + 1 :]]

    return _rewritten(evidence, tamper)


def _department_robbed(evidence: Evidence) -> Evidence:
    """Everybody keeps name and role, and one reviewer turns out to be of another department."""
    ledger = _ledger(evidence)
    _, line, _ = _find(lines(ledger), e.StepCompleted, lambda b: b.performer == "department")
    person = evidence.people[line.envelope.actor]
    moved = replace(person, department="elsewhere")
    return replace(evidence, people={**evidence.people, person.id: moved})


def _two_duties(evidence: Evidence) -> Evidence:
    """One person of many roles receives and examines the same attempt."""
    ledger = _ledger(evidence)
    _, line, body = _find(lines(ledger), e.StepCompleted, lambda b: b.performer == "department")
    other = line.envelope.actor
    received = next(
        one
        for one in lines(ledger)
        if isinstance(one.body, e.StepCompleted)
        and (one.body.item, one.body.attempt) == (body.item, body.attempt)
        and one.body.performer == "window"
    )
    command = received.envelope.command
    renamed = [
        Line(replace(one.envelope, actor=other), one.body)
        if one.envelope.command == command
        else one
        for one in lines(ledger)
    ]
    both = replace(
        evidence.people[other],
        roles=evidence.people[other].roles | {Role.WINDOW},
        township=None,
    )
    changed = _with(evidence, resealed(ledger, renamed))
    return replace(changed, people={**evidence.people, other: both})


# what was done


def _withdrawn_in_between(evidence: Evidence) -> Evidence:
    def tamper(written: list[Line]) -> list[Line]:
        _, _, filed = _find(written, e.ProjectFiled)
        place = len(written) // 2
        body = e.ProjectWithdrawn(closed=(), reason=filed.name)
        return [*written[:place], Line(written[place].envelope, body), *written[place:]]

    return _rewritten(evidence, tamper)


def _one_mandated_left_out(body: e.StageFiled) -> e.Body:
    return replace(body, mandated=body.mandated[1:])


def _nothing_issued(body: e.ItemEnded) -> e.Body:
    return replace(body, issued=())


def _nothing_opened(body: e.StepCompleted) -> e.Body:
    return replace(body, tokens=replace(body.tokens, opened=()))


def _one_slot(body: e.StageOpened) -> e.Body:
    return replace(body, slots=1)


def _without_slot(body: e.PairStarted) -> e.Body:
    first, second = body.filings
    return replace(body, filings=(first, replace(second, slot=False)))


def _next_attempt(body: e.ItemFiled) -> e.Body:
    return replace(body, filing=replace(body.filing, attempt=body.filing.attempt + 1))


def _nothing_applies(evidence: Evidence) -> Evidence:
    """An item was filed that does not apply to the project."""

    def tamper(written: list[Line]) -> list[Line]:
        _, _, filed = _find(written, e.ItemFiled)
        place, line, body = _find(written, e.ProjectFiled)
        fewer = tuple(code for code in body.applicable if code != filed.filing.item)
        changed = Line(line.envelope, replace(body, applicable=fewer))
        return [*written[:place], changed, *written[place + 1 :]]

    return _rewritten(evidence, tamper)


# time and messages


def _due_later(body: e.StepCompleted | e.ItemFiled | e.StageFiled) -> e.Body:
    armed = tuple(
        replace(timer, due_at=timer.due_at + timedelta(days=1)) for timer in body.tokens.armed
    )
    return replace(body, tokens=replace(body.tokens, armed=armed))


def _fired_early(evidence: Evidence) -> Evidence:
    def tamper(written: list[Line]) -> list[Line]:
        place, line, body = _find(written, e.TimerFired)
        early = body.due_at - timedelta(seconds=1)
        envelope = replace(line.envelope, recorded_at=early, happened_at=early)
        return [*written[:place], Line(envelope, body), *written[place + 1 :]]

    return _rewritten(evidence, tamper)


def _never_fired(evidence: Evidence) -> Evidence:
    """The log ends with an armed timer, and a worker says it has looked after that was due."""

    def tamper(written: list[Line]) -> list[Line]:
        place, _, _ = _find(written, e.StepCompleted, lambda body: bool(body.tokens.armed))
        return written[: place + 1]

    far = datetime.fromisoformat("2027-01-01T00:00:00+00:00")
    return replace(_rewritten(evidence, tamper), drained_at=far)


def _message_lost(evidence: Evidence) -> Evidence:
    return replace(evidence, deliveries=(evidence.deliveries or ())[1:])


def _message_applied_twice(evidence: Evidence) -> Evidence:
    deliveries = evidence.deliveries or ()
    return replace(evidence, deliveries=(*deliveries, deliveries[0]))


def _gated(body: e.ItemEnded) -> bool:
    """Tell whether an end is one that others wait for."""
    return body.result == "granted" and bool(body.issued)


TAMPERINGS: Mapping[str, tuple[str, Callable[[Evidence], Evidence]]] = MappingProxyType(
    {
        "acknowledgement lost": ("I1", _acknowledgement_lost),
        "something else done": ("I1", _something_else_done),
        "done, and nobody asked": ("I1", _nobody_asked),
        "event dropped": ("I1", _dropped(e.StepCompleted)),
        "event twice": ("I2", _doubled(e.StepCompleted)),
        "refused and done": ("I3", _refused_and_done(1)),
        "name forged": ("I4", _name_forged),
        "reviewer of another department": ("I4", _department_robbed),
        "two duties in one hand": ("I4", _two_duties),
        "number missing": ("I5", _number_missing),
        "number twice": ("I5", _number_twice),
        "recorded before the one before": ("I5", _recorded_earlier),
        "body changed": ("I6", _body_changed),
        "chain forked": ("I6", _chain_forked),
        "chain rewritten whole": ("I6", _rewritten_whole),
        "tail cut": ("I6", _tail_cut),
        "head elsewhere": ("I6", _head_elsewhere),
        "act after withdrawal": ("I7", _withdrawn_in_between),
        "step after the attempt's end": ("I7", _doubled(e.ItemEnded)),
        "filed while running": ("I8", _doubled(e.ItemFiled, change=_next_attempt)),
        "filed and not applicable": ("I8", _nothing_applies),
        "slot cap off": ("I9", _changed(e.StageOpened, _one_slot)),
        "pair without its slot": ("I9", _changed(e.PairStarted, _without_slot)),
        "granted twice": ("I10", _doubled(e.ItemEnded, lambda body: body.result == "granted")),
        "step twice": ("I10", _doubled(e.StepCompleted)),
        "start before document": ("I11", _changed(e.ItemEnded, _nothing_issued, _gated)),
        "step before it is open": ("I11", _changed(e.StepCompleted, _nothing_opened)),
        "stage out of order": (
            "I12",
            _earlier(e.StageOpened, e.MilestoneReached, lambda body: body.stage == 2),
        ),
        "stage opened twice": ("I12", _doubled(e.StageOpened)),
        "milestone early": ("I12", _earlier(e.MilestoneReached, e.ItemEnded)),
        "mandated set split": (
            "I13",
            _changed(e.StageFiled, _one_mandated_left_out, lambda body: bool(body.mandated)),
        ),
        "stage filed twice": ("I13", _doubled(e.StageFiled)),
        "held item forgotten": (
            "I13",
            _dropped(e.ItemFiled, lambda body: body.filing.how is e.How.HELD),
        ),
        "snapshot differs": ("I14", _snapshot_differs),
        "row lost": ("I14", _row_lost),
        "row differs": ("I14", _row_differs),
        "overtaken in time": ("I15", _overtaken),
        "refused after a retry and done": ("I16", _refused_and_done(3)),
        "due a day late": (
            "I17",
            _changed(e.StepCompleted, _due_later, lambda body: bool(body.tokens.armed)),
        ),
        "timer twice": ("I18", _doubled(e.TimerFired)),
        "timer early": ("I18", _fired_early),
        "timer never": ("I18", _never_fired),
        "message lost": ("I19", _message_lost),
        "message applied twice": ("I19", _message_applied_twice),
        "stale read": ("I20", _stale_read),
    }
)
