"""A file on its way in: multipart read as a stream, never held in memory, cut off at the limit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from api import strict
from api.problems import RequestError
from api.strict import BadJsonError
from engine.errors import FileTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.sansio.multipart import Event

    from engine.files import Files, Kept

MULTIPART = "multipart/form-data"
_CHUNK = 64 * 1024
_ENVELOPE = 16 * 1024  # headers, boundaries and small fields beside the file
_MOST_PARTS = 8
_LONGEST_FIELD = 200
LONGEST_NAME = 255
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,200}", re.ASCII)
_FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What came: the stored file, its name as data, and the other fields as texts."""

    kept: Kept
    name: str
    fields: dict[str, str]


def received(files: Files, known: frozenset[str], longest: int = _LONGEST_FIELD) -> Upload:
    """Store the file of this request.

    Args:
        known: Names of the fields that may come beside the file.
        longest: Most bytes of each of them.

    Raises:
        RequestError: If the body is no such form; it names the part that is wrong.
        Refusal: If the file is too large or not what its name says.
    """
    request.max_content_length = files.limit + _ENVELOPE
    length = request.content_length
    if length is not None and length > files.limit + _ENVELOPE:
        raise FileTooLargeError(limit=files.limit)
    try:
        return _received(files, known, longest)
    except RequestEntityTooLarge as error:
        raise FileTooLargeError(limit=files.limit) from error
    except ValueError as error:
        raise RequestError(400, "api.multipart.malformed") from error


def _received(files: Files, known: frozenset[str], longest: int) -> Upload:
    fields: dict[str, str] = {}
    kept: Kept | None = None
    name = ""
    events = _events()
    for event in events:
        match event:
            case File(name=part, filename=filename) if part == _FILE and kept is None:
                name = _plain(filename)
                kept = files.keep(name, _data(events))
            case Field(name=part) if part in known and part not in fields:
                fields[part] = _text(part, events, longest)
            case File(name=part) | Field(name=part):
                raise _wrong(part)
            case _:
                pass
    if kept is None:
        raise _wrong(_FILE)
    return Upload(kept=kept, name=name, fields=fields)


def _events() -> Iterator[Event]:
    """Yield the parts of the body as they come in.

    Raises:
        ValueError: If the body is malformed, or ends before its form does.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != MULTIPART or _BOUNDARY.fullmatch(boundary) is None:
        raise ValueError("not multipart/form-data")
    decoder = MultipartDecoder(
        boundary.encode("ascii"), 4 * _CHUNK + _ENVELOPE, max_parts=_MOST_PARTS
    )
    while True:
        event = decoder.next_event()
        if isinstance(event, NeedData):
            # An empty read is the end: the decoder then raises if a part is open.
            decoder.receive_data(request.stream.read(_CHUNK) or None)
            continue
        yield event
        if isinstance(event, Epilogue):
            return


def _data(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if not isinstance(event, Data):
            raise ValueError("a part within a part")  # noqa: TRY004 - the request is wrong
        if event.data:
            yield event.data
        if not event.more_data:
            return


def _text(part: str, events: Iterator[Event], longest: int) -> str:
    found = b""
    for chunk in _data(events):
        found += chunk
        if len(found) > longest:
            raise _wrong(part)
    try:
        text = found.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _wrong(part) from error
    if not strict.is_clean(text):
        raise BadJsonError("api.json.bad_text")
    return text


def _plain(name: str) -> str:
    r"""Return the last part of a file's name; where it lay at home is nobody's business.

    >>> _plain("C:\\资料\\规划图.pdf"), _plain("../../etc/passwd")
    ('规划图.pdf', 'passwd')
    """
    last = re.split(r"[/\\]", name)[-1].strip()
    if not strict.is_clean(last):
        raise BadJsonError("api.json.bad_text")
    if not last or len(last) > LONGEST_NAME:
        raise _wrong(_FILE)
    return last


def _wrong(part: str | None) -> RequestError:
    shown = part if part is not None and strict.is_clean(part) else "?"
    return RequestError(422, "api.multipart.part", part=shown[:_LONGEST_FIELD])
