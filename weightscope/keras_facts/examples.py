"""How each layer of Keras can be built and called: the arguments that it needs, and inputs that it takes.

The values are as `weightscope layer` takes them, so that a hint is a line that works; a test builds every layer so.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: The version of Keras whose layers stand here; a later one may have more.
KERAS_VERSION: Final = (3, 15)


@dataclass(frozen=True, slots=True)
class Example:
    """One way to build and call a layer.

    Attributes:
        arguments: Each argument that the constructor needs, as `name=value`.
        inputs: Each input as `[name=]shape[:dtype]`; none where the layer cannot be built from the command line.
    """

    arguments: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def options(self) -> str:
        """The options of `weightscope layer` that build the layer."""
        arguments = [f"--arg {shlex.quote(one)}" for one in self.arguments]
        return " ".join([*arguments, *(f"--input-shape {one}" for one in self.inputs)])


def _each(names: str, inputs: tuple[str, ...], arguments: tuple[str, ...] = ()) -> Iterator[tuple[str, Example]]:
    """Yields the example of each of these layers: the same for all."""
    return ((name, Example(arguments, inputs)) for name in names.split())


#: Every layer of Keras 3 that `keras.layers` names, by its name there.
EXAMPLES: Final = dict(
    (
        *_each(
            "ActivityRegularization AugMix AutoContrast BatchNormalization "
            "ContrastLimitedAdaptiveHistogramEqualization Cropping2D CutMix ELU Equalization Flatten "
            "GlobalAveragePooling2D GlobalAvgPool2D GlobalMaxPool2D "
            "GlobalMaxPooling2D Identity LayerNormalization LeakyReLU MaxPool2D MaxPooling2D MixUp Normalization PReLU "
            "RMSNormalization RandAugment RandomColorJitter RandomElasticTransform RandomErasing RandomFlip "
            "RandomGaussianBlur RandomGrayscale RandomInvert RandomPerspective RandomShear ReLU Softmax Solarization "
            "UnitNormalization UpSampling2D ZeroPadding2D",
            inputs=("1,28,28,3",),
        ),
        *_each("GroupNormalization", inputs=("1,28,28,64",)),
        *_each(
            "Cropping1D GlobalAveragePooling1D GlobalAvgPool1D GlobalMaxPool1D GlobalMaxPooling1D Masking MaxPool1D "
            "MaxPooling1D UpSampling1D ZeroPadding1D",
            inputs=("1,10,8",),
        ),
        *_each(
            "Cropping3D GlobalAveragePooling3D GlobalAvgPool3D GlobalMaxPool3D GlobalMaxPooling3D MaxPool3D "
            "MaxPooling3D UpSampling3D ZeroPadding3D",
            inputs=("1,16,16,16,3",),
        ),
        *_each("Add Average Concatenate Maximum Minimum Multiply Subtract", inputs=("1,4", "1,4")),
        *_each("AdditiveAttention Attention", inputs=("1,4,8", "1,6,8")),
        *_each("MelSpectrogram", inputs=("1,16000",)),
        *_each("STFTSpectrogram", inputs=("1,16000,1",)),
        *_each("Discretization", inputs=("1,4",), arguments=("bin_boundaries=[0.5,1.5]",)),
        *_each("CategoryEncoding", inputs=("1,4:int32",), arguments=("num_tokens=8",)),
        *_each("IntegerLookup", inputs=("1,4:int32",), arguments=("vocabulary=[1,2]",)),
        *_each("StringLookup", inputs=("1,4:string",), arguments=('vocabulary=["a","b"]',)),
        *_each("TextVectorization", inputs=("1,1:string",), arguments=('vocabulary=["a","b"]',)),
        *_each("Activation", inputs=("1,28,28,3",), arguments=("activation=relu",)),
        *_each("AlphaDropout Dropout GaussianDropout SpatialDropout2D", inputs=("1,28,28,3",), arguments=("rate=0.5",)),
        *_each("SpatialDropout1D", inputs=("1,10,8",), arguments=("rate=0.5",)),
        *_each("SpatialDropout3D", inputs=("1,16,16,16,3",), arguments=("rate=0.5",)),
        *_each("GaussianNoise", inputs=("1,28,28,3",), arguments=("stddev=0.1",)),
        *_each("AdaptiveAveragePooling1D AdaptiveMaxPooling1D", inputs=("1,10,8",), arguments=("output_size=2",)),
        *_each("AdaptiveAveragePooling2D AdaptiveMaxPooling2D", inputs=("1,28,28,3",), arguments=("output_size=2",)),
        *_each("AdaptiveAveragePooling3D AdaptiveMaxPooling3D", inputs=("1,16,16,16,3",), arguments=("output_size=2",)),
        *_each("AveragePooling1D AvgPool1D", inputs=("1,10,8",), arguments=("pool_size=2",)),
        *_each("AveragePooling2D AvgPool2D", inputs=("1,28,28,3",), arguments=("pool_size=2",)),
        *_each("AveragePooling3D AvgPool3D", inputs=("1,16,16,16,3",), arguments=("pool_size=2",)),
        *_each(
            "Conv1D Conv1DTranspose Convolution1D Convolution1DTranspose SeparableConv1D SeparableConvolution1D",
            inputs=("1,10,8",),
            arguments=("filters=8", "kernel_size=3"),
        ),
        *_each(
            "Conv2D Conv2DTranspose Convolution2D Convolution2DTranspose SeparableConv2D SeparableConvolution2D",
            inputs=("1,28,28,3",),
            arguments=("filters=8", "kernel_size=3"),
        ),
        *_each(
            "Conv3D Conv3DTranspose Convolution3D Convolution3DTranspose",
            inputs=("1,16,16,16,3",),
            arguments=("filters=8", "kernel_size=3"),
        ),
        *_each("ConvLSTM1D", inputs=("1,4,10,3",), arguments=("filters=8", "kernel_size=3")),
        *_each("ConvLSTM2D", inputs=("1,4,10,10,3",), arguments=("filters=8", "kernel_size=3")),
        *_each("ConvLSTM3D", inputs=("1,4,8,8,8,3",), arguments=("filters=8", "kernel_size=3")),
        *_each("DepthwiseConv1D", inputs=("1,10,8",), arguments=("kernel_size=3",)),
        *_each("DepthwiseConv2D", inputs=("1,28,28,3",), arguments=("kernel_size=3",)),
        *_each("Dense", inputs=("1,16",), arguments=("units=8",)),
        *_each("GRU LSTM SimpleRNN", inputs=("1,10,8",), arguments=("units=8",)),
        *_each("GRUCell", inputs=("inputs=1,8", "states=[1,8]"), arguments=("units=8",)),
        *_each("LSTMCell", inputs=("inputs=1,8", "states=[1,8],[1,8]"), arguments=("units=8",)),
        *_each("SimpleRNNCell", inputs=("sequence=1,8", "states=[1,8]"), arguments=("units=8",)),
        *_each("EinsumDense", inputs=("1,16",), arguments=("equation=ab,bc->ac", "output_shape=8")),
        *_each("Embedding ReversibleEmbedding", inputs=("1,10:int32",), arguments=("input_dim=100", "output_dim=8")),
        *_each("MultiHeadAttention", inputs=("query=1,4,8", "value=1,6,8"), arguments=("num_heads=2", "key_dim=4")),
        *_each(
            "GroupQueryAttention",
            inputs=("query=1,4,8", "value=1,6,8"),
            arguments=("head_dim=4", "num_query_heads=4", "num_key_value_heads=2"),
        ),
        *_each("Bidirectional", inputs=("1,10,8",), arguments=("layer=LSTM(units=8)",)),
        *_each("TimeDistributed", inputs=("1,10,8",), arguments=("layer=Dense(units=8)",)),
        *_each("SpectralNormalization", inputs=("1,16",), arguments=("layer=Dense(units=8)",)),
        *_each("RNN", inputs=("1,10,8",), arguments=("cell=LSTMCell(units=8)",)),
        *_each("StackedRNNCells", inputs=("inputs=1,8", "states=[1,8]"), arguments=("cells=[GRUCell(units=8)]",)),
        *_each("Pipeline", inputs=("1,28,28,3",), arguments=("layers=[Rescaling(scale=0.5)]",)),
        *_each("Dot", inputs=("1,4", "1,4"), arguments=("axes=1",)),
        *_each("Permute", inputs=("1,4",), arguments=("dims=[1]",)),
        *_each("RepeatVector", inputs=("1,4",), arguments=("n=3",)),
        *_each("Reshape", inputs=("1,4",), arguments=("target_shape=[2,2]",)),
        *_each("Rescaling", inputs=("1,28,28,3",), arguments=("scale=0.5",)),
        *_each("Hashing", inputs=("1,4:int32",), arguments=("num_bins=8",)),
        *_each("HashedCrossing", inputs=("1:int32", "1:int32"), arguments=("num_bins=8",)),
        *_each("CenterCrop RandomCrop Resizing", inputs=("1,28,28,3",), arguments=("height=8", "width=8")),
        *_each(
            "RandomBrightness RandomColorDegeneration RandomContrast RandomHue RandomPosterization RandomRotation "
            "RandomSaturation RandomSharpness",
            inputs=("1,28,28,3",),
            arguments=("factor=0.2",),
        ),
        *_each("RandomTranslation", inputs=("1,28,28,3",), arguments=("height_factor=0.2", "width_factor=0.2")),
        *_each("RandomZoom", inputs=("1,28,28,3",), arguments=("height_factor=0.2",)),
        *_each("MaxNumBoundingBoxes", inputs=(), arguments=("max_number=8",)),
        *_each("InputLayer Layer", inputs=()),
        *_each("Wrapper", inputs=(), arguments=("layer=Dense(units=8)",)),
        *_each("Lambda", inputs=(), arguments=("function=FUNCTION",)),
        *_each("JaxLayer", inputs=(), arguments=("call_fn=FUNCTION",)),
        *_each("FlaxLayer TorchModuleWrapper", inputs=(), arguments=("module=MODULE",)),
        *_each("TFSMLayer", inputs=(), arguments=("filepath=FOLDER",)),
    )
)
