"""Asking addresses that somebody gave us: what is refused, and what an answer may cost."""

from __future__ import annotations

import socket

import pytest

from backend.core import outward
from backend.core.outward import OutwardError, addresses_of, ask, is_public, take_apart
from tests.open311.receiver import receiving

INSIDE = (
    "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
    "https://127.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/", "https://[fd00:ec2::254]/", "https://[fe80::1]/",
    "https://[::]/", "https://0.0.0.0/", "https://10.0.0.1/", "https://172.16.0.1/",
    "https://192.168.1.1/", "https://100.64.0.1/", "https://169.254.169.254/",
    "https://192.0.0.192/", "https://168.63.129.16/", "https://224.0.0.1/", "https://[ff02::1]/",
    "https://255.255.255.255/", "https://[::ffff:169.254.169.254]/",
)  # fmt: skip
NO_ADDRESS = (
    "http://example.org/", "ftp://example.org/", "https://user@example.org/",
    "https://example.org\\@127.0.0.1/", "https://①②⑦.⓪.⓪.①/", "https://example.org:22/",
    "https://example.org:0/", "https://example.org:99999/", "https:///path", "//example.org/",
    "https://example.org/ a", "https://example.org/\r\nX: y", "https://example.org#@127.0.0.1/",
    "javascript:alert(1)", "", "https://" + "a" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_what_leads_inside_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(OutwardError) as refused:
        ask("GET", url)
    assert refused.value.kind == "private_address"
    assert not refused.value.sent


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(OutwardError) as refused:
        take_apart(url)
    assert refused.value.kind == "address"


def test_the_open_internet_is_public() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2606:4700:4700::1111")
    assert not is_public("not an address")


def test_one_bad_address_spoils_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(_host: str, port: int, **_rest: object) -> list[object]:
        return [(2, 1, 6, "", (address, port)) for address in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr(outward.socket, "getaddrinfo", both)
    with pytest.raises(OutwardError):
        addresses_of(take_apart("https://mixed.example/"))


def test_a_name_is_looked_up_once_and_the_judged_address_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A resolver that says something public first and the loopback address afterwards.
    asked: list[str] = []
    reached: list[str] = []

    def turning(host: str, port: int, **_rest: object) -> list[object]:
        asked.append(host)
        return [(2, 1, 6, "", ("203.0.114.7" if len(asked) == 1 else "127.0.0.1", port))]

    def connecting(address: tuple[str, int], **_rest: object) -> socket.socket:
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(outward.socket, "getaddrinfo", turning)
    monkeypatch.setattr(outward.socket, "create_connection", connecting)
    with pytest.raises(OutwardError) as failed:
        ask("GET", "https://turning.example/")
    assert (asked, reached) == (["turning.example"], ["203.0.114.7"])
    assert (failed.value.kind, failed.value.sent) == ("no_connection", False)


def test_a_named_host_may_lie_inside_and_nothing_else() -> None:
    with receiving() as peer:
        named = (f"127.0.0.1:{peer.port}",)
        assert ask("GET", peer.url, named_hosts=named).body == b"thanks"
        with pytest.raises(OutwardError):
            ask("GET", peer.url)
        with pytest.raises(OutwardError):
            ask("GET", peer.url, named_hosts=("127.0.0.1:1",))
        assert len(peer.heard) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with receiving() as peer:
        peer.answer = lambda _h: (status, {"Location": peer.url + "/secret"}, b"")
        answer = ask("POST", peer.url, body=b"x", named_hosts=("127.0.0.1",))
        assert answer.status == status
        assert not answer.is_good
        assert [heard.path for heard in peer.heard] == ["/"]


def test_an_answer_is_bounded_and_a_cut_one_is_none() -> None:
    with receiving() as peer:
        peer.answer = lambda _h: (200, {}, b"x" * 5000)
        with pytest.raises(OutwardError) as failed:
            ask("GET", peer.url, named_hosts=("127.0.0.1",), most_bytes=100)
        assert (failed.value.kind, failed.value.sent) == ("too_large", True)
        peer.answer = lambda _h: (0, {}, b"")
        with pytest.raises(OutwardError) as failed:
            ask("GET", peer.url, named_hosts=("127.0.0.1",))
        assert (failed.value.kind, failed.value.sent) == ("no_answer", True)


def test_a_drip_is_cut_when_the_time_is_over() -> None:
    import threading

    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        line, _peer = listening.accept()
        with line:
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not over.wait(0.05):
                try:
                    line.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        port = listening.getsockname()[1]
        with pytest.raises(OutwardError):
            ask("GET", f"http://127.0.0.1:{port}", named_hosts=("127.0.0.1",), seconds=0.5)
    finally:
        over.set()
        thread.join(5)
        listening.close()
