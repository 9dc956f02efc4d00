"""Asking addresses that somebody gave us: never inside our own network, never longer than told.

The name is looked up once, every address behind it is judged, and the connection goes to one that
was judged. A redirect is an answer like any other; nobody follows it.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

SECONDS = 10.0
CONNECT_SECONDS = 4.0
MOST_BYTES = 2_000_000
LONGEST_URL = 2000
MOST_ADDRESSES = 3
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>[/?][!$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]*)?"
)
_NEVER = tuple(
    ipaddress.ip_network(net)
    for net in (
        # The library calls some of these global: translated, tunnelled and special addresses,
        # and those at which clouds tell their machines secrets.
        "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23", "::/96", "::ffff:0:0/96",
        "192.0.0.0/24", "100.64.0.0/10", "168.63.129.16/32", "169.254.0.0/16", "fd00:ec2::/32",
    )
)  # fmt: skip
_WELL_KNOWN_PORTS = frozenset({80, 443})
FIRST_FREE_PORT = 1024


class OutwardError(Exception):
    """A question that got no answer; `sent` says whether the other side may have heard it."""

    def __init__(self, kind: str, *, sent: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Target:
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    named: bool
    """Whether the operator's setting names this host: it may lie in our own network."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def is_good(self) -> bool:
        """Whether it said yes."""
        return 200 <= self.status < 300

    def wait_seconds(self, most: float = 3600.0) -> float | None:
        """How long it asks us to wait, if it does."""
        wish = self.headers.get("retry-after", "")
        return min(float(wish), most) if wish.isdecimal() and len(wish) < 7 else None


def take_apart(url: str, named_hosts: Sequence[str] = ()) -> Target:
    """Read an address; OutwardError('address') for what nobody should be sent to.

    HTTPS always, except to hosts that the operator names.
    """
    match = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if match is None:
        raise OutwardError("address")
    scheme, host = match["scheme"], match["host"].strip("[]").lower().rstrip(".")
    port = int(match["port"] or (443 if scheme == "https" else 80))
    named = host in named_hosts or f"{host}:{port}" in named_hosts
    allowed = port in _WELL_KNOWN_PORTS or FIRST_FREE_PORT <= port < 65536
    if not host or not (named or (scheme == "https" and allowed)) or not 0 < port < 65536:
        raise OutwardError("address")
    path = match["path"] or "/"
    return Target(scheme, host, port, path if path.startswith("/") else "/" + path, named)


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(found.version == net.version and found in net for net in _NEVER):
        return False
    return found.is_global and not (
        found.is_multicast or found.is_reserved or found.is_unspecified or found.is_link_local
    )


def addresses_of(target: Target) -> list[str]:
    """Where a target lies; refused as a whole when one of its addresses is not public."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutwardError("no_such_host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not target.named and not all(is_public(address) for address in addresses):
        raise OutwardError("private_address")
    return addresses[:MOST_ADDRESSES]


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connected(target: Target, seconds: float) -> socket.socket:
    """A connection to one of the addresses that were judged."""
    kind = "no_connection"
    for address in addresses_of(target):
        try:
            plain = socket.create_connection(
                (address, target.port), timeout=min(CONNECT_SECONDS, seconds)
            )
        except OSError:
            continue
        plain.settimeout(seconds)
        if target.scheme == "http":
            return plain
        try:
            return _tls().wrap_socket(plain, server_hostname=target.host)
        except (ssl.SSLError, OSError):
            plain.close()
            kind = "tls"
    raise OutwardError(kind)


@contextmanager
def _bounded(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Cut the line when the time is over, however slowly the other side drips."""

    def cut() -> None:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it had ended by itself

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    named_hosts: Sequence[str] = (),
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Send one request and read its answer, both bounded; OutwardError when there is none."""
    target = take_apart(url, named_hosts)
    connection = _connected(target, seconds)
    maker = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    asked = maker(target.host, target.port, timeout=seconds)
    asked.sock = connection
    told = {"User-Agent": "Vox-Urbis", "Connection": "close", **(headers or {})}
    try:
        with _bounded(connection, seconds):
            asked.request(method, target.path, body=body, headers=told)
            response = asked.getresponse()
            content = response.read(most_bytes + 1)
            if response.length and len(content) <= most_bytes:  # cut before its announced end
                raise OutwardError("cut_off", sent=True)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutwardError("no_answer", sent=True) from error
    finally:
        asked.close()
        connection.close()
    if len(content) > most_bytes:
        raise OutwardError("too_large", sent=True)
    found = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, found, content)
