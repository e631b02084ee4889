"""Named variables and stored tensors brought together: variables as an inspection lists them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from weightscope.inspection import Finding, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.bundle import Bundle, BundleEntry
from weightscope.source.file.checkpoint.graph_messages import KEY, checkpoint_graph
from weightscope.source.file.checkpoint.graph_variables import GraphVariable, KerasObject, graph_variables
from weightscope.source.file.checkpoint.key_graph import graph_of_keys
from weightscope.source.file.checkpoint.named_keys import named_variables
from weightscope.source.file.checkpoint.object_graph import ObjectGraph

Rows = Iterable[tuple[GraphVariable, BundleEntry]]


def list_tensors(rows: Rows) -> tuple[tuple[Variable, ...], tuple[Variable, ...]]:
    """Returns the variables of the model, and those of its optimizers, each path once."""
    model, optimizers = UniquePaths(), UniquePaths()
    variables: list[Variable] = []
    slots: list[Variable] = []
    names: dict[str, str] = {}
    for named, entry in rows:
        is_slot = named.role == "optimizer"
        path, name = named.path, named.name.rpartition("/")[2]
        info = VariableInfo(
            # of a hundred thousand variables, each text that is there already is used again
            path=(optimizers if is_slot else model)(entry.key if path == entry.key else path),
            name=names.setdefault(name, name),
            layer=named.layer,
            layer_class=named.layer_class,
            role=named.role,
            shape=entry.shape,
            dtype=entry.dtype,
            trainable=named.trainable,
            stored_at=entry.key or None,
        )
        (slots if is_slot else variables).append(Variable(info, entry.values, has_values=entry.has_values))
    return tuple(variables), tuple(slots)


def optimizer_names(slots: Iterable[Variable]) -> str | None:
    """Returns the names of the optimizers that keep these variables, joined with commas; None for none."""
    return ", ".join(dict.fromkeys(one.info.layer for one in slots)) or None


def graph_of_bundle(bundle: Bundle) -> ObjectGraph | None:
    """Returns the graph of a checkpoint's objects; None where it has names only, as TF 1 wrote it.

    Raises:
        FileError: The graph is damaged, or larger than any model's.
    """
    data = bundle.read_text(KEY)
    if data is None:
        return graph_of_keys(bundle.entries, bundle.location)
    return checkpoint_graph(data, bundle.location, bundle.stored_key)


def graph_rows(
    graph: ObjectGraph,
    entries: dict[str, BundleEntry],
    keras: Mapping[int, KerasObject] | None = None,
    absent: Callable[[GraphVariable], BundleEntry | None] = lambda _: None,
) -> Rows:
    """Yields what the objects of a graph store, each tensor once, and then what else is stored, named by its key.

    Args:
        graph: The objects.
        entries: The tensors, by key. Each is taken out when it is yielded: there may be a hundred thousand.
        keras: The objects that are known to be models and layers of Keras.
        absent: Describes a variable whose values are not among the tensors; None if it is left out.
    """
    known = graph.stored_keys().intersection(entries)
    named = deque(graph_variables(graph, keras))
    del graph  # what is made of it takes as much memory: of each object, either is needed
    while named:
        one = named.popleft()
        key = one.stored.key
        entry = entries.pop(key, None) if key in known else absent(one)
        if entry is not None:
            yield one, entry
    for key in known:
        entries.pop(key, None)
    yield from named_rows(entries)


def named_rows(entries: dict[str, BundleEntry], trainable: Mapping[str, bool] | None = None) -> Rows:
    """Yields tensors named by their keys.

    Args:
        entries: By key. Each is taken out when it is yielded.
        trainable: What is known of some of them.
    """
    named = (one for one in named_variables(entries, trainable or {}) if one.stored.key != KEY)
    return ((one, entries.pop(one.stored.key)) for one in named)


def shard_notes(bundle: Bundle) -> tuple[Finding, ...]:
    """Returns a note on each data shard that is not there, or that is a symbolic link."""
    missing = "is not there: the values that lie in it cannot be read"
    linked = "is a symbolic link: its values are shown only where their checksum is right"
    return (
        *(Finding("missing-shard", "warning", f"{escape(name)} {missing}") for name in bundle.missing_shards),
        *(Finding("linked-shard", "note", f"{escape(name)} {linked}") for name in bundle.linked_shards),
    )
