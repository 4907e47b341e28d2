"""The tables that reports read beside the item runs: pauses, figures by month, forecasts."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class ItemPauseRow(Base):
    """See workflows.rows.ItemPauseRow."""

    __tablename__ = "item_pause"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pause: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    counted: Mapped[bool]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class MonthFigureRow(Base):
    """What ended in one month, counted together by one key of one dimension.

    *month* is "2026-03" by the legal date of the end; *parts* is a JSON object of minutes of
    working time by part; the days are working days, NULL where nothing was counted.
    """

    __tablename__ = "month_figure"

    month: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    ended: Mapped[int]
    limited: Mapped[int]
    inside: Mapped[int]
    median_days: Mapped[float | None]
    p90_days: Mapped[float | None]
    supplements: Mapped[int]
    refilings: Mapped[int]
    parts: Mapped[str]
    made_at: Mapped[datetime]


class ForecastRow(Base):
    """When a project is expected to reach a goal: see analysis.expected.

    *week* is the Monday of the week it was made in, and a week keeps its last one; *number* is the
    project's last event by then; the bounds are working minutes from *made_at* on.
    """

    __tablename__ = "forecast"

    project: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    stage: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    goal: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    number: Mapped[int]
    p50: Mapped[int]
    p80: Mapped[int]
    p95: Mapped[int]


class CalibrationRow(Base):
    """What replaying the past taught, as JSON (analysis.expected.Calibration); one row at most."""

    __tablename__ = "calibration"

    made_at: Mapped[datetime] = mapped_column(primary_key=True)
    content: Mapped[str]
