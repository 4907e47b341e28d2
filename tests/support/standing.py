"""What must be true of a project at every moment, whatever happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.project import ProjectStatus, item_key, run_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bpmn.net import Item, Net
    from workflows.events import Event
    from workflows.project import ItemState, Project, StageRun

CLOSED = (ProjectStatus.WITHDRAWN, ProjectStatus.TERMINATED)


def check_move(project: Project, event: Event, nets: Mapping[str, Net]) -> None:
    """Check what holds between any two events: numbers, times, tasks, timers, slots."""
    assert event.number == project.number
    assert event.happened_at <= event.recorded_at == project.last_at
    run = _run_of(project, event)
    if run is not None:
        _check_tokens(run, nets[run.net])


def check_rest(
    before: Project | None, project: Project, events: Iterable[Event], nets: Mapping[str, Net]
) -> None:
    """Check what holds once the *events* of a command are through: one story, told once.

    Items that neither moved nor changed since *before* were checked then.
    """
    nets[project.lifecycle].marking(project.lifecycle_tokens)
    if project.status in CLOSED:
        assert not any(run.tokens or run.tasks or run.timers for run in project.runs.values())
        assert not any(state.open for state in project.items.values())
        return
    touched = {run.key: run for event in events if (run := _run_of(project, event)) is not None}
    for run in touched.values():
        net = nets[run.net]
        marking = net.marking(run.tokens)
        assert bool(marking & net.milestone) == (run.milestone_at is not None), run.key
        assert bool(marking & net.ended) == (run.ended_at is not None), run.key
        past = {} if before is None else before.items
        old = None if before is None else before.runs.get(run.key)
        moved = marking ^ (0 if old is None else net.marking(old.tokens))
        for code, item in net.items.items():
            key = item_key(run.unit, code)
            state = project.items.get(key)
            if state is not past.get(key) or moved & (item.inside | item.wanted | _settled(item)):
                _check_item(item, state, marking)


def _run_of(project: Project, event: Event) -> StageRun | None:
    stage, unit = getattr(event.body, "stage", None), getattr(event.body, "unit", None)
    return None if stage is None or unit is None else project.runs.get(run_key(stage, unit))


def _check_tokens(run: StageRun, net: Net) -> None:
    marking = net.marking(run.tokens)
    assert set(net.paths(marking & net.tasks)) == run.tasks.keys(), run.key
    assert set(net.paths(marking & net.timers)) == run.timers.keys(), run.key
    assert run.held_slots <= run.slots, run.key


def _settled(item: Item) -> int:
    return item.granted | item.left_out | item.slot


def _check_item(item: Item, state: ItemState | None, marking: int) -> None:
    code = item.mark.code
    inside, granted = bool(marking & item.inside), bool(marking & item.granted)
    wanted, left_out = bool(marking & item.wanted), bool(marking & item.left_out)
    assert inside + granted + wanted + left_out <= 1, code
    if state is None:
        assert not marking & (item.inside | item.granted | item.slot), code
        return
    attempt = state.open
    assert inside == (attempt is not None), code
    assert granted == state.granted, code
    assert bool(marking & item.slot) == (attempt is not None and attempt.slot), code
    if state.declined:
        assert not wanted, code
    assert [each.number for each in state.attempts] == list(range(1, len(state.attempts) + 1))
    assert all(each.ended_at for each in state.attempts[:-1]), code
