"""Who may do what, in sentences that were written by hand and not read off the table.

The matrix of tests/api reads what it expects from workflows/access.py: a wrong line there would be
right for it. These sentences say what the office's rules ask for, as people say them; a changed
table that contradicts one of them fails here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.standings import SCOPE, WHO
from workflows import commands as c
from workflows.access import (
    KEEPERS,
    READS,
    Grant,
    Keep,
    Read,
    grants_of,
    may,
)

if TYPE_CHECKING:
    from workflows.facts import Actor

VERBS: dict[str, tuple[Grant, ...]] = {
    "file it": grants_of(c.FileProject),
    "file its stage": grants_of(c.FileStage),
    "file an item": grants_of(c.FileItem),
    "pair two items": grants_of(c.ProposePair),
    "start a pair": grants_of(c.StartPair),
    "decline an item": grants_of(c.DeclineItem),
    "withdraw an item": grants_of(c.WithdrawItem),
    "withdraw it": grants_of(c.WithdrawProject),
    "terminate it": grants_of(c.TerminateProject),
    "give it to another agent": grants_of(c.AssignAgent),
    "receive papers": grants_of(c.CompleteStep, "window"),
    "review": grants_of(c.CompleteStep, "department"),
    "inspect": grants_of(c.CompleteStep, "inspector"),
    "claim a review": grants_of(c.ClaimTask, "department"),
    "assign a task": grants_of(c.AssignTask),
    "ask for what is missing": grants_of(c.AskSupplement),
    "answer what is missing": grants_of(c.AnswerSupplement),
    "hand in a material": grants_of(c.SupplyMaterial),
    "tolerate a missing material": grants_of(c.Tolerate),
    "extend a limit": grants_of(c.ExtendLimit),
    "revoke a result": grants_of(c.RevokeItem),
    "correct a time": grants_of(c.CorrectTime),
    "fire a timer": grants_of(c.FireTimer),
    "grant by silence": grants_of(c.GrantByDefault),
    "see it": READS[Read.PROJECT],
    "open its papers": READS[Read.MATERIAL],
    "read owner's and agent's notes": READS[Read.NOTES],
    "read the report": READS[Read.REPORT],
    "keep the roster": KEEPERS[Keep.ROSTER],
    "adopt a catalogue": KEEPERS[Keep.CATALOGUE],
    "adopt a notice on working days": KEEPERS[Keep.CALENDAR],
    "subscribe a webhook": KEEPERS[Keep.WEBHOOKS],
    "put an organisation on the black list": KEEPERS[Keep.CREDIT],
}
RULES = """
its owner may file it
another owner may not file it
an owner without organisation may not file it
an agent next door may file it
an agent of another township may not file it
a reviewer of the department may not file it
its owner may file its stage
its agent may file its stage
an agent next door may not file its stage
the window of its township may file its stage
the window of another township may not file its stage
a planner may not file its stage
an administrator may not file its stage
its agent may file an item
another owner may not file an item
its agent may pair two items
a stage lead may pair two items
a reviewer of the department may not pair two items
an administrator may not pair two items
its owner may start a pair
an agent next door may not start a pair
its owner may decline an item
the window of its township may not decline an item
a stage lead may not decline an item
its agent may withdraw an item
the department's lead may not withdraw an item
its owner may withdraw it
a stage lead may not withdraw it
the township's supervisor may not withdraw it
the township's supervisor may terminate it
another township's supervisor may not terminate it
its owner may not terminate it
the township's supervisor may give it to another agent
its agent may not give it to another agent
another township's supervisor may not give it to another agent
the window of its township may receive papers
the window of another township may not receive papers
a reviewer of the department may not receive papers
its owner may not receive papers
an administrator may not receive papers
a reviewer of the department may review
a reviewer of another department may not review
an inspector of the department may not review
the window of its township may not review
its agent may not review
a stage lead may not review
an administrator may not review
an inspector of the department may inspect
an inspector of another department may not inspect
a reviewer of the department may not inspect
a reviewer of another department may not claim a review
the department's lead may assign a task
another department's lead may not assign a task
a reviewer of the department may not assign a task
its owner may not assign a task
the window of its township may ask for what is missing
its owner may not ask for what is missing
its owner may answer what is missing
a reviewer of the department may not answer what is missing
its agent may hand in a material
another owner may not hand in a material
its owner may not tolerate a missing material
the department's lead may extend a limit
a reviewer of the department may not extend a limit
its owner may not extend a limit
another department's lead may not revoke a result
a reviewer of the department may not revoke a result
a reviewer of the department may not correct a time
its agent may not correct a time
the clock may fire a timer
an administrator may not fire a timer
the clock may grant by silence
a stage lead may not grant by silence
its owner may see it
another owner may not see it
an owner without organisation may not see it
an agent next door may see it
an agent of another township may not see it
the window of another township may not see it
another township's supervisor may not see it
a reviewer of another department may see it
somebody without a role may not see it
a planner may not open its papers
an administrator may not open its papers
a reviewer of another department may not open its papers
an agent next door may not open its papers
its owner may open its papers
its agent may read owner's and agent's notes
an agent next door may not read owner's and agent's notes
an administrator may not read owner's and agent's notes
its owner may not read the report
its agent may not read the report
a planner may read the report
another township's supervisor may not keep the roster
its agent may not keep the roster
a planner may adopt a catalogue
a stage lead may not adopt a catalogue
the township's supervisor may not adopt a notice on working days
a planner may not subscribe a webhook
an administrator may subscribe a webhook
a planner may not put an organisation on the black list
its owner may not put an organisation on the black list
"""
SENTENCES = RULES.strip().splitlines()


def parted(sentence: str) -> tuple[Actor, tuple[Grant, ...], bool]:
    """Return who, what, and whether they may."""
    who, forbidden, what = sentence.partition(" may not ")
    if not forbidden:
        who, _, what = sentence.partition(" may ")
    return WHO[who], VERBS[what], not forbidden


class TestTheRulesOfTheOffice:
    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_hold(self, sentence: str) -> None:
        actor, grants, allowed = parted(sentence)

        assert may(actor, grants, SCOPE) is allowed

    def test_are_said_once_and_of_everybody_and_everything(self) -> None:
        said = {sentence.replace(" may not ", " may ") for sentence in SENTENCES}

        assert len(said) == len(SENTENCES)
        assert {parted(each)[0] for each in SENTENCES} == set(WHO.values())
        assert {parted(each)[1] for each in SENTENCES} == set(VERBS.values())

    @pytest.mark.parametrize("who", ["somebody without a role", "an owner without organisation"])
    @pytest.mark.parametrize("what", VERBS)
    def test_give_nothing_to_who_stands_in_no_relation(self, who: str, what: str) -> None:
        assert not may(WHO[who], VERBS[what], SCOPE)
