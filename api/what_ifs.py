"""What-if questions: asked, answered in the background, read while they are."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors, limits
from api.called import names_of
from api.contract import orders, reads
from api.desk import keep, order
from api.jobs import ordered, row_of
from api.parser import Nouns
from api.parts import parts
from api.planning import in_form, planned, refused
from api.present import members
from api.problems import InvalidError, pointer_to
from api.schemas.jobs import JobSchema
from api.schemas.what_ifs import (
    AssumptionsSchema,
    BoardAskedSchema,
    BoardSchema,
    DifferencesSchema,
    FittedSchema,
    LeversAskedSchema,
    LeversSchema,
    WhatIfAnswerSchema,
    WhatIfSchema,
)
from engine.errors import UnknownJobError
from engine.what_if import LEVERS, WHAT_IF
from workflows.access import READS, Read, Scope, may
from workflows.catalogue.values import Name
from workflows.errors import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.store.jobs import Job
    from simulation.scenario import Scenario

nouns = Nouns(
    "what-ifs", __name__, description="What would be if: scenarios compared by simulation"
)
Row = dict[str, Any]
Accepted = tuple[Row, dict[str, str]]
LAYING_OUT = 100  # requests that one scenario counts for: it takes the server as long
MOST_RUNS = 1_000_000  # projects times replications, of one scenario or of all its levers


@nouns.route("/what-ifs", methods=["POST"])
@orders(
    nouns,
    "askWhatIf",
    WhatIfSchema,
    status=HTTPStatus.ACCEPTED,
    answer=JobSchema,
    tagged=False,
    queued=True,
)
def ask_what_if(body: Row) -> Accepted:
    """Ask what would be if.

    For those who may read reports of the whole district. Answers 202 and a job whose lines are
    parts of the replications; a scenario that contradicts itself is refused with every reason.
    What the second does not say of the projects that come is as in the first; so is the luck.
    """
    _check_planner()
    before = _scenario("scenario", body["scenario"])
    after = _scenario("compare", body["compare"], before)
    for side, one in (("scenario", before), ("compare", after)):
        _check_size(side, one.arrivals.projects * body["replications"])
    return _queued("askWhatIf", WHAT_IF, body)


@nouns.route("/what-ifs/fitted", methods=["GET"])
@reads(nouns, "getFitted", FittedSchema)
def show_fitted() -> Row:
    """Fit a scenario to what happened here.

    What comes, how long everything takes and how much departments do at a time, out of the facts
    of all projects as they stand; refused where nothing was decided yet. People are counted by
    what is in hand at the same time. What owners declined it has them do, by so many more people.
    """
    from api.fitted import fitted_here  # noqa: PLC0415 - the compiled libraries take a second

    _check_planner()
    return fitted_here()


@nouns.route("/what-ifs/board", methods=["POST"])
@orders(nouns, "askBoard", BoardAskedSchema, answer=BoardSchema, tagged=False)
def show_board(body: Row) -> Row:
    """Lay a scenario out as a board.

    Every item with its class in the catalogue and in the scenario, and every department with how
    busy it would be. A scenario that contradicts itself is refused with every reason, so that a
    move on the board can be tried before it is run. Changes make a plan of it: each says one thing,
    what must go with it is completed and told. Changes nothing here.
    """
    from simulation.answers import board  # noqa: PLC0415 - the compiled libraries take a second

    _check_planner()
    keep(order("askBoard", body))
    plan = planned(body)
    catalogue = parts().library.catalogue
    found = board(_scenario("scenario", plan.text), catalogue)
    return {
        **found,
        **in_form(plan, body["form"]),
        "items": [
            {**members(card), "name": catalogue.items[card.item].name,
             "department": catalogue.items[card.item].department}
            for card in found["items"]
        ],
        "departments": [
            {**members(each), "name": catalogue.departments[each.department].name}
            for each in found["departments"]
        ],
    }  # fmt: skip


@nouns.route("/what-ifs/levers", methods=["POST"])
@orders(
    nouns,
    "askLevers",
    LeversAskedSchema,
    status=HTTPStatus.ACCEPTED,
    answer=JobSchema,
    tagged=False,
    queued=True,
)
def ask_levers(body: Row) -> Accepted:
    """Ask which little change would bring most.

    Each item done a fifth faster, each department with one more reviewer, on the same luck.
    Answers 202 and a job whose lines are some of these changes each.
    """
    from simulation.asked import lever_changes  # noqa: PLC0415 - the libraries take a second

    _check_planner()
    one = _scenario("scenario", body["scenario"])
    changes = lever_changes(one, parts().library.catalogue)
    _check_size("scenario", one.arrivals.projects * body["replications"] * changes)
    return _queued("askLevers", LEVERS, body, changes=changes)


@nouns.route("/what-ifs/<word:job>", methods=["GET"])
@reads(nouns, "getWhatIf", WhatIfAnswerSchema)
def show_answer(job: str) -> Row:
    """Read the answer to a what-if question.

    From the parts that are done; more of them make the bounds narrower. Every difference hangs on
    the assumptions that are listed with it.
    """
    known, found = _answered(job)
    supposed = found.pop("assumptions")
    names = {**supposed["before"], **supposed["after"]}
    found.pop("reached")
    return {
        "job": row_of(known),
        "asked": known.parameters["replications"],
        **found,
        "assumptions": [
            {
                "name": name,
                "before": supposed["before"].get(name),
                "after": supposed["after"].get(name),
            }
            for name in names
        ],
    }


@nouns.route("/what-ifs/<word:job>/differences", methods=["GET"])
@reads(nouns, "listDifferences", DifferencesSchema)
def list_differences(job: str) -> Row:
    """List the differences of an answer.

    The same as in the answer, as lines: for a file.
    """
    from simulation.spoken import measured  # noqa: PLC0415 - the libraries take a second

    catalogue = parts().library.catalogue
    found = _answered(job)[1]["differences"]
    places = _places(each["of"] for each in found if each["figure"] == "township")
    return {
        "data": [
            {**each, "called": measured(each["figure"], each["of"], catalogue, places)}
            for each in found
        ]
    }


@nouns.route("/what-ifs/<word:job>/assumptions", methods=["GET"])
@reads(nouns, "listAssumptions", AssumptionsSchema)
def list_assumptions(job: str) -> Row:
    """List everything that the two scenarios of an answer suppose.

    In words of both languages, whether a file said it or not; no figure of the answer means more.
    """
    from simulation.answers import sheet  # noqa: PLC0415 - the libraries take a second
    from simulation.asked import scenario  # noqa: PLC0415 - as above

    known, catalogue = _asked(job, WHAT_IF).parameters, parts().library.catalogue
    before = scenario(known["scenario"], catalogue)
    after = scenario(known["compare"], catalogue, before)
    places = _places([*before.arrivals.townships, *after.arrivals.townships])
    return {"data": sheet(known, catalogue, places)}


@nouns.route("/what-ifs/<word:job>/levers", methods=["GET"])
@reads(nouns, "listLevers", LeversSchema)
def list_levers(job: str) -> Row:
    """List the levers that have been tried so far.

    The one that saves most first; a place in the order is sure where it is told.
    """
    from simulation.answers import lever_ranking  # noqa: PLC0415 - the libraries take a second

    known = _asked(job, LEVERS)
    done = [line.detail for line in parts().jobs.lines(known.id) if line.ok]
    found = lever_ranking(known.parameters, parts().library.catalogue, done)
    supposed = [{"name": name, "value": value} for name, value in found["assumptions"].items()]
    return {
        "data": found["levers"],
        "scenario": found["scenario"],
        "replications": found["replications"],
        "assumptions": supposed,
    }


def _check_planner() -> None:
    """Refuse whoever may not read reports of the whole district, or lays out too many scenarios.

    Raises:
        NotAllowedError: If so.
        RequestError: As `limits.count`.
    """
    actor = actors.current()
    if not may(actor, READS[Read.REPORT], Scope()):
        raise NotAllowedError(actor=actor.id, command="AskWhatIf")
    limits.count(actor.id, LAYING_OUT)


def _queued(name: str, kind: str, body: Row, **more: object) -> Accepted:
    actor = actors.current()
    told = {**body, **more, "actor": actor.id, "catalogue": parts().library.catalogue.hash}
    row = row_of(parts().jobs.get(parts().bulk.queue(order(name, body), kind, told)))
    return row, {"Location": row["link"]}


def _asked(job: str, kind: str) -> Job:
    """Return a job of a kind that was asked under the catalogue in force.

    Raises:
        UnknownJobError: If there is none for the sender.
    """
    known = ordered(job)
    if known.kind != kind or known.parameters["catalogue"] != parts().library.catalogue.hash:
        raise UnknownJobError(job=job)
    return known


def _answered(job: str) -> tuple[Job, Row]:
    """Return a comparison's job and what its parts say so far.

    Nothing where one was refused: what the others say leans to the runs that came to an end.
    """
    from simulation.answers import summed  # noqa: PLC0415 - the compiled libraries take a second

    known = _asked(job, WHAT_IF)
    lines = parts().jobs.lines(known.id)
    done = [line.detail for line in lines] if all(line.ok for line in lines) else []
    return known, summed(known.parameters, parts().library.catalogue, done)


def _places(codes: Iterable[str]) -> dict[str, Name]:
    """Return what townships are called; those of a built-in scenario have no name."""
    known = names_of(("township", code) for code in codes)
    return {code: name for (_, code), name in known.items() if isinstance(name, Name)}


def _scenario(side: str, text: str, before: Scenario | None = None) -> Scenario:
    """Return the scenario that a member of the request says, beside the one *before* if any.

    Raises:
        InvalidError: With every reason why it is none, or cannot be run.
    """
    from simulation.asked import runnable  # noqa: PLC0415 - as above

    with refused(side):
        return runnable(text, parts().library.catalogue, before)


def _check_size(side: str, runs: int) -> None:
    if runs > MOST_RUNS:
        raise InvalidError.at(pointer_to(side), "scenario.too_much", found=runs, most=MOST_RUNS)
