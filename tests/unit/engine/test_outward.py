from __future__ import annotations

import socket
from functools import partial
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest

from engine.errors import ForbiddenTargetError
from engine.outbox import NotDeliveredError
from engine.outward import Address, Courier, Gate, reachable, target
from tests.support.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = ip_address("127.0.0.1")
PUBLIC = ip_address("114.114.114.114")

EVERY = "0.0.0.0"  # noqa: S104 - nothing is bound: it is an address that must be refused
# Ways to write an address of the inside. Each must be refused, even where its origin is listed.
FORMS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "0", EVERY, "127.255.255.254", "127.0.0.1.", "0x7f.1", "00.0.0.0",
    "localhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
    "[2001:0:7f00:1::]", "[2001::1]", "10.0.0.1", "10.1", "167772161", "0xa000001", "012.0.0.1",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "3232235777", "0xc0a80001",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.0.1",
    "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[fec0::1]", "[fc00::1]",
    "[fd00:ec2::254]", "[fd12:3456::1]", "100.64.0.1", "100.100.100.200", "168.63.129.16",
    "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.5", "224.0.0.1",
    "[ff02::1]", "240.0.0.1", "255.255.255.255", "[2001:db8::1]", "[100::1]",
)  # fmt: skip
# Ways to write an address so that it is read differently by different readers.
URLS = (
    "https://hooks.test@127.0.0.1/", "https://127.0.0.1#@hooks.test/", "https://hooks.test:443@10.0.0.1/",
    "https://hooks.test\\@127.0.0.1/", "https://hooks.test%00.evil.test/", "https://hooks.test\t/",
    "https://hooks.test/\r\nX-Evil: 1", " https://hooks.test/", "https:hooks.test/", "https:///hooks.test/",
    "//hooks.test/", "HTTPS://hooks.test/", "https://HOOKS.test/", "https://hooks.test:0443/",
    "https://hooks.test:99999/", "https://hooks.test:/", "https://hooks。test/", "https://ⓗooks.test/",
    "https://hooks..test/", "https://[::1%25eth0]/", "ftp://hooks.test/", "file:///etc/passwd",
    "gopher://hooks.test/", "data:text/plain,x", "javascript:alert(1)", "http://hooks.test/",
    "https://hooks.test:8443/", "https://sub.hooks.test/", "https://hooks.test.evil.test/", "",
)  # fmt: skip


def numeric(host: str, port: int) -> tuple[Address, ...]:
    """Resolve a written-out address as the machine's own dialler would, asking no server."""
    if host == "localhost":
        return (HERE,)
    found = socket.getaddrinfo(
        host.strip("[]").rstrip("."), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )
    return tuple(ip_address(str(each[4][0]).partition("%")[0]) for each in found)


def gate(url: str, addresses: Sequence[Address]) -> Gate:
    return Gate([url], resolve=lambda _host, _port: tuple(addresses))


class TestAnAddressOfTheInside:
    def test_is_tried_in_sixty_forms(self) -> None:
        assert len(set(FORMS)) >= 60

    @pytest.mark.parametrize("host", FORMS)
    def test_is_refused_in_every_form(self, host: str) -> None:
        strict = Gate([f"https://{host}"], resolve=numeric)

        with pytest.raises(ForbiddenTargetError) as refusal:
            strict.address(strict.check(f"https://{host}/"))

        assert refusal.value.params["reason"] in ("form", "address")

    @pytest.mark.parametrize("host", FORMS)
    def test_is_refused_where_a_network_of_ours_is_open(self, host: str) -> None:
        open_to = partial(reachable, networks=(ip_network("10.20.0.0/16"),))
        strict = Gate([f"https://{host}"], may=open_to, resolve=numeric)

        with pytest.raises(ForbiddenTargetError):
            strict.address(strict.check(f"https://{host}/"))

    @pytest.mark.parametrize("each", ["127.0.0.1", "169.254.169.254", "::1", "fe80::1", EVERY])
    def test_of_the_machine_itself_cannot_be_listed(self, each: str) -> None:
        everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))

        assert not reachable(ip_address(each), everything)

    def test_may_be_reached_where_its_network_is_listed(self) -> None:
        inner = ip_address("10.20.3.4")

        assert not reachable(inner)
        assert reachable(inner, (ip_network("10.20.0.0/16"),))
        assert reachable(ip_address("::ffff:10.20.3.4"), (ip_network("10.20.0.0/16"),))

    @pytest.mark.parametrize("each", ["114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"])
    def test_is_told_from_one_outside(self, each: str) -> None:
        assert reachable(ip_address(each))


