"""Names of Keras 2 that Keras 3 does not have, each with its replacement.

`tf_keras` is the oracle for the old names. A test checks that Keras 3 does not have the old name, and runs each
replacement.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Functions of `keras.backend` that `keras.ops` has under the same name, with the same defaults.
_SAME_NAME = """
    abs all any arange cast clip cos dot elu equal exp expand_dims eye greater greater_equal less less_equal log max
    maximum mean min minimum ndim not_equal one_hot ones ones_like prod relu reshape round shape sigmoid sign sin
    softmax softplus softsign sqrt square squeeze stack std stop_gradient sum tanh tile transpose var zeros
    zeros_like
"""

_BACKEND = {
    "argmax": "keras.ops.argmax(x, axis=-1)",
    "argmin": "keras.ops.argmin(x, axis=-1)",
    "concatenate": "keras.ops.concatenate(tensors, axis=-1)",
    "cumprod": "keras.ops.cumprod(x, axis=0)",
    "cumsum": "keras.ops.cumsum(x, axis=0)",
    "hard_sigmoid": "keras.ops.clip(0.2 * x + 0.5, 0, 1)",
    "batch_dot": "keras.ops.matmul(x, y)",
    "batch_flatten": "keras.ops.reshape(x, (keras.ops.shape(x)[0], -1))",
    "batch_get_value": "[keras.ops.convert_to_numpy(one) for one in variables]",
    "batch_set_value": "variable.assign(value) for each",
    "bias_add": "x + bias",
    "binary_crossentropy": "keras.ops.binary_crossentropy",
    "cast_to_floatx": "keras.ops.cast(x, keras.config.floatx())",
    "categorical_crossentropy": "keras.ops.categorical_crossentropy",
    "constant": "keras.ops.convert_to_tensor",
    "conv1d": "keras.ops.conv",
    "conv2d": "keras.ops.conv",
    "conv2d_transpose": "keras.ops.conv_transpose",
    "conv3d": "keras.ops.conv",
    "count_params": "math.prod(x.shape)",
    "depthwise_conv2d": "keras.ops.depthwise_conv",
    "dropout": "keras.random.dropout",
    "dtype": "keras.backend.standardize_dtype(x.dtype)",
    "eval": "keras.ops.convert_to_numpy",
    "flatten": "keras.ops.ravel",
    "function": "keras.Model(inputs, outputs)",
    "gather": "keras.ops.take(x, indices, axis=0)",
    "get_value": "keras.ops.convert_to_numpy",
    "gradients": "tf.GradientTape",
    "in_test_phase": "alt if training else x, with the argument `training` of call()",
    "in_train_phase": "x if training else alt, with the argument `training` of call()",
    "int_shape": "x.shape",
    "l2_normalize": "keras.ops.normalize(x, axis=-1, order=2)",
    "learning_phase": "the argument `training` of call()",
    "map_fn": "keras.ops.map",
    "moving_average_update": "variable.assign(variable * momentum + value * (1 - momentum))",
    "name_scope": "keras.name_scope",
    "permute_dimensions": "keras.ops.transpose(x, axes)",
    "placeholder": "keras.Input",
    "pool2d": "keras.ops.max_pool, keras.ops.average_pool",
    "pool3d": "keras.ops.max_pool, keras.ops.average_pool",
    "pow": "keras.ops.power",
    "print_tensor": "tf.print",
    "random_bernoulli": "keras.random.binomial(shape, 1, probability)",
    "random_binomial": "keras.random.binomial(shape, 1, probability)",
    "random_normal": "keras.random.normal",
    "random_normal_variable": "keras.Variable(keras.random.normal(shape))",
    "random_uniform": "keras.random.uniform",
    "random_uniform_variable": "keras.Variable(keras.random.uniform(shape))",
    "repeat": "keras.layers.RepeatVector(n)(x)",
    "repeat_elements": "keras.ops.repeat(x, repeats, axis)",
    "resize_images": "keras.ops.image.resize(x, size)",
    "reverse": "keras.ops.flip(x, axis)",
    "rnn": "keras.layers.RNN",
    "separable_conv2d": "keras.ops.separable_conv",
    "set_learning_phase": "the argument `training` of call()",
    "set_value": "variable.assign(value)",
    "sparse_categorical_crossentropy": "keras.ops.sparse_categorical_crossentropy",
    "spatial_2d_padding": "keras.ops.pad",
    "spatial_3d_padding": "keras.ops.pad",
    "switch": "keras.ops.where(condition, x, y)",
    "temporal_padding": "keras.ops.pad",
    "truncated_normal": "keras.random.truncated_normal",
    "update": "variable.assign(value)",
    "update_add": "variable.assign_add(value)",
    "update_sub": "variable.assign_sub(value)",
    "variable": "keras.Variable",
}

_MODULES = {
    "keras.backend.tensorflow_backend": "import tensorflow as tf",
    "keras.engine": "from keras.layers import Layer, or from keras import Model",
    "keras.layers.advanced_activations": "from keras.layers import LeakyReLU, PReLU, ELU",
    "keras.layers.convolutional": "from keras.layers import Conv2D, ...",
    "keras.layers.core": "from keras.layers import Dense, ...",
    "keras.layers.embeddings": "from keras.layers import Embedding",
    "keras.layers.experimental": "from keras import layers",
    "keras.layers.merge": "from keras.layers import Concatenate, Add, ...",
    "keras.layers.noise": "from keras.layers import GaussianNoise, ...",
    "keras.layers.normalization": "from keras.layers import BatchNormalization",
    "keras.layers.pooling": "from keras.layers import MaxPooling2D, ...",
    "keras.layers.preprocessing": "from keras import layers",
    "keras.layers.recurrent": "from keras.layers import LSTM, GRU, RNN, ...",
    "keras.layers.wrappers": "from keras.layers import Bidirectional, TimeDistributed",
    "keras.objectives": "from keras import losses",
    "keras.preprocessing.text": "from keras.layers import TextVectorization",
    "keras.utils.conv_utils": "plain Python: n if isinstance(n, tuple) else (n, n)",
    "keras.utils.generic_utils": "from keras.utils import get_custom_objects, ...",
    "keras.utils.layer_utils": "model.summary()",
    "keras.utils.vis_utils": "from keras.utils import plot_model",
}

_ATTRIBUTES = {
    "keras.layers.AbstractRNNCell": "keras.layers.Layer, with state_size and call(inputs, states)",
    "keras.layers.CuDNNGRU": "keras.layers.GRU",
    "keras.layers.CuDNNLSTM": "keras.layers.LSTM",
    "keras.layers.DenseFeatures": "keras.utils.FeatureSpace",
    "keras.layers.RandomHeight": "keras.layers.RandomZoom(height_factor)",
    "keras.layers.RandomWidth": "keras.layers.RandomZoom(0, width_factor)",
    "keras.layers.SyncBatchNormalization": "keras.layers.BatchNormalization(synchronized=True)",
    "keras.layers.ThresholdedReLU": "keras.layers.ReLU(threshold=theta)",
    "keras.layers.experimental": "keras.layers",
    "keras.layers.merge": "keras.layers.concatenate, keras.layers.add",
    "keras.losses.KLD": "keras.losses.kl_divergence",
    "keras.losses.MAE": "keras.losses.mean_absolute_error",
    "keras.losses.MSE": "keras.losses.mean_squared_error",
    "keras.losses.kullback_leibler_divergence": "keras.losses.kl_divergence",
    "keras.losses.mae": "keras.losses.mean_absolute_error",
    "keras.losses.mse": "keras.losses.mean_squared_error",
    "keras.models.model_from_config": "keras.Model.from_config",
    "keras.preprocessing.image.ImageDataGenerator": "keras.utils.image_dataset_from_directory",
    "keras.preprocessing.sequence.TimeseriesGenerator": "keras.utils.timeseries_dataset_from_array",
    "keras.utils.np_utils": "keras.utils.to_categorical",
}

#: Attributes of layers, models and tensors.
MEMBERS: Mapping[str, str] = {
    "_keras_shape": "x.shape",
    "add_update": "variable.assign(value) in call()",
    "evaluate_generator": "model.evaluate",
    "fit_generator": "model.fit",
    "get_updates_for": "variable.assign(value) in call()",
    "input_shape": "the argument `input_shape` of build()",
    "predict_generator": "model.predict",
    "to_yaml": "model.to_json()",
    "updates": "variable.assign(value) in call()",
}

#: What code does with shapes that were a TensorShape of Dimensions and are tuples of numbers now, by the type and the
#: attribute that it has not: the old code, and its replacement.
SHAPES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("int", "value"): ("input_shape[-1].value", "input_shape[-1]"),
    ("NoneType", "value"): ("input_shape[0].value", "input_shape[0]"),
    ("tuple", "as_list"): ("input_shape.as_list()", "list(input_shape)"),
    ("tuple", "ndims"): ("input_shape.ndims", "len(input_shape)"),
    ("tuple", "rank"): ("input_shape.rank", "len(input_shape)"),
    ("tuple", "dims"): ("input_shape.dims", "input_shape"),
}

#: The replacement for each old name; the old name includes its module.
REPLACEMENTS: Mapping[str, str] = {
    **{f"keras.backend.{name}": f"keras.ops.{name}" for name in _SAME_NAME.split()},
    **{f"keras.backend.{name}": replacement for name, replacement in _BACKEND.items()},
    **_MODULES,
    **_ATTRIBUTES,
}
