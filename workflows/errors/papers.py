"""Materials handed in, and let do without."""

from __future__ import annotations

from workflows.errors.refusal import Refusal


class UnknownMaterialError(Refusal):
    """The item's list of materials does not hold it."""

    code = "item.unknown_material"


class MaterialUnknownError(Refusal):
    """No applicable item of the unit asks for the material."""

    code = "material.unknown"


class MaterialIsResultError(Refusal):
    """It is the result of another item, which the office has anyway: nobody hands it in again."""

    code = "material.is_result"


class MaterialSameError(Refusal):
    """The very same file was handed in for it before."""

    code = "material.same"


class BadFileError(Refusal):
    """A file is named by its SHA-256 and has at least one byte."""

    code = "material.bad_file"


class MaterialsMissingError(Refusal):
    """The local rule asks for materials that are neither handed in nor tolerated."""

    code = "item.materials_missing"


class NoToleranceError(Refusal):
    """The catalogue does not allow 容缺 for the item."""

    code = "item.no_tolerance"


class ToleratedError(Refusal):
    """An attempt is tolerated once."""

    code = "item.tolerated"


class NotMissingError(Refusal):
    """Only materials of the item's list that are missing can be tolerated."""

    code = "item.not_missing"
