from __future__ import annotations

from dataclasses import replace

from analysis.columns import NONE
from analysis.ledger import Ledger
from analysis.why import why
from tests.support.item_facts import Told, at, case, columns, stage
from workflows.calendar import shipped
from workflows.catalogue.values import Join

WAITED = Told(
    item="B",
    wanted=0,
    documents=4,
    filed=4,
    end=10,
    more={"waited_for": "A", "milestone": True},
)
OPEN = replace(WAITED, end=None)


class TestAProducer:
    def test_is_the_attempt_whose_document_was_waited_for(self) -> None:
        """A is granted again much later: that renewal held nobody up."""
        runs = [
            Told(item="A", filed=0, end=4),
            Told(item="A", filed=20, end=25, attempt=2),
            WAITED,
        ]
        own = columns([case(runs, stage(filed=0, milestone=10, join=Join.ALL))], 40)

        chain = why(own, "P")

        assert own.producer.tolist() == [NONE, NONE, 0]
        assert [(link.reason, link.item, link.days) for link in chain.links] == [
            ("document", "A", 4.0),
            ("closes", "B", 6.0),
        ]

    def test_is_the_last_before_where_the_first_was_not_good_enough(self) -> None:
        runs = [
            Told(item="A", filed=0, end=2, result="revoked"),
            Told(item="A", filed=2, end=4, attempt=2),
            WAITED,
        ]

        assert columns([case(runs)], 40).producer.tolist() == [NONE, NONE, 1]

    def test_stays_where_its_grant_is_taken_back(self) -> None:
        granted = Told(item="A", filed=0, end=4)
        told_once = case([granted, OPEN])
        told_then = case([replace(granted, result="revoked"), OPEN])
        ledger = Ledger(shipped())
        ledger.put(told_once)
        ledger.put(told_then)
        now = at(40)
        assert now is not None

        followed = ledger.columns(now).producer.tolist()

        assert followed == columns([told_then], 40).producer.tolist() == [NONE, 0]

    def test_goes_where_its_grant_was_a_mistake(self) -> None:
        granted = Told(item="A", filed=0, end=4)
        ledger = Ledger(shipped())
        ledger.put(case([granted, OPEN]))
        ledger.put(case([replace(granted, end=None), OPEN]))
        now = at(40)
        assert now is not None

        assert ledger.columns(now).producer.tolist() == [NONE, NONE]


class TestAnAttemptThatIsNoLongerTold:
    def test_is_in_no_report(self) -> None:
        ledger = Ledger(shipped())
        ledger.put(case([Told(item="A", filed=0, end=4), WAITED]))
        ledger.put(case([WAITED]))
        now = at(40)
        assert now is not None

        found = ledger.columns(now)

        assert [found.names.items[code] for code in found.item] == ["B"]
        assert found.producer.tolist() == [NONE]
