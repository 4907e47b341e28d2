"""One error for each broken rule of definitions and tokens: a stable code and its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class BpmnError(Exception):
    """A definition or a move that breaks a rule.

    Attributes:
        code: Stable, dotted key of the text (workflows/texts/bpmn.toml).
        params: What the text names: element ids, paths, figures.
    """

    code = "bpmn.error"

    def __init__(self, **params: object) -> None:
        """Keep the parameters that the text names."""
        self.params = params
        named = ", ".join(f"{key}={value!r}" for key, value in params.items())
        super().__init__(f"{self.code}: {named}" if named else self.code)


class LinkError(BpmnError):
    """A call that cannot be inlined: unknown process, or a call inside an item."""

    code = "bpmn.link"


class SecondTokenError(BpmnError):
    """A second token on one node: the net is not 1-safe."""

    code = "bpmn.second_token"


class NotHereError(BpmnError):
    """The node carries no token, so it cannot be completed, fired, opened or cancelled."""

    code = "bpmn.not_here"


class UnknownNodeError(BpmnError):
    """The net has no node or item of that name."""

    code = "bpmn.unknown_node"


class UnknownOutcomeError(BpmnError):
    """The task cannot be completed with that word."""

    code = "bpmn.unknown_outcome"


class NeedsMissingError(BpmnError):
    """An item may not be opened before its hard documents exist."""

    code = "bpmn.needs_missing"


class SlotsTakenError(BpmnError):
    """No slot is free for what is to be started, or a round is still running."""

    code = "bpmn.slots_taken"


class NoWayError(BpmnError):
    """An exclusive gateway found no true condition and has no default."""

    code = "bpmn.no_way"


# The gate: what a file may be.


class TooLargeError(BpmnError):
    """The file is larger than the limit."""

    code = "bpmn.too_large"


class NotUtf8Error(BpmnError):
    """The file is not UTF-8 text, or declares another encoding."""

    code = "bpmn.not_utf8"


class DoctypeError(BpmnError):
    """The file holds a document type declaration or an entity."""

    code = "bpmn.doctype"


class NotXmlError(BpmnError):
    """The file is not well-formed XML."""

    code = "bpmn.not_xml"


class ElementRefusedError(BpmnError):
    """An element that our subset does not execute, or that stands in the wrong place."""

    code = "bpmn.element_refused"


class AttributeRefusedError(BpmnError):
    """An attribute that our subset does not know on that element."""

    code = "bpmn.attribute_refused"


class TextTooLongError(BpmnError):
    """An attribute or a text is longer than the limit."""

    code = "bpmn.text_too_long"


class TooManyAttributesError(BpmnError):
    """One element has more attributes than any of ours needs."""

    code = "bpmn.too_many_attributes"


class TooManyNodesError(BpmnError):
    """More flow nodes or sequence flows than the limit."""

    code = "bpmn.too_many_nodes"


class DuplicateIdError(BpmnError):
    """Two elements carry one id."""

    code = "bpmn.duplicate_id"


class BadIdError(BpmnError):
    """An id that is no plain word, or that the parser uses itself."""

    code = "bpmn.bad_id"


class SchemaError(BpmnError):
    """The file breaks the BPMN 2.0 schema."""

    code = "bpmn.schema"


# The rules: what a process must say.


class ProcessCountError(BpmnError):
    """The file must hold exactly one process."""

    code = "bpmn.process_count"


class NotExecutableError(BpmnError):
    """The process is not marked as executable."""

    code = "bpmn.not_executable"


class StartCountError(BpmnError):
    """The process must have exactly one start event."""

    code = "bpmn.start_count"


class NoEndError(BpmnError):
    """The process has no end event."""

    code = "bpmn.no_end"


class LooseFlowError(BpmnError):
    """A sequence flow comes from, or leads to, nothing."""

    code = "bpmn.loose_flow"


class FlowAcrossBorderError(BpmnError):
    """A sequence flow crosses the border of a block, or joins two of its items."""

    code = "bpmn.flow_across_border"


class TwinFlowError(BpmnError):
    """Two sequence flows join the same two nodes."""

    code = "bpmn.twin_flow"


class FlowListError(BpmnError):
    """The incoming and outgoing lists of a node disagree with the flows."""

    code = "bpmn.flow_list"


class SeveralOutgoingError(BpmnError):
    """A node that is no gateway has several outgoing flows."""

    code = "bpmn.several_outgoing"


class DeadEndError(BpmnError):
    """A node that is no end event has no outgoing flow."""

    code = "bpmn.dead_end"


class FlowIntoEntryError(BpmnError):
    """A sequence flow leads into a start or boundary event."""

    code = "bpmn.flow_into_entry"


class FlowOutOfEndError(BpmnError):
    """A sequence flow leaves an end event."""

    code = "bpmn.flow_out_of_end"


class UnreachableError(BpmnError):
    """Nodes that no token can reach."""

    code = "bpmn.unreachable"


class AutomaticLoopError(BpmnError):
    """A circle without a task would run for ever."""

    code = "bpmn.automatic_loop"


class DefaultMissingError(BpmnError):
    """A branching exclusive gateway must have exactly one default flow."""

    code = "bpmn.default_missing"


class ConditionMissingError(BpmnError):
    """A flow out of an exclusive gateway has no condition and is not the default."""

    code = "bpmn.condition_missing"


class ConditionMisplacedError(BpmnError):
    """A condition stands on a flow that must not have one."""

    code = "bpmn.condition_misplaced"


class BadConditionError(BpmnError):
    """A condition is not in the language."""

    code = "bpmn.bad_condition"


class OverlapError(BpmnError):
    """Two conditions of one gateway can be true at once."""

    code = "bpmn.overlap"


class TooManyOutcomesError(BpmnError):
    """The tasks of one process know more outcomes than the limit."""

    code = "bpmn.too_many_outcomes"


class NeverTrueError(BpmnError):
    """A condition can never be true with the outcomes of this process."""

    code = "bpmn.never_true"


class HostError(BpmnError):
    """A boundary event is not attached to an activity beside it."""

    code = "bpmn.host"


class BoundaryError(BpmnError):
    """A boundary event must have exactly one timer or one signal."""

    code = "bpmn.boundary"


class TimerError(BpmnError):
    """A timer must be a whole number of days."""

    code = "bpmn.timer"


class SignalError(BpmnError):
    """A boundary event names a signal that the file does not declare."""

    code = "bpmn.signal"


class InterruptingMilestoneError(BpmnError):
    """A milestone must not interrupt the stage that reached it."""

    code = "bpmn.interrupting_milestone"


class BlockOrderingError(BpmnError):
    """An ad-hoc block must be parallel and must not cancel what is left."""

    code = "bpmn.block_ordering"


class BlockConditionError(BpmnError):
    """An ad-hoc block must end when all is done, and in no other way."""

    code = "bpmn.block_condition"


class BlockEmptyError(BpmnError):
    """An ad-hoc block has no item."""

    code = "bpmn.block_empty"


class MarkMissingError(BpmnError):
    """A node lacks the extension element that says what it is."""

    code = "bpmn.mark_missing"


class MarkTwiceError(BpmnError):
    """An extension element stands twice, or in a place where it says nothing."""

    code = "bpmn.mark_twice"


class MarkValueError(BpmnError):
    """An extension attribute is missing or has no sense."""

    code = "bpmn.mark_value"


class ItemIdError(BpmnError):
    """The id of an item's node must be its code, with _ for -."""

    code = "bpmn.item_id"


