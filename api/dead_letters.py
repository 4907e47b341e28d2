"""What could not be done in the background: seen and tried again by administrators."""

from __future__ import annotations

from typing import Any

from api import actors, trail
from api.contract import orders, reads
from api.desk import order
from api.parser import Nouns
from api.parts import parts
from api.schemas.dead_letters import BuriedListSchema, RevivalSchema
from engine.dead_letters import dead_letters, retry

nouns = Nouns("dead", __name__, description="What could not be done in the background")
Row = dict[str, Any]
_DEED = "dead_letters"


@nouns.route("/dead-letters", methods=["GET"])
@reads(nouns, "listResting", BuriedListSchema)
def list_dead() -> Row:
    """List what could not be done.

    Timers, jobs and deliveries that nobody tries again by itself; for administrators.
    """
    actors.administrator(_DEED)
    return _left()


@nouns.route("/dead-letters/retry", methods=["POST"])
@orders(nouns, "retryResting", RevivalSchema, answer=BuriedListSchema, tagged=False)
def retry_dead(body: Row) -> Row:
    """Try something again.

    From its first try on. Answers what still rests; what rests no more is left as it is.
    """
    actors.administrator(_DEED)
    trail.mention(body["id"])
    found = [letter for letter in dead_letters(parts()) if letter.id == body["id"]]
    retry(parts(), found, parts().clock.now(), order("retryResting", body))
    return _left()


def _left() -> Row:
    return {
        "letters": [
            {"id": each.id, "reason": each.reason, "since": each.since}
            for each in dead_letters(parts())
        ]
    }
