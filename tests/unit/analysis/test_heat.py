from __future__ import annotations

import re
from pathlib import Path

import pytest

import bpmn
from analysis.heat import STRETCHES
from workflows.catalogue.values import ItemKind

DEFINITIONS = Path(bpmn.__file__).parent / "definitions"


class TestStretches:
    @pytest.mark.parametrize("kind", ItemKind)
    def test_hold_every_step_that_is_drawn(self, kind: ItemKind) -> None:
        drawn = (DEFINITIONS / f"{kind.value}.bpmn").read_text(encoding="utf-8")

        known = [step for steps, _ in STRETCHES[kind] for step in steps]

        assert sorted(known) == sorted(re.findall(r'<bpmn:userTask id="(\w+)"', drawn))
