"""Every sentence a person reads, by code, in Chinese and English; templates name parameters."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.errors import Refusal

LOCALES = ("zh-CN", "en")
_KEYS = {"zh-CN": "zh", "en": "en"}


def text(code: str, locale: str = "zh-CN", /, **params: object) -> str:
    """Return the sentence of *code* in *locale* with its parameters filled in.

    A parameter whose value has a word of its own, `word.NAME.VALUE`, is said by that word. Code
    and locale are positional, for some errors have a parameter called code.

    >>> text("item.not_wanted", "en", item="S1-08", state="granted")
    'Item S1-08 cannot be filed or changed now: it is granted already'

    Raises:
        KeyError: If there is no such code, or the template names a parameter that is not given.
    """
    template = texts()[code][_KEYS.get(locale, "zh")]
    return template.format_map({name: _said(name, value, locale) for name, value in params.items()})


def refusal_text(refusal: Refusal, locale: str = "zh-CN") -> str:
    """Return what a refusal says; that of an illegal pair names the rule against it.

    Raises:
        KeyError: If the text names a parameter that the refusal does not carry.
    """
    params = dict(refusal.params)
    if refusal.code == "pair.illegal":
        params["why"] = text(f"pair.rule.{params['rule']}", locale, **params)
    return text(refusal.code, locale, **params)


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return every text by dotted code, as {"zh": ..., "en": ...}.

    Raises:
        ValueError: If two files give one code.
    """
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for code, entry in _flat(tomllib.loads(file.read_text(encoding="utf-8"))):
                if code in found:
                    raise ValueError(f"text {code} is given twice")
                found[code] = entry
    return found


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, Mapping[str, str]]]:
    """Flatten nested tables: [pair.illegal] and ["pair.illegal"] are one code."""
    rows: list[tuple[str, Mapping[str, str]]] = []
    for key, value in table.items():
        if not isinstance(value, dict):
            raise ValueError(f"text {prefix}{key} is no table")  # noqa: TRY004 - the file is wrong, not a type
        if set(value) <= {"zh", "en"}:
            rows.append((f"{prefix}{key}", value))
        else:
            rows.extend(_flat(value, f"{prefix}{key}."))
    return rows


def _said(name: str, value: object, locale: str) -> str:
    """Join lists the way the language does, and say words and nested findings in it."""
    if isinstance(value, list | tuple):
        separator = "、" if locale == "zh-CN" else ", "
        return separator.join(_said(name, each, locale) for each in value)
    if isinstance(value, dict):
        return _finding(value, locale)
    word = texts().get(f"word.{name}.{value}")
    return str(value) if word is None else word[_KEYS.get(locale, "zh")]


def _finding(value: Mapping[str, object], locale: str) -> str:
    """Say a value that is itself a text: by its code, or in both languages already."""
    if "code" in value:
        params = {name: each for name, each in value.items() if name != "code"}
        return text(str(value["code"]), locale, **params)
    return str(value.get(_KEYS.get(locale, "zh"), value))
