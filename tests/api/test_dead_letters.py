from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.store.jobs import JobStatus

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

WHO = "admin"
MANY = 120  # more than a page of jobs


@pytest.fixture
def failed(office: LiveOffice) -> str:
    """Return the id, as the list says it, of a job that failed."""
    jobs = office.parts.jobs
    identity = jobs.enqueue("recompute", {}, most=1)
    taken = jobs.take("w")
    assert taken is not None
    assert taken.id == identity
    jobs.fail(taken, "the disk is full")
    return f"job:{identity}"


class TestWhatCouldNotBeDone:
    def test_is_listed_with_the_reason(self, office: LiveOffice, failed: str) -> None:
        letters = office.get("/dead-letters", WHO).get_json()["letters"]

        assert [(each["id"], each["reason"]) for each in letters] == [(failed, "the disk is full")]

    def test_is_tried_again(self, office: LiveOffice, failed: str) -> None:
        answer = office.post("/dead-letters/retry", {"id": failed}, WHO)

        assert (answer.status_code, answer.get_json()) == (200, {"letters": []})
        assert office.parts.jobs.listed(JobStatus.FAILED) == ()

    def test_is_tried_again_once_for_a_key(self, office: LiveOffice, failed: str) -> None:
        first = office.post("/dead-letters/retry", {"id": failed}, WHO, Idempotency_Key="k")
        taken = office.parts.jobs.take("w")
        assert taken is not None
        office.parts.jobs.fail(taken, "still full")

        again = office.post("/dead-letters/retry", {"id": failed}, WHO, Idempotency_Key="k")
        other = office.post("/dead-letters/retry", {"id": "job:x"}, WHO, Idempotency_Key="k")

        assert (first.status_code, again.status_code) == (200, 200)
        assert [each["id"] for each in again.get_json()["letters"]] == [failed]
        assert other.get_json()["code"] == "engine.key_reused"

    def test_is_listed_however_much_there_is(self, office: LiveOffice) -> None:
        jobs = office.parts.jobs
        for _ in range(MANY):
            jobs.enqueue("recompute", {}, most=1)
        while (taken := jobs.take("w")) is not None:
            jobs.fail(taken, "the disk is full")

        letters = office.get("/dead-letters", WHO).get_json()["letters"]

        assert len(letters) == MANY

    def test_leaves_the_others_where_they_are(self, office: LiveOffice, failed: str) -> None:
        answer = office.post("/dead-letters/retry", {"id": "job:another"}, WHO)

        assert [each["id"] for each in answer.get_json()["letters"]] == [failed]

    @pytest.mark.parametrize("who", ["owner-a", "supervisor-2"])
    def test_is_for_administrators(self, still: LiveOffice, who: str) -> None:
        assert still.get("/dead-letters", who).status_code == 403
        assert still.post("/dead-letters/retry", {"id": "job:x"}, who).status_code == 403

    def test_leaves_the_retry_in_the_trail(self, office: LiveOffice, failed: str) -> None:
        office.post("/dead-letters/retry", {"id": failed}, WHO)

        [line] = office.get(f"/audit?object={failed}").get_json()["data"]
        assert (line["operation"], line["actor"]) == ("dead.retry_dead", WHO)
