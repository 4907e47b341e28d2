from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from api.schemas.tasks import TaskPageSchema, TaskSchema
from workflows.clock import Lamp

INSTANT = datetime(2026, 3, 2, 1, tzinfo=UTC)
OF_KIND: dict[type, st.SearchStrategy[Any]] = {
    fields.String: st.sampled_from(["", "S1-05", "审查", Lamp.RED, None]),
    fields.Integer: st.sampled_from([0, -3, 7, True, None]),
    fields.Boolean: st.sampled_from([True, False, None]),
    fields.AwareDateTime: st.just(INSTANT),
    fields.Date: st.sampled_from([date(2026, 3, 2), None]),
    fields.List: st.lists(st.sampled_from(["done", "failed"])),
}


def values(field: fields.Field[Any]) -> st.SearchStrategy[Any]:
    return next(found for kind, found in OF_KIND.items() if isinstance(field, kind))


MEMBERS = {name: values(field) for name, field in TaskSchema().fields.items()}
LINES = st.fixed_dictionaries({}, optional=MEMBERS)  # members may be missing, too


class TestAnAnswer:
    @given(line=LINES)
    def test_goes_out_as_marshmallow_makes_it(self, line: dict[str, Any]) -> None:
        schema = TaskSchema()

        assert schema.dump(line) == Schema.dump(schema, line)

    @given(lines=st.lists(LINES, max_size=3))
    def test_has_its_lines_as_they_are_alone(self, lines: list[dict[str, Any]]) -> None:
        page = TaskPageSchema().dump({"data": lines, "next": None})

        assert page == {"data": TaskSchema(many=True).dump(lines), "next": None}
        assert page["data"] == Schema.dump(TaskSchema(), lines, many=True)

    @given(line=LINES)
    def test_is_plain(self, line: dict[str, Any]) -> None:
        told = TaskSchema().dump(line)

        assert {type(value) for value in told.values()} <= {str, int, bool, list, type(None)}
