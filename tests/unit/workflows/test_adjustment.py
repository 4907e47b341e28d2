from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.adjusted import CANCELLED, adjusted, cancel, put
from tests.support.catalogues import shipped
from workflows.adjustment import (
    AdoptCatalogue,
    CatalogueRefusedError,
    ItemMovedError,
    NoDefinitionError,
    Offer,
    PastVersionError,
    SameCatalogueError,
    StagesChangedError,
    VersionOrderError,
    Versions,
    decide,
    evolve,
)
from workflows.catalogue.check import check
from workflows.catalogue.load import load
from workflows.codec import decode, encode, kind
from workflows.errors import NotAllowedError
from workflows.facts import SYSTEM, Actor, Role
from workflows.texts import LOCALES, refusal_text

TODAY = date(2026, 3, 2)
NEW = load(adjusted(cancel(CANCELLED)))
OFFER = Offer(
    actor=SYSTEM,
    today=TODAY,
    previous=shipped(),
    catalogue=NEW,
    findings=(),
    nets={"stage_2": "n2"},
)


def adopt(day: date = TODAY, offer: Offer = OFFER, versions: Versions | None = None) -> Versions:
    before = versions or Versions()
    command = AdoptCatalogue(catalogue=offer.catalogue.hash, effective_from=day)
    return evolve(before, before.number + 1, decide(before, command, offer))


class TestAVersion:
    def test_holds_from_its_day_on(self) -> None:
        found = adopt(date(2026, 4, 1))

        in_april = found.in_force(date(2026, 4, 1))

        assert found.in_force(date(2026, 3, 31)) is None
        assert in_april is not None
        assert in_april.catalogue == NEW.hash

    def test_of_the_same_day_takes_the_place_of_the_one_before(self) -> None:
        other = load(adjusted(cancel("S3-05")))

        found = adopt(
            offer=replace(OFFER, previous=NEW, catalogue=other), versions=adopt()
        ).in_force(TODAY)

        assert found is not None
        assert found.catalogue == other.hash

    def test_says_what_it_changes(self) -> None:
        (version,) = adopt().adopted

        assert version.difference.statistics.items_cancelled == 1

    def test_is_read_back_from_its_event(self) -> None:
        body = decide(Versions(), AdoptCatalogue(catalogue=NEW.hash, effective_from=TODAY), OFFER)

        assert decode(*kind(body), encode(body)) == body


class TestDecide:
    @pytest.mark.parametrize("role", [Role.PLANNER, Role.ADMINISTRATOR])
    def test_listens_to_planners_and_administrators(self, role: Role) -> None:
        assert adopt(offer=replace(OFFER, actor=Actor(id="a", roles=frozenset({role})))).number

    @pytest.mark.parametrize("role", [Role.OWNER, Role.STAGE_LEAD, Role.SUPERVISOR])
    def test_listens_to_nobody_else(self, role: Role) -> None:
        with pytest.raises(NotAllowedError):
            adopt(offer=replace(OFFER, actor=Actor(id="a", roles=frozenset({role}))))

    def test_refuses_a_day_that_has_passed(self) -> None:
        with pytest.raises(PastVersionError):
            adopt(date(2026, 3, 1))

    def test_refuses_a_day_before_that_of_the_last_version(self) -> None:
        other = load(adjusted(cancel("S3-05")))

        with pytest.raises(VersionOrderError):
            adopt(
                date(2026, 3, 31),
                replace(OFFER, previous=NEW, catalogue=other),
                adopt(date(2026, 4, 1)),
            )

    def test_refuses_what_changes_nothing(self) -> None:
        with pytest.raises(SameCatalogueError):
            adopt(offer=replace(OFFER, catalogue=shipped()))

    def test_refuses_an_item_in_another_stage(self) -> None:
        moved = load(adjusted(put(CANCELLED, stage=3)))

        with pytest.raises(ItemMovedError) as refused:
            adopt(offer=replace(OFFER, catalogue=moved))

        assert refused.value.params == {"item": CANCELLED, "before": 2, "after": 3}

    def test_refuses_other_stages(self) -> None:
        fewer = replace(NEW, stages={k: v for k, v in NEW.stages.items() if k != 5})

        with pytest.raises(StagesChangedError):
            adopt(offer=replace(OFFER, catalogue=fewer))

    def test_refuses_what_nothing_was_drawn_by(self) -> None:
        with pytest.raises(NoDefinitionError):
            adopt(offer=replace(OFFER, nets={}))

    @pytest.mark.parametrize("locale", LOCALES)
    def test_refuses_a_circle_with_its_path(self, locale: str) -> None:
        first, second = "S1-05", "S1-08"
        produced = {code: shipped().items[code].produces[0] for code in (first, second)}
        needs = {
            code: [{"document": document, "kind": "hard", "source": "A"}]
            for code, document in ((first, produced[second]), (second, produced[first]))
        }
        bad = load(adjusted(*(put(code, needs=need) for code, need in needs.items())))

        with pytest.raises(CatalogueRefusedError) as refused:
            adopt(offer=replace(OFFER, catalogue=bad, findings=check(bad)))

        said = refusal_text(refused.value, locale)
        assert first in said
        assert second in said
        assert "->" in said
