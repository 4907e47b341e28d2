"""SpiffWorkflow as a witness: it runs an unrolled history, and says what it sees open."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, assert_never

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
Act = Any  # SpiffWorkflow's Task to run, or its BpmnEvent to catch; it has no types


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
        self.act([])
        self.notice()

    def do(self, number: int, operation: Operation) -> None:
        """Do step *number* on the instance.

        Raises:
            NotSeenError: If what the step needs is not open here.
        """
        self.act(self.found(number, operation))
        self.notice()

    def found(self, number: int, operation: Operation) -> list[Act]:
        """Find what step *number* needs, in the order of doing.

        Raises:
            NotSeenError: If something is not open here.
        """
        match operation:
            case Complete(path=path, outcome=outcome):
                return [self._task(Role.TASK, path, outcome=outcome)]
            case Open(codes=codes, slots=slots):
                doors = [self._task(Role.DOOR, code) for code in codes]
                return [*(self._turns(number) if slots else ()), *doors]
            case Decline(code=code):
                return [self._task(Role.DOOR, code)]
            case Park(code=code):
                return [self._task(Role.PARKING, code)]
            case Fire(path=path):
                return [self._signal(Role.TIMER, path)]
            case Cancel(code=code):
                return [self._signal(Role.ATTEMPT, code)]
            case _:
                assert_never(operation)

    def act(self, acts: list[Act]) -> None:
        """Do what was found, and let the engine run on."""
        for act in acts:
            if isinstance(act, BpmnEvent):
                self.workflow.catch(act)
            else:
                act.run()
        self.workflow.do_engine_steps()

    def notice(self) -> None:
        """Take note of a milestone that was reached."""
        for task in self.sight()[Role.MILESTONE].values():
            self.milestone = True
            task.run()
            self.workflow.do_engine_steps()

    def _turns(self, number: int) -> Iterator[Act]:
        for turn, _ in self.unrolled.turns:
            if turn.step == number:
                yield self._task(Role.TURN, f"{turn.step}.{turn.chain}")

    def _task(self, role: Role, key: str, **data: object) -> Act:
        task = self._find(role, key)
        task.set_data(**data)
        return task

    def _signal(self, role: Role, key: str) -> Act:
        return BpmnEvent(SignalEventDefinition(self._find(role, key).task_spec.bpmn_id))

    def _find(self, role: Role, key: str) -> Any:  # noqa: ANN401 - SpiffWorkflow has no types
        task = self.sight()[role].get(key)
        if task is None:
            raise NotSeenError(role, key)
        return task

    def sight(self) -> Sight:
        """Return the open tasks and armed events, by what they stand for; a second one says so."""
        found: Sight = defaultdict(dict)
        for task in self._open():
            name = task.task_spec.bpmn_id
            if name in self.unrolled.roles:
                role, key = self.unrolled.roles[name]
                found[role][f"{key} twice" if key in found[role] else key] = task
        return found

    def _open(self) -> Iterator[Any]:
        """List what is open from the tables of tasks: its own iterator stops at depth 1000."""
        for workflow in (self.workflow, *self.workflow.subprocesses.values()):
            for task in workflow.tasks.values():
                ready = task.state == TaskState.READY and task.task_spec.manual
                if ready or task.state == TaskState.WAITING:
                    yield task
