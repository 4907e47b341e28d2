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

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue" / "catalogue.yaml"


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
    return _edition(CATALOGUE.read_text(encoding="utf-8"), files)


def drawn(text: str) -> Edition:
    """Return the edition of a new catalogue, its definitions drawn, read back and proved sound.

    Raises:
        CatalogueError: If the catalogue is misshapen.
        NoDefinitionError: If the definitions cannot be drawn or are not sound.
    """
    try:
        catalogue = load(text)
        files = definitions(stage_plans(catalogue))
        edition = _edition(text, {Path(name).stem: xml for name, xml in files.items()})
    except (BpmnError, CycleError) as error:
        raise NoDefinitionError(reason=str(error)) from error
    produces = {code: item.produces for code, item in catalogue.items.items()}
    for net in edition.nets.values():
        problems = prove(net, produces).problems
        if problems:
            raise NoDefinitionError(reason=str(problems[0]))
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
