"""The statutory spine (DOMAIN.md section 2): what each article says, and where our rules hold it.

The article stands in the test id. Figures are read from the catalogue and from what the rules do
with them, not from the rules' own constants.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.attempts import attempt, limit
from tests.support.catalogues import shipped as catalogue
from tests.support.law_office import LawOffice, filed
from tests.support.memory_office import HOUR, NOTE, SYSTEM, WINDOW, nets
from workflows import calendar, events
from workflows import commands as c
from workflows.applicability import hard_needs
from workflows.catalogue.values import DayUnit, ItemKind, Limit
from workflows.clock import Lamp, clock
from workflows.errors import BadProjectCodeError
from workflows.moments import end_of, local_date
from workflows.progress import progress
from workflows.status import Status

WORKING, NATURAL = DayUnit.WORKING_DAY, DayUnit.CALENDAR_DAY
CALENDAR = calendar.shipped()
ITEM = "S1-04"
MARCH_2 = date(2026, 3, 2)  # a Monday, the day of filing
STAGES = (1, 2, 3, 4)


def at(article: str, *values: object) -> object:
    """Return a row of a table under the name of its article."""
    return pytest.param(*values, id=article)


def _guarded(timer: str) -> set[str]:
    """Return the items whose files have a timer of this name."""
    known = [nets().of(stage) for stage in (*STAGES, 5)]
    paths = [(net, path) for net in known for path in net.paths(net.timers)]
    return {net.item_of(path) or "" for net, path in paths if path.endswith(f"/{timer}")}


def _told(found: Limit) -> events.Limit:
    return limit(found.days, found.unit.value, found.source)


def _accepted(item: str) -> LawOffice:
    """Return an office in which an item of the first stage has been accepted."""
    office = filed(3, approval_catalogue=True, energy_review=True)
    if f"0/{item}" not in office.project.items:
        office.give(c.FileItem(item=item))
    office.accept(item)
    return office


class TestStatutoryLimits:
    @pytest.mark.parametrize(
        ("item", "days", "unit", "source"),
        [
            at("行政许可法42-用地预审与选址", "S1-02", 20, WORKING, "XKF42"),
            at("行政许可法42-工程规划许可", "S2-02", 20, WORKING, "XKF42"),
            at("行政许可法42-超限抗震", "S2-06", 20, WORKING, "XKF42"),
            at("核准和备案条例10-核准", "S1-04", 20, WORKING, "HZTL10"),
            at("环境影响评价法22-报告书", "S2-08", 60, NATURAL, "HPF22"),
            at("环境影响评价法22-报告表", "S2-09", 30, NATURAL, "HPF22"),
            at("取水许可条例19-取水", "S2-12", 45, WORKING, "QS19"),
            at("地震安评条例11-安评", "S2-13", 15, NATURAL, "DZ11"),
            at("建筑法8-施工许可", "S3-12", 7, NATURAL, "JZF8"),
            at("建筑法8-分阶段施工许可", "S3-13", 7, NATURAL, "JZF8"),
            at("消防规定22-消防设计审查", "S3-03", 15, WORKING, "XF22"),
            at("图审办法12-施工图审查", "S3-02", 15, WORKING, "ST12"),
            at("图审办法12-勘察审查", "S3-01", 7, WORKING, "ST12"),
            at("质量条例49-竣工备案", "S4-13", 15, NATURAL, "ZL49"),
            at("不动产条例20-首次登记", "S4-14", 30, WORKING, "BDC20"),
            at("军事设施保护法-征询", "S1-19", 30, NATURAL, "JS"),
            at("山西水保-法定", "S2-10", 20, WORKING, "SX"),
        ],
    )
    def test_stand_in_the_catalogue_with_their_source(
        self, item: str, days: int, unit: DayUnit, source: str
    ) -> None:
        found = catalogue().items[item].statutory_limit

        assert found == Limit(days=days, unit=unit, source=source)

    @pytest.mark.parametrize(
        ("item", "days", "source"),
        [
            at("山西水保-承诺16=1+11+3+1", "S2-10", 16, "SX"),
            at("图审办法12-中型及以下10", "S3-02", 10, "ST12"),
            at("图审办法12-勘察乙级5", "S3-01", 5, "ST12"),
        ],
    )
    def test_are_met_by_what_was_promised(self, item: str, days: int, source: str) -> None:
        found = catalogue().items[item].committed_limit

        assert found == Limit(days=days, unit=WORKING, source=source)

    @pytest.mark.parametrize("code", [at("行政许可法42-20日只及行政许可", "XKF42")])
    def test_of_the_general_article_bind_permits_only(self, code: str) -> None:
        types = {
            item.type
            for item in catalogue().items.values()
            if item.statutory_limit is not None and item.statutory_limit.source == code
        }

        assert types == {"行政许可"}

    @pytest.mark.parametrize(
        "code", [at(f"法定不短于承诺-{code}", code) for code in catalogue().items]
    )
    def test_are_never_shorter_than_the_promise(self, code: str) -> None:
        item = catalogue().items[code]
        if item.statutory_limit is None or item.committed_limit is None:
            return
        start = MARCH_2
        promised = CALENDAR.add(start, item.committed_limit.days, item.committed_limit.unit)
        law = CALENDAR.add(start, item.statutory_limit.days, item.statutory_limit.unit)

        assert promised <= law

    @pytest.mark.parametrize(
        "code",
        [
            at(f"法定先到时法定另亮灯-{code}", code)
            for code, item in catalogue().items.items()
            if item.statutory_limit is not None and item.committed_limit is not None
        ],
    )
    def test_raise_their_own_flag_where_they_come_first(self, code: str) -> None:
        """Over every start of 2026: a promise in working days may outlast the law's own days."""
        item = catalogue().items[code]
        assert item.statutory_limit is not None
        assert item.committed_limit is not None
        promise, law = _told(item.committed_limit), _told(item.statutory_limit)
        for start in (date(2026, 1, 1) + timedelta(days=at) for at in range(300)):
            one = attempt(start, committed=promise, statutory=law)
            due = {
                each: CALENDAR.add(start, each.days, DayUnit(each.unit)) for each in (promise, law)
            }
            if due[law] < due[promise]:
                seen = clock(one, CALENDAR, due[law] + timedelta(days=1))
                assert seen.statutory_lamp is Lamp.RED, start
                assert seen.lamp is not Lamp.RED, start


