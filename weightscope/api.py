"""The whole tool as a few functions: what the command line does, for notebooks and tests.

Importing this imports neither TensorFlow nor Keras; calling a function that needs them does.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, TypeVar

from weightscope import inspection as records
from weightscope.errors import UsageError
from weightscope.inspection import closeup, difference
from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_entry import LayerEntry
from weightscope.measure import Choice, list_measured
from weightscope.measure.compare import Settings, Tolerance, compare
from weightscope.measure.find import find_variable
from weightscope.source.file import inspect_file
from weightscope.source.identify import identify
from weightscope.source.shapes import InputShape, Shape, checked
from weightscope.source.spec import LayerSpec, check_python_files, parse_spec
from weightscope.view.document import inspection_document

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

Record = TypeVar("Record")

#: The shape of a dummy input, batch dimension included: one shape, or a mapping from argument names to shapes.
InputShapes = Shape | Sequence[int] | Mapping[str, Sequence[int]] | Sequence[InputShape]


class Inspection(records.Inspection):
    """What is known about a model, able to show itself: as a dict, in a terminal, in a notebook."""

    __slots__ = ()

    def to_dict(self, *, preview: int = 5, statistics: bool = False) -> dict[str, Any]:
        """Returns the document that `weightscope inspect --json` prints.

        Args:
            preview: How many values of each variable it holds.
            statistics: Whether all values are read for their statistics, as with `--stats`.
        """
        return inspection_document(list_measured(self, Choice(preview=preview, statistics=statistics)))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the tables that the command line prints."""
        from weightscope.view.table import InspectionTable

        yield InspectionTable(list_measured(self, Choice()))

    def _repr_html_(self) -> str:
        from weightscope.view.html import to_html

        return to_html(list_measured(self, Choice()))


class Closeup(closeup.Closeup):
    """One variable seen closely, able to show itself: as a dict, and in a terminal."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope show --json` prints."""
        from weightscope.view.closeup_document import closeup_document

        return closeup_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields what the command line prints."""
        from weightscope.view.closeup_table import CloseupTable

        yield CloseupTable(self)


def close_up(inspection: records.Inspection, variable: str, *, selection: str | None = None, bins: int = 60) -> Closeup:
    """Returns one variable seen closely: statistics over all its values, exact quantiles, a histogram.

    Args:
        inspection: What `inspect_model` or `inspect_layer` returned.
        variable: Its path, the end of its path, or a glob that one path matches.
        selection: Values to look at, written as in numpy: `":,:,0,3"`.
        bins: Of the histogram.

    Raises:
        WeightscopeError: The name means no variable or several, or the slice leads outside of it.
    """
    from weightscope.measure.closeup import close_up as measure

    return _as(Closeup, measure(inspection, find_variable(inspection, variable), selection=selection, bins=bins))


def check_model(
    path: str | PathLike[str], *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Returns what is wrong with the weights of the saved model at `path`, the worst first.

    Args:
        path: As `inspect_model` takes it; the file is read, and nothing of the model is run.
        select: Ids of rules (see `weightscope check --rules`); none selects all.
        ignore: Ids of rules to leave out.

    Raises:
        WeightscopeError: The file cannot be read.
    """
    from weightscope.measure.check import CheckSettings, check

    return check(inspect_file(fspath(path)), CheckSettings(frozenset(select), frozenset(ignore)))


