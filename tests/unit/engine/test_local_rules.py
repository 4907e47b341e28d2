"""Local rules from the environment to a decision, on a real database."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from engine.clock import PushableClock
from engine.errors import BadSettingError
from engine.settings import from_environment
from tests.support.facts import random_facts
from tests.support.office import OWNER, START
from tests.support.paper_work import supplying
from wire import assemble
from workflows import commands as c
from workflows.facts import SYSTEM, Materials, Rules
from workflows.materials import Shelf, Standing
from workflows.moments import local_date
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from pathlib import Path

CODE = "2601-120118-04-01-000001"


class TestSettings:
    def test_give_the_rules_of_a_district(self) -> None:
        found = from_environment(
            {
                "ABREAST_MATERIALS": "required",
                "ABREAST_TOLERANCE_DAYS": "15",
                "ABREAST_PARK_AFTER": "5",
                "ABREAST_OVERDUE_DEFAULT": "on",
            }
        )

        assert found.rules == Rules(
            materials=Materials.REQUIRED, tolerance_days=15, park_after=5, overdue_default=True
        )

    def test_are_those_of_the_law_by_default(self) -> None:
        assert from_environment({}).rules == Rules()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ABREAST_MATERIALS", "perhaps"),
            ("ABREAST_TOLERANCE_DAYS", "0"),
            ("ABREAST_FILE_LIMIT", "-1"),
            ("ABREAST_PARK_AFTER", "many"),
        ],
    )
    def test_refuse_what_cannot_be_meant(self, name: str, value: str) -> None:
        with pytest.raises(BadSettingError, match=name):
            from_environment({name: value})


class TestRequiredMaterials:
    def test_hold_and_release_items_on_a_database(self, tmp_path: Path) -> None:
        settings = from_environment(
            {
                "ABREAST_DATABASE": f"sqlite:///{tmp_path}/office.db",
                "ABREAST_FILES": str(tmp_path / "files"),
                "ABREAST_MATERIALS": "required",
            }
        )
        parts = assemble(settings, PushableClock(START))
        parts.rosters.execute("township-1", JoinRoster(agent="agent-1"), SYSTEM, "join")
        facts = random_facts(parts.library.catalogue, 3, Random(1))
        filing = c.FileProject(
            code=CODE,
            flow=3,
            facts=dict(facts),
            township="township-1",
            owner="o1",
            name=c.Note(ref="n", digest="0" * 64),
        )
        for key, command in (
            ("file", filing),
            ("stage", c.FileStage(stage=1)),
            ("first", supplying("M011")),
            ("second", supplying("M012")),
        ):
            answer = parts.handle.execute(CODE, command, OWNER, key)

        project = parts.handle.project(CODE)
        parts.close()

        kinds = [type(event.body).__name__ for event in answer.events]
        assert kinds == ["MaterialSupplied", "ItemFiled"]
        assert project.items["0/S1-05"].open is not None
        shelf = Shelf(project, parts.library.catalogue, 0, local_date(START))
        assert shelf.standing(parts.library.catalogue.materials["M012"]) is Standing.SUPPLIED
