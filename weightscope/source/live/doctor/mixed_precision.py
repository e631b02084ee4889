"""Examines whether the layer works with mixed precision, in which `call()` gets float16 weights and inputs."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.doctor.trials import called, raised_by
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.global_settings import global_dtype_policy

#: Exceptions of TensorFlow if it has no float16 kernel for an operation on this processor.
_OF_THE_PROCESSOR = ("NotFoundError", "UnimplementedError")

_FIX = "cast constants that meet inputs or weights: keras.ops.cast(constant, self.compute_dtype), or inputs.dtype"


def float32_code(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding if the call succeeds in float32 and fails under mixed_float16 or the requested policy."""
    asked_for = examined.how.dtype_policy
    if examined.remade is None or is_keras_own(examined.layer):
        return
    if examined.forward_error is None and asked_for is None:
        if examined.layer.dtype_policy.name != "float32":
            return
        error = _raised_under("mixed_float16", examined)
        if error is not None:
            message = f"call() fails under the dtype policy mixed_float16: {describe_error(error)}"
            yield Finding("dtype", "note", message, examined.layer.name, fix=_FIX)
    elif (
        examined.forward_error is not None
        and asked_for not in (None, "float32")
        and _raised_under("float32", examined) is None
    ):
        message = f"call() fails under the dtype policy {asked_for}, but not in float32"
        yield Finding("dtype", "error", message, examined.layer.name, fix=_FIX)


def _raised_under(policy: str, examined: ExaminedLayer) -> BaseException | None:
    remade = examined.remade
    assert remade is not None
    with global_dtype_policy(policy):  # sub-layers have it too
        error = raised_by(examined, lambda: called(remade({}, None), examined.call, training=False))
    return None if type(error).__name__ in _OF_THE_PROCESSOR else error
