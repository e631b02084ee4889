"""Compares the weights of two models."""

from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import SORT, SORT_ALIASES, Settings
from weightscope.measure.compare.values import Tolerance

__all__ = ["SORT", "SORT_ALIASES", "Settings", "Tolerance", "compare"]
