"""Keeps forecasts by project and week, and what replaying the past taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import and_, delete, func, insert, select

from analysis.expected import Calibration, Expected, Goal, Target
from engine.store import rights
from engine.store.fact_tables import CalibrationRow, ForecastRow
from engine.store.queries import RUNNING
from engine.store.tables import NoteRow, ProjectRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from typing import Any

    from sqlalchemy import Connection

    from workflows.facts import Actor

_CHUNK = 200  # projects named in one statement
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A forecast as it is kept; *number* is the project's last event when it was made."""

    made_at: datetime
    number: int
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """When a running project is expected to be done.

    Attributes:
        name: None once it was erased.   reached: Furthest of stages 1 to 4 that has opened.
    """

    name: str | None
    township: str
    reached: int
    forecast: Forecast


def put(
    connection: Connection,
    made_at: datetime,
    day: date,
    found: Iterable[Expected],
    numbers: Mapping[str, int],
) -> None:
    """Keep forecasts, in place of those of the same projects and week.

    One of a week in which a project ended stays: it is what its owner was told last.

    Args:
        day: Legal date of *made_at*.   numbers: The last event of each project.
    """
    week = day - timedelta(days=day.weekday())
    lines = [
        {
            "project": each.project,
            "week": week,
            "stage": each.target.stage,
            "unit": each.target.unit,
            "goal": each.target.goal.value,
            "made_at": made_at,
            "number": numbers[each.project],
            "p50": each.at[0],
            "p80": each.at[1],
            "p95": each.at[2],
        }
        for each in found
    ]
    codes = sorted({line["project"] for line in lines})
    for start in range(0, len(codes), _CHUNK):
        some = ForecastRow.project.in_(codes[start : start + _CHUNK])
        connection.execute(delete(ForecastRow).where(ForecastRow.week == week, some))
    if lines:
        connection.execute(insert(ForecastRow), lines)


def of_project(connection: Connection, code: str) -> tuple[Forecast, ...]:
    """Return the newest forecasts of one project, by goal."""
    table = ForecastRow.__table__
    query = select(table).where(ForecastRow.project == code).order_by(ForecastRow.week.desc())
    found = [_forecast(row) for row in connection.execute(query)]
    return tuple(each for each in found if each.made_at == found[0].made_at)


def monthly(connection: Connection) -> tuple[Forecast, ...]:
    """Return the forecasts of the first week of each month, by project and week.

    A goal that is a year off is told of fifty times: once a month says as much of how they held.
    """
    weeks = connection.execute(select(ForecastRow.week).distinct()).scalars()
    first = [week for week in weeks if week.day <= _WEEK]
    table = ForecastRow.__table__
    query = select(table).where(ForecastRow.week.in_(first)).order_by(*table.primary_key)
    return tuple(map(_forecast, connection.execute(query)))


def ends(connection: Connection, viewer: Actor) -> tuple[End, ...]:
    """Return when each running project that *viewer* sees is expected to be done, by project."""
    table = ForecastRow
    whole = table.goal == Goal.PROJECT.value
    newest = select(table.project, func.max(table.week).label("week")).where(whole)
    last = newest.group_by(table.project).subquery()
    query = (
        select(
            *table.__table__.c, ProjectRow.township, ProjectRow.stage.label("reached"), NoteRow.text
        )
        .join(last, and_(last.c.project == table.project, last.c.week == table.week))
        .join(ProjectRow, ProjectRow.project == table.project)
        .outerjoin(NoteRow, NoteRow.ref == ProjectRow.name)
        .where(whole, ProjectRow.status == RUNNING, rights.seen(ProjectRow, viewer))
        .order_by(table.project)
    )
    return tuple(
        End(name=row.text, township=row.township, reached=row.reached, forecast=_forecast(row))
        for row in connection.execute(query)
    )


def ends_of(connection: Connection, codes: Collection[str]) -> tuple[Forecast, ...]:
    """Return when each of some projects is expected to be done, as it was told last."""
    table = ForecastRow
    which = (table.goal == Goal.PROJECT.value, table.project.in_(codes))
    newest = select(table.project, func.max(table.week).label("week")).where(*which)
    last = newest.group_by(table.project).subquery()
    query = select(*table.__table__.c).where(*which)
    query = query.join(last, and_(last.c.project == table.project, last.c.week == table.week))
    return tuple(map(_forecast, connection.execute(query)))


def put_calibration(connection: Connection, made_at: datetime, found: Calibration) -> None:
    """Keep what a replay taught, in place of what the one before did."""
    connection.execute(delete(CalibrationRow))
    content = msgspec.json.encode(found).decode()
    connection.execute(insert(CalibrationRow), {"made_at": made_at, "content": content})


def calibration(connection: Connection) -> tuple[datetime, Calibration] | None:
    """Return when a replay was made and what it taught; None before the first."""
    row = connection.execute(select(CalibrationRow.__table__)).first()
    if row is None:
        return None
    return row.made_at, msgspec.json.decode(row.content, type=Calibration)


def _forecast(row: Any) -> Forecast:  # noqa: ANN401 - a stored row
    target = Target(stage=row.stage, unit=row.unit, goal=Goal(row.goal))
    expected = Expected(project=row.project, target=target, at=(row.p50, row.p80, row.p95))
    return Forecast(made_at=row.made_at, number=row.number, expected=expected)
