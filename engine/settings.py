"""What may be set from outside, read from the environment once, at the entry point."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING

from engine.errors import BadSettingError
from workflows.facts import Materials, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})
LARGEST_PORT = 65_535
SHORTEST_HEADS_KEY = 32  # characters
SHORTEST_SECRET = 32  # characters
_GIBIBYTE = 1024**3
_RULES = Rules()
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?", re.ASCII)
_SMTP = re.compile(r"smtp(s|\+plain)?://([^\s/@]+@)?[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
_MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default.

    Attributes:
        database: ABREAST_DATABASE: `sqlite:///PATH` or `postgresql://USER@HOST/NAME`.
        host: ABREAST_HOST: address to listen on.
        port: ABREAST_PORT: TCP port to listen on; 0 = any free one.
        demo: ABREAST_DEMO: demonstration district, with the persona header on loopback only.
        threads: ABREAST_THREADS: requests served at a time.
        connections: ABREAST_CONNECTIONS: most connections to PostgreSQL held by one process.
        niceness: ABREAST_NICENESS: steps of niceness of the process that simulates, 0 to 19; at 19
            it uses idle processors only, so less is for a machine that is never idle.
        busy_seconds: ABREAST_BUSY_SECONDS: longest wait for the database's lock, in seconds.
        files: ABREAST_FILES: folder of the files that owners hand in.
        file_limit: ABREAST_FILE_LIMIT: largest file that is taken, in bytes.
        materials: ABREAST_MATERIALS: `shown`, or `required` to hold incomplete items.
        tolerance_days: ABREAST_TOLERANCE_DAYS: longest that a tolerated material may be missing,
            in working days.
        park_after: ABREAST_PARK_AFTER: working days of pause after which a pair slot is given back.
        outbox: ABREAST_OUTBOX: `none`, or `log`: a line of the program's log for each event.
        overdue_default: ABREAST_OVERDUE_DEFAULT: an overdue item counts as granted (超时默认).
        live: ABREAST_LIVE: live pages (SSE) at a time; each holds one of `threads` while it lasts,
            so at least one is always left for the rest.
        webhook_origins: ABREAST_WEBHOOK_ORIGINS: where webhooks may go, parted by blanks, e.g.
            `https://hooks.example.cn https://inner.example.cn:8443`; empty = nowhere.
        webhook_networks: ABREAST_WEBHOOK_NETWORKS: networks of our own that they may reach though
            these are not public, parted by blanks, e.g. `10.20.0.0/16`; never this machine.
        smtp: ABREAST_SMTP: `smtp://USER@HOST:587` (with STARTTLS), `smtps://...`, or
            `smtp+plain://HOST:25` for a relay on this machine; empty = no mail is sent.
        smtp_password: ABREAST_SMTP_PASSWORD: password of that user.
        mail_from: ABREAST_MAIL_FROM: address that mail comes from.
        public_url: ABREAST_PUBLIC_URL: the address under which people know the office, e.g.
            https://abreast.example; with https the cookie is for https only.
        proxies: ABREAST_PROXIES: how many proxies of ours stand before the server; so many
            entries of X-Forwarded-For and -Proto are believed.
        session_hours: ABREAST_SESSION_HOURS: after so many hours one signs in again.
        idle_minutes: ABREAST_IDLE_MINUTES: after so many minutes without any request, too.
        rate: ABREAST_RATE: requests a minute that one sender may make of one process; 0 = any
            number. Demonstrations have no limit.
        audit_days: ABREAST_AUDIT_DAYS: how long it is kept who read and changed what, in days.
        keys_days: ABREAST_KEYS_DAYS: how long an idempotency key is remembered, in days.
        sent_days: ABREAST_SENT_DAYS: how long it is kept that a message was sent, in days.
        heads_folder: ABREAST_HEADS_FOLDER: folder, not beside the database, into which the worker
            writes the signed list of all heads once a day; empty = it writes none.
        heads_key: ABREAST_HEADS_KEY: key that signs the list, 32 characters or more.
        oidc_issuer: ABREAST_OIDC_ISSUER: address of a provider of OpenID Connect; empty = none.
        oidc_client: ABREAST_OIDC_CLIENT: our name at the provider.
        oidc_secret: ABREAST_OIDC_SECRET: our secret at the provider.
        secret: ABREAST_SECRET: 32 characters or more; signs the cursors of lists, so it is the same
            for every process of an office. Empty = one of its own for each process and start.
    """

    database: str = "sqlite:///var/abreast.db"
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    threads: int = 8
    connections: int = 16
    niceness: int = 19
    busy_seconds: int = 30
    files: str = "var/files"
    file_limit: int = 50 * 1024 * 1024
    materials: str = Materials.SHOWN.value
    tolerance_days: int = _RULES.tolerance_days
    park_after: int = _RULES.park_after
    overdue_default: bool = _RULES.overdue_default
    outbox: str = "none"
    live: int = 2
    webhook_origins: tuple[str, ...] = ()
    webhook_networks: tuple[str, ...] = ()
    smtp: str = ""
    smtp_password: str = field(default="", repr=False)
    mail_from: str = ""
    public_url: str = ""
    proxies: int = 0
    session_hours: int = 12
    idle_minutes: int = 30
    rate: int = 12_000
    audit_days: int = 200
    keys_days: int = 7
    sent_days: int = 7
    heads_folder: str = ""
    heads_key: str = field(default="", repr=False)
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """Return the address under which people know the office, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def rules(self) -> Rules:
        """Return the local rules among the settings."""
        return Rules(
            park_after=self.park_after,
            overdue_default=self.overdue_default,
            materials=Materials(self.materials),
            tolerance_days=self.tolerance_days,
        )


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Return the settings that *environ* gives; what it does not name keeps its default.

    Raises:
        BadSettingError: If a value cannot be used; it names the variable.
    """
    default = Settings()
    return Settings(
        database=environ.get("ABREAST_DATABASE", default.database),
        host=environ.get("ABREAST_HOST", default.host),
        port=_number(environ, "ABREAST_PORT", default.port, range(LARGEST_PORT + 1)),
        demo=_truth(environ, "ABREAST_DEMO"),
        threads=_number(environ, "ABREAST_THREADS", default.threads, range(1, 257)),
        connections=_number(environ, "ABREAST_CONNECTIONS", default.connections, range(1, 257)),
        niceness=_number(environ, "ABREAST_NICENESS", default.niceness, range(20)),
        busy_seconds=_number(environ, "ABREAST_BUSY_SECONDS", default.busy_seconds, range(1, 3601)),
        files=environ.get("ABREAST_FILES", default.files),
        file_limit=_number(environ, "ABREAST_FILE_LIMIT", default.file_limit, range(1, _GIBIBYTE)),
        materials=_choice(environ, "ABREAST_MATERIALS", [each.value for each in Materials]),
        tolerance_days=_number(
            environ, "ABREAST_TOLERANCE_DAYS", default.tolerance_days, range(1, 251)
        ),
        park_after=_number(environ, "ABREAST_PARK_AFTER", default.park_after, range(251)),
        overdue_default=_truth(environ, "ABREAST_OVERDUE_DEFAULT"),
        outbox=_choice(environ, "ABREAST_OUTBOX", ["none", "log"]),
        live=_number(environ, "ABREAST_LIVE", default.live, range(257)),
        webhook_origins=_origins(environ, "ABREAST_WEBHOOK_ORIGINS"),
        webhook_networks=_networks(environ, "ABREAST_WEBHOOK_NETWORKS"),
        smtp=_matching(environ, "ABREAST_SMTP", _SMTP, "smtp://USER@HOST:587, smtps://..."),
        smtp_password=environ.get("ABREAST_SMTP_PASSWORD", default.smtp_password),
        mail_from=_sender(environ),
        public_url=_address(environ, "ABREAST_PUBLIC_URL"),
        proxies=_number(environ, "ABREAST_PROXIES", default.proxies, range(10)),
        session_hours=_number(
            environ, "ABREAST_SESSION_HOURS", default.session_hours, range(1, 169)
        ),
        idle_minutes=_number(environ, "ABREAST_IDLE_MINUTES", default.idle_minutes, range(1, 1441)),
        rate=_number(environ, "ABREAST_RATE", default.rate, range(10_000_001)),
        audit_days=_number(environ, "ABREAST_AUDIT_DAYS", default.audit_days, range(183, 3651)),
        keys_days=_number(environ, "ABREAST_KEYS_DAYS", default.keys_days, range(1, 3651)),
        sent_days=_number(environ, "ABREAST_SENT_DAYS", default.sent_days, range(1, 3651)),
        heads_folder=environ.get("ABREAST_HEADS_FOLDER", default.heads_folder),
        heads_key=_heads_key(environ),
        oidc_issuer=_address(environ, "ABREAST_OIDC_ISSUER"),
        oidc_client=environ.get("ABREAST_OIDC_CLIENT", default.oidc_client),
        oidc_secret=environ.get("ABREAST_OIDC_SECRET", default.oidc_secret),
        secret=_secret(environ, "ABREAST_SECRET"),
    )


