from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import MOST_FAULTS
from api.strict import DEEPEST, MOST_VALUES, BadJsonError, loads
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

UNIT = f"/api/v1/projects/{CODE}/stages/1/file"
WITHDRAW = f"/api/v1/projects/{CODE}/withdraw"
FACTS = f"/api/v1/projects/{CODE}/facts"


def send(
    office: LiveOffice, body: bytes, path: str = UNIT, kind: str = "application/json"
) -> TestResponse:
    headers = {"X-Abreast-Persona": "owner-a", "Idempotency-Key": "k", "If-Match": "*"}
    return office.client.post(path, data=body, content_type=kind, headers=headers)


class TestABodyIsRefused:
    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"{", 400, "api.json.malformed"),
            (b"", 400, "api.json.malformed"),
            (b'{"unit": 0, "unit": 1}', 400, "api.json.duplicate_key"),
            (b'{"unit": NaN}', 400, "api.json.not_a_number"),
            (b'{"unit": Infinity}', 400, "api.json.not_a_number"),
            (b'{"unit": 1e999}', 400, "api.json.number_too_long"),
            (b'{"unit": ' + b"9" * 5000 + b"}", 400, "api.json.number_too_long"),
            (b'{"unit": "\\u0000"}', 400, "api.json.bad_text"),
            (b'{"unit": "\\ud800"}', 400, "api.json.bad_text"),
            (b'{"\\u202e": 1}', 400, "api.json.bad_text"),
            (b'{"unit": "\xff"}', 400, "api.json.not_utf8"),
            (b"\xef\xbb\xbf{}", 400, "api.json.malformed"),
            (b"[" * 100_000, 400, "api.json.too_deep"),
            (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "api.json.too_deep"),
            (b"[" + b"0," * MOST_VALUES + b"0]", 400, "api.json.too_many"),
            (b"[]", 422, "api.invalid"),
            (b"null", 422, "api.invalid"),
            (b'{"unit": "7"}', 422, "api.invalid"),
            (b'{"unit": 7.9}', 422, "api.invalid"),
            (b'{"unit": true}', 422, "api.invalid"),
            (b'{"unit": -1}', 422, "api.invalid"),
            (b'{"unit": null}', 422, "api.invalid"),
            (b'{"unit": 0, "more": 1}', 422, "api.invalid"),
        ],
    )
    def test_as_a_problem(self, still: LiveOffice, body: bytes, status: int, code: str) -> None:
        answer = send(still, body)

        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
        assert answer.content_type == "application/problem+json"

    @pytest.mark.parametrize(
        "kind",
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""],
    )
    def test_of_another_content_type(self, still: LiveOffice, kind: str) -> None:
        answer = send(still, b'{"unit": 0}', kind=kind)

        assert answer.status_code in (400, 415)

    def test_larger_than_a_mebibyte(self, still: LiveOffice) -> None:
        answer = send(still, b" " * (1024 * 1024 + 1))

        assert (answer.status_code, answer.get_json()["code"]) == (413, "api.http.413")

    def test_with_a_pointer_to_each_fault(self, still: LiveOffice) -> None:
        answer = send(still, b'{"reason": 5, "a/b~c": 1}', WITHDRAW).get_json()

        assert {(f["pointer"], f["code"]) for f in answer["errors"]} == {
            ("/reason", "api.field.text"),
            ("/a~1b~0c", "api.field.unknown"),
        }

    @pytest.mark.parametrize("path", [UNIT, FACTS])
    def test_with_no_more_faults_than_somebody_reads(self, still: LiveOffice, path: str) -> None:
        wrong = {f"k{number}": 0 for number in range(MOST_VALUES - 10)}
        body = {"facts": wrong, "reason": "r"} if path == FACTS else wrong

        answer = send(still, json.dumps(body).encode(), path)

        assert (answer.status_code, len(answer.get_json()["errors"])) == (422, MOST_FAULTS)
        assert len(answer.data) < 100_000

    @pytest.mark.parametrize("reason", ["", "x" * 2001])
    def test_with_a_text_of_no_or_endless_length(self, still: LiveOffice, reason: str) -> None:
        answer = send(still, json.dumps({"reason": reason}).encode(), WITHDRAW).get_json()

        assert answer["errors"][0]["code"] == "api.field.length"

    @pytest.mark.parametrize("at", ["2026-03-02T09:00:00", "yesterday", 5, "2026-13-01T00:00:00Z"])
    def test_with_a_time_that_is_none(self, still: LiveOffice, at: object) -> None:
        path = f"/api/v1/projects/{CODE}/tasks/0/S1-05/1/receive/complete"
        body = json.dumps({"outcome": "received", "happened_at": at}).encode()

        answer = send(still, body, path).get_json()

        assert [(f["pointer"], f["code"]) for f in answer["errors"]] == [
            ("/happened_at", "api.field.instant")
        ]


