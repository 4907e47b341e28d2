"""Projects, their facts, units and stages."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


class UnknownProjectError(Refusal):
    """There is no such project."""

    code = "project.unknown"


class ProjectExistsError(Refusal):
    """The project code is already in use."""

    code = "project.exists"


class BadProjectCodeError(Refusal):
    """The code is not of the national form (GB/T 40058-2021) nor of the older one."""

    code = "project.bad_code"


class ProjectClosedError(Refusal):
    """The project is completed, withdrawn or terminated."""

    code = "project.closed"


class UnknownFlowError(Refusal):
    """The flow type is not in the catalogue."""

    code = "project.unknown_flow"


class UnknownTownshipError(Refusal):
    """The township is not on any roster."""

    code = "project.unknown_township"


class UnknownAgentError(Refusal):
    """The roster has no such agent, or the agent is away."""

    code = "agent.unknown"


class MissingFactsError(Refusal):
    """Facts that decide which items apply were not stated."""

    code = "project.missing_facts"


class BadFactsError(Refusal):
    """A fact is unknown to the catalogue or has a value it does not allow."""

    code = "project.bad_facts"


class ContradictionError(Refusal):
    """Facts contradict each other or the flow type."""

    code = "project.contradiction"


class UnknownUnitError(Refusal):
    """The project has no such unit (building or phase)."""

    code = "unit.unknown"


class UnitExistsError(Refusal):
    """The unit number is already in use, or is not the next one."""

    code = "unit.exists"


class BadUnitStageError(Refusal):
    """A unit begins with one of the stages 2 to 4."""

    code = "unit.bad_stage"


class UnknownStageError(Refusal):
    """The stage is unknown, or has not been opened yet."""

    code = "stage.unknown"


class StageFiledError(Refusal):
    """The joint application of the stage was filed before."""

    code = "stage.filed"


class StageNotFiledError(Refusal):
    """The stage's joint application comes first."""

    code = "stage.not_filed"
