"""The store of files: by content, once, whole, and nothing that is not what it says."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from engine.errors import (
    BrokenFileError,
    DisguisedFileError,
    EmptyFileError,
    FilesFullError,
    FilesUnwritableError,
    FileTooLargeError,
    FileTypeError,
    LostFileError,
    SwollenFileError,
)
from engine.files import Files
from tests.support import hostile_files as made
from tests.support.hostile_files import HONEST, KIB, MIB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from engine.errors import EngineError
    from workflows.errors import Refusal


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files", MIB)


def stored(folder: Path) -> list[str]:
    """Return the relative paths of everything that lies in the store."""
    root = folder / "files"
    return sorted(str(each.relative_to(root)) for each in root.rglob("*") if each.is_file())


class TestKeep:
    @pytest.mark.parametrize("ending", HONEST)
    def test_takes_every_kind_of_the_list(self, files: Files, ending: str) -> None:
        content = HONEST[ending]()

        kept = files.keep(f"材料.{ending.upper()}", [content])

        with files.open(kept.sha256) as file:
            assert file.read() == content
        assert (kept.sha256, kept.size) == (hashlib.sha256(content).hexdigest(), len(content))

    def test_lays_a_file_by_its_digest(self, files: Files, tmp_path: Path) -> None:
        kept = files.keep("规划图.pdf", [made.pdf()])

        assert stored(tmp_path) == [f"{kept.sha256[:2]}/{kept.sha256[2:]}"]

    def test_lets_nobody_run_a_file(self, files: Files, tmp_path: Path) -> None:
        files.keep("规划图.pdf", [made.pdf()])

        (place,) = stored(tmp_path)
        assert (tmp_path / "files" / place).stat().st_mode & 0o777 == 0o440

    def test_stores_the_same_file_once(self, files: Files, tmp_path: Path) -> None:
        first = files.keep("a.pdf", [made.pdf()])
        again = files.keep("另一个名字.pdf", [made.pdf()[:9], made.pdf()[9:]])

        assert first == again
        assert len(stored(tmp_path)) == 1

    @pytest.mark.parametrize(
        "name", ["../../../etc/passwd.pdf", "/abs.pdf", "a\\..\\b.pdf", "x/\0/y.pdf", "~root.pdf"]
    )
    def test_never_lets_a_name_into_a_path(self, files: Files, tmp_path: Path, name: str) -> None:
        kept = files.keep(name, [made.pdf()])

        assert stored(tmp_path) == [f"{kept.sha256[:2]}/{kept.sha256[2:]}"]
        assert {each.name for each in tmp_path.iterdir()} == {"files"}

    @pytest.mark.parametrize(
        ("name", "content", "refusal"),
        [
            ("a.pdf", b"", EmptyFileError),
            ("a.exe", b"MZ" + b"\0" * 64, FileTypeError),
            ("pdf", made.pdf(), FileTypeError),
            ("a.pdf.js", made.pdf(), FileTypeError),
            ("a.docm", made.docx(), FileTypeError),
            ("a.pdf", b"MZ" + b"\0" * 64, DisguisedFileError),
            ("a.pdf", made.png(), DisguisedFileError),
            ("a.png", made.jpeg(), DisguisedFileError),
            ("a.pdf", b"<html>%PDF-1.4 %%EOF", DisguisedFileError),
            ("a.docx", made.xlsx(), DisguisedFileError),
            ("a.docx", made.archive({"readme.txt": b"x"}), DisguisedFileError),
            ("a.docx", made.docx(**{"word/vbaProject.bin": b"x"}), DisguisedFileError),
            ("a.docx", made.docx(**{"OFD.xml": b"x"}), DisguisedFileError),
            ("a.pdf", b"%PDF-1.4\n1 0 obj", BrokenFileError),
            ("a.png", made.png()[:-6], BrokenFileError),
            ("a.jpg", made.jpeg()[:-2], BrokenFileError),
            ("a.docx", made.docx()[:-8], BrokenFileError),
            ("a.docx", b"PK\x03\x04" + made.docx(), BrokenFileError),
            ("a.docx", made.docx(**{"../../etc/cron.d/x": b"x"}), BrokenFileError),
            ("a.docx", made.docx(**{"/etc/x": b"x"}), BrokenFileError),
        ],
        ids=lambda each: each if isinstance(each, str) else "",
    )
    def test_refuses_what_is_not_what_it_says(
        self, files: Files, tmp_path: Path, name: str, content: bytes, refusal: type[Refusal]
    ) -> None:
        with pytest.raises(refusal):
            files.keep(name, [content] if content else [])

        assert stored(tmp_path) == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.pdf", made.pdf() + made.archive({"x.js": b"x"})),
            ("a.pdf", made.pdf() + b"<script>alert(1)</script>"),
            ("a.png", made.png(made.archive({"x.js": b"x"}))),
            ("a.png", made.png(b"<html>")),
            ("a.jpg", made.jpeg(b"<?php x ?>")),
            ("a.jpg", made.jpeg(made.archive({"x.class": b"x"}))),
            ("a.dwg", made.dwg() + made.archive({"x": b"x"})),
        ],
    )
    def test_refuses_two_files_in_one(self, files: Files, name: str, content: bytes) -> None:
        with pytest.raises(DisguisedFileError) as caught:
            files.keep(name, [content])

        assert caught.value.params["found"] == "polyglot"

    def test_finds_an_archive_that_hides_before_the_end_mark(self, files: Files) -> None:
        hidden = bytearray(made.archive({"x": b"x"}))
        hidden[-2:] = (len(b"%%EOF\n")).to_bytes(2, "little")

        with pytest.raises(DisguisedFileError):
            files.keep("a.pdf", [made.pdf() + bytes(hidden) + b"%%EOF\n"])

    @pytest.mark.parametrize("content", [made.bomb(), made.lying_bomb()], ids=["bomb", "lying"])
    def test_refuses_what_swells(self, files: Files, tmp_path: Path, content: bytes) -> None:
        assert len(content) < MIB

        with pytest.raises(SwollenFileError):
            files.keep("a.docx", [content])

        assert stored(tmp_path) == []

    def test_refuses_a_directory_of_countless_entries(self, tmp_path: Path) -> None:
        entries = {f"word/{n}": b"" for n in range(10_001)}
        large = Files(tmp_path, 8 * MIB)

        with pytest.raises(SwollenFileError):
            large.keep("a.docx", [made.archive(entries)])

    def test_does_not_believe_entries_that_overlap(self, files: Files) -> None:
        """Refuse a bomb whose many names all stand for one packed stretch."""
        data = bytearray(made.docx(**{"word/a": b"a" * 4000, "word/b": b"b" * 4000}))
        last = data.rindex(b"PK\x01\x02")
        data[last + 42 : last + 46] = (0).to_bytes(4, "little")

        with pytest.raises(BrokenFileError):
            files.keep("a.docx", [bytes(data)])

    def test_stops_a_stream_at_the_limit(self, files: Files, tmp_path: Path) -> None:
        read = []

        def endless() -> Iterator[bytes]:
            for number in range(16 * KIB):  # a gibibyte, if anyone asked for all of it
                read.append(number)
                yield b"%PDF-" + b"\0" * (64 * KIB - 5)

        tracemalloc.start()
        with pytest.raises(FileTooLargeError):
            files.keep("a.pdf", endless())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert len(read) == MIB // (64 * KIB) + 1
        assert peak < MIB
        assert stored(tmp_path) == []

    def test_takes_a_file_of_exactly_the_limit(self, tmp_path: Path) -> None:
        content = made.pdf()

        kept = Files(tmp_path, len(content)).keep("a.pdf", [content])

        assert kept.size == len(content)

    def test_leaves_nothing_behind_when_the_sender_goes_away(
        self, files: Files, tmp_path: Path
    ) -> None:
        def broken() -> Iterator[bytes]:
            yield made.pdf()
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            files.keep("a.pdf", broken())

        assert stored(tmp_path) == []


class IllFiles(Files):
    """A store whose disk fails in the middle of a file, as often as it is said."""

    ill: int = 0

    def _written(self, draft: BinaryIO, chunks: Iterable[bytes]) -> tuple[str, int]:
        found = super()._written(draft, chunks)
        if self.ill:
            raise OSError(self.ill, os.strerror(self.ill))
        return found


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own with room for a few small files."""
    here = tmp_path / "files"
    here.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(here)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nobody but a machine's owner may mount a disk")
    yield here
    subprocess.run(["umount", str(here)], check=True)


