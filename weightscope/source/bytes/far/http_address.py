"""Addresses of HTTP: what a URL consists of, and where a redirect leads."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}

#: Characters that stay as they are in a path and a query: those with a meaning, and escapes.
_SAFE = "/?:@!$&'()*+,;=%~-._[]"

_NOT_IN_HOST = re.compile(r"[\s\0-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """An address on a server.

    Attributes:
        scheme: `http` or `https`.
        host: Name or number of the server, without brackets.
        port: Its port.
        target: Path and query, as they are sent.
        authorization: The header that proves who asks; None without one. It is sent to this server alone.
    """

    scheme: str
    host: str
    port: int
    target: str
    authorization: str | None = None

    @classmethod
    def parse(cls, url: str, authorization: str | None = None) -> HttpAddress:
        """Returns the address that a URL means; a user and password in it become the authorization.

        Raises:
            ValueError: It is not a URL of HTTP.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or _NOT_IN_HOST.search(parts.hostname):
            raise ValueError("not an http:// or https:// address")
        host = parts.hostname.encode("idna").decode()  # names beyond ASCII, as the name service knows them
        if parts.username is not None:
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = f"Basic {base64.b64encode(user.encode()).decode()}"
        target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        return cls(parts.scheme, host, parts.port or _PORTS[parts.scheme], target, authorization)

    @property
    def origin(self) -> tuple[str, str, int]:
        """The server: scheme, host and port."""
        return self.scheme, self.host, self.port

    @property
    def host_header(self) -> str:
        """The server as the header `Host` names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without the authorization."""
        return f"{self.scheme}://{self.host_header}{self.target}"

    @property
    def is_folder(self) -> bool:
        """Whether the path ends as those of folders do."""
        return self.target.partition("?")[0].endswith("/")

    def redirected(self, where: str) -> HttpAddress:
        """Returns the address that a redirect leads to. Another server does not get the authorization.

        Raises:
            ValueError: It leads to something that is not HTTP, or from `https` to `http`, where anyone can change it.
        """
        found = HttpAddress.parse(urljoin(self.url, where))
        if (self.scheme, found.scheme) == ("https", "http"):
            raise ValueError("a redirect from https to http")
        return replace(found, authorization=self.authorization) if found.origin == self.origin else found
