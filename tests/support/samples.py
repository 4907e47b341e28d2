"""A fixed sample of each event body, made from its class alone, and the golden files of them.

`python -m tests.support.samples` writes the files that are not there; it never changes one.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from workflows import codec

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "events"


def sample(kind: str, version: int) -> codec.AnyBody:
    """Return the sample of an event kind: every field filled."""
    body: codec.AnyBody = _sample(codec.class_of(kind, version), kind)
    return body


def golden(kind: str, version: int) -> Path:
    """Return the golden file of a kind and version."""
    return GOLDEN / f"{kind}.{version}.json"


def _sample(hint: Any, name: str) -> Any:
    parts = [part for part in get_args(hint) if part not in (NoneType, ...)]
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _sample(parts[0], name)
    if origin is tuple:
        width = 2 if get_args(hint)[1:] == (...,) else 1
        return tuple(_sample(part, f"{name}{n}") for part in parts for n in range(width))
    if origin is dict:
        return {f"{name}_key": _sample(parts[1], name)}
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        made = {field.name: _sample(hints[field.name], field.name) for field in fields(hint)}
        return hint(**made)  # type: ignore[operator]
    if issubclass(hint, StrEnum):
        return next(iter(hint))
    return _plain(hint, name)


def _plain(hint: type, name: str) -> object:
    number = sum(map(ord, name)) % 89 + 1
    samples: dict[type, object] = {
        bool: True,
        int: number,
        float: number + 0.5,
        str: f"{name} 例",
        datetime: datetime(2026, 3, 2, 1, 2, 3, 456_000, tzinfo=UTC),
        date: date(2026, 3, 2),
    }
    return samples[hint]


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for kind, version in codec.kinds():
        file = golden(kind, version)
        if not file.exists():
            file.write_bytes(codec.encode(sample(kind, version)) + b"\n")
