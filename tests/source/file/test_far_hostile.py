"""Files from strangers that are far away: the same outcome as for the near file, within the same bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.range_server import RangeServer, serving
from tests.source.file import hostile
from tests.source.file.checkpoint import hostile as hostile_checkpoints
from tests.source.file.conftest import ReadApart

FILES = hostile.REFUSED | hostile.LISTED
SOME = ["external_link.keras", "cycle.keras", "lying_sizes.keras"]
CHECKPOINTS = hostile_checkpoints.REFUSED | hostile_checkpoints.LISTED


def outcome(found: dict[str, Any]) -> dict[str, Any]:
    """Returns what a reader made of a file, without the place and the memory that it took."""
    return {name: value for name, value in found.items() if name not in ("location", "hint", "mebibytes")}


def assert_same_outcome(path: Path, server: RangeServer, read_apart: ReadApart) -> None:
    near = read_apart(path)
    far = read_apart(f"{server.url}{path.name}")
    assert outcome(far) == outcome(near)
    assert far["mebibytes"] < near["mebibytes"] + 40
    assert all(asked.path.startswith(f"/{path.name}") or beside(asked.path) for asked in server.asked)
    assert server.sent < 3 * sum(file.stat().st_size for file in path.parent.iterdir()) + (1 << 20)


def beside(asked: str) -> bool:
    """Whether what was asked for is a name beside the file, or below it, and leads nowhere else."""
    return ".." not in asked and "//" not in asked and asked.count("/") <= 2


@pytest.mark.parametrize("name", [name for name in SOME if name in FILES])
def test_an_attack_from_afar_ends_as_one_on_disk(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    FILES[name](tmp_path / name)
    with serving(tmp_path) as server:
        assert_same_outcome(tmp_path / name, server, read_apart)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_attack_from_afar_ends_as_one_on_disk(name: str, tmp_path: Path, read_apart: ReadApart) -> None:
    FILES[name](tmp_path / name)
    with serving(tmp_path) as server:
        assert_same_outcome(tmp_path / name, server, read_apart)


@pytest.mark.slow
def test_more_layers_than_any_model_has_take_less_than_100_mebibytes(tmp_path: Path, read_apart: ReadApart) -> None:
    FILES["many_layers.keras"](tmp_path / "many_layers.keras")
    with serving(tmp_path) as server:
        for location in (tmp_path / "many_layers.keras", f"{server.url}many_layers.keras"):
            assert read_apart(location)["mebibytes"] < 100


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKPOINTS)
def test_every_hostile_checkpoint_from_afar_ends_as_one_on_disk(
    name: str, tmp_path: Path, read_apart: ReadApart
) -> None:
    CHECKPOINTS[name]()(tmp_path / "ck")
    with serving(tmp_path) as server:
        assert_same_outcome(tmp_path / "ck", server, read_apart)
