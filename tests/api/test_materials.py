"""Materials by HTTP: handed in as a file, listed, opened by those who may."""

from __future__ import annotations

import io
import json
import tracemalloc
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from simulation.specimens import MEDIA_TYPE, specimen
from tests.support import hostile_files as made
from tests.support.hostile_files import KIB, MIB
from tests.support.live_office import CODE, START, LiveOffice
from workflows import commands as c
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

PROJECT = f"/projects/{CODE}"
BOUNDARY = "----abreast-test"
KEYS = count(1)
OWNER = Actor(id="owner-a", roles=frozenset({Role.OWNER}), organisation="ORG-A")


def send(
    office: LiveOffice,
    content: bytes,
    name: str = "地形图.pdf",
    who: str = "owner-a",
    key: str | None = None,
    **fields: str,
) -> TestResponse:
    """Hand a file in as material M005, unless *fields* say otherwise."""
    data: dict[str, Any] = {"material": "M005", **fields, "file": (io.BytesIO(content), name)}
    headers = {"X-Abreast-Persona": who, "Idempotency-Key": key or f"up-{next(KEYS)}"}
    return office.client.post(f"/api/v1{PROJECT}/materials", data=data, headers=headers)


def raw(office: LiveOffice, body: Any, length: int | None, who: str = "owner-a") -> TestResponse:
    """Send a body as it is, in one piece or as a stream of unknown length."""
    headers = {"X-Abreast-Persona": who, "Idempotency-Key": "raw"}
    stream: dict[str, Any] = {
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
        "wsgi.input": body,
        "wsgi.input_terminated": length is None,
    }
    if length is not None:
        stream["CONTENT_LENGTH"] = str(length)
    return office.client.post(
        f"/api/v1{PROJECT}/materials", headers=headers, environ_overrides=stream
    )


def seen(answer: TestResponse) -> int:
    """Return the status of an answer whose file nobody reads on."""
    answer.close()
    return answer.status_code


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    end = "" if filename is None else f'; filename="{filename}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{end}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def stored(folder: Path) -> list[Path]:
    """Return every file of the store, half-written ones too."""
    return [each for each in (folder / "files").rglob("*") if each.is_file()]


class TestHandingIn:
    def test_answers_what_it_did(self, filed: LiveOffice) -> None:
        answer = send(filed, made.pdf())

        assert answer.status_code == 201, answer.text
        (event,) = answer.get_json()["events"]
        assert event["kind"] == "MaterialSupplied"
        assert event["body"]["items"] == ["S1-08"]
        assert answer.headers["ETag"] == f'"{event["number"]}"'

    def test_keeps_the_name_out_of_the_log(self, filed: LiveOffice) -> None:
        send(filed, made.pdf(), "张三身份证.pdf")

        history = filed.get(f"{PROJECT}/events").text

        assert "张三" not in history
        assert "张三身份证.pdf" in filed.get(f"{PROJECT}/materials", "owner-a").text

    def test_stores_one_content_once(self, filed: LiveOffice, tmp_path: Path) -> None:
        send(filed, made.pdf())
        answer = send(filed, made.pdf(), material="M007")

        assert answer.status_code == 201, answer.text
        assert len(stored(tmp_path)) == 1

    def test_says_the_same_again_for_the_same_key(self, filed: LiveOffice) -> None:
        first = send(filed, made.pdf(), key="k")
        again = send(filed, made.pdf(), key="k")

        assert again.get_json()["repeated"] is True
        assert again.get_json()["number"] == first.get_json()["number"]

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("../../../etc/passwd.pdf", "passwd.pdf"),
            ("C:\\资料\\图.pdf", "图.pdf"),
            ("图 (终稿) ①.PDF", "图 (终稿) ①.PDF"),
        ],
    )
    def test_takes_names_as_data(
        self, filed: LiveOffice, tmp_path: Path, name: str, shown: str
    ) -> None:
        assert send(filed, made.pdf(), name).status_code == 201

        assert shown in filed.get(f"{PROJECT}/materials", "owner-a").text
        (place,) = stored(tmp_path)
        assert place.parent.parent == tmp_path / "files"

    @pytest.mark.parametrize(
        ("content", "name", "status", "code"),
        [
            (b"", "a.pdf", 422, "file.empty"),
            (made.png(), "a.pdf", 422, "file.disguised"),
            (made.pdf() + made.archive({"x": b"x"}), "a.pdf", 422, "file.disguised"),
            (made.pdf()[:20], "a.pdf", 422, "file.broken"),
            (b"MZ", "a.exe", 415, "file.type"),
            (made.bomb(), "a.docx", 422, "file.swollen"),
        ],
    )
    def test_refuses_hostile_files(  # noqa: PLR0913, PLR0917 - one row of the table
        self,
        filed: LiveOffice,
        tmp_path: Path,
        content: bytes,
        name: str,
        status: int,
        code: str,
    ) -> None:
        before = filed.parts.handle.project(CODE)

        answer = send(filed, content, name)

        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
        assert filed.parts.handle.project(CODE) == before
        assert stored(tmp_path) == []

    def test_refuses_bad_fields(self, filed: LiveOffice) -> None:
        cases = {
            "material.unknown": {"material": "M999"},
            "material.is_result": {"material": "M018"},
            "unit.unknown": {"unit": "5"},
            "api.invalid": {"unit": "x"},
            "api.multipart.part": {"extra": "x"},
        }
        for code, fields in cases.items():
            answer = send(filed, made.pdf(), **fields)
            assert answer.get_json()["code"] == code

    def test_is_for_whoever_acts_for_the_owner(self, filed: LiveOffice, tmp_path: Path) -> None:
        reviewer = send(filed, made.pdf(), who="lead-housing")
        stranger = send(filed, made.pdf(), who="owner-b")

        assert (reviewer.status_code, stranger.status_code) == (403, 404)
        assert stored(tmp_path) == []

    def test_asks_for_a_key(self, filed: LiveOffice) -> None:
        data = {"material": "M005", "file": (io.BytesIO(made.pdf()), "a.pdf")}

        answer = filed.client.post(
            f"/api/v1{PROJECT}/materials", data=data, headers={"X-Abreast-Persona": "owner-a"}
        )

        assert answer.status_code == 428


