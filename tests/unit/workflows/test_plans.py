"""What the builder of definitions is told."""

from bpmn.conditions import parse
from tests.support.catalogues import shipped
from workflows.plans import applies_text, stage_plans


class TestStagePlans:
    def test_covers_every_item_once(self) -> None:
        codes = [
            item.code
            for plan in stage_plans(shipped())
            for item in (*plan.ordered, *plan.pairable, *plan.free)
        ]

        assert sorted(codes) == sorted(shipped().items)

    def test_numbers_stages_and_says_how_they_close(self) -> None:
        plans = stage_plans(shipped())

        assert [(plan.number, plan.join) for plan in plans] == [
            (1, "all"),
            (2, "all"),
            (3, "all"),
            (4, "all"),
            (5, None),
        ]
        assert [(len(p.ordered), len(p.pairable), len(p.free)) for p in plans] == [
            (9, 7, 4),
            (5, 9, 6),
            (9, 9, 7),
            (9, 6, 0),
            (0, 0, 7),
        ]

    def test_draws_edges_among_the_ordered_only(self) -> None:
        for plan in stage_plans(shipped()):
            ordered = {item.code for item in plan.ordered}
            assert all({before, after} <= ordered for before, after in plan.edges)

    def test_tells_all_about_an_item(self) -> None:
        item = next(i for i in stage_plans(shipped())[2].ordered if i.code == "S3-12")

        assert (item.name, item.lane) == ("建筑工程施工许可证核发", "住房和城乡建设委员会")
        assert item.kind == "item_commitment"
        assert item.needs == ("D09", "D21", "D40", "D41", "D46", "D48", "D49")
        assert (item.milestone, item.inspection, item.applies) == (True, True, None)


class TestAppliesText:
    def test_brackets_an_alternative(self) -> None:
        text = applies_text(shipped(), shipped().item("S1-02"))

        assert text == "flow in [1, 2] and (land_supply == 'allocated' or new_construction_land)"

    def test_leaves_out_the_flow_when_all_have_it(self) -> None:
        assert applies_text(shipped(), shipped().item("S3-15")) == "road_occupation"
        assert applies_text(shipped(), shipped().item("S3-14")) is None

    def test_is_in_the_language(self) -> None:
        names = {*shipped().facts, "flow"}
        for item in shipped().items.values():
            text = applies_text(shipped(), item)
            assert text is None or parse(text, names).text == text
