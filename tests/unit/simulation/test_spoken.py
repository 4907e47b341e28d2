"""Assumptions and changes in words: of all that a scenario can say, in both languages."""

from __future__ import annotations

import json
import re
from itertools import chain

import pytest

from simulation import scenario as values
from simulation.assumptions import ANY, Assumption, assumed
from simulation.changes import Change, What
from simulation.files import load
from simulation.kernel import LEFT_OUT
from simulation.model import model_of
from simulation.spoken import called, measured, told, worded
from tests.support.catalogues import shipped
from workflows.catalogue.values import Coupling, Name

WHOLE = {
    "version": 1,
    "name": "all of it",
    "catalogue": {
        "couplings": {"S1-14": "free"},
        "needs": [{"item": "S1-08", "document": "D05", "hard": False}],
        "dropped": ["S2-04"],
        "limits": {"S2-07": 5},
        "commitment": {"S3-20": True},
    },
    "pairing": {"mode": "rolling", "slots": "unlimited"},
    "departments": {"housing": {"reviewers": 60, "closed": [4]}},
    "service": {
        "items": {"S1-08": {"shape": "empirical", "values": [1, 2]}},
        "factors": {"S1-08": 0.8},
    },
    "chances": {"supplements": {"S1-08": 0.3}, "answer": {"shape": "uniform", "values": [1, 3]}},
}


def listed() -> tuple[Assumption, ...]:
    return assumed(model_of(load(json.dumps(WHOLE), shipped()), shipped()))


def test_every_assumption_has_words_and_no_dotted_name() -> None:
    for one in listed():
        name, value = called(one, shipped(), {}), worded(one, shipped())
        for said in (name.zh, name.en, value.zh, value.en):
            assert said
            assert not re.search(r"\b[a-z]+[._][a-z_]+\b", said), one.name
            assert not re.search(r"\bS\d-\d\d\b|\bD\d\d\b", said), one.name


def test_an_assumption_names_the_item_and_the_department() -> None:
    found = {each.name: each for each in listed()}

    def said(name: str) -> tuple[str, str]:
        one = found[name]
        return called(one, shipped(), {}).zh, worded(one, shipped()).zh

    assert said("edits.couplings.S1-14") == ("地质灾害危险性评估：事项类别（改动）", "自由并行")
    assert said("departments.housing.closed")[1] == "星期五"
    assert said("chances.supplements.S1-08")[1] == "30 %"
    assert said("service.items.S1-08")[1] == "1 至 2 个工作日，中位数 1.5（按实际记录）"
    assert said("pairing.slots")[1] == "不限"


def test_a_township_has_its_name() -> None:
    one = Assumption(name="arrivals.townships.t", what="arrivals.townships", of=("t",), value=1.0)

    assert called(one, shipped(), {"t": Name(zh="甲镇", en="Town A")}).zh == "甲镇：来件比重"
    assert measured("township", "t", shipped(), {"t": Name(zh="甲镇", en="A")}).zh == "乡镇：甲镇"
    assert measured("township", "T01", shipped(), {}).en == "Township: T01"


@pytest.mark.parametrize(
    "value",
    [
        *chain(values.Shape, values.Policy, values.Mode, values.Priority, Coupling),
        *(values.Duration(shape=each, days=1.0, values=(1.0, 2.0)) for each in values.Shape),
    ],
)
def test_every_value_has_a_word(value: object) -> None:
    said = worded(Assumption(name="x", what="x", value=value), shipped())

    assert said.zh != said.en


@pytest.mark.parametrize(("number", "said"), [(12345.0, "12345"), (0.12344, "0.1234")])
def test_a_number_is_said_as_people_write_it(number: float, said: str) -> None:
    weight = Assumption(name="w", what="arrivals.townships", of=("t",), value=number)
    assert worded(weight, shipped()).zh == said


@pytest.mark.parametrize(("days", "said"), [(999.6, "1000"), (3650.0, "3650"), (2.504, "2.5")])
def test_days_are_said_as_people_write_them(days: float, said: str) -> None:
    answer = Assumption(name="a", what="chances.answer", value=values.Duration(days=days))
    assert worded(answer, shipped()).zh == f"{said} 个工作日"


def test_everything_that_is_left_out_has_a_word() -> None:
    said = worded(Assumption(name="left_out", what="left_out", value=LEFT_OUT), shipped())

    assert len(said.zh.split("、")) == len(LEFT_OUT)


@pytest.mark.parametrize(
    ("what", "of", "to", "said"),
    [
        ("name", "", "甲", "方案名称：甲"),
        ("class", "S1-14", "dropped", "“地质灾害危险性评估”：取消"),
        ("limit", "S1-14", "5", "“地质灾害危险性评估”承诺时限 5 个工作日"),
        ("limit", "S1-14", "catalogue", "“地质灾害危险性评估”承诺时限按目录"),
        ("reviewers", "water", "4", "水务局审批人员：4"),
        ("reviewers", "water", ANY, "水务局审批人员：不限"),
        ("slots", "", ANY, "每阶段同时可办：不限"),
        ("policy", "", "single", "配对方式：不配对，一次一项"),
        ("mode", "", "rolling", "何时开始下一项：随时补位"),
        ("precheck", "", "0.5", "代办员预审比例：50 %"),
        ("committed", "", "1.0", "选择告知承诺的比例：100 %"),
        ("supplement", "", "0.05", "需要补正的比例：5 %"),
    ],
)
def test_a_change_is_told_in_a_sentence(what: str, of: str, to: str, said: str) -> None:
    assert told(Change(what=What(what), of=of, to=to), shipped()).zh == said


def test_a_need_names_item_and_document() -> None:
    said = told(Change(what=What.NEED, of="S1-08:D05", to="soft"), shipped()).zh

    assert said.endswith("：不必等（容缺）")
    assert "S1-08" not in said
    assert "D05" not in said
