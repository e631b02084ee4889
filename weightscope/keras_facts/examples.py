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


#: One line an example: the inputs, the required arguments after a bar, and after a colon the layers that take them.
_TABLE: Final = """
1,28,28,3 | : ActivityRegularization AugMix AutoContrast BatchNormalization ContrastLimitedAdaptiveHistogramEqualization
1,28,28,3 | : Cropping2D CutMix ELU Equalization Flatten GlobalAveragePooling2D GlobalAvgPool2D GlobalMaxPool2D
1,28,28,3 | : GlobalMaxPooling2D Identity LayerNormalization LeakyReLU MaxPool2D MaxPooling2D MixUp
1,28,28,3 | : Normalization PReLU RMSNormalization RandAugment RandomColorJitter RandomElasticTransform RandomErasing
1,28,28,3 | : RandomFlip RandomGaussianBlur RandomGrayscale RandomInvert RandomPerspective RandomShear ReLU Softmax
1,28,28,3 | : Solarization UnitNormalization UpSampling2D ZeroPadding2D
1,28,28,64 | : GroupNormalization
1,10,8 | : Cropping1D GlobalAveragePooling1D GlobalAvgPool1D GlobalMaxPool1D GlobalMaxPooling1D Masking MaxPool1D
1,10,8 | : MaxPooling1D UpSampling1D ZeroPadding1D
1,16,16,16,3 | : Cropping3D GlobalAveragePooling3D GlobalAvgPool3D GlobalMaxPool3D GlobalMaxPooling3D MaxPool3D
1,16,16,16,3 | : MaxPooling3D UpSampling3D ZeroPadding3D
1,4 1,4 | : Add Average Concatenate Maximum Minimum Multiply Subtract
1,4,8 1,6,8 | : AdditiveAttention Attention
1,16000 | : MelSpectrogram
1,16000,1 | : STFTSpectrogram
1,4 | bin_boundaries=[0.5,1.5] : Discretization
1,4:int32 | num_tokens=8 : CategoryEncoding
1,4:int32 | vocabulary=[1,2] : IntegerLookup
1,4:string | vocabulary=["a","b"] : StringLookup
1,1:string | vocabulary=["a","b"] : TextVectorization
1,28,28,3 | activation=relu : Activation
1,28,28,3 | rate=0.5 : AlphaDropout Dropout GaussianDropout SpatialDropout2D
1,10,8 | rate=0.5 : SpatialDropout1D
1,16,16,16,3 | rate=0.5 : SpatialDropout3D
1,28,28,3 | stddev=0.1 : GaussianNoise
1,10,8 | output_size=2 : AdaptiveAveragePooling1D AdaptiveMaxPooling1D
1,28,28,3 | output_size=2 : AdaptiveAveragePooling2D AdaptiveMaxPooling2D
1,16,16,16,3 | output_size=2 : AdaptiveAveragePooling3D AdaptiveMaxPooling3D
1,10,8 | pool_size=2 : AveragePooling1D AvgPool1D
1,28,28,3 | pool_size=2 : AveragePooling2D AvgPool2D
1,16,16,16,3 | pool_size=2 : AveragePooling3D AvgPool3D
1,10,8 | filters=8 kernel_size=3 : Conv1D Conv1DTranspose Convolution1D Convolution1DTranspose SeparableConv1D
1,10,8 | filters=8 kernel_size=3 : SeparableConvolution1D
1,28,28,3 | filters=8 kernel_size=3 : Conv2D Conv2DTranspose Convolution2D Convolution2DTranspose SeparableConv2D
1,28,28,3 | filters=8 kernel_size=3 : SeparableConvolution2D
1,16,16,16,3 | filters=8 kernel_size=3 : Conv3D Conv3DTranspose Convolution3D Convolution3DTranspose
1,4,10,3 | filters=8 kernel_size=3 : ConvLSTM1D
1,4,10,10,3 | filters=8 kernel_size=3 : ConvLSTM2D
1,4,8,8,8,3 | filters=8 kernel_size=3 : ConvLSTM3D
1,10,8 | kernel_size=3 : DepthwiseConv1D
1,28,28,3 | kernel_size=3 : DepthwiseConv2D
1,16 | units=8 : Dense
1,10,8 | units=8 : GRU LSTM SimpleRNN
inputs=1,8 states=[1,8] | units=8 : GRUCell
inputs=1,8 states=[1,8],[1,8] | units=8 : LSTMCell
sequence=1,8 states=[1,8] | units=8 : SimpleRNNCell
1,16 | equation=ab,bc->ac output_shape=8 : EinsumDense
1,10:int32 | input_dim=100 output_dim=8 : Embedding ReversibleEmbedding
query=1,4,8 value=1,6,8 | num_heads=2 key_dim=4 : MultiHeadAttention
query=1,4,8 value=1,6,8 | head_dim=4 num_query_heads=4 num_key_value_heads=2 : GroupQueryAttention
1,10,8 | layer=LSTM(units=8) : Bidirectional
1,10,8 | layer=Dense(units=8) : TimeDistributed
1,16 | layer=Dense(units=8) : SpectralNormalization
1,10,8 | cell=LSTMCell(units=8) : RNN
inputs=1,8 states=[1,8] | cells=[GRUCell(units=8)] : StackedRNNCells
1,28,28,3 | layers=[Rescaling(scale=0.5)] : Pipeline
1,4 1,4 | axes=1 : Dot
1,4 | dims=[1] : Permute
1,4 | n=3 : RepeatVector
1,4 | target_shape=[2,2] : Reshape
1,28,28,3 | scale=0.5 : Rescaling
1,4:int32 | num_bins=8 : Hashing
1:int32 1:int32 | num_bins=8 : HashedCrossing
1,28,28,3 | height=8 width=8 : CenterCrop RandomCrop Resizing
1,28,28,3 | factor=0.2 : RandomBrightness RandomColorDegeneration RandomContrast RandomHue RandomPosterization
1,28,28,3 | factor=0.2 : RandomRotation RandomSaturation RandomSharpness
1,28,28,3 | height_factor=0.2 width_factor=0.2 : RandomTranslation
1,28,28,3 | height_factor=0.2 : RandomZoom
| max_number=8 : MaxNumBoundingBoxes
| : InputLayer Layer
| layer=Dense(units=8) : Wrapper
| function=FUNCTION : Lambda
| call_fn=FUNCTION : JaxLayer
| module=MODULE : FlaxLayer TorchModuleWrapper
| filepath=FOLDER : TFSMLayer
"""


def _examples() -> Iterator[tuple[str, Example]]:
    for line in _TABLE.strip().splitlines():
        options, _, names = line.rpartition(" : ")
        inputs, _, arguments = options.partition("|")
        for name in names.split():
            yield name, Example(tuple(arguments.split()), tuple(inputs.split()))


#: Every layer of Keras 3 that `keras.layers` names, by its name there.
EXAMPLES: Final = dict(_examples())
