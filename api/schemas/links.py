"""Links that speak for a person without an account."""

from __future__ import annotations

from api.schemas.base import Strict, choice, coded, instant, lines, said, whole, words

_LONGEST_LIFE = 30  # days


class LinkOrderSchema(Strict):
    """What a link is for, and for whom."""

    purpose = choice("What it lets do, once", ["complete", "supplement"])
    project = words("Project code", longest=40, pattern=r"^[0-9A-Za-z-]{1,40}$")
    task = words(
        "complete: UNIT/ITEM/ATTEMPT/STEP; supplement: UNIT/ITEM/ATTEMPT",
        longest=100,
        pattern=r"^[0-9]{1,9}/S[1-5]-[0-9]{2,3}/[0-9]{1,9}(/[0-9A-Za-z_.-]{1,64})?$",
        example="0/S3-05/1/review",
    )
    person = coded("Person who answers by it; they must be permitted to")
    days = whole("For how many days it is good", least=1, most=_LONGEST_LIFE, default=7)


class LinkSchema(Strict):
    """A link that somebody made."""

    id = said("Id")
    purpose = choice("What it lets do", ["complete", "supplement", "calendar"])
    project = said("Project code", none=True)
    task = said("What it is about", none=True)
    person = said("Person for whom it speaks")
    created_at = instant("Made at, UTC")
    expires_at = instant("Good until, UTC; null: until it is revoked", none=True)
    used_at = instant("Used at, UTC", none=True)


class ListedLinkSchema(LinkSchema):
    """A link in a list."""


class LinksSchema(Strict):
    """Links, the newest first."""

    data = lines(ListedLinkSchema, "Links")


class NewLinkSchema(LinkSchema):
    """A new link with its address."""

    link = said("Address, shown this once; null where the order was a repetition", none=True)