class TestExtensions:
    @pytest.mark.parametrize(
        ("item", "days", "source"),
        [
            at("行政许可法42-延长10日", "S1-12", 10, "XKF42"),
            at("核准和备案条例10-核准延长40日", "S1-04", 40, "HZTL10"),
        ],
    )
    def test_add_what_the_article_allows_and_no_day_more(
        self, item: str, days: int, source: str
    ) -> None:
        office = _accepted(item)
        order = c.ExtendLimit(item=item, attempt=1, days=days, approved_by="head-1", reason=NOTE)
        longer = replace(order, days=days + 1)
        assert office.refusal(longer, office.head(item)) == "item.extension"

        office.give(order, office.head(item))

        seen = office.clock(item).statutory
        extended = office.attempt(item).extended
        assert (seen and seen.limit, extended and extended.source) == (20 + days, source)

    @pytest.mark.parametrize(
        "code",
        [
            at(f"行政许可法42-只及行政许可-{code}", code)
            for code, item in catalogue().items.items()
            if item.type != "行政许可"
        ],
    )
    def test_are_for_permits_only(self, code: str) -> None:
        assert catalogue().items[code].extension is None

    @pytest.mark.parametrize(
        "code",
        [
            at(f"行政许可法42-法律另有规定的依其规定-{code}", code)
            for code in ("S2-08", "S2-12", "S2-13", "S3-03", "S3-12", "S4-04")
        ],
    )
    def test_leave_alone_what_a_law_of_its_own_limits(self, code: str) -> None:
        assert catalogue().items[code].extension is None


