"""A model of one's own, made of weightscope's registered layers: what `--module` is for."""

from __future__ import annotations

import keras

from weightscope.source.live.layers import CustomConv2D, CustomDense, CustomStatsLayer


@keras.saving.register_keras_serializable(package="samples")
class Denoiser(keras.Model):
    """Scores small images: a convolution, a look at its statistics, a dense layer for each pixel."""

    def __init__(self, filters: int = 4, **options):
        super().__init__(**options)
        self.filters = filters
        self.convolution = CustomConv2D(filters, kernel_size=3, padding="same", name="convolution")
        self.statistics = CustomStatsLayer(momentum=0.9, name="statistics")
        self.head = CustomDense(3, name="head")

    def call(self, images):
        """Returns images of the same shape, `(batch, height, width, 3)`."""
        return self.head(self.statistics(self.convolution(images)))

    def get_config(self):
        """Returns the constructor's arguments."""
        return {**super().get_config(), "filters": self.filters}
