"""Reports as tables in words: what the terminal, spreadsheets and the printed page show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.causes import Cause, Kind
from exchange.sheets import Sheet
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.causes import Ranking
    from analysis.comparison import Comparison
    from analysis.drill import Line
    from analysis.fairness import Fairness
    from analysis.groups import Figures
    from analysis.pairing import PairFigures
    from analysis.parts import Part
    from analysis.report import MonthFigures, Report
    from exchange.sheets import Cell
    from workflows.catalogue.values import Catalogue, Name

SHARES = frozenset({"share", "reached", "portion", "unmeasured"})  # told in hundredths
BARS = frozenset({"days", "median", "waiting", "saved", "credit"})  # worth a bar in a workbook
MOST = 15  # causes listed
LEAST = 0.05  # days below which a part is not named


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A language, and the names that the catalogue of today gives.

    Attributes:
        others: What the catalogue does not name (townships, agents), by dimension and key.
    """

    catalogue: Catalogue
    locale: str
    others: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def say(self, code: str, /, **params: object) -> str:
        """Return a text of the reports."""
        return text(code, self.locale, **params)

    def name(self, dimension: str, key: str) -> str:
        """Return what a key is called; the key itself where nobody has named it."""
        found = name_of(self.catalogue, dimension, key)
        if found is None:
            return self.others.get((dimension, key), key)
        return found.en if self.locale == "en" else found.zh

    def sheet(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Sheet:
        """Return a table with its headings in words."""
        return Sheet(
            title=self.say(f"report.title.{title}"),
            columns=tuple(self.say(f"report.column.{column}") for column in columns),
            rows=tuple(rows),
        )

    def cause(self, cause: Cause) -> str:
        """Return a cause in words."""
        dimension = "department" if cause.kind is Kind.QUEUE else "item"
        name = f"{cause.key} {self.name(dimension, cause.key)}" if cause.key else ""
        return self.say(f"report.cause.{cause.kind.value}", name=name.strip())


def name_of(catalogue: Catalogue, dimension: str, key: str) -> Name | None:
    """Return what the catalogue calls a key of a dimension; None where it has no name for it."""
    match dimension:
        case "department" if key in catalogue.departments:
            return catalogue.departments[key].name
        case "item" if key in catalogue.items:
            return catalogue.items[key].name
        case "stage" if key.isdigit() and int(key) in catalogue.stages:
            return catalogue.stages[int(key)].name
        case "flow" if key.isdigit() and int(key) in catalogue.flows:
            return catalogue.flows[int(key)].name
        case _:
            return None


def bottlenecks(found: Report, words: Wording) -> tuple[Sheet, ...]:
    """Return the tables of the whole report, the plainest first."""
    return (
        causes(found.path, words, "path"),
        parts(found.whole, words),
        figures(found.stages, words, "stage"),
        figures(found.departments, words, "department"),
        gates(found, words),
        causes(found.work, words, "work"),
        figures(found.items, words, "item"),
        figures(found.flows, words, "flow"),
        figures(found.townships, words, "township"),
    )


def departments(found: Report, words: Wording) -> tuple[Sheet, ...]:
    """Return the league table of departments, their queues and their last six months."""
    return (
        figures(found.departments, words, "department"),
        figures(found.rolled, words, "department", "rolled"),
        queues(found, words),
        months(found.months, words),
    )


def figures(
    found: Sequence[Figures], words: Wording, dimension: str, title: str | None = None
) -> Sheet:
    """Return the figures of a dimension's keys."""
    columns = ("key", "name", "ended", "open", "share", "median", "p90", "overdue")

    def row(each: Figures) -> tuple[Cell, ...]:
        return (
            each.key,
            words.name(dimension, each.key),
            each.ended,
            each.open,
            _tenth(each.share, 3),
            _tenth(each.median_days),
            _tenth(each.p90_days),
            each.overdue,
            each.supplements,
            each.refilings,
        )

    rest = ("supplements", "refilings")
    return words.sheet(title or f"{dimension}s", (*columns, *rest), map(row, found))


def parts(whole: Figures, words: Wording) -> Sheet:
    """Return where the time of an average attempt goes."""
    total = whole.elapsed_days or 1.0
    ranked = sorted(whole.days.items(), key=lambda each: (-each[1], each[0]))
    rows = [
        (words.say(f"word.part.{part.name.lower()}"), _tenth(days, 2), _tenth(days / total, 3))
        for part, days in ranked
        if days
    ]
    return words.sheet("parts", ("part", "days", "portion"), rows)


def causes(found: Ranking, words: Wording, title: str) -> Sheet:
    """Return the causes at the top, with their bounds and whether their place is sure."""
    rows = [
        (
            place,
            words.cause(each.cause),
            _tenth(each.days, 2),
            _tenth(each.low, 2),
            _tenth(each.high, 2),
            words.say("report.sure" if place <= found.resolved else "report.unresolved"),
        )
        for place, each in enumerate(found.causes[:MOST], start=1)
    ]
    return words.sheet(title, ("place", "cause", "days", "low", "high", "sure"), rows)


def gates(found: Report, words: Wording) -> Sheet:
    """Return which items closed which stages."""
    rows = [
        (
            each.stage,
            words.say("report.milestone" if each.milestone else "report.end"),
            each.item,
            words.name("item", each.item),
            each.closed,
            each.of,
            _tenth(each.credit_days),
        )
        for each in found.gates
    ]
    columns = ("stage", "gate", "item", "name", "closed", "of", "credit")
    return words.sheet("gates", columns, rows)


def queues(found: Report, words: Wording) -> Sheet:
    """Return how much stands before the departments."""
    rows = [
        (
            each.department,
            words.name("department", each.department),
            _tenth(each.arrivals, 2),
            _tenth(each.waiting, 2),
            _tenth(each.wait_days),
            _tenth(each.balance, 2),
            _tenth(each.in_hand, 2),
            _tenth(each.utilisation, 2),
            _tenth(each.unmeasured, 3),
        )
        for each in found.queues
    ]
    columns = ("department", "name", "arrivals", "waiting", "wait_days", "balance")
    return words.sheet("queues", (*columns, "in_hand", "utilisation", "unmeasured"), rows)


def months(found: Mapping[str, Sequence[MonthFigures]], words: Wording) -> Sheet:
    """Return the last months of each department."""
    rows = [
        (
            key,
            words.name("department", key),
            each.month,
            each.ended,
            _tenth(each.share, 3),
            _tenth(each.median_days),
        )
        for key, series in found.items()
        for each in series
        if each.ended
    ]
    return words.sheet("months", ("key", "name", "month", "ended", "share", "median"), rows)


def pairs(found: Sequence[PairFigures], words: Wording) -> tuple[Sheet, ...]:
    """Return the pairing report."""
    rows = [
        (
            each.stage,
            each.runs,
            each.items,
            each.used,
            each.possible,
            each.single,
            each.alone,
            _tenth(each.one_by_one),
            _tenth(each.saved),
            _tenth(each.best),
            _tenth(each.reached, 3),
        )
        for each in found
    ]
    columns = ("stage", "runs", "items", "used", "possible", "single", "alone")
    rest = ("one_by_one", "saved", "best", "reached")
    return (words.sheet("pairs", (*columns, *rest), rows),)


def carried(found: Fairness, words: Wording, dimension: str, title: str) -> Sheet:
    """Return what agents or townships carry."""
    apart = {1: words.say("report.slower"), -1: words.say("report.faster"), 0: ""}
    rows = [
        (
            each.key,
            words.name(dimension, each.key),
            each.projects,
            each.running,
            _tenth(each.filing_days),
            _tenth(each.elapsed_days),
            _tenth(each.expected_days),
            _tenth(each.low),
            _tenth(each.high),
            apart[each.apart] or words.say("report.unresolved"),
        )
        for each in found.carried
    ]
    columns = (
        "key",
        "name",
        "projects",
        "running",
        "filing",
        "elapsed",
        "expected",
        "low",
        "high",
        "apart",
    )
    return words.sheet(title, columns, rows)


def comparison(found: Comparison, words: Wording) -> tuple[Sheet, ...]:
    """Return two periods beside each other."""
    rows = [
        (
            words.say(f"word.figure.{each.figure.value}"),
            _tenth(each.before, 3),
            _tenth(each.after, 3),
            _tenth(each.low, 3),
            _tenth(each.high, 3),
            words.say("report.sure" if each.resolved else "report.unresolved"),
        )
        for each in found.differences
    ]
    columns = ("figure", "before", "after", "low", "high", "sure")
    return (
        words.sheet("differences", columns, rows),
        causes(found.shifts, words, "shifts"),
    )


def cases(found: Sequence[Line], words: Wording) -> tuple[Sheet, ...]:
    """Return the attempts behind a figure."""
    rows = [
        (
            each.project,
            each.item,
            words.name("department", each.department),
            each.filed,
            each.ended,
            _tenth(each.days),
            each.used,
            each.limit,
            spoken_parts(each.parts, words),
        )
        for each in found
    ]
    columns = ("project", "item", "department", "filed", "ended", "days", "legal_used", "limit")
    return (words.sheet("cases", (*columns, "why"), rows),)


def definitions(words: Wording) -> str:
    """Return what the figures count."""
    return words.say("report.definitions")


def judged(words: Wording) -> str:
    """Return how it is told who is slower or faster."""
    return words.say("report.judged")


def followed(found: Comparison, words: Wording) -> str:
    """Return what a comparison compares."""
    return words.say("report.compared", days=f"{found.follow_days:.1f}")


def evenness(gini: float, words: Wording) -> str:
    """Return how evenly the running projects are spread."""
    return words.say("report.gini", gini=f"{gini:.2f}")


def first(found: Ranking, words: Wording) -> str:
    """Return one sentence on the first cause: which it is, or that it is unresolved."""
    if found.first is None:
        return words.say("report.first_unresolved")
    top = found.causes[0]
    return words.say(
        "report.first_is",
        cause=words.cause(top.cause),
        days=f"{top.days:.1f}",
        low=f"{top.low:.1f}",
        high=f"{top.high:.1f}",
    )


def spoken_parts(found: Mapping[Part, float], words: Wording) -> str:
    """Say parts with their days, the longest first."""
    ranked = sorted(found.items(), key=lambda each: -each[1])
    told = [
        words.say("why.part", part=part.name.lower(), days=f"{days:.1f}")
        for part, days in ranked
        if days >= LEAST
    ]
    return ("、" if words.locale != "en" else ", ").join(told)


def _tenth(value: float | None, places: int = 1) -> float | None:
    return None if value is None else round(value, places)
