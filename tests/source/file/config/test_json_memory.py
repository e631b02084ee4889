"""What a config takes of memory is known before it is parsed, and a config that takes too much is refused."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.source.file import hostile
from weightscope.source.file.config.json_memory import takes_more

COUNT = 50_000


def _list_of(*items: str) -> bytes:
    return f"[{','.join(items)}]".encode()


def _object_of(*keys: str) -> bytes:
    return f"{{{','.join(f'{key}:0' for key in keys)}}}".encode()


#: What makes a text with much of one thing.
TEXTS: dict[str, Callable[[], bytes]] = {
    "keys that differ": lambda: _object_of(*(f'"{number}"' for number in range(COUNT))),
    "keys that differ, with space": lambda: _object_of(*(f'"{number}" \n' for number in range(COUNT))),
    "keys with colons and quotes": lambda: _object_of(*(rf'"{number}\":"' for number in range(COUNT))),
    "objects of one key": lambda: _list_of(*['{"a":0}'] * COUNT),
    "objects of keys that differ": lambda: _list_of(*(f'{{"{number}":0}}' for number in range(COUNT))),
    "lists": lambda: _list_of(*["[0]"] * COUNT),
    "texts": lambda: _list_of(*(f'"{number}"' for number in range(COUNT))),
    "texts of colons": lambda: _list_of(*['"::"'] * COUNT),
    "texts of escaped colons": lambda: _list_of(*[r'"\":"'] * COUNT),
    "numbers": lambda: _list_of(*["0.5"] * COUNT),
    "a text with one wide character": lambda: _list_of('"' + "a" * (8 * COUNT) + '\\ud83d\\ude00"'),
    "layers": lambda: json.dumps(
        hostile.sequential(*[hostile.layer(name=f"dense_{n}") for n in range(COUNT // 10)])
    ).encode(),
}


def memory_when_parsed(text: bytes) -> int:
    tracemalloc.start()
    try:
        parsed = json.loads(text)
        assert parsed
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_takes_much_more_memory_than_is_estimated(name: str) -> None:
    text = TEXTS[name]()
    assert takes_more(text, int(0.5 * memory_when_parsed(text)))


@pytest.mark.parametrize("name", ["layers", "texts", "keys that differ", "objects of one key"])
def test_what_configs_are_made_of_is_not_taken_for_more_than_it_is(name: str) -> None:
    text = TEXTS[name]()
    assert not takes_more(text, int(1.6 * memory_when_parsed(text)))


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=20), st.integers(0, 9))
def test_any_json_takes_more_than_nothing_and_less_than_everything(document: object, indent: int) -> None:
    text = json.dumps({"document": document}, indent=indent or None).encode()
    assert takes_more(text, 0)
    assert not takes_more(text, 1000 * len(text))
