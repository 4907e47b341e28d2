"""Stages: their joint application."""

from __future__ import annotations

from typing import Any

from api.contract import orders
from api.desk import Done, carry_out
from api.parser import Nouns
from api.schemas.orders import UnitSchema
from workflows import commands as c

nouns = Nouns("stages", __name__, description="The joint application of a stage (综合受理)")


@nouns.route("/projects/<project:code>/stages/<number:stage>/file", methods=["POST"])
@orders(nouns, "fileStage", UnitSchema)
def file_stage(body: dict[str, Any], code: str, stage: int) -> Done:
    """File a stage.

    Lists the mandated items of the stage and files at once those whose documents exist; the
    others are held and filed by themselves when the last document comes.
    """
    return carry_out(code, c.FileStage(stage=stage, **body))
