"""The strict kinds of fields: no coercion, nothing unknown, faults as codes of texts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING, Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

from api import strict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    _Member = tuple[str, str, frozenset[type], fields.Field[Any]]

MOST = 2**31 - 1
LONGEST_TEXT = 2000
LONGEST_CODE = 64
ITEM_PATTERN = r"^S[1-5]-[0-9]{2,3}$"
# What api/strict.py refuses in every text, as a pattern for the contract.
BAD = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
CLEAN_PATTERN = f"^[^{BAD}]*$"
NAMING_PATTERN = rf"^[^{BAD}]*[^\s{BAD}][^{BAD}]*$"
CODED_PATTERN = rf"^[^\s/?#|\\{BAD}]+$"
_ERRORS: dict[str, str] = {
    "required": "api.field.required",
    "null": "api.field.null",
    "validator_failed": "api.field.invalid",
    "type": "api.field.object",
    "invalid": "api.field.invalid",
    "unknown": "api.field.unknown",
}


_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
# Of these kinds a value of such a type, and nothing at all, go out unchanged.
_PLAIN: Mapping[type, frozenset[type]] = {
    fields.String: frozenset({str, NoneType}),
    fields.Integer: frozenset({int, NoneType}),
    fields.Boolean: frozenset({bool, NoneType}),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Strict(Schema):
    """Refuses unknown members; its messages are codes (workflows/texts/api.toml)."""

    error_messages = _ERRORS

    class Meta:
        """Refuse what is not named, keep the order of the file."""

        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give our codes to a field of marshmallow's own, which would answer a sentence."""
        del field_name
        said = field_obj.error_messages
        ours = {key: text if _is_code(text) else _code_for(key) for key, text in said.items()}
        field_obj.error_messages = ours

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:  # noqa: ANN401 - marshmallow's own
        """Return what goes out, as marshmallow makes it; none of our schemas has hooks for that.

        Answers are lists of plain members for the most part, and what is plain goes out as it is.
        """
        several = self.many if many is None else many
        return [self._told(each) for each in obj] if several else self._told(obj)

    def _told(self, line: Any) -> dict[str, Any]:  # noqa: ANN401 - a row or one of our values
        """Return one object as it goes out."""
        if type(line) is not dict:
            found: dict[str, Any] = super().dump(line, many=False)
            return found
        told: dict[str, Any] = {}
        for key, name, plain, field in self._members:
            value = line.get(name, missing)
            if type(value) not in plain:
                value = field.serialize(name, line, accessor=self.get_attribute)
                if value is missing:
                    continue
            told[key] = value
        return told

    @cached_property
    def _members(self) -> tuple[_Member, ...]:
        """Return what each member is called outside and inside, and of what types it is plain."""
        return tuple(
            (field.data_key or name, field.attribute or name, _plain(field), field)
            for name, field in self.dump_fields.items()
        )


def _plain(field: fields.Field[Any]) -> frozenset[type]:
    """Return the types of values that a field answers as they are."""
    for kind, plain in _PLAIN.items():
        if isinstance(field, kind):
            return plain
    return frozenset()


def _is_code(text: object) -> bool:
    return str(text).startswith("api.")


def _code_for(key: str) -> str:
    return _ERRORS.get(key, _ERRORS["invalid"])


