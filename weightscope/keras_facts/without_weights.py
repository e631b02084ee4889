"""Layers and models of Keras 1 to 3 that own no variable themselves: legacy configs name no module.

A class name of a legacy config that is neither here nor in another module of this folder is a custom class.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    IMAGE,
    LAYER,
    RECURRENT,
    SEQUENCE,
    Takes,
    anything,
    takes,
)
from weightscope.keras_facts.example import Example, each
from weightscope.keras_facts.records import LayerFacts

_KERAS_3 = """
    Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D
    Bidirectional CategoryEncoding CenterCrop Concatenate ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D
    Cropping3D Discretization Dot Dropout ELU Flatten Functional GRU GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
    GlobalMaxPooling3D HashedCrossing Hashing Identity InputLayer LSTM Lambda LeakyReLU Masking MaxPooling1D
    MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum Model Multiply Permute RNN RandomBrightness
    RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU RepeatVector Rescaling
    Reshape Resizing Sequential SimpleRNN Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D StackedRNNCells
    Subtract TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D
    ZeroPadding2D ZeroPadding3D
"""

_EARLIER = """
    AtrousConvolution1D AtrousConvolution2D Merge RandomHeight RandomWidth SlicingOpLambda TFOpLambda TensorFlowOpLayer
    ThresholdedReLU
