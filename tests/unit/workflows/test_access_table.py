"""A second table of who may do what, written from the rules alone, against the one in force.

Each line says what the rules of the office ask for, with the reason behind it: the words of the
law, the vocabulary of joint handling, the screens that people meet. Where the office decided
otherwise, DECIDED says what and why; every other cell agrees, so that a grant that is changed in
workflows/access.py alone is seen here in every relation, not only where a sentence speaks of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from tests.support.memory_office import person
from tests.support.standings import SCOPE, WHO
from workflows import commands as c
from workflows.access import KEEPERS, PERFORMERS, READS, Keep, Read, grants_of, may
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.access import Grant

# Capitals stand in the relation that the role is about, small letters elsewhere.
MARKS = {
    "O": "its owner",
    "o": "another owner",
    "A": "its agent",
    "N": "an agent next door",
    "a": "an agent of another township",
    "W": "the window of its township",
    "w": "the window of another township",
    "R": "a reviewer of the department",
    "r": "a reviewer of another department",
    "I": "an inspector of the department",
    "i": "an inspector of another department",
    "L": "the department's lead",
    "l": "another department's lead",
    "S": "a stage lead",
    "U": "the township's supervisor",
    "u": "another township's supervisor",
    "P": "a planner",
    "M": "an administrator",
    "C": "the clock",
    "x": "somebody without a role",
}
STANDINGS = {mark: WHO[name] for mark, name in MARKS.items()} | {
    "D": person("agent-4", Role.AGENT),  # of the whole district, as the next two
    "V": person("w", Role.WINDOW),
    "G": person("u", Role.SUPERVISOR),
}
TABLE = """
FileProject | O A N D W V | the code is the owner's (gcdm); agents file the form; one window for all
AssignAgent | W V | the window of the project gives the agent (帮办代办)
AddUnit | O A W V | buildings and phases are the owner's (单体, 分期), filed like everything else
FileStage | O A W V | one form for the stage, accepted once
FileItem | O A W V S | filed by the owner's side; the lead distributes what belongs to its stage
ProposePair | O A W V S | agents and officers see which two can start; the lead too
DrawPair | O A W V S | as proposing
StartPair | O A W V S | it files both members, so as filing
DissolvePair | O A W V S | as proposing
WithdrawItem | O A W V | 撤件 is the owner's wish; the window takes it down
DeclineItem | O | the owner may do without an item (不办)
WithdrawProject | O | the owner gives the project up
TerminateProject | S U G | the authority ends it: the lead, and whoever supervises the township
AssignTask | L S U G | group tasks are given out by leaders
ClaimTask.window | W V | 接件 and 受理 are the window's
ClaimTask.department | R L | 审查 and 决定 are the department's
ClaimTask.inspector | I | 踏勘 is a duty of its own (三分离)
ClaimTask.agent | A | the agent entrusted, no other
ClaimTask.owner | O | the owner alone
ClaimTask.external | R | what comes from outside is entered by the department
CompleteStep.window | W V | as claiming
CompleteStep.department | R L | as claiming
CompleteStep.inspector | I | as claiming
CompleteStep.agent | A | as claiming
CompleteStep.owner | O | as claiming
CompleteStep.external | R | as claiming
ReleaseTask.window | W V L S U G | who holds it, or a leader
ReleaseTask.department | R L S U G | as above
ReleaseTask.inspector | I L S U G | as above
ReleaseTask.agent | A L S U G | as above
ReleaseTask.owner | O L S U G | as above
ReleaseTask.external | R L S U G | as above
AskSupplement | W V R L | 补正 is told by the window or the department that examines
AnswerSupplement | O A W V | the owner's side hands in, also over the counter
StartProcedure | R I L | special procedures are the department's: hearing, expert review, survey
EndProcedure | R I L | as beginning
StartJointVisit | A W V S | one visit for all: agents coordinate, windows book, leads convene
EndJointVisit | A W V S | as beginning
SuspendProject | O S U G | the owner stops work, or the authority says so
ResumeProject | O S U G | as stopping
ExtendLimit | L S | 延长审批 is a leader's (art. 42)
LapseItem | W V R L | who asked for a supplement sees that none came
RevokeItem | L S | 撤销 is the authority's that granted, or its superior's
ConfirmIssue | W V R L | the late department issues; the window delivers
ChangeFacts | O A W V | facts about the project are stated by the owner's side
CorrectTime | L S U G | a correction names a role and a reason: a leader's
RevertStep | L S U G | as above
SupplyMaterial | O A W V | materials are prepared and handed over by the owner's side
Tolerate | W V R L | 容缺 is accepted by those who would refuse
FireTimer | C | timers are commands of nobody
GrantByDefault | C | silence is counted by the office itself
RemindDeadline | C | as timers
FollowCatalogue | C | what came into force is followed by the office itself
RearmTimers | C | as above
read.project | O A N D W V R r I i L l S U G P M C | own, township, every department, district desks
read.material | O A W V R I L S | papers: the owner's side and who examines them
read.caseload | A S U G P M | the agent's own, and balance for those who distribute
read.report | S U G P M | the league table is for leaders and planners
read.catalogue | P M C | templates and catalogue are the planner's screen; kept by administrators
read.notes | O A | between owner and agent, nobody else
keep.roster | U G M C | absences of agents are handed over by the township's supervisor
keep.catalogue | P M C | published by the planner
keep.calendar | M | calendars stand on the administrator's screen
keep.credit | M | lists come from elsewhere and are entered by administrators
keep.webhooks | M | integrations are the administrator's
keep.logs | P M | the planner compares with real history
"""
# Command -> what the office adds to the line above, what it takes away, and why.
DECIDED: dict[str, tuple[str, str, str]] = {
    "FileProject": ("M", "", "projects begun elsewhere are taken over by an administrator"),
    "AssignAgent": (
        "U G M",
        "W V",
        "the roster gives the first agent; 'not to be changed at will': a supervisor's",
    ),
    "DeclineItem": ("A", "", "the agreement entrusts the agent with the owner's side of a stage"),
    "WithdrawProject": ("A", "", "as declining: entrusted, and the log names who did it"),
    "TerminateProject": ("M", "", "a project of an office that is closed has no other leader"),
    "SuspendProject": ("M", "", "as ending it"),
    "ResumeProject": ("M", "", "who could stop it must be able to let it go on"),
    "AssignTask": ("M", "", "where every leader of a department has left, work goes on"),
    **dict.fromkeys(
        (f"ReleaseTask.{performer}" for performer in PERFORMERS),
        ("M", "", "as giving out: a task held by somebody who left"),
    ),
    "CorrectTime": ("M", "", "wrong entries of a department without a leader"),
    "RevertStep": ("M", "", "as above"),
    "keep.calendar": (
        "P C",
        "",
        "planners see what a notice does; the office adopts what is shipped",
    ),
    "keep.credit": ("U G u", "", "an organisation is listed everywhere: any supervisor enters it"),
}


def lines() -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield what each line is about, who may, and why."""
    for line in TABLE.strip().splitlines():
        about, who, why = (part.strip() for part in line.split("|"))
        yield about, frozenset(who.split()), why


