"""What bars a catalogue from publication, and what its keepers should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.catalogue._check_conditions import condition_findings
from workflows.catalogue._check_flows import flow_findings
from workflows.catalogue._check_references import reference_findings
from workflows.catalogue.findings import Finding, Severity
from workflows.catalogue.values import Coupling, DayUnit, Limit
from workflows.graph import cycles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue.values import Catalogue, Flow, Item

SAMPLES = 40
WORKING_DAYS_A_WEEK, DAYS_A_WEEK = 5, 7


def check(catalogue: Catalogue, *, samples: int = SAMPLES) -> tuple[Finding, ...]:
    """Return errors and warnings, errors first, else in the order of the catalogue.

    References and conditions come first; only when they are sound are the rest judged, for
    which every name must mean something. The milestones are proved reachable for every flow type
    over *samples* random fact sets beside the two plainest; they are the same ones every time.
    """
    findings = (*reference_findings(catalogue), *condition_findings(catalogue))
    if not any(finding.severity is Severity.ERROR for finding in findings):
        findings = (*findings, *_judged(catalogue, samples))
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR))


def working_days(limit: Limit) -> int:
    """Return *limit* in working days; calendar days count five sevenths, rounded down.

    >>> working_days(Limit(days=15, unit=DayUnit.CALENDAR_DAY, source="A"))
    10
    """
    if limit.unit is DayUnit.WORKING_DAY:
        return limit.days
    return limit.days * WORKING_DAYS_A_WEEK // DAYS_A_WEEK


def _judged(catalogue: Catalogue, samples: int) -> Iterator[Finding]:
    for item in catalogue.items.values():
        yield from _limit_findings(catalogue, item)
    circles = cycles(catalogue)
    for circle in circles:
        path = " -> ".join((*circle, circle[0]))
        yield Finding(code="catalogue.cycle", item=circle[0], params={"path": path})
    if not circles:
        yield from flow_findings(catalogue, samples)


def _limit_findings(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    if item.committed_limit is None:
        return
    days = working_days(item.committed_limit)
    mandated = item.coupling is Coupling.MANDATED
    for code in item.flows:
        limit = catalogue.flows[code].stage_limit(item.stage)
        if limit is not None and days > limit:
            yield Finding(
                code="catalogue.limit.beyond_stage",
                severity=Severity.ERROR if mandated else Severity.WARNING,
                item=item.code,
                field="committed_limit",
                params=_beyond(catalogue.flows[code], item, days, limit),
            )


def _beyond(flow: Flow, item: Item, days: int, limit: int) -> dict[str, str | int]:
    return {"days": days, "flow": flow.code, "stage": item.stage, "limit": limit}
