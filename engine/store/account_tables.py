"""The tables of sign-in and of the audit trail: nothing in them stands in the log of projects."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class AccountRow(Base):
    """How a person signs in.

    *password* is an Argon2id hash, None before the first one was set. *totp* is the seed of the
    one-time codes and *totp_step* the last step used, so that no code is taken twice. *subject*
    is the person's name at the provider of OpenID Connect.
    """

    __tablename__ = "account"

    person: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str | None]
    changed_at: Mapped[datetime | None]
    totp: Mapped[str | None]
    totp_step: Mapped[int]
    subject: Mapped[str | None] = mapped_column(unique=True)


class SessionRow(Base):
    """A browser that is signed in, by the SHA-256 of its cookie; *id* names it to its person."""

    __tablename__ = "web_session"

    hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    person: Mapped[str] = mapped_column(index=True)
    way: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class VoucherRow(Base):
    """A secret for one use, by its SHA-256: a link to set a password, a sign-in under way."""

    __tablename__ = "voucher"

    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    person: Mapped[str | None] = mapped_column(index=True)
    data: Mapped[str]
    expires_at: Mapped[datetime]


class ThrottleRow(Base):
    """How often something was tried since *began_at*; the bucket names nobody in clear."""

    __tablename__ = "throttle"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    tries: Mapped[int]


class AuditRow(Base):
    """Who read or changed what. *actor* and *object* are ids, never names."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    operation: Mapped[str]
    object: Mapped[str]
    status: Mapped[int]
    request: Mapped[str]

    __table_args__ = (
        Index("audit_by_actor", "actor", "at"),
        Index("audit_by_object", "object", "at"),
    )
