"""Every fix that `check` gives is tried with Keras: afterwards the finding is gone, or loading and training work."""

from __future__ import annotations

import json
import re
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving import legacy_h5_format

from tests.conftest import of_the_present_keras
from weightscope import ExportOptions, check_model, export, inspect_model
from weightscope.inspection.finding import Finding
from weightscope.measure.check import fixes

layers = keras.layers
RANDOM = np.random.default_rng(0)
X, Y = RANDOM.random((32, 4)).astype("float32"), RANDOM.random((32, 2)).astype("float32")

FIXES = {name: text for name, text in vars(fixes).items() if name.isupper()}


def chain(*inner: Any, shape: tuple[int, ...] = (4,)) -> Any:
    return keras.Sequential([keras.Input(shape), *inner])


def dense_model(units: int = 5) -> Any:
    return chain(layers.Dense(units, name="a", activation="tanh"), layers.Dense(2, name="b"))


def trained(model: Any, *, optimizer: Any = None, epochs: int = 2, x: Any = X) -> Any:
    # a graph takes longer to trace than these few steps take
    model.compile(optimizer or keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    model.fit(x, Y, epochs=epochs, verbose=0)
    return model


def found(model: Any, rule: str, path: Path) -> list[Finding]:
    """Returns what a rule finds in a model that is saved at `path` (a model that is a path already is not saved)."""
    if not isinstance(model, Path):
        model.save(path)
    return [one for one in check_model(path) if one.code == rule]


def sick(model: Any, rule: str, fix: str, path: Path) -> Finding:
    """Returns the first finding of a rule, which must give this fix."""
    first, *_ = found(model, rule, path)
    assert first.fix == fix
    return first


def change(path: Path, edit: Callable[[Any], None]) -> Path:
    """Edits the config of a saved model."""
    if path.suffix == ".h5":
        with h5py.File(path, "a") as file:
            config = json.loads(file.attrs["model_config"])
            edit(config)
            file.attrs["model_config"] = json.dumps(config)
        return path
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    edit(config)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def earlier_checkpoint(path: Path) -> None:
    model = trained(dense_model())
    before = path.with_name("before.weights.h5")
    model.save_weights(before)
    for rule, rate in (("nan-values", 1e30), ("exploding-values", 1e7)):
        diverging = trained(dense_model(), optimizer=keras.optimizers.SGD(rate), epochs=1 if rate < 1e9 else 5)
        sick(diverging, rule, fixes.EARLIER_CHECKPOINT, path)
        for optimizer in (keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.1, clipnorm=1.0)):
            diverging.load_weights(before)
            assert found(trained(diverging, optimizer=optimizer), rule, path) == []


def float32(path: Path) -> None:
    model = chain(layers.Dense(2, name="a", dtype="float16"))
    large = np.full((4, 2), 1e5, "float32")
    model.layers[0].kernel.assign(large)
    sick(model, "infinite-values", fixes.FLOAT32, path)
    model = chain(layers.Dense(2, name="a"))
    model.layers[0].kernel.assign(large)
    assert found(model, "infinite-values", path) == []


def random_or_restored(path: Path) -> None:
    model = trained(dense_model())
    before = path.with_name("before.weights.h5")
    model.save_weights(before)
    kernel = model.get_layer("a").kernel
    for rule, value in (("zero-kernel", 0.0), ("constant-kernel", 2.0)):
        kernel.assign(np.full((4, 5), value))
        sick(model, rule, fixes.RANDOM_OR_RESTORED, path)
        model.load_weights(before)
        assert found(model, rule, path) == []
        kernel.assign(np.full((4, 5), value))
        kernel.assign(keras.initializers.GlorotUniform()(kernel.shape))
        assert found(trained(model), rule, path) == []


def dead(path: Path) -> None:
    model = trained(dense_model())
    layer = model.get_layer("a")
    values = np.array(layer.kernel)
    values[:, 3] = 0
    layer.kernel.assign(values)
    sick(model, "dead-channels", fixes.DEAD, path)
    without = dense_model(4)
    without.get_layer("a").set_weights([np.delete(values, 3, axis=1), np.delete(np.array(layer.bias), 3)])
    assert found(without, "dead-channels", path) == []
    values[:, 3] = RANDOM.random(4)
    layer.kernel.assign(values)
    assert found(trained(model), "dead-channels", path) == []


