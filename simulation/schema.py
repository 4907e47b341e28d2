"""The shape of a scenario file and of a workload: marshmallow checks the fields, strictly."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from simulation.scenario import (
    UNLIMITED,
    VERSION,
    Department,
    Duration,
    Kind,
    Mode,
    Policy,
    Priority,
    Shape,
)
from workflows.catalogue.schema import checked
from workflows.catalogue.values import Coupling

MOST_DAYS = 3650.0
MOST_PROJECTS = 20_000
MOST_REPLICATIONS = 5_000
MOST_REVIEWERS = 10_000
MOST_SLOTS = 20
MOST_ENTRIES = 1_000
_LARGEST_SEED = (1 << 63) - 1


def parts_of(tree: object) -> dict[str, Any]:
    """Return the checked fields of a file's tree; what it does not say is left out.

    Raises:
        ShapeError: With everything that is misshapen.
    """
    return checked(_Scenario(), tree)


def workload_parts(tree: object) -> dict[str, Any]:
    """Return the checked fields of a workload's tree.

    Raises:
        ShapeError: With everything that is misshapen.
    """
    return checked(_Workload(), tree)


def _code() -> fields.String:
    return fields.String(validate=validate.Length(min=1, max=64))


def _number(most: float, least: float = 0.0) -> fields.Float:
    return fields.Float(allow_nan=False, validate=validate.Range(least, most))


def _count(least: int, most: int) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(least, most))


def _by_code(values: fields.Field[Any]) -> fields.Dict:
    return fields.Dict(keys=_code(), values=values, validate=validate.Length(max=MOST_ENTRIES))


class _Truth(fields.Field[bool]):
    """True or false and nothing that merely looks like it."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not a valid boolean.")
        return value


class _Answer(fields.Field["bool | str"]):
    """An answer to a fact question; the catalogue says which are allowed."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool | str:
        if not isinstance(value, bool | str):
            raise ValidationError("Not a valid answer.")
        return value


class _Slots(fields.Field[int]):
    """A number of slots, or "unlimited"."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if value == "unlimited":
            return UNLIMITED
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SLOTS:
            raise ValidationError(f"Must be 1 to {MOST_SLOTS}, or unlimited.")
        return value


class _Duration(Schema):
    shape = fields.Enum(Shape, by_value=True)
    days = _number(MOST_DAYS)
    spread = _number(10.0)
    values = fields.List(_number(MOST_DAYS), validate=validate.Length(min=1, max=100_000))

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a duration that lacks what its shape calls for."""
        shape = data.get("shape", Shape.FIXED)
        values = data.get("values", [])
        if shape is Shape.UNIFORM and (len(values) != 2 or values[0] > values[1]):  # noqa: PLR2004 - its two ends
            raise ValidationError("Must be two values in order.", "values")
        if shape is Shape.EMPIRICAL and not values:
            raise ValidationError("Missing data for required field.", "values")
        if shape in {Shape.UNIFORM, Shape.EMPIRICAL} and not any(values):
            raise ValidationError("Must be more than nothing.", "values")
        if shape not in {Shape.UNIFORM, Shape.EMPIRICAL} and "days" not in data:
            raise ValidationError("Missing data for required field.", "days")

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> Duration:
        return Duration(**{**data, "values": tuple(data.get("values", ()))})


class _Need(Schema):
    item = fields.String(required=True)
    document = fields.String(required=True)
    hard = _Truth(required=True)


class _Catalogue(Schema):
    couplings = _by_code(fields.Enum(Coupling, by_value=True))
    needs = fields.List(fields.Nested(_Need), validate=validate.Length(max=MOST_ENTRIES))
    dropped = fields.List(_code(), validate=validate.Length(max=MOST_ENTRIES))
    limits = _by_code(_count(1, int(MOST_DAYS)))
    commitment = _by_code(_Truth())

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        if "needs" in data:
            data["needs"] = {(n["item"], n["document"]): n["hard"] for n in data["needs"]}
        if "dropped" in data:
            data["dropped"] = tuple(data["dropped"])
        return data


class _Pairing(Schema):
    policy = fields.Enum(Policy, by_value=True)
    mode = fields.Enum(Mode, by_value=True)
    slots = _Slots()


class _Kind(Schema):
    flow = fields.Integer(strict=True, required=True)
    facts = _by_code(_Answer())
    weight = _number(1e6, 1e-6)

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> Kind:
        return Kind(**{"facts": {}, **data})


class _Arrivals(Schema):
    projects = _count(1, MOST_PROJECTS)
    warm_up = _count(0, MOST_PROJECTS)
    between = fields.Nested(_Duration)
    townships = _by_code(_number(1e6, 1e-6))
    kinds = fields.List(fields.Nested(_Kind), validate=validate.Length(min=1, max=50))

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        if "kinds" in data:
            data["kinds"] = tuple(data["kinds"])
        return data


class _Department(Schema):
    # None and a number of nought are let through: the check says why nought will not do.
    reviewers = fields.Integer(
        strict=True, allow_none=True, validate=validate.Range(0, MOST_REVIEWERS)
    )
    closed = fields.List(_count(0, 6), validate=validate.Length(max=7))

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> Department:
        closed = tuple(sorted(set(data.get("closed", ()))))
        return Department(reviewers=data.get("reviewers"), closed=closed)


class _Service(Schema):
    share = _number(10.0, 0.001)
    shape = fields.Enum(Shape, by_value=True)
    spread = _number(10.0)
    without_limit = _number(MOST_DAYS)
    items = _by_code(fields.Nested(_Duration))
    factors = _by_code(_number(100.0, 0.001))


class _Chances(Schema):
    supplement = _number(1.0)
    supplements = _by_code(_number(1.0))
    answer = fields.Nested(_Duration)
    refused = _number(1.0)
    patience = _count(0, 20)
    again = fields.Nested(_Duration)
    committed = _number(1.0)
    on_commitment = fields.Nested(_Duration)
    procedure = _number(1.0)
    procedure_time = fields.Nested(_Duration)


class _Agents(Schema):
    precheck = _number(1.0)
    effect = _number(1.0)
    preparation = fields.Nested(_Duration)
    free = fields.Nested(_Duration)


class _Scenario(Schema):
    version = fields.Integer(strict=True, required=True, validate=validate.Equal(VERSION))
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    base = fields.String(validate=validate.Length(min=1, max=64))
    catalogue = fields.Nested(_Catalogue)
    pairing = fields.Nested(_Pairing)
    arrivals = fields.Nested(_Arrivals)
    departments = _by_code(fields.Nested(_Department))
    priority = fields.Enum(Priority, by_value=True)
    service = fields.Nested(_Service)
    chances = fields.Nested(_Chances)
    agents = fields.Nested(_Agents)
    park_after = _count(0, 3650)
    replications = _count(1, MOST_REPLICATIONS)
    seed = _count(0, _LARGEST_SEED)


class _Activity(Schema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=64))
    days = fields.Integer(strict=True, required=True, validate=validate.Range(0, int(MOST_DAYS)))
    after = fields.List(_code(), validate=validate.Length(max=MOST_ENTRIES))
    demand = _by_code(_count(0, MOST_REVIEWERS))


class _Workload(Schema):
    version = fields.Integer(strict=True, required=True, validate=validate.Equal(VERSION))
    name = fields.String(validate=validate.Length(max=200))
    departments = _by_code(_count(0, MOST_REVIEWERS))
    items = fields.List(
        fields.Nested(_Activity),
        required=True,
        validate=validate.Length(min=1, max=MOST_ENTRIES),
    )