def _heads_key(environ: Mapping[str, str]) -> str:
    """Return the key of the list of heads; where a list is asked for it must be a long one."""
    key = environ.get("ABREAST_HEADS_KEY", "")
    if environ.get("ABREAST_HEADS_FOLDER") and len(key) < SHORTEST_HEADS_KEY:
        allowed = f"{SHORTEST_HEADS_KEY}.. characters"
        raise BadSettingError(name="ABREAST_HEADS_KEY", value="*" * len(key), allowed=allowed)
    return key


def _number(environ: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal() or not text.isascii() or int(text) not in allowed:
        reason = f"{allowed.start}..{allowed.stop - 1}"
        raise BadSettingError(name=name, value=text, allowed=reason)
    return int(text)


def _address(environ: Mapping[str, str], name: str) -> str:
    """Return an address of the web as it was given, empty by default."""
    text = environ.get(name, "")
    if text and _ADDRESS.fullmatch(text) is None:
        raise BadSettingError(name=name, value=text, allowed="https://..., http://...")
    return text


def _secret(environ: Mapping[str, str], name: str) -> str:
    """Return a secret, which no message repeats."""
    text = environ.get(name, "")
    if text and len(text) < SHORTEST_SECRET:
        raise BadSettingError(name=name, value="...", allowed=f"{SHORTEST_SECRET}+")
    return text


def _matching(environ: Mapping[str, str], name: str, form: re.Pattern[str], allowed: str) -> str:
    text = environ.get(name, "")
    if text and form.fullmatch(text) is None:
        raise BadSettingError(name=name, value=text, allowed=allowed)
    return text


def _sender(environ: Mapping[str, str]) -> str:
    """Return the address that mail comes from; needed where mail is sent."""
    name, allowed = "ABREAST_MAIL_FROM", "name@example.cn"
    found = _matching(environ, name, _MAIL, allowed)
    if environ.get("ABREAST_SMTP") and not found:
        raise BadSettingError(name=name, value=found, allowed=allowed)
    return found


def _origins(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return addresses of the form SCHEME://HOST[:PORT], a standard port left out."""
    found = tuple(environ.get(name, "").split())
    for each in found:
        standard = each.endswith(":443" if each.startswith("https:") else ":80")
        if standard or _ORIGIN.fullmatch(each) is None:
            raise BadSettingError(name=name, value=each, allowed="https://HOST, https://HOST:PORT")
    return found


def _networks(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple(environ.get(name, "").split())
    for each in found:
        try:
            ip_network(each)
        except ValueError as error:
            raise BadSettingError(name=name, value=each, allowed="10.20.0.0/16") from error
    return found


def _choice(environ: Mapping[str, str], name: str, choices: list[str]) -> str:
    """Return one of *choices*, the first of them by default."""
    text = environ.get(name, choices[0])
    if text not in choices:
        raise BadSettingError(name=name, value=text, allowed=", ".join(choices))
    return text


def _truth(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadSettingError(name=name, value=text, allowed="1, true, yes, on / 0, false, no, off")
