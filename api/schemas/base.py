"""The ground of every schema: how its members are described, of kinds that are strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

if TYPE_CHECKING:
    from collections.abc import Sequence

from api.schemas.kinds import (
    BAD,
    CLEAN_PATTERN,
    CODED_PATTERN,
    ITEM_PATTERN,
    LONGEST_CODE,
    LONGEST_TEXT,
    MOST,
    NAMING_PATTERN,
    Chosen,
    Day,
    Digits,
    FactAnswers,
    Flag,
    Instant,
    Pattern,
    Strict,
    Text,
    Title,
    Truth,
    Whole,
)

__all__ = [
    "BAD",
    "CODED_PATTERN",
    "ITEM_PATTERN",
    "LONGEST_TEXT",
    "MOST",
    "Chosen",
    "FactAnswers",
    "Instant",
    "Strict",
    "Text",
]


def whole(  # noqa: PLR0913 - one keyword a promise of the contract
    description: str,
    *,
    least: int = 0,
    most: int = MOST,
    required: bool = True,
    default: int | None = None,
    none: bool = False,
    query: bool = False,
) -> fields.Integer:
    """Describe a whole number; with a default it may be left out."""
    error = f"api.field.range?min={least}&max={most}"
    options: dict[str, Any] = {
        "validate": validate.Range(min=least, max=most, error=error),
        "metadata": {"description": description},
        "allow_none": none,
    }
    if default is not None:
        options["load_default"] = default
    else:
        options["required"] = required
    return Digits(**options) if query else Whole(strict=True, **options)


def figure(description: str, *, none: bool = False) -> fields.Integer:
    """Describe a whole number of an answer, without bounds."""
    return Whole(strict=True, required=True, allow_none=none, metadata={"description": description})


def truth(
    description: str, *, required: bool = True, default: bool | None = None
) -> fields.Boolean:
    """Describe a truth value."""
    options: dict[str, Any] = {"metadata": {"description": description}}
    if default is not None:
        options["load_default"] = default
    else:
        options["required"] = required
    return Truth(**options)


def flag(description: str) -> fields.Boolean:
    """Describe a truth value of a query, which may be left out."""
    return Flag(required=False, metadata={"description": description})


def words(  # noqa: PLR0913 - one keyword a promise of the contract
    description: str,
    *,
    required: bool = True,
    none: bool = False,
    longest: int = LONGEST_TEXT,
    pattern: str | None = None,
    example: str | None = None,
    told: str | None = None,
) -> fields.String:
    """Describe a text to be read, 1 to *longest* characters, whole if *pattern* is given.

    Args:
        told: Pattern that the contract tells, where the rules themselves ask for it.
    """
    rules: list[validate.Validator] = [
        validate.Length(min=1, max=longest, error=f"api.field.length?min=1&max={longest}")
    ]
    if pattern is not None:
        rules.append(Pattern(pattern, error="api.field.pattern"))
    metadata = {"description": description} | (
        {} if pattern else {"pattern": told or CLEAN_PATTERN}
    )
    if example is not None:
        metadata["example"] = example
    return Text(required=required, allow_none=none, validate=rules, metadata=metadata)


def title(description: str, *, longest: int, example: str | None = None) -> fields.String:
    """Describe the name of something in a request, 1 to *longest* characters without the blanks."""
    rule = validate.Length(min=1, max=longest, error=f"api.field.length?min=1&max={longest}")
    metadata = {"description": description, "pattern": NAMING_PATTERN}
    if example is not None:
        metadata["example"] = example
    return Title(required=True, validate=[rule], metadata=metadata)


def said(description: str, *, none: bool = False) -> fields.String:
    """Describe a text of an answer."""
    return Text(required=True, allow_none=none, metadata={"description": description})


def choice(
    description: str,
    choices: Sequence[str],
    *,
    required: bool = True,
    none: bool = False,
    default: str | None = None,
) -> fields.String:
    """Describe one of a few words."""
    listed = "api.field.choice?choices=" + "%20".join(choices)
    options: dict[str, Any] = {
        "validate": validate.OneOf([*choices], error=listed),
        "metadata": {"description": description},
        "allow_none": none,
    }
    if default is not None:
        options["load_default"] = default
    else:
        options["required"] = required
    return Text(**options)


def instant(description: str, *, required: bool = True, none: bool = False) -> Instant:
    """Describe an instant."""
    return Instant(required=required, allow_none=none, metadata={"description": description})


def day(description: str, *, none: bool = False) -> fields.Date:
    """Describe a legal date of an answer."""
    return fields.Date(required=True, allow_none=none, metadata={"description": description})


def asked_day(description: str, *, none: bool = False, required: bool = True) -> fields.String:
    """Describe a legal date of a request; the view reads it."""
    metadata = {"description": description, "format": "date", "example": "2027-01-01"}
    return Day(required=required, allow_none=none, metadata=metadata)


def one(schema: type[Schema], description: str, *, none: bool = False) -> fields.Nested:
    """Describe one object inside another."""
    return fields.Nested(
        schema, required=True, allow_none=none, metadata={"description": description}
    )


def many(schema: type[Schema], description: str) -> fields.List[Any]:
    """Describe a list of objects."""
    return fields.List(fields.Nested(schema), required=True, metadata={"description": description})


def lines(schema: type[Schema], description: str) -> fields.List[Any]:
    """Describe the lines of a list: each has the members that were asked for, all by default."""
    return fields.List(
        fields.Nested(schema(partial=True)),
        required=True,
        metadata={"description": description},
    )


def codes(description: str, *, attribute: str | None = None) -> fields.List[Any]:
    """Describe a list of codes of an answer."""
    return fields.List(
        fields.String(),
        required=True,
        attribute=attribute,
        metadata={"description": description},
    )


def item_code(description: str) -> fields.String:
    """Describe the code of a catalogue item in a request."""
    return words(description, longest=8, pattern=ITEM_PATTERN, example="S3-05")


def coded(description: str, *, required: bool = True) -> fields.String:
    """Describe a code (township, organisation, person ...) in a request."""
    return words(description, required=required, longest=LONGEST_CODE, pattern=CODED_PATTERN)


class SinceSchema(Strict):
    """What every question about one project may say."""

    min_number = whole(
        "Read it only if its last event has this number or a later one (read your own write); "
        "otherwise 409",
        required=False,
        query=True,
    )


class NameSchema(Strict):
    """A wording in both languages."""

    zh = said("Chinese")
    en = said("English")
