"""A way to build and call a layer of Keras: the arguments that it needs, and inputs that it takes.

The values are as `weightscope layer` takes them, so that a hint is a line that works; a test builds every layer so.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """One way to build and call a layer.

    Attributes:
        arguments: Each argument that the constructor needs, as `name=value`.
        inputs: Each input as `[name=]shape[:dtype]`; none where the layer cannot be built from the command line.
    """

    arguments: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def options(self) -> str:
        """The options of `weightscope layer` that build the layer."""
        arguments = [f"--arg {shlex.quote(one)}" for one in self.arguments]
        return " ".join([*arguments, *(f"--input-shape {one}" for one in self.inputs)])


def each(names: str, inputs: tuple[str, ...], arguments: tuple[str, ...] = ()) -> Iterator[tuple[str, Example]]:
    """Yields the example of each of these layers: the same for all."""
    return ((name, Example(arguments, inputs)) for name in names.split())
