"""HTTP in, commands out: Flask, OpenAPI, and who may knock."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    account,
    adjustments,
    agents,
    answers,
    audit,
    bottlenecks,
    catalogue,
    classes,
    clocks,
    correspondence,
    credit,
    dead_letters,
    deadlines,
    definitions,
    demo,
    detour,
    errors,
    exports,
    external,
    feeds,
    forecasts,
    headers,
    inbox,
    items,
    jobs,
    law,
    league,
    letters,
    limits,
    links,
    live,
    logs,
    mail,
    materials,
    metrics,
    naming,
    next_actions,
    openapi,
    operations,
    outgoing,
    own,
    pages,
    pairs,
    paths,
    pauses,
    people,
    possible,
    projects,
    public,
    reference,
    register,
    remembered,
    reports,
    search,
    signin,
    stages,
    tasks,
    trail,
    web,
    webhooks,
    what_ifs,
    worked_out,
)
from api.strict import LONGEST_BODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.parser import Nouns
    from api.parts import Parts

__all__ = ["Application", "create_app", "document"]


class Application(Flask):
    """The office on the web; others name it from here, so that Flask stays at home."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return *func*: none of ours is a coroutine, and Flask asks nine times a request."""
        return func


PREFIX = "/api/v1"
_NOUNS = (
    projects,
    stages,
    items,
    pauses,
    deadlines,
    law,
    clocks,
    materials,
    letters,
    tasks,
    next_actions,
    possible,
    pairs,
    agents,
    credit,
    naming,
    definitions,
    catalogue,
    classes,
    adjustments,
    reports,
    bottlenecks,
    league,
    forecasts,
    outgoing,
    people,
    own,
    register,
    audit,
    live,
    jobs,
    dead_letters,
    logs,
    what_ifs,
    inbox,
    correspondence,
    search,
    webhooks,
    external,
    links,
    public,
)


def create_app(parts: Parts) -> Application:
    """Return the web application around *parts*; nothing of it outlives the application."""
    app, _ = _described()
    app.extensions["abreast"] = parts
    live.register(app, parts.settings.live, parts.settings.threads)
    proxies = parts.settings.proxies
    if proxies:  # what they say of the sender is believed, so many of them and no more
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def document() -> dict[str, Any]:
    """Return the OpenAPI document; it takes no parts and no database."""
    _, api = _described()
    return api.described()


@cache
def _files() -> Nouns:
    """Return the files of lists: which there are is read from what the rest promises."""
    app, api = _office()
    return exports.files(app, api.plain(), PREFIX)


def _described() -> tuple[Application, openapi.Document]:
    app, api = _office()
    api.register_blueprint(_files(), url_prefix=PREFIX)
    app.register_blueprint(pages.pages)
    app.register_blueprint(reference.blueprint(api), url_prefix=PREFIX)
    app.register_blueprint(web.web)
    more = (answers.answers, mail.mail, feeds.feeds, signin.signin, detour.detour)
    for blueprint in (*more, account.account, demo.demo, operations.operations):
        app.register_blueprint(blueprint)
    errors.register(app)
    headers.register(app)
    return app, api


def _office() -> tuple[Application, openapi.Document]:
    """Return an application that serves what is about the office, its lists not as files yet."""
    app = Application(__name__, static_folder=None)  # api/pages.py serves the files
    app.config.update(
        API_TITLE="Abreast 并批",
        API_VERSION="1.0.0",
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=LONGEST_BODY,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider's
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Chinese stays readable
    remembered.register(app)
    worked_out.register(app)
    metrics.register(app)
    trail.register(app)
    limits.register(app)
    paths.register(app)
    api = openapi.Document(app, spec_kwargs=openapi.about())
    paths.describe(api)
    for noun in _NOUNS:
        api.register_blueprint(noun.nouns, url_prefix=PREFIX)
    return app, api
