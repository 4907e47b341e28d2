"""Definitions, and a stage run's live marking on one."""

from __future__ import annotations

from api.schemas.base import Strict, codes, figure, lines, one, said


class DefinitionSchema(Strict):
    """One BPMN process."""

    process = said("Process id, e.g. stage_3")
    name = said("Name in the drawing")
    net = said("Content hash of the compiled net; null for the file of an item kind", none=True)
    href = said("Address of the BPMN XML")


class DefinitionsSchema(Strict):
    """Every process that is in force."""

    data = lines(DefinitionSchema, "Processes, by id")


class MarkingSchema(Strict):
    """Which elements of the drawing stand how; ids as in the XML."""

    open = codes("Elements with something running in them: tasks, items, blocks")
    granted = codes("Items that are granted")
    wanted = codes("Items at their door: held, offered, or to be filed again")
    left_out = codes("Items that do not apply or were declined")
    slots = codes("Items that hold a pair slot")
    tokens = codes("Every bit of the marking, by path")


class LiveDefinitionSchema(Strict):
    """The drawing of a stage with the tokens of one run."""

    project = said("Project code")
    stage = figure("Stage")
    unit = figure("Unit")
    number = figure("Number of the project's last event")
    process = said("Process id")
    net = said("Content hash of the net that the run is pinned to")
    xml = said("BPMN 2.0 XML, with diagram interchange")
    marking = one(MarkingSchema, "Where the tokens are")
