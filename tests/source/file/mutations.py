"""Changes bytes of files by the thousands, in a process of its own, and reports what the reader made of them.

Started by a test as `python -m tests.source.file.mutations COUNT FILE...`. One mutated copy lies on disk at a
time.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.source.file.bounded import peak_mebibytes, read_all
from weightscope.errors import FileError
from weightscope.source.file import inspect_file

_TELLING = (0x00, 0x01, 0x7F, 0x80, 0xFF)


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Returns a copy with bytes changed, numbers blown up, runs cut out, repeated or taken from elsewhere."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = _position(changed, chance)
        match chance.randrange(8):
            case 0 | 1 | 2:
                changed[at] = chance.choice((*_TELLING, chance.randrange(256)))
            case 3:
                changed[at : at + 8] = chance.choice((chance.randbytes(8), b"\xff" * 8, b"\0" * 8))
            case 4:
                changed[at : at + 4] = chance.choice((0, 1, at, 1 << 31, (1 << 32) - 1)).to_bytes(4, "little")
            case 5:
                del changed[at : at + chance.choice((1, 8, 512, len(changed)))]
            case 6:
                run = changed[at : at + chance.choice((1, 8, 512))]
                changed[_position(changed, chance) : 0] = run
            case _:
                other = chance.choice(others)
                start = chance.randrange(len(other))
                taken = other[start : start + chance.choice((8, 64, 1024))]
                changed[at : at + len(taken)] = taken
        if not changed:
            return b""
    return bytes(changed)


def _position(data: bytearray, chance: random.Random) -> int:
    """Returns a place to change: near the start as often as anywhere, for headers say more than values."""
    return chance.randrange(min(len(data), 4096) if chance.random() < 0.5 else len(data))


def try_mutations(paths: list[Path], count: int) -> dict[str, object]:
    """Returns how many copies were listed and refused, worst time, peak memory and what went wrong."""
    chance = random.Random(0)
    originals = [path.read_bytes() for path in paths]
    listed, refused, slowest, failures = 0, 0, 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        for index in range(count):
            original = paths[index % len(paths)]
            copy = Path(folder, original.name)
            copy.write_bytes(mutated(originals[index % len(paths)], originals, chance))
            begun = time.perf_counter()
            try:
                read_all(inspect_file(str(copy), with_optimizer=True))
                listed += 1
            except FileError as error:
                refused += 1
                if not error.message or not error.hint or not (error.message + error.hint).isprintable():
                    failures.append(f"{original.name} #{index}: no line of its own: {error.message!r}")
            except BaseException:
                failures.append(f"{original.name} #{index}: {traceback.format_exc(limit=-6)}")
            slowest = max(slowest, time.perf_counter() - begun)
    return {
        "listed": listed,
        "refused": refused,
        "slowest": slowest,
        "mebibytes": peak_mebibytes(),
        "failures": failures[:5],
        "failed": len(failures),
    }


if __name__ == "__main__":
    print(json.dumps(try_mutations([Path(name) for name in sys.argv[2:]], int(sys.argv[1]))))
