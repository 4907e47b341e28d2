"""What is wrong with a scenario, and what the kernel cannot run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.catalogue.findings import Finding


class FaultyFileError(ValueError):
    """A file is not what it should be, or contradicts itself; *findings* say all that is wrong."""

    code = "file.invalid"
    noun = "file"  # what the codes of its findings begin with

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings; the message is for logs."""
        self.findings = tuple(findings)
        super().__init__("; ".join(map(str, self.findings[:5])))


class ScenarioError(FaultyFileError):
    """The scenario is none, or contradicts itself."""

    code = "scenario.invalid"
    noun = "scenario"


class WorkloadError(FaultyFileError):
    """The file is no workload, or one that nobody could ever work off."""

    code = "workload.invalid"
    noun = "workload"


class UnsupportedFeatureError(Refusal):
    """The kernel does not know something that the scenario asks for."""

    code = "scenario.not_in_kernel"


class BeyondCalendarError(UnsupportedFeatureError):
    """The run goes on beyond the last day of the calendar; no rule could be right there."""

    code = "scenario.beyond_calendar"


class StuckCasesError(Refusal):
    """Cases wait for something that never comes; a sound catalogue has none such."""

    code = "scenario.stuck"


class NoRayError(Refusal):
    """RAY_ADDRESS names a cluster, but the extra `ray` is not installed."""

    code = "scenario.no_ray"


class NothingToFitError(Refusal):
    """The facts tell of no item of the catalogue that was ever decided."""

    code = "scenario.nothing_to_fit"
