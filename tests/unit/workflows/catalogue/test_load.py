"""Loading a catalogue file: the shipped one whole, misshapen ones refused by item and field."""

import pickle
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.catalogues import entry, shipped, text, tree, written
from workflows.catalogue.findings import CatalogueError
from workflows.catalogue.load import load
from workflows.catalogue.values import (
    Coupling,
    DayUnit,
    ItemKind,
    Limit,
    Name,
    StartWithin,
    Validity,
)

Tree = dict[str, Any]


def _refusals(source: str) -> set[tuple[str, str | None, str | None]]:
    with pytest.raises(CatalogueError) as refusal:
        load(source)
    return {(each.code, each.item, each.field) for each in refusal.value.findings}


class TestLoad:
    def test_reads_the_whole_shipped_file(self) -> None:
        catalogue = shipped()

        couplings = Counter(item.coupling for item in catalogue.items.values())
        assert len(catalogue.items) == 87
        assert len(catalogue.departments) == 45
        assert len(catalogue.documents) == 85
        assert len(catalogue.materials) == 131
        assert len(catalogue.procedures) == 28
        assert len(catalogue.facts) == 34
        assert len(catalogue.contradictions) == 11
        assert list(catalogue.flows) == [1, 2, 3, 4, 5, 6]
        assert [len(catalogue.items_of(stage)) for stage in range(1, 6)] == [20, 20, 25, 15, 7]
        assert couplings == {
            Coupling.MANDATED: 25,
            Coupling.PAIRABLE: 31,
            Coupling.FREE: 24,
            Coupling.SERIAL: 7,
        }

    def test_counts_ninety_needs_of_which_fifty_are_hard(self) -> None:
        needs = [need for item in shipped().items.values() for need in item.needs]

        assert (len(needs), sum(need.hard for need in needs)) == (90, 50)

    def test_keeps_names_limits_and_sources(self) -> None:
        catalogue = shipped()

        item = catalogue.item("S1-02")

        assert item.name == Name(
            "建设项目用地预审与选址意见书核发",
            "Land-use pre-examination and site-selection opinion",
        )
        assert item.committed_limit == Limit(days=10, unit=DayUnit.WORKING_DAY, source="A")
        assert item.statutory_limit == Limit(days=20, unit=DayUnit.WORKING_DAY, source="XKF42")
        assert catalogue.documents["D02"].validity == Validity(months=36, source="QA")
        assert catalogue.documents["D50"].start_within == StartWithin(
            months=3, extensions=2, source="JZF8"
        )
        assert catalogue.sources["A"].startswith("ASSUMPTION")

    def test_lists_producers_in_catalogue_order(self) -> None:
        assert [item.code for item in shipped().producers("D05")] == ["S1-04", "S1-05"]
        assert shipped().producers("D99") == ()

    @pytest.mark.parametrize(
        ("code", "kind", "inspection"),
        [
            ("S1-02", ItemKind.STANDARD, True),
            ("S1-03", ItemKind.STANDARD, False),
            ("S1-05", ItemKind.COMMITMENT, False),
            ("S1-14", ItemKind.REVIEW, False),
            ("S2-14", ItemKind.REVIEW, False),
            ("S3-08", ItemKind.REVIEW, False),
            ("S3-22", ItemKind.UTILITY, False),
            ("S5-01", ItemKind.UTILITY, True),
        ],
    )
    def test_tells_the_kind_of_each_item(self, code: str, kind: ItemKind, inspection: bool) -> None:
        item = shipped().item(code)

        assert (item.kind, item.inspection) == (kind, inspection)

    def test_gives_a_value_that_pickles(self) -> None:
        again = pickle.loads(pickle.dumps(shipped()))  # noqa: S301 - our own bytes

        assert again == shipped()
        assert again.producers("D05") == shipped().producers("D05")

    def test_hashes_content_and_not_layout(self) -> None:
        sorted_keys = written(tree(), sort_keys=True)

        assert sorted_keys != text()
        assert load(sorted_keys).hash == shipped().hash

    def test_hashes_every_figure(self) -> None:
        changing = tree()
        entry(changing, "items", "S2-10")["committed_limit"]["days"] = 15

        assert load(written(changing)).hash != shipped().hash


