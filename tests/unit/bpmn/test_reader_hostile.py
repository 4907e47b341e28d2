from __future__ import annotations

from pathlib import Path
from string import Formatter
from tomllib import loads

import pytest

from bpmn.errors import BpmnError
from bpmn.reader import read, read_safely
from bpmn.soundness import Fault
from tests.support.hostile_bpmn import Hostile, corpus

CANARY = Path("/tmp/abreast_reader_canary")  # noqa: S108 - nothing may ever create it
CORPUS = corpus(CANARY)
TEXTS = loads(
    (Path(__file__).parents[3] / "workflows" / "texts" / "bpmn.toml").read_text(encoding="utf-8")
)


def refusal(xml: bytes) -> BpmnError:
    with pytest.raises(BpmnError) as caught:
        read(xml)
    return caught.value


class TestTheReader:
    @pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
    def test_refuses_by_name(self, case: Hostile) -> None:
        error = refusal(case.xml)

        assert error.code == case.code

    @pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
    def test_can_say_why_in_both_languages(self, case: Hostile) -> None:
        error = refusal(case.xml)

        for template in TEXTS[error.code].values():
            assert template.format(**error.params)

    @pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
    def test_repeats_little_of_a_hostile_file(self, case: Hostile) -> None:
        error = refusal(case.xml)

        assert len(str(error)) < 3_000

    def test_never_runs_what_a_file_says(self) -> None:
        for case in CORPUS:
            refusal(case.xml)

        assert not CANARY.exists()


@pytest.mark.slow
class TestReadSafely:
    @pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
    def test_refuses_by_name_within_its_limits(self, case: Hostile) -> None:
        with pytest.raises(BpmnError) as caught:
            read_safely(case.xml)

        assert caught.value.code == case.code
        assert not CANARY.exists()


class TestTheTexts:
    def test_know_every_code_of_this_package(self) -> None:
        codes = {kind.code for kind in BpmnError.__subclasses__() if kind.code.startswith("bpmn.")}

        assert codes | {BpmnError.code, *Fault} == TEXTS.keys()

    def test_name_the_same_parameters_in_both_languages(self) -> None:
        for code, texts in TEXTS.items():
            assert texts.keys() == {"zh", "en"}
            zh, en = (
                {name for _, name, _, _ in Formatter().parse(texts[locale]) if name}
                for locale in ("zh", "en")
            )
            assert zh == en, code

    def test_are_needed_by_the_corpus_where_a_file_can_cause_them(self) -> None:
        by_no_file = {
            "bpmn.error", "bpmn.link", "bpmn.second_token", "bpmn.not_here", "bpmn.unknown_node",
            "bpmn.unknown_outcome", "bpmn.needs_missing", "bpmn.slots_taken", "bpmn.no_way",
            "bpmn.parser_refused", "bpmn.lost", "bpmn.reader_stopped", *Fault,
        }  # fmt: skip

        assert {case.code for case in CORPUS} == TEXTS.keys() - by_no_file