class ResultsMixedError(BpmnError):
    """Either every end event has a result, or none."""

    code = "bpmn.results_mixed"


class CalledElementError(BpmnError):
    """A call activity names no process."""

    code = "bpmn.called_element"


class SelfCallError(BpmnError):
    """A process calls itself."""

    code = "bpmn.self_call"


class LaneError(BpmnError):
    """A lane lists a node that does not exist, or that lies in another lane."""

    code = "bpmn.lane"


# The parser: what came out of it.


class ParserRefusedError(BpmnError):
    """The BPMN parser refuses the file."""

    code = "bpmn.parser_refused"


class LostError(BpmnError):
    """Nodes of the file are not in what the parser made of it, or the reverse."""

    code = "bpmn.lost"


class ReaderStoppedError(BpmnError):
    """Reading took too much time or memory, or the reading process died."""

    code = "bpmn.reader_stopped"


def restored(code: str, params: Mapping[str, object]) -> BpmnError:
    """Make the error again that crossed a process border as its code and parameters.

    >>> restored("bpmn.duplicate_id", {"id": "accept"})
    DuplicateIdError("bpmn.duplicate_id: id='accept'")
    """
    kinds = {kind.code: kind for kind in BpmnError.__subclasses__()}
    return kinds.get(code, BpmnError)(**params)
