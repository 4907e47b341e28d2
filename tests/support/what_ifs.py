"""Questions to the simulation over HTTP, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

FEW = 'version = 1\nname = "few"\nbase = "one_by_one"\n[arrivals]\nprojects = 30\nwarm_up = 5\n'
ROLLING = 'version = 1\nname = "rolled"\nbase = "rolling"\n'


def ask(office: LiveOffice, who: str = "stage-lead", **body: Any) -> dict[str, Any]:
    """Ask a what-if and return its job."""
    answer = office.post("/what-ifs", {"scenario": FEW, "compare": ROLLING, **body}, who)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == job["link"]
    return job


def read(office: LiveOffice, job: dict[str, Any], who: str = "stage-lead") -> dict[str, Any]:
    """Return what there is of the answer."""
    answer = office.get(f"/what-ifs/{job['id']}", who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def board(office: LiveOffice, scenario: str, who: str = "stage-lead") -> Any:
    """Ask for the board of a scenario and return the response."""
    return office.post("/what-ifs/board", {"scenario": scenario}, who)
