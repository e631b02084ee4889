"""What the optimizers of Keras keep: numbers of their own, and slots, which are variables for each weight they train.

Source: `build` of the classes in `keras/src/optimizers`, Keras 3.15.1, and in `tf_keras/src/optimizers` 2.21; for the
names of Keras 2 `add_slot` in `tf_keras/src/optimizers/legacy` and `add_variable_from_reference` in
`tf_keras/src/optimizers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from weightscope.keras_facts.records import Condition, Option
from weightscope.keras_facts.serialized import Config

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A variable that an optimizer keeps: a slot, or a number of its own.

    Attributes:
        name: Keras 3's name of it.
        old_names: Its names in Keras 1 and 2, and in checkpoints.
        when: Which configs of the optimizer have it; None: all of them.
        spans: Which axes of its weight it has; without the columns of the last two it has a number for each row.
        for_adam: Whether it is kept only for weights that Muon hands to Adam.
        is_tracked: Whether it is stored in every case. Some are no `add_variable`: Keras 2 does not track those, nor
            Keras 3 in an optimizer inside another.
    """

    name: str
    old_names: tuple[str, ...] = ()
    when: Condition | None = None
    spans: Literal["all", "rows", "columns"] = "all"
    for_adam: bool = False
    is_tracked: bool = True

    def shape_for(self, weight: Shape) -> Shape | None:
        """Returns the shape of the slot of a weight; None for a placeholder: rows and columns are of two axes."""
        if self.spans == "all":
            return weight
        if len(weight) < 2:
            return None
        return weight[:-1] if self.spans == "rows" else (*weight[:-2], weight[-1])


#: Slots that are kept side by side in one pass over the weights.
Pass = tuple[SlotFacts, ...]


@dataclass(frozen=True, slots=True)
class OptimizerFacts:
    """What is true of an optimizer class of Keras.

    Attributes:
        name: The name of the class, as configs have it.
        passes: Its slots, in the order of the passes over the weights.
        numbers: Its own numbers but those of every optimizer: they stand after the slots, and before an optimizer
            inside.
        holds: What it is around: an optimizer whose loss it scales, or several, each of which trains some weights.
        is_old: Whether Keras 1 and 2 had the class before their optimizers were written anew, in 2.11.
    """

    name: str
    passes: tuple[Pass, ...] = ()
    numbers: tuple[SlotFacts, ...] = ()
    holds: Literal["scaled", "several"] | None = None
    is_old: bool = False


ITERATION: Final = SlotFacts("iteration", ("iter", "iterations"))
LEARNING_RATE: Final = SlotFacts("learning_rate", ("current_learning_rate",))

#: The moving average of a weight.
AVERAGE: Final = SlotFacts("average", when=Option("use_ema"))

#: What every optimizer may keep before its own slots.
FIRST_PASSES: Final[tuple[Pass, ...]] = (
    (AVERAGE,),
    (SlotFacts("gradient_accumulator", when=Option("gradient_accumulation_steps")),),
)

#: The scale of a loss, which falls with each step that is skipped.
DYNAMIC_SCALE: Final = SlotFacts("dynamic_scale")

_MOMENTUM = SlotFacts("momentum", ("m",))
_VELOCITY = SlotFacts("velocity", ("v",))
_BOTH = ((_MOMENTUM, _VELOCITY),)
_ADAM = (*_BOTH, (SlotFacts("velocity_hat", ("vhat",), Option("amsgrad")),))
_PLAIN_MOMENTUM = SlotFacts("momentum", when=Option("momentum"))
_ACCUMULATOR = SlotFacts("accumulator")
_SCALE = (SlotFacts("step_counter"), DYNAMIC_SCALE)

