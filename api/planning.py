"""A planner's plan in a request and in its answer."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from api.parts import parts
from api.problems import Fault, InvalidError, pointer_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.plan import Plan

Row = dict[str, Any]


def planned(body: Row) -> Plan:
    """Return the plan that a request's changes make of its scenario; without any, that itself.

    Raises:
        InvalidError: With every reason why there is none.
    """
    from simulation.changes import Change, What  # noqa: PLC0415 - the libraries take a second
    from simulation.plan import Plan, planned  # noqa: PLC0415 - as above

    if body["changes"] is None:
        return Plan(text=body["scenario"], changes=(), follows=())
    asked = [
        Change(what=What(each["what"]), of=each["of"] or "", to=each["to"])
        for each in body["changes"]
    ]
    with refused("scenario"):
        return planned(body["scenario"], asked, parts().library.catalogue)


def in_form(plan: Plan, form: str) -> Row:
    """Return what an answer says of a plan, its file in the form that was asked for."""
    from simulation.plan import as_json, as_toml, tree_said  # noqa: PLC0415 - as above
    from simulation.spoken import told  # noqa: PLC0415 - as above

    tree, catalogue = tree_said(plan.text), parts().library.catalogue
    made = {
        name: [
            {
                "what": each.what.value,
                "of": each.of or None,
                "to": each.to,
                "called": told(each, catalogue),
            }
            for each in some
        ]
        for name, some in (("changes", plan.changes), ("follows", plan.follows))
    }
    return {**made, "scenario": as_toml(tree) if form == "toml" else as_json(tree)}


@contextmanager
def refused(side: str) -> Iterator[None]:
    """Tell what is wrong with a scenario as faults of a member of the request."""
    from simulation.errors import ScenarioError, UnsupportedFeatureError  # noqa: PLC0415 - as above

    try:
        yield
    except UnsupportedFeatureError as error:
        raise InvalidError.at(pointer_to(side), error.code, **error.params) from error
    except ScenarioError as error:
        faults = (
            Fault(pointer=pointer_to(side), code=finding.code, params=finding.named)
            for finding in error.findings
        )
        raise InvalidError(tuple(faults)) from error
