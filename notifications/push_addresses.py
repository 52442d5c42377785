"""Where push messages may go: to the push services of the browsers, by TLS, and nowhere inside our own network.

An endpoint is whatever a browser says it is, so a person could name any address and have the server call it.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

LONGEST = 1000
TIMEOUT_SECONDS = 5.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ValueError):
    """Nothing is sent there. Says why in a word, never the address."""


@dataclass(frozen=True)
class Endpoint:
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        return f"https://{self.host}" + (f":{self.port}" if self.port != 443 else "")


def read_endpoint(url: str) -> Endpoint:
    """Raises AddressRefused for what is no https address of a known push service."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise AddressRefused("malformed") from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or not host or "@" in parts.netloc:
        raise AddressRefused("scheme")
    if not any(host == known or (known.startswith(".") and host.endswith(known)) for known in settings.PUSH_SERVICES):
        raise AddressRefused("host")
    return Endpoint(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def connect(endpoint: Endpoint) -> http.client.HTTPSConnection:
    """Not opened yet, to an address the name has at this moment. Raises AddressRefused when one of them is not public:
    a name can point elsewhere than it did when the browser gave it. Raises OSError when it has none."""
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses or not all(_may_be_called(ipaddress.ip_address(address)) for address in addresses):
        raise AddressRefused("private")
    return _Pinned(endpoint, addresses[0])


def _may_be_called(address: Address) -> bool:
    own = (ipaddress.ip_network(network) for network in settings.PUSH_PRIVATE_NETWORKS)
    if any(address in network for network in own):
        return True
    meant = _inner(address)
    return meant.is_global and not meant.is_multicast


def _inner(address: Address) -> Address:
    """The IPv4 address that one of IPv6 stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


class _Pinned(http.client.HTTPSConnection):
    """To the address that was looked at, so that a name which answers otherwise a moment later changes nothing; the
    certificate is the host's."""

    def __init__(self, endpoint: Endpoint, address: str) -> None:
        self._address, self._tls = address, ssl.create_default_context()
        super().__init__(endpoint.host, endpoint.port, timeout=TIMEOUT_SECONDS, context=self._tls)

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT_SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
