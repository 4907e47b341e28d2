"""Opens the office that the environment describes, for commands that look or change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from engine.settings import from_environment
from wire import assemble

if TYPE_CHECKING:
    from engine.clock import Clock
    from wire import Parts


def opened(clock: Clock | None = None) -> Parts:
    """Return the office on the database of ABREAST_DATABASE.

    Raises:
        EngineError: If the database cannot be used.
        BadSettingError: If a setting cannot.
    """
    return assemble(from_environment(os.environ), clock)
