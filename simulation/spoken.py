"""What a scenario supposes, in words of both languages: no code, no dotted name."""

from __future__ import annotations

from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, assert_never

from simulation.assumptions import ANY
from simulation.changes import AS_BEFORE, What
from simulation.scenario import UNLIMITED, Duration
from workflows.catalogue.values import Name
from workflows.texts import LOCALES, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulation.assumptions import Assumption
    from simulation.changes import Change
    from workflows.catalogue.values import Catalogue

_PARTS = frozenset({
    "service.share",
    "chances.supplement",
    "chances.supplements",
    "chances.refused",
    "chances.committed",
    "chances.procedure",
    "agents.precheck",
    "agents.effect",
})  # fmt: skip
_HASHES = frozenset({"catalogue.hash", "calendar.version"})
_SHOWN = 12  # characters of a hash


def in_words(code: str, **params: object) -> Name:
    """Return a text in both languages; a parameter that is a name is said in either."""
    zh, en = (
        text(code, locale, **{key: _in(locale, value) for key, value in params.items()})
        for locale in LOCALES
    )
    return Name(zh=zh, en=en)


def called(one: Assumption, catalogue: Catalogue, places: Mapping[str, Name]) -> Name:
    """Return what an assumption is about.

    Args:
        places: What townships are called, by code; those of a built-in scenario have only codes.
    """
    what = _what(one, catalogue)
    for whose in reversed([*_whose(one, catalogue, places)]):
        what = in_words("assumed.of", of=whose, what=what)
    return what


def measured(figure: str, of: str, catalogue: Catalogue, places: Mapping[str, Name]) -> Name:
    """Return what a figure measures, and whose it is."""
    what = in_words(f"cli.figure.{figure}")
    match figure:
        case _ if not of:
            return what
        case "flow" if int(of) in catalogue.flows:
            whose = catalogue.flows[int(of)].name
        case "department" if of in catalogue.departments:
            whose = catalogue.departments[of].name
        case "township" if of in places:
            whose = places[of]
        case _:
            whose = _same(of)
    return in_words("assumed.of", of=what, what=whose)


def told(change: Change, catalogue: Catalogue) -> Name:
    """Return a change in one sentence."""
    item, _, document = change.of.partition(":")
    code = change.of
    match change.what:
        case What.CLASS:
            params = {"of": catalogue.items[code].name, "to": in_words(f"assumed.is.{change.to}")}
        case What.LIMIT if change.to == AS_BEFORE:
            return in_words("change.limit_back", of=catalogue.items[code].name)
        case What.LIMIT:
            params = {"of": catalogue.items[code].name, "to": _same(change.to)}
        case What.NEED:
            params = {
                "of": catalogue.items[item].name,
                "document": catalogue.documents[document].name,
                "to": in_words(f"assumed.is.{change.to}"),
            }
        case What.REVIEWERS:
            params = {"of": catalogue.departments[code].name, "to": _number(change.to)}
        case What.POLICY | What.MODE:
            params = {"to": in_words(f"assumed.is.{change.to}")}
        case What.SLOTS:
            params = {"to": _number(change.to)}
        case What.PRECHECK | What.COMMITTED | What.SUPPLEMENT:
            params = {"to": in_words("assumed.share", share=f"{100 * float(change.to):.3g}")}
        case What.NAME:
            params = {"to": _same(change.to)}
        case _:
            assert_never(change.what)
    return in_words(f"change.{change.what}", **params)


def _number(said: str) -> Name:
    return in_words("assumed.is.unlimited") if said == ANY else _same(said)


def worded(one: Assumption, catalogue: Catalogue) -> Name:
    """Return what is supposed."""
    match one.value:
        case _ if one.what == "edits.needs" and isinstance(one.value, bool):
            return in_words(f"assumed.is.{'hard' if one.value else 'soft'}")
        case _ if one.what in {"pairing.slots", "departments.reviewers"} and (
            one.value in {UNLIMITED, ANY, None}
        ):
            return in_words("assumed.is.unlimited")
        case None | () | {}:
            return in_words("assumed.is.nothing")
        case bool():
            return in_words(f"assumed.is.{str(one.value).lower()}")
        case StrEnum():
            return in_words(f"assumed.is.{one.value.value}")
        case tuple():
            return _several(one, one.value, catalogue)
        case Duration():
            return _drawn(one.value)
        case float() if one.what in _PARTS:
            return in_words("assumed.share", share=f"{100 * one.value:.3g}")
        case float():
            return _same(_digits(one.value, 4))
        case _:
            return _single(one, catalogue)


def _what(one: Assumption, catalogue: Catalogue) -> Name:
    if one.what == "arrivals.kinds.facts" and one.of[1:]:
        known = catalogue.facts.get(one.of[1])
        return _same(one.of[1]) if known is None else known.question
    return in_words(f"assumed.{one.what}")


def _whose(one: Assumption, catalogue: Catalogue, places: Mapping[str, Name]) -> Iterable[Name]:
    if not one.of:
        return
    first, *rest = one.of
    head = one.what.partition(".")[0]
    if one.what.startswith("arrivals.kinds"):
        yield in_words("assumed.kind", number=int(first) + 1)
    elif head == "departments":
        known = catalogue.departments.get(first)
        yield _same(first) if known is None else known.name
    elif one.what == "arrivals.townships":
        yield places.get(first) or _same(first)
    else:
        item = catalogue.items.get(first)
        yield _same(first) if item is None else item.name
        for document in rest:
            yield catalogue.documents[document].name


def _drawn(time: Duration) -> Name:
    """Return how long something takes, and how that spreads."""
    numbers = sorted(time.values) or [0.0]
    return in_words(
        f"assumed.duration.{time.shape}",
        days=_digits(time.days),
        spread=_digits(time.spread),
        least=_digits(numbers[0]),
        middle=_digits(median(numbers)),
        most=_digits(numbers[-1]),
    )


def _several(one: Assumption, values: tuple[object, ...], catalogue: Catalogue) -> Name:
    if one.what == "left_out":
        return _listed(in_words(f"assumed.without.{each}") for each in values)
    if one.what == "departments.closed":
        return _listed(in_words(f"assumed.day.{each}") for each in values)
    if one.what == "edits.dropped":
        return _listed(catalogue.items[str(each)].name for each in values)
    return _listed(_same(str(each)) for each in values)


def _single(one: Assumption, catalogue: Catalogue) -> Name:
    said = one.said
    if one.what == "name" and (code := f"scenario.name.{said}") in texts():
        return in_words(code)
    if one.what == "arrivals.kinds.flow" and int(said) in catalogue.flows:
        return catalogue.flows[int(said)].name
    if one.what == "arrivals.kinds.facts":
        question = catalogue.facts.get(one.of[1])
        choices = () if question is None else question.choices
        return next((each.name for each in choices if each.value == said), _same(said))
    return _same(said[:_SHOWN] if one.what in _HASHES else said)


def _listed(names: Iterable[Name]) -> Name:
    found = [*names]
    return Name(zh="、".join(each.zh for each in found), en=", ".join(each.en for each in found))


def _digits(number: float, most: int = 3) -> str:
    """Return a number with so many digits; one that has more before the point, whole."""
    whole = f"{number:.0f}"
    return whole if len(whole) > most else f"{number:.{most}g}"


def _same(said: str) -> Name:
    return Name(zh=said, en=said)


def _in(locale: str, value: object) -> object:
    match value:
        case Name(zh=zh, en=en):
            return en if locale == "en" else zh
        case _:
            return value
