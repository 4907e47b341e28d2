"""The condition language: what it answers, what it refuses."""

import pickle
from enum import IntEnum, StrEnum

import pytest

from bpmn.conditions import Condition, ConditionError, Use, Value, disjoint, parse

HOSTILE = [
    "",
    " ",
    "__import__('os').system('true')",
    "open('x')",
    "project.code == 'x'",
    "a[0] == 1",
    "[x for x in [1, 2]] == [1]",
    "lambda: true",
    "(a := 1)",
    "f'{a}' == 'x'",
    "a == 12345678901234567890",
    "a == 9 ** 9 ** 9",
    "'x' * 999999999 == 'y'",
    "a + 1 == 2",
    "a == 0x10",
    "a == 1_000",
    "a == 1.5",
    "a == -1",
    "a == 1e9",
    "a == 1 == 1",
    "a < b < c",
    "a if b else c",
    "a is None",
    "None",
    "a == {}",
    "a; b",
    "a\x00b",
    "a # comment",
    "a == 'it\\'s'",
    'a == "text"',
    "a == 'x' 'y'",
    "a in 'text'",
    "a in []",
    "a in [1, [2]]",
    "a in [b]",
    "a in [1",
    "a and",
    "not",
    "(a",
    "a)",
    "'a' and b",
    "1",
    "_a",
    "a or ,",
    "ａ == 1",
    "await a",
    "a & b",
    "a == 'x\ny'",
    "(" * 40 + "a" + ")" * 40,
    "not " * 40 + "a",
    "a or " * 400 + "a",
    f"{'a' * 70} == 1",
    f"a in [{', '.join(['1'] * 100)}]",
    "9" * 100000,
]


class Outcome(StrEnum):
    GRANTED = "granted"


class Flow(IntEnum):
    LINEAR = 2


class TestParse:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_refuses_what_is_not_in_the_language(self, text: str) -> None:
        with pytest.raises(ConditionError) as refusal:
            parse(text)

        assert refusal.value.code == "condition.invalid"
        assert len(str(refusal.value)) < 400

    def test_names_the_part_that_is_wrong(self) -> None:
        with pytest.raises(ConditionError) as refusal:
            parse("flow in [1, 2] and open('x')")

        assert refusal.value.part == "("
        assert refusal.value.reason == "unexpected"

    def test_refuses_a_name_that_is_not_listed(self) -> None:
        with pytest.raises(ConditionError) as refusal:
            parse("flow == 1 and colour", names={"flow"})

        assert (refusal.value.reason, refusal.value.part) == ("unknown_name", "colour")

    def test_gives_values_equal_by_text(self) -> None:
        assert parse("a and b") == parse(" a and b ")
        assert hash(parse("a")) == hash(parse("a"))
        assert parse("a") != parse("b")

    def test_gives_values_that_pickle(self) -> None:
        condition = parse("flow in [1, 2] and not a")

        again = pickle.loads(pickle.dumps(condition))  # noqa: S301 - our own bytes

        assert again == condition
        assert again({"flow": 1, "a": False}) is True

    def test_lists_the_uses_of_names(self) -> None:
        condition = parse("not a and eia in ['form', 'none'] and 3 <= flow")

        assert condition.uses() == (
            Use("a", "", ()),
            Use("eia", "in", ("form", "none")),
            Use("flow", "<=", (3,)),
        )


class TestCondition:
    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("yes", True),
            ("no", False),
            ("gone", None),
            ("empty", None),
            ("not gone", None),
            ("yes and gone", None),
            ("no and gone", False),
            ("gone and no", False),
            ("yes or gone", True),
            ("gone or yes", True),
            ("no or gone", None),
            ("gone == 1", None),
            ("gone != 1", None),
            ("gone in [1, 2]", None),
            ("gone not in [1, 2]", None),
            ("number == 3", True),
            ("number != 3", False),
            ("number < 3", False),
            ("number <= 3", True),
            ("number > 2", True),
            ("4 >= number", True),
            ("number == text", False),
            ("text == 'form'", True),
            ("text in ['report', 'form']", True),
            ("text not in ['report', 'form']", False),
            ("yes == true", True),
            ("yes == 1", False),
            ("one == true", False),
            ("one in [true]", False),
            ("yes != 1", True),
            ("true", True),
            ("not (no or yes) or number == 3 and yes", True),
            ("not number == 4", True),
        ],
    )
    def test_answers_in_three_values(self, text: str, answer: bool | None) -> None:
        values = {"yes": True, "no": False, "empty": None, "number": 3, "text": "form", "one": 1}

        assert parse(text)(values) is answer

    def test_takes_enumerations_for_their_values(self) -> None:
        values: dict[str, Value] = {"outcome": Outcome.GRANTED, "flow": Flow.LINEAR}

        assert parse("outcome == 'granted' and flow in [1, 2]")(values) is True

    @pytest.mark.parametrize("text", ["word", "not word", "word < 3", "truth >= 1"])
    def test_refuses_values_of_a_wrong_type(self, text: str) -> None:
        with pytest.raises(ConditionError) as refusal:
            parse(text)({"word": "report", "truth": True})

        assert refusal.value.reason == "wrong_type"


class TestBind:
    @pytest.mark.parametrize(
        ("text", "bound"),
        [
            ("inspection", "true"),
            ("not inspection", "false"),
            ("inspection and a", "a"),
            ("inspection or a", "true"),
            ("a and (not inspection or b)", "a and b"),
            ("a == inspection", "a == true"),
            ("inspection == true and b and c", "b and c"),
            ("inspection in [false]", "false"),
            ("other", "other"),
        ],
    )
    def test_fills_names_in_and_folds(self, text: str, bound: str) -> None:
        assert parse(text).bind(inspection=True).text == bound

    def test_refuses_a_text_that_would_break_out(self) -> None:
        with pytest.raises(ConditionError):
            parse("a == b").bind(b="' or true or a == '")

    def test_refuses_a_text_where_a_truth_value_is_due(self) -> None:
        with pytest.raises(ConditionError):
            parse("a and b").bind(b="x")


class TestDisjoint:
    @pytest.mark.parametrize(
        "texts",
        [
            [],
            ["a or b"],
            ["outcome == 'a'", "'b' == outcome", "outcome == 'c'"],
            ["inspection", "not inspection"],
            ["a == 1", "a == true"],
        ],
    )
    def test_holds_for_tests_of_one_name(self, texts: list[str]) -> None:
        assert disjoint(map(parse, texts))

    @pytest.mark.parametrize(
        "texts",
        [
            ["outcome == 'a'", "outcome == 'a'"],
            ["outcome == 'a'", "other == 'b'"],
            ["a", "b"],
            ["a", "a == true"],
            ["a == 1", "a < 1"],
            ["a == 1", "a in [2]"],
        ],
    )
    def test_does_not_hold_otherwise(self, texts: list[str]) -> None:
        assert not disjoint(map(parse, texts))


def test_condition_shows_only_its_text_and_names() -> None:
    assert repr(parse("a")) == "Condition(text='a', names=frozenset({'a'}))"
    assert isinstance(parse("a"), Condition)