def training_mode(path: Path) -> None:
    model = chain(layers.BatchNormalization(name="bn"), layers.Dense(2))
    sick(model, "untrained-batchnorm", fixes.TRAINING_MODE, path)
    model(X, training=True)
    assert found(model, "untrained-batchnorm", path) == []
    frozen = chain(layers.BatchNormalization(momentum=1.0, name="bn"), layers.Dense(2))
    frozen(X, training=True)
    sick(frozen, "untrained-batchnorm", fixes.TRAINING_MODE, path)


def sound_statistics(path: Path) -> None:
    model = chain(layers.BatchNormalization(name="bn"))
    gamma, beta, mean, variance = np.ones(4), np.zeros(4), np.full(4, -3.0), np.full(4, 2.0)
    model.layers[0].set_weights([gamma, beta, variance, mean])
    sick(model, "negative-variance", fixes.SOUND_STATISTICS, path)
    model.layers[0].set_weights([gamma, beta, mean, variance])
    assert found(model, "negative-variance", path) == []


def restore(path: Path) -> None:
    def large() -> Any:
        return chain(layers.Dense(40, name="a"), layers.Dense(2))

    weights = path.with_name("trained.weights.h5")
    trained(large(), epochs=20).save_weights(weights)
    model = large()
    sick(model, "untrained-weights", fixes.RESTORE, path)
    model.load_weights(weights)
    assert found(model, "untrained-weights", path) == []


def scaled_inputs(path: Path) -> None:
    model = chain(layers.BatchNormalization(momentum=0.5, name="bn"), layers.Dense(2))
    sick(trained(model, x=X * 1e6, epochs=5), "exploding-statistics", fixes.SCALED_INPUTS, path)
    assert found(trained(model, epochs=30), "exploding-statistics", path) == []


def adapt(path: Path) -> None:
    model = chain(layers.Normalization(name="n"), layers.Dense(2))
    sick(trained(model), "unadapted-normalization", fixes.ADAPT, path)
    model.layers[0].adapt(X)
    assert found(trained(model), "unadapted-normalization", path) == []
    given = chain(layers.Normalization(mean=0.0, variance=1.0, name="n"), layers.Dense(2))
    assert found(given, "unadapted-normalization", path) == []


def denormal(path: Path) -> None:
    model = chain(layers.Dense(2, name="a", dtype="float16"))
    kernel = model.layers[0].kernel
    kernel.assign(np.full((4, 2), 1e-6, "float16"))
    sick(model, "denormal-values", fixes.DENORMAL, path)
    values = np.array(kernel, "float32")
    kernel.assign(np.where(abs(values) < 2**-14, 0, values))
    assert found(model, "denormal-values", path) == []
    single = chain(layers.Dense(2, name="a"))
    single.layers[0].kernel.assign(values)
    assert found(single, "denormal-values", path) == []


def one_model(path: Path) -> None:
    small, large = dense_model(5), dense_model(6)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(large)))
    small.save(path)
    change(path, lambda whole: whole.update(config))
    sick(path, "shape-mismatch", fixes.ONE_MODEL, path)
    with pytest.raises(ValueError, match="shape"):
        keras.saving.load_model(path)
    assert found(large, "shape-mismatch", path) == []
    keras.saving.load_model(path)


def share(path: Path) -> None:
    tokens = keras.Input((4,))
    first, second = layers.Dense(4, name="first"), layers.Dense(4, name="second")
    model = keras.Model(tokens, second(first(tokens)))
    second.set_weights(first.get_weights())
    sick(model, "duplicate-variables", fixes.SHARE, path)
    assert found(keras.Model(tokens, first(first(tokens))), "duplicate-variables", path) == []


def shared_with_nested() -> Any:
    twice, inner, outer = layers.Dense(4, name="twice"), keras.Input((4,)), keras.Input((4,))
    nested = keras.Model(inner, twice(inner), name="sub")
    return keras.Model(outer, twice(nested(outer)), name="whole")


