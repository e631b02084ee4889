"""Functions and classes of Keras 1 to 3 that a config names without saying which module they are of."""

from __future__ import annotations

from typing import Final

_ACTIVATIONS: Final = """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softmax_v2 softplus softsign
    sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
"""

#: In lower case: Keras takes `MSE` for `mse`.
_LOSSES_AND_METRICS: Final = """
    acc accuracy bce binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy
    categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge ce
    circle cosine cosine_proximity cosine_similarity crossentropy ctc dice fbeta_score fmeasure hinge huber huber_loss
    kl_divergence kld kullback_leibler_divergence log_cosh logcosh mae mape matthews_correlation mean_absolute_error
    mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse msle poisson precision recall
    sparse_categorical_accuracy sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge
    top_k_categorical_accuracy tversky
"""

#: The losses that Keras 3.15.1 finds by the name that a legacy file has; short names, such as `mse`, it does not.
_LEGACY_LOSSES: Final = """
    binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy
    categorical_hinge circle cosine_similarity ctc dice hinge huber kl_divergence log_cosh mean_absolute_error
    mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson
    sparse_categorical_crossentropy squared_hinge tversky
"""

#: Initializers, regularizers and constraints as Keras 1 and 2 named them too; as Keras 3 names them, they are in
#: `constructors`.
_OTHER_NAMES: Final = """
    ConstantV2 GlorotNormalV2 GlorotUniformV2 HeNormalV2 HeUniformV2 IdentityV2 LecunNormalV2 LecunUniformV2 OnesV2
    OrthogonalV2 RadialConstraint RandomNormalV2 RandomUniformV2 TruncatedNormalV2 VarianceScalingV2 WeightRegularizer
    ActivityRegularizer EigenvalueRegularizer ZerosV2 constant glorot_normal glorot_uniform he_normal he_uniform
    identity l1 l1_l2 l1l2 l2 lecun_normal lecun_uniform max_norm maxnorm min_max_norm non_neg nonneg normal one ones
    orthogonal orthogonal_regularizer radial_constraint random_normal random_uniform truncated_normal uniform unit_norm
    unitnorm variance_scaling zero zeros
    MeanTensor MeanRelativeError SumOverBatchSize SumOverBatchSizeMetricWrapper LossFunctionWrapper Reduce
    Policy PolicyV1 FixedLossScale DynamicLossScale TensorShape TypeSpec TFOptimizer LossScaleOptimizerV1
    LossScaleOptimizerV3 LinearCosineDecay NoisyLinearCosineDecay
"""

#: Layers of Keras 1 and 2, and of TensorFlow 1, that Keras 3 does not have under these names.
_EARLIER_LAYERS: Final = """
    AbstractRNNCell BatchNormalizationV1 BatchNormalizationV2 Convolution1D Convolution2D Convolution3D Deconvolution2D
    Deconvolution3D DenseFeatures DeviceWrapper DropoutWrapper GRUCellV1 GRUCellV2 GRUV1 GRUV2 Highway InstanceMethod
    InstanceProperty ClassMethod LSTMCellV1 LSTMCellV2 LSTMV1 LSTMV2 LinearModel MaxoutDense ParametricSoftplus
    PeepholeLSTMCell PreprocessingLayer RandomFourierFeatures ResidualWrapper SReLU SeparableConvolution1D
    SeparableConvolution2D SequenceFeatures TimeDistributedDense WideDeepModel
"""

#: What Keras 3 takes for one of its functions where it is an option of a layer in a legacy file, such as `dot`.
#: Source: `class_and_config_for_serialized_keras_object` of `keras/src/legacy/saving/serialization.py`, and the
#: functions of `keras/src/layers/__init__.py`, Keras 3.15.1.
_TAKEN_FOR_FUNCTIONS: Final = """
    Input add average concatenate deserialize dot maximum minimum multiply serialize subtract
"""

#: What Keras 2 exported of a module and Keras 3 does not.
EARLIER_OPTIONS: Final = frozenset({("keras.constraints", "RadialConstraint")})

TAKEN_FOR_FUNCTIONS: Final = frozenset(_TAKEN_FOR_FUNCTIONS.split())
ACTIVATIONS: Final = frozenset(_ACTIVATIONS.split())
LOSSES_AND_METRICS: Final = frozenset(_LOSSES_AND_METRICS.split())
OTHER_NAMES: Final = frozenset(_OTHER_NAMES.split())
LEGACY_LOSSES: Final = frozenset(_LEGACY_LOSSES.split())
EARLIER_LAYERS: Final = frozenset(_EARLIER_LAYERS.split())
