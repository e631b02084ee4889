"""The JSON documents, as Python dicts: what `--json` prints and `to_dict()` returns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from weightscope.inspection import ForwardPass, ModelInfo, Note, Signature, SourceInfo, TensorInfo, VariableInfo
from weightscope.inspection.layer_entry import LayerEntry
from weightscope.inspection.measured import LayerSum, Listing, Measured
from weightscope.inspection.statistics import STATISTICS, Grid, Histogram, Statistics
from weightscope.inspection.variable import Gradient

INSPECTION_SCHEMA = "weightscope.inspection/1"
LAYERS_SCHEMA = "weightscope.layers/1"

#: What an entry has beside its `statistics`.
_BESIDE_STATISTICS = ("histogram", "grid")


def inspection_document(listing: Listing) -> dict[str, Any]:
    """Returns the document of one model; strict JSON, in the order of INTERFACE: facts, totals, variables, notes."""
    inspection = listing.inspection
    document: dict[str, Any] = {
        "schema": INSPECTION_SCHEMA,
        "source": source_entry(inspection.source),
        "read_with": inspection.read_with,
        "model": _model(inspection.model),
        "forward_pass": _forward_pass(inspection.forward_pass),
        **({"signatures": list(map(_signature, inspection.signatures))} if inspection.signatures else {}),
        "totals": asdict(inspection.totals),
    }
    if listing.layers is None:
        document["variables"] = [variable_entry(row) for row in listing.rows]
    else:
        document["layers"] = [layer_sum_entry(one) for one in listing.layers]
    document["notes"] = [_note(note) for note in inspection.notes]
    return document


def variable_entry(row: Measured) -> dict[str, Any]:
    """Returns one entry of `variables`."""
    info = row.info
    return {
        "path": info.path,
        "name": info.name,
        "layer": info.layer,
        "layer_class": info.layer_class,
        "role": info.role,
        "shape": list(info.shape),
        "dtype": info.dtype,
        "parameters": info.parameters,
        "bytes": info.bytes,
        "trainable": info.trainable,
        "stored_at": info.stored_at,
        **({} if info.created_in is None else {"created_in": info.created_in}),
        **({} if row.gradient is None else {"gradient_norm": _strict_or_none(row.gradient.norm)}),
        "preview": [] if row.preview is None else [strict(number) for number in row.preview.values],
        **_measures(row.statistics),
    }


def layer_sum_entry(layer: LayerSum) -> dict[str, Any]:
    """Returns one entry of `layers`, the rows of `--by layer`."""
    entry = {field.name: getattr(layer, field.name) for field in fields(layer) if field.name != "statistics"}
    return {**entry, **_measures(layer.statistics)}


def _measures(statistics: Statistics | None) -> dict[str, Any]:
    """Returns what the values say; a histogram and a grid only where there are statistics."""
    if statistics is None:
        return {"statistics": None}
    return {
        "statistics": statistics_entry(statistics),
        "histogram": histogram_entry(statistics.histogram),
        "grid": _grid(statistics.grid),
    }


def statistics_entry(statistics: Statistics | None) -> dict[str, Any] | None:
    """Returns `statistics`: a number each, null for moments of no values."""
    if statistics is None:
        return None
    return {name: _strict_or_none(getattr(statistics, name)) for name in STATISTICS}


def _grid(grid: Grid | None) -> dict[str, Any] | None:
    return None if grid is None else {"distinct": grid.distinct, "step": _strict_or_none(grid.step)}


def histogram_entry(histogram: Histogram | None) -> dict[str, Any] | None:
    """Returns `histogram`: edges, and one count less."""
    if histogram is None:
        return None
    return {"edges": [strict(edge) for edge in histogram.edges], "counts": list(histogram.counts)}


def flat_rows(listing: Listing) -> Iterator[dict[str, Any]]:
    """Yields the entries of `variables` (or of `layers`) by themselves, with the model's location first."""
    location = {"location": listing.inspection.source.location}
    names = flat_fields(listing)
    entries = map(variable_entry, listing.rows) if listing.layers is None else map(layer_sum_entry, listing.layers)
    for entry in entries:
        statistics = entry.pop("statistics")
        others = {name: entry.pop(name, None) for name in _BESIDE_STATISTICS}
        measures = {**(statistics or dict.fromkeys(STATISTICS)), **others}
        row = {**location, **entry, **(measures if listing.has_statistics else {})}
        yield {name: row.get(name) for name in names}


