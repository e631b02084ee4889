"""Hand-made records, for tests of what happens to them after they were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from weightscope.inspection import Array, Finding, Inspection, ModelInfo, Selection, SourceInfo, Variable, VariableInfo


def variable(
    path: str,
    shape: tuple[int, ...] = (2, 3),
    *,
    trainable: bool | None = True,
    dtype: str = "float32",
    values: Array | None = None,
    role: Any = "weight",
    layer_class: str | None = "Dense",
) -> Variable:
    """Returns a variable whose values are 0, 1, 2, ... unless they are given."""
    layer, _, name = path.rpartition("/")
    whole = np.arange(int(np.prod(shape)), dtype="float32").reshape(shape) if values is None else values
    info = VariableInfo(path, name, layer, layer_class, role, shape, dtype, trainable, f"layers/{path}")

    return Variable(info, InMemory(whole))


@dataclass(frozen=True)
class InMemory:
    """Values that are there already; `chunk_shape` makes as if they were stored in chunks."""

    array: Array
    chunk_shape: tuple[int, ...] | None = None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values."""
        return self.array[selection]


def inspection(
    *variables: Variable,
    location: str = "model.keras",
    notes: tuple[Finding, ...] = (),
    optimizer: tuple[Variable, ...] | None = None,
    name: str = "sequential",
) -> Inspection:
    """Returns an inspection of a file with these variables."""
    return Inspection(
        source=SourceInfo(location, "keras", 1234, "3.15.1", "2026-11-23@09:34:10"),
        read_with="file",
        model=ModelInfo(name, "Sequential"),
        variables=variables,
        optimizer=optimizer,
        notes=notes,
    )


#: Names as an attacker may write them into a file: escapes, new lines, direction changes, rich markup, emoji names.
HOSTILE_NAMES = [
    "layer[a]/kernel",
    "[/]/kernel",
    "[bold red]shout[/bold red]/kernel",
    "[nan nan]/kernel",
    ":smile:/kernel",
    "\x1b[2J\x1b[31mred/kernel",
    "\x9b31m/kernel",
    "line\nbreak/ker\rnel",
    "tab\there/kernel",
    "right\u202eleft/kernel",
    "zero\u200bwidth/kernel",
    "line\u2028separator/kernel",
    "nul\x00/kernel",
    "surrogate\ud800/kernel",
    "a[ 1,\n 2 ]b/kernel",
    "a[ b ]c/kernel",
    "pipe|and`quote/kernel",
    "<script>alert(1)</script>/kernel",
    '"quoted", and comma/kernel',
    "=1+1/kernel",
    "back\\slash/kernel",
    "層/カーネル",
    "émile/kernel",
]
