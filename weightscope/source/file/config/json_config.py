"""A model's config, parsed from JSON of bounded size."""

from __future__ import annotations

import json

from weightscope.errors import damaged, not_from_keras
from weightscope.keras_facts.serialized import Config
from weightscope.source import limits
from weightscope.source.file.config.json_memory import takes_more


def parse_config(
    text: bytes,
    what: str,
    location: str,
    most_bytes: int = limits.CONFIG_BYTES,
    most_memory: int = limits.CONFIG_MEMORY,
) -> Config:
    """Returns the JSON object in `text`.

    Args:
        text: The bytes of the file.
        what: Its name in messages.
        location: The file.
        most_bytes: The most bytes of text.
        most_memory: The most bytes of memory that the parsed object may take.

    Raises:
        FileError: It is too long, nests too deep, or is not a JSON object.
    """
    if len(text) > most_bytes:
        raise not_from_keras(location, f"{what} is larger than any model's ({len(text):,} bytes)")
    if takes_more(text, most_memory):
        raise not_from_keras(location, f"{what} would take more than {most_memory // limits.MIB} MiB of memory")
    try:
        decoded = text.decode(json.detect_encoding(text), "surrogatepass")  # as `json.loads` does
        del text  # so that at most two of the three are in memory: bytes, text, and what is parsed
        found = json.loads(decoded)
    except (ValueError, RecursionError) as error:
        reason = "nests too deep" if isinstance(error, RecursionError) else "is no valid JSON"
        raise damaged(location, f"{what} {reason}") from error
    if not isinstance(found, dict):
        raise damaged(location, f"{what} is no JSON object")
    return found