class TestAcceptance:
    @pytest.mark.parametrize(
        ("day", "refusal"),
        [
            at("行政许可法32-第五日可告知", date(2026, 3, 9), None),
            at("行政许可法32-第六日逾期", date(2026, 3, 10), "item.supplement_late"),
        ],
    )
    def test_leaves_five_days_to_tell_what_is_missing(
        self, office: LawOffice, day: date, refusal: str | None
    ) -> None:
        ask = c.AskSupplement(item=ITEM, attempt=1, missing=("M010",))
        office.on(day)
        if refusal is None:
            office.give(ask, WINDOW)
        else:
            assert office.refusal(ask, WINDOW) == refusal

    @pytest.mark.parametrize("article", [at("行政许可法32-一次告知", "told once")])
    def test_tells_once(self, office: LawOffice, article: str) -> None:
        office.ask(ITEM)
        office.answer(ITEM)

        again = c.AskSupplement(item=ITEM, attempt=1, missing=("M008",))

        assert article
        assert office.refusal(again, WINDOW) == "item.supplement_told"

    @pytest.mark.parametrize("article", [at("行政许可法32-逾期不告知视为收到之日受理", "silence")])
    def test_is_deemed_on_the_day_of_filing(self, office: LawOffice, article: str) -> None:
        office.do(ITEM)
        office.now = end_of(date(2026, 3, 9))
        office.fire(ITEM)

        accepted = office.attempt(ITEM).accepted_at
        assert article
        assert accepted is not None
        assert local_date(accepted) == MARCH_2
        assert office.clock(ITEM, date(2026, 3, 9)).used == 5

    @pytest.mark.parametrize(
        "article", [at("行政许可法32-自收到申请材料之日起-窗口未接件", "never received")]
    )
    def test_is_deemed_though_the_window_never_noted_the_receipt(
        self, office: LawOffice, article: str
    ) -> None:
        office.now = end_of(date(2026, 3, 9)) - HOUR - timedelta(seconds=1)
        assert office.refusal(office.firing(ITEM), SYSTEM) == "timer.not_due"
        office.now = end_of(date(2026, 3, 9))

        office.fire(ITEM)

        accepted = office.attempt(ITEM).accepted_at
        assert article
        assert accepted is not None
        assert local_date(accepted) == MARCH_2
        assert office.attempt(ITEM).status == Status.ACCEPTED
        assert "receive" not in office.tasks(ITEM)

    def test_answers_for_every_item_that_the_window_has_to_accept(self) -> None:
        asked = {
            code
            for code, item in catalogue().items.items()
            if item.kind in {ItemKind.STANDARD, ItemKind.COMMITMENT}
        }

        guarded = {name: _guarded(name) for name in ("deemed", "deemed_unreceived")}

        assert guarded == {"deemed": asked, "deemed_unreceived": asked}


class TestWhatIsNotCounted:
    @pytest.mark.parametrize(
        "procedure",
        [
            at("行政许可法45-听证", "hearing"),
            at("行政许可法45-招标", "bidding"),
            at("行政许可法45-拍卖", "land_auction_notice"),
            at("行政许可法45-检测", "testing"),
            at("行政许可法45-检验检疫水质", "water_quality_testing"),
            at("行政许可法45-专家评审", "expert_review"),
            at("核准和备案条例10-委托评估", "entrusted_assessment"),
            at("消防规定22-消防专家评审", "fire_expert_review"),
            at("图审办法12-修改与复审", "revision_and_re_review"),
        ],
    )
    def test_is_marked_in_the_catalogue(self, procedure: str) -> None:
        found = catalogue().procedures[procedure]

        assert not found.counted
        assert found.source in {"XKF45", "HZTL10", "XF22", "ST12"}

    @pytest.mark.parametrize(
        ("procedure", "days", "unit"),
        [
            at("消防规定22-专家评审至多20个工作日", "fire_expert_review", 20, WORKING),
            at("军事设施保护法-30日加至90日", "military_survey", 60, NATURAL),
        ],
    )
    def test_has_its_own_bound(self, procedure: str, days: int, unit: DayUnit) -> None:
        found = catalogue().procedures[procedure]

        assert (found.max_days, found.unit) == (days, unit)

    @pytest.mark.parametrize("article", [at("核准和备案条例10-评估时间不计入", ITEM)])
    def test_takes_no_day_of_the_limit(self, office: LawOffice, article: str) -> None:
        office.accept(article)
        office.begin(article, "entrusted_assessment", date(2026, 3, 20))
        office.on(date(2026, 3, 20)).over(article, "entrusted_assessment")

        assert office.clock(article, date(2026, 3, 20)).used == 0
        assert office.clock(article, date(2026, 3, 23)).used == 1

    @pytest.mark.parametrize(
        ("end", "refusal"),
        [
            at("行政许可法45-时间须书面告知", "", "time.bad_end"),
            at("行政许可法45-不得早于开始", "2026-03-01", "time.bad_end"),
        ],
    )
    def test_is_told_in_writing(self, office: LawOffice, end: str, refusal: str) -> None:
        office.accept(ITEM)

        order = office.beginning(ITEM, "entrusted_assessment", end)

        assert office.refusal(order, office.examiner(ITEM)) == refusal


