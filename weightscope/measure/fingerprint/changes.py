"""What changed between the fingerprint of a model in a lock and the model as it is."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection.fingerprint import Fingerprint, HashedVariable
from weightscope.inspection.lock import Change


def changes_since(locked: Fingerprint, present: Fingerprint) -> tuple[Change, ...]:
    """Returns what changed, sorted by path; nothing where both fingerprints have the same variables."""
    old, now = locked.variables, present.variables  # their items are made when they are needed
    before, after = ({one.info.path: place for place, one in enumerate(side)} for side in (old, now))
    missing = [old[place] for path, place in before.items() if path not in after]
    new = [now[place] for path, place in after.items() if path not in before]
    shared = ((old[place], now[after[path]]) for path, place in before.items() if path in after)
    found = [*(change for pair in shared for change in _changes(*pair)), *_moved(missing, new)]
    return tuple(sorted(found, key=lambda change: (change.path, change.kind)))


def _changes(before: HashedVariable, after: HashedVariable) -> Iterator[Change]:
    path, old, new = before.info.path, before.info, after.info
    if old.dtype != new.dtype:
        yield Change("dtype", path, f"dtype {old.dtype} became {new.dtype}")
    if old.shape != new.shape:
        yield Change("shape", path, f"shape {old.shape} became {new.shape}")
    if (old.dtype, old.shape) == (new.dtype, new.shape) and before.sha256 != after.sha256:
        yield Change("values", path, "other values")
    if old.trainable != new.trainable:
        words = {True: "trainable", False: "not trainable", None: "of unknown trainability"}
        yield Change("trainable", path, f"was {words[old.trainable]}, is {words[new.trainable]}")


def _moved(missing: list[HashedVariable], new: list[HashedVariable]) -> Iterator[Change]:
    """Yields variables that only one side has; of equal content, they are one variable that was renamed."""
    by_hash: dict[str, list[HashedVariable]] = {}
    for one in new:
        by_hash.setdefault(one.sha256, []).append(one)
    renamed: set[str] = set()
    for one in missing:
        same = by_hash.get(one.sha256)
        if same:
            other = same.pop(0)
            renamed.add(other.info.path)
            yield Change("renamed", one.info.path, f"renamed to {other.info.path}")
        else:
            yield Change("missing", one.info.path, "no longer there")
    yield from (Change("new", one.info.path, "not in the lock") for one in new if one.info.path not in renamed)