def flat_fields(listing: Listing) -> list[str]:
    """Returns the names that every flat row of the listing has, in order, even when it has no rows."""
    if listing.layers is None:
        created_in = next((row.info.created_in for row in listing.rows if row.info.created_in), None)
        gradient = Gradient(None) if listing.inspection.has_gradients else None
        entry = variable_entry(
            Measured(VariableInfo("", "", "", None, "weight", (), "", None, created_in=created_in), gradient=gradient)
        )
    else:
        entry = layer_sum_entry(LayerSum("", None, 0, 0, None, 0, 0.0))
    names = [name for name in entry if name != "statistics"]
    return ["location", *names, *((*STATISTICS, *_BESIDE_STATISTICS) if listing.has_statistics else ())]


def layers_document(entries: Iterable[LayerEntry]) -> dict[str, Any]:
    """Returns the document of `weightscope layers`."""
    return {"schema": LAYERS_SCHEMA, "layers": [layer_entry(entry) for entry in entries]}


def layer_entry(entry: LayerEntry) -> dict[str, Any]:
    """Returns one entry of the layers that can be built by name; defaults that are no JSON as Python writes them."""
    return {
        "name": entry.name,
        "module": entry.module,
        "origin": entry.origin,
        "signature": entry.signature,
        "defaults": {name: _plain(default) for name, default in entry.defaults.items()},
        "summary": entry.summary,
    }


def strict(number: Any) -> Any:
    """Returns `number`, or the string that stands for it where JSON has no such number."""
    if isinstance(number, float) and not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return number if isinstance(number, (bool, int, float, str)) else str(number)


def _strict_or_none(number: Any) -> Any:
    return None if number is None else strict(number)


def source_entry(source: SourceInfo) -> dict[str, Any]:
    """Returns `source`: where a model comes from."""
    return {
        "location": source.location,
        "format": source.format,
        "bytes": source.bytes,
        "keras_version": source.keras_version,
        "saved_at": source.saved_at,
        "backend": source.backend,
        "tensorflow_version": source.tensorflow_version,
    }


def _model(model: ModelInfo) -> dict[str, Any]:
    return {
        "name": model.name,
        "class_name": model.class_name,
        "optimizer": model.optimizer,
        "loss": model.loss,
        "custom_objects": list(model.custom_objects),
    }


def _plain(default: Any) -> Any:
    if isinstance(default, (list, tuple)):
        return [_plain(part) for part in default]
    return default if default is None else strict(default)


def _forward_pass(forward_pass: ForwardPass | None) -> dict[str, Any] | None:
    if forward_pass is None:
        return None
    return {
        "inputs": list(map(_named_tensor, forward_pass.inputs)),
        "outputs": [_tensor(one) for one in forward_pass.outputs],
        "error": forward_pass.error,
    }


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "name": signature.name,
        "tags": list(signature.tags),
        "inputs": list(map(_named_tensor, signature.inputs)),
        "outputs": list(map(_named_tensor, signature.outputs)),
    }


def _named_tensor(tensor: TensorInfo) -> dict[str, Any]:
    return {"name": tensor.name, **_tensor(tensor)}


def _tensor(tensor: TensorInfo) -> dict[str, Any]:
    return {"shape": None if tensor.shape is None else list(tensor.shape), "dtype": tensor.dtype}


def _note(note: Note) -> dict[str, Any]:
    entry = {"code": note.code, "level": note.level, "variable": note.variable, "message": note.message}
    return entry if note.fix is None else {**entry, "fix": note.fix}