def a_shared_layer(path: Path) -> None:
    model = shared_with_nested()
    sick(model, "missing-weights", fixes.SHARED_WITH_NESTED, path)
    with pytest.raises(ValueError, match="expected 2 variables, but received 0"):
        keras.saving.load_model(path)
    again = shared_with_nested()
    again.load_weights(path)
    np.testing.assert_array_equal(again(X), model(X))
    legacy = path.with_suffix(".h5")
    assert found(model, "missing-weights", legacy) == []
    np.testing.assert_array_equal(keras.saving.load_model(legacy)(X), model(X))
    # two layers after loading, but one before: there is nothing to share
    assert all(one.fix is None for one in found(model, "duplicate-variables", legacy))


def a_lookup_of_keras_2(path: Path) -> None:
    """Keras 2 stores what Keras 3 keeps in the config alone, as a variable without a name."""
    tokens, words = keras.Input((1,), dtype="string"), keras.ops.convert_to_tensor([["a"], ["b"]])
    options: dict[str, Any] = {"output_mode": "tf_idf", "vocabulary": ["a", "b"], "idf_weights": [0.5, 0.25]}

    def made() -> Any:
        return keras.Model(tokens, layers.Dense(3, name="d")(layers.StringLookup(**options, name="lk")(tokens)))

    model, legacy = made(), path.with_suffix(".h5")
    model.save(legacy)
    with h5py.File(legacy, "a") as file:
        group = file["model_weights/lk"]
        group["Variable:0"] = np.array([0.375, 0.5, 0.25], np.float32)
        group.attrs["weight_names"] = [b"Variable:0"]
    assert sick(legacy, "unexpected-weights", fixes.LOOKUP, legacy).variable == "lk"
    assert "lk/idf_weights" in {one.info.path for one in inspect_model(legacy).variables}
    with pytest.raises(ValueError, match="Layer count mismatch"):
        keras.saving.load_model(legacy)
    again = made()
    again.load_weights(legacy, by_name=True, skip_mismatch=True)
    assert found(again, "unexpected-weights", path) == []
    np.testing.assert_array_equal(keras.saving.load_model(path)(words), model(words))


def quantized_inside_attention(path: Path) -> None:
    def attended() -> Any:
        tokens = keras.Input((3, 4))
        return keras.Model(tokens, layers.MultiHeadAttention(2, 4, name="attention")(tokens, tokens))

    model, x = attended(), np.random.default_rng(0).normal(size=(1, 3, 4)).astype("float32")
    model.quantize("int8")
    finding = sick(model, "unexpected-weights", fixes.QUANTIZE, path)
    assert "the file holds quantized weights" in finding.message
    with pytest.raises(ValueError, match="expected 2 variables"):
        keras.saving.load_model(path)
    again = attended()
    again.quantize("int8")
    again.load_weights(path)
    np.testing.assert_array_equal(again(x), model(x))


def edited_weights(path: Path, edit: Callable[[Any], None]) -> None:
    """Edits the weights of a saved model: a legacy file, or the member of a zip."""
    if path.suffix == ".h5":
        with h5py.File(path, "a") as file:
            edit(file)
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = path.with_suffix(".weights.h5")
    weights.write_bytes(members["model.weights.h5"])
    with h5py.File(weights, "a") as file:
        edit(file)
    members["model.weights.h5"] = weights.read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def mismatched(path: Path, edit: Callable[[Any], None], rule: str, fix: str, **how: Any) -> Finding:
    """Saves a model, edits its weights, and mends the model as `fix` says."""
    model = trained(dense_model())
    model.save(path, include_optimizer=False)
    edited_weights(path, edit)
    finding = sick(path, rule, fix, path)
    with pytest.raises(ValueError, match=r"expected 2 variables|[Ee]xpect"):
        keras.saving.load_model(path)
    again = dense_model()
    again.load_weights(path, skip_mismatch=True, **how)
    np.testing.assert_array_equal(again.get_layer("b").kernel, model.get_layer("b").kernel)
    assert found(trained(again), rule, path) == []
    return finding


def skip_mismatch(path: Path) -> None:
    def one_less(weights: Any) -> None:
        del weights["layers/dense/vars/1"]

    def two_more(weights: Any) -> None:
        weights["layers/dense/vars/2"] = weights["layers/dense/vars/3"] = np.ones(7, "float32")

    mismatched(path, one_less, "missing-weights", fixes.SKIP_MISMATCH)
    finding = mismatched(path, two_more, "unexpected-weights", fixes.SKIP_MISMATCH)
    assert finding.message.endswith("too many: 2 (7,) (layers/dense/vars/2), 3 (7,) (layers/dense/vars/3)")


