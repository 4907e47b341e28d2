"""Credit of organisations (信用): who may have an item decided against a commitment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from api import actors
from api.contract import orders, reads
from api.desk import idempotency_key
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError
from api.schemas.credit import CreditSchema, StandingSchema
from engine.notes import write
from engine.store import queries
from workflows.access import KEEPERS, Keep, Scope, may
from workflows.credit import Level, SetStanding
from workflows.errors import NotAllowedError
from workflows.moments import local_date

if TYPE_CHECKING:
    from workflows.credit import Credit
    from workflows.facts import Actor

nouns = Nouns("credit", __name__, description="Credit of organisations (信用)")
Row = dict[str, Any]
_CREDIT = "/organisations/<word:organisation>/credit"


@nouns.route(_CREDIT, methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getCredit", CreditSchema)
def show_credit(organisation: str) -> Row:
    """Show how an organisation stands.

    To itself, and to those who keep the lists.
    """
    _check_reader(actors.current(), organisation)
    return _told(parts().credits.credit(organisation))


@nouns.route(_CREDIT, methods=["POST"])
@orders(nouns, "setCredit", StandingSchema, answer=CreditSchema, tagged=False)
def set_credit(body: Row, organisation: str) -> Row:
    """Set how an organisation stands.

    A supervisor or an administrator puts it on the red or the black list until a day, on a ground,
    or takes it off. On the black list no item is decided against its commitment (告知承诺).
    """
    reason = write(body["reason"])
    command = SetStanding(level=Level(body["level"]), until=_day(body["until"]), reason=reason.note)
    actor, key = actors.current(), idempotency_key()
    return _told(parts().credits.execute(organisation, command, actor, key, reason))


def _check_reader(actor: Actor, organisation: str) -> None:
    """Refuse whoever neither acts for the organisation nor keeps the lists.

    Raises:
        NotAllowedError: Naming what was asked for.
    """
    if actor.organisation != organisation and not may(actor, KEEPERS[Keep.CREDIT], Scope()):
        raise NotAllowedError(command="ReadCredit", actor=actor.id)


def _told(credit: Credit) -> Row:
    level, last = credit.level(local_date(parts().clock.now())), credit.last
    reason = None
    if last is not None:
        with parts().new_uow() as uow:
            reason = queries.texts(uow.connection, [last.reason.ref]).get(last.reason.ref)
    return {
        "organisation": credit.organisation,
        "level": level,
        "until": None if last is None or level is Level.ORDINARY else last.until,
        "reason": reason,
        "number": credit.number,
    }


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError as error:
        raise InvalidError.at("/until", "api.field.pattern") from error
