"""How files of arrays are recognised."""

from __future__ import annotations

from weightscope.source.limits import CONFIG_BYTES

#: The end of the names of arrays in a `.npz` file.
NPY_END = ".npy"

#: Bytes of the size of the header that a `.safetensors` file begins with.
SIZE_BYTES = 8


def is_safetensors(head: bytes, length: int) -> bool:
    """Whether a file of `length` bytes that begins with `head` is a `.safetensors` file, perhaps a truncated one."""
    size = int.from_bytes(head[:SIZE_BYTES], "little")
    return head[SIZE_BYTES : SIZE_BYTES + 1] == b"{" and size <= max(length, CONFIG_BYTES)
