"""`abreast serve`: the office on the web, with or without the demonstration district."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

import click

from cli import district, three_years
from cli.office import demonstrates, last_moment, patiently, shows_the_small_one
from cli.play import Play
from cli.serve_log import log_plainly
from cli.serving import Serving, keeping, warming
from cli.speech import SpokenCommand, option
from cli.terminal import Failed, Terminal, terminal
from cli.worker import beside
from engine.clock import PushableClock
from engine.loading import HISTORY
from engine.settings import LARGEST_PORT, Settings, from_environment
from engine.store import queries
from simulation.district import LEFT, TODAY, Plan
from wire import assemble, end_streams, web

_CONNECTIONS = 2000  # at a time; each that waits costs some KiB
_SILENCE = 20  # seconds after which a connection on which nothing happens is closed
_ENVELOPE = 1024 * 1024  # bytes of a request beside the largest file
# A few ids of the district, for whoever tries the interface by hand.
PERSONAS = ("owner-ORG-A", "agent-1", "window-town-a", "reviewer-housing", "supervisor")

if TYPE_CHECKING:
    from wire import Parts


@click.command("serve", cls=SpokenCommand, help="help.serve")
@option("--demo", is_flag=True, help="demo")
@option("--small", is_flag=True, help="small")
@option("--host", help="host")
@option("--port", type=click.IntRange(0, LARGEST_PORT), help="port")
def serve(demo: bool, small: bool, host: str | None, port: int | None) -> None:  # noqa: FBT001 - click hands flags over by name
    """Serve until stopped."""
    speaker = terminal()
    told = from_environment(os.environ)
    settings = replace(
        told,
        demo=demo or told.demo,
        host=told.host if host is None else host,
        port=told.port if port is None else port,
    )
    if settings.demo:
        _check_loopback(settings)
        clock = PushableClock(district.start() if small else three_years.start(Plan()))
        with closing(assemble(settings, clock)) as parts:
            fill(parts, clock, speaker, small=small)
            _serve(parts, speaker)
    else:
        with closing(patiently(partial(assemble, settings), speaker)) as parts:
            _serve(parts, speaker)


def fill(parts: Parts, clock: PushableClock, speaker: Terminal, *, small: bool = True) -> None:
    """Load the district if the database is empty or holds it already, and set the clock.

    Of the three-year district the running projects are loaded at once; the closed ones come in as
    a job while the office is served.

    Args:
        small: Twelve projects of three townships instead.

    Raises:
        Failed: If the database holds other projects: a demonstration is no place for real ones.
    """
    with parts.new_uow() as uow:
        newest = queries.projects(uow.connection, limit=1)
    if newest and not demonstrates(parts):
        raise Failed("serve.not_demo", database=parts.settings.database)
    packed = None if small or shows_the_small_one(parts) else three_years.loading(parts, left=LEFT)
    if packed is None and not small and not newest:
        speaker.print("serve.unpacked")
    with speaker.progress("serve.loading") as told:
        if packed is not None:
            three_years.unpack(parts, clock, packed, told, closed=False)
            parts.jobs.enqueue_once(HISTORY, HISTORY, {})
        elif small or shows_the_small_one(parts) or not newest:
            district.load(Play(parts=parts, clock=clock), told)
    clock.push_to(max(TODAY, clock.now(), last_moment(parts)))


def _check_loopback(settings: Settings) -> None:
    """Refuse to let anybody of the network be whom they like.

    Raises:
        Failed: If the address is not this machine's own.
    """
    if settings.host != "localhost" and not ip_address(settings.host).is_loopback:
        raise Failed("serve.not_loopback", host=settings.host)


def _serve(parts: Parts, speaker: Terminal) -> None:
    """Bind, say where, and serve; the line is printed only when requests are taken."""
    log_plainly()
    settings = parts.settings
    try:
        application = web(parts)
        server = Serving(
            application,
            partial(end_streams, application),
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            connection_limit=_CONNECTIONS,
            channel_timeout=_SILENCE,
            cleanup_interval=_SILENCE // 2,
            asyncore_use_poll=True,  # select() knows no more than 1,024
            channel_request_lookahead=1,  # a live page learns at once that its reader has left
            max_request_body_size=settings.file_limit + _ENVELOPE,
        )
    except OSError as error:
        raise Failed("serve.no_port", port=settings.port, reason=error.strerror) from error
    speaker.print("serve.ready", url=f"http://{settings.host}:{server.port}")
    if settings.demo:
        speaker.print("serve.personas", personas=PERSONAS)
    sys.stdout.flush()  # whoever waits for the line in a pipe shall have it now
    embedded = settings.demo or settings.database.startswith("sqlite")
    workers = 3 if settings.demo else 1  # the clock is pushed also while others have work
    with ExitStack() as company:
        company.enter_context(keeping(parts))
        if embedded:
            company.enter_context(warming(parts))
            company.enter_context(beside(parts, workers))
        server.heed_signals()
        server.run()
