"""Layers and models of Keras 1 to 3 that own no variable themselves: legacy configs name no module.

A class name of a legacy config that is neither here nor in another module of this folder is a custom class.
"""

from __future__ import annotations

from typing import Final

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
