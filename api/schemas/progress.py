"""A project's progress as it goes out."""

from __future__ import annotations

from api.schemas.base import (
    NameSchema,
    Strict,
    choice,
    codes,
    day,
    figure,
    instant,
    many,
    one,
    said,
    truth,
)
from api.schemas.deadlines import ToldDaySchema
from workflows.catalogue.values import Coupling, DayUnit
from workflows.clock import Lamp
from workflows.events import How, PauseKind, Policy
from workflows.progress import Cause, ItemStanding, StageState
from workflows.project import FlagKind, PairStatus, ProjectStatus


class TurnSchema(Strict):
    """Whose turn it is."""

    performer = said(
        "window, department, inspector, agent, owner or external; procedure or leader in a pause"
    )
    department = said("Department code, when one is to act", none=True)
    person = said("Id of the person who holds the task, if anyone does", none=True)


class StepSchema(Strict):
    """The open step of a running item."""

    name = said("Step, e.g. review")
    task = said("Task id: UNIT/ITEM/ATTEMPT/STEP")
    path = said("BPMN element path")
    status = figure("National status code (BLZT) of the attempt")
    since = instant("Open since, UTC")
    turn = one(TurnSchema, "Who is to do it")
    outcomes = codes("Outcomes with which it may be completed")


class ClockSchema(Strict):
    """A limit set against the calendar."""

    days = figure("Length of the limit")
    unit = choice("What it counts", [each.value for each in DayUnit])
    source = said("Source key of the catalogue")
    due = day("Last day of the limit; null before acceptance", none=True)
    used = figure("Days used", none=True)
    left = figure("Days left, negative when overdue", none=True)
    lamp = choice("Colour of the clock", [each.value for each in Lamp])
    provisional = truth("The due date lies in a year whose holidays are not published yet")


class PausedDaysSchema(Strict):
    """Days of one kind of pause."""

    kind = choice("Whose time it was", [each.value for each in PauseKind])
    days = figure("Days")


class ItemTimeSchema(Strict):
    """Whose the days of an item's last attempt were."""

    unit = choice("What used and paused count", [each.value for each in DayUnit])
    source = said("Source key of the rule by which these days count")
    used = figure("Days on which its clock ran")
    paused = many(PausedDaysSchema, "Days on which it stood still, each date once")
    owner_days = figure("Those among them that were the owner's: supplements")
    waited_days = figure("Working days that it waited for its last document, before it was filed")
    waited_source = said("Source key of the rule by which working days count")


class PauseSchema(Strict):
    """An open pause of an attempt."""

    kind = choice("Whose time it is", [each.value for each in PauseKind])
    since = instant("Since when, UTC")
    counted = truth("The clock runs on")
    procedure = said("Special procedure, by code", none=True)
    visit = said("Joint visit (联合踏勘), by id", none=True)
    missing = codes("Materials that the owner is to hand in")
    expected_end = said("ISO date that was told", none=True)


class StopSchema(Strict):
    """A stretch in which an attempt's clock stood still."""

    kind = choice("Whose time it was", [each.value for each in PauseKind])
    since = instant("Since when, UTC")
    until = instant("Until when, UTC; null while it goes on", none=True)


class PulledInSchema(Strict):
    """Why an item counts as mandated."""

    item = said("The item")
    needed_by = said("The item that needs it")
    document = said("The document it needs")


class LimitExtensionSchema(Strict):
    """A longer limit (延长审批)."""

    days = figure("Days added; contained in the committed limit")
    unit = choice("What they count", [each.value for each in DayUnit])
    source = said("Source key of the rule")
    at = instant("Extended, UTC")
    reason = said("Why; null when it was erased", none=True)


class RevocationSchema(Strict):
    """A result that was taken back (撤销)."""

    attempt = figure("Attempt that had been granted")
    at = instant("Taken back, UTC")
    documents = codes("Documents taken back with it, by kind")
    reason = said("Why; null when it was erased", none=True)


