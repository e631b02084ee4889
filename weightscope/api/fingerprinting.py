"""Ids of models that survive saving them again, and locks of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike, fspath
from pathlib import Path

from weightscope import inspection as records
from weightscope.api.progress import ShowProgress, silent
from weightscope.errors import UsageError
from weightscope.inspection.fingerprint import Fingerprint
from weightscope.inspection.lock import Change, Lock
from weightscope.source.bytes.location import is_far, shown_location
from weightscope.source.file import inspect_file


def fingerprint(
    model: str | PathLike[str] | records.Inspection, *, show_progress: ShowProgress = silent
) -> Fingerprint:
    """Returns the ids of a model's weights (`values`, `names`, `structure`), and the hash of each variable.

    Args:
        model: A saved model, or what `inspect_model` returned.
        show_progress: Is called with the number of bytes to read, and shows how many are.

    Raises:
        WeightscopeError: The file cannot be read, or a weight has no values.
    """
    from weightscope.measure.fingerprint.fingerprint import fingerprint as measure

    inspection = model if isinstance(model, records.Inspection) else inspect_file(fspath(model))
    with show_progress(inspection.totals.bytes) as progress:
        return measure(inspection, progress)


def lock_models(fingerprints: Iterable[Fingerprint], location: str = "weights.lock") -> Lock:
    """Returns the lock of models; those in or below the folder of the lock file are named from there.

    Args:
        fingerprints: Of the models.
        location: Where the lock file is to be.
    """
    return Lock(location, {_named_from(location, one.source.location): one for one in fingerprints})


def lock_lines(lock: Lock) -> Iterator[str]:
    """Yields the text of a lock file.

    Raises:
        FileError: It is more than `read_lock` reads.
    """
    from weightscope.source.file.lock_file import check_size
    from weightscope.view.documents.lock_document import lock_lines as lines_of

    size = 0
    for text in lines_of(lock):
        size += len(text.encode("utf-8", "backslashreplace"))
        check_size(size, lock.location)
        yield text


def locked_models(lock: Lock, models: Iterable[str] = ()) -> dict[str, str]:
    """Returns where each model is that is to be verified, and its name in the lock.

    Args:
        lock: What `read_lock` returned.
        models: The models to verify; none for all that the lock names.

    Raises:
        UsageError: The lock does not name one of them.
    """
    places = {_place_of(lock.location, name): name for name in lock.models}
    chosen = {}
    for model in models:
        name = _named_from(lock.location, model)
        if name not in lock.models:
            others = [place for place in places if Path(place).exists() and _is_same(place, model)]
            if not others:
                raise UsageError(
                    model, f"{lock.location} does not name it", f"weightscope lock {model} -o ANOTHER.lock"
                )
            name = places[others[0]]
        chosen[model] = name
    return chosen or places


def verify_model(model: str, locked: Fingerprint, *, show_progress: ShowProgress = silent) -> tuple[Change, ...]:
    """Returns what changed of the saved model at `model` since it was locked.

    Raises:
        WeightscopeError: The file cannot be read, or a weight has no values.
    """
    from weightscope.measure.fingerprint.changes import changes_since

    return changes_since(locked, fingerprint(model, show_progress=show_progress))


def _named_from(lock: str, model: str) -> str:
    if is_far(model):
        return shown_location(model)
    # a link is a model of its own: what it leads to has another name
    folder, path = Path(lock).parent.resolve(), Path(model).parent.resolve() / Path(model).name
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _place_of(lock: str, name: str) -> str:
    return name if is_far(name) else str(Path(lock).parent / name)


def _is_same(place: str, model: str) -> bool:
    return Path(model).exists() and Path(place).samefile(model)
