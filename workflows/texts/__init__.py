"""Every sentence a person reads, by code, in Chinese and English; templates name parameters."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCALES = ("zh-CN", "en")
_KEYS = {"zh-CN": "zh", "en": "en"}


def text(code: str, locale: str = "zh-CN", **params: object) -> str:
    """Return the sentence of *code* in *locale* with its parameters filled in.

    Raises:
        KeyError: If there is no such code, or the template names a parameter that is not given.
    """
    template = texts()[code][_KEYS.get(locale, "zh")]
    return template.format_map({name: _said(value, locale) for name, value in params.items()})


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
                    raise ValueError(f"text {code} is given twice")  # noqa: EM102, TRY003
                found[code] = entry
    return found


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, Mapping[str, str]]]:
    """Flatten nested tables: [pair.illegal] and ["pair.illegal"] are one code."""
    rows: list[tuple[str, Mapping[str, str]]] = []
    for key, value in table.items():
        if not isinstance(value, dict):
            raise ValueError(f"text {prefix}{key} is no table")  # noqa: EM102, TRY003, TRY004
        if set(value) <= {"zh", "en"}:
            rows.append((f"{prefix}{key}", value))
        else:
            rows.extend(_flat(value, f"{prefix}{key}."))
    return rows


def _said(value: object, locale: str) -> str:
    """Join lists the way the language does; everything else is said as it is."""
    if isinstance(value, list | tuple):
        separator = "、" if locale == "zh-CN" else ", "
        return separator.join(_said(each, locale) for each in value)
    if isinstance(value, dict):
        return str(value.get("zh" if locale == "zh-CN" else "en", value))
    return str(value)
