"""What bars a catalogue from publication, and what its keepers should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.catalogue._check_conditions import condition_findings
from workflows.catalogue._check_flows import flow_findings, project_findings
from workflows.catalogue._check_references import reference_findings
from workflows.catalogue.findings import Finding, Severity
from workflows.catalogue.values import Coupling, DayUnit, Limit
from workflows.graph import cycles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue.values import Catalogue, Flow, Item

__all__ = ["check", "project_findings", "statute_findings", "working_days"]

SAMPLES = 40
LONGEST_STAGE = 50  # working days. Source: the national tables 2.0 (docs/sources.md, BLZT)
JOINT = 45  # working days for permits handled jointly. Source: 行政许可法 art. 42 (XKF42)
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
    for flow in catalogue.flows.values():
        yield from _stage_limit_findings(flow)
    for item in catalogue.items.values():
        yield from statute_findings(item)
        yield from _extension_findings(item)
        yield from _limit_findings(catalogue, item)
    circles = cycles(catalogue)
    for circle in circles:
        path = " -> ".join((*circle, circle[0]))
        yield Finding(code="catalogue.cycle", item=circle[0], params={"path": path})
    if not circles:
        yield from flow_findings(catalogue, samples)


def _stage_limit_findings(flow: Flow) -> Iterator[Finding]:
    """Yield stage limits beyond the national tables or the law, and a sum beyond the whole."""
    for stage, limit in enumerate(flow.stage_limits, start=1):
        if not 1 <= limit <= LONGEST_STAGE:
            params = {"flow": flow.code, "stage": stage, "limit": limit, "longest": LONGEST_STAGE}
            yield Finding(code="catalogue.flow.stage_limit", field="stage_limits", params=params)
        elif limit > JOINT:
            yield Finding(
                code="catalogue.flow.beyond_statute",
                severity=Severity.WARNING,
                field="stage_limits",
                params={"flow": flow.code, "stage": stage, "limit": limit, "longest": JOINT},
            )
    total = sum(flow.stage_limits)
    if total > flow.limit_days:
        yield Finding(
            code="catalogue.flow.beyond_whole",
            severity=Severity.WARNING,
            field="stage_limits",
            params={"flow": flow.code, "days": total, "limit": flow.limit_days},
        )


def statute_findings(item: Item) -> Iterator[Finding]:
    """Yield a promise longer than the law allows; in working days where the units differ."""
    promise, law = item.committed_limit, item.statutory_limit
    if promise is None or law is None:
        return
    same = promise.unit is law.unit
    days, most = (promise.days, law.days) if same else (working_days(promise), working_days(law))
    if days > most:
        yield Finding(
            code="catalogue.limit.beyond_statute",
            item=item.code,
            field="committed_limit",
            params={"days": days, "limit": most},
        )


def _extension_findings(item: Item) -> Iterator[Finding]:
    """Yield an extension of nothing, or one that counts other days than what it lengthens."""
    if item.extension is None:
        return
    limits = [limit for limit in (item.committed_limit, item.statutory_limit) if limit is not None]
    if not limits:
        yield Finding(code="catalogue.extension.of_nothing", item=item.code, field="extension")
    elif any(limit.unit is not item.extension.unit for limit in limits):
        yield Finding(code="catalogue.extension.unit", item=item.code, field="extension")


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
