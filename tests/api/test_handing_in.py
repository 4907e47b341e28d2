"""Materials are handed in as files: whole, sound, no larger than allowed, by whom may."""

from __future__ import annotations

import io
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import hostile_files as made
from tests.support.hostile_files import KIB, MIB
from tests.support.live_office import CODE, LiveOffice
from tests.support.uploads import PROJECT, send, stored

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

BOUNDARY = "----abreast-test"


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


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    end = "" if filename is None else f'; filename="{filename}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{end}\r\n\r\n'
    return head.encode() + content + b"\r\n"


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
