"""Pairs of models, one to save and one to load into: equal, renamed, reordered, of other sizes, classes and options."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.source.file.keras_oracle import keras

layers = keras.layers
Make = Callable[[], Any]


@dataclass(frozen=True)
class Pair:
    """Makes the model that is saved and the one that its weights are loaded into.

    Attributes:
        name: What is special about the pair.
        source: Makes the model that is saved.
        target: Makes the model that the weights are loaded into.
        is_saved: Whether the target may be a saved model; what a custom model's file says of it is not enough.
    """

    name: str
    source: Make
    target: Make
    is_saved: bool = True


def sequential(*made: Make, shape: tuple[int, ...] = (4,)) -> Any:
    return keras.Sequential([keras.Input(shape), *(one() for one in made)])


def functional(*made: Make, shape: tuple[int, ...] = (4,), outer: str | None = None) -> Any:
    inputs = outputs = keras.Input(shape)
    for one in made:
        outputs = one()(outputs)
    return keras.Model(inputs, outputs, name=outer)


def dense(units: int = 4, **options: Any) -> Make:
    return partial(layers.Dense, units, **options)


@keras.saving.register_keras_serializable(package="pairs")
class MyDense(layers.Dense):  # type: ignore[misc, name-defined]
    """A subclass has a group name of its own."""


@keras.saving.register_keras_serializable(package="pairs")
class Keyed(layers.Layer):  # type: ignore[misc, name-defined]
    """Stores its weight under a key of its own."""

    def build(self, shape: Any) -> None:
        self.w = self.add_weight(shape=(shape[-1], 4), name="w")

    def call(self, inputs: Any) -> Any:
        return inputs @ self.w

    def save_own_variables(self, store: Any) -> None:
        store["w"] = self.w

    def load_own_variables(self, store: Any) -> None:
        self.w.assign(store["w"])


@keras.saving.register_keras_serializable(package="pairs")
class Plain(layers.Layer):  # type: ignore[misc, name-defined]
    """The same weight under Keras' own key."""

    def build(self, shape: Any) -> None:
        self.w = self.add_weight(shape=(shape[-1], 4), name="w")

    def call(self, inputs: Any) -> Any:
        return inputs @ self.w


@keras.saving.register_keras_serializable(package="pairs")
class Stack(layers.Layer):  # type: ignore[misc, name-defined]
    """Keeps layers in a container: a list, a dict, or lists inside a list."""

    def __init__(self, kind: str = "list", units: Any = (4, 4), **options: Any) -> None:
        super().__init__(**options)
        self.kind, self.units = kind, list(units)
        made = [layers.Dense(one) for one in self.units]
        if kind == "list":
            self.blocks: Any = made
        elif kind == "dict":
            self.blocks = {f"b{place}": one for place, one in enumerate(made)}
        else:
            self.blocks = [[one] for one in made]

    def _all(self) -> list[Any]:
        held = self.blocks.values() if self.kind == "dict" else self.blocks
        return [one[0] if self.kind == "nested" else one for one in held]

    def build(self, shape: Any) -> None:
        for one in self._all():
            one.build(shape)
            shape = (*shape[:-1], one.units)

    def call(self, inputs: Any) -> Any:
        for one in self._all():
            inputs = one(inputs)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "kind": self.kind, "units": self.units}


@keras.saving.register_keras_serializable(package="pairs")
class Scores(layers.Layer):  # type: ignore[misc, name-defined]
    """Multiplies by the table of an embedding, or by a table of its own."""

    def __init__(self, embedding: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.embedding = embedding

    def build(self, shape: Any) -> None:
        tied = self.embedding
        self.table = self.add_weight(shape=(5, shape[-1]), name="table") if tied is None else tied.embeddings

    def call(self, inputs: Any) -> Any:
        return keras.ops.matmul(inputs, keras.ops.transpose(self.table))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "embedding": keras.saving.serialize_keras_object(self.embedding)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(keras.saving.deserialize_keras_object(config.pop("embedding")), **config)


def scored(*, is_tied: bool = True) -> Any:
    tokens, inputs = layers.Embedding(5, 4, name="tokens"), keras.Input((3,), dtype="int32")
    return keras.Model(inputs, Scores(tokens if is_tied else None, name="scores")(tokens(inputs)))


def shared(twice: bool = True) -> Any:
    layer, first, second = layers.Dense(4, name="both"), keras.Input((4,)), keras.Input((4,))
    other = layer if twice else layers.Dense(4, name="other")
    return keras.Model([first, second], layers.Add()([layer(first), other(second)]))


def nested(names: tuple[str, str] = ("a", "b"), kind: str = "functional", frozen: int | None = None) -> Any:
    make = functional if kind == "functional" else sequential
    inner = make(dense(name=names[0]), partial(layers.BatchNormalization, name=names[1]))
    if frozen is not None:
        inner.layers[frozen].trainable = False
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(2, name="head")(inner(inputs)))


