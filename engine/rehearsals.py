"""Before a catalogue is adopted, its definitions are played against SpiffWorkflow in a child."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bpmn.errors import BpmnError
from bpmn.rehearsal_sandbox import History, rehearse_safely
from workflows.adjustment import NoDefinitionError
from workflows.catalogue.fact_sets import random_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.editions import Edition

EACH = 2  # histories of every process that was drawn anew
_SEED_DIGITS = 12
_ITEM = "item_"


def rehearse(edition: Edition, proved: Edition) -> None:
    """Play random histories of every process of *edition* that *proved* does not have.

    The seeds come from the catalogue's hash, so that a preview and the adoption play the same.

    Raises:
        NoDefinitionError: If token core and SpiffWorkflow disagree, or the child was stopped.
    """
    histories = tuple(_histories(edition, proved))
    if not histories:
        return
    try:
        found = rehearse_safely(edition.files, histories)
    except BpmnError as error:
        raise NoDefinitionError(reason=str(error)) from error
    if found.problem is not None:
        raise NoDefinitionError(reason=found.problem)


def _histories(edition: Edition, proved: Edition) -> Iterator[History]:
    known = set(proved.files.values())
    first = int(edition.hash[:_SEED_DIGITS], 16)
    flows = sorted(edition.catalogue.flows)
    for process, xml in edition.files.items():
        if xml in known or process.startswith(_ITEM):
            continue
        for seed in range(first, first + EACH):
            rng = random.Random(seed)  # noqa: S311 - facts of a history to replay, no secret
            flow = rng.choice(flows)
            facts = random_facts(edition.catalogue, flow, rng)
            if facts is not None:
                yield History(process=process, seed=seed, facts={"flow": flow, **facts})