class Pattern(validate.Regexp):
    """Matches the whole text; written with ^ and $, as the OpenAPI document needs it."""

    def __call__(self, value: str) -> str:  # type: ignore[override]  # texts only
        """Return the text.

        Raises:
            ValidationError: If the pattern is not the whole of it.
        """
        pattern = str(self.regex.pattern)
        if re.fullmatch(pattern, value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Whole(fields.Integer):
    """A whole number: 7.9, "7" and true are refused; 7.0 is 7, as JSON Schema has it."""

    default_error_messages = {**_ERRORS, "invalid": "api.field.whole"}  # noqa: RUF012 - marshmallow's kind

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> int:
        del attr, data, kwargs
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class Digits(fields.Integer):
    """A whole number in a query, where everything is text: digits, nothing else."""

    default_error_messages = {**_ERRORS, "invalid": "api.field.whole"}  # noqa: RUF012 - marshmallow's kind

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> int:
        del attr, data, kwargs
        plain = isinstance(value, str) and value.isascii() and value.isdigit()
        if not plain or len(str(value)) > len(str(MOST)):
            raise self.make_error("invalid")
        return int(str(value))


class Flag(fields.Boolean):
    """A truth value in a query, where everything is text: true or false, nothing else."""

    default_error_messages = {**_ERRORS, "invalid": "api.field.truth"}  # noqa: RUF012 - marshmallow's kind

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> bool:
        del attr, data, kwargs
        if value not in ("true", "false"):
            raise self.make_error("invalid")
        return value == "true"


class Truth(fields.Boolean):
    """true or false, not "yes", 1 or "true"."""

    default_error_messages = {**_ERRORS, "invalid": "api.field.truth"}  # noqa: RUF012 - marshmallow's kind

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> bool:
        del attr, data, kwargs
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Text(fields.String):
    """A text that can be stored and shown; bytes, controls and turned writing are refused."""

    default_error_messages = {**_ERRORS, "invalid": "api.field.text"}  # noqa: RUF012 - marshmallow's kind

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> str:
        del attr, data, kwargs
        if not isinstance(value, str) or not strict.is_clean(value):
            raise self.make_error("invalid")
        return value


class Day(Text):
    """A legal date, YYYY-MM-DD, that exists; read as the text."""

    default_error_messages = {**_ERRORS, "invalid": "api.field.pattern"}  # noqa: RUF012 - marshmallow's kind

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> str:
        day = super()._deserialize(value, attr, data, **kwargs)
        if _DAY.fullmatch(day) is None:
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(day).isoformat()
        except ValueError as error:
            raise self.make_error("invalid") from error


class Title(Text):
    """A text that names something: blanks around it are cut, blanks alone are no name."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> str:
        return super()._deserialize(value, attr, data, **kwargs).strip()


class Chosen(fields.String):
    """Some of a few words in a query, parted by commas; read as the words, each once."""

    default_error_messages = {**_ERRORS, "invalid": "api.field.text"}  # noqa: RUF012 - marshmallow's kind

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        """Keep the words; the document shows them as a pattern."""
        one = "(" + "|".join(choices) + ")"
        metadata = {
            **kwargs.pop("metadata", {}),
            "pattern": f"^{one}(,{one})*$",
            "example": ",".join(choices[:2]),
        }
        super().__init__(required=False, metadata=metadata, **kwargs)
        self.choices = choices

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> Any:  # noqa: ANN401 - words, where a String has one
        del attr, data, kwargs
        words = tuple(dict.fromkeys(str(value).split(",")))
        if not set(words) <= set(self.choices):
            raise ValidationError("api.field.choice?choices=" + "%20".join(self.choices))
        return words


class Instant(fields.AwareDateTime):
    """An instant with its offset, as RFC 3339 writes it, to the microsecond; answered in UTC."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's kind
        **_ERRORS,
        "invalid": "api.field.instant",
        "invalid_awareness": "api.field.instant",
        "format": "api.field.instant",
    }

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        """Read and write ISO 8601."""
        super().__init__(format="iso", **kwargs)

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> datetime:
        del attr, data, kwargs
        if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
            raise self.make_error("invalid")
        try:
            read = datetime.fromisoformat(value)
            if read.tzinfo is not None:
                return read.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.make_error("invalid")


class FactAnswers(fields.Dict):
    """Answers to fact questions: a truth value or one of the words that the question offers."""

    SAID = {  # noqa: RUF012 - as marshmallow has metadata
        "additionalProperties": {
            "anyOf": [
                {"type": "boolean"},
                {"type": "string", "maxLength": LONGEST_CODE, "pattern": CLEAN_PATTERN},
            ]
        },
        "x-property-names": {"pattern": CLEAN_PATTERN},  # api/openapi.py says propertyNames
        "example": {"eia": "report", "area_assessed": True},
    }

    default_error_messages = {**_ERRORS, "invalid": "api.field.object"}  # noqa: RUF012 - marshmallow's kind

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> dict[str, bool | str]:
        del attr, data, kwargs
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        wrong = {
            str(name): ["api.field.answer"]
            for name, answer in value.items()
            if not isinstance(answer, bool | str) or len(str(answer)) > LONGEST_CODE
        }
        if wrong:
            raise ValidationError(dict(wrong))
        return dict(value)
