"""The kinds of background jobs of an office."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.addresses import ASK_ADDRESS, AskAddress
from engine.clock import PushableClock, SystemClock
from engine.defaults import DEFAULTS, Defaults
from engine.forecasts import FORECAST
from engine.housekeeping import HEADS, PRUNE, ExportHeads, Prune, shelves
from engine.importing import IMPORT
from engine.kinds import COMMANDS, REBUILD, RECOMPUTE, Commands, Rebuild, Recompute
from engine.loading import HISTORY, History, Loading
from engine.packed import Packed
from engine.playing import PLAY, Playing
from engine.reminders import REMINDERS, Reminders
from engine.roll_up import ROLL_UP, RollUp
from engine.sweeping import SWEEP, Sweep
from engine.what_if import LEVERS, WHAT_IF
from wire import outward, simulated

if TYPE_CHECKING:
    from engine.kind import Kind
    from wire.core import Core

# What the worker queues by itself.
EVERY_DAY = (DEFAULTS, REMINDERS, PRUNE, HEADS, SWEEP, ROLL_UP, FORECAST)


def kinds(core: Core) -> dict[str, Kind]:
    """Return the kinds of jobs that the settings ask for, by name."""
    settings, new_uow, time, handle = core.settings, core.new_uow, core.time, core.handle
    found: dict[str, Kind] = {
        IMPORT: core.imports,
        RECOMPUTE: Recompute(following=core.following),
        REBUILD: Rebuild(new_uow=new_uow, library=core.known.current),
        COMMANDS: Commands(handle=handle, people=core.people),
        ROLL_UP: RollUp(new_uow=new_uow, clock=time, book=core.book),
        FORECAST: core.forecasting,
        REMINDERS: Reminders(new_uow=new_uow, clock=time, handle=handle),
        SWEEP: Sweep(new_uow=new_uow, files=core.files, machine=SystemClock()),
        WHAT_IF: simulated.what_if(core.aside, core.known, "batches", "batch"),
        LEVERS: simulated.what_if(core.aside, core.known, "lever_batches", "lever_batch"),
        **_housekeeping(core),
        **_demonstration(core),
    }
    if settings.rules.overdue_default:
        found[DEFAULTS] = Defaults(new_uow=new_uow, clock=time, handle=handle)
    if settings.smtp:
        mailer = outward.mailer(settings)
        found[ASK_ADDRESS] = AskAddress(
            new_uow=new_uow, time=time, mailer=mailer, address=settings.address
        )
    return found


def _housekeeping(core: Core) -> dict[str, Kind]:
    settings, machine = core.settings, core.machine
    kept = shelves(core.time, machine, keys_days=settings.keys_days, sent_days=settings.sent_days)
    found: dict[str, Kind] = {PRUNE: Prune(new_uow=core.new_uow, shelves=kept)}
    if settings.heads_folder:
        found[HEADS] = ExportHeads(
            new_uow=core.new_uow,
            time=machine,
            folder=Path(settings.heads_folder),
            key=settings.heads_key,
        )
    return found


def _demonstration(core: Core) -> dict[str, Kind]:
    """Return the jobs of a demonstration: its past comes in, its people act."""
    new_uow, known, time = core.new_uow, core.known, core.time
    if not (core.settings.demo and isinstance(time, PushableClock)):
        return {}

    def make() -> None:
        """Make what is told of all of the past, once it is there."""
        core.book.roll_up()
        core.forecasting.make()

    return {
        HISTORY: History(lambda: Loading(new_uow, known, Packed(simulated.DISTRICT)), make),
        PLAY: Playing(
            new_uow,
            core.handle,
            time,
            partial(simulated.living_there, new_uow, known),
            partial(simulated.arrivals, new_uow, known),
        ),
    }
