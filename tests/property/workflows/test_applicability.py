"""Laws of applicability over random facts."""

from collections.abc import Mapping
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.support.catalogues import shipped
from tests.support.facts import fact_sets, random_facts
from workflows.applicability import (
    applicable,
    bad_facts,
    contradictions,
    hard_needs,
    missing_facts,
    pulled_in,
    values_of,
)

FLOWS = st.sampled_from(sorted(shipped().flows))
CASES = FLOWS.flatmap(lambda flow: st.tuples(st.just(flow), fact_sets(shipped(), flow)))
PARTIAL = st.fixed_dictionaries(
    {},
    optional={code: st.sampled_from(each.values) for code, each in shipped().facts.items()},
)
Facts = Mapping[str, bool | str]


class TestFactSets:
    @given(CASES)
    def test_are_complete_consistent_and_well_typed(self, case: tuple[int, Facts]) -> None:
        flow, facts = case

        assert missing_facts(shipped(), flow, facts) == ()
        assert contradictions(shipped(), flow, facts) == ()
        assert bad_facts(shipped(), flow, facts) == ()

    @given(CASES)
    def test_leave_no_applicability_unknown(self, case: tuple[int, Facts]) -> None:
        flow, facts = case
        values = values_of(flow, facts)

        answers = [
            item.applies(values)
            for item in shipped().items.values()
            if item.applies is not None and flow in item.flows
        ]

        assert None not in answers

    @given(FLOWS, st.integers())
    def test_are_the_same_for_the_same_seed(self, flow: int, seed: int) -> None:
        first, again = (random_facts(shipped(), flow, Random(seed)) for _ in range(2))

        assert first == again


class TestMissingFacts:
    @given(CASES, st.data())
    def test_asks_nothing_that_could_still_change_the_outcome(
        self, case: tuple[int, Facts], data: st.DataObject
    ) -> None:
        flow, facts = case
        unasked = sorted(set(shipped().facts) - set(facts))
        more = dict(facts)
        for code in unasked:
            more[code] = data.draw(st.sampled_from(shipped().facts[code].values))

        assert applicable(shipped(), flow, more) == applicable(shipped(), flow, facts)
        assert contradictions(shipped(), flow, more) == ()

    @given(FLOWS, PARTIAL)
    def test_asks_on_until_nothing_is_unknown(self, flow: int, facts: Facts) -> None:
        values = values_of(flow, facts)
        unknown = any(
            item.applies(values) is None
            for item in shipped().items.values()
            if item.applies is not None and flow in item.flows
        )

        assert bool(missing_facts(shipped(), flow, facts)) or not unknown


class TestPulledIn:
    @given(CASES)
    def test_leaves_no_ordered_item_waiting_for_what_may_be_declined(
        self, case: tuple[int, Facts]
    ) -> None:
        codes = applicable(shipped(), *case)
        needs = hard_needs(shipped(), codes)

        pulls = pulled_in(shipped(), codes)

        certain = {c for c in codes if shipped().item(c).ordered or c in pulls}
        made = {document for code in certain for document in shipped().item(code).produces}
        assert all(needs[code] <= made for code in certain)
        assert not any(shipped().item(code).ordered for code in pulls)
        assert all(
            document in needs[needy] and document in shipped().item(code).produces
            for code, (needy, document) in pulls.items()
        )
