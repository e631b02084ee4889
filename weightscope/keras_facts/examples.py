"""Looks up how a layer of Keras can be built and called."""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.example import Example
from weightscope.keras_facts.families import FAMILIES

#: The version of Keras whose layers stand in this folder; a later one may have more.
KERAS_VERSION: Final = (3, 15)

#: Every layer of Keras 3 that `keras.layers` names, by its name there.
EXAMPLES: Final[dict[str, Example]] = {
    name: example for family in FAMILIES for name, example in family.EXAMPLES.items()
}
