from __future__ import annotations

import json
from collections import Counter

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from bench.peers.spiff_reference import runner


class TestReferenceProcess:
    def test_has_sixty_user_tasks_both_ways(self) -> None:
        assert runner.in_memory() == 60
        assert runner.stateless() == 60

    def test_has_four_stages_of_their_own(self) -> None:
        """One stage called four times would leave the peer less to load and save than it had."""
        stored = BpmnWorkflowSerializer().serialize_json(runner.start())

        stages = [name for name in json.loads(stored)["subprocess_specs"] if "stage" in name]
        assert sorted(stages) == ["stage_1", "stage_2", "stage_3", "stage_4"]
        assert len(stored) > 100 * 1024

    def test_reviews_every_planned_item_once_a_stage(self) -> None:
        """Its rounds are planned beforehand: the form that SpiffWorkflow runs right (ADR 0001)."""
        workflow, reviewed = runner.start(), Counter[str]()

        while tasks := runner.open_tasks(workflow):
            if tasks[0].task_spec.bpmn_id == "review":
                reviewed[tasks[0].data.get("code", "mandated")] += 1
            runner.complete(workflow, tasks[0])

        assert {code: reviewed[code] for code in ("i0", "i1", "i2", "i3")} == {
            "i0": 4,
            "i1": 4,
            "i2": 4,
            "i3": 4,
        }
