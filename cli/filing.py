"""`abreast project file`: a new project, with the facts that decide what applies to it."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, cast

import click

from cli.acting import acting, order, tell
from cli.office import opened
from cli.speech import SpokenCommand, as_json, option
from cli.terminal import EN, Failed, Terminal, terminal
from engine.notes import write
from workflows import commands as c
from workflows.errors import MissingFactsError
from workflows.events import AgentAssigned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.handle import Answer
    from workflows.catalogue.values import Catalogue

LONGEST_NAME = 200
_ORGANISATION = re.compile(r"[^\s/?#|\\]{1,64}")
_TRUTHS = {"true": True, "false": False}


@click.command("file", cls=SpokenCommand, help="help.project_file")
@click.argument("code")
@option("--flow", type=int, required=True, metavar="N", help="file_flow")
@option("--township", required=True, metavar="T", help="file_township")
@option("--owner", required=True, metavar="ORG", help="file_owner")
@option("--name", required=True, help="file_name")
@option("--fact", "facts", multiple=True, metavar="FACT=ANSWER", help="fact")
@acting()
@as_json()
def file(  # noqa: PLR0913, PLR0917 - click hands over one argument an option
    code: str,
    flow: int,
    township: str,
    owner: str,
    name: str,
    facts: tuple[str, ...],
    person: str,
    as_json: bool,  # noqa: FBT001 - click hands flags over by name
) -> None:
    """File a project."""
    speaker = terminal()
    words = write(_name(name))
    command = c.FileProject(
        code=code,
        flow=flow,
        facts=_facts(facts),
        township=township,
        owner=_organisation(owner),
        name=words.note,
    )
    with closing(opened()) as parts:
        try:
            answer = order(parts, code, command, person, [words])
        except MissingFactsError as error:
            asked = _questions(speaker, parts.library.catalogue, error)
            raise Failed("project.missing_facts", questions=asked) from error
    tell(speaker, answer, as_json=as_json)
    agent = _agent(answer)
    if agent is not None and not as_json:
        speaker.print("project.agent", agent=agent)


def _facts(given: Sequence[str]) -> dict[str, bool | str]:
    """Return the answers by fact; the rules judge whether the catalogue knows them.

    Raises:
        Failed: If one is not written FACT=ANSWER, or a fact is answered twice.
    """
    facts: dict[str, bool | str] = {}
    for each in given:
        fact, equals, answer = each.partition("=")
        if not (fact and equals and answer) or fact in facts:
            raise Failed("project.bad_fact", fact=each)
        facts[fact] = _TRUTHS.get(answer, answer)
    return facts


def _name(given: str) -> str:
    name = given.strip()
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise Failed("project.bad_name", longest=LONGEST_NAME)
    return name


def _organisation(given: str) -> str:
    if _ORGANISATION.fullmatch(given) is None or not given.isprintable():
        raise Failed("project.bad_owner", owner=given)
    return given


def _questions(speaker: Terminal, catalogue: Catalogue, error: MissingFactsError) -> str:
    """Return what is still to be answered, each with the answers there are."""
    asked = cast("Sequence[str]", error.params["facts"])
    between = "; " if speaker.locale == EN else "；"
    return between.join(_question(speaker, catalogue, code) for code in asked)


def _question(speaker: Terminal, catalogue: Catalogue, code: str) -> str:
    question = catalogue.facts[code]
    answers = "|".join(
        str(value).lower() if value in {True, False} else str(value) for value in question.values
    )
    return f"{code}={answers} {speaker.name(question.question)}"


def _agent(answer: Answer) -> str | None:
    bodies = (event.body for event in answer.events)
    return next((body.agent for body in bodies if isinstance(body, AgentAssigned)), None)
