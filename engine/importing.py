"""A log of another system as a job: read once, then told reason by reason what was not used."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, cast

from engine.errors import LostFileError
from engine.store.jobs import Line
from exchange.account import Noted, Unused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from typing_extensions import Buffer

    from engine.clock import Clock
    from engine.files import Files
    from exchange.account import Account
    from exchange.mapping import LogMapping
    from workflows.calendar import Calendar

IMPORT = "import"
LOG = "application/octet-stream"
KEPT = timedelta(days=30)  # facts that nobody fetched
_READ = "0"  # the line that reads; every other one tells of one reason
_PIECE = 1 << 16  # bytes read between two looks
_REASONS: tuple[Unused | Noted, ...] = (*Unused, *Noted)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLog:
    """Reads a log that was handed in, keeps its facts, and accounts for every event.

    Parameters: {"actor": ID, "file": SHA-256, "name": FILE, "mapping": TOML}. Line 0 reads; the
    others each tell of one reason why events were not used, or of one thing to know of those that
    were. What was handed in is dropped at the end, the facts a month later.

    Attributes:
        folder: Where facts and accounts are kept.
        machine: The clock that stamps files; an office's may stand.
    """

    logs: Files
    folder: Path
    calendar: Callable[[], Calendar]
    machine: Clock

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return the reading and every reason there is."""
        return tuple(str(number) for number in range(len(_REASONS) + 1))

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        """Read, or tell of a reason; a second reading finds what the first one kept.

        Raises:
            Refusal: A class of exchange.errors, when something is wrong with the whole file.
        """
        return self.do_looking(parameters, line, key, lambda: None)

    def do_looking(
        self,
        parameters: Mapping[str, Any],
        line: str,
        key: str,  # noqa: ARG002 - as above
        look: Callable[[], None],
    ) -> Line:
        """Do the same, and look up with every piece that is read and every case that is written.

        A reading that is ended by *look* leaves nothing but the log, to be read again or swept.
        """
        if line == _READ:
            self._sweep()
            return Line(line=line, ok=True, detail={"used": self._read(parameters, look)})
        if line == str(len(_REASONS)):
            self.logs.drop(parameters["file"], self.machine.now())
        return self._told(parameters, line)

    def facts(self, parameters: Mapping[str, Any]) -> BinaryIO:
        """Return the facts of a log that was read, open for reading.

        Raises:
            LostFileError: If it was not, or they are kept no longer.
        """
        try:
            return self._place(parameters, "facts").open("rb")
        except FileNotFoundError as error:
            raise LostFileError(file=parameters["file"]) from error

    def _read(self, parameters: Mapping[str, Any], look: Callable[[], None]) -> int:
        account, facts = self._place(parameters, "json"), self._place(parameters, "facts")
        if not account.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = facts.with_suffix(".draft")
            try:
                found = self._imported(parameters, draft, look)
                draft.replace(facts)
            finally:
                draft.unlink(missing_ok=True)
            account.write_text(json.dumps(dict(_counted(found))), encoding="utf-8")
        used: int = json.loads(account.read_text(encoding="utf-8"))["used"]
        return used

    def _imported(
        self, parameters: Mapping[str, Any], draft: Path, look: Callable[[], None]
    ) -> Account:
        # Loaded where it is needed: a worker starts without numba.
        from engine.foreign import Source, import_log  # noqa: PLC0415

        with self.logs.open(parameters["file"]) as file, draft.open("wb") as out:
            size = file.seek(0, 2)
            file.seek(0)
            reading = BufferedReader(_Watched(file, look), _PIECE)
            source = Source(file=reading, name=parameters["name"], size=size)
            mapping = mapping_said(parameters["mapping"])
            facts = cast("BinaryIO", _Watched(out, look))
            return import_log(source, mapping, self.calendar(), facts=facts).account

    def _told(self, parameters: Mapping[str, Any], line: str) -> Line:
        reason = _REASONS[int(line) - 1]
        try:
            account = json.loads(self._place(parameters, "json").read_text(encoding="utf-8"))
        except FileNotFoundError:  # nothing was read: its own line says why
            return Line(line=line, ok=True, detail={})
        count, examples = account.get(_code(reason), (0, []))
        if not count:
            return Line(line=line, ok=True, detail={})
        detail = {"problem": _code(reason), "params": {"count": count, "examples": examples}}
        return Line(line=line, ok=isinstance(reason, Noted), detail=detail)

    def _place(self, parameters: Mapping[str, Any], ending: str) -> Path:
        told = json.dumps([parameters[name] for name in ("actor", "file", "name", "mapping")])
        return self.folder / f"{hashlib.sha256(told.encode()).hexdigest()}.{ending}"

    def _sweep(self) -> None:
        """Drop facts that were kept long enough, and logs whose job was called off."""
        now = self.machine.now()
        for place in self.folder.glob("*"):
            with suppress(FileNotFoundError):
                if place.stat().st_mtime < (now - KEPT).timestamp():
                    place.unlink()
        for digest in tuple(self.logs.untouched(now - KEPT)):
            self.logs.drop(digest, now - KEPT)


class _Watched(RawIOBase):
    """A file that looks up before each piece that is read from it or written to it."""

    def __init__(self, file: BinaryIO, look: Callable[[], None]) -> None:
        self._file, self._look = file, look

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from any place."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Read the next bytes."""
        self._look()
        view = memoryview(buffer)
        piece = self._file.read(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def write(self, piece: Buffer, /) -> int:
        """Write some bytes."""
        self._look()
        return self._file.write(piece)


def judged(name: str, file: BinaryIO, size: int) -> str:  # noqa: ARG001 - the signature of file_types.judged
    """Return the media type of a log; what it is, its name, its mapping and the reading tell."""
    return LOG


def mapping_said(toml: str) -> LogMapping:
    """Return the mapping that a text says; without one, what the log itself leaves open is not.

    Raises:
        BadMappingError: With the field, and why it cannot be.
    """
    from exchange.mapping import LogMapping, mapping_of  # noqa: PLC0415 - as above

    return mapping_of(toml.encode()) if toml.strip() else LogMapping()


def _counted(account: Account) -> Iterator[tuple[str, object]]:
    yield "used", account.used
    for counts in (account.unused, account.noted):
        for reason, count in counts.items():
            yield _code(reason), (count.count, count.examples)


def _code(reason: Unused | Noted) -> str:
    """Return the code of the text about a reason."""
    family = "unused" if isinstance(reason, Unused) else "noted"
    return f"exchange.{family}.{reason.value}"
