"""The one translation of what went wrong to HTTP: problem details (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from api.locales import preferred
from api.openapi import PROBLEM_JSON
from api.problems import Fault, InvalidError, RequestError
from api.strict import BadJsonError
from engine.errors import EngineError, FilesFullError
from workflows.calendar import OutsideCalendarError
from workflows.errors import MissingFactsError, Refusal
from workflows.masking import without_numbers
from workflows.texts import refusal_text, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

log = structlog.get_logger("abreast.api")

CONFLICT = HTTPStatus.CONFLICT
_INVALID = "api.invalid"
_QUESTIONS = "/api/v1/catalogue/questions"

# First words of the codes that a problem's type may end with.
PROBLEM_TEXTS = (
    *("access.", "account.", "adjustment.", "agent.", "api.", "calendar.", "definition."),
    *("engine.", "file.", "item.", "letter.none"),
    *("material.", "pair.", "person."),
    *("external.", "link.", "note.", "webhook."),
    *("project.", "reason.", "refusal", "roster.", "stage.", "task.", "time.", "timer.", "unit."),
)
# Every refusal that is not listed conflicts with the state of the project: 409.
STATUS: Mapping[str, HTTPStatus] = {
    "access.not_allowed": HTTPStatus.FORBIDDEN,
    "access.same_person": HTTPStatus.FORBIDDEN,
    "account.wrong": HTTPStatus.FORBIDDEN,
    "account.too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "account.password_short": HTTPStatus.UNPROCESSABLE_ENTITY,
    "account.password_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "account.password_common": HTTPStatus.UNPROCESSABLE_ENTITY,
    "account.link": HTTPStatus.UNPROCESSABLE_ENTITY,
    "project.unknown": HTTPStatus.NOT_FOUND,
    "unit.unknown": HTTPStatus.NOT_FOUND,
    "stage.unknown": HTTPStatus.NOT_FOUND,
    "scenario.nothing_to_fit": HTTPStatus.UNPROCESSABLE_ENTITY,
    "item.unknown": HTTPStatus.NOT_FOUND,
    "pair.unknown": HTTPStatus.NOT_FOUND,
    "project.bad_code": HTTPStatus.UNPROCESSABLE_ENTITY,
    "project.unknown_flow": HTTPStatus.UNPROCESSABLE_ENTITY,
    "project.unknown_township": HTTPStatus.UNPROCESSABLE_ENTITY,
    "project.missing_facts": HTTPStatus.UNPROCESSABLE_ENTITY,
    "project.bad_facts": HTTPStatus.UNPROCESSABLE_ENTITY,
    "project.contradiction": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unit.bad_stage": HTTPStatus.UNPROCESSABLE_ENTITY,
    "agent.unknown": HTTPStatus.UNPROCESSABLE_ENTITY,
    "roster.absence": HTTPStatus.UNPROCESSABLE_ENTITY,
    "credit.bad_days": HTTPStatus.UNPROCESSABLE_ENTITY,
    "task.wrong_person": HTTPStatus.UNPROCESSABLE_ENTITY,
    "task.unknown_outcome": HTTPStatus.UNPROCESSABLE_ENTITY,
    "task.reason_required": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time.future": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time.before_last": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time.backdated": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time.bad_end": HTTPStatus.UNPROCESSABLE_ENTITY,
    "approval.required": HTTPStatus.UNPROCESSABLE_ENTITY,
    "approval.own": HTTPStatus.UNPROCESSABLE_ENTITY,
    "approval.unknown": HTTPStatus.UNPROCESSABLE_ENTITY,
    "approval.unfit": HTTPStatus.UNPROCESSABLE_ENTITY,
    "item.unknown_material": HTTPStatus.UNPROCESSABLE_ENTITY,
    "item.unknown_procedure": HTTPStatus.UNPROCESSABLE_ENTITY,
    "visit.items": HTTPStatus.UNPROCESSABLE_ENTITY,
    "visit.unknown": HTTPStatus.NOT_FOUND,
    "calendar.outside": HTTPStatus.UNPROCESSABLE_ENTITY,
    "material.unknown": HTTPStatus.UNPROCESSABLE_ENTITY,
    "material.is_result": HTTPStatus.UNPROCESSABLE_ENTITY,
    "material.bad_file": HTTPStatus.UNPROCESSABLE_ENTITY,
    "item.not_missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time.bad_due": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time.too_near": HTTPStatus.UNPROCESSABLE_ENTITY,
    "exchange.format": HTTPStatus.UNPROCESSABLE_ENTITY,
    "exchange.mapping": HTTPStatus.UNPROCESSABLE_ENTITY,
    "file.too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "file.type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "file.empty": HTTPStatus.UNPROCESSABLE_ENTITY,
    "file.disguised": HTTPStatus.UNPROCESSABLE_ENTITY,
    "file.broken": HTTPStatus.UNPROCESSABLE_ENTITY,
    "file.swollen": HTTPStatus.UNPROCESSABLE_ENTITY,
    "file.lost": HTTPStatus.NOT_FOUND,
    "adjustment.past": HTTPStatus.UNPROCESSABLE_ENTITY,
    "adjustment.refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "adjustment.item_moved": HTTPStatus.UNPROCESSABLE_ENTITY,
    "adjustment.stages": HTTPStatus.UNPROCESSABLE_ENTITY,
    "adjustment.definitions": HTTPStatus.UNPROCESSABLE_ENTITY,
    "calendar.bad_notice": HTTPStatus.UNPROCESSABLE_ENTITY,
    "calendar.worked_holiday": HTTPStatus.UNPROCESSABLE_ENTITY,
    "calendar.past_days": HTTPStatus.UNPROCESSABLE_ENTITY,
    "calendar.far_year": HTTPStatus.UNPROCESSABLE_ENTITY,
    "person.unknown": HTTPStatus.NOT_FOUND,
    "person.place": HTTPStatus.UNPROCESSABLE_ENTITY,
    "definition.unknown": HTTPStatus.NOT_FOUND,
    "engine.key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "engine.job_unknown": HTTPStatus.NOT_FOUND,
    "webhook.unknown": HTTPStatus.NOT_FOUND,
    "webhook.target": HTTPStatus.UNPROCESSABLE_ENTITY,
    "webhook.position": HTTPStatus.UNPROCESSABLE_ENTITY,
    "note.unknown": HTTPStatus.NOT_FOUND,
    "link.bad": HTTPStatus.NOT_FOUND,
    "link.unknown": HTTPStatus.NOT_FOUND,
    "link.official": HTTPStatus.UNPROCESSABLE_ENTITY,
    "engine.bad_key": HTTPStatus.BAD_REQUEST,
    "engine.stale": HTTPStatus.PRECONDITION_FAILED,
    "engine.jobs_full": HTTPStatus.TOO_MANY_REQUESTS,
    "engine.stale_office": HTTPStatus.PRECONDITION_FAILED,
}
# The member of the request that a refusal speaks of.
POINTERS: Mapping[str, str] = {
    "person.exists": "/id",
    "person.spent": "/id",
    "person.place": "/roles",
    "webhook.target": "/url",
    "webhook.position": "/after",
    "project.bad_code": "/code",
    "project.exists": "/code",
    "project.unknown_flow": "/flow",
    "project.unknown_township": "/township",
    "project.contradiction": "/facts",
    "unit.bad_stage": "/stage",
    "unit.exists": "/unit",
    "unit.unknown": "/unit",
    "agent.unknown": "/agent",
    "roster.absence": "/last",
    "credit.bad_days": "/until",
    "task.wrong_person": "/person",
    "task.unknown_outcome": "/outcome",
    "task.reason_required": "/reason",
    "adjustment.past": "/effective_from",
    "adjustment.order": "/effective_from",
    "adjustment.refused": "/text",
    "calendar.past_days": "/off",
    "calendar.far_year": "/year",
    "calendar.worked_holiday": "/off",
    "material.unknown": "/material",
    "material.is_result": "/material",
    "item.not_missing": "/missing",
    "time.bad_due": "/due",
    "time.future": "/happened_at",
    "time.before_last": "/happened_at",
    "time.backdated": "/reason",
    "time.bad_end": "/expected_end",
    "approval.required": "/approved_by",
    "approval.own": "/approved_by",
    "approval.unknown": "/approved_by",
    "approval.unfit": "/approved_by",
    "item.unknown_material": "/missing",
    "item.unknown_procedure": "/procedure",
    "item.extension": "/days",
    "visit.items": "/items",
    "correction.impossible": "/event",
}


def register(app: Flask) -> None:
    """Teach *app* to answer every error as a problem."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(OutsideCalendarError, _outside)
    app.register_error_handler(EngineError, _broken)
    app.register_error_handler(InvalidError, _invalid)
    app.register_error_handler(BadJsonError, _bad_json)
    app.register_error_handler(RequestError, _bad_request)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def problem(
    status: int,
    code: str,
    params: Mapping[str, object] | None = None,
    faults: Iterable[Fault] = (),
    detail: str | None = None,
) -> Response:
    """Return one problem, its texts in the language that the client prefers.

    Args:
        detail: What happened, where the text of *code* needs more than *params*.
    """
    locale = preferred(request.accept_languages)
    named = _without_numbers(params or {})
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": text(f"api.status.{int(status)}", locale),
        "status": int(status),
        "code": code,
        "detail": text(code, locale, **named) if detail is None else without_numbers(detail),
        "params": named,
        "errors": [_fault(fault, locale) for fault in faults],
    }
    answer = Response(
        json.dumps(body, ensure_ascii=False, default=str),
        status=int(status),
        content_type=PROBLEM_JSON,
    )
    answer.headers["Content-Language"] = locale
    answer.vary.add("Accept-Language")
    return answer