def nested_dense(frozen: int | None = None) -> Any:
    inner = functional(dense(name="a"), dense(name="b"), outer="inner")
    if frozen is not None:
        inner.get_layer("ab"[frozen]).trainable = False
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(2, name="head")(inner(inputs)))


def quantized(mode: str | None, **options: Any) -> Any:
    model = sequential(dense(name="a", **options), dense(name="b", **options))
    if mode is not None:
        model.quantize(mode)
    return model


def attention(heads: int = 2, bias: bool = True) -> Any:
    inputs = keras.Input((5, 4))
    return keras.Model(inputs, layers.MultiHeadAttention(heads, 3, use_bias=bias)(inputs, inputs))


def normalized(**options: Any) -> Any:
    return sequential(dense(), partial(layers.BatchNormalization, **options))


def recurrent(make: Make, **options: Any) -> Any:
    return sequential(partial(make, **options), dense(2), shape=(5, 3))


BASE = partial(sequential, dense(name="a"), dense(name="b"))
FUNCTIONAL = partial(functional, dense(name="a"), dense(name="b"))


def _chains() -> Iterator[Pair]:
    """Yields pairs of chains of dense layers, saved as Sequential and as Functional models."""
    for kind, make in (("sequential", sequential), ("functional", functional)):
        two = partial(make, dense(name="a"), dense(name="b"))
        others: dict[str, Make] = {
            "equal": two,
            "renamed": partial(make, dense(name="x"), dense(name="y")),
            "swapped": partial(make, dense(name="b"), dense(name="a")),
            "one-more": partial(make, dense(name="a"), dense(name="b"), dense(name="c")),
            "one-less": partial(make, dense(name="a")),
            "without-bias": partial(make, dense(name="a", use_bias=False), dense(name="b")),
            "last-without-bias": partial(make, dense(name="a"), dense(name="b", use_bias=False)),
            "other-sizes": partial(make, dense(8, name="a"), dense(name="b")),
            "other-last-size": partial(make, dense(name="a"), dense(8, name="b")),
            "other-input": partial(make, dense(name="a"), dense(name="b"), shape=(6,)),
            "other-class": partial(make, dense(name="a"), partial(layers.LayerNormalization, name="b")),
            "subclass": partial(make, partial(MyDense, 4, name="a"), dense(name="b")),
            "dropout-between": partial(make, dense(name="a"), partial(layers.Dropout, 0.5), dense(name="b")),
            "half": partial(make, dense(name="a", dtype="float16"), dense(name="b")),
            "frozen": partial(make, dense(name="a", trainable=False), dense(name="b")),
            "activation": partial(make, dense(name="a", activation="relu"), dense(name="b")),
        }
        for name, other in others.items():
            yield Pair(f"{kind}-{name}", two, other)
            if name != "equal":
                yield Pair(f"{kind}-{name}-back", other, two)
    yield Pair("sequential-to-functional", BASE, FUNCTIONAL)
    yield Pair("functional-to-sequential", FUNCTIONAL, BASE)


def _containers() -> Iterator[Pair]:
    kinds = ("list", "dict", "nested")
    for first in kinds:
        for second in kinds:
            make = partial(sequential, partial(Stack, first), dense(2))
            yield Pair(f"stack-{first}-{second}", make, partial(sequential, partial(Stack, second), dense(2)))
    for kind in kinds:
        short, long = partial(sequential, partial(Stack, kind)), partial(sequential, partial(Stack, kind, (4, 4, 4)))
        yield Pair(f"stack-{kind}-more", short, long)
        yield Pair(f"stack-{kind}-less", long, short)
    yield Pair("keyed-equal", partial(sequential, Keyed), partial(sequential, Keyed))
    yield Pair("keyed-to-plain", partial(sequential, Keyed), partial(sequential, Plain))
    yield Pair("plain-to-keyed", partial(sequential, Plain), partial(sequential, Keyed))


