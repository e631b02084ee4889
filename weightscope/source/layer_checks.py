"""Checks a layer spec without importing Keras, so that mistakes are reported at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from weightscope.errors import UsageError
from weightscope.keras_facts.examples import EXAMPLES
from weightscope.source.layer_names import check_name, split_name
from weightscope.source.spec import LayerSpec, check_python_files


def check_layer(spec: LayerSpec, modules: Sequence[str]) -> None:
    """Checks that the layer's file exists, that its name is known, and that an input shape is given.

    A layer from a module or file may know its own input shape, so that its spec needs none.

    Raises:
        WeightscopeError: One of these checks fails.
    """
    check_python_files([spec.name])
    check_name(spec.name, modules)
    if not spec.inputs and not split_name(spec.name)[0]:
        raise UsageError(spec.name, "the shape of its input is not known", _line_with_inputs(spec))


def _line_with_inputs(spec: LayerSpec) -> str:
    """Returns a command line that builds the layer; its options are the example for Keras' layer of this name."""
    example = EXAMPLES.get(spec.name)
    if example is None or not example.inputs:
        return f"{spec.command()} --input-shape 1,28,28,3 (the batch first)"
    given = [one for one in example.arguments if one.partition("=")[0] not in spec.arguments]
    return spec.command(replace(example, arguments=tuple(given)).options)