class TestDays:
    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            at("行政许可法82-不含周末", date(2026, 3, 6), 1, date(2026, 3, 9)),
            at("行政许可法82-不含法定节假日", date(2026, 9, 30), 1, date(2026, 10, 8)),
            at("行政许可法82-含调休上班日", date(2026, 10, 9), 1, date(2026, 10, 10)),
            at("行政许可法82-起算日不计", date(2026, 3, 2), 1, date(2026, 3, 3)),
        ],
    )
    def test_are_working_days(self, start: date, days: int, due: date) -> None:
        assert CALENDAR.add(start, days, WORKING) == due


class TestStageLimits:
    """行政许可法 art. 42: joint, unified or centralised handling takes 45 working days (+15)."""

    @pytest.mark.parametrize(
        ("flow", "stage"),
        [
            at(f"行政许可法42-联合办理45(+15)-类型{flow}-阶段{stage}", flow, stage)
            for flow in catalogue().flows
            for stage in STAGES
        ],
    )
    def test_stay_below_the_cap_of_joint_handling(self, flow: int, stage: int) -> None:
        days = catalogue().flows[flow].stage_limit(stage)

        assert days is not None
        assert 1 <= days <= 45

    @pytest.mark.parametrize(
        ("flow", "total"),
        [
            at("天津2018-财政投融资90", 1, 90),
            at("天津2018-一般社会投资80", 3, 80),
            at("天津2018-带方案出让50", 5, 50),
        ],
    )
    def test_add_up_to_the_published_total(self, flow: int, total: int) -> None:
        found = catalogue().flows[flow]

        assert (found.limit_days, sum(found.stage_limits)) == (total, total)

    @pytest.mark.parametrize(
        "flow", [at(f"国家数据标准-阶段5不限-类型{f}", f) for f in catalogue().flows]
    )
    def test_are_none_in_the_fifth(self, flow: int) -> None:
        assert catalogue().flows[flow].stage_limit(5) is None


class TestOrder:
    """What an article wants first is a hard need, or its item stands in an earlier stage."""

    @pytest.mark.parametrize(
        ("flow", "later", "earlier"),
        [
            at("城乡规划法36-选址先于可研批准", 1, "S1-03", "S1-02"),
            at("城乡规划法37-用地规划许可在立项后", 1, "S1-07", "S1-03"),
            at("城乡规划法37-用地规划许可在备案后", 3, "S1-08", "S1-05"),
            at("政府投资条例9-可研在建议书后", 1, "S1-03", "S1-01"),
            at("政府投资条例9-初设在可研后", 1, "S2-05", "S1-03"),
            at("消防法11-13-设计审查先于施工", 1, "S3-12", "S3-03"),
        ],
    )
    def test_follows_the_articles(self, flow: int, later: str, earlier: str) -> None:
        items = catalogue().items
        applicable = frozenset(code for code, item in items.items() if flow in item.flows)
        needs = hard_needs(catalogue(), applicable)
        reached: set[str] = set()
        front = set(needs[later])
        while front:
            document = front.pop()
            for producer in catalogue().producers(document):
                if producer.code in applicable and producer.code not in reached:
                    reached.add(producer.code)
                    front |= set(needs[producer.code])

        assert earlier in reached or items[earlier].stage < items[later].stage

    @pytest.mark.parametrize("item", [at("抗震条例13-超限审批先于图审", "S2-06")])
    def test_puts_the_seismic_review_before_the_drawings(self, item: str) -> None:
        assert catalogue().items[item].stage < catalogue().items["S3-02"].stage

    @pytest.mark.parametrize("item", [at("环评法25-环评只先于开工", "S2-08")])
    def test_lets_the_environment_leave_the_main_line(self, item: str) -> None:
        found = catalogue().items[item]

        assert not found.milestone
        assert not found.ordered