def _families() -> Iterator[Pair]:
    options: tuple[tuple[str, dict[str, bool], dict[str, bool]], ...] = (
        ("bn-center-scale", {}, {"center": False}),
        ("bn-beta-gamma", {"scale": False}, {"center": False}),
        ("bn-gamma-beta", {"center": False}, {"scale": False}),
        ("bn-none", {"scale": False, "center": False}, {}),
        ("bn-renorm", {}, {"renorm": True}),
    )
    for name, first, second in options:
        yield Pair(name, partial(normalized, **first), partial(normalized, **second))
    for name, one, other in (
        ("lstm-gru", partial(layers.LSTM, 3), partial(layers.GRU, 3)),
        ("lstm-cell", partial(layers.LSTM, 3), lambda: layers.RNN(layers.LSTMCell(3))),
        ("gru-cell", partial(layers.GRU, 3), lambda: layers.RNN(layers.GRUCell(3))),
        ("gru-reset", partial(layers.GRU, 3), partial(layers.GRU, 3, reset_after=False)),
        ("lstm-units", partial(layers.LSTM, 3), partial(layers.LSTM, 5)),
        ("lstm-bias", partial(layers.LSTM, 3), partial(layers.LSTM, 3, use_bias=False)),
        (
            "bidirectional",
            lambda: layers.Bidirectional(layers.LSTM(3)),
            lambda: layers.Bidirectional(layers.GRU(3)),
        ),
        ("bidirectional-to-plain", lambda: layers.Bidirectional(layers.LSTM(3)), partial(layers.LSTM, 3)),
        ("time-distributed", lambda: layers.TimeDistributed(layers.Dense(3)), partial(layers.Dense, 3)),
        ("conv-separable", partial(layers.Conv1D, 3, 2), partial(layers.SeparableConv1D, 3, 2)),
        ("conv-kernel-size", partial(layers.Conv1D, 3, 2), partial(layers.Conv1D, 3, 3)),
    ):
        yield Pair(name, partial(recurrent, one), partial(recurrent, other))
        yield Pair(f"{name}-back", partial(recurrent, other), partial(recurrent, one))
    yield Pair("attention-heads", attention, partial(attention, 4))
    yield Pair("attention-bias", attention, partial(attention, bias=False))
    yield Pair("attention-equal", attention, attention)
    spectral = partial(sequential, lambda: layers.SpectralNormalization(layers.Dense(4, name="a")), dense(name="b"))
    yield Pair("spectral-equal", spectral, spectral)
    yield Pair("spectral-to-dense", spectral, BASE)
    yield Pair("dense-to-spectral", BASE, spectral)
    embedding = partial(sequential, partial(layers.Embedding, 7, 4), layers.Flatten, shape=(3,))
    yield Pair("embedding-sizes", embedding, partial(sequential, partial(layers.Embedding, 9, 4), shape=(3,)))


def _models() -> Iterator[Pair]:
    yield Pair("shared", shared, shared)
    yield Pair("shared-to-two", shared, partial(shared, False))
    yield Pair("two-to-shared", partial(shared, False), shared)
    for name, options in (
        ("renamed", {"names": ("x", "y")}),
        ("class", {"kind": "sequential"}),
        ("frozen-first", {"frozen": -1}),
        ("frozen-dense", {"frozen": -2}),
    ):
        yield Pair(f"nested-{name}", nested, partial(nested, **options))
        yield Pair(f"nested-{name}-back", partial(nested, **options), nested)
    yield Pair("nested-equal", nested, nested)
    yield Pair("nested-frozen-part", partial(nested_dense, 0), nested_dense)
    yield Pair("nested-frozen-target", nested_dense, partial(nested_dense, 0))
    yield Pair("nested-frozen-both", partial(nested_dense, 0), partial(nested_dense, 0))
    yield Pair("nested-frozen-other", partial(nested_dense, 0), partial(nested_dense, 1))
    yield Pair("nested-to-flat", nested, partial(functional, dense(name="a"), dense(2, name="head")))
    for one in (None, "int8"):
        for other in (None, "int8"):
            yield Pair(f"quantized-{one}-{other}", partial(quantized, one), partial(quantized, other))
    whole, without_bias = partial(quantized, None), partial(quantized, "int8", use_bias=False)
    yield Pair("float-to-int8-no-bias", whole, without_bias)
    yield Pair("int8-no-bias-to-float", without_bias, whole)
    lora = partial(sequential, dense(name="a", lora_rank=2), dense(name="b"))
    yield Pair("lora-equal", lora, lora)
    yield Pair("lora-to-base", lora, BASE)
    yield Pair("base-to-lora", BASE, lora)


