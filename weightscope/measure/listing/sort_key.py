"""The keys that variables and differences are sorted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from weightscope.errors import UsageError, nearest


def find_sort_key(given: str, keys: Sequence[str], aliases: Mapping[str, str]) -> str:
    """Returns the key that a user means: in any case, with `-` or `_`, or by another name.

    Raises:
        UsageError: There is none.
    """
    word = given.lower().replace("-", "_")
    if word in keys:
        return word
    if word in aliases:
        return aliases[word]
    raise no_such_key(given, keys, aliases)


def no_such_key(given: str, keys: Sequence[str], aliases: Mapping[str, str]) -> UsageError:
    """Returns the error for a key that does not exist; its hint names the nearest keys."""
    near = dict.fromkeys(aliases.get(one, one) for one in nearest(given, (*keys, *aliases)))
    hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(keys)}"
    return UsageError(f"--sort {given}", "nothing to sort by", hint)
