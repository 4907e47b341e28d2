"""How the loops of this package are compiled: once for each machine, without the global lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_F = TypeVar("_F", bound="Callable[..., Any]")


def compiled(function: _F) -> _F:
    """Return *function* compiled at its first call; the machine code is kept beside the source."""
    return cast("_F", njit(cache=True, nogil=True)(function))