def _fault(fault: Fault, locale: str) -> dict[str, object]:
    named = _without_numbers(fault.params)
    return {
        "pointer": without_numbers(fault.pointer),
        "code": fault.code,
        "detail": text(fault.code, locale, **named),
        "params": named,
    }


def _without_numbers(params: Mapping[str, object]) -> dict[str, object]:
    """Return what a text names without numbers of people: what was mistyped is said back."""
    return {
        name: without_numbers(value) if isinstance(value, str) else value
        for name, value in params.items()
    }


def _refused(refusal: Refusal) -> Response:
    status = STATUS.get(refusal.code, CONFLICT)
    locale = preferred(request.accept_languages)
    detail = refusal_text(refusal, locale)
    if isinstance(refusal, MissingFactsError):
        detail = text("api.facts.ask", locale, said=detail, address=_QUESTIONS)
    return problem(status, refusal.code, refusal.params, _faults(refusal), detail)


def _outside(error: OutsideCalendarError) -> Response:
    """Answer a date for which no working days are known: neither side can count there."""
    return problem(STATUS[error.code], error.code, error.params)


def _broken(error: EngineError) -> Response:
    """Answer a fault of the machine: worth another try, or a person's work."""
    # What passes by itself is told in a line: an outage brings thousands, and rendering a stack for
    # each kept the office from answering long after the database was back.
    trace = error if error.retry_after is None else None
    log.error("engine.failed", fault=str(error), operation=request.endpoint, exc_info=trace)
    if error.retry_after is None:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "api.http.500")
    # Without parameters: how the machine is built is nobody's business outside.
    full = isinstance(error, FilesFullError)
    status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.SERVICE_UNAVAILABLE
    answer = problem(status, error.code)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _faults(refusal: Refusal) -> list[Fault]:
    """Point at the members of the request that the refusal is about."""
    match refusal.code, refusal.params:
        case "project.missing_facts", {"questions": list(questions)}:
            return [_unanswered(question) for question in questions]
        case "project.bad_facts", {"findings": list(findings)}:
            return [_finding(finding) for finding in findings]
        case "time.bad_end", {"member": str(member)}:
            return [Fault(pointer=f"/{member}", code=refusal.code, params=refusal.params)]
        case code, params if code in POINTERS:
            return [Fault(pointer=POINTERS[code], code=code, params=params)]
        case _:
            return []