def skip_mismatch_by_name(path: Path) -> None:
    def one_less(weights: Any) -> None:
        group = weights["model_weights/a"]
        group.attrs["weight_names"] = list(group.attrs["weight_names"])[:1]

    def one_more(weights: Any) -> None:
        group = weights["model_weights/a"]
        group["extra"] = np.ones(7, "float32")
        group.attrs["weight_names"] = [*group.attrs["weight_names"], "extra"]

    path = path.with_suffix(".h5")
    mismatched(path, one_less, "missing-weights", fixes.SKIP_MISMATCH_BY_NAME, by_name=True)
    finding = mismatched(path, one_more, "unexpected-weights", fixes.SKIP_MISMATCH_BY_NAME, by_name=True)
    assert finding.message.endswith("too many: extra (7,) (model_weights/a/extra)")


class Doubled(layers.Layer):  # type: ignore[misc, name-defined]  # Keras ships no types
    """A layer of one's own."""

    def call(self, x: Any) -> Any:
        return x * 2


def custom_objects(path: Path) -> None:
    sick(chain(layers.Dense(3), Doubled()), "needs-custom-objects", fixes.CUSTOM_OBJECTS, path)
    with pytest.raises(TypeError, match="Could not locate"):
        keras.saving.load_model(path)
    keras.saving.load_model(path, custom_objects={"Doubled": Doubled})
    with keras.saving.CustomObjectScope({}):
        registered = keras.saving.register_keras_serializable("fixes")(type("Registered", (Doubled,), {}))
        chain(layers.Dense(3), registered()).save(path)
        keras.saving.load_model(path)


def no_lambda(path: Path) -> None:
    sick(chain(layers.Lambda(lambda x: x * 2), layers.Dense(2)), "runs-code-on-load", fixes.NO_LAMBDA, path)
    assert found(chain(Doubled(), layers.Dense(2)), "runs-code-on-load", path) == []