class FlagSchema(Strict):
    """A note on an item that goes on all the same."""

    kind = choice("What holds", [each.value for each in FlagKind])
    since = instant("Since when, UTC")
    by = said("Item whose result was taken back, if that is why", none=True)
    documents = codes("Documents it rests on that were taken back and not issued again")
    reason = said("Why; null when it was erased", none=True)


class ToldOfItemSchema(ToldDaySchema):
    """A day that somebody was told about an item, and what is to be handed in by then."""

    materials = many(NameSchema, "What is to be handed in; empty where the day is the office's")


class ItemProgressSchema(Strict):
    """One item of one unit."""

    item = said("Item code")
    name = one(NameSchema, "Name of the item")
    department = said("Department code")
    coupling = choice("How it goes beside others", [each.value for each in Coupling])
    mandated = truth("Filed with the stage's joint application: mandated, serial or pulled in")
    milestone = truth("The stage's milestone waits for it")
    state = choice("Where it stands", [each.value for each in ItemStanding])
    pulled_in = one(PulledInSchema, "Why it counts as mandated, if pulled in", none=True)
    missing = codes("Hard documents that do not exist yet, while it is held")
    step = one(StepSchema, "Its open step, while it runs", none=True)
    pauses = many(PauseSchema, "Open pauses, while it runs")
    stops = many(StopSchema, "When the clock of the last attempt stood still, oldest first")
    attempt = figure("Number of its last attempt, 0 before the first")
    how = choice("How the last attempt was filed", [each.value for each in How], none=True)
    pair = said("Pair of the last attempt", none=True)
    slot = truth("It holds a pair slot")
    without = codes("Documents of soft needs that did not exist at filing")
    filed_at = instant("Filing of the last attempt, UTC", none=True)
    accepted_at = instant("Acceptance: the clock began, UTC", none=True)
    decided_at = instant("Decision: the clock stopped, UTC", none=True)
    ended_at = instant("End of the last attempt, UTC", none=True)
    lamp = choice(
        "Colour of the clock that runs, as the work list has it", [each.value for each in Lamp]
    )
    acceptance = one(ClockSchema, "Days in which silence accepts it; null after", none=True)
    committed = one(ClockSchema, "Committed limit", none=True)
    statutory = one(ClockSchema, "Statutory limit", none=True)
    delivery = one(ClockSchema, "Delivery after a decision that grants", none=True)
    time = one(ItemTimeSchema, "Whose its days were; null before the calendar", none=True)
    extension = one(LimitExtensionSchema, "Extension of the last attempt's limit", none=True)
    revocation = one(RevocationSchema, "The last result that was taken back", none=True)
    flags = many(FlagSchema, "What was noted while it runs or is granted, oldest first")
    told = many(ToldOfItemSchema, "Days that somebody was told beside the limits, not met yet")


class BlockerSchema(Strict):
    """One thing that is waited for now."""

    unit = figure("Unit, 0 = the whole project")
    stage = figure("Stage of the item")
    item = said("Item code; null for the joint application of the stage", none=True)
    cause = choice("Why it is not done", [each.value for each in Cause])
    step = said("The open step, if it runs", none=True)
    turn = one(TurnSchema, "Whose turn it is")
    since = instant("Since when, UTC")
    missing = codes("Documents that nobody can still produce")
    told = day("The earliest day that somebody was told for it, if any was", none=True)
    told_passed = truth("Such a day lies behind")


class BlockedSchema(Strict):
    """A stage that stands still."""

    by = many(BlockerSchema, "By what")
    since = instant("Since when nothing has moved, UTC")


class TicketSchema(Strict):
    """One candidate of a draw."""

    first = said("First item")
    second = said("Second item")
    digest = said("SHA-256 of seed|run|round|first|second, hexadecimal; the smallest wins")