class TestADiskThatFails:
    @pytest.mark.parametrize(
        ("number", "fault"),
        [
            (errno.ENOSPC, FilesFullError),
            (errno.EDQUOT, FilesFullError),
            (errno.EROFS, FilesUnwritableError),
            (errno.EIO, FilesUnwritableError),
            (errno.EACCES, FilesUnwritableError),
        ],
    )
    def test_is_said_so_keeps_nothing_and_recovers(
        self, tmp_path: Path, number: int, fault: type[EngineError]
    ) -> None:
        files = IllFiles(tmp_path / "files", MIB)
        files.ill = number

        with pytest.raises(fault) as told:
            files.keep("a.pdf", [made.pdf()])

        assert told.value.retry_after
        assert stored(tmp_path) == []
        files.ill = 0
        assert files.holds(files.keep("a.pdf", [made.pdf()]).sha256)

    def test_by_another_fault_is_nobody_elses(self, tmp_path: Path) -> None:
        files = IllFiles(tmp_path / "files", MIB)
        files.ill = errno.EBADF

        with pytest.raises(OSError, match="Bad file descriptor"):
            files.keep("a.pdf", [made.pdf()])

    def test_by_being_full_keeps_nothing_and_recovers(self, disk: Path, tmp_path: Path) -> None:
        files = Files(disk, MIB)
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(60 * KIB))
        large = made.pdf() + bytes(16 * KIB)

        with pytest.raises(FilesFullError):
            files.keep("a.pdf", [large])

        assert stored(tmp_path) == ["ballast"]
        ballast.unlink()
        kept = files.keep("a.pdf", [made.pdf()])
        assert stored(tmp_path) == [f"{kept.sha256[:2]}/{kept.sha256[2:]}"]


class TestOpen:
    @pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63])
    def test_knows_what_it_does_not_hold(self, files: Files, digest: str) -> None:
        with pytest.raises(LostFileError):
            files.open(digest)

    def test_has_made_again_what_was_never_stored(self, tmp_path: Path) -> None:
        files = Files(tmp_path, MIB, made={"a" * 64: b"again"}.get)

        with files.open("a" * 64) as found:
            assert found.read() == b"again"
        with pytest.raises(LostFileError):
            files.open("b" * 64)
        assert not files.holds("a" * 64)

    def test_tells_what_it_holds(self, files: Files) -> None:
        kept = files.keep("a.pdf", [made.pdf()])

        assert files.holds(kept.sha256)
        assert not files.holds("0" * 64)
