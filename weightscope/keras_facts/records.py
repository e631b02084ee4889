"""The records that describe a Keras layer class and its weights, and the conditions and sizes that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: The value that `Option` compares with where any set value fits.
_ANY_VALUE: Any = object()


@dataclass(frozen=True, slots=True)
class Option:
    """Holds if a constructor option is set (neither null, false, zero nor an empty text), or has a certain value.

    Attributes:
        name: Of the option, as the config has it.
        value: What it must be; by default anything that counts as set.
        default: The value to assume for a config that lacks the option, since it was written before the option existed.
    """

    name: str
    value: Any = _ANY_VALUE
    default: Any = None

    def holds(self, config: Mapping[str, Any]) -> bool:
        """Whether the condition holds for a layer's own config."""
        found = config.get(self.name, self.default)
        return bool(found or found == []) if self.value is _ANY_VALUE else bool(found == self.value)

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that it looks at."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds if another condition does not."""

    condition: Condition

    def holds(self, config: Mapping[str, Any]) -> bool:
        """Whether the condition holds for a layer's own config."""
        return not self.condition.holds(config)

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that it looks at."""
        return self.condition.options


@dataclass(frozen=True, slots=True)
class Both:
    """Holds if two other conditions do."""

    first: Condition
    second: Condition

    def holds(self, config: Mapping[str, Any]) -> bool:
        """Whether the condition holds for a layer's own config."""
        return self.first.holds(config) and self.second.holds(config)

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that it looks at."""
        return (*self.first.options, *self.second.options)


Condition = Option | Not | Both

#: The name of the sizes and axes that stand for all spatial ones: as many as the kernel has.
SPACE = "space"

#: A size that depends on something other than the layer's config and its input's channels.
ANY = "any"

#: The channels that come in; of one group, if the layer has groups.
IN = "in"

#: The spatial axes by their number.
SPATIAL_AXES: Mapping[int, tuple[str, ...]] = {
    1: ("length",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


@dataclass(frozen=True, slots=True)
class Product:
    """A size that is a product of options, numbers, and `IN`."""

    factors: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PerSpatialAxis:
    """One size for each spatial axis: what the option `kernel_size` says, or a constant."""

    size: int | None = None


#: The size of an axis: a number, the name of an option, `IN`, `ANY`, a product, or the sizes of all spatial axes.
Size = int | str | Product | PerSpatialAxis

KERNEL_SIZE = PerSpatialAxis()


#: What a layer keeps of the data: no data makes a variance or a standard deviation negative.
Statistic = Literal["mean", "variance", "deviation"]


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of a layer class.

    Attributes:
        name: Keras' name of it.
        axes: What each axis means; `SPACE` stands for all spatial axes.
        shape: The size of each axis; None if neither config nor input define the sizes.
        made_by: The option of the config that holds its initializer; None where no option does.
        when: Which configs have the variable; None: all of them.
        trainable: As declared, before any layer is frozen.
        moved_by_call: Whether a call in training mode changes it.
        starts_at: The one value of all elements before training; None where an initializer draws or is given them.
        statistic: Which one of the data it is; None where it is none.
        old_names: Its names in earlier versions of Keras.
        alias: Whether it is a sub-layer's variable, held and stored once more.
        made_first: Whether it stands before the others in the layer's own order.
        frozen: Whether the layer has frozen it since, which leaves its place among the trainable ones.
        legacy_only: Whether legacy files alone store it; Keras makes it anew when it loads another file.
        key: The key under which `.keras` and `.weights.h5` files store it; None for its number. What has a key is no
            variable to Keras: no other file stores it, and `model.variables` does not have it.
    """

    name: str
    axes: tuple[str, ...] = ()
    shape: tuple[Size, ...] | None = None
    made_by: str | None = None
    when: Condition | None = None
    trainable: bool = True
    moved_by_call: bool = False
    starts_at: float | None = None
    statistic: Statistic | None = None
    old_names: tuple[str, ...] = ()
    alias: bool = False
    made_first: bool = False
    frozen: bool = False
    legacy_only: bool = False
    key: str | None = None

    @property
    def rank(self) -> tuple[bool, bool]:
        """Sorts a layer's variables as `layer.variables` does: declared trainable ones first."""
        return not self.made_first, not self.trainable

    def is_owned(self, config: Mapping[str, Any]) -> bool:
        """Whether a layer with this config has the variable."""
        return self.when is None or self.when.holds(config)

    def axes_for(self, axes: int) -> tuple[str, ...] | None:
        """Returns the meaning of each axis of a variable with this many axes; None if they do not fit."""
        if SPACE not in self.axes:
            return self.axes if len(self.axes) == axes else None
        at = self.axes.index(SPACE)
        space = SPATIAL_AXES.get(axes - len(self.axes) + 1)
        return None if space is None else (*self.axes[:at], *space, *self.axes[at + 1 :])


@dataclass(frozen=True, slots=True)
class LoraFactors:
    """The factors that LoRA adds to a layer: legacy files store them; others store the merged weight."""

    of: str
    factors: tuple[Weight, ...]


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """The facts about a layer class of Keras.

    Attributes:
        name: The name of the class, as configs have it.
        weights: Its own variables, in the order of the keys `vars/0`, `vars/1`, ... of a file.
        quantized: Its variables under a quantized dtype policy, by mode (`int8`, `int4`, `float8`, `gptq`, `awq`).
        lora: The variables that LoRA adds; None if the class has no LoRA.
        is_in_keras_3: Whether Keras 3 has the class.
        group_class: The class name that its group in a file is named after, where that is another one.
    """

    name: str
    weights: tuple[Weight, ...] = ()
    quantized: Mapping[str, tuple[Weight, ...]] = field(default_factory=dict)
    lora: LoraFactors | None = None
    is_in_keras_3: bool = True
    group_class: str | None = None
