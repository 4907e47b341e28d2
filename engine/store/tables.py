"""The tables, one dull class each. The derived ones have the columns of workflows/rows.py."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from engine.store.types import UtcDateTime


class Base(DeclarativeBase):
    """The house types of every column."""

    type_annotation_map = {datetime: UtcDateTime, str: Text}  # noqa: RUF012 - SQLAlchemy's name


class EventRow(Base):
    """The log: append only; what the envelope says of each column holds.

    *xid* is the transaction that wrote it, set by PostgreSQL itself, for followers; None in SQLite,
    where the rowid tells the order.
    """

    __tablename__ = "event"

    stream: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    version: Mapped[int]
    unit: Mapped[int | None]
    stage: Mapped[int | None]
    item: Mapped[str | None]
    attempt: Mapped[int | None]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    command: Mapped[str]
    catalogue: Mapped[str]
    net: Mapped[str | None]
    previous: Mapped[str]
    hash: Mapped[str]
    body: Mapped[str]
    xid: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("event_by_xid", "xid", sqlite_where=text("xid IS NOT NULL")),)


class HeadRow(Base):
    """The last event of each stream, and what it adds up to, packed (workflows/snapshot.py)."""

    __tablename__ = "head"

    stream: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]
    recorded_at: Mapped[datetime]
    state: Mapped[bytes]
    archive: Mapped[bytes]


class CommandRow(Base):
    """What was answered to (actor, key): events *first* to *last* of the stream."""

    __tablename__ = "command"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str]
    stream: Mapped[str]
    request: Mapped[str]
    first: Mapped[int]
    last: Mapped[int]
    recorded_at: Mapped[datetime]


class NoteRow(Base):
    """Free text behind a note; the row may be erased, the log stays whole."""

    __tablename__ = "note"

    ref: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(index=True)
    salt: Mapped[str]
    text: Mapped[str]


class DefinitionRow(Base):
    """A catalogue, net or calendar by the hash of its content, as it was when first used."""

    __tablename__ = "definition"

    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes]
    stored_at: Mapped[datetime]


class PersonRow(Base):
    """A person; erasable. *roles* are parted by blanks."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[str]
    organisation: Mapped[str | None]
    department: Mapped[str | None]
    township: Mapped[str | None]
    active: Mapped[bool]
    phone: Mapped[str | None]


class TokenRow(Base):
    """A machine's token, by its SHA-256; the token itself is shown once and kept nowhere.

    *id* names it to its person; *scopes* are parted by blanks.
    """

    __tablename__ = "token"

    hash: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    scopes: Mapped[str] = mapped_column(server_default="read write")
    label: Mapped[str] = mapped_column(server_default="")
    id: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (Index("token_by_id", "id", unique=True),)


class AgentRow(Base):
    """An agent of a township's roster; written with the roster's events."""

    __tablename__ = "agent"

    id: Mapped[str] = mapped_column(primary_key=True)
    township: Mapped[str] = mapped_column(primary_key=True)
    away_from: Mapped[date | None]
    away_to: Mapped[date | None]


class ProjectRow(Base):
    """See workflows.rows.ProjectRow."""

    __tablename__ = "project"

    project: Mapped[str] = mapped_column(primary_key=True)
    flow: Mapped[int]
    township: Mapped[str]
    owner: Mapped[str]
    agent: Mapped[str | None]
    name: Mapped[str]
    status: Mapped[str]
    stage: Mapped[int]
    catalogue: Mapped[str]
    filed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("project_by_township", "township", "filed_at", "project"),
        Index("project_by_agent", "agent", "status"),
        Index("project_by_owner", "owner"),
    )


class UnitRow(Base):
    """See workflows.rows.UnitRow."""

    __tablename__ = "unit"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[int]
    name: Mapped[str]


class StageRunRow(Base):
    """See workflows.rows.StageRunRow."""

    __tablename__ = "stage_run"

    project: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    net: Mapped[str]
    slots: Mapped[int]
    mode: Mapped[str]
    round: Mapped[int]
    opened_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    milestone_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WantedRow(Base):
    """See workflows.rows.WantedRow."""

    __tablename__ = "wanted"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[int]


class ItemRunRow(Base):
    """See workflows.rows.ItemRunRow."""

    __tablename__ = "item_run"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[int]
    department: Mapped[str]
    how: Mapped[str]
    held: Mapped[bool]
    alone: Mapped[bool]
    pair: Mapped[str | None]
    status: Mapped[int]
    wanted_at: Mapped[datetime]
    filed_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    result: Mapped[str | None]
    committed_days: Mapped[int | None]
    committed_unit: Mapped[str | None]
    statutory_days: Mapped[int | None]
    statutory_unit: Mapped[str | None]
    recorded_late: Mapped[float]
    received_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    extension: Mapped[int] = mapped_column(server_default="0")


class TaskRow(Base):
    """See workflows.rows.TaskRow."""

    __tablename__ = "task"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[int]
    item: Mapped[str | None]
    attempt: Mapped[int]
    step: Mapped[str]
    performer: Mapped[str]
    department: Mapped[str | None]
    outcomes: Mapped[str]
    person: Mapped[str | None]
    opened_at: Mapped[datetime]
    township: Mapped[str]
    agent: Mapped[str | None]
    owner: Mapped[str]

    __table_args__ = (
        Index("task_by_department", "performer", "department", "opened_at"),
        Index("task_by_township", "township", "opened_at"),
        Index("task_by_agent", "agent", "opened_at"),
        Index("task_by_person", "person"),
        Index("task_by_owner", "owner", "opened_at"),
        Index("task_by_opening", "opened_at", "project", "unit", "path"),
    )


class TimerRow(Base):
    """See workflows.rows.TimerRow."""

    __tablename__ = "timer"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[int]
    item: Mapped[str]
    attempt: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(index=True)


class PairSlotRow(Base):
    """See workflows.rows.PairSlotRow: a holder too many is impossible by key and check."""

    __tablename__ = "pair_slot"

    project: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slots: Mapped[int]
    item: Mapped[str]

    __table_args__ = (CheckConstraint("slot >= 1 AND slot <= slots", name="pair_slot_bounded"),)


class PairRow(Base):
    """See workflows.rows.PairRow."""

    __tablename__ = "pair"

    project: Mapped[str] = mapped_column(primary_key=True)
    pair: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[int]
    unit: Mapped[int]
    first: Mapped[str]
    second: Mapped[str]
    policy: Mapped[str]
    status: Mapped[str]
    days_saved: Mapped[int]
    baseline: Mapped[str]
    round: Mapped[int]
    proposer: Mapped[str]
    reason: Mapped[str | None]
    proposed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class DueRow(Base):
    """See workflows.dues.DueRow."""

    __tablename__ = "due"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    committed_due: Mapped[str | None]
    statutory_due: Mapped[str | None]
    provisional: Mapped[bool]
    calendar_version: Mapped[str]
    committed_source: Mapped[str | None]

    __table_args__ = (Index("due_by_day", "committed_due", "project", "unit"),)


class DocumentRow(Base):
    """See workflows.rows.DocumentRow."""

    __tablename__ = "document"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]
    attempt: Mapped[int]
    issued_at: Mapped[datetime]
    valid_until: Mapped[str | None]
