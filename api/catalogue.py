"""The catalogue in force: what is asked of a project and which items there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors
from api.contract import orders, reads
from api.desk import keep, order
from api.parser import Nouns
from api.parts import parts
from api.present import members
from api.schemas.catalogue import (
    CatalogueSchema,
    ItemQuerySchema,
    ItemsSchema,
    PartialFactsSchema,
    QuestionsSchema,
    SourcesSchema,
    StillAskedSchema,
)
from workflows import applicability
from workflows.catalogue.values import Name
from workflows.errors import UnknownFlowError
from workflows.texts import texts

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue

nouns = Nouns("catalogue", __name__, description="The catalogue of items, and what it asks")
Row = dict[str, Any]


@nouns.route("/catalogue", methods=["GET"])
@reads(nouns, "getCatalogue", CatalogueSchema)
def show_catalogue() -> Row:
    """Show the catalogue.

    Its flow types, stages and departments, under the hash of its content.
    """
    actors.current()
    catalogue = parts().library.catalogue
    return {
        "hash": catalogue.hash,
        "title": catalogue.title,
        "flows": catalogue.flows.values(),
        "stages": catalogue.stages.values(),
        "departments": catalogue.departments.values(),
    }


@nouns.route("/catalogue/facts", methods=["GET"])
@reads(nouns, "listQuestions", QuestionsSchema)
def list_questions() -> Row:
    """List the questions.

    Every fact that a filing may have to state, in the order in which they are asked.
    """
    actors.current()
    return {"data": parts().library.catalogue.facts.values()}


@nouns.route("/catalogue/sources", methods=["GET"])
@reads(nouns, "listSources", SourcesSchema)
def list_sources() -> Row:
    """List the sources.

    What the source keys of limits and rules are called: laws, local documents, assumptions. A key
    with a version behind a blank, `calendar 1ec3`, goes by its first word.
    """
    actors.current()
    given = parts().library.catalogue.sources
    ours = {
        code.removeprefix("source."): Name(zh=entry["zh"], en=entry["en"])
        for code, entry in texts().items()
        if code.startswith("source.")
    }
    named = {code: Name(zh=told, en=told) for code, told in given.items()} | ours
    return {"data": [{"code": code, "name": name} for code, name in sorted(named.items())]}


@nouns.route("/catalogue/items", methods=["GET"])
@reads(nouns, "listItems", ItemsSchema, query=ItemQuerySchema)
def list_items(query: Row) -> Row:
    """List the items.

    All of the catalogue, or those of one stage or flow type.
    """
    actors.current()
    stage, flow = query.get("stage"), query.get("flow")
    catalogue = parts().library.catalogue
    return {
        "data": [
            {
                **members(item),
                "condition": item.condition_text,
                "kind": item.kind,
                "procedures": [
                    {"procedure": use.procedure, "name": catalogue.procedures[use.procedure].name}
                    for use in item.procedures
                ],
            }
            for item in catalogue.items.values()
            if stage in (None, item.stage) and (flow is None or flow in item.flows)
        ]
    }


@nouns.route("/catalogue/questions", methods=["POST"])
@orders(nouns, "askQuestions", PartialFactsSchema, answer=StillAskedSchema, tagged=False)
def ask_questions(body: Row) -> Row:
    """Ask which questions still matter.

    For facts that are not complete: what must still be answered before the project can be filed,
    what contradicts already, and which items certainly apply. Changes nothing.
    """
    keep(order("askQuestions", body))
    catalogue = parts().library.catalogue
    flow, facts = body["flow"], body["facts"]
    if flow not in catalogue.flows:
        raise UnknownFlowError(flow=flow, flows=sorted(catalogue.flows))
    wrong = {finding.field for finding in applicability.bad_facts(catalogue, flow, facts)}
    good = {name: answer for name, answer in facts.items() if name not in wrong}
    against = applicability.contradictions(catalogue, flow, good)
    applicable = sorted(applicability.applicable(catalogue, flow, good))
    return {
        "missing": applicability.missing_facts(catalogue, flow, good),
        "contradictions": [each.message for each in against],
        "wrong": sorted(name for name in wrong if name),
        "applicable": applicable,
        "materials": _to_bring(catalogue, applicable),
    }


def _to_bring(catalogue: Catalogue, applicable: list[str]) -> list[Row]:
    """Return the materials that the owner hands in, each once, with the items it is for."""
    asked = {
        material: [code for code in applicable if material.code in catalogue.items[code].materials]
        for material in catalogue.materials.values()
        if material.document is None
    }
    return [
        {"material": material.code, "name": material.name, "items": items}
        for material, items in asked.items()
        if items
    ]
