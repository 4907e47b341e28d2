"""`abreast webhooks list | add | remove | secret | replay`: who outside is told what happens."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from cli.acting import acting, actor, new_key
from cli.office import opened
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, terminal
from engine.receipts import Order
from workflows.events import KINDS
from workflows.facts import Role

if TYPE_CHECKING:
    from engine.webhooks import Made, Standing
    from wire import Parts


_SHELL = "shell"  # whoever may start programs on this machine


@click.group("webhooks", cls=SpokenGroup, help="help.webhooks")
def group() -> None:
    """Hold the commands about webhooks."""


@group.command("list", help="help.webhooks_list")
@as_json()
def list_(as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """List the webhooks and how their deliveries stand."""
    speaker = terminal()
    with closing(opened()) as parts:
        found = parts.webhooks.all()
    if as_json:
        speaker.data({"webhooks": [_told(each) for each in found]})
        return
    columns = ("webhook", "url", "event_kinds", "pending", "sent", "dead")
    table = speaker.table("webhooks.title", columns, ("pending", "sent", "dead"), ("webhook",))
    for each in found:
        kinds = " ".join(each.kinds) or speaker.say("webhooks.all")
        table.add_row(each.id, each.url, kinds, str(each.pending), str(each.sent), str(each.dead))
    speaker.out.print(table)


@group.command("add", help="help.webhooks_add")
@click.argument("url")
@option("--kind", "kinds", multiple=True, type=click.Choice(sorted(KINDS)), metavar="KIND",
        help="event_kind")  # fmt: skip
@acting()
@as_json()
def add(url: str, kinds: tuple[str, ...], person: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Add a webhook; its secret is printed this once."""
    with closing(opened()) as parts:
        order = _order(_administrator(parts, person), "addWebhook", url=url, kinds=kinds)
        _tell(parts.webhooks.subscribe(order, url, kinds), as_json=as_json)


@group.command("secret", help="help.webhooks_secret")
@click.argument("webhook", metavar="ID")
@acting()
@as_json()
def secret(webhook: str, person: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Renew a webhook's secret; the new one is printed this once."""
    with closing(opened()) as parts:
        order = _order(_administrator(parts, person), "renewSecret", webhook=webhook)
        _tell(parts.webhooks.renew(order, webhook), as_json=as_json)


@group.command("remove", help="help.webhooks_remove")
@click.argument("webhook", metavar="ID")
def remove(webhook: str) -> None:
    """Remove a webhook with what was not delivered."""
    with closing(opened()) as parts:
        parts.webhooks.drop(_order(_SHELL, "removeWebhook", webhook=webhook), webhook)
    terminal().print("webhooks.removed", webhook=webhook)


@group.command("replay", help="help.webhooks_replay")
@click.argument("webhook", metavar="ID")
@option("--after", metavar="EVENT", help="event_after")
def replay(webhook: str, after: str | None) -> None:
    """Deliver once more what comes after an event, or everything."""
    with closing(opened()) as parts:
        order = _order(_SHELL, "replayWebhook", webhook=webhook, after=after)
        parts.webhooks.replay(order, webhook, after)
    terminal().print("webhooks.replayed", webhook=webhook)


def _order(person: str, name: str, **content: object) -> Order:
    return Order(actor=person, key=new_key(), name=name, content=content)


def _administrator(parts: Parts, person: str) -> str:
    """Return the person's id, who administers.

    Raises:
        Failed: If they do not.
    """
    found = actor(parts, person)
    if Role.ADMINISTRATOR not in found.roles:
        raise Failed("webhooks.not_administrator", person=person)
    return found.id


def _tell(made: Made, *, as_json: bool) -> None:
    speaker, one = terminal(), made.subscription
    if as_json:
        speaker.data({"id": one.id, "url": one.url, "secret": made.secret})
    else:
        speaker.print("webhooks.made", webhook=one.id, url=one.url)
        speaker.print("webhooks.secret", secret=made.secret or "-")


def _told(each: Standing) -> dict[str, object]:
    return {
        "id": each.id,
        "url": each.url,
        "kinds": list(each.kinds),
        "created_at": each.created_at.isoformat(),
        "pending": each.pending,
        "sent": each.sent,
        "dead": each.dead,
    }
