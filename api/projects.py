"""Projects: filed, listed, looked at, given up."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from api import actors, present, sight
from api.contract import orders, reads
from api.cursors import read_cursor, write_cursor
from api.desk import Done, carry_out, sealed_row, tag
from api.notes import Notes
from api.parser import Nouns
from api.parts import parts
from api.schemas.history import HistorySchema
from api.schemas.orders import AgentSchema, ProjectFilingSchema, ReasonSchema, UnitAddingSchema
from api.schemas.progress import ProgressSchema
from api.schemas.projects import HistoryQuerySchema, ProjectPageSchema, ProjectQuerySchema
from engine.store import queries
from workflows import commands as c
from workflows.progress import progress

nouns = Nouns("projects", __name__, description="Projects: filing, progress, history, end")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"