class Block(layers.Layer):  # type: ignore[misc, name-defined]
    """Creates its layer in its constructor."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inner = layers.Dense(3)

    def build(self, shape: Any) -> None:
        self.inner.build(shape)

    def call(self, x: Any) -> Any:
        return self.inner(x)


INNER = layers.Dense(3)


def layer_class(path: Path) -> None:
    held = layers.Dense(3, name="held")
    for function in (lambda x: INNER(x), lambda x: held(x) * 2.0):
        model = chain(layers.Lambda(function, name="block"), layers.Dense(2))
        finding = sick(model, "lambda-weights", fixes.LAYER_CLASS, path)
        assert finding.variable == "block"
        assert [one.path for one in model.weights if "block" in one.path] == []
    model = chain(Block(name="block"), layers.Dense(2))
    assert found(model, "lambda-weights", path) == []
    loaded = keras.saving.load_model(path, custom_objects={"Block": Block})
    np.testing.assert_array_equal(loaded(X), model(X))


def freeze_again(path: Path) -> None:
    tokens = keras.Input((4, 8))
    attention = layers.MultiHeadAttention(2, 4, name="attention")
    model = keras.Model(tokens, attention(tokens, tokens))
    attention.trainable = False
    sick(model, "freeze-lost-on-load", fixes.FREEZE_AGAIN, path)
    loaded = keras.saving.load_model(path)
    assert loaded.trainable_variables
    layer = loaded.get_layer("attention")
    layer.trainable = False
    assert loaded.trainable_variables
    layer.trainable = True
    layer.trainable = False
    assert not loaded.trainable_variables


def freeze_then_compile(path: Path) -> None:
    model = trained(dense_model(), optimizer=keras.optimizers.Adam(0.1))
    model.layers[0].trainable = False
    sick(model, "optimizer-not-loaded", fixes.FREEZE_THEN_COMPILE, path)
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        loaded = keras.saving.load_model(path)
    assert found(trained(loaded, optimizer=keras.optimizers.Adam(0.1)), "optimizer-not-loaded", path) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        keras.saving.load_model(path)


class _Compiled(keras.Sequential):  # type: ignore[misc]  # untyped
    """Compiles itself when it is loaded; its config does not name the optimizer either."""

    def get_compile_config(self) -> dict[str, Any]:
        return {"rate": 0.1}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        self.compile(keras.optimizers.Adam(config["rate"]), "mse")
        self.optimizer.build(self.trainable_variables)


def compile_again(path: Path) -> None:
    model = trained(dense_model(), optimizer=keras.optimizers.Adam(0.1))
    assert found(model, "optimizer-not-loaded", path) == []
    model.save(path.with_suffix(".h5"))
    sick(model, "optimizer-not-loaded", fixes.COMPILE_AGAIN, path)
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        assert isinstance(keras.saving.load_model(path).optimizer, keras.optimizers.RMSprop)
    assert found(trained(model, optimizer=keras.optimizers.Adam(0.1)), "optimizer-not-loaded", path) == []
    assert isinstance(keras.saving.load_model(path).optimizer, keras.optimizers.Adam)
    own = trained(_Compiled([keras.Input(X.shape[1:]), layers.Dense(2)]), optimizer=keras.optimizers.Adam(0.1))
    assert found(own, "optimizer-not-loaded", path) == []
    loaded = keras.saving.load_model(path, custom_objects={"_Compiled": _Compiled})
    assert int(loaded.optimizer.iterations) == int(own.optimizer.iterations) > 0


def no_optimizer(path: Path) -> None:
    where = path.with_suffix(".h5")
    sick(trained(dense_model()), "optimizer-in-file", fixes.NO_OPTIMIZER, where)
    assert found(keras.saving.load_model(where, compile=False), "optimizer-in-file", where) == []


def no_optimizer_in_keras(path: Path) -> None:
    model = trained(dense_model())
    sick(model, "optimizer-in-file", fixes.NO_OPTIMIZER_IN_KERAS, path)
    new = path.with_name("new.keras")
    export(path, new, ExportOptions(optimizer=False))
    assert found(new, "optimizer-in-file", new) == []
    np.testing.assert_array_equal(keras.saving.load_model(new, compile=False)(X), model(X))


def no_optimizer_in_weights(path: Path) -> None:
    path = path.with_suffix(".weights.h5")
    model = trained(dense_model())
    model.save_weights(path)
    sick(path, "optimizer-in-file", fixes.NO_OPTIMIZER_IN_WEIGHTS, path)
    new = path.with_name("new.weights.h5")
    export(path, new, ExportOptions(optimizer=False))
    assert found(new, "optimizer-in-file", new) == []
    plain = dense_model()
    plain.load_weights(new)
    np.testing.assert_array_equal(plain(X), model(X))


def train_or_drop(path: Path) -> None:
    model = dense_model()
    model.compile("adam", "mse")
    sick(model, "optimizer-without-steps", fixes.TRAIN_OR_DROP, path)
    assert found(keras.saving.load_model(path, compile=False), "optimizer-without-steps", path) == []
    assert found(trained(model), "optimizer-without-steps", path) == []


def no_overflow(path: Path) -> None:
    def overflowing(policy: str) -> Any:
        model = chain(layers.Dense(8, dtype=policy), layers.Dense(2, dtype="float32"))
        optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(1e-12))
        return model, optimizer

    model, optimizer = overflowing("mixed_float16")
    sick(trained(model, optimizer=optimizer, x=X * 3e5), "skipped-steps", fixes.NO_OVERFLOW, path)
    model, optimizer = overflowing("mixed_float16")
    assert found(trained(model, optimizer=optimizer), "skipped-steps", path) == []
    for policy in ("mixed_bfloat16", "float32"):
        model, optimizer = overflowing(policy)
        assert found(trained(model, optimizer=optimizer, x=X * 3e5), "skipped-steps", path) == []


def new_factors(path: Path) -> None:
    model = dense_model()
    model.get_layer("a").enable_lora(2)
    finding = sick(trained(model), "lora-not-in-file", fixes.NEW_FACTORS, path)
    noted = [note.variable for note in inspect_model(path).notes if note.code == finding.code]
    assert noted == [finding.variable]
    legacy = path.with_suffix(".h5")
    assert found(model, "lora-not-in-file", legacy) == []
    assert np.any(keras.saving.load_model(legacy, compile=False).get_layer("a").lora_kernel_b)
    for assigns in (False, True):
        loaded = keras.saving.load_model(path)
        layer = loaded.get_layer("a")
        assert not np.any(layer.lora_kernel_a)
        assert not np.any(layer.lora_kernel_b)
        before = np.array(layer.kernel)
        if assigns:
            layer.lora_kernel_a.assign(keras.initializers.HeUniform()(layer.lora_kernel_a.shape))
        np.testing.assert_array_equal(layer.kernel, before)
        trained(loaded)
        assert np.any(np.array(layer.kernel) != before) == assigns


def new_factors_of_embedding(path: Path) -> None:
    model = chain(layers.Embedding(5, 4, name="e"), shape=(3,))
    model.get_layer("e").enable_lora(2)
    sick(model, "lora-not-in-file", fixes.NEW_FACTORS_OF_EMBEDDING, path)
    layer = keras.saving.load_model(path).get_layer("e")
    assert not np.any(layer.lora_embeddings_a)
    layer.lora_embeddings_a.assign(keras.initializers.HeUniform()(layer.lora_embeddings_a.shape))
    assert np.any(layer.lora_embeddings_a)


def recurrent() -> Any:
    return chain(layers.GRU(3, name="gru"), shape=(5, 4))


def with_time_major(config: Any) -> None:
    next(one for one in config["config"]["layers"] if one["class_name"] == "GRU")["config"]["time_major"] = False


def build_in_code(path: Path) -> None:
    def moved(config: Any) -> None:
        config["config"]["layers"][1]["module"] = "keras.src.layers.rnn.engine"
        config["module"], config["class_name"] = "keras.src.engine.functional", "Functional"

    sequence = RANDOM.random((2, 5, 4)).astype("float32")
    for edit, rule in ((with_time_major, "unknown-argument"), (moved, "unknown-class")):
        model = recurrent()
        model.save(path)
        sick(change(path, edit), rule, fixes.BUILD_IN_CODE, path)
        with pytest.raises((TypeError, ValueError)):
            keras.saving.load_model(path)
        again = recurrent()
        again.load_weights(path)
        np.testing.assert_array_equal(again(sequence), model(sequence))
        folder = path.with_suffix("")
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        sick(folder, rule, fixes.BUILD_IN_CODE, folder)
        from_folder = recurrent()
        from_folder.load_weights(folder / "model.weights.h5")
        np.testing.assert_array_equal(from_folder(sequence), model(sequence))
        assert found(again, rule, path) == []
    legacy = path.with_suffix(".h5")
    model.save(legacy)
    again = recurrent()
    again.load_weights(legacy)  # for what is wrong inside a wrapper of a legacy file
    np.testing.assert_array_equal(again(sequence), model(sequence))


def drop_argument(path: Path) -> None:
    class GRU(layers.GRU):  # type: ignore[misc, name-defined]
        def __init__(self, *arguments: Any, time_major: bool = False, **options: Any) -> None:
            super().__init__(*arguments, **options)

    path = path.with_suffix(".h5")
    recurrent().save(path)
    sick(change(path, with_time_major), "unknown-argument", fixes.DROP_ARGUMENT, path)
    with pytest.raises(ValueError, match="time_major"):
        keras.saving.load_model(path)
    assert keras.saving.load_model(path, custom_objects={"GRU": GRU}).count_params() == recurrent().count_params()


def class_of_this_name(path: Path) -> None:
    def thresholded(config: Any) -> None:
        config["config"]["layers"][-1].update(class_name="ThresholdedReLU")

    def old_policy(config: Any) -> None:
        config["config"]["layers"][-2]["config"]["dtype"] = {"class_name": "Policy", "config": {"name": "float32"}}

    def wrapped(config: Any) -> None:
        layer = config["config"]["layers"][-1]["config"]["layer"]
        del layer["module"], layer["registered_name"]

    path = path.with_suffix(".h5")
    wrapper = chain(layers.TimeDistributed(layers.Dense(2)), shape=(5, 4))
    plain = chain(layers.Dense(2), layers.ReLU())
    for model, edit, name, kind in (
        (plain, thresholded, "ThresholdedReLU", layers.ReLU),
        (plain, old_policy, "Policy", keras.DTypePolicy),
        (wrapper, wrapped, "Dense", layers.Dense),
    ):
        model.save(path)
        sick(change(path, edit), "unknown-class", fixes.CLASS_OF_THIS_NAME, path)
        with pytest.raises((ValueError, TypeError, AttributeError)):
            keras.saving.load_model(path)
        keras.saving.load_model(path, custom_objects={name: kind})


def no_compile(path: Path) -> None:
    def refused(config: Any) -> None:
        config["compile_config"]["optimizer"]["config"]["jit_compile"] = False

    def moved(config: Any) -> None:
        config["compile_config"]["optimizer"]["module"] = "keras.optimizers.legacy"

    for edit, rule in ((refused, "unknown-argument"), (moved, "unknown-class")):
        trained(dense_model()).save(path)
        sick(change(path, edit), rule, fixes.NO_COMPILE, path)
        with pytest.raises((TypeError, ValueError)):
            keras.saving.load_model(path)
        loaded = keras.saving.load_model(path, compile=False)
        assert found(trained(loaded), rule, path) == []


def as_keras_2_1(path: Path, *, as_list: bool) -> Path:
    """Changes the config of a Sequential into what Keras 2 wrote before there was an InputLayer in it."""

    def edit(config: Any) -> None:
        first, *others = config["config"]["layers"]
        others[0]["config"]["batch_input_shape"] = first["config"]["batch_shape"]
        written = [{"class_name": one["class_name"], "config": {**one["config"], "dtype": "float32"}} for one in others]
        config["config"] = written if as_list else {"name": "sequential_1", "layers": written}

    with h5py.File(path, "a") as file:
        file.attrs["keras_version"] = "2.1.6"
    return change(path, edit)


def export_or_build(path: Path) -> None:
    old, random = path.with_suffix(".h5"), np.random.default_rng(0)
    models: dict[tuple[int, ...], Callable[[], list[Any]]] = {
        (4,): lambda: [layers.Dense(3, name="a"), layers.Dense(2, name="b")],
        (8, 8, 1): lambda: [layers.Conv2D(3, 2, name="a"), layers.Flatten(name="f"), layers.Dense(2, name="b")],
        (5,): lambda: [layers.Embedding(9, 3, name="a"), layers.Flatten(name="f"), layers.Dense(2, name="b")],
    }
    for (shape, inner), as_list in zip(models.items(), (True, False, False), strict=True):
        model, x = chain(*inner(), shape=shape), random.integers(0, 9, (2, *shape)).astype("float32")
        model.save(old)
        rule = "refused-value" if as_list else "misread-input-shape"
        sick(as_keras_2_1(old, as_list=as_list), rule, fixes.EXPORT_OR_BUILD, old)
        with pytest.raises((TypeError, ValueError)):
            keras.saving.load_model(old)(x)
        export(old, path, force=True)
        assert found(path, rule, path) == []
        np.testing.assert_allclose(keras.saving.load_model(path)(x), model(x), rtol=1e-6)
        built = chain(*inner(), shape=shape)
        built.load_weights(old)
        np.testing.assert_allclose(built(x), model(x), rtol=1e-6)


def name_of_content(path: Path) -> None:
    """Each format under each end: where a name is reported, Keras refuses it, and the name of the fix loads."""
    model = dense_model()
    written = [path.with_name(name) for name in ("zip.keras", "whole.h5", "new.weights.h5")]
    model.save(written[0])
    model.save(written[1])
    model.save_weights(written[2])
    old = path.with_name("old.h5")
    with h5py.File(old, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    reported = 0
    for sound in (*written, old):
        is_whole = sound.stem in ("zip", "whole")
        load: Callable[[Path], Any] = keras.saving.load_model if is_whole else dense_model().load_weights
        load(sound)
        assert found(sound, "misnamed-file", sound) == []
        for end in (".keras", ".h5", ".hdf5", ".weights.h5", *([".lora.h5"] if sound.suffixes == [".h5"] else [])):
            other = path.with_name(f"other{end}")
            shutil.copy(sound, other)
            its = found(other, "misnamed-file", other)
            assert [one.fix for one in its] == [fixes.NAME_OF_CONTENT] * len(its)
            reported += len(its)
            if its:
                with pytest.raises((ValueError, OSError, zipfile.BadZipFile)):
                    load(other)
            else:
                load(other)
    assert reported == 3 + 1 + 3 + 2


def move_groups(path: Path) -> None:
    """As Keras 2.13 numbers groups: each layer with weights counts twice."""
    model = chain(*(layers.Dense(3, name=name) for name in "abc"))
    model.save(path)

    def counted_twice(weights: Any) -> None:
        weights.move("layers/dense_2", "layers/dense_4")
        weights.move("layers/dense_1", "layers/dense_2")

    def renamed(weights: Any) -> None:
        for one in misplaced:
            old, new = re.findall(r"layers/\w+", one.message)
            weights.move(old, new)

    edited_weights(path, counted_twice)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.13.1"}))
    sick(path, "misplaced-weights", fixes.MOVE_GROUPS, path)
    misplaced = found(path, "misplaced-weights", path)
    with pytest.raises(ValueError, match="expected 2 variables, but received 0"):
        keras.saving.load_model(path)
    edited_weights(path, renamed)
    np.testing.assert_array_equal(keras.saving.load_model(path)(X), model(X))


#: How each fix is tried.
TRIALS: dict[str, Callable[[Path], None]] = {
    "EARLIER_CHECKPOINT": earlier_checkpoint,
    "LOOKUP": a_lookup_of_keras_2,
    "QUANTIZE": quantized_inside_attention,
    "FLOAT32": float32,
    "RANDOM_OR_RESTORED": random_or_restored,
    "DEAD": dead,
    "TRAINING_MODE": training_mode,
    "SOUND_STATISTICS": sound_statistics,
    "RESTORE": restore,
    "SCALED_INPUTS": scaled_inputs,
    "ADAPT": adapt,
    "DENORMAL": denormal,
    "ONE_MODEL": one_model,
    "SHARE": share,
    "SHARED_WITH_NESTED": a_shared_layer,
    "SKIP_MISMATCH": skip_mismatch,
    "SKIP_MISMATCH_BY_NAME": skip_mismatch_by_name,
    "MOVE_GROUPS": move_groups,
    "CUSTOM_OBJECTS": custom_objects,
    "NO_LAMBDA": no_lambda,
    "LAYER_CLASS": layer_class,
    "FREEZE_AGAIN": freeze_again,
    "FREEZE_THEN_COMPILE": freeze_then_compile,
    "COMPILE_AGAIN": compile_again,
    "NO_OPTIMIZER": no_optimizer,
    "NO_OPTIMIZER_IN_KERAS": no_optimizer_in_keras,
    "NO_OPTIMIZER_IN_WEIGHTS": no_optimizer_in_weights,
    "TRAIN_OR_DROP": train_or_drop,
    "NO_OVERFLOW": no_overflow,
    "NEW_FACTORS": new_factors,
    "NEW_FACTORS_OF_EMBEDDING": new_factors_of_embedding,
    "BUILD_IN_CODE": build_in_code,
    "DROP_ARGUMENT": drop_argument,
    "CLASS_OF_THIS_NAME": class_of_this_name,
    "NO_COMPILE": no_compile,
    "EXPORT_OR_BUILD": export_or_build,
    "NAME_OF_CONTENT": name_of_content,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FIXES)
def test_a_fix_mends_what_was_found(name: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    TRIALS[name](tmp_path / "model.keras")


@of_the_present_keras  # Keras 3.13 looks for the disconnected nodes without end
def test_a_model_inside_another_of_keras_2_loads_after_an_export(tmp_path: Path) -> None:
    def as_in_keras_2(config: Any) -> None:
        _, inner, after = config["config"]["layers"]
        after["inbound_nodes"] = [[[inner["name"], 1, 0, {}]]]

    def nested() -> Any:
        outer = keras.Input((4,))
        return keras.Model(outer, layers.Dense(2, name="b")(chain(layers.Dense(3))(outer)))

    model, path = nested(), tmp_path / "model.h5"
    model.save(path)
    with h5py.File(path, "a") as file:
        file.attrs["keras_version"] = file["model_weights"].attrs["keras_version"] = "2.15.0"
    sick(change(path, as_in_keras_2), "refused-value", fixes.EXPORT_OR_BUILD, path)
    with pytest.raises(ValueError, match="disconnected nodes"):
        keras.saving.load_model(path)
    export(path, path.with_suffix(".keras"))
    again = nested()
    again.load_weights(path)
    for one in (keras.saving.load_model(path.with_suffix(".keras")), again):
        np.testing.assert_array_equal(one(X), model(X))
