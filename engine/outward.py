"""Requests to addresses that people chose: to listed origins only, never into our own house.

Server-side request forgery has three ways in, and each is shut here. An address that reads one way
and is dialled another: a URL is taken in one strict form or not at all. A name that is pointed at
the inside, also after it was looked at: every address that it resolves to is judged, and the one
that was judged is the one that is dialled. A receiver that sends on: redirects are not followed.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, TypeAlias

from engine.errors import ForbiddenTargetError
from engine.outbox import NotDeliveredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

TIMEOUT = 5.0  # seconds for each wait on the network
PATIENCE = 10.0  # seconds for the whole request
MOST_ANSWER = 64 * 1024  # bytes of an answer that are read; the rest is left
LONGEST_URL = 500
_PORTS = {"https": 443, "http": 80}
# No user name, no second spelling of a host, no fragment; an IPv6 address stands in brackets.
_URL = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?"
    r"(/[A-Za-z0-9/._~%!$&'()*+,;=:@-]*(?:\?[A-Za-z0-9/._~%!$&'()*+,;=:@?-]*)?)?"
)
_LARGEST_PORT = 65_535
# Public by their number, yet the houses of cloud hosts, not of strangers.
_METADATA = frozenset({ip_address("168.63.129.16"), ip_address("fd00:ec2::254")})
# IPv6 addresses that carry one of IPv4: network, and how far right it stands.
_CARRIERS: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped
    (IPv6Network("::ffff:0:0:0/96"), 0),  # IPv4-translated
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("64:ff9b:1::/48"), 0),  # NAT64, local
    (IPv6Network("::/96"), 0),  # IPv4-compatible
    (IPv6Network("2002::/16"), 80),  # 6to4
)
# Set apart by IANA, and public by the word of `ipaddress` in some versions of Python.
_APART: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, a cloud's metadata among them
    IPv4Network("192.88.99.0/24"),  # the old 6to4 relays
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("fec0::/10"),  # the old site-local addresses
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL in its parts; *host* as it is written, lower-case."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Return scheme, host and port, as the list of origins names them."""
        standard = self.port == _PORTS[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if standard else f":{self.port}")


def target(url: str) -> Target:
    """Return the parts of a URL that has one plain reading.

    >>> target("https://hooks.example.cn/a?b=1").path
    '/a?b=1'

    Raises:
        ForbiddenTargetError: If it is of any other form.
    """
    found = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if found is None or ".." in found[2]:
        raise ForbiddenTargetError(reason="form")
    port = int(found[3]) if found[3] else _PORTS[found[1]]
    if port > _LARGEST_PORT:
        raise ForbiddenTargetError(reason="form")
    return Target(scheme=found[1], host=found[2], port=port, path=found[4] or "/")


def reachable(address: Address, networks: Iterable[Network] = ()) -> bool:
    """Tell whether an address may be dialled: a public one, or one of the listed *networks*.

    The machine itself, its links and its multicast groups never are, whatever is listed.

    >>> [reachable(ip_address(each)) for each in ("114.114.114.114", "10.0.0.1", "::ffff:7f00:1")]
    [True, False, False]
    """
    plain = _carried(address)
    if plain.is_loopback or plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return False
    if plain in _METADATA or plain.is_reserved or any(plain in each for each in _APART):
        return False
    return plain.is_global or any(plain in network for network in networks)


def resolved(host: str, port: int) -> tuple[Address, ...]:
    """Return every address of a host, as this machine's resolver says.

    Raises:
        NotDeliveredError: If there is none.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDeliveredError("the name has no address") from error
    return tuple(ip_address(str(each[4][0]).partition("%")[0]) for each in found)


class Gate:
    """Says where a request may go."""

    def __init__(
        self,
        origins: Iterable[str],
        may: Callable[[Address], bool] = reachable,
        resolve: Callable[[str, int], Sequence[Address]] = resolved,
    ) -> None:
        """Keep the listed origins, which addresses may be dialled, and how names are resolved."""
        self._origins = frozenset(origins)
        self._may = may
        self._resolve = resolve

    def check(self, url: str) -> Target:
        """Return the parts of *url*, whose origin is listed; nothing is resolved.

        Raises:
            ForbiddenTargetError: If it is of another form or origin.
        """
        found = target(url)
        if found.origin not in self._origins:
            raise ForbiddenTargetError(reason="origin")
        return found

    def address(self, found: Target) -> Address:
        """Return the address to dial for a target; *all* its addresses must be permitted.

        Raises:
            ForbiddenTargetError: If one is not.
            NotDeliveredError: If there is none.
        """
        addresses = self._resolve(found.host, found.port)
        if not addresses:
            raise NotDeliveredError("the name has no address")
        if not all(self._may(each) for each in addresses):
            raise ForbiddenTargetError(reason="address")
        return addresses[0]


class Courier:
    """Posts to what a gate lets through."""

    def __init__(self, gate: Gate, tls: ssl.SSLContext | None = None) -> None:
        """Keep the gate and how certificates are checked: by default against the system's list."""
        self.gate = gate
        self._tls = tls

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Post *body*; when it returns, the receiver has answered 2xx.

        Raises:
            NotDeliveredError: If it has not; also on a redirect, which is not followed.
            ForbiddenTargetError: If the address is none that may be dialled.
        """
        found = self.gate.check(url)
        line = _Pinned(found, str(self.gate.address(found)), self._tls)
        end = threading.Timer(PATIENCE, line.hang_up)
        end.start()
        try:
            line.request("POST", found.path, body, {**headers, "connection": "close"})
            answer = line.getresponse()
            answer.read(MOST_ANSWER)
        except (OSError, HTTPException, ValueError) as error:
            raise NotDeliveredError(f"no answer: {type(error).__name__}") from error
        finally:
            end.cancel()
            line.close()
        if answer.status // 100 != 2:  # noqa: PLR2004 - 2xx
            raise NotDeliveredError(f"answered {answer.status}")


class _Pinned(HTTPConnection):
    """A connection to the address that was judged; the name serves host header and certificate."""

    def __init__(self, found: Target, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(found.host, found.port, timeout=TIMEOUT)
        self._address = address
        secure = found.scheme == "https"
        self._tls = (tls or ssl.create_default_context()) if secure else None

    def connect(self) -> None:
        """Dial the address itself: nobody is asked for the name again."""
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        if self._tls is None:
            self.sock = plain
            return
        with ExitStack() as undone:
            undone.callback(plain.close)
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host.strip("[]"))
            undone.pop_all()

    def hang_up(self) -> None:
        """Break off from another thread: a receiver that answers drop by drop holds nobody."""
        line = self.sock
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it had ended by itself


def _carried(address: Address) -> Address:
    """Return the IPv4 address inside one of IPv6, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    for network, right in _CARRIERS:
        if address in network and int(address) > 1:
            return IPv4Address((int(address) >> right) & 0xFFFFFFFF)
    return address
