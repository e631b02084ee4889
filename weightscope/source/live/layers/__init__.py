"""The layers that weightscope ships: registered for saving and loading, and buildable from an input shape alone."""

from weightscope.source.live.layers.custom_conv2d import CustomConv2D
from weightscope.source.live.layers.custom_dense import CustomDense
from weightscope.source.live.layers.custom_stats import CustomStatsLayer

__all__ = ["CustomConv2D", "CustomDense", "CustomStatsLayer"]
