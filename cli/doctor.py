"""`abreast doctor`: what running needs, what of it is there, and how to mend what is not."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

import click

from bpmn.errors import BpmnError
from bpmn.library import shipped as definitions
from cli.definitions import stale
from cli.office_calendar import calendar_in_force, exists
from cli.settings import explained, without_password
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import Failed, Terminal, terminal
from engine.errors import EngineError
from engine.library import CATALOGUE
from engine.settings import from_environment
from engine.store import schema
from engine.store.accounts import has_password
from engine.store.opening import open_store
from engine.unit_of_work import UnitOfWork
from workflows import calendar
from workflows.catalogue.findings import CatalogueError
from workflows.catalogue.load import load
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.settings import Settings

OLDEST = (3, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        state: "ok", "note" (works, but worth knowing) or "missing".
        code: Text that says what was found, or how to mend it.
    """

    name: str
    state: str
    code: str
    params: dict[str, object]


@click.command("doctor", cls=SpokenCommand, help="help.doctor")
@option("--settings", "settings_only", is_flag=True, help="settings")
@as_json()
def doctor(settings_only: bool, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Look at everything, tell it all, and fail when something needed is missing."""
    speaker = terminal()
    if settings_only:
        _explain(speaker, as_json=as_json)
        return
    checks = list(examined())
    healthy = all(check.state != "missing" for check in checks)
    if as_json:
        rows = [_told(speaker, check) for check in checks]
        speaker.data({"ok": healthy, "checks": rows})
    else:
        table = speaker.table("doctor.title", ("check", "result", "detail"))
        for check in checks:
            table.add_row(
                speaker.say(f"doctor.name.{check.name}"),
                speaker.say(f"doctor.state.{check.state}"),
                speaker.say(f"doctor.{check.code}", **check.params),
            )
        speaker.out.print(table)
    if not healthy:
        raise Failed("doctor.sick")


def _explain(speaker: Terminal, *, as_json: bool) -> None:
    """Tell every setting with what it is set to; secrets stay hidden."""
    found = list(explained(from_environment(os.environ), speaker.locale))
    if as_json:
        speaker.data({"settings": [asdict(each) for each in found]})
        return
    table = speaker.table("doctor.settings", ("setting", "value", "meaning"), whole=("setting",))
    for each in found:
        table.add_row(each.name, each.value + ("" if each.default else " *"), each.meaning)
    speaker.out.print(table)


def examined() -> Iterator[Check]:
    """Yield every check, in the order in which things are needed."""
    yield _python()
    yield _libraries()
    yield _catalogue()
    yield _definitions()
    try:
        settings = from_environment(os.environ)
    except EngineError as error:
        yield Check(name="settings", state="missing", code="setting", params=error.params)
        return
    yield _calendar()
    database = _database(settings)
    yield database
    if database.state == "ok" and not settings.demo:
        yield _sign_in(settings)
    yield _port(settings)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    state = "ok" if sys.version_info >= OLDEST else "missing"
    wanted = ".".join(map(str, OLDEST))
    return Check(
        name="python", state=state, code="python", params={"found": found, "wanted": wanted}
    )


def _libraries() -> Check:
    """Look whether the pinned libraries are installed, in the pinned versions (extras left out)."""
    pins = [line for line in requires("abreast") or () if "==" in line and "extra ==" not in line]
    wanted = dict(pin.split("==") for pin in pins)
    wrong = [f"{name} {pin}" for name, pin in wanted.items() if _installed(name) != pin]
    params: dict[str, object] = {"number": len(wanted), "wrong": wrong}
    if wrong:
        return Check(name="libraries", state="missing", code="libraries_wrong", params=params)
    return Check(name="libraries", state="ok", code="libraries", params=params)


def _installed(name: str) -> str | None:
    try:
        return version(name.partition("[")[0])
    except PackageNotFoundError:
        return None


def _catalogue() -> Check:
    try:
        found = load(CATALOGUE.read_text(encoding="utf-8"))
    except (OSError, CatalogueError) as error:
        return Check(
            name="catalogue", state="missing", code="broken", params={"reason": str(error)}
        )
    params = {"items": len(found.items), "hash": found.hash[:12]}
    return Check(name="catalogue", state="ok", code="catalogue", params=params)


def _definitions() -> Check:
    try:
        number = len(definitions())
        old = sorted(stale())
    except (OSError, BpmnError, CatalogueError) as error:
        return Check(
            name="definitions", state="missing", code="broken", params={"reason": str(error)}
        )
    if old:
        return Check(name="definitions", state="missing", code="stale", params={"files": old})
    return Check(name="definitions", state="ok", code="definitions", params={"number": number})


def _calendar() -> Check:
    """Look at the days in force; a database that cannot be read is said to be so by itself."""
    try:
        table = calendar_in_force()
    except EngineError:
        table = calendar.shipped()
    today = local_date(datetime.now(UTC))
    params: dict[str, object] = {"first": table.first.isoformat(), "last": table.last.isoformat()}
    if not table.first <= today <= table.last:
        return Check(name="calendar", state="missing", code="calendar_over", params=params)
    if today.year in table.provisional_years:
        return Check(name="calendar", state="note", code="calendar_provisional", params=params)
    return Check(name="calendar", state="ok", code="calendar", params=params)


def _database(settings: Settings) -> Check:
    """Look at the database without changing it: one that is not there yet is not made."""
    params: dict[str, object] = {"database": without_password(settings.database)}
    if not exists(settings):
        return Check(name="database", state="note", code="database_new", params=params)
    try:
        found, wanted = _revision(settings), schema.newest()
    except EngineError as error:
        params |= {"reason": str(error)}
        return Check(name="database", state="missing", code="database_gone", params=params)
    params |= {"revision": found or "-", "wanted": wanted}
    if found != wanted:
        return Check(name="database", state="note", code="database_old", params=params)
    return Check(name="database", state="ok", code="database", params=params)


def _sign_in(settings: Settings) -> Check:
    """Look whether anybody can sign in, under https, and from addresses of their own."""
    store = open_store(settings)
    try:
        with UnitOfWork(store) as uow:
            able = has_password(uow.connection)
    finally:
        store.engine.dispose()
    if not able and not settings.oidc_issuer:
        return Check(name="sign_in", state="note", code="sign_in_nobody", params={})
    if not settings.public_url.startswith("https://"):
        return Check(name="sign_in", state="note", code="sign_in_plain", params={})
    if not settings.proxies:  # we speak no https ourselves: somebody stands in front
        return Check(name="sign_in", state="note", code="sign_in_proxies", params={})
    return Check(name="sign_in", state="ok", code="sign_in", params={})


def _revision(settings: Settings) -> str | None:
    """Return the version of the tables; the unit of work turns the driver's errors into ours."""
    store = open_store(settings)
    try:
        with UnitOfWork(store):
            return schema.current(store.engine)
    finally:
        store.engine.dispose()


def _port(settings: Settings) -> Check:
    """Try to bind where `serve` would."""
    params: dict[str, object] = {"host": settings.host, "port": settings.port}
    with closing(socket.socket()) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.host, settings.port))
        except OSError:
            return Check(name="port", state="note", code="port_taken", params=params)
    return Check(name="port", state="ok", code="port", params=params)


def _told(speaker: Terminal, check: Check) -> dict[str, object]:
    detail = speaker.say(f"doctor.{check.code}", **check.params)
    return {"name": check.name, "state": check.state, "detail": detail, **check.params}
