"""The tables of what goes out and comes in: webhooks, external tasks, links, notices, notes."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class ReceiptRow(Base):
    """What an order outside the projects' logs made, by its idempotency key."""

    __tablename__ = "receipt"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    made: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(index=True)


class SubscriptionRow(Base):
    """See engine.store.subscriptions.Subscription; *kinds* are parted by blanks, none = all."""

    __tablename__ = "subscription"

    id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str]
    kinds: Mapped[str]
    created_at: Mapped[datetime]


class ExternalTaskRow(Base):
    """See engine.store.external.Hold."""

    __tablename__ = "external_task"

    project: Mapped[str] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    worker: Mapped[str]
    key: Mapped[str]
    fence: Mapped[int]
    until: Mapped[datetime]
    retries: Mapped[int | None]
    error: Mapped[str | None]


class LinkRow(Base):
    """A link that speaks for a person, by the SHA-256 of its token; see engine.links.Link."""

    __tablename__ = "link"

    hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    project: Mapped[str | None]
    task: Mapped[str | None]
    person: Mapped[str] = mapped_column(index=True)
    issuer: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class NoticeRow(Base):
    """What a person is told; the words are made from code and parameters when it is read."""

    __tablename__ = "notice"

    person: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    parameters: Mapped[str]
    project: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]

    __table_args__ = (Index("notice_by_person", "person", "created_at", "id"),)


class ContactRow(Base):
    """Where a person gets mail, once its reader agreed; erased with the person.

    *proof* is the hash of the token in the letter that asks.
    """

    __tablename__ = "contact"

    person: Mapped[str] = mapped_column(primary_key=True)
    mail: Mapped[str]
    locale: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    proof: Mapped[str | None] = mapped_column(index=True)
    proof_until: Mapped[datetime | None]


class NamingRow(Base):
    """What a township or an organisation is called: see engine.store.naming.Named."""

    __tablename__ = "naming"

    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    zh: Mapped[str]
    en: Mapped[str]


class ProjectNoteRow(Base):
    """A note between owner and agent; *text* is None once it was erased."""

    __tablename__ = "project_note"

    id: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str]
    author: Mapped[str]
    created_at: Mapped[datetime]
    text: Mapped[str | None]
    erased_at: Mapped[datetime | None]

    __table_args__ = (Index("project_note_by_project", "project", "created_at", "id"),)