class DrawSchema(Strict):
    """A draw that anyone can repeat."""

    seed = said("Seed: hash of the event that opened the round")
    run = said("Stage run, CODE/STAGE/UNIT")
    round = figure("Round")
    candidates = many(TicketSchema, "Every legal ready pair, by digest")


class PairSchema(Strict):
    """Two items joined at run time."""

    id = said("Pair id")
    stage = figure("Stage")
    unit = figure("Unit")
    first = said("First item, by code")
    second = said("Second item, by code")
    policy = choice("Who found it", [each.value for each in Policy])
    status = choice("Where it stands", [each.value for each in PairStatus])
    days_saved = figure("Working days saved against the baseline")
    baseline = said("one_by_one: the two committed limits one after the other")
    round = figure("Round of pairing")
    proposed_at = instant("Proposed, UTC")
    started_at = instant("Both members filed, UTC", none=True)
    ended_at = instant("Ended or dissolved, UTC", none=True)
    draw = one(DrawSchema, "The draw that made it, for anyone to repeat", none=True)


class StageProgressSchema(Strict):
    """One stage of one unit."""

    stage = figure("Stage 1-5")
    name = one(NameSchema, "Name of the stage")
    state = choice("Where it stands", [each.value for each in StageState])
    blocked = one(BlockedSchema, "By what it is blocked, if it is", none=True)
    opened_at = instant("Opened, UTC", none=True)
    filed_at = instant("Joint application filed, UTC", none=True)
    milestone_at = instant("Milestone reached, UTC", none=True)
    ended_at = instant("Nothing open any more, UTC", none=True)
    limit_days = figure("Days that the flow type allows", none=True)
    limit_source = said("Source key of the limit", none=True)
    used_days = figure("Days on which an accepted item ran", none=True)
    used_source = said("Source key of the rule by which these days count")
    counts = choice("What the days are", [each.value for each in DayUnit])
    lamp = choice("Colour of the clock", [each.value for each in Lamp])
    slots = figure("Pair slots of the stage run")
    slots_held = figure("Pair slots held now")
    round = figure("Round of pairing", none=True)
    wanted = figure("Items that the stage has to see granted")
    granted = figure("Those that are granted")
    items = many(ItemProgressSchema, "Items of the project's flow type, in catalogue order")
    pairs = many(PairSchema, "Pairs of the stage run, oldest first")


class UnitProgressSchema(Strict):
    """A building or phase, or the whole project (0)."""

    unit = figure("Unit")
    stages = many(StageProgressSchema, "Its stages in order")


class DocumentSchema(Strict):
    """A result document that exists."""

    document = said("Document kind")
    name = one(NameSchema, "Name of the kind")
    unit = figure("Unit")
    item = said("Item that produced it")
    issued_at = instant("Issued, UTC")
    valid_until = said("Last day of validity, ISO date", none=True)


class NextSchema(Strict):
    """What the project waits for."""

    unit = figure("Unit")
    stage = figure("Stage whose milestone is next; null when only the rest is open", none=True)
    blockers = many(BlockerSchema, "What must happen next, oldest first")
    since = instant("Since when the oldest has been waiting, UTC", none=True)


class ProgressSchema(Strict):
    """Where a project stands."""

    code = said("Project code")
    name = said("Name; null when it was erased", none=True)
    number = figure("Number of its last event; the entity tag")
    flow = figure("Flow type")
    flow_name = one(NameSchema, "Name of the flow type")
    status = choice("Where the project stands", [each.value for each in ProjectStatus])
    township = said("Township code")
    owner = said("Organisation that builds")
    agent = said("Agent's person id", none=True)
    suspended = truth("The whole project stands still")
    filed_at = instant("Filed, UTC")
    ended_at = instant("Ended, UTC", none=True)
    catalogue = said("Hash of the catalogue it was filed under")
    next = one(NextSchema, "What blocks the next milestone; null when it has ended", none=True)
    units = many(UnitProgressSchema, "The whole project first, then buildings and phases")
    documents = many(DocumentSchema, "Result documents that exist")
