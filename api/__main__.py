"""`python -m api FILE` writes the OpenAPI document to a file: docs/openapi.json is kept by it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from api import document


def written() -> str:
    """Return the document as it is kept: sorted, so that a difference is a change."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(written(), encoding="utf-8")