_FACTS = (
    OptimizerFacts("SGD", ((_PLAIN_MOMENTUM,),), is_old=True),
    OptimizerFacts(
        "RMSprop",
        (
            (SlotFacts("velocity", ("rms",)),),
            (_PLAIN_MOMENTUM,),
            (SlotFacts("average_gradient", ("mg",), Option("centered")),),
        ),
        is_old=True,
    ),
    OptimizerFacts("Adam", _ADAM, is_old=True),
    OptimizerFacts("AdamW", _ADAM),
    OptimizerFacts(
        "Adadelta",
        ((SlotFacts("accumulated_grad", ("accum_grad",)), SlotFacts("accumulated_delta_var", ("accum_var",))),),
        is_old=True,
    ),
    OptimizerFacts("Adagrad", ((_ACCUMULATOR,),), is_old=True),
    OptimizerFacts("Adamax", ((_MOMENTUM, SlotFacts("norm", ("u",))),), is_old=True),
    OptimizerFacts(
        "Adafactor", ((SlotFacts("r", spans="rows"), SlotFacts("c", spans="columns"), SlotFacts("velocity", ("v",))),)
    ),
    OptimizerFacts("Nadam", _BOTH, (SlotFacts("u_product", is_tracked=False),), is_old=True),
    OptimizerFacts("Ftrl", ((_ACCUMULATOR, SlotFacts("linear")),), is_old=True),
    OptimizerFacts("Lion", ((_MOMENTUM,),)),
    OptimizerFacts("Lamb", _BOTH),
    OptimizerFacts("Muon", ((_MOMENTUM, SlotFacts("velocity", ("v",), for_adam=True)),)),
    OptimizerFacts("ScheduleFreeAdamW", _BOTH),
    OptimizerFacts("LossScaleOptimizer", numbers=_SCALE, holds="scaled"),
    OptimizerFacts("LossScaleOptimizerV3", numbers=_SCALE, holds="scaled"),
    OptimizerFacts("MultiOptimizer", holds="several"),
)

#: Every optimizer of Keras whose variables are known, by the name of its class.
OPTIMIZERS: Final = {facts.name: facts for facts in _FACTS}

#: Keras takes a class by its name in any case: `compile("adam")` is stored as that in Keras 2.
_BY_LOWER_NAME: Final = {name.lower(): facts for name, facts in OPTIMIZERS.items()}


def optimizer_facts(class_name: str) -> OptimizerFacts | None:
    """Returns the facts of an optimizer class, whose name may be in any case, after a package; None if unknown."""
    return _BY_LOWER_NAME.get(class_name.rpartition(">")[2].lower())


def passes_of(facts: OptimizerFacts, config: Config) -> Iterator[Pass]:
    """Yields the slots that an optimizer with this config of its own keeps, in the order of the passes."""
    for one in (*FIRST_PASSES, *facts.passes):
        yield tuple(slot for slot in one if slot.when is None or slot.when.holds(config))


def is_handed_to_adam(config: Config, layer: str, shape: Shape) -> bool:
    """Whether Muon hands a weight to Adam: one that is no matrix, or an embedding.

    Args:
        config: Muon's own.
        layer: The path of the weight's layer.
        shape: Of the weight.
    """
    is_embedding = "embedding" in layer.lower() and Option("exclude_embeddings", default=True).holds(config)
    return len(shape) != 2 or is_embedding


def _names() -> Iterator[tuple[str, str]]:
    every = (ITERATION, LEARNING_RATE, *(slot for facts in _FACTS for one in facts.passes for slot in one))
    return ((old, slot.name) for slot in every for old in slot.old_names)


#: Keras 3's name by the names that Keras 1 and 2 and checkpoints use for the same variable.
CURRENT_NAMES: Final = dict(_names())

#: The names of numbers of steps, in all versions.
STEPS: Final = frozenset({ITERATION.name, *ITERATION.old_names})

#: The attributes under which optimizers of Keras 2 and 3 have their number of steps, and their learning rate.
STEP_ATTRIBUTES: Final = frozenset({"iter", "_iterations", "iterations"})
RATE_ATTRIBUTES: Final = frozenset({"learning_rate", "_learning_rate", "_current_learning_rate"})

#: The optimizers of Keras 1 and 2 that put their name before the weight's, and what their slots are called after it.
OLD_OPTIMIZERS: Final = frozenset(facts.name for facts in _FACTS if facts.is_old)
OLD_SLOTS: Final = frozenset(
    name
    for facts in _FACTS
    if facts.is_old
    for one in facts.passes
    for slot in one
    for name in slot.old_names or (slot.name,)
)

#: The numbers that those keep.
OLD_NUMBERS: Final = frozenset(
    {*ITERATION.old_names, "beta_1", "beta_2", "decay", "learning_rate", "lr", "momentum", "rho", "momentum_cache"}
)
