"""Everybody in every relation to one project, for what is written by hand about who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.memory_office import person
from workflows.access import Scope
from workflows.facts import Role

if TYPE_CHECKING:
    from workflows.facts import Actor

# A project of org-1 in township t1, entrusted to agent-1; the item at hand is housing's.
SCOPE = Scope(owner="org-1", township="t1", agent="agent-1", department="housing")

WHO: dict[str, Actor] = {
    "its owner": person("p", Role.OWNER, organisation="org-1"),
    "another owner": person("p", Role.OWNER, organisation="org-2"),
    "an owner without organisation": person("p", Role.OWNER),
    "its agent": person("agent-1", Role.AGENT, township="t1"),
    "an agent next door": person("agent-2", Role.AGENT, township="t1"),
    "an agent of another township": person("agent-3", Role.AGENT, township="t2"),
    "the window of its township": person("w", Role.WINDOW, township="t1"),
    "the window of another township": person("w", Role.WINDOW, township="t2"),
    "a reviewer of the department": person("r", Role.REVIEWER, department="housing"),
    "a reviewer of another department": person("r", Role.REVIEWER, department="ecology"),
    "an inspector of the department": person("i", Role.INSPECTOR, department="housing"),
    "an inspector of another department": person("i", Role.INSPECTOR, department="ecology"),
    "the department's lead": person("l", Role.DEPARTMENT_LEAD, department="housing"),
    "another department's lead": person("l", Role.DEPARTMENT_LEAD, department="ecology"),
    "a stage lead": person("s", Role.STAGE_LEAD),
    "the township's supervisor": person("u", Role.SUPERVISOR, township="t1"),
    "another township's supervisor": person("u", Role.SUPERVISOR, township="t2"),
    "a planner": person("n", Role.PLANNER),
    "an administrator": person("m", Role.ADMINISTRATOR),
    "the clock": person("system", Role.SYSTEM),
    "somebody without a role": person("x"),
}
