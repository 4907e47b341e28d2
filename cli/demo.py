"""`abreast demo`: one project from filing to completion in simulated time, told from its log."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.evidence import SLOTS, Evidence, evidence, figures, play
from cli.example import TOWNSHIP
from cli.journey import Teller
from cli.speech import SpokenCommand, as_json
from cli.terminal import Failed, Terminal, terminal
from engine.library import shipped
from engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType


@click.command("demo", cls=SpokenCommand, help="help.demo")
@as_json()
def demo(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """Play the example in a temporary database, and tell it."""
    speaker = terminal()
    with tempfile.TemporaryDirectory(prefix="abreast-") as folder:
        settings = Settings(database=f"sqlite:///{Path(folder) / 'demo.db'}")
        with speaker.progress("demo.playing") as told:
            play(settings, told)
        found = evidence(settings)
    if as_json:
        speaker.data(figures(found))
    else:
        for part in _story(speaker, found):
            speaker.out.print(part)
    if not found.whole:
        raise Failed("demo.incomplete")


def _story(speaker: Terminal, found: Evidence) -> Iterator[RenderableType]:
    library = shipped()
    teller = Teller(
        speaker=speaker,
        catalogue=library.catalogue,
        calendar=library.calendar,
        project=found.project,
    )
    yield from teller.opening(speaker.say("demo.name"), len(TOWNSHIP.agents))
    for stage in found.account.stages:
        yield from teller.stage(stage)
    yield ""
    yield teller.closing(found.account)
    yield teller.comparison(found.account)
    yield speaker.say(
        "demo.proof",
        events=found.account.events,
        chain=_sound(speaker, holds=found.proof.chain_ok),
        replay=_sound(speaker, holds=found.proof.replay_ok),
        slots=found.account.max_slot_holders,
        bound=SLOTS,
    )


def _sound(speaker: Terminal, *, holds: bool) -> str:
    return speaker.say("demo.ok" if holds else "demo.broken")
