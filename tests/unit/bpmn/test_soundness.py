from __future__ import annotations

from dataclasses import replace

import pytest

from bpmn._cut import one_step
from bpmn.diagram import Diagram, Element, ItemMark, Kind, Pairing, Performer, Step, Timer
from bpmn.library import shipped
from bpmn.net import link
from bpmn.soundness import Fault, Problem, explore, prove
from bpmn.tokens import Case
from tests.support.catalogue import produces

PRODUCES = produces()


def node(name: str, kind: Kind, *targets: str, parent: str | None = None) -> Element:
    step = Step(status=3, performer=Performer.WINDOW, outcomes=("done",))
    return Element(
        id=name,
        kind=kind,
        name=name,
        targets=tuple(sorted(targets)),
        parent=parent,
        step=step if kind is Kind.TASK else None,
        pairing=Pairing(slots=2, mode="rounds") if kind is Kind.BLOCK else None,
    )


def item(
    name: str, *targets: str, parent: str | None = None, needs: tuple[str, ...] = ()
) -> Element:
    mark = ItemMark(
        code=name, department="housing", applies=None, needs=needs, milestone=True, inspection=False
    )
    call = node(name, Kind.CALL, *targets, parent=parent)
    return replace(call, called="item_standard", item=mark)


def timer(host: str, target: str, *, interrupting: bool = True) -> Element:
    five_days = Timer(days=5, unit="working_day")
    boundary = node(f"late_{host}", Kind.BOUNDARY, target)
    return replace(boundary, host=host, timer=five_days, interrupting=interrupting)


def process(*elements: Element, join: str | None = None) -> Diagram:
    ordered = tuple(sorted(elements, key=lambda element: element.id))
    return Diagram(id="p", name="p", elements=ordered, join=join)


START = node("start", Kind.START, "fork")
FORK = node("fork", Kind.PARALLEL, "a", "b")
JOIN = node("join", Kind.PARALLEL, "end")
END = node("end", Kind.END)
A, B = node("a", Kind.TASK, "join"), node("b", Kind.TASK, "join")


def only_problem(diagram: Diagram, issued: dict[str, tuple[str, ...]] | None = None) -> Problem:
    problems = prove(diagram, issued or {}).problems
    assert len(problems) == 1
    return problems[0]