class TestAQueryIsRefused:
    @pytest.mark.parametrize(
        "query",
        [
            "more=1",
            "limit=0",
            "limit=7.5",
            "limit=-1",
            "limit=٣",
            "limit=99999999999999999999",
            "limit=1&limit=2",
            "status=gone",
            "township=%00",
            "township=",
            "township=a%0A",
            "township=%ff",
            "township=%ed%a0%80",
            "%ff=1",
            "%E2%80%AE=1",
        ],
    )
    def test_as_a_problem(self, still: LiveOffice, query: str) -> None:
        answer = still.get(f"/projects?{query}")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "api.invalid")

    def test_of_a_list_as_a_file(self, still: LiveOffice) -> None:
        answer = still.get("/projects/export/csv?township=%ff")

        assert (answer.status_code, answer.get_json()["code"]) == (422, "api.invalid")


class TestAnAddressIsNone:
    @pytest.mark.parametrize(
        "path",
        [
            "/projects/a%00b",
            "/projects/" + "9" * 5000,
            "/projects/项目",
            f"/projects/{CODE}/stages/x/definition",
            f"/projects/{CODE}/stages/{'9' * 5000}/definition",
            f"/projects/{CODE}/stages/٣/definition",
            "/definitions/..%2F..%2Fetc",
            "/definitions/..",
            "/nothing",
        ],
    )
    def test_and_says_so(self, still: LiveOffice, path: str) -> None:
        answer = still.get(path)

        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"

    @pytest.mark.parametrize("method", ["DELETE", "PUT", "TRACE", "CONNECT"])
    def test_for_another_method(self, still: LiveOffice, method: str) -> None:
        answer = still.client.open("/api/v1/projects", method=method)

        assert (answer.status_code, answer.get_json()["code"]) == (405, "api.http.405")
        assert "GET" in answer.headers["Allow"]


class TestStrictJson:
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
            max_leaves=12,
        )
    )
    def test_reads_what_the_standard_library_reads_or_refuses(self, tree: object) -> None:
        body = json.dumps(tree).encode()

        try:
            read = loads(body)
        except BadJsonError as error:
            assert error.code in ("api.json.bad_text", "api.json.too_deep")  # noqa: PT017 - two outcomes are right
        else:
            assert read == tree

    @given(st.binary(max_size=64))
    def test_never_fails_otherwise(self, body: bytes) -> None:
        try:
            loads(body)
        except BadJsonError as error:
            assert error.code.startswith("api.json.")  # noqa: PT017 - two outcomes are right

    def test_decodes_once(self) -> None:
        assert loads(rb'"\\u0041 %41 &amp; \u0025"') == r"\u0041 %41 &amp; %"

    @pytest.mark.parametrize("escape", [rb"\u0000", rb"\u202e", rb"\ud800"])
    def test_looks_at_what_was_decoded(self, escape: bytes) -> None:
        with pytest.raises(BadJsonError) as refused:
            loads(b'["' + escape + b'"]')

        assert refused.value.code == "api.json.bad_text"

    def test_does_not_count_brackets_inside_texts(self) -> None:
        assert loads(json.dumps("[" * 100 + '"').encode()) == "[" * 100 + '"'

    def test_allows_the_deepest_nesting(self) -> None:
        body = b"[" * DEEPEST + b"]" * DEEPEST

        assert loads(body) is not None

    def test_reads_a_body_of_quotes_in_a_moment(self) -> None:
        with pytest.raises(BadJsonError):
            loads(b'"' + b'\\"' * 500_000)

    def test_names_the_key_that_stands_twice_last(self) -> None:
        names = [f'"{number}":0' for number in range(MOST_VALUES - 1)]

        with pytest.raises(BadJsonError) as refused:
            loads(f"{{{','.join([*names, names[-1]])}}}".encode())

        assert (refused.value.code, refused.value.params["key"]) == (
            "api.json.duplicate_key",
            str(MOST_VALUES - 2),
        )

    def test_builds_nothing_of_a_body_of_too_many_values(self) -> None:
        with pytest.raises(BadJsonError) as refused:
            loads(b"[" + b"," * MOST_VALUES)  # no JSON at all: nobody came to parse it

        assert refused.value.code == "api.json.too_many"

    def test_does_not_count_commas_inside_texts(self) -> None:
        assert loads(json.dumps("," * (MOST_VALUES + 1)).encode()) == "," * (MOST_VALUES + 1)

    def test_allows_the_most_values(self) -> None:
        assert loads(b"[" + b"0," * (MOST_VALUES - 1) + b"0]") == [0] * MOST_VALUES
