"""The addresses of a model hub: `hf://owner/repo[@revision][/path]`, as huggingface.co has them.

Source: https://huggingface.co/docs/huggingface_hub/guides/hf_file_system; the environment variables are those of
huggingface_hub.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from weightscope.errors import FileError
from weightscope.source.bytes.far.http_address import HttpAddress

_LOCATION = re.compile(
    r"hf://(?P<kind>datasets/|spaces/)?(?P<repo>[^/@]+/[^/@]+)(@(?P<revision>refs/(convert|pr)/[^/]+|[^/]+))?(/(?P<path>.*))?",
    re.IGNORECASE,
)
_TOKEN_BYTES = 4096

#: Files and folders that a hub lists at once; a longer list has more pages.
_ENTRIES = 1000


class HubAddresses:
    """The addresses of the files of a repository; a key is a path in it."""

    def __init__(self, location: str) -> None:
        """Takes a location apart.

        Raises:
            FileError: It names no repository.
        """
        found = _LOCATION.fullmatch(location)
        if found is None:
            raise FileError(location, "no repository of a model hub", "hf://OWNER/REPO, or hf://OWNER/REPO@REVISION")
        self._kind = found["kind"] or ""
        self._repository = found["repo"]
        self._revision = found["revision"] or "main"
        self._root = location[: found.start("path") - 1] if found["path"] is not None else location
        self.key = (found["path"] or "").strip("/")

    def of_file(self, key: str) -> HttpAddress:
        """Returns the address of a file."""
        return _on_hub(f"{self._kind}{quote(self._repository)}/resolve/{self._quoted_revision}/{quote(key)}")

    def of_listing(self) -> HttpAddress:
        """Returns the address of the list of all files."""
        kind = self._kind or "models/"
        return _on_hub(f"api/{kind}{quote(self._repository)}/tree/{self._quoted_revision}?recursive=true")

    def is_folder(self, key: str) -> bool:
        """Whether the key is that of the whole repository."""
        return not key

    def shown(self, key: str) -> str:
        """Returns the location of a file."""
        return f"{self._root}/{key}" if key else self._root

    @property
    def _quoted_revision(self) -> str:
        return quote(self._revision, safe="")


def read_listing(data: bytes) -> Mapping[str, int] | None:
    """Returns the sizes of files by their path, from a hub's answer; None if it is no list of all files."""
    try:
        entries = json.loads(data)
        if len(entries) >= _ENTRIES:
            return None
        return {str(one["path"]): int(one["size"]) for one in entries if one["type"] == "file"}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _on_hub(target: str) -> HttpAddress:
    endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    token = _token()
    return HttpAddress.parse(f"{endpoint.rstrip('/')}/{target}", f"Bearer {token}" if token else None)


def _token() -> str | None:
    """Returns the token that the user gave to huggingface_hub: in HF_TOKEN, or by logging in."""
    if token := os.environ.get("HF_TOKEN", "").strip():
        return token
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface")
    try:
        with Path(os.environ.get("HF_TOKEN_PATH") or Path(home, "token")).expanduser().open("rb") as file:
            return file.read(_TOKEN_BYTES).decode("ascii").strip() or None
    except (OSError, ValueError, RuntimeError):
        return None
