"""Every code that the catalogue mentions must stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workflows.catalogue.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from workflows.catalogue.values import (
        Catalogue,
        Item,
        Limit,
        Note,
        StartWithin,
        Validity,
    )

STAGES_WITH_MILESTONE = (1, 2, 3, 4)


class _Mention(NamedTuple):
    """*entry* says *name* in *field*, where a *what* is meant."""

    what: str
    name: str | int | None
    entry: str | int
    field: str


def reference_findings(catalogue: Catalogue) -> Iterator[Finding]:
    """Yield an error for each unknown code and missing stage, a warning for each useless need."""
    known = _known(catalogue)
    for mention in _mentions(catalogue):
        if mention.name is not None and mention.name not in known[mention.what]:
            yield Finding(
                code=f"catalogue.unknown.{mention.what}",
                item=str(mention.entry),
                field=mention.field,
                params={"name": mention.name},
            )
    yield from _stage_findings(catalogue)
    for item in catalogue.items.values():
        yield from _item_findings(catalogue, item)


def _known(catalogue: Catalogue) -> dict[str, Collection[str | int | None]]:
    words = catalogue.vocabulary
    return {
        "department": catalogue.departments.keys(),
        "document": catalogue.documents.keys(),
        "material": catalogue.materials.keys(),
        "procedure": catalogue.procedures.keys(),
        "source": catalogue.sources.keys(),
        "stage": catalogue.stages.keys(),
        "flow": catalogue.flows.keys(),
        "type": {term.name.zh for term in words.types},
        "national_coupling": {term.name.zh for term in words.national_couplings},
        "coupling": {term.code for term in words.couplings},
    }


def _mentions(catalogue: Catalogue) -> Iterator[_Mention]:
    for flow in catalogue.flows.values():
        yield _Mention("source", flow.limit_source, flow.code, "limit_source")
        yield _Mention("source", flow.stage_limits_source, flow.code, "stage_limits_source")
        yield _Mention("source", _source(flow.note), flow.code, "note_source")
    for stage in catalogue.stages.values():
        yield _Mention("department", stage.lead, stage.code, "lead")
        yield _Mention("source", stage.join_source, stage.code, "join_source")
    for document in catalogue.documents.values():
        yield _Mention("source", _source(document.validity), document.code, "validity.source")
        yield _Mention("source", _source(document.start_within), document.code, "start_source")
    for material in catalogue.materials.values():
        yield _Mention("document", material.document, material.code, "document")
    for procedure in catalogue.procedures.values():
        yield _Mention("source", procedure.source, procedure.code, "source")
    for item in catalogue.items.values():
        yield from _item_mentions(item)


def _source(sourced: Limit | Note | StartWithin | Validity | None) -> str | None:
    return None if sourced is None else sourced.source


def _item_mentions(item: Item) -> Iterator[_Mention]:
    def mention(what: str, name: str | int | None, field: str) -> _Mention:
        return _Mention(what, name, item.code, field)

    yield mention("stage", item.stage, "stage")
    yield mention("type", item.type, "type")
    yield mention("coupling", item.coupling.value, "coupling")
    yield mention("national_coupling", item.national_coupling, "national_coupling")
    yield mention("department", item.department, "department")
    yield mention("source", _source(item.note), "note_source")
    yield mention("source", _source(item.statutory_limit), "statutory_limit.source")
    yield mention("source", _source(item.committed_limit), "committed_limit.source")
    listed: tuple[tuple[str, str, tuple[str | int, ...]], ...] = (
        ("flows", "flow", item.flows),
        ("jointly", "department", item.jointly),
        ("produces", "document", item.produces),
        ("materials", "material", item.materials),
    )
    for field, what, names in listed:
        yield from (mention(what, name, f"{field}[{at}]") for at, name in enumerate(names))
    for at, need in enumerate(item.needs):
        yield mention("document", need.document, f"needs[{at}].document")
        yield mention("source", need.source, f"needs[{at}].source")
    for at, use in enumerate(item.procedures):
        yield mention("procedure", use.procedure, f"special_procedures[{at}].procedure")
        yield mention("source", use.source, f"special_procedures[{at}].source")


def _stage_findings(catalogue: Catalogue) -> Iterator[Finding]:
    for number in STAGES_WITH_MILESTONE:
        stage = catalogue.stages.get(number)
        if stage is None:
            yield Finding(code="catalogue.stage.missing", params={"stage": number})
        elif stage.join is None:
            yield Finding(code="catalogue.stage.no_join", item=str(number), field="join")


def _item_findings(catalogue: Catalogue, item: Item) -> Iterator[Finding]:
    if not item.code.startswith(f"S{item.stage}-"):
        yield Finding(
            code="catalogue.code.other_stage",
            item=item.code,
            field="stage",
            params={"stage": item.stage},
        )
    for at, need in enumerate(item.needs):
        if need.document in catalogue.documents and not catalogue.producers(need.document):
            yield Finding(
                code="catalogue.need.no_producer",
                severity=Severity.WARNING,
                item=item.code,
                field=f"needs[{at}].document",
                params={"document": need.document},
            )
