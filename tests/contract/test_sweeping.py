"""Files that no project speaks of are swept away; what a log names, or may name yet, stays."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.clock import SystemClock
from engine.files import Files
from engine.notes import write
from engine.sweeping import GRACE, Sweep
from tests.support import hostile_files as made
from tests.support.memory_office import person
from workflows import commands as c
from workflows.facts import Role

if TYPE_CHECKING:
    from pathlib import Path

    from engine.files import Kept
    from tests.support.office import Office

OLD = GRACE + timedelta(hours=1)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files", 2**20)


def aged(tmp_path: Path, kept: Kept) -> None:
    """Let a stored file be as old as one of yesterday."""
    then = (SystemClock().now() - OLD).timestamp()
    os.utime(tmp_path / "files" / kept.sha256[:2] / kept.sha256[2:], (then, then))


def swept(office: Office, files: Files) -> dict[str, object]:
    kind = Sweep(new_uow=office.new_uow, files=files, machine=SystemClock())
    (line,) = kind.lines({})
    return dict(kind.do({}, line, "k").detail)


class TestASweep:
    def test_removes_what_was_refused_a_day_ago(
        self, office: Office, files: Files, tmp_path: Path
    ) -> None:
        kept = files.keep("a.pdf", [made.pdf()])
        aged(tmp_path, kept)

        assert swept(office, files)["dropped"] == 1
        assert not files.holds(kept.sha256)

    def test_leaves_what_is_younger(self, office: Office, files: Files) -> None:
        kept = files.keep("a.pdf", [made.pdf()])

        assert swept(office, files)["dropped"] == 0
        assert files.holds(kept.sha256)

    def test_leaves_what_a_log_names(self, office: Office, files: Files, tmp_path: Path) -> None:
        kept = files.keep("a.pdf", [made.pdf()])
        project = office.filed()
        known = office.library.catalogue
        material = next(
            m
            for code in project.applicable
            for m in known.items[code].materials
            if known.materials[m].document is None
        )
        name = write("a.pdf")
        order = c.SupplyMaterial(
            material=material,
            file=kept.sha256,
            size=kept.size,
            media_type=kept.media_type,
            name=name.note,
        )
        owner = person("owner", Role.OWNER, organisation="o1")
        office.handle.execute(project.code, order, owner, "supply", [name])
        aged(tmp_path, kept)

        assert swept(office, files)["dropped"] == 0
        assert files.holds(kept.sha256)

    def test_leaves_what_was_handed_in_again(
        self, office: Office, files: Files, tmp_path: Path
    ) -> None:
        kept = files.keep("a.pdf", [made.pdf()])
        aged(tmp_path, kept)
        files.keep("b.pdf", [made.pdf()])

        assert swept(office, files)["dropped"] == 0
        assert files.holds(kept.sha256)

    def test_clears_what_broke_off_on_its_way(
        self, office: Office, files: Files, tmp_path: Path
    ) -> None:
        files.keep("a.pdf", [made.pdf()])
        left = tmp_path / "files" / "incoming" / "half"
        left.write_bytes(b"%PDF")
        then = (SystemClock().now() - OLD).timestamp()
        os.utime(left, (then, then))

        assert swept(office, files) == {"dropped": 0, "broken_off": 1}
        assert not left.exists()