class TestDelivery:
    """行政许可法 art. 44: what was granted is handed over within ten days of the decision."""

    @pytest.fixture
    def granted(self, office: LawOffice) -> LawOffice:
        office.until(ITEM, "deliver")
        return office

    @pytest.mark.parametrize(
        ("day", "used", "overdue"),
        [
            at("行政许可法44-决定当日", MARCH_2, 0, False),
            at("行政许可法44-第十日", date(2026, 3, 16), 10, False),
            at("行政许可法44-第十一日", date(2026, 3, 17), 11, True),
        ],
    )
    def test_has_ten_working_days(
        self, granted: LawOffice, day: date, used: int, *, overdue: bool
    ) -> None:
        seen = granted.clock(ITEM, day).delivery

        assert seen is not None
        assert (seen.source, seen.limit, seen.due) == ("XKF44", 10, date(2026, 3, 16))
        assert (seen.used, seen.left, seen.overdue) == (used, 10 - used, overdue)

    def test_stops_with_what_is_handed_over(self, granted: LawOffice) -> None:
        granted.on(date(2026, 3, 5)).do(ITEM)

        seen = granted.clock(ITEM, date(2026, 4, 1)).delivery

        assert seen is not None
        assert (seen.used, seen.overdue) == (3, False)

    def test_is_owed_by_a_grant_only(self, office: LawOffice) -> None:
        office.until(ITEM, "decide")
        undecided = office.clock(ITEM).delivery
        office.do(ITEM, "refused")

        assert undecided is None
        assert office.clock(ITEM).delivery is None

    def test_shows_its_own_lamp(self, granted: LawOffice) -> None:
        granted.on(date(2026, 3, 18))
        seen = progress(granted.project, granted.catalogue, CALENDAR, granted.now)
        (found,) = [
            each for stage in seen.units[0].stages for each in stage.items if each.item == ITEM
        ]

        assert found.delivery is not None
        assert found.delivery.lamp is Lamp.RED
        assert found.committed is not None
        assert found.committed.lamp is not Lamp.RED


class TestDocuments:
    @pytest.mark.parametrize("months", [at("建筑法9-三个月内开工可延期两次", 3)])
    def test_of_the_construction_permit_ask_for_a_start(self, months: int) -> None:
        (kind,) = catalogue().items["S3-12"].produces
        found = catalogue().documents[kind].start_within

        assert found is not None
        assert (found.months, found.extensions) == (months, 2)


class TestTheProjectCode:
    @pytest.mark.parametrize(
        "code", [at("政府投资条例10-代码必备", ""), at("GBT40058-形式", "2026-1")]
    )
    def test_is_mandatory(self, code: str) -> None:
        office = LawOffice()
        order = c.FileProject(code=code, flow=3, facts={}, township="t1", owner="org-1", name=NOTE)

        assert office.refused(order).code == BadProjectCodeError.code


@pytest.mark.parametrize("key", [at(f"来源-{key}", key) for key in catalogue().sources])
def test_every_source_key_is_explained(key: str) -> None:
    page = Path(__file__).parents[3] / "docs" / "sources.md"

    assert f"| {key} |" in page.read_text(encoding="utf-8")
