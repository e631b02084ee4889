"""Opens far locations: chooses what fetches from them. The only module that imports fsspec, and for those alone."""

from __future__ import annotations

import logging
from typing import Any

from weightscope.errors import FileError, wrong_address
from weightscope.source.bytes.far.fsspec_store import FsspecStore, failures_as_file_errors
from weightscope.source.bytes.far.http_address import HttpAddress
from weightscope.source.bytes.far.http_store import HttpStore, WebAddresses
from weightscope.source.bytes.far.hub import HubAddresses
from weightscope.source.bytes.far.place import FarPlace
from weightscope.source.bytes.far.traffic import Traffic
from weightscope.source.bytes.location import scheme_of, shown_location


def open_far(location: str, *, is_whole: bool = False) -> FarPlace:
    """Returns the place that an address names; nothing of it is read yet.

    Args:
        location: An address such as `https://...`.
        is_whole: Whether each file is fetched whole before it is read.

    Raises:
        FileError: It is not a valid address, or the package for it is missing.
    """
    shown = shown_location(location)
    traffic = Traffic(shown)
    match scheme_of(location):
        case "http" | "https":
            try:
                addresses = WebAddresses(HttpAddress.parse(location))
            except ValueError as error:
                raise FileError(shown, "not a valid address", "https://HOST/PATH/model.keras") from error
            return FarPlace(shown, addresses.key, HttpStore(addresses, shown, traffic, is_whole=is_whole), traffic)
        case "hf":
            hub = HubAddresses(location)
            return FarPlace(shown, hub.key, HttpStore(hub, shown, traffic, is_whole=is_whole), traffic)
    filesystem, key = _filesystem(location, shown)
    return FarPlace(shown, key, FsspecStore(filesystem, key, shown, traffic), traffic, is_whole=is_whole)


def _filesystem(location: str, shown: str) -> tuple[Any, str]:
    """Returns the filesystem of an address, and the path in it."""
    try:
        from fsspec.core import url_to_fs
        from fsspec.registry import available_protocols, known_implementations
    except ImportError as error:
        raise FileError(shown, "needs a package that is missing", "pip install 'fsspec[http]'") from error
    scheme = scheme_of(location)
    if scheme not in available_protocols():
        hint = "https://, hf://, s3://, gs:// or another that fsspec knows"
        raise FileError(shown, f"an address of an unknown kind, {scheme}://", hint)
    package = known_implementations.get(scheme, {}).get("class", "").partition(".")[0]
    logging.getLogger(package or "fsspec").addHandler(logging.NullHandler())  # else its warnings go to stderr
    try:
        with failures_as_file_errors(shown):
            found = url_to_fs(location, use_listings_cache=False, skip_instance_cache=True)
    except FileNotFoundError as error:
        raise wrong_address(shown, "no such file") from error
    except FileError as error:
        if not isinstance(error.__cause__, ImportError):
            raise
        package = _package(known_implementations.get(scheme, {}), error.__cause__)
        raise FileError(shown, f"{scheme}:// needs a package that is missing", f"pip install {package}") from error
    return found[0], str(found[1]).rstrip("/")


def _package(known: dict[str, str], error: ImportError) -> str:
    """Returns the package that has a filesystem of fsspec, or that one of fsspec's own needs."""
    package = known.get("class", "").partition(".")[0]
    if package and package != "fsspec":
        return package
    missing = error.__cause__.name if isinstance(error.__cause__, ImportError) else error.name
    return (missing or "fsspec[full]").partition(".")[0]
