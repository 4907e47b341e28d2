"""Whatever a planner changes: the plan is what its file says, and its changes make it again."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.changes import Change, What
from simulation.errors import ScenarioError
from simulation.files import load
from simulation.plan import as_toml, planned, tree_said
from tests.support.catalogues import shipped

ITEMS = ("S1-14", "S1-16", "S2-04", "S3-20")
FITTED = json.dumps(
    {
        "version": 1,
        "name": "fitted",
        "catalogue": {"limits": {"S1-16": 4}, "dropped": ["S2-04"]},
        "service": {"items": {code: {"days": 2.0} for code in ITEMS}},
        "chances": {"supplement": 0.1, "supplements": {"S1-14": 0.2}},
    }
)
_TO = {
    What.CLASS: ("mandated", "pairable", "free", "serial", "dropped"),
    What.LIMIT: ("1", "4", "catalogue"),
}
_WHOLE = {
    What.POLICY: ("single", "chosen", "drawn", "planned"),
    What.MODE: ("rounds", "rolling"),
    What.SLOTS: ("1", "2", "3", "unlimited"),
    What.PRECHECK: ("0.0", "0.5"),
    What.SUPPLEMENT: ("0.1", "0.2"),
    What.NAME: ("mine", "yours"),
}


@st.composite
def changes(draw: st.DrawFn) -> Change:
    what = draw(st.sampled_from([*_TO, *_WHOLE, What.NEED, What.REVIEWERS]))
    if what in _WHOLE:
        return Change(what=what, to=draw(st.sampled_from(_WHOLE[what])))
    if what is What.REVIEWERS:
        return Change(what=what, of="housing", to=draw(st.sampled_from(("60", "90", "unlimited"))))
    if what is What.NEED:
        return Change(what=what, of="S1-08:D05", to=draw(st.sampled_from(("hard", "soft"))))
    return Change(what=what, of=draw(st.sampled_from(ITEMS)), to=draw(st.sampled_from(_TO[what])))


@settings(max_examples=60, deadline=None)
@given(
    begun=st.sampled_from((FITTED, "district", "rolling", "all_free", "one_by_one")),
    wanted=st.lists(changes(), max_size=8),
)
def test_the_changes_of_a_plan_make_it_again(begun: str, wanted: list[Change]) -> None:
    try:
        found = planned(begun, wanted, shipped())
    except ScenarioError:
        return

    again = planned(begun, found.changes, shipped())
    kept = planned(found.text, (), shipped())

    said = load(found.text, shipped())
    assert load(again.text, shipped()) == said
    assert again.changes == found.changes
    assert load(kept.text, shipped()) == said
    assert kept.changes == kept.follows == ()
    assert load(as_toml(tree_said(found.text)), shipped()) == said
