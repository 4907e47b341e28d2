"""Which language an answer speaks: Chinese, unless the client prefers English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug.datastructures import LanguageAccept

ZH = "zh-CN"
EN = "en"


def preferred(accepted: LanguageAccept) -> str:
    """Return "zh-CN" or "en" by the weights of an Accept-Language header; Chinese when equal."""
    zh, en = 0.0, 0.0
    for tag, weight in accepted:
        match tag.partition("-")[0].lower():
            case "zh":
                zh = max(zh, weight)
            case "en":
                en = max(en, weight)
            case _:
                pass
    return EN if en > zh else ZH