def _unit_lost(changing: Tree) -> None:
    del entry(changing, "items", "S1-01")["committed_limit"]["unit"]


def _item(**fields: object) -> Callable[[Tree], None]:
    return lambda changing: entry(changing, "items", "S1-06").update(fields)


class TestRefusal:
    @pytest.mark.parametrize(
        ("change", "code", "item", "field"),
        [
            (_unit_lost, "catalogue.field.missing", "S1-01", "committed_limit.unit"),
            (_item(colour="red"), "catalogue.field.unknown", "S1-06", "colour"),
            (_item(level="4"), "catalogue.field.wrong_type", "S1-06", "level"),
            (_item(level=True), "catalogue.field.wrong_type", "S1-06", "level"),
            (_item(level=9), "catalogue.field.out_of_range", "S1-06", "level"),
            (_item(milestone="yes"), "catalogue.field.wrong_type", "S1-06", "milestone"),
            (_item(milestone=1), "catalogue.field.wrong_type", "S1-06", "milestone"),
            (_item(coupling="tight"), "catalogue.field.not_listed", "S1-06", "coupling"),
            (_item(name=None), "catalogue.field.empty", "S1-06", "name"),
            (_item(produces=["D1", "D1"]), "catalogue.field.repeated", "S1-06", "produces"),
            (_item(flows=[]), "catalogue.field.wrong", "S1-06", "flows"),
            (_item(applies="a.b"), "catalogue.field.condition", "S1-06", "applies"),
            (_item(applies=3), "catalogue.field.wrong_type", "S1-06", "applies"),
            (_item(department="no spaces"), "catalogue.field.wrong_form", "S1-06", "department"),
            (
                _item(condition_text="仅中文", condition_text_en=None),
                "catalogue.field.one_language",
                "S1-06",
                "condition_text",
            ),
            (
                lambda changing: changing["facts"][0]["values"].reverse(),
                "catalogue.field.value_names",
                "land_supply",
                "value_names",
            ),
            (
                lambda changing: changing["procedures"][1].update(unit=None),
                "catalogue.field.days_without_unit",
                "fire_expert_review",
                "unit",
            ),
            (
                lambda changing: entry(changing, "documents", "D50").pop("extensions"),
                "catalogue.field.start_period",
                "D50",
                "start_within_months",
            ),
            (lambda changing: changing.pop("items"), "catalogue.field.missing", None, "items"),
            (
                lambda changing: changing["items"].append(changing["items"][0]),
                "catalogue.code.doubled",
                "S1-01",
                "items",
            ),
        ],
    )
    def test_names_item_and_field(
        self, change: Callable[[Tree], object], code: str, item: str | None, field: str
    ) -> None:
        changing = tree()
        change(changing)

        assert (code, item, field) in _refusals(written(changing))

    def test_tells_all_faults_at_once(self) -> None:
        changing = tree()
        entry(changing, "items", "S1-01")["level"] = 9
        entry(changing, "documents", "D02")["colour"] = "red"

        assert _refusals(written(changing)) == {
            ("catalogue.field.out_of_range", "S1-01", "level"),
            ("catalogue.field.unknown", "D02", "colour"),
        }

    @pytest.mark.parametrize(
        "source",
        [
            "a: [",
            "a: &x [1]\nb: *x",
            "[" * 5000,
            "a: 1\na: 2",
            "a: !!python/object/apply:os.system [true]",
            "a: 2020-13-45",
            "a: 1\n---\nb: 2",
            "\x00",
        ],
    )
    def test_meets_unreadable_text(self, source: str) -> None:
        codes = {code for code, _, _ in _refusals(source)}

        assert codes == {"catalogue.unreadable"}

    @pytest.mark.parametrize("source", ["", "- 1", "3", "null", "items: 3"])
    def test_meets_text_that_is_no_catalogue(self, source: str) -> None:
        assert _refusals(source)

    def test_meets_a_file_beyond_all_measure(self) -> None:
        assert _refusals("#" * 5_000_000) == {("catalogue.too_long", None, None)}
