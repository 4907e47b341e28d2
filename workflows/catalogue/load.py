"""From YAML text to a Catalogue: unreadable, misshapen and doubled entries are refused by name."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import yaml

from workflows.catalogue.findings import CatalogueError, Finding
from workflows.catalogue.schema import ShapeError, parts_of
from workflows.catalogue.values import Catalogue, Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_FILE = 4 * 1024 * 1024
DEEPEST = 12
_CODES = {
    "Unknown field": "catalogue.field.unknown",
    "Missing data": "catalogue.field.missing",
    "Field may not be null": "catalogue.field.empty",
    "Not a valid": "catalogue.field.wrong_type",
    "Invalid": "catalogue.field.wrong_type",
    "Must be one of": "catalogue.field.not_listed",
    "Must be": "catalogue.field.out_of_range",
    "String does not match": "catalogue.field.wrong_form",
}
_CODED = (
    "departments",
    "flows",
    "stages",
    "facts",
    "documents",
    "materials",
    "procedures",
    "items",
)


def load(text: str) -> Catalogue:
    """Load a catalogue file; what it says is judged by `check`, here only its form.

    Raises:
        CatalogueError: With a finding for each fault of form.
    """
    tree = _tree(text)
    try:
        parts = parts_of(tree)
    except ShapeError as error:
        raise CatalogueError(tuple(_misshapen(error.messages, tree))) from error
    doubled = tuple(_doubled(parts))
    if doubled:
        raise CatalogueError(doubled)
    return _catalogue(parts, _hash(tree))


def _tree(text: str) -> Any:  # noqa: ANN401 - whatever the YAML holds; the schema says what it is
    if len(text) > LONGEST_FILE:
        raise CatalogueError([Finding(code="catalogue.too_long", params={"limit": LONGEST_FILE})])
    try:
        _check_events(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        raise CatalogueError([_unreadable(error)]) from error


def _check_events(text: str) -> None:
    """Refuse what may grow beyond its text or nest without end, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            reason = "alias" if isinstance(event, yaml.AliasEvent) else "too deep"
            raise _RefusedError(reason, 0 if event.start_mark is None else event.start_mark.line)


def _unreadable(error: Exception) -> Finding:
    match error:
        case _RefusedError(problem=str(problem), line=int(line)):
            pass
        case yaml.MarkedYAMLError(problem=str(problem), problem_mark=mark) if mark is not None:
            line = mark.line
        case _:
            problem, line = type(error).__name__, 0
    return Finding(code="catalogue.unreadable", params={"line": line + 1, "problem": problem})


class _RefusedError(yaml.YAMLError):
    """Well-formed YAML that we refuse, with the line (from 0) where it stands."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem, self.line = problem, line


class _Loader(yaml.CSafeLoader):
    """The safe loader, which would otherwise let the second of two equal keys win silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        names = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        doubled = [name for name, times in names.items() if times > 1]
        if doubled:
            raise _RefusedError(f"doubled key {doubled[0]}", node.start_mark.line)
        return super().construct_mapping(node, deep=deep)


def _misshapen(messages: Any, tree: Any) -> Iterator[Finding]:  # noqa: ANN401 - nested by field
    for path, message in _leaves(messages, ()):
        item, rest = _entry(path, tree)
        code, reason = _coded(message)
        yield Finding(code=code, item=item, field=_dotted(rest), params={"reason": reason})


def _coded(message: str) -> tuple[str, str]:
    """Return (code, reason): our schema says its own code before a bar, marshmallow says words."""
    if message.startswith("catalogue."):
        code, _, reason = message.partition("|")
        return code, reason
    codes = (code for start, code in _CODES.items() if message.startswith(start))
    return next(codes, "catalogue.field.wrong"), message


def _leaves(messages: Any, path: tuple[str | int, ...]) -> Iterator[tuple[Any, str]]:  # noqa: ANN401
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _leaves(below, path if key == "_schema" else (*path, key))
    elif isinstance(messages, list):
        for message in messages:
            yield from _leaves(message, path)
    else:
        yield path, str(messages)


def _entry(path: tuple[str | int, ...], tree: Any) -> tuple[str | None, tuple[str | int, ...]]:  # noqa: ANN401
    """Return the code of the entry that *path* leads into, and the rest of the path."""
    match path:
        case (str(part), int(number), *rest) if part in _CODED:
            entry = tree[part][number]
            code = entry.get("code") if isinstance(entry, dict) else None
            if isinstance(code, str | int):
                return str(code), tuple(rest)
    return None, path


def _dotted(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _doubled(parts: Mapping[str, Any]) -> Iterator[Finding]:
    for part in _CODED:
        codes = Counter(entry.code for entry in parts[part])
        for code, times in codes.items():
            if times > 1:
                yield Finding(
                    code="catalogue.code.doubled",
                    item=str(code),
                    field=part,
                    params={"times": times},
                )


def _catalogue(parts: Mapping[str, Any], content: str) -> Catalogue:
    meta = parts["meta"]
    coded = {part: {entry.code: entry for entry in parts[part]} for part in _CODED}
    return Catalogue(
        hash=content,
        title=Name(meta["title"], meta["title_en"]),
        note=meta["note"],
        vocabulary=parts["vocabulary"],
        contradictions=tuple(parts["contradictions"]),
        sources=parts["sources"],
        **coded,
    )


def _hash(tree: object) -> str:
    """Hash the content; key order and layout of the file do not matter, order of lists does."""
    canonical = json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
