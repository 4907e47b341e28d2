"""Materials by HTTP: listed, and opened by those who may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from simulation.specimens import MEDIA_TYPE, specimen
from tests.support import hostile_files as made
from tests.support.live_office import CODE, START, LiveOffice
from tests.support.uploads import PROJECT, send, stored
from workflows import commands as c
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

OWNER = Actor(id="owner-a", roles=frozenset({Role.OWNER}), organisation="ORG-A")


def seen(answer: TestResponse) -> int:
    """Return the status of an answer whose file nobody reads on."""
    answer.close()
    return answer.status_code


class TestReading:
    @pytest.fixture
    def handed_in(self, filed: LiveOffice) -> LiveOffice:
        assert send(filed, made.pdf(), "规划 图#1.pdf").status_code == 201
        return filed

    def test_gives_the_file_under_its_name(self, handed_in: LiveOffice) -> None:
        answer = handed_in.get(f"{PROJECT}/materials/M005/file", "owner-a")

        assert answer.data == made.pdf()
        assert answer.mimetype == "application/pdf"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment;")
        assert "filename*=UTF-8''%E8%A7%84%E5%88%92%20%E5%9B%BE#1.pdf" in disposition
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]
        answer.close()

    def test_is_for_those_who_handle_it(self, handed_in: LiveOffice) -> None:
        item = handed_in.library.catalogue.items["S1-08"]
        other = next(
            code
            for code in handed_in.library.catalogue.departments
            if code not in {item.department, *item.jointly}
            and handed_in.people.get(f"reviewer-{code}") is not None
        )
        path = f"{PROJECT}/materials/M005/file"
        status = {
            who: seen(handed_in.get(path, who))
            for who in ("owner-a", "agent-1", "window-1", f"reviewer-{item.department}")
        }

        assert set(status.values()) == {200}, status
        assert handed_in.get(path, f"reviewer-{other}").status_code == 403
        assert handed_in.get(path, "owner-b").status_code == 404
        assert handed_in.get(path, None).status_code == 401

    def test_says_that_nothing_was_handed_in(self, filed: LiveOffice) -> None:
        answer = filed.get(f"{PROJECT}/materials/M007/file", "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "material.none")

    def test_makes_what_a_simulated_owner_handed_in(self, filed: LiveOffice) -> None:
        found = specimen(filed.library.catalogue.materials["M005"], 1)
        command = c.SupplyMaterial(
            material="M005",
            file=found.sha256,
            size=len(found.content),
            media_type=MEDIA_TYPE,
            name=c.Note(ref="name", digest="0" * 64),
        )
        filed.parts.handle.execute(CODE, command, OWNER, "simulated")

        answer = filed.get(f"{PROJECT}/materials/M005/file", "owner-a")

        assert answer.data == found.content
        assert answer.mimetype == MEDIA_TYPE
        answer.close()

    def test_says_that_the_store_lost_it(self, handed_in: LiveOffice, tmp_path: Path) -> None:
        for place in stored(tmp_path):
            place.unlink()

        answer = handed_in.get(f"{PROJECT}/materials/M005/file", "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "file.lost")


class TestLists:
    def test_show_each_material_once_with_who_asks(self, filed: LiveOffice) -> None:
        send(filed, made.pdf())

        seen = filed.get(f"{PROJECT}/materials", "owner-a").get_json()

        codes = [row["material"] for row in seen["data"]]
        assert len(codes) == len(set(codes))
        row = next(row for row in seen["data"] if row["material"] == "M005")
        assert row["state"] == "supplied"
        assert row["items"] == ["S1-08"]
        assert row["supplied"]["name"] == "地形图.pdf"
        assert row["supplied"]["size"] == len(made.pdf())

    def test_name_the_file_to_those_alone_who_may_open_it(self, filed: LiveOffice) -> None:
        send(filed, made.pdf())
        item = filed.library.catalogue.items["S1-08"]
        handles, other = f"reviewer-{item.department}", "reviewer-military"

        for path in (f"{PROJECT}/materials", f"{PROJECT}/items/S1-08/materials"):
            names = []
            for who in (handles, other):
                seen = filed.get(path, who).get_json()
                rows = seen.get("data") or seen["materials"]
                names += [row["supplied"]["name"] for row in rows if row["supplied"]]
            assert names == ["地形图.pdf", None]

    def test_give_those_the_address_at_which_it_opens(self, filed: LiveOffice) -> None:
        send(filed, made.pdf())
        item = filed.library.catalogue.items["S1-08"]
        handles, other = f"reviewer-{item.department}", "reviewer-military"

        for path in (f"{PROJECT}/materials", f"{PROJECT}/items/S1-08/materials"):
            seen = {who: filed.get(path, who).get_json() for who in (handles, other)}
            rows = {who: each.get("data") or each["materials"] for who, each in seen.items()}
            link, none = (
                next(row["supplied"]["link"] for row in rows[who] if row["supplied"])
                for who in (handles, other)
            )
            opened = filed.get(link, handles)
            assert opened.data == made.pdf()
            opened.close()
            assert none is None

    def test_tell_what_is_due_once_a_later_stage_opens(self, filed: LiveOffice) -> None:
        seen = filed.get(f"{PROJECT}/materials", "owner-a").get_json()

        items = filed.library.catalogue.items
        later = [row["items"] for row in seen["data"] if row["state"] == "not_due"]
        assert later
        assert all(items[code].stage in {2, 3, 4} for codes in later for code in codes)

    def test_show_an_items_checklist(self, filed: LiveOffice) -> None:
        filed.post(f"{PROJECT}/stages/1/file", who="owner-a")
        due = START.date().replace(day=16).isoformat()
        body = {"attempt": 1, "missing": ["M015"], "due": due, "reason": "原件在途"}
        answer = filed.post(f"{PROJECT}/items/S1-08/tolerate", body, "window-1")
        assert answer.status_code == 200, answer.text

        seen = filed.get(f"{PROJECT}/items/S1-08/materials", "owner-a").get_json()

        assert (seen["rule"], seen["tolerance"], seen["complete"]) == ("shown", True, False)
        assert seen["tolerated"] == ["M015"]
        assert seen["tolerances"] == [
            {
                "attempt": 1,
                "missing": ["M015"],
                "left": ["M015"],
                "due": due,
                "last": due,
                "met": None,
                "overdue": False,
                "fulfilled": False,
            }
        ]
        assert "原件在途" not in json.dumps(answer.get_json(), ensure_ascii=False)

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"attempt": 1, "missing": ["M999"], "due": "2026-03-16"}, 422, "item.not_missing"),
            ({"attempt": 1, "missing": ["M015"], "due": "2027-03-16"}, 422, "time.bad_due"),
            ({"attempt": 1, "missing": ["M015"], "due": "2026-02-30"}, 422, "api.invalid"),
            ({"attempt": 1, "missing": [], "due": "2026-03-16"}, 422, "api.invalid"),
            ({"attempt": 1, "missing": ["M015"], "due": "soon"}, 422, "api.invalid"),
            ({"attempt": 1, "missing": [5], "due": "2026-03-16"}, 422, "api.invalid"),
            ({"missing": ["M015"], "due": "2026-03-16"}, 422, "api.invalid"),
        ],
    )
    def test_refuse_a_bad_tolerance(
        self, filed: LiveOffice, body: dict[str, Any], status: int, code: str
    ) -> None:
        filed.post(f"{PROJECT}/stages/1/file", who="owner-a")

        answer = filed.post(f"{PROJECT}/items/S1-08/tolerate", body, "window-1")

        assert (answer.status_code, answer.get_json()["code"]) == (status, code)

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            (f"{PROJECT}/items/S4-99/materials", "item.unknown"),
            (f"{PROJECT}/items/S1-08/materials?unit=4", "unit.unknown"),
            (f"{PROJECT}/materials?unit=4", "unit.unknown"),
            ("/projects/nobody/materials", "project.unknown"),
        ],
    )
    def test_know_what_does_not_exist(self, filed: LiveOffice, path: str, code: str) -> None:
        answer = filed.get(path, "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (404, code)
