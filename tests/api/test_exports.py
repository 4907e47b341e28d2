from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from api import exports
from api.called import KINDS
from api.exports import cell, heading, listings
from tests.support.live_office import API, CODE
from workflows.texts import texts

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

OTHER = "2026-120118-47-03-000002"
EVIL = "=cmd|' /C calc'!A0"


def lists(office: LiveOffice) -> list[exports.Listing]:
    from api import document  # noqa: PLC0415 - the contract is read once a test

    return list(listings(office.client.application, document()))


def place(rule: str) -> str:
    """Return the address of a list of the filed project."""
    for name, value in (
        ("<project:code>", CODE),
        ("<word:agent>", "agent-1"),
        ("<item:item>", "S1-08"),
        ("<word:job>", "x"),
        ("<word:webhook>", "x"),
    ):
        rule = rule.replace(name, value)
    return rule.removeprefix(API)


def with_its_name(name: str, listing: exports.Listing) -> tuple[str, ...]:
    """Return a column, and beside a code that of its name, unless the list has it itself."""
    named = name in KINDS and f"{name}_name" not in listing.columns
    return (name, f"{name}_name") if named else (name,)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def on_screen(office: LiveOffice, path: str, who: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get(path, who).get_json()["data"]
    return found


class TestEveryList:
    def test_has_a_file_with_what_is_on_screen(self, still: LiveOffice) -> None:
        seen = 0
        for listing in lists(still):
            path = place(listing.rule)
            screen = still.get(path, "admin")
            file = still.get(f"{path}/export/csv", "admin")
            if screen.status_code != 200:
                assert file.status_code == screen.status_code, listing.operation
                continue
            assert file.status_code == 200, f"{listing.operation}: {file.text}"
            rows = screen.get_json()["data"]
            head, *body = read_csv(file.get_data())
            members = [*rows[0]] if rows else [*listing.columns]
            columns = [each for name in members for each in with_its_name(name, listing)]
            assert head == [heading(name, "zh-CN") for name in columns], listing.operation
            if screen.get_json().get("next") is None and listing.operation != "listAudit":
                assert len(body) == len(rows), listing.operation
                seen += bool(rows)
        assert seen > 5

    def test_has_headings_in_both_languages(self, still: LiveOffice) -> None:
        found = lists(still)
        columns = {
            f"sheet.column.{column}"
            for each in found
            for name in each.columns
            for column in with_its_name(name, each)
        }
        titles = {f"sheet.title.{each.operation}" for each in found}

        assert len(found) > 15
        assert (columns | titles) - texts().keys() == set()


class TestAFile:
    def test_has_all_pages_with_the_same_filter_and_order(self, filed: LiveOffice) -> None:
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
        filed.post("/projects", filed.filing(code=OTHER), "owner-a")
        query = f"project={CODE}&sort=-opened_at"
        screen = on_screen(filed, f"/tasks?limit=200&{query}", "admin")
        names = [*screen[0]]

        file = filed.get(f"/tasks/export/csv?{query}", "admin")
        _, *rows = read_csv(file.get_data())

        at = names.index("id")
        assert [row[at] for row in rows] == [each["id"] for each in screen]
        assert len(rows) < len(on_screen(filed, "/tasks?limit=200", "admin"))

    def test_turns_the_pages_by_itself(
        self, filed: LiveOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
        monkeypatch.setattr(exports, "MOST_ROWS", 2)
        for path, limit in (("/tasks", 200), (f"/projects/{CODE}/events", 200)):
            screen = on_screen(filed, f"{path}?limit={limit}", "admin")
            _, *rows = read_csv(filed.get(f"{path}/export/csv", "admin").get_data())
            assert len(rows) == len(screen) > 2

    def test_has_the_chosen_columns_alone(self, filed: LiveOffice) -> None:
        file = filed.get("/projects/export/csv?fields=name,code", "admin")

        screen = on_screen(filed, "/projects?fields=name,code", "admin")
        head, row = read_csv(file.get_data())
        assert head == [heading(name, "zh-CN") for name in screen[0]]
        assert row == [*screen[0].values()]

    def test_is_the_same_as_a_workbook(self, filed: LiveOffice) -> None:
        schema = {each.operation: each.columns for each in lists(filed)}["listProjects"]
        (screen,) = on_screen(filed, "/projects", "admin")

        file = filed.get("/projects/export/xlsx", "admin", Accept_Language="en")

        book = load_workbook(BytesIO(file.get_data()))
        sheet = book.active
        assert sheet is not None
        assert sheet.title == "Projects"
        wanted = [cell(value, schema[name], "en") for name, value in screen.items()]
        assert [each.value for each in sheet[2]] == wanted
        assert file.headers["Content-Disposition"] == 'attachment; filename="abreast-projects.xlsx"'

    def test_has_no_formula_whatever_a_project_is_called(self, office: LiveOffice) -> None:
        office.file(name=EVIL)

        as_text = read_csv(office.get("/projects/export/csv", "admin").get_data())[1]
        book = load_workbook(BytesIO(office.get("/projects/export/xlsx", "admin").get_data()))

        assert f"'{EVIL}" in as_text
        assert EVIL not in as_text
        sheet = book.active
        assert sheet is not None
        (found,) = [each for each in sheet[2] if each.value == EVIL]
        assert found.data_type == "s"

    def test_holds_what_the_sender_sees_and_no_more(self, filed: LiveOffice) -> None:
        mine = read_csv(filed.get("/projects/export/csv", "owner-a").get_data())
        strange = read_csv(filed.get("/projects/export/csv", "owner-b").get_data())

        assert (len(mine), len(strange)) == (2, 1)
        assert filed.get(f"/projects/{CODE}/events/export/csv", "owner-b").status_code == 404
        assert filed.get("/audit/export/csv", "owner-a").status_code == 403
        assert filed.get("/projects/export/csv", None).status_code == 401

    @pytest.mark.parametrize(
        ("query", "status"),
        [("cursor=x", 422), ("limit=5", 422), ("nothing=1", 422), ("status=wrong", 422)],
    )
    def test_refuses_what_the_list_refuses(
        self, still: LiveOffice, query: str, status: int
    ) -> None:
        assert still.get(f"/projects/export/csv?{query}", "admin").status_code == status

    @pytest.mark.parametrize(
        "path",
        [
            "/projects/export/exe",
            "/projects/export/../../etc/passwd",
            "/projects/export/csv/..%2f..%2fetc",
            "/projects/export/%2e%2e%2fcsv",
            "/projects/export/csv%00.xlsx",
            "/../etc/passwd/export/csv",
        ],
    )
    def test_is_found_nowhere_else(self, still: LiveOffice, path: str) -> None:
        assert still.get(path, "admin").status_code == 404

    def test_takes_only_so_many_lines(
        self, filed: LiveOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "MOST", 2)

        answer = filed.get(f"/projects/{CODE}/events/export/csv", "admin")

        assert answer.get_json()["code"] == "api.export.long"