class Comparison(difference.Comparison):
    """What differs between two models, able to show itself: as a dict, and in a terminal."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope diff --json` prints."""
        from weightscope.view.comparison_document import comparison_document

        return comparison_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields what the command line prints."""
        from weightscope.view.comparison_table import ComparisonTable

        yield ComparisonTable(self)


def diff_models(
    a: str | PathLike[str] | records.Inspection,
    b: str | PathLike[str] | records.Inspection,
    *,
    match: difference.Match = "path",
    rtol: float = 0.0,
    atol: float = 0.0,
    frozen: bool = False,
    optimizer: bool = False,
    include_equal: bool = False,
) -> Comparison:
    """Returns what differs between the weights of two models; their files are read, and nothing of them is run.

    Args:
        a: A saved model, or what `inspect_model` returned.
        b: Another one.
        match: How variables are paired: by `path` and place in the file, what is left also in `order` or by `values`.
        rtol: Values are equal when `|a - b| <= atol + rtol * |b|`.
        atol: See `rtol`.
        frozen: A is from before and B from after a training: look for weights that should not have moved.
        optimizer: Compare the optimizers' variables too.
        include_equal: List the pairs that are equal too.

    Raises:
        WeightscopeError: A file cannot be read, or `frozen` is asked of a file that does not say what is trainable.
    """
    of_a, of_b = (
        one if isinstance(one, records.Inspection) else inspect_model(one, optimizer=optimizer) for one in (a, b)
    )
    settings = Settings(match, Tolerance(rtol, atol), frozen=frozen, include_equal=include_equal)
    return _as(Comparison, compare(of_a, of_b, settings))


def inspect_model(
    path: str | PathLike[str],
    *,
    live: bool = False,
    input_shape: InputShapes | None = None,
    modules: Sequence[str] = (),
    safe_mode: bool = True,
    optimizer: bool = False,
) -> Inspection:
    """Returns what is inside the saved model at `path`.

    The file is read and nothing of the model is run, unless Keras is asked for: by `live`, or by any of
    `input_shape`, `modules` and `safe_mode=False`, which only Keras has a use for.

    Args:
        path: A `.keras` file, its unzipped folder, `.weights.h5`, sharded `.weights.json`, or a legacy `.h5` file.
        live: Load it with Keras and call it once on dummy inputs.
        input_shape: Of the dummy input, batch included, where the model does not tell it.
        modules: Python files or modules to import first: those that define the model's own layers.
        safe_mode: Refuse Python bytecode stored in the file. Turn it off for files that you trust.
        optimizer: List the optimizer's variables too.

    Raises:
        WeightscopeError: It could not be done; the error says where, why, and what to try.
    """
    location = fspath(path)
    if not (live or input_shape or modules or not safe_mode):
        return _showable(inspect_file(location, with_optimizer=optimizer))
    check_python_files(modules)
    identify(location)  # a file that is missing or broken is told before TensorFlow is imported

    from weightscope.source.live import registry
    from weightscope.source.live.model import inspect_model as inspect_live
    from weightscope.source.live.modules import import_modules

    registry.load_plugins()
    return _showable(
        inspect_live(
            location,
            inputs=_input_shapes(input_shape),
            custom_objects=import_modules(modules),
            safe_mode=safe_mode,
            with_optimizer=optimizer,
        )
    )


def inspect_layer(
    layer: Any,
    *,
    input_shape: InputShapes | None = None,
    arguments: Mapping[str, Any] | None = None,
    input_dtype: str | None = None,
    seed: int | None = 0,
    training: bool = False,
    modules: Sequence[str] = (),
) -> Inspection:
    """Builds a layer, calls it once on dummy inputs, and returns what it made.

    Args:
        layer: A name as the command line takes it (`"Dense"`, `"my_layers.py:MyLayer"`), a spec as a dict
            (`{"class_name": "Dense", "config": {"units": 3}, "input_shape": [1, 4]}`), or a Keras layer. A layer that
            is handed in is built and called; values that the call changes are put back.
        input_shape: Of the dummy input, batch included; a mapping where the layer takes several inputs.
        arguments: For the constructor.
        input_dtype: Of the dummy inputs; float32 where nothing else is told.
        seed: Of initial values and dummy inputs. It seeds Python, numpy and Keras, unless it is None.
        training: Call the layer in training mode.
        modules: Python files or modules to import first.

    Raises:
        WeightscopeError: The layer is unknown, refuses its arguments, or made nothing before its call failed.
    """
    spec = _layer_spec(layer)
    spec = replace(
        spec,
        arguments={**spec.arguments, **(arguments or {})},
        inputs=_input_shapes(input_shape) or spec.inputs,
        input_dtype=input_dtype or spec.input_dtype,
    )
    check_python_files((*modules, spec.name))
    if not spec.inputs:
        raise UsageError(
            spec.name,
            "the shape of its input is not known",
            f"weightscope layer {spec.name} --input-shape 1,28,28,3 (the batch first)",
        )

    from weightscope.source.live import layer as live
    from weightscope.source.live import registry
    from weightscope.source.live.modules import import_modules

    registry.load_plugins()
    import_modules(modules)
    instance = None if isinstance(layer, (str, Mapping, LayerSpec)) else layer
    return _showable(live.inspect_layer(spec, seed=seed, training=training, layer=instance))


def known_layers(*, modules: Sequence[str] = ()) -> tuple[LayerEntry, ...]:
    """Returns the layers that can be built by name: the registered ones, those of `modules` among them, then Keras'."""
    from weightscope.source.live import registry
    from weightscope.source.live.modules import import_modules

    registry.load_plugins()
    import_modules(modules)
    return registry.layer_entries()


def broken_plugins() -> tuple[str, ...]:
    """Returns what is wrong with layers that installed packages announce and that cannot be loaded, a line for each."""
    from weightscope.source.live import registry

    return registry.load_plugins()


def _layer_spec(layer: Any) -> LayerSpec:
    if isinstance(layer, LayerSpec):
        return layer
    if isinstance(layer, str):
        return LayerSpec(layer)
    if isinstance(layer, Mapping):
        return parse_spec(dict(layer), "the spec")
    if not hasattr(layer, "get_config"):
        raise UsageError(repr(layer), "neither a name, a spec nor a Keras layer", 'inspect_layer("Dense", ...)')
    return LayerSpec(layer.name)


def _input_shapes(given: InputShapes | None) -> tuple[InputShape, ...]:
    if not given:
        return ()
    if isinstance(given, Mapping):
        return tuple(_input_shape(shape, name) for name, shape in given.items())
    named = tuple(one for one in given if isinstance(one, InputShape))
    return named or (_input_shape(given),)


def _input_shape(sizes: Any, name: str | None = None) -> InputShape:
    try:
        return checked(InputShape(tuple(map(operator.index, sizes)), name))
    except TypeError as error:
        raise UsageError(
            f"input_shape {sizes!r}", "this is no shape", "whole numbers, the batch first: (1, 28, 28, 3)"
        ) from error


def _showable(inspection: records.Inspection) -> Inspection:
    return _as(Inspection, inspection)


def _as(kind: type[Record], record: Any) -> Record:
    """Returns the same record as one of a kind that can show itself."""
    return kind(**{field.name: getattr(record, field.name) for field in fields(record)})
