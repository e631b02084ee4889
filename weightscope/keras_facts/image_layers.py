"""Layers that Keras 3 added and that own no variable, most of them for images: configs name their module.

Source: the signatures of `keras/src/layers`, Keras 3.15.1.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    IMAGE,
    LAYER,
    Takes,
    takes,
)
from weightscope.keras_facts.example import Example, each
from weightscope.keras_facts.records import LayerFacts

#: No config names them without their module, so none needs to be known by its name.
LAYERS: Final[tuple[LayerFacts, ...]] = ()

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes("AugMix", LAYER | IMAGE, "all_ops alpha chain_depth interpolation num_chains seed value_range"),
    takes("AutoContrast", LAYER | IMAGE, "value_range"),
    takes("ContrastLimitedAdaptiveHistogramEqualization", LAYER | IMAGE, "clip_limit tile_grid_size value_range"),
    takes("CutMix RandomGrayscale", LAYER | IMAGE, "seed"),
    takes("Equalization", LAYER | IMAGE, "bins value_range"),
    takes("MaxNumBoundingBoxes", LAYER | IMAGE, "fill_value max_number"),
    takes("MixUp", LAYER | IMAGE, "alpha seed"),
    takes("RandAugment", LAYER | IMAGE, "interpolation num_ops seed value_range"),
    takes(
        "RandomColorDegeneration RandomHue RandomSaturation RandomInvert RandomPosterization RandomSharpness",
        LAYER | IMAGE,
        "seed value_range",
    ),
    takes(
        "RandomColorJitter",
        LAYER | IMAGE,
        "brightness_factor contrast_factor hue_factor saturation_factor seed value_range",
    ),
    takes("RandomElasticTransform", LAYER | IMAGE, "fill_mode fill_value interpolation scale seed value_range"),
    takes("RandomErasing", LAYER | IMAGE, "fill_value scale seed value_range"),
    takes("RandomGaussianBlur", LAYER | IMAGE, "kernel_size seed sigma value_range"),
    takes("RandomPerspective", LAYER | IMAGE, "fill_value interpolation scale seed"),
    takes("RandomShear", LAYER | IMAGE, "fill_mode fill_value interpolation seed x_factor y_factor"),
    takes("Solarization", LAYER | IMAGE, "addition_factor seed threshold_factor value_range"),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each(
            "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization MixUp "
            "RandAugment RandomColorJitter RandomElasticTransform RandomErasing RandomGaussianBlur "
            "RandomGrayscale RandomInvert RandomPerspective RandomShear Solarization",
            inputs=("1,28,28,3",),
        ),
        *each(
            "RandomColorDegeneration RandomHue RandomPosterization RandomSaturation RandomSharpness",
            inputs=("1,28,28,3",),
            arguments=("factor=0.2",),
        ),
        *each("MaxNumBoundingBoxes", inputs=(), arguments=("max_number=8",)),
    )
)
