"""Memory to compute in, separate for each thread: a new allocation for each piece takes longer than the computation."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

#: Values that are worked on at once: they, their float64 copies and their bins fit a second-level cache.
PIECE = 1 << 17


class Scratch(threading.local):
    """Arrays of `PIECE` elements, whose contents last until the same thread uses them again."""

    def __init__(self) -> None:
        self.doubles: npt.NDArray[np.float64] = np.empty(PIECE, np.float64)
        self.others: npt.NDArray[np.float64] = np.empty(PIECE, np.float64)
        self.distances: npt.NDArray[np.float64] = np.empty(PIECE, np.float64)
        self.singles: npt.NDArray[np.float32] = np.empty(PIECE, np.float32)
        self.words: npt.NDArray[np.uint32] = np.empty(PIECE, np.uint32)
        self.numbers: npt.NDArray[np.intp] = np.empty(PIECE, np.intp)
        self.flags: npt.NDArray[np.bool_] = np.empty(PIECE, np.bool_)


SCRATCH = Scratch()
