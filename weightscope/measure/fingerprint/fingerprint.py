"""Hashes all values of a model's weights, several variables at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.fingerprint import Fingerprint, HashedVariable, shape_text
from weightscope.inspection.lazy import Lazy
from weightscope.measure.reading.fetching import fetch_small
from weightscope.measure.reading.gather import READ_BYTES, Progress, in_threads
from weightscope.measure.reading.plain_values import plain_blocks, plain_bytes
from weightscope.measure.reading.processes import processors

#: Variables that are hashed before the hash of the first is asked for.
_AHEAD = 64

#: Bytes of a hash.
_DIGEST_BYTES = sha256().digest_size


def fingerprint(inspection: Inspection, progress: Progress | None = None) -> Fingerprint:
    """Returns the fingerprint of a model: all values of its weights are read.

    Args:
        inspection: The model.
        progress: Called with the number of bytes read since the last call.

    Raises:
        NoValuesError: A weight has no values.
    """
    weights = hashed_weights(inspection)
    digests = bytearray()
    for digest in hash_variables(weights, progress):
        digests += bytes.fromhex(digest)
    infos = [one.info for one in weights]  # no variables: each keeps its file, of which a lock names many

    def hashed(place: int) -> HashedVariable:
        start = place * _DIGEST_BYTES
        return HashedVariable(infos[place], digests[start : start + _DIGEST_BYTES].hex())

    return Fingerprint(inspection.source, Lazy(len(infos), hashed), inspection.has_keras_names)


def hashed_weights(inspection: Inspection) -> list[Variable]:
    """Returns the variables that a fingerprint is of: the weights, not states of metrics, seeds or the optimizer."""
    return [one for one in inspection.variables if one.info.role == "weight"]


def hash_variables(variables: Sequence[Variable], progress: Progress | None = None) -> Iterator[str]:
    """Yields the hash of each variable in order; several are read at once.

    Raises:
        NoValuesError: A variable has no values; then none is read.
    """
    for variable in variables:
        if not variable.has_values:
            variable.read()
    fetch_small(variables)
    hashed = in_threads(variables, hash_variable, processors(), _AHEAD)
    with closing(hashed) as digests:
        for variable, digest in zip(variables, digests, strict=True):
            if progress is not None:
                progress(variable.info.bytes)
            yield digest


def hash_variable(variable: Variable) -> str:
    """Returns the SHA-256 of a variable's dtype, shape and values, as hexadecimal digits."""
    found = sha256(variable_head(variable.info.dtype, variable.info.shape))
    scratch = bytearray(min(READ_BYTES, max(1, variable.info.bytes)))
    for block in plain_blocks(variable, scratch):
        found.update(plain_bytes(block, variable.info.dtype))
    return found.hexdigest()


def variable_head(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Returns the header of a variable, which is hashed before its values."""
    return f"{dtype}\0{shape_text(shape)}\0".encode()
