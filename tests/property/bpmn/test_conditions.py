"""Laws of conditions, against an oracle that tries every completion of the unknown names."""

from collections.abc import Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bpmn._expressions import And, Compare, Expression, Literal, Member, Name, Not, Or, read, render
from bpmn.conditions import ConditionError, Value, parse

BOOLS = ("p", "q", "r")
TEXTS = ("eia",)
CHOICES: dict[str, tuple[Value, ...]] = {
    **dict.fromkeys(BOOLS, (True, False)),
    "eia": ("report", "form"),
    "flow": (1, 2, 3),
}
ATOMS = st.one_of(
    st.sampled_from(BOOLS).map(Name),
    st.booleans().map(Literal),
    st.builds(
        Compare,
        st.just(Name("flow")),
        st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
        st.integers(0, 4).map(Literal),
    ),
    st.builds(
        Member,
        st.just(Name("eia")),
        st.lists(
            st.sampled_from(["report", "form", "none"]).map(Literal), min_size=1, max_size=3
        ).map(tuple),
        st.booleans(),
    ),
)


def _wider(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(inner.map(Not), parts.map(And), parts.map(Or))


EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(ATOMS, _wider, max_leaves=8)
VALUES = st.fixed_dictionaries(
    {name: st.sampled_from([None, *choices]) for name, choices in CHOICES.items()}
)


def _completions(values: Mapping[str, Value | None]) -> list[dict[str, Value]]:
    choices = [CHOICES[name] if value is None else (value,) for name, value in values.items()]
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*choices)]


class TestConditions:
    @given(EXPRESSIONS)
    def test_survive_writing_and_reading(self, expression: Expression) -> None:
        assert read(render(expression)) == expression

    @given(EXPRESSIONS, VALUES)
    def test_never_claim_what_a_later_answer_changes(
        self, expression: Expression, values: dict[str, Value | None]
    ) -> None:
        condition = parse(render(expression))

        answer = condition(values)
        later = {condition(completed) for completed in _completions(values)}

        assert None not in later
        assert answer is None or later == {answer}

    @given(EXPRESSIONS, VALUES)
    def test_answer_the_same_bound_as_asked(
        self, expression: Expression, values: dict[str, Value | None]
    ) -> None:
        condition = parse(render(expression))
        known = {name: value for name, value in values.items() if value is not None}

        bound = condition.bind(**known)

        assert bound.names.isdisjoint(known)
        assert bound({}) is condition(values)

    @given(st.text(alphabet="ab01 ()[],'=!<>notandri.\n", max_size=60))
    def test_parse_or_refuse_any_text(self, text: str) -> None:
        try:
            condition = parse(text)
        except ConditionError as refusal:
            assert refusal.text == text  # noqa: PT017 - either outcome is right
        else:
            assert read(condition.text) == condition.expression
