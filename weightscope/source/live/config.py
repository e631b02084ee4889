"""The config that a saved model brings, looked at without Keras running anything of it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from weightscope.source.identify import Format
from weightscope.source.live.framework import keras


def read_config(path: Path, file_format: Format) -> Any:
    """Returns the parsed config of the model, or None where it has none or it cannot be parsed."""
    try:
        if file_format is Format.KERAS:
            with zipfile.ZipFile(path) as archive:
                return json.loads(archive.read("config.json"))
        if file_format is Format.KERAS_FOLDER:
            return json.loads((path / "config.json").read_bytes())
        import pyfive

        with pyfive.File(str(path)) as file:
            return json.loads(file.attrs["model_config"])
    except Exception:
        return None


def unknown_classes(config: Any, known: dict[str, Any]) -> list[str]:
    """Returns the names of the classes that neither Keras, its registry, nor `known` can supply."""
    unknown = dict.fromkeys(part["class_name"] for part in _objects(config) if not _is_known(part, known))
    return list(unknown)


def python_lambdas(config: Any) -> list[str]:
    """Returns the names of the Lambda layers whose function is stored as Python bytecode."""
    return [
        str((part.get("config") or {}).get("name", "lambda"))
        for part in _objects(config)
        if part["class_name"] == "Lambda" and _is_bytecode((part.get("config") or {}).get("function"))
    ]


def _is_bytecode(function: Any) -> bool:
    return isinstance(function, list) or (isinstance(function, dict) and function.get("class_name") == "__lambda__")


def _is_known(part: dict[str, Any], known: dict[str, Any]) -> bool:
    name, module = part["class_name"], part.get("module")
    registered = part.get("registered_name") or name
    if name.startswith("__") or name in known or registered in known:
        return True
    if keras.saving.get_registered_object(registered) is not None:
        return True
    if module is None:  # the legacy format: a bare class name, of anything Keras serialises
        places = (
            keras.layers,
            keras,
            keras.initializers,
            keras.regularizers,
            keras.constraints,
            keras.dtype_policies,
        )
        return name in {"Functional", "Model", "Policy"} or any(hasattr(place, name) for place in places)
    return str(module).split(".")[0] in {"keras", "builtins"}


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Yields every `{"class_name": ..., "config": ...}` inside the config, outermost first."""
    pending = [config]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if isinstance(part.get("class_name"), str) and "config" in part:
                yield part
            pending.extend(value for key, value in reversed(part.items()) if key != "compile_config")
        elif isinstance(part, list):
            pending.extend(reversed(part))
