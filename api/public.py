"""What anybody may know of a project by its code: the twin of the public page, as JSON."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import forecasts, outlook
from api.contract import opens
from api.parser import Nouns
from api.parts import parts
from api.problems import RequestError
from api.schemas.public import PublicProjectSchema
from workflows.errors import UnknownProjectError
from workflows.moments import local_date
from workflows.progress import progress

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue, Name
    from workflows.progress import Blocker, Clock, ItemProgress, Progress, StageProgress

nouns = Nouns("public", __name__, description="What anybody may know")
Row = dict[str, Any]


@nouns.route("/public/projects/<project:code>", methods=["GET"])
@opens(nouns, "getPublicProject", PublicProjectSchema)
def show_public(code: str) -> Row:
    """Show where a project stands, to anybody.

    By its code, without an account: stages, items, days and whose turn it is; no person, no
    organisation, no free text but the project's name.
    """
    try:
        found = parts().handle.project(code)
    except UnknownProjectError as error:
        raise RequestError(HTTPStatus.NOT_FOUND, error.code, project=code) from error
    library = parts().in_force.of(found)
    rule = parts().settings.rules.materials
    seen = progress(found, library.catalogue, library.calendar, parts().clock.now(), rule)
    known = outlook.project(found, seen, library.catalogue)
    told = {**_project(seen, library.catalogue), "name": known.name}
    return {**told, "township_name": known.township, "expected": forecasts.end_of(found)}


def _project(seen: Progress, catalogue: Catalogue) -> Row:
    waits = () if seen.next is None else seen.next.blockers
    return {
        "code": seen.code,
        "flow": catalogue.flows[seen.flow].name,
        "township": seen.township,
        "status": seen.status,
        "filed_on": local_date(seen.filed_at),
        "stages": [
            _stage(stage, catalogue)
            for unit in seen.units
            for stage in unit.stages
            if stage.opened_at is not None
        ],
        "waits": [_blocker(each, catalogue) for each in waits],
    }


def _stage(stage: StageProgress, catalogue: Catalogue) -> Row:
    return {
        "unit": stage.unit,
        "stage": stage.stage,
        "name": catalogue.stages[stage.stage].name,
        "state": stage.state,
        "granted": stage.granted,
        "wanted": stage.wanted,
        "used_days": stage.used_days,
        "used_source": stage.used_source,
        "limit_days": stage.limit_days,
        "limit_source": stage.limit_source,
        "counts": stage.counts,
        "items": [_item(item, catalogue) for item in stage.items if item.shown],
    }


def _item(item: ItemProgress, catalogue: Catalogue) -> Row:
    return {
        "item": item.item,
        "name": catalogue.items[item.item].name,
        "department": catalogue.departments[item.department].name,
        "state": item.state,
        "step": None if item.step is None else item.step.name,
        "since": None if item.step is None else local_date(item.step.since),
        "ended_on": None if item.ended_at is None else local_date(item.ended_at),
        "limit": None if item.committed is None else _clock(item.committed),
        "statutory": None if item.statutory is None else _clock(item.statutory),
    }


def _clock(clock: Clock) -> Row:
    return {
        "days": clock.days,
        "unit": clock.unit,
        "source": clock.source,
        "due": clock.due,
        "provisional": clock.provisional,
        "left": clock.left,
        "lamp": clock.lamp,
    }


def _blocker(blocker: Blocker, catalogue: Catalogue) -> Row:
    return {
        "cause": blocker.cause,
        "stage": blocker.stage,
        "item": blocker.item,
        "since": local_date(blocker.since),
        "told": blocker.told,
        "told_passed": blocker.told_passed,
        "turn": blocker.turn.performer,
        "department": _department(blocker.turn.department, catalogue),
    }


def _department(code: str | None, catalogue: Catalogue) -> Name | None:
    known = catalogue.departments.get(code or "")
    return None if known is None else known.name
