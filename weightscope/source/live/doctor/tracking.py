"""Examines whether Keras knows of all that the layer holds, and what its call changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import own_variables, sublayers
from weightscope.source.live.notes import changed_by_pass
from weightscope.source.live.untracked import Untracked
from weightscope.source.live.variables import keras_variables

_WHERE = {"constructor": "the constructor", "build": "build()", "call": "call()", None: "other code"}


def untracked_variables(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a note for each variable that Keras does not know of."""
    for one in examined.untracked:
        kind = "Keras variable" if isinstance(one.variable, keras.Variable) else "tf.Variable"
        made = _WHERE[examined.run.creation_log.created_in(one.variable)]
        yield Finding(
            "untracked-variable",
            "error",
            f"a {kind} of shape {tuple(one.variable.shape)}, made in {made}, that Keras does not track: "
            + (
                "each call makes a new one, and what it learnt is lost with it"
                if not one.is_held
                else "it is neither trained nor saved, and begins anew when the model is loaded"
            ),
            examined.paths[id(one.variable)],
            fix=_how_to_track(one),
        )


def _how_to_track(one: Untracked) -> str:
    shape, dtype = tuple(one.variable.shape), keras.backend.standardize_dtype(one.variable.dtype)
    name = one.path[-1] if one.is_held and one.path[-1].isidentifier() else "w"
    made = f'self.add_weight(name="{name}", shape={shape}, dtype="{dtype}", trainable={bool(one.variable.trainable)})'
    if len(one.path) == 1:
        return f"in build(): self.{name} = {made}"
    if isinstance(one.variable, tensorflow.Variable):
        return f"in build(): {made} in its place; what holds it must be a list, a dict or a keras.layers.Layer"
    return f"hold it in an attribute, list or dict of the layer, or make what holds it ({one.path[0]}) a Keras layer"


def changed_state(examined: ExaminedLayer) -> Iterator[Finding]:
    """Returns a note for each variable that the call had changed, in the order of the listing."""
    return changed_by_pass(examined.run, examined.paths, training=examined.how.training)


def duplicate_names(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a note for variables of one layer, and for sub-layers of one layer, that go by one name."""
    tracked = {id(variable) for variable in keras_variables(examined.layer)}
    for path, _, layer in examined.layers():
        own = own_variables(layer)
        for name, same in _by_name(one for one in own if id(one) in tracked).items():
            yield Finding(
                "duplicate-name",
                "warning",
                f"{same} variables of {path} are called {name!r}: what goes by names cannot tell them apart",
                f"{path}/{name}",
                fix=f'give each a name of its own: self.add_weight(name="{name}_2", ...)',
            )
        for name, same in _by_name(one for one in sublayers(layer) if one.variables).items():
            yield Finding(
                "duplicate-name",
                "warning",
                f"{same} sub-layers of {path} are called {name!r}: the paths of their variables are the same",
                f"{path}/{name}",
                fix=f'give each a name of its own, or none: name="{name}_2"',
            )


def _by_name(things: Iterator[object]) -> dict[str, int]:
    """Returns how many different things go by each name, of names that more than one goes by."""
    same: dict[str, set[int]] = defaultdict(set)
    for one in things:
        same[str(getattr(one, "name", ""))].add(id(one))
    return {name: len(those) for name, those in same.items() if len(those) > 1}
