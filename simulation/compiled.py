"""How the loops of the simulation are compiled: once for each machine, without the global lock.

The machine code is kept beside the source. numba asks only whether the file of a function itself
has changed, not those of the functions that it calls; so all is thrown away when any file did.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

_F = TypeVar("_F", bound="Callable[..., Any]")
_HERE = Path(__file__).resolve().parent
# What compiled functions are made of beside their own file.
_SOURCES = (
    "_forecast*.py",
    "_kernel*.py",
    "_rows.py",
    "_words.py",
    "draws.py",
    "history.py",
    "kernel.py",
    "quantiles.py",
    "survival.py",
    "tables.py",
)


def compiled(function: _F) -> _F:
    """Return *function* compiled at its first call.

    Whole numbers wrap and divide as the machine's do: nothing compiled here divides by zero.
    """
    return cast("_F", njit(cache=True, nogil=True, error_model="numpy")(function))


def inner(function: _F) -> _F:
    """Return a function compiled as a part of others: it makes no arrays and keeps none."""
    return _part(function)


def inlined(function: _F) -> _F:
    """Return a function compiled into those that call it: it is small, or called at one place.

    The compiler does not know by itself that nobody else calls it.
    """
    return _part(function, forceinline=True)


def _part(function: _F, **more: bool) -> _F:
    # Nobody counts references; that is no part of the signature that numba shows.
    options: dict[str, Any] = {"_nrt": False, **more}
    return cast("_F", njit(cache=True, nogil=True, error_model="numpy", **options)(function))


def _forget_stale(folder: Path) -> None:
    """Remove the kept machine code if the sources are not those that it was made from."""
    files = sorted({file for pattern in _SOURCES for file in folder.glob(pattern)})
    now = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    stamp = folder / "__pycache__" / "compiled.sha256"
    try:
        if stamp.exists() and stamp.read_text(encoding="ascii") == now:
            return
        for index in stamp.parent.glob("*.nbi"):
            index.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(now, encoding="ascii")
    except OSError:  # a folder that cannot be written holds no machine code either
        return


_forget_stale(_HERE)
