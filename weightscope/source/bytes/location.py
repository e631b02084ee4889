"""Locations as a user types them: which are far away, and what of one may be shown."""

from __future__ import annotations

import re

from weightscope.errors import FileError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# a scheme has at most 32 characters here: without a limit, each letter of a long word would be a beginning to the end
_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://[^\s'\"<>`]+")
_WEB = ("http", "https")


def is_far(location: str) -> bool:
    """Whether a location is an address such as `https://...`, and not a path."""
    return _SCHEME.match(location) is not None


def scheme_of(location: str) -> str:
    """Returns the scheme of an address, in lower case."""
    return location.partition("://")[0].lower()


def shown_location(location: str) -> str:
    """Returns a location without secrets: an address has neither user, password, query nor fragment.

    Only the user with a password is left out where a name before `@` may be a part of the place, as in `abfs://`.
    """
    if "::" in location and is_far(location.rpartition("::")[2]):  # fsspec's chains: `zip://member::https://...`
        return "::".join(map(shown_location, location.split("::")))
    if not is_far(location):
        return location
    from urllib.parse import urlsplit  # local files need it not

    try:
        parts = urlsplit(location)
    except ValueError:  # brackets that enclose no address
        return f"{scheme_of(location)}://..."
    user, at, host = parts.netloc.rpartition("@")
    is_secret = bool(at) and (parts.scheme in _WEB or ":" in user)
    fragment = f"#{parts.fragment}" if parts.fragment and parts.scheme not in _WEB else ""
    return f"{parts.scheme}://{host if is_secret else parts.netloc}{parts.path}{fragment}"


def without_secrets(text: str) -> str:
    """Returns a text in which every address is shown as `shown_location` does."""
    return _IN_TEXT.sub(lambda found: shown_location(found[0]), text) if "://" in text else text


def check_has_no_secret(location: str) -> None:
    """Refuses an address with a password or a query where it would be written to a file.

    Raises:
        FileError: It has one.
    """
    if shown_location(location) != location:
        what = "an address with a password, a query or a fragment, which is not written to files"
        raise FileError(shown_location(location), what, "give credentials by the environment, or inspect this model")


def check_is_near(location: str, what: str) -> None:
    """Refuses an address.

    Args:
        location: What the user named.
        what: What is only done with files on this machine, such as `loaded with Keras`.

    Raises:
        FileError: It is an address.
    """
    if is_far(location):
        shown = shown_location(location)
        raise FileError(shown, f"only a file on this machine is {what}", f"curl -LO {shown}, and name the copy")
