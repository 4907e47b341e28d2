"""Workload files: each format says the same, and each fault is refused by name and line."""

from __future__ import annotations

import json

import pytest

from simulation.errors import WorkloadError
from simulation.optimise.schedule import best_schedule
from simulation.optimise.workload_files import read_workload
from workflows.texts import LOCALES, text

TOML = """
version = 1
name = "five"

[departments]
R1 = 4
R2 = 2

[[items]]
code = "1"
days = 0

[[items]]
code = "2"
days = 3
after = ["1"]
demand = { R1 = 2 }

[[items]]
code = "3"
days = 4
after = ["1"]
demand = { R1 = 3, R2 = 1 }

[[items]]
code = "4"
days = 2
after = ["2"]
demand = { R2 = 2 }

[[items]]
code = "5"
days = 0
after = ["3", "4"]
"""
SM = """\
************************************************************************
file with basedata            : five.bas
initial value random generator: 1
************************************************************************
projects                      :  1
jobs (incl. supersource/sink ):  5
horizon                       :  9
RESOURCES
  - renewable                 :  2   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
************************************************************************
PROJECT INFORMATION:
pronr.  #jobs rel.date duedate tardcost  MPM-Time
    1      3      0        9        2        5
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           5
   4        1          1           5
   5        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     3       2    0
  3      1     4       3    1
  4      1     2       0    2
  5      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    4    2
************************************************************************
"""
RCP = """\
5 2
4 2

0 0 0 2 2 3
3 2 0 1 4
4 3 1 1
  5
2 0 2 1 5
0 0 0 0
"""


def codes(name: str, content: str | bytes) -> list[str]:
    data = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(WorkloadError) as caught:
        read_workload(name, data)
    for finding in caught.value.findings:
        assert all(text(finding.code, locale, **finding.named) for locale in LOCALES)
    return [finding.code for finding in caught.value.findings]


def wrong(name: str, content: str) -> tuple[str, object]:
    with pytest.raises(WorkloadError) as caught:
        read_workload(name, content.encode())
    (finding,) = caught.value.findings
    assert all(text(finding.code, locale, **finding.named) for locale in LOCALES)
    return finding.code, finding.params.get("line")


class TestReadWorkload:
    @pytest.mark.parametrize(
        ("name", "content"), [("w.sm", SM), ("W.RCP", RCP), ("w.sm", SM.replace("\n", "\r\n"))]
    )
    def test_reads_the_formats_of_psplib_as_our_own(self, name: str, content: str) -> None:
        ours = read_workload("w.toml", TOML.encode())
        theirs = read_workload(name, content.encode())

        assert (theirs.capacities, theirs.activities) == (ours.capacities, ours.activities)
        assert best_schedule(theirs).total == 9

    def test_reads_json_as_toml(self) -> None:
        tree = {
            "version": 1,
            "departments": {"x": 1},
            "items": [{"code": "a", "days": 2, "demand": {"x": 1}}],
        }

        found = read_workload("w.json", json.dumps(tree).encode())

        assert found.activities["a"].demand == {"x": 1}

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("w.xlsx", "", "workload.format"),
            ("w.toml", b"\xff\xfe\x00", "workload.unreadable"),
            ("w.toml", "version = ", "workload.unreadable"),
            ("w.json", "{", "workload.unreadable"),
            ("w.sm", "x" * (1024 * 1024 + 1), "workload.too_long"),
            ("w.toml", TOML + '[[items]]\ncode = "5"\ndays = 1\n', "workload.twice"),
            ("w.toml", TOML.replace('["3", "4"]', '["9"]'), "workload.after_unknown"),
            ("w.toml", TOML.replace("R1 = 4", "R3 = 4"), "workload.department_unknown"),
            ("w.toml", TOML.replace("R1 = 4", "R1 = 2"), "workload.more_than_there_is"),
            ("w.toml", TOML.replace("days = 4", 'days = "4"'), "scenario.field.wrong_type"),
            ("w.toml", TOML.replace("days = 4", "days = -4"), "scenario.field.out_of_range"),
            ("w.toml", TOML.replace("days = 4", "hours = 4"), "scenario.field.unknown"),
            ("w.toml", TOML.replace("version = 1", ""), "scenario.field.missing"),
            ("w.toml", TOML.replace("version = 1", "version = 2"), "scenario.field.out_of_range"),
        ],
    )
    def test_refuses_by_name(self, name: str, content: str | bytes, code: str) -> None:
        assert code in codes(name, content)


