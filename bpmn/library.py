"""The definitions that are shipped with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bpmn.reader import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Diagram

DEFINITIONS = Path(__file__).resolve().parent / "definitions"


@cache
def shipped() -> Mapping[str, Diagram]:
    """Return the shipped diagrams by process id, read once.

    Raises:
        BpmnError: If a shipped file breaks a rule.
    """
    diagrams = (read(path.read_bytes()) for path in sorted(DEFINITIONS.glob("*.bpmn")))
    return MappingProxyType({diagram.id: diagram for diagram in diagrams})
