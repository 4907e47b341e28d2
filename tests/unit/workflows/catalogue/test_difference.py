from __future__ import annotations

import re

import pytest

from tests.support.adjusted import (
    CANCELLED,
    DELEGATED,
    SHORTENED,
    adjusted,
    cancel,
    copied,
    limit,
    put,
)
from tests.support.catalogues import entry, shipped
from workflows.catalogue.blend import blend
from workflows.catalogue.completeness import Element, completeness
from workflows.catalogue.difference import Change, ChangeKind, Direction, difference, sentence
from workflows.catalogue.load import load
from workflows.texts import LOCALES, texts


def changes(*made: object) -> tuple[Change, ...]:
    new = load(adjusted(*made))  # type: ignore[arg-type]
    return difference(shipped(), new).changes


class TestDifference:
    def test_is_empty_for_one_catalogue(self) -> None:
        assert difference(shipped(), shipped()).changes == ()

    def test_tells_a_cancelled_item_as_reduced(self) -> None:
        assert changes(cancel(CANCELLED)) == (
            Change(kind=ChangeKind.ITEM_CANCELLED, direction=Direction.REDUCED, item=CANCELLED),
        )

    def test_tells_a_new_item(self) -> None:
        (change,) = changes(copied(CANCELLED, "S2-90"))

        assert (change.kind, change.item) == (ChangeKind.ITEM_ADDED, "S2-90")

    def test_tells_a_shorter_limit_as_reduced_and_a_longer_one_as_adjusted(self) -> None:
        (cut,) = changes(limit(SHORTENED, 1))
        (raised,) = changes(limit(SHORTENED, 19))

        assert (cut.kind, cut.direction) == (ChangeKind.LIMIT_CHANGED, Direction.REDUCED)
        assert raised.direction is Direction.ADJUSTED
        assert cut.after == "1 working_day"

    def test_tells_another_extension_with_its_basis(self) -> None:
        rule = {"days": 5, "unit": "working_day", "source": "A"}
        shorter, basis = changes(put(SHORTENED, extension=rule))
        (none,) = changes(put(SHORTENED, extension=None))

        assert (shorter.kind, shorter.field) == (ChangeKind.LIMIT_CHANGED, "extension")
        assert (shorter.direction, shorter.before) == (Direction.REDUCED, "10 working_day")
        assert (basis.before, basis.after) == ("XKF42", "A")
        assert (none.before, none.after) == ("10 working_day", "-")
        assert "可延长天数由 10 个工作日 改为 5 个工作日" in sentence(shorter, "zh-CN", shipped())

    def test_tells_a_level_nearer_to_the_people_as_delegated(self) -> None:
        (down,) = changes(put(DELEGATED, level=5))
        (up,) = changes(put(DELEGATED, level=3))

        assert down.direction is Direction.DELEGATED
        assert up.direction is Direction.ADJUSTED

    def test_tells_materials_one_by_one(self) -> None:
        first = shipped().items[DELEGATED].materials[0]

        (gone,) = changes(put(DELEGATED, materials=[]))

        assert (gone.kind, gone.before) == (ChangeKind.MATERIAL_REMOVED, first)

    def test_tells_another_coupling(self) -> None:
        (change,) = changes(put(DELEGATED, coupling="free"))

        assert (change.kind, change.before, change.after) == (
            ChangeKind.COUPLING_CHANGED,
            "pairable",
            "free",
        )

    def test_tells_a_field_without_a_kind_of_its_own(self) -> None:
        (change,) = changes(put(DELEGATED, commitment=not shipped().items[DELEGATED].commitment))

        assert (change.kind, change.field) == (ChangeKind.FIELD_CHANGED, "commitment")

    def test_tells_an_entry_beside_the_items(self) -> None:
        (change,) = changes(lambda tree: tree["flows"][0].update(limit_days=80))

        assert (change.kind, change.field, change.item) == (ChangeKind.ENTRY_CHANGED, "flows", "1")

    def test_tells_that_materials_stand_in_another_order(self) -> None:
        item = next(i for i in shipped().items.values() if len(i.materials) > 1)

        (change,) = changes(put(item.code, materials=[*reversed(item.materials)]))

        assert (change.kind, change.field) == (ChangeKind.FIELD_CHANGED, "materials")

    def test_tells_that_items_stand_in_another_order(self) -> None:
        assert changes(lambda tree: tree["items"].reverse())