class TestTheBody:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{}",
            b"--other\r\n\r\nx",
            part("file", made.pdf(), "a.pdf"),  # never ends
            part("file", made.pdf(), "a.pdf")[:40],
            b"--" + BOUNDARY.encode() + b"\r\nno header\r\n\r\nx\r\n",
        ],
    )
    def test_that_is_malformed_is_a_problem(
        self, filed: LiveOffice, tmp_path: Path, body: bytes
    ) -> None:
        answer = raw(filed, io.BytesIO(body), len(body))

        assert answer.get_json()["code"] in {"api.multipart.malformed", "api.multipart.part"}
        assert [place for place in stored(tmp_path) if "incoming" in place.parts] == []

    def test_that_is_json_is_refused(self, filed: LiveOffice) -> None:
        answer = filed.post(f"{PROJECT}/materials", {"material": "M005"}, "owner-a")

        assert answer.get_json()["code"] == "api.multipart.malformed"

    def test_has_one_file(self, filed: LiveOffice) -> None:
        two = part("file", made.pdf(), "a.pdf") + part("file", made.png(), "b.png")
        body = two + part("material", b"M005") + f"--{BOUNDARY}--\r\n".encode()

        answer = raw(filed, io.BytesIO(body), len(body))

        assert answer.get_json()["code"] == "api.multipart.part"

    def test_may_name_the_material_behind_the_file(self, filed: LiveOffice) -> None:
        body = (
            part("file", made.pdf(), "a.pdf")
            + part("material", b"M005")
            + f"--{BOUNDARY}--\r\n".encode()
        )

        assert raw(filed, io.BytesIO(body), len(body)).status_code == 201

    def test_that_says_it_is_too_large_is_not_read(self, filed: LiveOffice) -> None:
        endless = Endless()

        answer = raw(filed, endless, 1024 * MIB)

        assert (answer.status_code, answer.get_json()["code"]) == (413, "file.too_large")
        assert endless.given == 0

    def test_that_goes_on_for_a_gibibyte_is_cut_early(
        self, filed: LiveOffice, tmp_path: Path
    ) -> None:
        filed.parts.files.limit = MIB
        endless = Endless()

        tracemalloc.start()
        answer = raw(filed, endless, None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert (answer.status_code, answer.get_json()["code"]) == (413, "file.too_large")
        assert endless.given < 2 * MIB
        assert peak < 4 * MIB
        assert stored(tmp_path) == []

    def test_with_an_endless_field_is_cut_early(self, filed: LiveOffice) -> None:
        endless = Endless(head=part("material", b"")[:-2])

        answer = raw(filed, endless, None)

        assert answer.status_code in {413, 422}
        assert endless.given < MIB

    def test_with_an_endless_header_is_cut_early(self, filed: LiveOffice) -> None:
        endless = Endless(head=f"--{BOUNDARY}\r\nX-Long: ".encode())

        answer = raw(filed, endless, None)

        assert answer.status_code in {400, 413}
        assert endless.given < MIB


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


class Endless(io.RawIOBase):
    """A sender that goes on for a gibibyte, and counts what is asked of it."""

    def __init__(self, head: bytes = part("file", b"%PDF-", "a.pdf")[:-2]) -> None:
        self.head = head
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.given >= 1024 * MIB:
            return 0
        wanted = min(len(buffer), 64 * KIB)
        chunk = (self.head + b"\0" * wanted)[:wanted]
        self.head = self.head[wanted:]
        buffer[: len(chunk)] = chunk
        self.given += len(chunk)
        return len(chunk)