def _unanswered(question: Mapping[str, object]) -> Fault:
    params = {name: value for name, value in question.items() if name != "code"}
    return Fault(pointer=f"/facts/{params['fact']}", code="api.field.unanswered", params=params)


def _finding(finding: Mapping[str, object]) -> Fault:
    params = {name: value for name, value in finding.items() if name != "code"}
    pointer = f"/facts/{params['fact']}" if "fact" in params else "/flow"
    return Fault(pointer=pointer, code=str(finding["code"]), params=params)


def _invalid(error: InvalidError) -> Response:
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _INVALID, faults=error.faults)


def _bad_json(error: BadJsonError) -> Response:
    return problem(HTTPStatus.BAD_REQUEST, error.code, error.params)


def _bad_request(error: RequestError) -> Response:
    answer = problem(error.status, error.code, error.params)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="abreast"'
    if error.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        answer.headers["Retry-After"] = str(error.params["seconds"])
    return answer


def _http(error: HTTPException) -> Response:
    """Answer what Flask itself refuses: no such address, wrong method, too large."""
    original = error.get_response()
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return Response(response=original.get_data(), status=status, headers=original.headers)
    known = status in _HTTP_CODES
    answer = problem(status, f"api.http.{status}" if known else "api.http.other")
    for name in ("Allow", "Retry-After"):
        if name in original.headers:
            answer.headers[name] = original.headers[name]
    return answer


_HTTP_CODES = frozenset({400, 401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 422, 429, 431, 500})


def _unforeseen(error: Exception) -> Response:
    """Log what nobody foresaw, and tell nothing of it to the outside."""
    log.error("request.failed", operation=request.endpoint, method=request.method, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "api.http.500")
