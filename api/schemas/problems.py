"""Errors as they go out (RFC 9457)."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.base import Strict, many, said, whole


class FaultSchema(Strict):
    """One thing that is wrong with the request."""

    pointer = said("JSON pointer (RFC 6901) to the member of the body, or /name of a query member")
    code = said("Stable code of the fault")
    detail = said("What is wrong, in the language of the answer")
    params = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "What the text names"}
    )


class ProblemSchema(Strict):
    """Problem details."""

    type = said("Stable address of the kind of problem, /problems/CODE")
    title = said("Class of the problem, by its HTTP status")
    status = whole("HTTP status", least=400, most=599)
    code = said("Stable code; programs decide by this")
    detail = said("What happened, for people, in the language of the answer")
    params = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "What the text names"}
    )
    errors = many(FaultSchema, "Faults of single members; empty if the problem is not about them")
