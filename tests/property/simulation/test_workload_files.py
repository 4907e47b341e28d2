"""Random workloads, written as PSPLIB writes them, read back; and files with one fault."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.errors import WorkloadError
from simulation.optimise.workload import Activity, Workload
from simulation.optimise.workload_files import read_workload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RULE = "*" * 72
Lines = list[tuple[str, bool]]  # with whether it holds the numbers of the problem


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    """Draw a workload with the names that the library gives: 1, 2 ... and R1, R2 ..."""
    codes = [str(number) for number in range(1, draw(st.integers(1, 12)) + 1)]
    stock = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    capacities = {f"R{number}": most for number, most in enumerate(stock, start=1)}
    waits = draw(st.sets(st.sampled_from(list(combinations(codes, 2)) or [("", "")])))
    return Workload(
        capacities=capacities,
        activities={
            code: Activity(
                days=draw(st.integers(0, 20)),
                after=tuple(a for a in codes if (a, code) in waits),
                demand={
                    name: taken
                    for name, most in capacities.items()
                    if (taken := draw(st.integers(0, most)))
                },
            )
            for code in codes
        },
    )


def followers(workload: Workload, code: str) -> list[int]:
    return [int(other) for other, each in workload.activities.items() if code in each.after]


def demand(workload: Workload, code: str) -> list[int]:
    return [workload.activities[code].demand.get(name, 0) for name in workload.capacities]


def sm(workload: Workload) -> Lines:
    """Return the lines of a `.sm` file."""
    jobs, kinds = workload.activities, workload.capacities
    names = "  ".join(f"R {number}" for number in range(1, len(kinds) + 1))
    order = [
        [int(code), 1, len(after), *after] for code in jobs for after in [followers(workload, code)]
    ]
    work = [[int(code), 1, each.days, *demand(workload, code)] for code, each in jobs.items()]
    return [
        *_plain(
            RULE,
            "file with basedata            : drawn.bas",
            "initial value random generator: 28123",
            RULE,
            "projects                      :  1",
            f"jobs (incl. supersource/sink ):  {len(jobs)}",
            f"horizon                       :  {sum(each.days for each in jobs.values())}",
            "RESOURCES",
            f"  - renewable                 :  {len(kinds)}   R",
            "  - nonrenewable              :  0   N",
            "  - doubly constrained        :  0   D",
            RULE,
            "PROJECT INFORMATION:",
            "pronr.  #jobs rel.date duedate tardcost  MPM-Time",
            "    1     30      0       38       26       38",
            RULE,
            "PRECEDENCE RELATIONS:",
            "jobnr.    #modes  #successors   successors",
        ),
        *_rows(order),
        *_plain(RULE, "REQUESTS/DURATIONS:", f"jobnr. mode duration  {names}", "-" * 72),
        *_rows(work),
        *_plain(RULE, "RESOURCEAVAILABILITIES:", f"  {names}"),
        *_rows([list(kinds.values())]),
        *_plain(RULE),
    ]


def rcp(workload: Workload, longest: int) -> Lines:
    """Return the lines of a `.rcp` file, none with more than *longest* followers."""
    head = [[len(workload.activities), len(workload.capacities)], [*workload.capacities.values()]]
    body: list[list[int]] = []
    for code, each in workload.activities.items():
        after = followers(workload, code)
        body.append([each.days, *demand(workload, code), len(after), *after[:longest]])
        body += [after[at : at + longest] for at in range(longest, len(after), longest)]
    return [*_rows(head), ("", False), *_rows(body)]


def _plain(*lines: str) -> Iterator[tuple[str, bool]]:
    return ((line, False) for line in lines)


def _rows(rows: Sequence[Sequence[int]]) -> Iterator[tuple[str, bool]]:
    return (("".join(f"{number:6d}" for number in row), True) for row in rows)


def text(lines: Lines, end: str = "\n") -> bytes:
    return end.join([*(line for line, _ in lines), ""]).encode()


@st.composite
def files(draw: st.DrawFn) -> tuple[str, Workload, Lines]:
    """Draw a workload and its file of either format."""
    workload = draw(workloads())
    if draw(st.booleans()):
        return "w.sm", workload, sm(workload)
    return "w.rcp", workload, rcp(workload, draw(st.integers(1, 4)))


class TestReadWorkload:
    @given(drawn=files(), end=st.sampled_from(["\n", "\r\n", " \n", "\t\r\n"]))
    def test_reads_back_what_was_written(
        self, drawn: tuple[str, Workload, Lines], end: str
    ) -> None:
        name, workload, lines = drawn

        found = read_workload(name, text(lines, end))

        assert (found.capacities, found.activities) == (workload.capacities, workload.activities)

    @given(drawn=files(), luck=st.data(), word=st.sampled_from(["x", "-1", "1.5", "1e1", "10001"]))
    def test_names_the_line_with_what_is_no_number(
        self, drawn: tuple[str, Workload, Lines], luck: st.DataObject, word: str
    ) -> None:
        name, _, lines = drawn
        place = luck.draw(st.sampled_from([at for at, (_, ours) in enumerate(lines) if ours]))
        words = lines[place][0].split()
        words[luck.draw(st.integers(0, len(words) - 1))] = word
        lines[place] = " ".join(words), True

        with pytest.raises(WorkloadError) as caught:
            read_workload(name, text(lines))

        assert [each.params["line"] for each in caught.value.findings] == [place + 1]

    @given(workload=workloads(), luck=st.data(), more=st.booleans())
    def test_names_the_line_of_another_length(
        self, workload: Workload, luck: st.DataObject, *, more: bool
    ) -> None:
        lines = sm(workload)
        place = luck.draw(st.sampled_from([at for at, (_, ours) in enumerate(lines) if ours]))
        words = lines[place][0].split()
        lines[place] = " ".join([*words, "1"] if more else words[:-1]), True

        with pytest.raises(WorkloadError) as caught:
            read_workload("w.sm", text(lines))

        (finding,) = caught.value.findings
        left_empty = not more and len(words) == 1
        assert left_empty or finding.params["line"] == place + 1

    @given(drawn=files(), luck=st.data())
    def test_refuses_a_file_that_lacks_a_line(
        self, drawn: tuple[str, Workload, Lines], luck: st.DataObject
    ) -> None:
        name, _, lines = drawn
        del lines[luck.draw(st.sampled_from([at for at, (_, ours) in enumerate(lines) if ours]))]

        with pytest.raises(WorkloadError):
            read_workload(name, text(lines))
