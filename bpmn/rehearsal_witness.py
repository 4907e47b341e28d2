"""SpiffWorkflow as a witness: it runs an unrolled history, and says what it sees open."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bpmn.rehearsal_history import Cancel, Complete, Decline, Fire, Open, Operation, Park
from bpmn.rehearsal_unroll import Role, Unrolled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bpmn.conditions import Value

Sight = dict[Role, dict[str, Any]]


class NotSeenError(Exception):
    """The witness has nothing open where the core did something."""

    def __init__(self, role: Role, key: str) -> None:
        """Keep what was looked for."""
        super().__init__(f"no {role} {key}")
        self.role, self.key = role, key


class IndexedWorkflow(BpmnWorkflow):  # type: ignore[misc]  # SpiffWorkflow has no types
    """SpiffWorkflow as it is, but it finds the tasks of one element in its table of tasks.

    Its parallel gateways walk the whole tree for that, again and again: two thirds of a rehearsal.
    Ids are unique in an unrolled file, so the answer is the same, and no depth hides a task.
    """

    def get_tasks(self, first_task: object = None, **kwargs: object) -> list[Any]:
        """Return the tasks of the process that match, as SpiffWorkflow's own method does."""
        if first_task is None and set(kwargs) == {"spec_name"}:
            name = kwargs["spec_name"]
            return [task for task in self.tasks.values() if task.task_spec.name == name]
        return list(super().get_tasks(first_task, **kwargs))


class Witness:
    """One running instance of an unrolled history."""

    def __init__(
        self,
        unrolled: Unrolled,
        facts: Mapping[str, Value],
        engine: type[BpmnWorkflow] = IndexedWorkflow,
    ) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(unrolled.xml))
        self.unrolled = unrolled
        self.workflow = engine(
            parser.get_spec(unrolled.process), parser.get_subprocess_specs(unrolled.process)
        )
        self.workflow.task_tree.set_data(**facts)
        self.milestone = False

    def start(self) -> None:
        """Let the first tokens run."""
        self._run_on()

    def do(self, number: int, operation: Operation) -> None:
        """Do step *number* on the instance.

        Raises:
            NotSeenError: If what the step needs is not open here.
        """
        match operation:
            case Complete(path=path, outcome=outcome):
                self._complete(Role.TASK, path, outcome=outcome)
            case Open(codes=codes, slots=slots):
                if slots:
                    self._take_turns(number)
                for code in codes:
                    self._complete(Role.DOOR, code, choice="open")
            case Decline(code=code):
                self._complete(Role.DOOR, code, choice="decline")
            case Park(code=code):
                self._complete(Role.PARKING, code)
            case Fire(path=path):
                self._signal(Role.TIMER, path)
            case Cancel(code=code):
                self._signal(Role.ATTEMPT, code)
        self._run_on()

    def _take_turns(self, number: int) -> None:
        for turn, _ in self.unrolled.turns:
            if turn.step == number:
                self._complete(Role.TURN, f"{turn.step}.{turn.chain}")

    def _complete(self, role: Role, key: str, **data: object) -> None:
        task = self._find(role, key)
        task.set_data(**data)
        task.run()

    def _signal(self, role: Role, key: str) -> None:
        name = self._find(role, key).task_spec.bpmn_id
        self.workflow.catch(BpmnEvent(SignalEventDefinition(name)))

    def _find(self, role: Role, key: str) -> Any:  # noqa: ANN401 - SpiffWorkflow has no types
        task = self.sight()[role].get(key)
        if task is None:
            raise NotSeenError(role, key)
        return task

    def _run_on(self) -> None:
        self.workflow.do_engine_steps()
        reached = self.sight()[Role.MILESTONE]
        for task in reached.values():
            self.milestone = True
            task.run()
            self.workflow.do_engine_steps()

    def sight(self) -> Sight:
        """Return the open tasks and armed events, by what they stand for."""
        found: Sight = defaultdict(dict)
        for task in self._open():
            name = task.task_spec.bpmn_id
            if name in self.unrolled.roles:
                role, key = self.unrolled.roles[name]
                found[role][key] = task
        return found

    def _open(self) -> Iterator[Any]:
        """List what is open from the tables of tasks: its own iterator stops at depth 1000."""
        for workflow in (self.workflow, *self.workflow.subprocesses.values()):
            for task in workflow.tasks.values():
                ready = task.state == TaskState.READY and task.task_spec.manual
                if ready or task.state == TaskState.WAITING:
                    yield task
