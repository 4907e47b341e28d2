"""The luck of the SimPy office: the kernel's draws and times, each made once and then looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.draws import Draws, threshold_of
from simulation.quantiles import mean_minutes, minutes, table_of

if TYPE_CHECKING:
    from simulation.model import Model
    from simulation.scenario import Duration


class Luck:
    """The draws of one replication; a run that is given those of another finds them made."""

    def __init__(self, model: Model, replication: int = 0) -> None:
        self.draws = Draws(model.scenario.seed, replication)
        self.times: dict[int, int] = {}
        self.struck: dict[int, bool] = {}
        self.tables: dict[int, tuple[Any, int]] = {}  # by identity: hashing one takes long

    def time(self, duration: Duration, case: int, item: int, attempt: int, purpose: int) -> int:
        key = case << 24 | item << 12 | attempt << 4 | purpose
        found = self.times.get(key)
        if found is None:
            word = self.draws.word(case, item, attempt, purpose)
            found = self.times[key] = self._minutes(duration, word)
        return found

    def strikes(self, chance: float, case: int, item: int, attempt: int, purpose: int) -> bool:
        key = case << 24 | item << 12 | attempt << 4 | purpose
        found = self.struck.get(key)
        if found is None:
            least = threshold_of(chance)
            found = self.draws.strikes(least, case, item, attempt, purpose)
            self.struck[key] = found
        return found

    def _minutes(self, duration: Duration, word: int) -> int:
        found = self.tables.get(id(duration))
        if found is None:
            found = (table_of(duration).tolist(), mean_minutes(duration))
            self.tables[id(duration)] = found
        return minutes(*found, word)
