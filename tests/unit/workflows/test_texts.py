from __future__ import annotations

import inspect
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from bpmn import conditions
from bpmn import errors as bpmn_errors
from bpmn.errors import BpmnError
from workflows import commands, errors
from workflows.errors import IllegalPairError, Refusal
from workflows.pairing import Why
from workflows.texts import LOCALES, refusal_text, text, texts

ROOT = Path(__file__).parents[3]
# What may be forbidden is named by a command's class, or by one of these words in the code.
_FORBIDDEN = re.compile(
    r'(?:command=|_DEED = |_?keeper\((?:[^"()]*, )?|administrator\(|_correspondent\(code, )"(\w+)"'
)
REFUSALS: list[type[Refusal]] = sorted(
    (
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, Refusal) and kind is not Refusal
    ),
    key=lambda kind: kind.code,
)
BPMN_ERRORS: list[type[BpmnError]] = sorted(
    (
        kind
        for _, kind in inspect.getmembers(bpmn_errors, inspect.isclass)
        if issubclass(kind, BpmnError) and kind is not BpmnError
    ),
    key=lambda kind: kind.code,
)


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


class TestEveryError:
    @pytest.mark.parametrize("kind", [*REFUSALS, *BPMN_ERRORS], ids=lambda kind: kind.code)
    def test_has_a_sentence_in_both_languages(self, kind: type[Refusal | BpmnError]) -> None:
        entry = texts()[kind.code]

        assert entry["zh"]
        assert entry["en"]
        assert re.search("[\u4e00-\u9fff]", entry["zh"])

    def test_has_a_code_of_its_own(self) -> None:
        codes = [*(kind.code for kind in REFUSALS), *(kind.code for kind in BPMN_ERRORS)]
        codes.append(conditions.ConditionError.code)

        assert len(codes) == len(set(codes))

    def test_names_the_same_parameters_in_both_languages(self) -> None:
        unlike = [code for code, t in texts().items() if _names(t["zh"]) != _names(t["en"])]

        assert unlike == []


class TestText:
    def test_joins_lists_as_the_language_does(self) -> None:
        given = {"item": "S3-12", "documents": ["D40", "D41"]}

        assert "D40、D41" in text("item.documents_missing", "zh-CN", **given)
        assert "D40, D41" in text("item.documents_missing", "en", **given)

    def test_says_a_value_by_its_word(self) -> None:
        given = {"item": "S1-08", "state": "running"}

        assert text("item.not_wanted", "zh-CN", **given).endswith("正在办理")
        assert text("item.not_wanted", "en", **given).endswith("under way")

    def test_says_findings_by_their_own_sentences(self) -> None:
        findings = [{"code": "facts.unknown", "fact": "moon"}]

        assert text("project.bad_facts", "en", findings=findings).endswith(
            "There is no fact named moon"
        )

    def test_chooses_the_language_of_a_contradiction(self) -> None:
        rules = [{"when": "a and b", "zh": "甲与乙矛盾", "en": "a contradicts b"}]

        assert text("project.contradiction", "zh-CN", rules=rules).endswith("甲与乙矛盾")
        assert text("project.contradiction", "en", rules=rules).endswith("a contradicts b")

    def test_takes_a_parameter_called_code(self) -> None:
        assert "S1-08" in text("bpmn.item_id", "en", code="S1-08", node="x")

    def test_speaks_chinese_when_it_does_not_know_the_language(self) -> None:
        assert text("project.unknown", "fr") == text("project.unknown", "zh-CN")

    def test_refuses_to_leave_a_parameter_out(self) -> None:
        with pytest.raises(KeyError, match="item"):
            text("item.unknown", "en")


class TestWords:
    @pytest.mark.parametrize("command", get_args(commands.Command), ids=lambda kind: kind.__name__)
    def test_name_every_command(self, command: type[commands.Command]) -> None:
        assert f"word.command.{command.__name__}" in texts()

    def test_name_whatever_else_may_be_forbidden(self) -> None:
        named = {
            deed
            for folder in ("api", "engine", "workflows")
            for file in (ROOT / folder).rglob("*.py")
            for deed in _FORBIDDEN.findall(file.read_text(encoding="utf-8"))
        }

        assert sorted(deed for deed in named if f"word.command.{deed}" not in texts()) == []
        assert {"people", "ReadReport", "IssueLink", "LeaveNote"} <= named


class TestRefusalText:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_says_why_a_pair_is_illegal(self, locale: str) -> None:
        why = Why(
            rule="document_path", params={"first": "S1-14", "second": "S1-15", "document": "D13"}
        )
        refusal = IllegalPairError(rule=why.rule, **why.params)

        said = refusal_text(refusal, locale)

        assert text("pair.rule.document_path", locale, **why.params) in said

    def test_says_any_other_refusal_by_its_code(self) -> None:
        assert refusal_text(errors.UnknownItemError(item="S9-99"), "en") == (
            "The catalogue has no item S9-99"
        )
