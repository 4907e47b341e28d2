"""What no clock may be told, over HTTP: each fault has a code of its own and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.support import hostile_files as made
from tests.support.http_journey import orders
from tests.support.live_office import CAST, CODE, LiveOffice
from tests.support.memory_office import answers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from werkzeug.test import TestResponse

PROJECT = f"/projects/{CODE}"
ITEM, ENDED, DECIDED = "S1-04", "S1-06", "S1-10"
REVIEWER = "reviewer-development_reform"
MIB = 1024 * 1024
PROCEDURE = {
    "attempt": 1,
    "procedure": "entrusted_assessment",
    "expected_end": "2026-03-20",
    "approved_by": "stage-lead",
}
ASK = {"attempt": 1, "missing": ["M010"]}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, what is ordered, and the answer."""

    name: str
    path: str
    body: Mapping[str, Any]
    who: str
    answer: tuple[int, str]
    file: bytes = field(default=b"")


FAULTS = (
    Fault(
        "an end before its start",
        f"/items/{ITEM}/procedures",
        {**PROCEDURE, "expected_end": "2026-03-01"},
        REVIEWER,
        (422, "time.bad_end"),
    ),
    Fault(
        "a pause on an ended attempt",
        f"/items/{ENDED}/supplement",
        {"attempt": 1, "missing": ["M001"]},
        "window-1",
        (409, "item.not_open"),
    ),
    Fault(
        "a pause on a decided attempt",
        f"/items/{DECIDED}/supplement",
        {"attempt": 1, "missing": ["M022"]},
        "window-1",
        (409, "item.decided"),
    ),
    Fault(
        "an end in a year outside the calendar",
        f"/items/{ITEM}/procedures",
        {**PROCEDURE, "expected_end": "2040-01-01"},
        REVIEWER,
        (422, "calendar.outside"),
    ),
    Fault(
        "an unknown procedure kind",
        f"/items/{ITEM}/procedures",
        {**PROCEDURE, "procedure": "witchcraft"},
        REVIEWER,
        (422, "item.unknown_procedure"),
    ),
    Fault(
        "a future time",
        f"/items/{ITEM}/supplement",
        {**ASK, "happened_at": "2027-01-01T00:00:00Z"},
        "window-1",
        (422, "time.future"),
    ),
    Fault(
        "a time before the last one",
        f"/items/{ITEM}/supplement",
        {**ASK, "happened_at": "2026-02-02T00:00:00Z", "reason": "迟报"},
        "window-1",
        (422, "time.before_last"),
    ),
    Fault(
        "an oversized file",
        "/materials",
        {"material": "M008"},
        "owner-a",
        (413, "file.too_large"),
        made.pdf(b" " * MIB),
    ),
    Fault(
        "a disguised file",
        "/materials",
        {"material": "M008"},
        "owner-a",
        (422, "file.disguised"),
        b"MZ\x90\x00" + b"\x00" * 600,
    ),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Return an office with an item accepted, one decided, and one whose attempt has ended."""
    opened = LiveOffice(tmp_path_factory.mktemp("times"), model=model)
    opened.parts.files.limit = MIB
    opened.file(facts=answers(opened.library.catalogue, 3, approval_catalogue=True))
    for path, body, who in (
        ("stages/1/file", {}, "owner-a"),
        (f"tasks/0/{ITEM}/1/receive/complete", {"outcome": "received"}, "window-1"),
        (f"tasks/0/{ITEM}/1/accept/complete", {"outcome": "accepted"}, "window-1"),
        (f"items/{ENDED}/withdraw", {"reason": "不办"}, "owner-a"),
    ):
        answer = opened.post(f"{PROJECT}/{path}", body, who)
        assert answer.status_code == 200, answer.text
    decide(opened, DECIDED)
    yield opened
    opened.close()


def decide(office: LiveOffice, item: str) -> None:
    """Do every step of an item but its delivery."""
    path = f"/tasks/0/{item}/1/"
    while order := next(
        (one for one in orders(office.get(PROJECT).get_json(), CAST) if path in one.path), None
    ):
        if "deliver" in order.path:
            return
        answer = office.post(order.path, order.body, order.who)
        assert answer.status_code == 200, answer.text
    raise AssertionError(item)


def order(office: LiveOffice, fault: Fault) -> TestResponse:
    if not fault.file:
        return office.post(f"{PROJECT}{fault.path}", fault.body, fault.who)
    # Written here: what the client writes to a temporary file it leaves open.
    sent = FileStorage(BytesIO(fault.file), "a.pdf", "file")
    boundary, data = encode_multipart({**fault.body, "file": sent})
    return office.client.post(
        f"/api/v1{PROJECT}{fault.path}",
        data=data,
        headers={"X-Abreast-Persona": fault.who, "Idempotency-Key": fault.name.replace(" ", "-")},
        content_type=f"multipart/form-data; boundary={boundary}",
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_is_refused_by_a_code_of_its_own_and_nothing_changes(
    told: LiveOffice, fault: Fault
) -> None:
    before = told.get(PROJECT).get_json()

    answer = order(told, fault)

    assert (answer.status_code, answer.get_json()["code"]) == fault.answer, answer.text
    assert told.get(PROJECT).get_json() == before


def test_is_a_year_outside_the_calendar_too(told: LiveOffice) -> None:
    answer = told.get("/calendar/2040")

    assert (answer.status_code, answer.get_json()["code"]) == (404, "calendar.outside")


@pytest.mark.parametrize(
    "instant",
    [
        "2026-W10-1T09:00:00Z",  # a week date
        "2026-03-02T09:00:00.123456789Z",  # finer than a microsecond
        "20260302T090000Z",
        "2026-03-02T09:00:00",
    ],
)
def test_is_an_instant_that_rfc_3339_does_not_write(told: LiveOffice, instant: str) -> None:
    answer = told.post(
        f"{PROJECT}/items/{ITEM}/supplement", {**ASK, "happened_at": instant}, "window-1"
    )

    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/happened_at", "api.field.instant")


def test_tells_the_faults_apart() -> None:
    codes = [fault.answer[1] for fault in FAULTS]

    assert len(set(codes)) == len(codes)
