"""Materials: handed in once, listed, read by those who handle them; tolerance (容缺)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, send_file

from api import actors, sight
from api.contract import orders, reads, serves, uploads
from api.desk import Done, carry_out, idempotency_key
from api.notes import Notes
from api.parser import Nouns
from api.parts import parts
from api.present import members
from api.problems import InvalidError, RequestError
from api.schemas.materials import (
    ChecklistSchema,
    MaterialsSchema,
    ToleranceSchema,
)
from api.schemas.pairs import UnitQuerySchema
from api.uploads import received
from engine.store import queries
from workflows import commands as c
from workflows.access import READS, Read, Scope, grants_of, may
from workflows.errors import NotAllowedError, UnknownItemError, UnknownUnitError
from workflows.materials import Shelf, askers
from workflows.moments import local_date
from workflows.wiring import home

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflows.facts import Actor
    from workflows.project import Project, Supplied

nouns = Nouns("materials", __name__, description="Materials, handed in once for every item")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"
_DIGITS = 3
_MATERIAL_FIELD = {
    "type": "string",
    "minLength": 1,
    "maxLength": 32,
    "description": "Material code",
    "example": "M001",
}
_UNIT_FIELD = {
    "type": "integer",
    "minimum": 0,
    "maximum": 999,
    "default": 0,
    "description": "Unit: 0 = the whole project and each of its units",
}


@nouns.route(f"{_PROJECT}/materials", methods=["GET"])
@reads(nouns, "listMaterials", MaterialsSchema, query=UnitQuerySchema, filters=("state",))
def list_materials(query: Row, code: str) -> Row:
    """List a project's materials.

    Everything that its applicable items ask for, each once: at hand, awaited or missing.
    """
    actor = actors.current()
    project = sight.project(code, actor)
    catalogue = parts().in_force.of(project).catalogue
    shelf = _shelf(project, query["unit"])
    asked = {
        material: items
        for material in catalogue.materials.values()
        if (items := askers(project, catalogue, material.code))
    }
    given = _given(actor, project, query["unit"], map(shelf.supplied, (m.code for m in asked)))
    rows = [
        {
            "material": material.code,
            "name": material.name,
            "document": material.document,
            "state": shelf.wanted(material),
            "supplied": given.get(material.code),
            "tolerated_until": None,
            "items": items,
        }
        for material, items in asked.items()
    ]
    return {
        "project": code,
        "unit": query["unit"],
        "rule": parts().settings.rules.materials,
        "data": rows,
    }


@nouns.route(f"{_PROJECT}/materials", methods=["POST"])
@uploads(nouns, "supplyMaterial", {"material": _MATERIAL_FIELD, "unit": _UNIT_FIELD})
def supply_material(code: str) -> tuple[Row, int, dict[str, str]]:
    """Hand a material in.

    One file, kept by its content: it counts for every item and stage that asks for the material,
    and a later one takes its place. Taken are pdf, png, jpg, docx, xlsx, ofd and dwg.
    """
    actor = actors.current()
    idempotency_key()
    project = sight.project(code, actor)
    if not may(actor, grants_of(c.SupplyMaterial), Scope.of(project)):
        raise NotAllowedError(command="SupplyMaterial", actor=actor.id)
    upload = received(parts().files, frozenset({"material", "unit"}))
    material = upload.fields.get("material")
    if not material:
        raise InvalidError.at("/material", "api.field.required")
    notes = Notes()
    command = c.SupplyMaterial(
        material=material,
        unit=_unit(upload.fields.get("unit", "0")),
        file=upload.kept.sha256,
        size=upload.kept.size,
        media_type=upload.kept.media_type,
        name=notes.note(upload.name),
    )
    done, headers = carry_out(code, command, notes)
    return done, HTTPStatus.CREATED, headers


@nouns.route(f"{_PROJECT}/materials/<word:material>/file", methods=["GET"])
@serves(nouns, "getMaterialFile", "application/octet-stream", query=UnitQuerySchema)
def material_file(query: Row, code: str, material: str) -> Response:
    """Open a material's file.

    The latest version in force for the unit (query `unit`, 0 by default), as a download under the
    name that the owner gave it.
    """
    actor = actors.current()
    project = sight.project(code, actor)
    found = _shelf(project, query["unit"]).supplied(material)
    if not _may_read(actor, project, material):
        raise NotAllowedError(command="ReadMaterial", actor=actor.id)
    if found is None:
        raise RequestError(HTTPStatus.NOT_FOUND, "material.none", material=material)
    name = _names([found]).get(found.name.ref) or f"{project.code}-{material}"
    answer = send_file(
        parts().files.open(found.file),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=name,
        etag=found.file,
        last_modified=found.supplied_at,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.content_length = found.size
    return answer


@nouns.route(f"{_PROJECT}/items/<item:item>/materials", methods=["GET"])
@reads(nouns, "getChecklist", ChecklistSchema, query=UnitQuerySchema)
def show_checklist(query: Row, code: str, item: str) -> Row:
    """Show an item's checklist.

    Every required material and where it comes from, what is missing, what is tolerated and until
    when.
    """
    actor = actors.current()
    project = sight.project(code, actor)
    catalogue = parts().in_force.of(project).catalogue
    found = catalogue.items.get(item)
    if found is None:
        raise UnknownItemError(item=item)
    unit = query["unit"]
    if unit not in project.units:
        raise UnknownUnitError(unit=unit, units=sorted(project.units))
    unit = home(project, unit, found.stage)
    checklist = _shelf(project, unit).checklist(item)
    given = _given(actor, project, unit, (line.supplied for line in checklist.lines))
    return {
        **members(checklist),
        "project": code,
        "rule": parts().settings.rules.materials,
        "tolerance": found.tolerance,
        "complete": checklist.complete,
        "satisfied": checklist.satisfied,
        "materials": [
            {
                **members(line),
                "name": catalogue.materials[line.material].name,
                "supplied": given.get(line.material),
                "items": askers(project, catalogue, line.material),
            }
            for line in checklist.lines
        ],
        "tolerances": [
            {**members(grace), "fulfilled": grace.fulfilled} for grace in checklist.graces
        ],
    }


@nouns.route(f"{_PROJECT}/items/<item:item>/tolerate", methods=["POST"])
@orders(nouns, "tolerateMissing", ToleranceSchema)
def tolerate(body: Row, code: str, item: str) -> Done:
    """Tolerate missing materials (容缺受理).

    The item is handled without them; they are to be handed in by the deadline, and a grant before
    that has the national status 12 容缺通过.
    """
    notes = Notes()
    reason = notes.maybe(body.pop("reason", None))
    missing = tuple(body.pop("missing"))
    return carry_out(code, c.Tolerate(item=item, missing=missing, reason=reason, **body), notes)


def _shelf(project: Project, unit: int) -> Shelf:
    if unit not in project.units:
        raise UnknownUnitError(unit=unit, units=sorted(project.units))
    today = local_date(parts().clock.now())
    return Shelf(project, parts().in_force.of(project).catalogue, unit, today)


def _unit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise InvalidError.at("/unit", "api.field.whole")
    return int(text)


def _may_read(actor: Actor, project: Project, material: str) -> bool:
    """Tell whether the actor acts for the owner or handles an item that asks for the material.

    The name that the owner gave a file is theirs as the file is: it often names people.
    """
    catalogue = parts().in_force.of(project).catalogue
    items = [catalogue.items[code] for code in askers(project, catalogue, material)]
    departments = {each for item in items for each in (item.department, *item.jointly)}
    scopes = [Scope.of(project), *(Scope.of(project, each) for each in departments)]
    return any(may(actor, READS[Read.MATERIAL], scope) for scope in scopes)


def _given(
    actor: Actor, project: Project, unit: int, supplied: Iterable[Supplied | None]
) -> Mapping[str, Row]:
    """Return what was handed in, by material: names and addresses for those who may read it."""
    every = [each for each in supplied if each is not None]
    readable = {each.material for each in every if _may_read(actor, project, each.material)}
    names = _names(each for each in every if each.material in readable)
    return {
        each.material: {
            **members(each),
            "name": names.get(each.name.ref),
            "link": _address(project, each.material, unit) if each.material in readable else None,
        }
        for each in every
    }


def _address(project: Project, material: str, unit: int) -> str:
    return f"/api/v1/projects/{project.code}/materials/{material}/file?unit={unit}"


def _names(supplied: Iterable[Supplied]) -> Mapping[str, str]:
    """Return the names of files by their reference; erased ones are left out."""
    refs = [each.name.ref for each in supplied]
    if not refs:
        return {}
    with parts().new_uow() as uow:
        return queries.texts(uow.connection, refs)
