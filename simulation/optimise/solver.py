"""The solver, set up so that it says the same on every machine."""

from __future__ import annotations

from ortools.sat.python import cp_model

_SEED = 7


def solver_of(effort: float) -> cp_model.CpSolver:
    """Return a solver that gives the same answer on every machine.

    Args:
        effort: Deterministic seconds of search.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = effort
    return solver


def found(status: cp_model.CpSolverStatus) -> bool:
    """Tell whether there is a solution to read.

    Raises:
        RuntimeError: If the model is none: a fault of this program.
    """
    match status:
        case cp_model.OPTIMAL | cp_model.FEASIBLE:
            return True
        case cp_model.UNKNOWN:
            return False
        case _:
            message = f"the solver says {status}"
            raise RuntimeError(message)
