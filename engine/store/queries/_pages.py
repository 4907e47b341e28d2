"""What the named reads have in common: rows into values, order, and places in a list."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Integer, bindparam, desc, literal_column, select, tuple_, union

from engine.store import slots
from engine.store.tables import Base, ProjectRow, TaskRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement


LARGEST_PAGE = 500
_USUAL = frozenset({51, 201})  # a page as it is asked for by default, a longest one; and one more
_T = TypeVar("_T")


def usual(limit: int) -> int | None:
    """Return the limit where most pages have it, and None for any other.

    PostgreSQL plans a statement once for all only where it stands in it: of a parameter it expects
    a tenth of the table, and plans each page anew, which takes it longer than finding the rows.
    """
    return limit if limit in _USUAL else None


def most_rows(limit: int | None) -> ColumnElement[int]:
    """Return a limit that stands in the statement; None = the parameter `most`."""
    return bindparam("most", type_=Integer) if limit is None else literal_column(str(limit))


def equal(
    table: type[Base],
    which: Any,  # noqa: ANN401 - a filter: a dataclass whose fields are named as the columns
    but: Sequence[str] = (),
) -> list[ColumnElement[bool]]:
    """Return a condition for each field of the filter that is set."""
    wanted = {field.name: getattr(which, field.name) for field in fields(which)}
    return [
        getattr(table, name) == slots.bound(value)
        for name, value in wanted.items()
        if name not in but and value is not None
    ]


def every_column(table: type[Base]) -> Any:  # noqa: ANN401 - a select of mixed columns
    """Return a select of every column of a table."""
    return select(*table.__table__.c)


def made(kind: type[_T], found: Any) -> tuple[_T, ...]:  # noqa: ANN401 - a cursor result
    """Return found rows as values of a kind whose fields are named as the columns."""
    return tuple(kind(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name


def in_order(
    query: Any,  # noqa: ANN401 - a select
    names: Sequence[str],
    after: tuple[object, ...] | None,
    order: str,
) -> Any:  # noqa: ANN401 - as above
    """Sort *query* by the columns, all of them one way, and begin after a place."""
    table = TaskRow if "path" in names else ProjectRow
    columns = [getattr(table, name) for name in names]
    down = order.startswith("-")
    if after is not None:
        place, last = tuple_(*columns), tuple_(*after, types=types_of(*columns))
        query = query.where(place < last if down else place > last)
    return query.order_by(*(column.desc() if down else column for column in columns))


def merged(pages: Sequence[Any], names: Sequence[str], order: str) -> Any:  # noqa: ANN401 - selects
    """Merge pages that were sorted by *names*, each row once.

    Each page walks the index that fits it and stops; one condition with all of them joined by OR
    would have every row sorted that fits any.
    """
    both = union(*(select(page.subquery()) for page in pages))
    down = order.startswith("-")
    columns: list[Any] = [desc(name) if down else name for name in names]
    return both.order_by(*columns)


def types_of(*columns: Any) -> list[Any]:  # noqa: ANN401 - mapped columns
    """Return the types of columns, for a place among them."""
    return [column.type for column in columns]


def bounded(limit: int) -> int:
    """Return how many lines a page has where *limit* were asked for."""
    return max(1, min(limit, LARGEST_PAGE))
