"""Parses a layer spec: the layer to build, its constructor arguments and its inputs."""

from __future__ import annotations

import difflib
import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weightscope.errors import UsageError
from weightscope.source.layer_names import SOURCE_ENDS, split_name
from weightscope.source.shapes import InputShape, describe, valid_shape


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer to build and the inputs to call it with.

    Attributes:
        name: The name as the user types it: `CustomConv2D`, `Dense`, `package.module:Class`, `file.py:Class`.
        arguments: Constructor arguments; they override the registered defaults.
        inputs: The shapes of the dummy inputs, with the batch first.
        input_dtype: The dtype of inputs that have no dtype of their own.
        serialized: Whether `arguments` is a serialized Keras config, for the class's `from_config`.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[InputShape, ...] = ()
    input_dtype: str = "float32"
    serialized: bool = False

    def command(self, *more: str) -> str:
        """Returns the command line that builds the layer, followed by the options in `more`."""
        arguments = [f"--arg {shlex.quote(f'{name}={_typed(value)}')}" for name, value in self.arguments.items()]
        shapes = [f"--input-shape {shlex.quote(describe(one))}" for one in self.inputs]
        return " ".join(["weightscope layer", shlex.quote(self.name), *arguments, *shapes, *more])


def _typed(value: Any) -> str:
    """Returns the value of an argument as the user types it for `--arg`."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ",".join(map(_typed, value)) + ("," if len(value) == 1 else "")
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return repr(value)


def check_python_files(names: Iterable[str]) -> None:
    """Checks that the Python files and notebooks in `names` exist.

    Args:
        names: Modules, files, or layers such as `path/to/file.py:Class`. Names that are not files are not checked.

    Raises:
        UsageError: A file does not exist.
    """
    for name in names:
        if not name:
            raise UsageError("''", "an empty name", "name a layer, a Python file or an importable module")
        place, own = split_name(name)
        path = Path(place or own or "")
        if path.suffix in SOURCE_ENDS and not path.is_file():
            there = [one.name for end in SOURCE_ENDS for one in _files_beside(path, end)]
            close = difflib.get_close_matches(path.name, there, n=1)
            hint = (
                f"did you mean {path.with_name(close[0])}?" if close else "name a Python file or an importable module"
            )
            raise UsageError(name, "no such file", hint)


def _files_beside(path: Path, end: str) -> list[Path]:
    try:
        return sorted(path.parent.glob(f"*{end}"))
    except OSError:
        return []


def read_spec(text: str, location: str) -> LayerSpec:
    """Returns the layer that a JSON spec describes; see `parse_spec`.

    Raises:
        UsageError: The text is not JSON, or the spec is incomplete or invalid.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(location, f"not JSON: {error}", _SPEC_HINT) from error
    return parse_spec(document, location)


def parse_spec(document: Any, location: str) -> LayerSpec:
    """Returns the layer that a spec describes: `{"class_name": ..., "config": {...}, "input_shape": [...]}`.

    The output of `keras.saving.serialize_keras_object` is also a spec. `input_shape` is optional. For several inputs it
    is an object with a shape for each name. Without `input_shape`, the shape in `build_config` is used.

    Raises:
        UsageError: The spec is incomplete or invalid.
    """
    if not isinstance(document, dict) or not isinstance(document.get("class_name"), str):
        raise UsageError(location, "the spec has no class_name", _SPEC_HINT)
    config = document.get("config", {})
    if not isinstance(config, dict):
        raise UsageError(location, "config is not a JSON object", _SPEC_HINT)
    build_config = document.get("build_config")
    built_shape = build_config.get("input_shape") if isinstance(build_config, dict) else None
    return LayerSpec(
        name=_name(document),
        arguments=config,
        inputs=_inputs(document["input_shape"], location) if "input_shape" in document else _built_with(built_shape),
        input_dtype=str(document.get("input_dtype", "float32")),
        serialized=True,
    )


_SPEC_HINT = 'a spec looks like {"class_name": "CustomConv2D", "config": {"filters": 8}, "input_shape": [1, 28, 28, 3]}'


def _name(document: Mapping[str, Any]) -> str:
    module, class_name = document.get("module"), document["class_name"]
    if isinstance(document.get("registered_name"), str) and ">" in document["registered_name"]:
        return str(document["registered_name"])
    if isinstance(module, str) and module.split(".")[0] not in {"keras", "builtins", "__main__"}:
        return f"{module}:{class_name}"
    return str(class_name)


def _inputs(shapes: Any, location: str) -> tuple[InputShape, ...]:
    named = shapes.items() if isinstance(shapes, dict) else [(None, shapes)]
    inputs = []
    for name, shape in named:
        if not isinstance(shape, list) or not all(type(size) is int for size in shape):
            raise UsageError(location, f"input_shape {json.dumps(shape)} is not a list of whole numbers", _SPEC_HINT)
        inputs.append(valid_shape(InputShape(tuple(shape), name)))
    return tuple(inputs)


def _built_with(shape: Any) -> tuple[InputShape, ...]:
    if not isinstance(shape, list) or not all(size is None or type(size) is int for size in shape):
        return ()
    sizes = [1 if size is None else size for size in shape]
    return (InputShape(tuple(sizes)),) if all(size >= 1 for size in sizes) else ()
