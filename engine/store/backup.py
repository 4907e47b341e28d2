"""Copies an embedded database while it is in use, and takes a copy back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BackupError
from engine.store.sqlite import PRIMARY

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEME = "sqlite:///"
BUSY_SECONDS = 30.0
CLAIM_SECONDS = 1.0  # a server holds its database open for good
_IN_USE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def backup(url: str, to: Path) -> None:
    """Write a copy of the database, as of one instant, to a new file; it is on the disk then.

    Raises:
        BackupError: If it is not embedded, or the file is there already.
    """
    if to.exists():
        raise _refusal("exists", to)
    source = _file(url)
    if not source.is_file():
        raise _refusal("no_file", source)
    try:
        _write(source, to)
    except sqlite3.Error as error:
        raise BackupError(reason=str(error)) from error


def restore(url: str, source: Path, *, replace: bool = False) -> None:
    """Make the database what *source* holds, all or nothing, also when the machine dies midway.

    Args:
        replace: Take the place of a database that holds events, or that is damaged; it is kept
            beside the new one under a name that ends in ".replaced".

    Raises:
        BackupError: If the copy is damaged; if the database is, or holds events, and *replace* is
            false; if somebody has the database open.
    """
    target = _file(url)
    try:
        _check(source)
        if not replace and _events(target):
            raise _refusal("holds_events", target)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(source, target)
    except sqlite3.Error as error:
        raise BackupError(reason=str(error)) from error


def _refusal(why: str, file: Path | None = None) -> BackupError:
    return BackupError(reason={"code": f"engine.backup_reason.{why}", "file": str(file or "")})


def _file(url: str) -> Path:
    if not url.startswith(SCHEME):
        raise _refusal("not_embedded")
    return Path(url.removeprefix(SCHEME))


def _write(source: Path, to: Path) -> None:
    """Copy a database to another file's place, whole or not at all; it is on the disk then."""
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    try:
        _copy(source, part)
        _check(part)
        _sync(part)
        _put_aside(to)
        part.rename(to)
        _sync(to.parent)
    finally:
        part.unlink(missing_ok=True)


def _put_aside(file: Path) -> None:
    """Keep what is replaced, under a second name; until the new file has its name it stays.

    What stands in its log is written into it where that can be done, and the log goes aside: it
    must never be read into the new file.
    """
    if not file.exists():
        return
    _claim(file)  # not sooner: copying may have taken minutes
    kept = file.with_name(f"{file.name}.replaced")
    for end in ("", "-wal", "-shm"):
        file.with_name(f"{kept.name}{end}").unlink(missing_ok=True)
    kept.hardlink_to(file)
    for end in ("-wal", "-shm"):
        log = file.with_name(f"{file.name}{end}")
        if log.exists():
            log.rename(file.with_name(f"{kept.name}{end}"))
    _sync(file.parent)


def _claim(file: Path) -> None:
    """See that nobody has a database open, and write what stands in its log into it.

    Whoever had it open would go on writing, and acknowledging, into the file that is put aside.

    Raises:
        BackupError: If somebody has.
    """
    try:
        with closing(sqlite3.connect(file, timeout=CLAIM_SECONDS)) as old:
            # So asked, it wants the whole file to itself: an idle connection is in the way, too.
            old.execute("PRAGMA locking_mode = EXCLUSIVE")
            old.execute("BEGIN EXCLUSIVE")
            old.execute("ROLLBACK")
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & PRIMARY in _IN_USE:
            raise _refusal("in_use", file) from error
        # A damaged one can be claimed by nobody, and may be replaced.


def _sync(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _copy(source: Path, target: Path) -> None:
    """Copy page by page; those who write meanwhile are neither stopped nor seen."""
    with closing(_opened(source)) as old, closing(_opened(target)) as new:
        new.execute("PRAGMA synchronous = FULL")
        old.backup(new)
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=BUSY_SECONDS)


def _check(file: Path) -> None:
    if not file.is_file():
        raise _refusal("no_file", file)
    with closing(_opened(file)) as connection:
        problems = [row[0] for row in _rows(connection, "PRAGMA integrity_check")]
        if problems != ["ok"]:
            raise BackupError(reason=problems[0])
        if not list(_rows(connection, "SELECT 1 FROM sqlite_master WHERE name = 'event'")):
            raise _refusal("not_ours", file)


def _events(file: Path) -> bool:
    if not file.exists():
        return False
    with closing(_opened(file)) as connection:
        if not list(_rows(connection, "SELECT 1 FROM sqlite_master WHERE name = 'event'")):
            return False
        return bool(list(_rows(connection, "SELECT 1 FROM event LIMIT 1")))


def _rows(connection: sqlite3.Connection, statement: str) -> Iterator[tuple[str, ...]]:
    yield from connection.execute(statement)
