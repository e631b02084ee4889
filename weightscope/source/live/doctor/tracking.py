"""Examines whether Keras tracks all variables, whether their names are unique, and which of them the call changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.forward_pass import changed_by_pass
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import own_variables, sublayers
from weightscope.source.live.untracked import Untracked
from weightscope.source.live.variables import keras_variables

_WHERE = {"constructor": "the constructor", "build": "build()", "call": "call()", None: "other code"}


def untracked_variables(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each variable that Keras does not track."""
    for one in examined.untracked:
        kind = "Keras variable" if isinstance(one.variable, keras.Variable) else "tf.Variable"
        made = _WHERE[examined.run.creation_log.created_in(one.variable)]
        yield Finding(
            "untracked-variable",
            "error",
            f"a {kind} of shape {tuple(one.variable.shape)}, made in {made}, that Keras does not track: "
            + (
                "each call creates a new variable, and the values of the old one are lost"
                if not one.is_held
                else "it is neither trained nor saved, and a loaded model has a new initial value"
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
        return f"in build(): {made} in its place, in a list, a dict or a keras.layers.Layer"
    return f"store it in an attribute, list or dict of the layer, or make its container {one.path[0]} a Keras layer"


def changed_state(examined: ExaminedLayer) -> Iterator[Finding]:
    """Returns a finding for each variable that the call changed, in the order of the listing."""
    return changed_by_pass(examined.run, examined.paths, training=examined.how.training)


def duplicate_names(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each name that several variables or several sub-layers of a layer share."""
    tracked = {id(variable) for variable in keras_variables(examined.layer)}
    for path, _, layer in examined.layers():
        own = own_variables(layer)
        for name, same in _by_name(one for one in own if id(one) in tracked).items():
            yield Finding(
                "duplicate-name",
                "warning",
                f"{same} variables of {path} are named {name!r}: code that uses names cannot distinguish them",
                f"{path}/{name}",
                fix=f'give each a different name: self.add_weight(name="{name}_2", ...)',
            )
        for name, same in _by_name(one for one in sublayers(layer) if one.variables).items():
            yield Finding(
                "duplicate-name",
                "warning",
                f"{same} sub-layers of {path} are named {name!r}: the paths of their variables are the same",
                f"{path}/{name}",
                fix=f'give each a different name, or none: name="{name}_2"',
            )


def _by_name(things: Iterator[object]) -> dict[str, int]:
    """Returns the number of different objects for each name that several objects share."""
    same: dict[str, set[int]] = defaultdict(set)
    for one in things:
        same[str(getattr(one, "name", ""))].add(id(one))
    return {name: len(those) for name, those in same.items() if len(those) > 1}