class TestAUrl:
    @pytest.mark.parametrize("url", URLS)
    def test_of_another_form_or_origin_is_refused(self, url: str) -> None:
        with pytest.raises(ForbiddenTargetError):
            Gate(["https://hooks.test"]).check(url)

    @pytest.mark.parametrize(
        "url", ["https://hooks.test", "https://hooks.test:443/a/b?c=d&e=%20", "https://hooks.test/"]
    )
    def test_of_the_listed_origin_is_taken(self, url: str) -> None:
        assert Gate(["https://hooks.test"]).check(url).origin == "https://hooks.test"

    def test_keeps_its_port_and_path(self) -> None:
        found = target("http://[2400:3200::1]:8080/x?y")

        assert (found.host, found.port, found.path) == ("[2400:3200::1]", 8080, "/x?y")

    def test_is_refused_everywhere_when_nothing_is_listed(self) -> None:
        with pytest.raises(ForbiddenTargetError):
            Gate([]).check("https://hooks.test/")


class TestAName:
    def test_that_leads_inside_by_one_of_its_addresses_is_refused(self) -> None:
        mixed = gate("https://hooks.test", (PUBLIC, ip_address("10.0.0.1")))

        with pytest.raises(ForbiddenTargetError):
            mixed.address(mixed.check("https://hooks.test/"))

    def test_without_an_address_is_tried_again_later(self) -> None:
        empty = gate("https://hooks.test", ())

        with pytest.raises(NotDeliveredError):
            empty.address(empty.check("https://hooks.test/"))


class TestACourier:
    def courier(self, receiver: Receiver, *answers: Address) -> tuple[Courier, list[str]]:
        """Return a courier for whom names resolve to *answers*, one after the other."""
        asked: list[str] = []

        def resolve(host: str, _port: int) -> tuple[Address, ...]:
            asked.append(host)
            return (answers[min(len(asked), len(answers)) - 1],)

        return Courier(Gate([receiver.origin], may=lambda _: True, resolve=resolve)), asked

    def test_posts_to_the_address_under_the_name(self) -> None:
        with Receiver() as receiver:
            courier, _ = self.courier(receiver, HERE)
            courier.post(f"{receiver.origin}/in?a=b", {"x-one": "1"}, b"{}")

        (post,) = receiver.posts
        assert (post.path, post.body, post.headers["x-one"]) == ("/in?a=b", b"{}", "1")
        assert post.headers["host"] == f"hooks.test:{receiver.port}"

    def test_asks_for_the_name_once_and_dials_what_was_judged(self) -> None:
        with Receiver() as receiver:
            courier, asked = self.courier(receiver, HERE, PUBLIC)
            courier.post(f"{receiver.origin}/", {}, b"{}")

        assert asked == ["hooks.test"]
        assert len(receiver.posts) == 1

    def test_refuses_a_name_that_was_pointed_inside_since(self) -> None:
        answers = iter([(PUBLIC,), (HERE,)])
        turned = Gate(["https://hooks.test"], resolve=lambda _host, _port: next(answers))
        turned.address(turned.check("https://hooks.test/"))

        with pytest.raises(ForbiddenTargetError):
            Courier(turned).post("https://hooks.test/", {}, b"{}")

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_follows_no_redirect(self, status: int) -> None:
        with Receiver() as receiver:
            receiver.status = status
            receiver.headers = {"Location": f"http://127.0.0.1:{receiver.port}/inside"}
            courier, _ = self.courier(receiver, HERE)
            with pytest.raises(NotDeliveredError, match=str(status)):
                courier.post(f"{receiver.origin}/", {}, b"{}")

        assert [post.path for post in receiver.posts] == ["/"]

    @pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
    def test_takes_no_other_answer_for_yes(self, status: int) -> None:
        with Receiver(status=status) as receiver:
            courier, _ = self.courier(receiver, HERE)
            with pytest.raises(NotDeliveredError):
                courier.post(f"{receiver.origin}/", {}, b"{}")

    def test_says_that_nobody_listens(self) -> None:
        with Receiver() as receiver:
            courier, _ = self.courier(receiver, HERE)
            gone = receiver.origin
        with pytest.raises(NotDeliveredError):
            courier.post(f"{gone}/", {}, b"{}")
