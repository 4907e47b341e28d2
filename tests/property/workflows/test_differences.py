"""Any two catalogues: nothing is lost between them, and the figures add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.adjusted import adjusted, cancel, limit, put
from tests.support.catalogues import shipped
from workflows.catalogue.difference import ChangeKind, days, difference
from workflows.catalogue.load import load

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue

CODES = sorted(shipped().items)
LIMITED = [code for code in CODES if shipped().items[code].committed_limit is not None]
CHANGES = st.one_of(
    st.builds(limit, st.sampled_from(LIMITED), st.integers(1, 90)),
    st.builds(lambda c, n: put(c, level=n), st.sampled_from(CODES), st.integers(2, 5)),
    st.builds(lambda c: put(c, materials=[]), st.sampled_from(CODES)),
    st.builds(
        lambda c, k: put(c, coupling=k),
        st.sampled_from(CODES),
        st.sampled_from(["mandated", "pairable", "free", "serial"]),
    ),
)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Draw a catalogue: fields set first, items cancelled last."""
    made: list[Any] = draw(st.lists(CHANGES, max_size=6))
    gone = draw(st.lists(st.sampled_from(CODES), max_size=4, unique=True))
    return load(adjusted(*made, *map(cancel, gone)))


class TestAnyTwoCatalogues:
    @given(catalogues())
    @settings(max_examples=8, deadline=None)
    def test_do_not_differ_from_themselves(self, catalogue: Catalogue) -> None:
        assert difference(catalogue, catalogue).changes == ()

    @given(catalogues(), catalogues())
    @settings(max_examples=8, deadline=None)
    def test_differ_in_content_exactly_when_something_is_told(
        self, a: Catalogue, b: Catalogue
    ) -> None:
        assert bool(difference(a, b).changes) is (a.hash != b.hash)

    @given(catalogues(), catalogues())
    @settings(max_examples=8, deadline=None)
    def test_have_figures_that_add_up(self, a: Catalogue, b: Catalogue) -> None:
        found = difference(a, b)
        figures, kinds = found.statistics, [change.kind for change in found.changes]

        assert figures.items_after == len(b.items)
        assert figures.items_cancelled == kinds.count(ChangeKind.ITEM_CANCELLED)
        assert figures.items_added == kinds.count(ChangeKind.ITEM_ADDED)
        assert figures.materials_after == sum(len(i.materials) for i in b.items.values())
        assert figures.days_kept_before + figures.days_cancelled == sum(map(days, a.items.values()))
        assert figures.days_kept_after + figures.days_added == sum(map(days, b.items.values()))

    @given(catalogues(), catalogues())
    @settings(max_examples=8, deadline=None)
    def test_differ_backwards_as_they_differ_forwards(self, a: Catalogue, b: Catalogue) -> None:
        there, back = difference(a, b).statistics, difference(b, a).statistics

        assert (there.items_cancelled, there.materials_removed, there.days_cancelled) == (
            back.items_added,
            back.materials_added,
            back.days_added,
        )
        assert len(difference(a, b).changes) == len(difference(b, a).changes)
