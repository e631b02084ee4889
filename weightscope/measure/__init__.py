"""What the values say: pure functions from variables to measures."""

from weightscope.measure.choice import Choice
from weightscope.measure.listing import bytes_to_read, list_measured

__all__ = ["Choice", "bytes_to_read", "list_measured"]