@keras.saving.register_keras_serializable(package="pairs")
class Heads(keras.Model):  # type: ignore[misc]
    """A model of one's own, with layers in a container whose name sorts before or after `layers`."""

    def __init__(self, name_of_list: str = "blocks", kind: str = "list", count: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.kept = {"name_of_list": name_of_list, "kind": kind, "count": count}
        made = [layers.Dense(4) for _ in range(count)]
        held: Any = made if kind == "list" else [[one] for one in made]
        setattr(self, name_of_list, dict(enumerate(made)) if kind == "dict" else held)
        self.all_of_them = made
        self.last = layers.Dense(2)
        self.w = self.add_weight(shape=(2,), name="w")

    def call(self, inputs: Any) -> Any:
        for one in self.all_of_them:
            inputs = one(inputs)
        return self.last(inputs) + self.w

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self.kept}


def heads(*arguments: Any) -> Any:
    model = Heads(*arguments)
    model(keras.ops.zeros((1, 4)))
    return model


def compiled() -> Any:
    model = BASE()
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def _custom_models() -> Iterator[Pair]:
    """Yields pairs with models of one's own, and with an optimizer on one side."""
    for first in (("blocks",), ("towers",), ("blocks", "dict"), ("blocks", "nested"), ("towers", "nested")):
        for second in (("blocks",), ("towers",), ("blocks", "nested")):
            name = f"model-{'-'.join(first)}-to-{'-'.join(second)}"
            yield Pair(name, partial(heads, *first), partial(heads, *second), False)
    two, three = partial(heads, "blocks", "list", 2), partial(heads, "blocks", "list", 3)
    tied, untied = scored, partial(scored, is_tied=False)
    yield Pair("tied", tied, tied, False)
    yield Pair("untied-to-tied", untied, tied, False)
    yield Pair("model-more", two, three, False)
    yield Pair("model-less", three, two, False)
    yield Pair("model-to-functional", heads, FUNCTIONAL)
    yield Pair("functional-to-model", FUNCTIONAL, heads, False)
    yield Pair("optimizer-source", compiled, BASE)
    yield Pair("optimizer-target", BASE, compiled)
    yield Pair("optimizer-both", compiled, compiled)


PAIRS = (*_chains(), *_containers(), *_families(), *_models(), *_custom_models())

#: Some of every kind, which between them take every branch of the plan that all pairs take. The others are slow.
QUICK = frozenset(
    [
        "sequential-equal",
        "untied-to-tied",
        "sequential-renamed",
        "sequential-swapped",
        "sequential-one-more",
        "sequential-one-more-back",
        "sequential-without-bias",
        "sequential-other-sizes",
        "sequential-other-class",
        "sequential-subclass",
        "sequential-half",
        "sequential-dropout-between",
        "sequential-frozen",
        "functional-one-less-back",
        "functional-other-class-back",
        "functional-renamed",
        "functional-other-input",
        "sequential-to-functional",
        "stack-list-dict",
        "stack-nested-less",
        "keyed-to-plain",
        "plain-to-keyed",
        "bn-center-scale",
        "bn-beta-gamma",
        "lstm-gru",
        "lstm-cell",
        "gru-reset",
        "bidirectional-back",
        "time-distributed",
        "conv-separable",
        "attention-heads",
        "spectral-equal",
        "dense-to-spectral",
        "embedding-sizes",
        "shared-to-two",
        "nested-renamed",
        "nested-class",
        "nested-frozen-first",
        "nested-frozen-other",
        "nested-to-flat",
        "quantized-None-int8",
        "quantized-int8-int8",
        "base-to-lora",
        "lora-equal",
        "model-blocks-to-blocks",
        "model-blocks-to-towers",
        "model-towers-nested-to-blocks",
        "model-to-functional",
        "functional-to-model",
        "optimizer-both",
    ]
)
