"""The web application on top of the parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api import Application
    from wire.parts import Parts


def web(parts: Parts) -> Application:
    """Return the web application on top of *parts*."""
    from api import create_app  # noqa: PLC0415 - Flask takes a while, most commands need none

    return create_app(parts)


def end_streams(application: Application) -> None:
    """Have the live pages of an application end: its process is about to."""
    from api.live import doors  # noqa: PLC0415 - as above

    doors(application).closing.set()