LINES = {about: who for about, who, _ in lines()}


def in_force(about: str) -> tuple[Grant, ...]:
    """Return the grants of the table in force."""
    kind, _, name = about.partition(".")
    if kind == "read":
        return READS[Read(name)]
    if kind == "keep":
        return KEEPERS[Keep(name)]
    return grants_of(getattr(c, kind), name or None)


def decided(about: str) -> frozenset[str]:
    """Return who may by the written table and what the office decided otherwise."""
    more, less, _ = DECIDED.get(about, ("", "", ""))
    return (LINES[about] | frozenset(more.split())) - frozenset(less.split())


class TestTheWrittenTable:
    @pytest.mark.parametrize("about", LINES)
    def test_agrees_in_every_cell(self, about: str) -> None:
        found = {mark for mark, actor in STANDINGS.items() if may(actor, in_force(about), SCOPE)}

        assert found == decided(about)

    def test_has_a_line_for_everything_that_can_be_asked_for(self) -> None:
        followed = {"ClaimTask", "CompleteStep", "ReleaseTask"}
        orders = {kind.__name__ for kind in get_args(c.Command)} - followed
        steps = {f"{kind}.{performer}" for kind in followed for performer in PERFORMERS}
        others = {f"read.{each}" for each in Read} | {f"keep.{each}" for each in Keep}

        assert LINES.keys() == orders | steps | others

    def test_gives_a_reason_for_every_line_and_every_difference(self) -> None:
        assert all(why for _, _, why in lines())
        for about, (more, less, why) in DECIDED.items():
            assert why
            assert not frozenset(more.split()) & LINES[about], about
            assert frozenset(less.split()) <= LINES[about], about

    def test_has_more_than_a_thousand_cells(self) -> None:
        assert len(LINES) * len(STANDINGS) > 1_000
