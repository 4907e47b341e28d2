"""Headers of the contract, as the document describes them: what is sent, what is answered."""

from __future__ import annotations

from api.desk import TAG_PATTERN

KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "Chosen by the client, one for each intent, 1-200 visible ASCII characters. The "
    "same key with the same request gives the same answer and does nothing again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7E]+$"},
    "example": "7c1f0d9e-5a3b-4e6f-9a51-2f0d6f2f7b11",
}
MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "Do it only while this is the number of the last event of what is changed: of "
    "the project, the catalogue or the calendar.",
    "schema": {"type": "string", "pattern": TAG_PATTERN},
    "example": '"17"',
}
MUST_MATCH = {**MATCH, "required": True}
NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "Entity tag of the answer that the client has; if it is still that one: 304.",
    "schema": {"type": "string"},
    "example": '"17-0f3a5c7e9b1d2f46"',
}
LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "description": "Language of problem texts: zh-CN (default) or en.",
    "schema": {"type": "string"},
    "example": "zh-CN",
}
TAG = {
    "ETag": {
        "description": "Number of the last event of what it is about, quoted; of what is read, "
        "with a digest of the answer behind it. If-Match takes either",
        "schema": {"type": "string"},
    }
}
ANSWER_TAG = {
    "ETag": {
        "description": "Digest of the answer, quoted; If-None-Match takes it",
        "schema": {"type": "string"},
    }
}
