"""What is wrong with a scenario, and what the kernel cannot run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.catalogue.findings import Finding


class ScenarioError(ValueError):
    """The scenario is none, or contradicts itself; *findings* say all that is wrong with it."""

    code = "scenario.invalid"

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings; the message is for logs."""
        self.findings = tuple(findings)
        super().__init__("; ".join(map(str, self.findings[:5])))


class UnsupportedFeatureError(Refusal):
    """The kernel does not know something that the scenario asks for."""

    code = "scenario.not_in_kernel"


class StuckCasesError(Refusal):
    """Cases wait for something that never comes; a sound catalogue has none such."""

    code = "scenario.stuck"
