"""Takes a foreign log in as a whole: which format, in which ways, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import numpy as np

from exchange import as_facts, csv_in, xes_in
from exchange.errors import UnknownFormatError
from exchange.intake import Intake, chosen
from exchange.mapping import Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from exchange.account import Account
    from exchange.as_facts import Horizon
    from exchange.columns import Batch, Columns
    from exchange.mapping import LogMapping
    from workflows.item_runs import Case

_ENDINGS = {".xes": Format.XES, ".csv": Format.CSV, ".tsv": Format.CSV, ".zip": Format.NATIONAL}
_PACKED = ".gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A log that was taken in, not yet made facts of."""

    columns: Columns
    mapping: LogMapping
    intake: Intake

    def cases(self, horizon: Horizon) -> Iterator[Case]:
        """Yield the facts; the account is complete when the last of them was asked for."""
        return as_facts.cases(self.columns, self.mapping.meaning, horizon, self.intake.tally)

    def used(self) -> Columns:
        """Return the events that are used, as far as they were made facts of."""
        dropped = self.intake.tally.dropped
        if not dropped:
            return self.columns
        return chosen(self.columns, ~np.isin(self.columns.number, dropped))

    def account(self) -> Account:
        """Return what became of the events, as far as they were made facts of."""
        return self.intake.account(self.used())


def format_of(name: str, mapping: LogMapping) -> Format:
    """Return what a file is: as the mapping says, else by its name.

    Raises:
        UnknownFormatError: If neither tells.
    """
    if mapping.format is not None:
        return mapping.format
    plain = name.lower().removesuffix(_PACKED)
    found = next((each for ending, each in _ENDINGS.items() if plain.endswith(ending)), None)
    if found is None:
        raise UnknownFormatError(name=name, known=[each.value for each in Format])
    return found


def take_in(file: BinaryIO, kind: Format, mapping: LogMapping) -> TakenIn:
    """Return the events of a log in XES or CSV.

    Raises:
        Refusal: A class of exchange.errors; nothing is kept then.
    """
    intake = Intake(mapping.ways)
    for batch in _batches(file, kind, mapping, intake):
        intake.take(batch)
    return TakenIn(columns=intake.columns(), mapping=mapping, intake=intake)


def _batches(file: BinaryIO, kind: Format, mapping: LogMapping, intake: Intake) -> Iterator[Batch]:
    match kind:
        case Format.XES:
            return xes_in.batches(file, intake.tally)
        case Format.CSV:
            return csv_in.batches(file, mapping.columns, mapping.form)
        case Format.NATIONAL:  # not one table of events: exchange.national_in reads it
            raise UnknownFormatError(name=kind.value, known=[Format.XES.value, Format.CSV.value])
        case unreachable:
            assert_never(unreachable)


def span(columns: Columns) -> tuple[int, int]:
    """Return the first and the last instant, in microseconds since 1970-01-01 UTC."""
    return int(np.min(columns.at)), int(np.max(columns.at))
