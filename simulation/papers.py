"""What owners hand in: materials with a stage's joint application, and later what was missing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from simulation.mishaps import forgoes
from simulation.options import Option, Rank, Scene, said
from simulation.specimens import MEDIA_TYPE, specimen
from workflows import commands as c
from workflows.project import item_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workflows.catalogue.values import Catalogue
    from workflows.project import Pause, Supplied

SUPPLEMENTED = "supplemented"
LOOKS = frozenset({"accept", "receive_and_accept"})  # before these the office looks for all papers


def handing_in(scene: Scene) -> Iterator[Option]:
    """Yield the next material of a stage that was filed, all of them within the same minute.

    The owner brings what the running and the wanted items ask for, less what is forgotten: for
    that a supplement will ask.
    """
    filed = scene.run.filed_at
    if filed is None or not hands_in(scene):
        return
    material = next(_lacking(scene), None)
    if material is not None:
        yield _handed_in(scene, material, filed, "owner")


def answering(scene: Scene, pause: Pause, due: datetime) -> Option | None:
    """Return the next material that a supplement asked for; None once all of them came again."""
    if not hands_in(scene):
        return None
    for material in pause.missing:
        supplied = _supplied(scene, material)
        fresh = supplied is not None and supplied.supplied_at > pause.since
        if not fresh and scene.world.catalogue.materials[material].document is None:
            return _handed_in(scene, material, due, "agent")
    return None


def hands_in(scene: Scene) -> bool:
    """Tell whether the owner hands in the materials of this stage run."""
    since, filed = scene.world.habits.hands_in, scene.run.filed_at
    return since is not None and filed is not None and filed >= since


def own(scene: Scene, code: str) -> tuple[str, ...]:
    """Return the materials of an item that nobody but its owner can bring."""
    known = scene.world.catalogue.materials
    return tuple(each for each in scene.item(code).materials if known[each].document is None)


def _lacking(scene: Scene) -> Iterator[str]:
    """Yield what nobody has handed in yet, of the items that ask for it now."""
    for code, materials in _asked(scene.world.catalogue, scene.project.applicable, scene.run.stage):
        missing = [each for each in materials if _supplied(scene, each) is None]
        if missing and _is_on(scene, code):
            forgotten = _forgotten(scene, code)
            yield from (each for each in missing if each != forgotten)


def _is_on(scene: Scene, code: str) -> bool:
    running = scene.state(code).open is not None
    return running or (code in scene.wanted and not forgoes(scene, code))


def _forgotten(scene: Scene, code: str) -> str | None:
    """Return what the owner forgets for the running attempt, or the next one; None = nothing.

    It comes when a supplement asks for it (`answering`).
    """
    attempt = scene.state(code).open
    number = scene.tries(code) + (attempt is None)
    strikes = scene.strikes(scene.world.habits.supplemented, code, number, SUPPLEMENTED)
    return own(scene, code)[-1] if strikes and _looked_at(scene, code) else None


def _looked_at(scene: Scene, code: str) -> bool:
    """Tell whether the item has a step at which a supplement may be asked for."""
    net = scene.world.nets[scene.run.net]
    return any(f"{net.items[code].path}/{step}" in net.numbers for step in LOOKS)


def _supplied(scene: Scene, material: str) -> Supplied | None:
    held = scene.project.materials
    return held.get(item_key(scene.run.unit, material)) or held.get(item_key(0, material))


def _handed_in(scene: Scene, code: str, due: datetime, performer: str) -> Option:
    material = scene.world.catalogue.materials[code]
    before = _supplied(scene, code)
    file = specimen(material, 1 if before is None else before.version + 1)
    place = "|".join((scene.project.code, str(scene.project.number), "material", code))
    words = said(place, file.name)
    command = c.SupplyMaterial(
        material=code,
        unit=scene.run.unit if before is None else before.unit,
        file=file.sha256,
        size=len(file.content),
        media_type=MEDIA_TYPE,
        name=words.note,
    )
    return Option(
        due=due, rank=Rank.HAND_IN, key=code, command=command, performer=performer, said=words
    )


@lru_cache(maxsize=4096)
def _asked(
    catalogue: Catalogue, applicable: tuple[str, ...], stage: int
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the applicable items of a stage that ask for own materials, with those materials."""
    items = (catalogue.items[code] for code in applicable)
    found = (
        (item.code, tuple(m for m in item.materials if catalogue.materials[m].document is None))
        for item in items
        if item.stage == stage
    )
    return tuple((code, materials) for code, materials in found if materials)
