from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest

from api.live import Doors, doors
from tests.support.live_office import API, CODE

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}/news"
OTHER = "2026-120118-47-03-000002"


@pytest.fixture
def gate(filed: LiveOffice) -> Doors:
    """Let streams end after two looks, without a pause."""
    app = filed.client.application
    app.extensions["abreast.doors"] = Doors(2, pause=0.0, beats=2)
    return doors(app)


def stream(office: LiveOffice, path: str, who: str, **headers: str) -> TestResponse:
    answer = office.client.get(API + path, headers=office._headers(who, headers))  # noqa: SLF001 - as the office asks
    answer.get_data()
    answer.close()  # as a server does behind the last byte
    return answer


def told(answer: TestResponse) -> list[dict[str, Any]]:
    """Return what a stream told, as a browser reads it."""
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in fields:
            found.append({"id": fields["id"], **json.loads(fields["data"])})
    return found


class TestAStream:
    def test_of_a_project_tells_what_came_after_the_last_id(
        self, filed: LiveOffice, gate: Doors
    ) -> None:
        number = filed.parts.handle.project(CODE).number

        answer = stream(filed, f"{PROJECT}/stream", "owner-a", Last_Event_ID="2")

        assert answer.status_code == 200
        assert answer.mimetype == "text/event-stream"
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.headers["Cache-Control"] == "no-store"
        assert [each["number"] for each in told(answer)] == list(range(3, number + 1))
        assert [each["id"] for each in told(answer)] == [str(n) for n in range(3, number + 1)]
        assert answer.text.startswith("retry: ")
        assert gate.inside == 0

    def test_without_an_id_begins_now(self, filed: LiveOffice, gate: Doors) -> None:
        assert told(stream(filed, f"{PROJECT}/stream", "owner-a")) == []
        assert told(stream(filed, "/news/stream", "owner-a")) == []
        assert gate.inside == 0

    def test_of_everything_tells_what_the_sender_sees(self, filed: LiveOffice, gate: Doors) -> None:
        mine = told(stream(filed, "/news/stream", "owner-a", Last_Event_ID="0.0."))
        strange = told(stream(filed, "/news/stream", "owner-b", Last_Event_ID="0.0."))

        assert [each["number"] for each in mine] == list(range(1, len(mine) + 1))
        assert mine
        assert strange == []
        assert gate.inside == 0

    def test_of_a_hidden_project_is_not_there(self, filed: LiveOffice, gate: Doors) -> None:
        hidden = stream(filed, f"{PROJECT}/stream", "owner-b")
        missing = stream(filed, f"/projects/{CODE[:-1]}9/news/stream", "owner-b")

        assert hidden.status_code == missing.status_code == 404
        assert hidden.get_json()["code"] == missing.get_json()["code"]
        assert gate.inside == 0

    def test_ends_when_the_right_to_it_ends(self, filed: LiveOffice) -> None:
        app = filed.client.application
        app.extensions["abreast.doors"] = Doors(2, pause=0.0, beats=50)
        answer = filed.client.get(
            f"{API}{PROJECT}/stream",
            headers=filed._headers("owner-a", {}),  # noqa: SLF001 - as the office asks
            buffered=False,
        )
        lines = answer.iter_encoded()
        first = next(lines)
        filed.people.erase("owner-a")

        rest = list(lines)
        answer.close()

        assert first.startswith(b"retry")
        assert rest == []
        assert doors(app).inside == 0

    @pytest.mark.parametrize("given", ["x", "-1", "1.5", "٣", "9" * 12])
    def test_refuses_an_id_that_is_none(self, filed: LiveOffice, gate: Doors, given: str) -> None:
        answer = filed.client.get(
            f"{API}{PROJECT}/stream",
            headers={"X-Abreast-Persona": "owner-a", "Last-Event-ID": given},
        )

        assert answer.status_code == 422
        assert gate.inside == 0


class TestTheDoors:
    def test_let_only_so_many_in(self) -> None:
        gate = Doors(4)

        entered = [gate.enter(who) for who in ("a", "a", "a", "b", "b", "c")]
        gate.leave("a")

        assert entered == [True, True, False, True, True, False]
        assert gate.enter("c")

    def test_are_full_for_whoever_comes_too_late(self, filed: LiveOffice) -> None:
        app = filed.client.application
        app.extensions["abreast.doors"] = Doors(0)

        answer = stream(filed, "/news/stream", "owner-a")

        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.get_json()["code"] == "api.news.full"

    def test_leave_a_thread_for_everything_else(self, filed: LiveOffice) -> None:
        gate = doors(filed.client.application)
        settings = filed.parts.settings

        entered = sum(gate.enter(str(n)) for n in range(settings.threads))

        assert entered == settings.live < settings.threads

    def test_end_every_stream_when_the_process_ends(self, filed: LiveOffice) -> None:
        app = filed.client.application
        gate = app.extensions["abreast.doors"] = Doors(2, pause=60.0, beats=10**6)
        done: list[TestResponse] = []
        listener = threading.Thread(
            target=lambda: done.append(stream(filed, f"{PROJECT}/stream", "owner-a"))
        )
        listener.start()

        gate.closing.set()
        listener.join(30)

        assert done
        assert gate.inside == 0
        assert not gate.enter("late")


class TestAskingAgain:
    def test_tells_the_same_with_the_same_ids(self, filed: LiveOffice, gate: Doors) -> None:
        for path, start in ((PROJECT, "0"), ("/news", "0.0.")):
            streamed = told(stream(filed, f"{path}/stream", "owner-a", Last_Event_ID=start))
            asked = filed.get(f"{path}?after={start}&limit=200", "owner-a").get_json()
            assert [each["id"] for each in asked["data"]] == [each["id"] for each in streamed]
        assert gate.inside == 0

    def test_goes_on_page_by_page_to_the_end(self, filed: LiveOffice) -> None:
        after, numbers = "0.0.", list[int]()
        while True:
            page = filed.get(f"/news?after={after}&limit=2", "owner-a").get_json()
            if not page["data"] and page["next"] == after:
                break
            numbers += [each["number"] for each in page["data"]]
            after = page["next"]

        assert numbers == list(range(1, filed.parts.handle.project(CODE).number + 1))

    def test_begins_now_when_nothing_is_said(self, filed: LiveOffice) -> None:
        first = filed.get("/news", "owner-a").get_json()
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")

        then = filed.get(f"/news?after={first['next']}", "owner-a").get_json()

        assert first["data"] == []
        assert "StageFiled" in [each["kind"] for each in then["data"]]

    @pytest.mark.parametrize("after", ["x", "1.2", "0.0", "9" * 30 + ".1.a"])
    def test_refuses_a_position_that_is_none(self, filed: LiveOffice, after: str) -> None:
        answer = filed.get(f"/news?after={after}", "owner-a")

        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"] == "/after"

    def test_names_no_project_out_of_sight(self, filed: LiveOffice) -> None:
        for after in ("0.0.", filed.get("/news", "owner-b").get_json()["next"]):
            filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")

            told = filed.get(f"/news?after={after}", "owner-b").get_json()

            assert told["data"] == []
            assert re.fullmatch(r"\d+\.0\.", told["next"])
        filed.post("/projects", filed.filing(code=OTHER, owner="ORG-B"), "owner-b")
        later = filed.get(f"/news?after={told['next']}", "owner-b").get_json()["data"]
        assert {each["project"] for each in later} == {OTHER}
        assert later[0]["number"] == 1