class TestProve:
    @pytest.mark.parametrize("name", sorted(shipped()))
    def test_finds_no_problem_in_a_shipped_definition(self, name: str) -> None:
        assert prove(shipped()[name], PRODUCES).problems == ()

    def test_finds_no_problem_in_a_fork_with_its_join(self) -> None:
        report = prove(process(START, FORK, A, B, JOIN, END), {})

        assert report.problems == ()
        assert report.markings == 8  # with and without inspection: {a, b}, {a}, {b}, ended

    def test_finds_a_missing_join(self) -> None:
        after = node("c", Kind.TASK, "end")
        missing = process(
            START, FORK, node("a", Kind.TASK, "c"), node("b", Kind.TASK, "c"), after, END
        )

        problem = prove(missing, {}).problems[0]

        assert problem.fault is Fault.SECOND_TOKEN
        assert problem.places == ("p/c",)
        assert problem.way == ("start", "complete p/a done", "complete p/b done")

    def test_finds_a_boundary_that_leads_to_its_own_end(self) -> None:
        own_end = node("own_end", Kind.END)

        problem = only_problem(
            process(START, FORK, A, B, JOIN, END, own_end, timer("a", "own_end"))
        )

        assert problem.fault is Fault.STUCK
        assert problem.places == ("p/join<b",)
        assert problem.way == ("start", "complete p/b done", "fire p/late_a")

    def test_accepts_a_reminder_beside_a_task(self) -> None:
        reminded = node("remind", Kind.TASK, "own_end")
        own_end = node("own_end", Kind.END)
        reminder = timer("a", "remind", interrupting=False)

        report = prove(process(START, FORK, A, B, JOIN, END, reminded, own_end, reminder), {})

        assert report.problems == ()

    def test_finds_a_join_that_waits_for_a_choice(self) -> None:
        choice = node("fork", Kind.EXCLUSIVE, "a", "b")

        problem = only_problem(process(START, replace(choice, default="a"), A, B, JOIN, END))

        assert problem.fault is Fault.STUCK
        assert problem.places == ("p/join<a",)

    def test_finds_a_way_that_no_condition_ever_takes(self) -> None:
        choice = replace(node("fork", Kind.EXCLUSIVE, "a", "b"), default="a")
        ends = node("a", Kind.TASK, "end"), node("b", Kind.TASK, "end")

        problem = only_problem(process(START, choice, *ends, END))

        assert problem.fault is Fault.NEVER_REACHED
        assert problem.places == ("p/b",)

    def test_finds_a_circle_through_needs(self) -> None:
        circle = process(
            START,
            FORK,
            item("a", "join", needs=("D2",)),
            item("b", "join", needs=("D1",)),
            JOIN,
            END,
        )

        problem = only_problem(circle, {"a": ("D1",), "b": ("D2",)})

        assert problem.fault is Fault.STUCK
        assert problem.places == ("p/a:wanted", "p/b:wanted")

    def test_takes_a_document_of_another_stage_to_exist(self) -> None:
        waiting = process(START, FORK, item("a", "join", needs=("D9",)), B, JOIN, END)

        assert prove(waiting, {"other": ("D9",)}).problems == ()

    def test_waits_for_no_document_of_an_item_left_out(self) -> None:
        waiting = process(
            START, FORK, item("a", "join", needs=("D1",)), item("b", "join"), JOIN, END
        )
        net = link(waiting, {"item_standard": one_step("item_standard")})
        cases = Case(values={}), Case(values={}, declined=frozenset({"b"}))

        assert explore(net, cases, produces={"b": ("D1",)}).problems == ()

    def test_finds_an_order_against_the_needs(self) -> None:
        line = process(
            node("start", Kind.START, "a"),
            item("a", "b", needs=("D2",)),
            item("b", "end"),
            END,
        )

        problem = only_problem(line, {"b": ("D2",)})

        assert problem.fault is Fault.STUCK
        assert problem.places == ("p/a:wanted",)

    def test_finds_a_need_circle_inside_a_block_of_many_items(self) -> None:
        items = [item(f"i{number}", parent="block") for number in range(6)]
        circle = (
            item("a", parent="block", needs=("D2",)),
            item("z", parent="block", needs=("D1",)),
        )
        block = node("block", Kind.BLOCK, "end")
        start = node("start", Kind.START, "block")

        problems = prove(
            process(start, block, *items, *circle, END), {"a": ("D1",), "z": ("D2",)}
        ).problems

        assert {problem.fault for problem in problems} == {Fault.STUCK}
        assert {"p/block/a:wanted", "p/block/z:wanted"} < set(problems[0].places)

    def test_finds_a_milestone_that_no_item_has(self) -> None:
        problem = only_problem(process(START, FORK, A, B, JOIN, END, join="all"))

        assert problem.fault is Fault.NO_MILESTONE

    def test_knows_that_a_stage_ends_after_its_milestone(self) -> None:
        stages = process(
            node("start", Kind.START, "one"),
            node("one", Kind.CALL, "join"),
            replace(node("reached", Kind.BOUNDARY, "two"), host="one", interrupting=False),
            node("two", Kind.CALL, "join"),
            JOIN,
            END,
        )

        assert prove(stages, {}).problems == ()

    def test_finds_tokens_that_go_round_for_ever(self) -> None:
        round_trip = process(
            node("start", Kind.START, "a"),
            node("a", Kind.TASK, "b"),
            node("b", Kind.TASK, "a"),
            END,
        )

        problem = only_problem(round_trip)

        assert problem.fault is Fault.STUCK
        assert problem.places == ("p/a",)

    def test_gives_up_by_name_when_there_is_too_much(self) -> None:
        report = prove(shipped()["stage_3"], PRODUCES, most=50)

        assert {problem.fault for problem in report.problems} == {Fault.TOO_MANY}

    def test_looks_at_every_item_of_a_block(self) -> None:
        items = [item(f"i{number}", parent="block") for number in range(7)]
        bad = replace(items[6], item=replace(_mark(items[6]), needs=("D1",)))
        block = node("block", Kind.BLOCK, "end")
        start = node("start", Kind.START, "block")

        problem = only_problem(process(start, block, *items[:6], bad, END), {"i6": ("D1",)})

        assert problem.fault is Fault.STUCK


def _mark(element: Element) -> ItemMark:
    assert element.item is not None
    return element.item
