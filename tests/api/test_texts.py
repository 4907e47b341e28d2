from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.errors import POINTERS, STATUS
from engine import errors as engine_errors
from workflows import errors
from workflows.progress import Cause, ItemStanding, StageState
from workflows.project import PairStatus, ProjectStatus
from workflows.texts import texts

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "api").rglob("*.py")), *sorted((ROOT / "api").rglob("*.html"))]
CODE = re.compile(r'"((?:api|person|definition)(?:\.[a-z0-9_]+)+)[?"]')
PAGE = re.compile(r't\("([a-z_]+)"[,)]')


def codes_of(module: object) -> set[str]:
    return {
        each.code
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Exception) and hasattr(each, "code")
    }


class TestEverySentence:
    @pytest.mark.parametrize("module", [errors, engine_errors])
    def test_of_a_refusal_is_there(self, module: object) -> None:
        assert codes_of(module) - texts().keys() == set()

    def test_that_the_interface_names_is_there(self) -> None:
        named = {code for source in SOURCES for code in CODE.findall(source.read_text("utf-8"))}

        # Two are made of a prefix and a status.
        assert named
        assert {code for code in named if code not in texts()} <= {"api.http", "api.status"}

    def test_that_a_page_shows_is_there(self) -> None:
        pages = sorted((ROOT / "api" / "templates").glob("*.html"))
        named = {f"page.{word}" for each in pages for word in PAGE.findall(each.read_text("utf-8"))}

        assert len(named) > 20
        assert named - texts().keys() == set()

    def test_for_every_state_is_there(self) -> None:
        named = {
            *(f"page.stage_state.{each.value}" for each in StageState),
            *(f"page.item_state.{each.value}" for each in ItemStanding),
            *(f"page.cause.{each.value}" for each in Cause),
            *(f"page.status_of.{each.value}" for each in ProjectStatus),
            *(f"page.pair_status.{each.value}" for each in PairStatus),
        }

        assert named - texts().keys() == set()

    def test_for_every_status_is_there(self) -> None:
        statuses = {int(status) for status in STATUS.values()} | {409, 412, 428, 500, 503, 507}

        assert {f"api.status.{status}" for status in statuses} - texts().keys() == set()

    def test_has_both_languages_and_no_markup(self) -> None:
        for code, entry in texts().items():
            assert entry.keys() == {"zh", "en"}, code
            assert "<" not in entry["zh"] + entry["en"], code


class TestTheTables:
    def test_name_refusals_that_exist(self) -> None:
        known = set(texts())

        assert (STATUS.keys() | POINTERS.keys()) - known == set()
