"""A catalogue with the definitions drawn by it: what is stored, and what comes into force."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bpmn.build import definitions
from bpmn.errors import BpmnError
from bpmn.library import DEFINITIONS
from bpmn.net import link
from bpmn.reader import read
from bpmn.soundness import prove
from engine import library
from engine.errors import UnknownDefinitionError
from engine.store.definitions import EDITION, NET
from workflows.adjustment import NoDefinitionError
from workflows.catalogue.load import load
from workflows.graph import CycleError
from workflows.plans import stage_plans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bpmn.diagram import Diagram
    from bpmn.net import Net
    from workflows.catalogue.values import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One catalogue as it was handed in, and its definitions.

    Attributes:
        text: The catalogue file.
        files: The .bpmn files by process id.
        nets: Linked from them, by process id: the lifecycle and the stages.
    """

    text: str
    files: Mapping[str, bytes]
    catalogue: Catalogue
    nets: Mapping[str, Net]

    @property
    def hash(self) -> str:
        """Return the hash of the catalogue's content."""
        return self.catalogue.hash

    @property
    def in_force(self) -> dict[str, str]:
        """Return the content hash of each net, by process id."""
        return {process: net.hash for process, net in self.nets.items()}


@cache
def shipped() -> Edition:
    """Return the edition of the files that come with the program.

    Raises:
        CatalogueError: If the catalogue is misshapen.
        BpmnError: If a definition breaks a rule.
    """
    files = {path.stem: path.read_bytes() for path in sorted(DEFINITIONS.glob("*.bpmn"))}
    known = library.shipped()
    return Edition(
        text=library.CATALOGUE.read_text(encoding="utf-8"),
        files=MappingProxyType(files),
        catalogue=known.catalogue,
        nets=MappingProxyType({name: known.nets[net] for name, net in known.in_force.items()}),
    )


def drawn(text: str, proved: Edition) -> Edition:
    """Return the edition of a new catalogue, its definitions drawn, read back and proved sound.

    Args:
        proved: Its files need no proof again.

    Raises:
        CatalogueError: If the catalogue is misshapen.
        NoDefinitionError: If the definitions cannot be drawn or are not sound.
    """
    try:
        catalogue = load(text)
        files = definitions(stage_plans(catalogue))
        edition = _edition(text, {Path(name).stem: xml for name, xml in files.items()})
        _check_sound(edition, proved)
    except (BpmnError, CycleError) as error:
        raise NoDefinitionError(reason=str(error)) from error
    return edition


def rows(edition: Edition) -> Iterator[tuple[str, str, str, bytes]]:
    """Yield the rows (hash, kind, name, content) under which an edition is stored."""
    whole = msgspec.msgpack.encode((edition.text, dict(edition.files)))
    yield edition.hash, EDITION, "catalogue", zlib.compress(whole)
    for process, net in edition.nets.items():
        yield net.hash, NET, process, edition.hash.encode()


def unpacked(hash_: str, content: bytes) -> Edition:
    """Return the edition that was stored under *hash_*.

    Raises:
        UnknownDefinitionError: If it says something else to this program than when it was stored.
    """
    text, files = msgspec.msgpack.decode(
        zlib.decompress(content), type=tuple[str, dict[str, bytes]]
    )
    edition = _edition(text, files)
    if edition.hash != hash_:
        raise UnknownDefinitionError(hash=hash_)
    return edition


def _check_sound(edition: Edition, proved: Edition) -> None:
    """Prove every definition that is not one of *proved* by exploring its markings.

    Raises:
        NoDefinitionError: It says where tokens get stuck, and the way there.
    """
    produces = {code: item.produces for code, item in edition.catalogue.items.items()}
    known = set(proved.files.values())
    for xml in (xml for xml in edition.files.values() if xml not in known):
        for problem in prove(read(xml), produces).problems:
            places, way = ", ".join(problem.places), " / ".join(problem.way)
            raise NoDefinitionError(reason=f"{problem.fault.name}: {places} ({way})")


def _edition(text: str, files: Mapping[str, bytes]) -> Edition:
    diagrams: dict[str, Diagram] = {name: read(xml) for name, xml in files.items()}
    return Edition(
        text=text,
        files=MappingProxyType(dict(files)),
        catalogue=load(text),
        nets=MappingProxyType(
            {
                name: link(diagram, diagrams)
                for name, diagram in sorted(diagrams.items())
                if name == "lifecycle" or name.startswith("stage_")
            }
        ),
    )
