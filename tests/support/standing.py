"""What must be true of a project at every moment, whatever happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.project import ItemState, ProjectStatus, item_key, run_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.net import Item, Net
    from workflows.events import Event
    from workflows.project import Project, StageRun

CLOSED = (ProjectStatus.WITHDRAWN, ProjectStatus.TERMINATED)


def check_move(project: Project, event: Event, nets: Mapping[str, Net]) -> None:
    """Check what holds between any two events: numbers, times, tasks, timers, slots."""
    assert event.number == project.number
    assert event.happened_at <= event.recorded_at == project.last_at
    stage, unit = getattr(event.body, "stage", None), getattr(event.body, "unit", None)
    run = None if stage is None or unit is None else project.runs.get(run_key(stage, unit))
    if run is not None:
        _check_tokens(run, nets[run.net])


def check_rest(project: Project, nets: Mapping[str, Net]) -> None:
    """Check what holds once a command is through: attempts and tokens tell one story."""
    lifecycle = nets[project.lifecycle]
    lifecycle.marking(project.lifecycle_tokens)
    for run in project.runs.values():
        net = nets[run.net]
        marking = _check_tokens(run, net)
        if project.status in CLOSED:
            assert marking == 0
            continue
        assert bool(marking & net.milestone) == (run.milestone_at is not None), run.key
        assert bool(marking & net.ended) == (run.ended_at is not None), run.key
        for code, item in net.items.items():
            state = project.items.get(item_key(run.unit, code))
            _check_item(item, state or ItemState(unit=run.unit, stage=0, item=code), marking)
    if project.status in CLOSED:
        assert not any(state.open for state in project.items.values())


def _check_tokens(run: StageRun, net: Net) -> int:
    marking = net.marking(run.tokens)
    assert set(net.paths(marking & net.tasks)) == set(run.tasks), run.key
    assert set(net.paths(marking & net.timers)) == set(run.timers), run.key
    assert run.held_slots <= run.slots, run.key
    return marking


def _check_item(item: Item, state: ItemState, marking: int) -> None:
    code = item.mark.code
    attempt = state.open
    assert bool(marking & item.inside) == (attempt is not None), code
    assert bool(marking & item.granted) == state.granted, code
    assert bool(marking & item.slot) == (attempt is not None and attempt.slot), code
    places = (item.wanted, item.inside, item.granted, item.left_out)
    assert sum(bool(marking & place) for place in places) <= 1, code
    if state.declined:
        assert not marking & item.wanted, code
    assert [each.number for each in state.attempts] == list(range(1, len(state.attempts) + 1))
    assert all(each.ended_at for each in state.attempts[:-1]), code
