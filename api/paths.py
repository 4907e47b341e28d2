"""What may stand in an address: codes and small numbers, everything else is no address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.routing import BaseConverter

if TYPE_CHECKING:
    from flask import Flask
    from flask_smorest import Api


class ProjectCode(BaseConverter):
    """A national project code, or something near enough to be told that it is not one."""

    regex = r"[0-9A-Za-z-]{1,40}"


class ItemCode(BaseConverter):
    """A catalogue item, S3-05; or stage_3, the joint application in a task id."""

    regex = r"(?:S[1-5]-[0-9]{2,3}|stage_[1-5])"


class Word(BaseConverter):
    """An id of ours: process, step, pair, person."""

    regex = r"[0-9A-Za-z_.-]{1,64}"


class Number(BaseConverter):
    """A small whole number."""

    regex = r"[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """Read the digits."""
        return int(value)


class SheetFormat(BaseConverter):
    """A format of tables."""

    regex = r"(?:csv|xlsx)"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "sheet": SheetFormat,
    "project": ProjectCode,
    "item": ItemCode,
    "word": Word,
    "number": Number,
}
_EXAMPLES = {"project": "2026-120118-47-03-000001", "item": "S3-05"}


def register(app: Flask) -> None:
    """Teach *app* the converters; before any address is registered."""
    app.url_map.converters.update(CONVERTERS)


def describe(api: Api) -> None:
    """Teach the OpenAPI document what the converters accept."""
    for name, converter in CONVERTERS.items():
        api.register_converter(converter, _schema(name, converter))


def _schema(name: str, converter: type[BaseConverter]) -> object:
    if converter is Number:
        return lambda _: {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    return lambda _: (
        {"type": "string", "pattern": f"^{converter.regex}$"}
        | ({"example": _EXAMPLES[name]} if name in _EXAMPLES else {})
    )
