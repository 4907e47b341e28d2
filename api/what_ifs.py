"""What-if questions: asked, answered in the background, read while they are."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors
from api.contract import orders, reads
from api.desk import order
from api.jobs import ordered, row_of
from api.parser import Nouns
from api.parts import parts
from api.problems import Fault, InvalidError, pointer_to
from api.schemas.jobs import JobSchema
from api.schemas.what_ifs import WhatIfAnswerSchema, WhatIfSchema
from engine.errors import UnknownJobError
from engine.what_if import WHAT_IF
from workflows.access import READS, Read, Scope, may
from workflows.errors import NotAllowedError

if TYPE_CHECKING:
    from simulation.scenario import Scenario

nouns = Nouns(
    "what-ifs", __name__, description="What would be if: scenarios compared by simulation"
)
Row = dict[str, Any]
Accepted = tuple[Row, dict[str, str]]
MOST_RUNS = 1_000_000  # projects times replications, of one scenario


@nouns.route("/what-ifs", methods=["POST"])
@orders(
    nouns,
    "askWhatIf",
    WhatIfSchema,
    status=HTTPStatus.ACCEPTED,
    answer=JobSchema,
    tagged=False,
)
def ask_what_if(body: Row) -> Accepted:
    """Ask what would be if.

    For those who may read reports of the whole district. Answers 202 and a job whose lines are
    parts of the replications; a scenario that contradicts itself is refused with every reason.
    """
    actor = actors.current()
    if not may(actor, READS[Read.REPORT], Scope()):
        raise NotAllowedError(actor=actor.id, command="AskWhatIf")
    for side in ("scenario", "compare"):
        _check_size(side, _scenario(side, body[side]), body["replications"])
    told = {**body, "actor": actor.id, "catalogue": parts().library.catalogue.hash}
    identity = parts().bulk.queue(order("askWhatIf", body), WHAT_IF, told)
    row = row_of(parts().jobs.get(identity))
    return row, {"Location": row["link"]}


@nouns.route("/what-ifs/<word:job>", methods=["GET"])
@reads(nouns, "getWhatIf", WhatIfAnswerSchema)
def show_answer(job: str) -> Row:
    """Read the answer to a what-if question.

    From the parts that are done; more of them make the bounds narrower. Every difference hangs on
    the assumptions that are listed with it.
    """
    from simulation.answers import summed  # noqa: PLC0415 - the compiled libraries take a second

    known = ordered(job)
    if known.kind != WHAT_IF or known.parameters["catalogue"] != parts().library.catalogue.hash:
        raise UnknownJobError(job=job)
    done = [line.detail for line in parts().jobs.lines(known.id) if line.ok]
    found = summed(known.parameters, parts().library.catalogue, done)
    supposed = found.pop("assumptions")
    names = {**supposed["before"], **supposed["after"]}
    found.pop("reached")
    return {
        "job": row_of(known),
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


def _scenario(side: str, text: str) -> Scenario:
    """Return the scenario that a member of the request says.

    Raises:
        InvalidError: With every reason why it is none.
    """
    from simulation.answers import scenario  # noqa: PLC0415 - as above
    from simulation.errors import ScenarioError  # noqa: PLC0415 - as above

    try:
        return scenario(text, parts().library.catalogue)
    except ScenarioError as error:
        faults = (
            Fault(pointer=pointer_to(side), code=finding.code, params=finding.named)
            for finding in error.findings
        )
        raise InvalidError(tuple(faults)) from error


def _check_size(side: str, asked: Scenario, replications: int) -> None:
    runs = asked.arrivals.projects * replications
    if runs > MOST_RUNS:
        raise InvalidError.at(pointer_to(side), "scenario.too_much", found=runs, most=MOST_RUNS)
