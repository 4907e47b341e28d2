"""The grammar of conditions: text to a small tree of values, and back. No Python is ever run."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from bpmn.errors import BpmnError

Value = bool | int | str

LONGEST_TEXT = 1000
LONGEST_LIST = 64
DEEPEST = 16

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z][A-Za-z0-9_]{0,63})(?![A-Za-z0-9_])"
    r"|(?P<int>[0-9]{1,9})(?![A-Za-z0-9_.])"
    r"|(?P<string>'[^'\\\n]{0,64}')"
    r"|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,))"
)
_SIGNS = ("==", "!=", "<", "<=", ">", ">=")
_CONSTANTS = {"true": True, "True": True, "false": False, "False": False}


class ConditionError(BpmnError):
    """A condition that is not in the language, or was given a value of the wrong type.

    Attributes:
        text: The whole condition, cut to 200 characters.
        part: The part that is wrong.
        reason: A word for why: "unexpected", "too_long", "too_deep", "list_too_long",
            "unknown_name", "not_a_truth_value", "not_a_literal" or "wrong_type".
    """

    code = "condition.invalid"

    def __init__(self, text: str, part: str, reason: str) -> None:
        """Keep the three parts; long texts are cut, for they may be hostile."""
        self.text, self.part, self.reason = text[:200], part[:80], reason
        super().__init__(text=self.text, part=self.part, reason=reason)

    def __reduce__(self) -> tuple[type[ConditionError], tuple[str, str, str]]:
        """Let the error cross a process border."""
        return type(self), (self.text, self.part, self.reason)


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, `flow`, `outcome` ...; alone it stands for a truth value."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text or a truth value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Compare:
    """`left sign right`, sign one of == != < <= > >=."""

    left: Name | Literal
    sign: str
    right: Name | Literal


@dataclass(frozen=True, slots=True)
class Member:
    """`operand in [literals]`, or `not in` when *negated*."""

    operand: Name | Literal
    literals: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """`not part`."""

    part: Expression


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more parts."""

    parts: tuple[Expression, ...]


Expression = Name | Literal | Compare | Member | Not | And | Or


def read(text: str) -> Expression:
    """Read *text* whole.

    Raises:
        ConditionError: If it is too long, too deep or not in the language.
    """
    if len(text) > LONGEST_TEXT:
        raise ConditionError(text, f"{len(text)}", "too_long")
    return _Reader(text).whole()


def render(expression: Expression) -> str:
    """Write *expression* so that `read` gives it back.

    >>> render(read("not(a or b)and c in[1,2]"))
    'not (a or b) and c in [1, 2]'
    """
    match expression:
        case Name(name):
            return name
        case Literal(value):
            return _literal_text(value)
        case Compare(left, sign, right):
            return f"{render(left)} {sign} {render(right)}"
        case Member(operand, literals, negated):
            word = "not in" if negated else "in"
            return f"{render(operand)} {word} [{', '.join(map(render, literals))}]"
        case Not(part):
            return f"not {_bracketed(part, And, Or)}"
        case And(parts):
            return " and ".join(_bracketed(part, And, Or) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part, Or) for part in parts)


def _bracketed(part: Expression, *kinds: type) -> str:
    text = render(part)
    return f"({text})" if isinstance(part, kinds) else text


def _literal_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else str(value)


class _Reader:
    """One pass of recursive descent; brackets and `not` count towards the depth."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0

    def whole(self) -> Expression:
        expression = self.alternatives(0)
        if self.at < len(self.tokens):
            raise self.wrong("unexpected")
        return expression

    def alternatives(self, depth: int) -> Expression:
        parts = [self.conjunction(depth)]
        while self.takes("or"):
            parts.append(self.conjunction(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self, depth: int) -> Expression:
        parts = [self.negation(depth)]
        while self.takes("and"):
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise self.wrong("too_deep")
        if self.takes("not"):
            return Not(self.negation(depth + 1))
        if self.takes("("):
            inner = self.alternatives(depth + 1)
            self.must_take(")")
            return inner
        return self.comparison()

    def comparison(self) -> Expression:
        start, left = self.at, self.operand()
        if self.peek() in _SIGNS:
            sign = self.next()
            return Compare(left, sign, self.operand())
        if self.takes("in"):
            return Member(left, self.literals(), negated=False)
        if self.takes("not"):
            self.must_take("in")
            return Member(left, self.literals(), negated=True)
        if isinstance(left, Literal) and not isinstance(left.value, bool):
            raise ConditionError(self.text, self.tokens[start], "not_a_truth_value")
        return left

    def operand(self) -> Name | Literal:
        token = self.peek()
        if token in _CONSTANTS or token[:1] == "'" or token[:1].isdigit():
            return self.literal()
        if not token[:1].isalpha() or keyword.iskeyword(token):
            raise self.wrong("unexpected")
        return Name(self.next())

    def literal(self) -> Literal:
        token = self.peek()
        if token in _CONSTANTS:
            return Literal(_CONSTANTS[self.next()])
        if token[:1] == "'":
            return Literal(self.next()[1:-1])
        if token[:1].isdigit():
            return Literal(int(self.next()))
        raise self.wrong("unexpected")

    def literals(self) -> tuple[Literal, ...]:
        self.must_take("[")
        found = [self.literal()]
        while self.takes(","):
            found.append(self.literal())
        self.must_take("]")
        if len(found) > LONGEST_LIST:
            raise ConditionError(self.text, f"{len(found)}", "list_too_long")
        return tuple(found)

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def takes(self, token: str) -> bool:
        found = self.peek() == token
        self.at += found
        return found

    def must_take(self, token: str) -> None:
        if not self.takes(token):
            raise self.wrong("unexpected")

    def wrong(self, reason: str) -> ConditionError:
        return ConditionError(self.text, self.peek() or "end of text", reason)


def _tokens(text: str) -> tuple[str, ...]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at, end)
        if match is None:
            raise ConditionError(text, text[at:end].strip(), "unexpected")
        found.append(match.group().strip())
        at = match.end()
    return tuple(found)
