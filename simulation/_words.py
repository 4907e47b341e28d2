"""Arrays of words as the compiled loops hold them: an address each, and nothing else.

An array of numba is seven words that every function hands on, and each reading of it first asks
whether the place is counted from the end. An address is one word. Whoever takes one keeps the array
alive meanwhile, and asks for no place outside it.
"""
# ruff: noqa: ANN401 - the compiler's own objects have no types

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Protocol, cast

from numba import extending
from numba.core import types as _types
from numba.core.typing import templates as _templates

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class _Turn(Protocol):
    def __call__(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return where the words of *array* stand."""


extend: Any = extending
types: Any = _types
templates: Any = _templates


class Words(types.Type):  # type: ignore[misc]
    """The type of an address; what is read is always int64, whatever the array holds.

    Attributes:
        fixed: Nobody writes there during a run, so a word once read need not be read again.
    """

    def __init__(self, dtype: Any, *, fixed: bool) -> None:
        """Stand for words of *dtype*."""
        self.dtype, self.fixed = dtype, fixed
        super().__init__(name=f"Words({dtype}, fixed={fixed})")


extend.register_model(Words)(extend.models.PointerModel)


def _address(array: Any, *, fixed: bool) -> tuple[Any, Any]:
    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.make_array(sig.args[0])(context, builder, args[0]).data

    return Words(array.dtype, fixed=fixed)(array), lowered


def _words_of(_: Any, array: Any) -> tuple[Any, Any]:
    return _address(array, fixed=False)


def _fixed_words_of(_: Any, array: Any) -> tuple[Any, Any]:
    return _address(array, fixed=True)


class _Reading(templates.AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, _: Any) -> Any:
        words = args[0]
        known = isinstance(words, Words)
        return templates.signature(types.int64, words, types.intp) if known else None


class _Writing(templates.AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, _: Any) -> Any:
        words = args[0]
        if not isinstance(words, Words) or words.fixed:
            return None
        return templates.signature(types.none, words, types.intp, types.int64)


def _read(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    words, place = args
    found = builder.load(builder.gep(words, [place]))
    if sig.args[0].fixed:
        found.set_metadata("invariant.load", builder.module.add_metadata([]))
    return context.cast(builder, found, sig.args[0].dtype, sig.return_type)


def _write(context: Any, builder: Any, sig: Any, args: Any) -> None:
    words, place, value = args
    narrow = context.cast(builder, value, sig.args[2], sig.args[0].dtype)
    builder.store(narrow, builder.gep(words, [place]))


def _first_bit(_: Any, __: Any) -> tuple[Any, Any]:
    def lowered(context: Any, builder: Any, _: Any, args: Any) -> Any:
        never_zero = context.get_constant(types.boolean, 1)
        return builder.cttz(args[0], never_zero)

    return types.int64(types.int64), lowered


templates.infer_global(operator.getitem)(_Reading)
templates.infer_global(operator.setitem)(_Writing)
extend.lower_builtin(operator.getitem, Words, types.Integer)(_read)
extend.lower_builtin(operator.setitem, Words, types.Integer, types.Integer)(_write)
# Where the words of an array stand, for the compiled loops; those of the second nobody writes.
words_of = cast("_Turn", extend.intrinsic(_words_of))
fixed_words_of = cast("_Turn", extend.intrinsic(_fixed_words_of))
# The place of the lowest bit of a word that has one.
first_bit = cast("Callable[[int], int]", extend.intrinsic(_first_bit))
