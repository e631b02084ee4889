"""Compares the weights of two models."""

from weightscope.measure.compare.compare import SORT, Settings, compare

__all__ = ["SORT", "Settings", "compare"]
