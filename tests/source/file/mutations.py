"""Changes bytes of files by the thousands, in a process of its own, and reports what the reader made of them.

Started by a test as `python -m tests.source.file.mutations COUNT MODEL...`; a model is a file, or a folder of which
one file is changed at a time. One mutated copy of each lies on disk.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.source.file.bounded import peak_mebibytes, read_all
from tests.source.file.checkpoint.forged import Forger
from weightscope.errors import FileError, NoValuesError
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

_TELLING = (0x00, 0x01, 0x7F, 0x80, 0xFF)


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Returns a copy with bytes changed, numbers blown up, runs cut out, repeated or taken from elsewhere."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16)) if data else 0):
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


class Model:
    """A sound model and a copy of it, of which one file is changed at a time."""

    def __init__(self, original: Path, folder: Path) -> None:
        self.copy = folder / original.name
        if original.is_dir():
            shutil.copytree(original, self.copy)
        else:
            shutil.copy(original, self.copy)
        files = [path for path in self.copy.rglob("*") if path.is_file()] if original.is_dir() else [self.copy]
        self._files = {path: path.read_bytes() for path in sorted(files)}
        self._forgers = [Forger(path) for path in self._files if path.suffix == ".index"]

    @property
    def contents(self) -> list[bytes]:
        """The bytes of its files that are not empty."""
        return [data for data in self._files.values() if data]

    def change(self, others: list[bytes], chance: random.Random) -> None:
        """Changes one file; of a checkpoint as often what its checksums guard, and then they are right again."""
        for path, data in self._files.items():
            path.write_bytes(data)
        if self._forgers and chance.random() < 0.5:
            chance.choice(self._forgers).forge(lambda data: mutated(data, others, chance), chance)
            return
        path, data = chance.choice(list(self._files.items()))
        path.write_bytes(mutated(data, others, chance))


def try_mutations(paths: list[Path], count: int) -> dict[str, object]:
    """Returns how many copies were listed and refused, most processor time, peak memory and what went wrong."""
    chance = random.Random(0)
    listed, refused, slowest, failures = 0, 0, 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        models = [Model(path, Path(folder)) for path in paths]
        others = [data for model in models for data in model.contents]
        for index in range(count):
            model = models[index % len(models)]
            model.change(others, chance)
            begun = time.process_time()
            try:
                read_all(inspect_file(str(model.copy), Wanted(optimizer=True)))
                listed += 1
            except (FileError, NoValuesError) as error:
                refused += 1
                if not error.message or not error.hint or not (error.message + error.hint).isprintable():
                    failures.append(f"{model.copy.name} #{index}: no line of its own: {error.message!r}")
            except BaseException:
                failures.append(f"{model.copy.name} #{index}: {traceback.format_exc(limit=-6)}")
            slowest = max(slowest, time.process_time() - begun)
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
