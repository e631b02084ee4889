"""Compares the weights of two models."""

from weightscope.measure.compare.compare import SORT, Settings, compare
from weightscope.measure.compare.values import Tolerance

__all__ = ["SORT", "Settings", "Tolerance", "compare"]
