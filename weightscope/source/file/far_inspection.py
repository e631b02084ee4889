"""Reads saved models that are far away: by byte ranges, with the readers of local files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from weightscope.errors import wrong_address
from weightscope.inspection import Inspection, Variable
from weightscope.source.bytes.far.downloading import is_downloading
from weightscope.source.bytes.far.path import FarPath
from weightscope.source.bytes.far.place import FarPlace
from weightscope.source.bytes.far.remote import open_far
from weightscope.source.file.identify import identify_far
from weightscope.source.identified import Identified
from weightscope.source.wanted import Wanted


def inspect_far(location: str, wanted: Wanted, read: Callable[[Identified[Any], Wanted], Inspection]) -> Inspection:
    """Returns what the saved model at an address holds.

    Args:
        location: The address.
        wanted: What to read besides the model's variables.
        read: Reads a model whose format is known.

    Raises:
        FileError: As `inspect_file`; or the server does not answer as it should.
    """
    place = open_far(location, is_whole=is_downloading())
    try:
        inspection = read(identify_far(FarPath(place, place.key)), wanted)
    except OSError as error:
        raise wrong_address(place.location, f"cannot be read: {error.strerror or error}") from error
    return replace(
        inspection,
        source=replace(inspection.source, remote=place.traffic),
        variables=_fetched(inspection.variables, place),
        optimizer=None if inspection.optimizer is None else _fetched(inspection.optimizer, place),
    )


def _fetched(variables: tuple[Variable, ...], place: FarPlace) -> tuple[Variable, ...]:
    return tuple(replace(variable, fetcher=place) for variable in variables)
