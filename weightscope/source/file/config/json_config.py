"""A model's config, parsed from JSON of bounded size."""

from __future__ import annotations

import json

from weightscope.errors import FileError
from weightscope.keras_facts.serialized import Config
from weightscope.source import limits


def parse_config(text: bytes, what: str, location: str) -> Config:
    """Returns the JSON object in `text`.

    Raises:
        FileError: It is too long, nests too deep, is no JSON, or no object. `what` names it in the message.
    """
    containers = text.count(b"[") + text.count(b"{")
    too_many = containers > limits.CONFIG_CONTAINERS or containers + text.count(b",") > limits.CONFIG_ITEMS
    if len(text) > limits.CONFIG_BYTES or too_many:
        raise FileError(
            location,
            f"{what} is larger than any model's ({len(text):,} bytes)",
            "inspect a file that Keras wrote",
        )
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nests too deep" if isinstance(error, RecursionError) else "is no valid JSON"
        raise FileError(location, f"{what} {reason}", "save the model again") from error
    if not isinstance(found, dict):
        raise FileError(location, f"{what} is no JSON object", "save the model again")
    return found
