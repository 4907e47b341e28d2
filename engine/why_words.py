"""Why a project took its time, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.report_tables import spoken_parts

if TYPE_CHECKING:
    from analysis.why import Chain, Link
    from engine.report_tables import Wording


def chain(found: Chain, words: Wording) -> tuple[str, ...]:
    """Return why a project is late, a sentence a link, a line before each stage."""
    if not found.links:
        return (words.say("why.nothing", project=found.project),)
    code = "why.whole" if found.limit is None else "why.limited"
    days = f"{found.days:.1f}"
    lines = [words.say(code, project=found.project, days=days, limit=found.limit)]
    for stage in found.stages:
        code = "why.stage" if stage.limit is None else "why.stage_limited"
        lines.append(
            words.say(code, stage=stage.stage, days=f"{stage.days:.1f}", limit=stage.limit)
        )
        lines += [_link(link, words) for link in found.links if link.stage == stage.stage]
    return tuple(lines)


def _link(link: Link, words: Wording) -> str:
    days = f"{link.days:.1f}"
    if link.item is None:
        return words.say(f"why.{link.reason.value}", days=days)
    return words.say(
        f"why.{link.reason.value}",
        item=f"{link.item} {words.name('item', link.item)}",
        department=words.name("department", link.department or ""),
        days=days,
        next_item=link.next_item or "",
        parts=spoken_parts(dict(link.longest), words) or words.say("why.brief"),
    )
