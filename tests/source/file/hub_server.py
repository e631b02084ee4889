"""A loopback server that answers as a model hub does: files by revision behind a redirect, and a list of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.range_server import Asked, Given, RangeServer, serving


@contextmanager
def hub_of(folder: Path, repository: str, revision: str = "main", token: str | None = None) -> Iterator[RangeServer]:
    """Yields a hub that has the files of a folder in one repository; with a token, it is private."""
    resolve, tree = f"/{repository}/resolve/{revision}/", f"/api/models/{repository}/tree/{revision}?recursive=true"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]

    def change(asked: Asked, given: Given) -> Given:
        is_known = token is None or asked.headers.get("authorization") == f"Bearer {token}"
        if asked.path.startswith("/storage/"):
            name = asked.path.removeprefix("/storage/").partition("?")[0]
            return server.answer(replace(asked, path=f"/{name}"))
        if not is_known:
            return Given(401, body=b"Repository Not Found")
        if asked.path == tree:
            entries = [_entry(path, folder) for path in files]
            return Given(200, {"Content-Type": "application/json"}, json.dumps(entries).encode())
        name = asked.path.removeprefix(resolve)
        if asked.path.startswith(resolve) and (folder / name).is_file():
            return Given(302, {"Location": f"/storage/{name}?signature=geheimnis"})
        return Given(404)

    with serving(folder, change) as server:
        yield server


def _entry(path: Path, folder: Path) -> dict[str, object]:
    return {"type": "file", "path": str(path.relative_to(folder)), "size": path.stat().st_size, "oid": "0"}
