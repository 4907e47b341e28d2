"""What the law wants published of later decisions: in the answer and on the public page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE
from tests.support.memory_office import answers
from workflows.project import FlagKind

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"
ITEM, FINAL = "S1-04", "S1-08"
HEAD = "lead-development_reform"
WHY = "案情复杂 <b>需会商</b>"


@pytest.fixture
def running(office: LiveOffice) -> LiveOffice:
    office.file(facts=answers(office.library.catalogue, 3, approval_catalogue=True))
    return office


@pytest.fixture
def extended(running: LiveOffice) -> LiveOffice:
    running.work(lambda seen: item(seen, ITEM)["accepted_at"] is not None)
    body = {"attempt": 1, "days": 3, "approved_by": "stage-lead", "reason": WHY}
    give(running, f"items/{ITEM}/extend", body)
    return running


@pytest.fixture
def revoked(running: LiveOffice) -> LiveOffice:
    running.work(lambda seen: item(seen, FINAL)["state"] == "granted")
    give(running, f"items/{ITEM}/revoke", {"reason": WHY})
    return running


def give(office: LiveOffice, path: str, body: object, who: str = HEAD) -> None:
    answer = office.post(f"{PROJECT}/{path}", body, who)
    assert answer.status_code == 200, answer.text


def item(seen: dict[str, Any], code: str) -> dict[str, Any]:
    items = (i for stage in seen["units"][0]["stages"] for i in stage["items"])
    found: dict[str, Any] = next(each for each in items if each["item"] == code)
    return found


def told(office: LiveOffice, code: str) -> dict[str, Any]:
    return item(office.get(PROJECT, "owner-a").get_json(), code)


def page(office: LiveOffice, language: str = "zh") -> str:
    answer = office.client.get(f"{PROJECT}?lang={language}")
    assert answer.status_code == 200
    return answer.text


def twin(office: LiveOffice) -> str:
    return office.client.get(f"/api/v1/public/projects/{CODE}").text


def erase(office: LiveOffice) -> None:
    """Erase every text, as the law may ask for."""
    raw = office.parts.store.engine.raw_connection()
    raw.cursor().execute("DELETE FROM note")
    raw.commit()
    raw.close()


class TestAnExtension:
    def test_is_told_with_days_rule_and_reason(self, extended: LiveOffice) -> None:
        found = told(extended, ITEM)["extension"]

        assert found.pop("at")
        assert found == {"days": 3, "unit": "working_day", "source": "HZTL10", "reason": WHY}

    def test_stands_on_the_page_without_free_words(self, extended: LiveOffice) -> None:
        text = page(extended)

        assert "经批准延长 3 个工作日" in text
        assert "《企业投资项目核准和备案管理条例》第十条" in text
        assert "案情复杂" not in text
        assert "Extended with approval by 3 working days" in page(extended, "en")

    def test_names_nobody_who_approved_it(self, extended: LiveOffice) -> None:
        assert "stage-lead" not in page(extended)
        assert HEAD not in page(extended)

    def test_says_that_its_reason_was_erased(self, extended: LiveOffice) -> None:
        erase(extended)

        assert told(extended, ITEM)["extension"]["reason"] is None


class TestWhatSomebodyTyped:
    def test_is_not_public(self, extended: LiveOffice) -> None:
        give(extended, "facts", {"facts": {"approval_catalogue": False}, "reason": WHY}, "owner-a")
        give(extended, "suspend", {"reason": WHY}, "stage-lead")
        give(extended, "resume", {"reason": WHY}, "stage-lead")
        give(extended, "agent", {"agent": "agent-1", "reason": WHY}, "admin")
        give(extended, "withdraw", {"reason": WHY}, "owner-a")

        for seen in (page(extended), page(extended, "en"), twin(extended)):
            assert "案情复杂" not in seen
            assert CODE in seen


class TestARevokedResult:
    def test_is_told_with_its_documents(self, revoked: LiveOffice) -> None:
        found = told(revoked, ITEM)["revocation"]

        assert (found["attempt"], set(found["documents"])) == (1, {"D04", "D05"})
        assert found["reason"] == WHY

    def test_stands_on_the_page_without_free_words(self, revoked: LiveOffice) -> None:
        text = page(revoked)

        assert "撤销。" in text
        assert "同时失效的文件" in text
        assert "案情复杂" not in text
        assert "The result was taken back on" in page(revoked, "en")

    def test_flags_what_rests_on_it(self, revoked: LiveOffice) -> None:
        (flag,) = told(revoked, FINAL)["flags"]

        assert (flag["kind"], flag["by"]) == (FlagKind.REVOKED_DOCUMENT.value, ITEM)
        assert flag["documents"] == ["D05"]
        assert "所依据的文件已被撤销（S1-04）" in page(revoked)
        assert "It rests on documents that were taken back (S1-04)" in page(revoked, "en")


class TestWhatNoLongerApplies:
    def test_is_flagged_and_runs_on(self, extended: LiveOffice) -> None:
        body = {"facts": {"approval_catalogue": False}, "reason": WHY}
        give(extended, "facts", body, "owner-a")

        (flag,) = told(extended, ITEM)["flags"]

        assert (flag["kind"], flag["reason"]) == (FlagKind.NOT_APPLICABLE.value, WHY)
        assert "不再需要本事项。 已在办理，照常进行。" in page(extended)
        assert "It runs on." in page(extended, "en")


class TestAnUntouchedItem:
    def test_tells_nothing(self, extended: LiveOffice) -> None:
        found = told(extended, "S1-05")

        assert (found["extension"], found["revocation"], found["flags"]) == (None, None, [])
