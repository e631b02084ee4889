"""A model that is far away is read as the same model on disk; the local file is the oracle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES
from tests.range_server import RangeServer, serving
from weightscope import api

MODELS = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".keras", ".h5"))


@pytest.fixture(scope="module")
def samples() -> Iterator[RangeServer]:
    with serving(SAMPLES) as server:
        yield server


def document(location: str | Path, **choices: Any) -> dict[str, Any]:
    """Returns what `inspect --json` prints of a model, without what differs between a near and a far one."""
    found = api.inspect_model(location, optimizer=True).to_dict(**choices)
    found["source"].pop("location")
    found["source"].pop("remote", None)
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


@pytest.mark.parametrize("name", MODELS)
def test_a_far_model_is_listed_as_the_near_one_with_one_request(name: str, samples: RangeServer) -> None:
    before = len(samples.asked)
    assert document(f"{samples.url}{name}", statistics=True) == document(SAMPLES / name, statistics=True)
    assert len(samples.asked) - before == 1
