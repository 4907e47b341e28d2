"""Laws of checklists, over random orders of handing in, tolerating and granting."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.law_office import LawOffice
from tests.support.memory_office import AGENT, WINDOW
from tests.support.paper_work import checklist, supplying
from workflows import commands as c
from workflows.errors import Refusal
from workflows.facts import Materials, Rules
from workflows.materials import AT_HAND, Shelf, Standing
from workflows.moments import local_date
from workflows.snapshot import Packing

if TYPE_CHECKING:
    from collections.abc import Sequence


STAGE = ("S1-05", "S1-06", "S1-08", "S1-10", "S5-01", "S5-02")
MATERIALS = ("M011", "M012", "M013", "M014", "M015", "M005", "M017", "M018", "M022", "M131", "M035")

Act = tuple[str, str, int]
acts = st.lists(
    st.one_of(
        st.tuples(st.just("supply"), st.sampled_from(MATERIALS), st.integers(0, 2)),
        st.tuples(st.just("tolerate"), st.sampled_from(STAGE), st.integers(1, 30)),
        st.tuples(st.just("file"), st.sampled_from(STAGE), st.just(0)),
        st.tuples(st.just("step"), st.sampled_from(STAGE), st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 20)),
    ),
    max_size=30,
)


def played(rule: Materials, history: Sequence[Act]) -> LawOffice:
    """Return an office after what of *history* was allowed."""
    office = LawOffice(rules=Rules(materials=rule), replays=False)
    office.file(3)
    office.give(c.FileStage(stage=1))
    for act in history:
        with suppress(Refusal):
            _do(office, act)
    return office


def _do(office: LawOffice, act: Act) -> None:
    kind, what, number = act
    match kind:
        case "supply":
            office.give(supplying(what, f"{what}/{number}"))
        case "tolerate":
            list_ = checklist(office, what)
            given = office.project.items.get(f"0/{what}")
            attempts = len(given.attempts) if given else 0
            attempt = attempts if given and given.open else attempts + 1
            due = (local_date(office.now) + timedelta(days=number)).isoformat()
            command = c.Tolerate(item=what, attempt=attempt, missing=list_.missing, due=due)
            office.give(command, WINDOW)
        case "file":
            office.give(c.FileItem(item=what), AGENT)
        case "step":
            if office.tasks(what):
                office.do(what)
        case _:
            office.now += timedelta(days=number)


def every(office: LawOffice) -> list[str]:
    return list(office.project.applicable)


class TestChecklists:
    @settings(max_examples=40)
    @given(acts)
    def test_say_of_each_material_one_thing(self, history: list[Act]) -> None:
        office = played(Materials.SHOWN, history)

        for code in every(office):
            found = checklist(office, code)
            lacking = [line.material for line in found.lines if line.state not in AT_HAND]
            assert sorted(lacking) == sorted((*found.missing, *found.tolerated))
            assert found.complete == (not lacking)
            assert found.satisfied == (not found.missing)
            assert (
                tuple(line.material for line in found.lines)
                == office.catalogue.items[code].materials
            )

    @settings(max_examples=40)
    @given(acts, st.sampled_from(MATERIALS))
    def test_only_grow_better_by_what_is_handed_in(self, history: list[Act], more: str) -> None:
        office = played(Materials.SHOWN, history)
        before = {code: set(checklist(office, code).missing) for code in every(office)}

        with suppress(Refusal):
            office.give(supplying(more, "another file"))

        for code in every(office):
            assert set(checklist(office, code).missing) <= before[code]

    @settings(max_examples=40)
    @given(acts)
    def test_agree_about_a_material_whatever_item_asks(self, history: list[Act]) -> None:
        office = played(Materials.SHOWN, history)
        seen: dict[str, Standing] = {}

        for code in every(office):
            for line in checklist(office, code).lines:
                assert seen.setdefault(line.material, line.state) is line.state

    @settings(max_examples=40)
    @given(acts)
    def test_hold_nothing_where_they_are_shown(self, history: list[Act]) -> None:
        without = [act for act in history if act[0] not in ("supply", "tolerate")]
        office = played(Materials.SHOWN, history)
        plain = played(Materials.SHOWN, without)

        assert office.project.runs.keys() == plain.project.runs.keys()
        assert {key for key, state in office.project.items.items() if state.attempts} == {
            key for key, state in plain.project.items.items() if state.attempts
        }

    @settings(max_examples=40)
    @given(acts)
    def test_are_satisfied_when_an_item_is_filed_where_they_are_required(
        self, history: list[Act]
    ) -> None:
        office = LawOffice(rules=Rules(materials=Materials.REQUIRED), replays=False)
        office.file(3)
        office.give(c.FileStage(stage=1))
        for act in history:
            known = _filed(office)
            with suppress(Refusal):
                _do(office, act)
            for code in _filed(office) - known:
                assert checklist(office, code).satisfied, (act, code)

    @settings(max_examples=25)
    @given(acts)
    def test_come_back_whole_from_log_and_snapshot(self, history: list[Act]) -> None:
        office = played(Materials.REQUIRED, history)
        packing = Packing(office.catalogue, office.nets.by_hash)

        assert office.replayed() == office.project
        assert packing.unpack(packing.pack(office.project)) == office.project

    @settings(max_examples=40)
    @given(acts, st.integers(0, 60))
    def test_call_a_tolerance_overdue_from_the_day_after_only(
        self, history: list[Act], days: int
    ) -> None:
        office = played(Materials.SHOWN, history)
        day = local_date(office.now) + timedelta(days=days)
        shelf = Shelf(office.project, office.catalogue, 0, day)

        for code in every(office):
            for grace in shelf.checklist(code).graces:
                late = date.fromisoformat(grace.due) < day
                assert grace.overdue == (late and bool(grace.left))
                assert set(grace.left) <= set(grace.missing)


def _filed(office: LawOffice) -> set[str]:
    states = office.project.items.values()
    return {state.item for state in states if len(state.attempts) == 1 and state.open is not None}
