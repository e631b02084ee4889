"""What the values say: pure functions from variables to measures."""

from weightscope.measure.choice import Choice
from weightscope.measure.listing import list_measured

__all__ = ["Choice", "list_measured"]