class TestSm:
    @pytest.mark.parametrize(
        ("old", "new", "code", "line"),
        [
            ("PRECEDENCE RELATIONS:", "PRECEDENCE:", "workload.section", None),
            ("RESOURCEAVAILABILITIES:", "", "workload.section", None),
            ("jobs (incl", "works (incl", "workload.section", None),
            ("projects                      :  1", "projects  :  2", "workload.projects", None),
            ("nonrenewable              :  0", "nonrenewable : 2", "workload.not_renewable", None),
            ("):  5\n", "):  0\n", "workload.line.many", 6),
            ("):  5\n", "):  6\n", "workload.line.rows", 24),
            ("   4        1          1           5\n", "", "workload.line.rows", 23),
            ("   2        1          1           4", "  2  1  1  x", "workload.line.number", 20),
            ("   2        1          1           4", "  2  1  1  -4", "workload.line.number", 20),
            ("   2        1          1           4", "  2  1", "workload.line.count", 20),
            ("   2        1          1           4", "  3  1  1  4", "workload.line.turn", 20),
            ("   2        1          1           4", "  2  2  1  4", "workload.line.modes", 20),
            ("   2        1          1           4", "  2  1  2  4", "workload.line.followers", 20),
            ("   2        1          1           4", "  2  1  1  6", "workload.line.unknown", 20),
            ("  3      1     4       3    1", "  3  1  4  3", "workload.line.count", 30),
            ("  3      1     4       3    1", "  3  2  4  3  1", "workload.line.modes", 30),
            ("  3      1     4       3    1", "  4  1  4  3  1", "workload.line.turn", 30),
            ("  3      1     4       3    1", "  3  1  99999  3  1", "workload.line.large", 30),
            ("    4    2\n", "    4\n", "workload.line.count", 36),
            ("    4    2\n", "", "workload.line.rows", 36),
        ],
    )
    def test_names_the_line(self, old: str, new: str, code: str, line: int | None) -> None:
        assert SM.count(old) == 1

        assert wrong("w.sm", SM.replace(old, new)) == (code, line)

    def test_refuses_what_stands_behind_the_end(self) -> None:
        assert wrong("w.sm", SM + "  7\n") == ("workload.line.left_over", 38)

    def test_refuses_a_circle(self) -> None:
        turned = SM.replace("   5        1          0", "   5        1          1      1")

        assert wrong("w.sm", turned) == ("workload.circle", None)


class TestRcp:
    @pytest.mark.parametrize(
        ("content", "code", "line"),
        [
            ("", "workload.section", None),
            ("5 2\n", "workload.section", None),
            (RCP.replace("5 2\n", "5 2 1\n"), "workload.line.count", 1),
            (RCP.replace("4 2\n", "4\n"), "workload.line.count", 2),
            (RCP.replace("5 2\n", "0 2\n"), "workload.line.many", 1),
            (RCP.replace("5 2\n", "6 2\n"), "workload.line.rows", 9),
            (RCP.replace("3 2 0 1 4", "3 2.5 0 1 4"), "workload.line.number", 5),
            (RCP.replace("3 2 0 1 4", "3 2"), "workload.line.count", 5),
            (RCP.replace("3 2 0 1 4", "3 2 0 1 4 5"), "workload.line.followers", 5),
            (RCP.replace("3 2 0 1 4", "3 2 0 1 6"), "workload.line.unknown", 5),
            (RCP + "1 0 0 0\n", "workload.line.rows", 10),
            (RCP.replace("0 0 0 0\n", "0 0 0 1\n"), "workload.line.followers", 9),
        ],
    )
    def test_names_the_line(self, content: str, code: str, line: int | None) -> None:
        assert wrong("w.rcp", content) == (code, line)
