"""Conditions: when an item applies, which way a gateway goes. Three-valued and never code.

The language: names, whole numbers, 'texts', true, false, lists of literals, `== != < <= > >=`,
`in`, `not in`, `and`, `or`, `not` and brackets. No calls, no attributes, no arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from bpmn._expressions import (
    And,
    Compare,
    ConditionError,
    Expression,
    Literal,
    Member,
    Name,
    Not,
    Or,
    Value,
    read,
    render,
)
from bpmn._kleene import Answer, Test, compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

__all__ = ["Condition", "ConditionError", "Use", "Value", "all_of", "disjoint", "parse"]

_MOST_LITERALS = 2


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name in a condition, for checking it against the type of the fact.

    Attributes:
        sign: "" for a name that stands alone, else one of == != < <= > >= in.
        literals: What it is compared with; empty when alone or compared with another name.
    """

    name: str
    sign: str
    literals: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One parsed condition; equal, hashed and pickled by its text.

    Make it with `parse`. Called with values it answers True, False, or None for unknown: a name
    that is missing or None is unknown, and so is a comparison with it; `and`, `or` and `not`
    follow Kleene, so that a known part may decide.

    >>> soil = parse("eia == 'report' and not area_assessed")
    >>> soil({"eia": "report"}), soil({"eia": "form"})
    (None, False)
    """

    text: str
    names: frozenset[str] = field(compare=False)
    expression: Expression = field(compare=False, repr=False)
    _test: Test = field(compare=False, repr=False)

    def __call__(self, values: Mapping[str, Value | None]) -> Answer:
        """Answer for *values*.

        Raises:
            ConditionError: If a value has a type that the condition cannot use; texts have no
                order and only a truth value may stand alone.
        """
        return self._test(values)

    def bind(self, **values: Value) -> Condition:
        """Return the condition with *values* filled in; names it does not use are ignored.

        >>> parse("inspection and outcome == 'accepted'").bind(inspection=True).text
        "outcome == 'accepted'"

        Raises:
            ConditionError: If a value cannot be written in the language.
        """
        bound = _bound(self.expression, values)
        condition = parse(render(bound))
        if condition.expression != bound:
            raise ConditionError(condition.text, ", ".join(values), "not_a_literal")
        return condition

    def open_names(self, values: Mapping[str, Value | None]) -> frozenset[str]:
        """Return the names whose values can still matter once *values* are filled in.

        >>> sorted(parse("flow == 1 and a or b").open_names({"flow": 2}))
        ['b']
        """
        known = {name: value for name, value in values.items() if value is not None}
        return frozenset(use.name for use in _uses(_bound(self.expression, known)))

    def uses(self) -> tuple[Use, ...]:
        """Return every use of a name, in the order of the text."""
        return tuple(_uses(self.expression))

    def __reduce__(self) -> tuple[Callable[[str], Condition], tuple[str]]:
        """Pickle the text alone; the closures are made again."""
        return parse, (self.text,)


def parse(text: str, names: Collection[str] | None = None) -> Condition:
    """Parse *text*, which may only use *names* (None = any name).

    >>> parse("flow in [1, 2] and land_supply == 'granted'").names == {"flow", "land_supply"}
    True
    >>> parse("open('x')")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    bpmn._expressions.ConditionError: condition.invalid: text="open('x')", part='(', ...

    Raises:
        ConditionError: Naming the part that is not in the language, or the unknown name.
    """
    condition = _condition(read(text), text.strip())
    unknown = () if names is None else sorted(condition.names.difference(names))
    if unknown:
        raise ConditionError(text, ", ".join(unknown), "unknown_name")
    return condition


def all_of(*conditions: Condition) -> Condition:
    """Return the condition that holds when all of one or more *conditions* hold.

    >>> all_of(parse("flow in [1, 2]"), parse("a or b")).text
    'flow in [1, 2] and (a or b)'
    """
    parts = tuple(part for each in conditions for part in _conjuncts(each.expression))
    return parse(render(parts[0] if len(parts) == 1 else And(parts)))


def _conjuncts(expression: Expression) -> tuple[Expression, ...]:
    return expression.parts if isinstance(expression, And) else (expression,)


def disjoint(conditions: Iterable[Condition]) -> bool:
    """Return whether it is certain that at most one of *conditions* can hold.

    Certain are only: fewer than two conditions, and tests of one name against different
    literals; a name alone counts as `name == true`, `not name` as `name == false`.

    >>> disjoint([parse("outcome == 'granted'"), parse("outcome == 'refused'")])
    True
    >>> disjoint([parse("outcome == 'granted'"), parse("inspection")])
    False
    """
    tests = [_as_equality(condition.expression) for condition in conditions]
    if len(tests) < _MOST_LITERALS:
        return True
    known = [test for test in tests if test is not None]
    one_name = len({name for name, _ in known}) == 1
    return len(known) == len(tests) and one_name and len(_typed(known)) == len(tests)


def _typed(tests: Iterable[tuple[str, Value]]) -> set[tuple[bool, Value]]:
    return {(isinstance(value, bool), value) for _, value in tests}


def _as_equality(expression: Expression) -> tuple[str, Value] | None:
    match expression:
        case Compare(Name(name), "==", Literal(value)) | Compare(Literal(value), "==", Name(name)):
            return name, value
        case Name(name):
            return name, True
        case Not(Name(name)):
            return name, False
        case _:
            return None


def _condition(expression: Expression, text: str) -> Condition:
    return Condition(
        text=text,
        names=frozenset(use.name for use in _uses(expression)),
        expression=expression,
        _test=compiled(expression),
    )


def _uses(expression: Expression) -> Iterator[Use]:
    match expression:
        case Name(name):
            yield Use(name, "", ())
        case Compare(Name(left), sign, Name(right)):
            yield from (Use(left, sign, ()), Use(right, sign, ()))
        case Compare(Name(name), sign, Literal(value)) | Compare(Literal(value), sign, Name(name)):
            yield Use(name, sign, (value,))
        case Member(Name(name), literals, _):
            yield Use(name, "in", tuple(literal.value for literal in literals))
        case Literal() | Compare() | Member():
            return
        case Not(part):
            yield from _uses(part)
        case And(parts) | Or(parts):
            yield from (use for part in parts for use in _uses(part))
        case _:
            assert_never(expression)


def _bound(expression: Expression, values: Mapping[str, Value]) -> Expression:
    match expression:
        case Name(name):
            return _truth_put(name, values)
        case Literal():
            return expression
        case Compare(left, sign, right):
            return _folded(Compare(_put(left, values), sign, _put(right, values)))
        case Member(operand, literals, negated):
            return _folded(Member(_put(operand, values), literals, negated))
        case Not(part):
            return _folded(Not(_bound(part, values)))
        case And(parts):
            return _joined([_bound(part, values) for part in parts], decisive=False)
        case Or(parts):
            return _joined([_bound(part, values) for part in parts], decisive=True)
        case _:
            assert_never(expression)


def _put(operand: Name | Literal, values: Mapping[str, Value]) -> Name | Literal:
    bound = isinstance(operand, Name) and operand.name in values
    return Literal(values[operand.name]) if bound and isinstance(operand, Name) else operand


def _truth_put(name: str, values: Mapping[str, Value]) -> Name | Literal:
    put = _put(Name(name), values)
    if isinstance(put, Literal) and not isinstance(put.value, bool):
        raise ConditionError(name, str(put.value), "wrong_type")
    return put


def _folded(expression: Expression) -> Expression:
    """Work out a part that holds no name any more."""
    if any(True for _ in _uses(expression)):
        return expression
    return Literal(compiled(expression)({}) is True)


def _joined(parts: list[Expression], *, decisive: bool) -> Expression:
    known = [part.value for part in parts if isinstance(part, Literal)]
    open_parts = tuple(part for part in parts if not isinstance(part, Literal))
    if decisive in known or not open_parts:
        return Literal(decisive if decisive in known else not decisive)
    if len(open_parts) == 1:
        return open_parts[0]
    return Or(open_parts) if decisive else And(open_parts)
