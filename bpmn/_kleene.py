"""How conditions are answered: closures over a tree, in Kleene's three values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

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
)

Answer = bool | None
Test = Callable[[Mapping[str, Value | None]], Answer]


def compiled(expression: Expression) -> Test:
    """Compile *expression* once to closures; a name that is missing or None is unknown.

    The test raises ConditionError for a value of a type that the expression cannot use.
    """
    match expression:
        case Literal(value):
            return lambda _: bool(value)
        case Name(name):
            return lambda values: _truth(name, values.get(name))
        case Compare(left, sign, right):
            return _comparison(left, sign, right)
        case Member(operand, literals, negated):
            return _membership(operand, literals, negated=negated)
        case Not(part):
            inner = compiled(part)
            return lambda values: None if (answer := inner(values)) is None else not answer
        case And(parts):
            return _kleene(tuple(map(compiled, parts)), decisive=False)
        case Or(parts):
            return _kleene(tuple(map(compiled, parts)), decisive=True)
        case _:
            assert_never(expression)


def _kleene(tests: tuple[Test, ...], *, decisive: bool) -> Test:
    def answer(values: Mapping[str, Value | None]) -> Answer:
        unknown = False
        for test in tests:
            found = test(values)
            if found is decisive:
                return decisive
            unknown = unknown or found is None
        return None if unknown else not decisive

    return answer


def _comparison(left: Name | Literal, sign: str, right: Name | Literal) -> Test:
    first, second = _operand(left), _operand(right)

    def answer(values: Mapping[str, Value | None]) -> Answer:
        one, other = first(values), second(values)
        return None if one is None or other is None else _compared(one, sign, other)

    return answer


def _membership(operand: Name | Literal, literals: tuple[Literal, ...], *, negated: bool) -> Test:
    asked = _operand(operand)
    listed = frozenset(_kind(literal.value) for literal in literals)

    def answer(values: Mapping[str, Value | None]) -> Answer:
        value = asked(values)
        return None if value is None else (_kind(value) in listed) is not negated

    return answer


def _operand(operand: Name | Literal) -> Callable[[Mapping[str, Value | None]], Value | None]:
    if isinstance(operand, Literal):
        constant = operand.value
        return lambda _: constant
    name = operand.name
    return lambda values: values.get(name)


def _compared(left: Value, sign: str, right: Value) -> bool:
    match sign:
        case "==":
            return _kind(left) == _kind(right)
        case "!=":
            return _kind(left) != _kind(right)
        case _:
            return _ordered(_number(left, sign), sign, _number(right, sign))


def _ordered(left: int, sign: str, right: int) -> bool:
    if sign.startswith("<"):
        return left < right or (sign == "<=" and left == right)
    return left > right or (sign == ">=" and left == right)


def _kind(value: Value) -> tuple[bool, Value]:
    """Tell truth values from numbers, which Python takes for equal; enumerations stay equal."""
    return isinstance(value, bool), value


def _number(value: Value, sign: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConditionError(sign, str(value), "wrong_type")
    return value


def _truth(name: str, value: Value | None) -> Answer:
    if value is None or isinstance(value, bool):
        return value
    raise ConditionError(name, str(value), "wrong_type")
