"""`abreast jobs list | lines | retry | dead`: what the worker has to do, and could not do."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.office import opened
from cli.speech import SpokenGroup, as_json
from cli.terminal import terminal
from engine.dead_letters import dead_letters
from engine.dead_letters import retry as tried_again
from engine.errors import UnknownJobError

if TYPE_CHECKING:
    from engine.store.jobs import Job


@click.group("jobs", cls=SpokenGroup, help="help.jobs")
def group() -> None:
    """Hold the commands about work in the background."""


@group.command("list", help="help.jobs_list")
@as_json()
def list_(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """List the newest jobs."""
    speaker = terminal()
    with closing(opened()) as parts:
        found = parts.jobs.listed()
        wrong = parts.jobs.wrong(*(job.id for job in found))
    if as_json:
        speaker.data({"jobs": [{**_told(job), "wrong": wrong.get(job.id, 0)} for job in found]})
        return
    columns = ("job", "kind", "status", "lines", "wrong", "reason")
    table = speaker.table("jobs.title", columns, ("lines", "wrong"))
    for job in found:
        lines = f"{job.done}/{'?' if job.total is None else job.total}"
        status = speaker.say(f"jobs.{job.status.value}")
        bad = str(wrong.get(job.id, ""))
        table.add_row(job.id, job.kind, status, lines, bad, job.error or "")
    speaker.out.print(table)


@group.command("lines", help="help.jobs_lines")
@click.argument("job")
@as_json()
def lines(job: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Tell what became of each line of a job."""
    speaker = terminal()
    with closing(opened()) as parts:
        found = parts.jobs.lines(parts.jobs.get(job).id)
    if as_json:
        speaker.data({"lines": [asdict(line) for line in found]})
        return
    table = speaker.table("jobs.lines_title", ("line", "status", "detail"))
    for line in found:
        status = speaker.say("jobs.done" if line.ok else "jobs.failed")
        table.add_row(line.line, status, json.dumps(line.detail, ensure_ascii=False))
    speaker.out.print(table)


@group.command("dead", help="help.jobs_dead")
@as_json()
def dead(as_json: bool) -> None:  # noqa: FBT001 - as above
    """List dead timers, jobs and deliveries."""
    speaker = terminal()
    with closing(opened()) as parts:
        found = list(dead_letters(parts))
    if as_json:
        lines = [
            {"id": each.id, "reason": each.reason, "since": each.since.isoformat()}
            for each in found
        ]
        speaker.data({"dead": lines})
        return
    table = speaker.table("jobs.dead_title", ("job", "reason"))
    for each in found:
        table.add_row(each.id, each.reason)
    speaker.out.print(table)


@group.command("retry", help="help.jobs_retry")
@click.argument("identities", metavar="ID...", nargs=-1, required=True)
@as_json()
def retry(identities: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - as above
    """Let dead letters be tried again, by their ids; `all` stands for every one."""
    speaker = terminal()
    with closing(opened()) as parts:
        known = {each.id: each for each in dead_letters(parts)}
        wanted = tuple(known) if identities == ("all",) else identities
        for identity in wanted:
            if identity not in known:
                raise UnknownJobError(job=identity)
        tried_again(parts, [known[each] for each in wanted], parts.clock.now())
    if as_json:
        speaker.data({"retried": list(wanted)})
    else:
        speaker.print("jobs.retried", number=len(wanted))


def _told(job: Job) -> dict[str, object]:
    cells = asdict(job)
    for name in ("until", "run_at", "created_at", "ended_at"):
        cells[name] = None if cells[name] is None else cells[name].isoformat()
    return cells
