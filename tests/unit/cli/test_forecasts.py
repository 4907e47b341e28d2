"""`abreast fit` and `abreast report calibration`, from a file of facts and on an empty office."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.main import run
from exchange import facts_file
from simulation.facts import cases_of
from simulation.kernel import run as run_kernel
from simulation.model import model_of
from tests.support.catalogues import shipped
from tests.support.held_out import FIRST, hidden
from tests.support.item_facts import Told, case

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
ZH, EN = {"LANG": "zh_CN.UTF-8"}, {"LANG": "en"}


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABREAST_DATABASE", f"sqlite:///{tmp_path}/test.db")


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the facts of a few projects."""
    file = tmp_path_factory.mktemp("facts") / "few.facts"
    model = model_of(hidden(40, 300, 1), shipped(), first_day=FIRST)
    with file.open("wb") as written:
        facts_file.write(cases_of(run_kernel(model)), written)
    return str(file)


class TestFit:
    def test_makes_a_scenario_that_can_be_simulated(
        self, facts: str, tmp_path: Path, capsys: Capture
    ) -> None:
        out = tmp_path / "fitted.toml"

        assert run(["fit", "--facts", facts, "--out", str(out), "--seeds", "2", "--json"], EN) == 0
        told = json.loads(capsys.readouterr().out)

        assert set(told["goodness"]) >= {"distance", "floor", "ratio", "seeds"}
        assert told["scenario"]["service"]["items"]
        assert run(["simulate", str(out), "--replications", "5", "--json"], EN) == 0
        (simulated,) = json.loads(capsys.readouterr().out)["scenarios"]
        assert simulated["name"] == "fitted"

    @pytest.mark.parametrize(("environ", "word"), [(ZH, "审批人员"), (EN, "Reviewers")])
    def test_says_it_in_both_languages(
        self, facts: str, environ: dict[str, str], word: str, capsys: Capture
    ) -> None:
        assert run(["fit", "--facts", facts, "--seeds", "2"], environ) == 0

        assert word in capsys.readouterr().out

    def test_refuses_facts_of_nothing_it_knows(self, tmp_path: Path, capsys: Capture) -> None:
        file = tmp_path / "strange.facts"
        with file.open("wb") as written:
            facts_file.write([case([Told(item="strange", filed=1, end=3)])], written)

        assert run(["fit", "--facts", str(file)], EN) == 1

        assert "nothing to fit" in capsys.readouterr().err


class TestCalibration:
    def test_says_that_nothing_was_learned_yet(self, capsys: Capture) -> None:
        assert run(["report", "calibration", "--make"], EN) == 0

        assert "Nothing was replayed yet" in capsys.readouterr().out

    def test_tells_it_all_to_programs(self, capsys: Capture) -> None:
        assert run(["report", "calibration", "--json"], EN) == 0

        told = json.loads(capsys.readouterr().out)
        assert told == {
            "as_of": None,
            "fitted_from": None,
            "fitted_until": None,
            "until": None,
            "replayed": [],
            "told": [],
        }
