"""Why a project took its time, in sentences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.report_tables import spoken_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.why import Chain, Link, StageTime
    from engine.report_tables import Wording
    from workflows.stage_clock import ProjectClock


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStory:
    """One stage's part in it: its days in one sentence, and a sentence a link."""

    stage: int
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Why a project took its time, in words."""

    heading: str
    stages: tuple[StageStory, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return every sentence in the order in which it is read."""
        told = (line for each in self.stages for line in (each.heading, *each.sentences))
        return (self.heading, *told)


def counted(found: Chain, clock: ProjectClock) -> dict[int | None, int]:
    """Return the days that the clocks counted, by stage and, under None, of the whole project.

    Left out are stages that several units ran: none of their clocks is the chain's.
    """
    units = {(link.stage, link.unit) for link in found.links}
    runs = Counter(stage for stage, _ in units)
    alone: dict[int | None, int] = {
        each.stage: each.used
        for each in clock.stages
        if (each.stage, each.unit) in units and runs[each.stage] == 1
    }
    return {**alone, None: clock.used}


def story(found: Chain, words: Wording, used: Mapping[int | None, int]) -> Story:
    """Return why a project is late, stage by stage.

    Args:
        used: Days that the clock counted, by stage, and of the whole project under None. Elapsed
            days are never held against a limit: the law counts the departments' alone.
    """
    if not found.links:
        return Story(heading=words.say("why.nothing", project=found.project), stages=())
    return Story(
        heading=_days("whole", found, None, words, used),
        stages=tuple(
            StageStory(
                stage=stage.stage,
                heading=_days("stage", stage, stage.stage, words, used),
                sentences=tuple(
                    _link(link, words) for link in found.links if link.stage == stage.stage
                ),
            )
            for stage in found.stages
        ),
    )


def _days(
    kind: str,
    told: Chain | StageTime,
    stage: int | None,
    words: Wording,
    used: Mapping[int | None, int],
) -> str:
    """Return how long it took, and beside it what counts of that where it is known."""
    code = f"why.{kind}"
    if stage in used:
        code = f"{code}_counted" if told.limit is None else f"{code}_limited"
    name = words.name("stage", str(stage))
    days = f"{told.days:.1f}"
    return words.say(
        code, stage=stage, name=name, days=days, used=used.get(stage), limit=told.limit
    )


def _link(link: Link, words: Wording) -> str:
    days = f"{link.days:.1f}"
    if link.item is None:
        return words.say(f"why.{link.reason.value}", days=days)
    return words.say(
        f"why.{link.reason.value}",
        item=words.name("item", link.item),
        department=words.name("department", link.department or ""),
        days=days,
        next_item=words.name("item", link.next_item or ""),
        parts=spoken_parts(dict(link.longest), words) or words.say("why.brief"),
    )