"""

LAYERS: Final = (
    *(LayerFacts(name) for name in _KERAS_3.split()),
    *(LayerFacts(name, is_in_keras_3=False) for name in _EARLIER.split()),
)

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes("ELU", LAYER, "alpha"),
    takes("LeakyReLU", LAYER, "alpha negative_slope"),
    takes("ReLU", LAYER, "max_value negative_slope threshold"),
    takes("Softmax Concatenate UnitNormalization", LAYER, "axis"),
    takes("Activation", LAYER, "activation"),
    takes("Dropout AlphaDropout", LAYER, "noise_shape rate seed"),
    takes("Identity Add Average Maximum Minimum Multiply Subtract", LAYER),
    anything("InputLayer HashedCrossing FlaxLayer"),
    takes("Lambda", LAYER, "arguments function mask output_shape"),
    takes("Masking", LAYER, "mask_value"),
    takes("Wrapper TimeDistributed", LAYER, "layer"),
    takes("Dot", LAYER, "axes normalize"),
    takes(
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D "
        "AdaptiveMaxPooling2D AdaptiveMaxPooling3D",
        LAYER,
        "data_format output_size",
    ),
    takes(
        "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D",
        LAYER,
        "data_format padding pool_size strides",
    ),
    takes(
        "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D "
        "GlobalMaxPooling2D GlobalMaxPooling3D",
        LAYER,
        "data_format keepdims",
    ),
    takes("CategoryEncoding", LAYER, "num_tokens output_mode sparse"),
    takes("Discretization", own="bin_boundaries dtype epsilon name num_bins output_mode sparse"),
    takes("Hashing", LAYER, "mask_value num_bins output_mode salt sparse"),
    takes("CenterCrop", LAYER | IMAGE, "height width"),
    takes("RandomBrightness RandomContrast", LAYER | IMAGE, "seed value_range"),
    takes("RandomCrop", LAYER | IMAGE, "height seed width"),
    takes("RandomFlip", LAYER | IMAGE, "mode seed"),
    takes("RandomRotation", LAYER | IMAGE, "fill_mode fill_value interpolation seed"),
    takes(
        "RandomTranslation RandomZoom",
        LAYER | IMAGE,
        "fill_mode fill_value height_factor interpolation seed width_factor",
    ),
    takes(
        "Resizing",
        LAYER | IMAGE,
        "antialias crop_to_aspect_ratio fill_mode fill_value height interpolation pad_to_aspect_ratio width",
    ),
    takes(
        "MelSpectrogram",
        LAYER,
        "fft_length mag_exp max_freq min_freq min_power num_mel_bins power_to_db ref_power sampling_rate "
        "sequence_length sequence_stride top_db window",
    ),
    takes("Pipeline", own="layers name"),
    takes("Rescaling", LAYER, "offset scale"),
    takes("ActivityRegularization", own="autocast dtype input_dim input_shape l1 l2 name trainable"),
    takes("GaussianDropout", LAYER, "rate seed"),
    takes("GaussianNoise", LAYER, "seed stddev"),
    takes("SpatialDropout1D", own="dtype name rate seed"),
    takes("SpatialDropout2D SpatialDropout3D", own="data_format dtype name rate seed"),
    takes("Cropping1D", LAYER, "cropping"),
    takes("Cropping2D Cropping3D", LAYER, "cropping data_format"),
    takes("Flatten", LAYER, "data_format"),
    takes("Permute", LAYER, "dims"),
    takes("RepeatVector", LAYER, "n"),
    takes("Reshape", LAYER, "target_shape"),
    takes("UpSampling1D", LAYER, "size"),
    takes("UpSampling2D", LAYER, "data_format interpolation size"),
    takes("UpSampling3D", LAYER, "data_format size"),
    takes("ZeroPadding1D ZeroPadding2D ZeroPadding3D", LAYER, "data_format padding"),
    takes("StackedRNNCells", LAYER, "cells"),
    takes("RNN", LAYER | SEQUENCE, "cell"),
    takes("GRU", LAYER | SEQUENCE | RECURRENT, "implementation recurrent_activation reset_after units use_cudnn"),
    takes("LSTM", LAYER | SEQUENCE | RECURRENT, "implementation recurrent_activation unit_forget_bias units use_cudnn"),
    takes("Bidirectional", LAYER, "backward_layer layer merge_mode weights"),
    takes(
        "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
        LAYER | SEQUENCE | RECURRENT,
        "data_format dilation_rate filters kernel_size padding recurrent_activation strides unit_forget_bias",
    ),
    takes("SimpleRNN", LAYER | SEQUENCE | RECURRENT, "units"),
    takes("TFSMLayer", own="call_endpoint call_training_endpoint dtype filepath name trainable"),
    takes("JaxLayer", LAYER, "call_fn init_fn native_serialization_platforms params seed state"),
    takes("TorchModuleWrapper", LAYER, "module output_shape"),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each(
            "ActivityRegularization Cropping2D ELU Flatten GlobalAveragePooling2D GlobalAvgPool2D "
            "GlobalMaxPool2D GlobalMaxPooling2D Identity LeakyReLU MaxPool2D MaxPooling2D RandomFlip ReLU "
            "Softmax UnitNormalization UpSampling2D ZeroPadding2D",
            inputs=("1,28,28,3",),
        ),
        *each(
            "Cropping1D GlobalAveragePooling1D GlobalAvgPool1D GlobalMaxPool1D GlobalMaxPooling1D Masking "
            "MaxPool1D MaxPooling1D UpSampling1D ZeroPadding1D",
            inputs=("1,10,8",),
        ),
        *each(
            "Cropping3D GlobalAveragePooling3D GlobalAvgPool3D GlobalMaxPool3D GlobalMaxPooling3D MaxPool3D "
            "MaxPooling3D UpSampling3D ZeroPadding3D",
            inputs=("1,16,16,16,3",),
        ),
        *each("Add Average Concatenate Maximum Minimum Multiply Subtract", inputs=("1,4", "1,4")),
        *each("MelSpectrogram", inputs=("1,16000",)),
        *each("Discretization", inputs=("1,4",), arguments=("bin_boundaries=[0.5,1.5]",)),
        *each("CategoryEncoding", inputs=("1,4:int32",), arguments=("num_tokens=8",)),
        *each("Activation", inputs=("1,28,28,3",), arguments=("activation=relu",)),
        *each("AlphaDropout Dropout GaussianDropout SpatialDropout2D", inputs=("1,28,28,3",), arguments=("rate=0.5",)),
        *each("SpatialDropout1D", inputs=("1,10,8",), arguments=("rate=0.5",)),
        *each("SpatialDropout3D", inputs=("1,16,16,16,3",), arguments=("rate=0.5",)),
        *each("GaussianNoise", inputs=("1,28,28,3",), arguments=("stddev=0.1",)),
        *each("AdaptiveAveragePooling1D AdaptiveMaxPooling1D", inputs=("1,10,8",), arguments=("output_size=2",)),
        *each("AdaptiveAveragePooling2D AdaptiveMaxPooling2D", inputs=("1,28,28,3",), arguments=("output_size=2",)),
        *each("AdaptiveAveragePooling3D AdaptiveMaxPooling3D", inputs=("1,16,16,16,3",), arguments=("output_size=2",)),
        *each("AveragePooling1D AvgPool1D", inputs=("1,10,8",), arguments=("pool_size=2",)),
        *each("AveragePooling2D AvgPool2D", inputs=("1,28,28,3",), arguments=("pool_size=2",)),
        *each("AveragePooling3D AvgPool3D", inputs=("1,16,16,16,3",), arguments=("pool_size=2",)),
        *each("ConvLSTM1D", inputs=("1,4,10,3",), arguments=("filters=8", "kernel_size=3")),
        *each("ConvLSTM2D", inputs=("1,4,10,10,3",), arguments=("filters=8", "kernel_size=3")),
        *each("ConvLSTM3D", inputs=("1,4,8,8,8,3",), arguments=("filters=8", "kernel_size=3")),
        *each("GRU LSTM SimpleRNN", inputs=("1,10,8",), arguments=("units=8",)),
        *each("Bidirectional", inputs=("1,10,8",), arguments=("layer=LSTM(units=8)",)),
        *each("TimeDistributed", inputs=("1,10,8",), arguments=("layer=Dense(units=8)",)),
        *each("RNN", inputs=("1,10,8",), arguments=("cell=LSTMCell(units=8)",)),
        *each("StackedRNNCells", inputs=("inputs=1,8", "states=[1,8]"), arguments=("cells=[GRUCell(units=8)]",)),
        *each("Pipeline", inputs=("1,28,28,3",), arguments=("layers=[Rescaling(scale=0.5)]",)),
        *each("Dot", inputs=("1,4", "1,4"), arguments=("axes=1",)),
        *each("Permute", inputs=("1,4",), arguments=("dims=[1]",)),
        *each("RepeatVector", inputs=("1,4",), arguments=("n=3",)),
        *each("Reshape", inputs=("1,4",), arguments=("target_shape=[2,2]",)),
        *each("Rescaling", inputs=("1,28,28,3",), arguments=("scale=0.5",)),
        *each("Hashing", inputs=("1,4:int32",), arguments=("num_bins=8",)),
        *each("HashedCrossing", inputs=("1:int32", "1:int32"), arguments=("num_bins=8",)),
        *each("CenterCrop RandomCrop Resizing", inputs=("1,28,28,3",), arguments=("height=8", "width=8")),
        *each("RandomBrightness RandomContrast RandomRotation", inputs=("1,28,28,3",), arguments=("factor=0.2",)),
        *each("RandomTranslation", inputs=("1,28,28,3",), arguments=("height_factor=0.2", "width_factor=0.2")),
        *each("RandomZoom", inputs=("1,28,28,3",), arguments=("height_factor=0.2",)),
        *each("InputLayer Layer", inputs=()),
        *each("Wrapper", inputs=(), arguments=("layer=Dense(units=8)",)),
        *each("Lambda", inputs=(), arguments=("function=FUNCTION",)),
        *each("JaxLayer", inputs=(), arguments=("call_fn=FUNCTION",)),
        *each("FlaxLayer TorchModuleWrapper", inputs=(), arguments=("module=MODULE",)),
        *each("TFSMLayer", inputs=(), arguments=("filepath=FOLDER",)),
    )
)