class TestStatistics:
    def test_count_what_was_done(self) -> None:
        new = load(adjusted(cancel(CANCELLED), limit(SHORTENED, 1), put(DELEGATED, level=5)))

        found = difference(shipped(), new).statistics

        before = shipped().items[SHORTENED].committed_limit
        assert before is not None
        assert (found.items_cancelled, found.items_added, found.delegated) == (1, 0, 1)
        assert found.days_kept_before - found.days_kept_after == before.days - 1
        assert found.materials_removed == len(shipped().items[CANCELLED].materials)
        assert found.limits_cut == 1

    def test_give_the_share_by_which_days_fell(self) -> None:
        def halve(tree: dict[str, list[dict[str, dict[str, int]]]]) -> None:
            for item in tree["items"]:
                if item["committed_limit"]:
                    item["committed_limit"]["days"] = 1

        found = difference(shipped(), load(adjusted(halve))).statistics

        assert found.compressed_percent is not None
        assert 80 < found.compressed_percent < 90

    def test_do_not_take_a_dropped_limit_for_a_shorter_one(self) -> None:
        new = load(adjusted(put(SHORTENED, committed_limit=None, extension=None)))

        found = difference(shipped(), new).statistics
        back = difference(new, shipped()).statistics

        days = shipped().items[SHORTENED].committed_limit
        assert days is not None
        assert (found.compressed_percent, back.compressed_percent) == (0.0, 0.0)
        assert (found.days_cancelled, found.days_added) == (days.days, 0)
        assert (back.days_cancelled, back.days_added) == (0, days.days)
        assert (found.limits_cut, back.limits_raised) == (0, 0)

    def test_give_no_share_of_nothing(self) -> None:
        def none(tree: dict[str, list[dict[str, object]]]) -> None:
            for item in tree["items"]:
                item["committed_limit"] = None

        bare = load(adjusted(none))

        assert difference(bare, bare).statistics.compressed_percent is None


class TestSentences:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_say_every_change_with_names(self, locale: str) -> None:
        new = load(
            adjusted(
                copied(CANCELLED, "S2-90"),
                cancel(CANCELLED),
                limit(SHORTENED, 1),
                put(DELEGATED, level=5, materials=["M001"], coupling="free", tolerance=True),
                lambda tree: entry(tree, "items", SHORTENED)["needs"].append(
                    {"document": "D10", "kind": "soft", "source": "A"}
                ),
                lambda tree: tree["flows"][0].update(limit_days=80),
            )
        )

        said = [
            sentence(change, locale, new, shipped())
            for change in difference(shipped(), new).changes
        ]

        assert all(said)
        name = shipped().items[CANCELLED].name
        assert (name.en if locale == "en" else name.zh) in said[0] + said[1] + "".join(said)
        assert all(bool(re.search("[\u4e00-\u9fff]", line)) is (locale != "en") for line in said)

    def test_are_there_for_every_kind(self) -> None:
        assert {f"adjustment.change.{kind}" for kind in ChangeKind} <= texts().keys()
        assert {f"adjustment.direction.{each}" for each in Direction} <= texts().keys()
        assert {f"adjustment.element.{each}" for each in Element} <= texts().keys()


class TestCompleteness:
    def test_names_what_an_item_lacks(self) -> None:
        def poorer(tree: dict[str, list[dict[str, object]]]) -> None:
            put(SHORTENED, produces=[], committed_limit=None)(tree)

        found = completeness(load(adjusted(poorer)))

        item = next(each for each in found.items if each.item == SHORTENED)
        assert {Element.RESULT, Element.COMMITTED_LIMIT} <= set(item.missing)

    def test_adds_up(self) -> None:
        found = completeness(shipped())

        assert found.asked - found.present == sum(len(item.missing) for item in found.items)
        assert found.complete_items == sum(not item.missing for item in found.items)
        assert found.percent is not None
        assert 0 < found.percent < 100

    def test_takes_an_assumption_for_no_basis(self) -> None:
        def assumed(tree: dict[str, list[dict[str, dict[str, str]]]]) -> None:
            item = next(each for each in tree["items"] if each["code"] == SHORTENED)  # type: ignore[comparison-overlap]
            item["committed_limit"]["source"] = "A"
            item["statutory_limit"] = None  # type: ignore[assignment]
            item["needs"] = []  # type: ignore[assignment]

        found = completeness(load(adjusted(assumed)))

        item = next(each for each in found.items if each.item == SHORTENED)
        assert Element.BASIS in item.missing


class TestBlend:
    def test_is_the_current_one_where_nothing_is_pinned(self) -> None:
        assert blend(shipped(), {}) is shipped()
        assert blend(shipped(), {1: shipped()}) is shipped()

    def test_keeps_the_items_of_an_open_stage_and_takes_their_new_limits(self) -> None:
        new = load(adjusted(cancel(CANCELLED), limit("S2-05", 2), put("S2-05", coupling="free")))

        found = blend(new, {2: shipped()})

        item = found.items["S2-05"]
        assert CANCELLED in found.items
        assert item.coupling is shipped().items["S2-05"].coupling
        assert item.committed_limit is not None
        assert item.committed_limit.days == 2

    def test_takes_the_extension_that_is_in_force(self) -> None:
        new = load(adjusted(put("S2-02", extension=None)))

        assert blend(new, {2: shipped()}).items["S2-02"].extension is None

    def test_knows_what_only_the_older_one_knows(self) -> None:
        new = load(adjusted(cancel(CANCELLED)))

        found = blend(new, {2: shipped()})

        assert found.hash not in {new.hash, shipped().hash}
        assert list(found.items_of(3)) == list(new.items_of(3))
        assert set(found.documents) >= set(shipped().documents)
