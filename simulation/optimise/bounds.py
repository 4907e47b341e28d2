"""How sure a plan is: the days it takes, and the days that none can do without."""

from __future__ import annotations

from dataclasses import dataclass

EFFORT = 10.0  # of the solver's deterministic seconds: the answer never hangs on the machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """A plan with its proof, or with what is missing of it.

    Attributes:
        total: Working days from the first start to the last end.
        bound: No plan takes fewer.
    """

    total: int
    bound: int

    @property
    def proved(self) -> bool:
        """Tell whether no plan is better."""
        return self.bound >= self.total

    @property
    def gap(self) -> float:
        """Return by how much of the total a better plan could be shorter; 0 when proved."""
        return 0.0 if self.proved else (self.total - self.bound) / self.total
