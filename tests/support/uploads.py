"""Files handed in as materials over HTTP, and what the store keeps of them."""

from __future__ import annotations

import io
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

PROJECT = f"/projects/{CODE}"
KEYS = count(1)


def send(
    office: LiveOffice,
    content: bytes,
    name: str = "地形图.pdf",
    who: str = "owner-a",
    key: str | None = None,
    **fields: str,
) -> TestResponse:
    """Hand a file in as material M005, unless *fields* say otherwise."""
    data: dict[str, Any] = {"material": "M005", **fields, "file": (io.BytesIO(content), name)}
    headers = {"X-Abreast-Persona": who, "Idempotency-Key": key or f"up-{next(KEYS)}"}
    return office.client.post(f"/api/v1{PROJECT}/materials", data=data, headers=headers)


def stored(folder: Path) -> list[Path]:
    """Return every file of the store, half-written ones too."""
    return [each for each in (folder / "files").rglob("*") if each.is_file()]
