"""Which arguments the constructors of Keras' losses, metrics, optimizers and other classes take.

Source: the signatures of `keras/src`, Keras 3.15.1, with what is taken out of `**kwargs`. Every row is held against the
installed Keras by the tests of this folder.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import LOSS, METRIC, OPTIMIZER, Takes, anything, takes

#: By the module that exports the classes.
OTHERS: Final[dict[str, tuple[Takes, ...]]] = {
    "keras.losses": (
        takes(
            "MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError LogCosh Hinge "
            "SquaredHinge CategoricalHinge KLDivergence Poisson CTC",
            LOSS,
        ),
        takes("CosineSimilarity Dice", LOSS, "axis"),
        takes("Huber", LOSS, "delta"),
        takes("BinaryCrossentropy CategoricalCrossentropy", LOSS, "axis from_logits label_smoothing"),
        takes("BinaryFocalCrossentropy", LOSS, "alpha apply_class_balancing axis from_logits gamma label_smoothing"),
        takes("CategoricalFocalCrossentropy", LOSS, "alpha axis from_logits gamma label_smoothing"),
        takes("SparseCategoricalCrossentropy", LOSS, "axis from_logits ignore_class"),
        takes("Tversky", LOSS, "alpha axis beta"),
        takes("Circle", LOSS, "gamma margin remove_diagonal"),
        takes("CategoricalGeneralizedCrossEntropy", LOSS, "q"),
    ),
    "keras.metrics": (
        takes(
            "Sum Mean Accuracy CategoricalAccuracy SparseCategoricalAccuracy Hinge SquaredHinge CategoricalHinge "
            "KLDivergence Poisson MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError "
            "MeanSquaredLogarithmicError RootMeanSquaredError LogCoshError",
            METRIC,
        ),
        anything("MeanMetricWrapper"),
        takes("BinaryAccuracy", METRIC, "threshold"),
        takes("TopKCategoricalAccuracy", METRIC, "k"),
        takes("SparseTopKCategoricalAccuracy", METRIC, "from_sorted_ids k"),
        takes("FalsePositives FalseNegatives TrueNegatives TruePositives", METRIC, "thresholds"),
        takes("Precision Recall", METRIC, "class_id thresholds top_k"),
        takes("SensitivityAtSpecificity", METRIC, "class_id num_thresholds specificity"),
        takes("SpecificityAtSensitivity", METRIC, "class_id num_thresholds sensitivity"),
        takes("PrecisionAtRecall", METRIC, "class_id num_thresholds recall"),
        takes("RecallAtPrecision", METRIC, "class_id num_thresholds precision"),
        takes(
            "AUC",
            METRIC,
            "curve from_logits label_weights multi_label num_labels num_thresholds summation_method thresholds",
        ),
        takes("PearsonCorrelation ConcordanceCorrelation CosineSimilarity", METRIC, "axis"),
        takes("FBetaScore", METRIC, "average beta threshold"),
        takes("F1Score", METRIC, "average threshold"),
        takes("IoU", METRIC, "axis ignore_class num_classes sparse_y_pred sparse_y_true target_class_ids"),
        takes("BinaryIoU", METRIC, "target_class_ids threshold"),
        takes("MeanIoU", METRIC, "axis ignore_class num_classes sparse_y_pred sparse_y_true"),
        takes("OneHotIoU", METRIC, "axis ignore_class num_classes sparse_y_pred target_class_ids"),
        takes("OneHotMeanIoU", METRIC, "axis ignore_class num_classes sparse_y_pred"),
        takes("BinaryCrossentropy", METRIC, "from_logits label_smoothing"),
        takes("CategoricalCrossentropy", METRIC, "axis from_logits label_smoothing"),
        takes("SparseCategoricalCrossentropy", METRIC, "axis from_logits ignore_class"),
        takes("R2Score", METRIC, "class_aggregation num_regressors"),
    ),
    "keras.initializers": (
        takes("Constant", own="value"),
        takes("Zeros Ones"),
        takes("Identity", own="gain"),
        takes("STFT", own="periodic scaling side window"),
        takes("RandomNormal TruncatedNormal", own="mean seed stddev"),
        takes("RandomUniform", own="maxval minval seed"),
        takes("VarianceScaling", own="distribution input_axes mode output_axes scale seed"),
        takes(
            "GlorotUniform GlorotNormal LecunNormal LecunUniform HeNormal HeUniform", own="input_axes output_axes seed"
        ),
        takes("Orthogonal", own="gain seed"),
    ),
    "keras.regularizers": (
        takes("L1L2", own="l1 l2"),
        takes("L1", own="l1"),
        takes("L2", own="l2"),
        takes("OrthogonalRegularizer", own="factor mode"),
    ),
    "keras.constraints": (
        takes("Constraint NonNeg"),
        takes("MaxNorm", own="axis max_value"),
        takes("UnitNorm", own="axis"),
        takes("MinMaxNorm", own="axis max_value min_value rate"),
    ),
    "keras.optimizers": (
        takes("Adadelta", OPTIMIZER, "epsilon rho"),
        takes("Adafactor", OPTIMIZER, "beta_2_decay clip_threshold epsilon_1 epsilon_2 relative_step"),
        takes("Adagrad", OPTIMIZER, "epsilon initial_accumulator_value"),
        takes("Adam AdamW", OPTIMIZER, "amsgrad beta_1 beta_2 epsilon"),
        takes("Adamax Nadam Lamb", OPTIMIZER, "beta_1 beta_2 epsilon"),
        takes(
            "Ftrl",
            OPTIMIZER,
            "beta initial_accumulator_value l1_regularization_strength l2_regularization_strength "
            "l2_shrinkage_regularization_strength learning_rate_power",
        ),
        takes("Lion", OPTIMIZER, "beta_1 beta_2"),
        takes(
            "LossScaleOptimizer",
            own="clipnorm clipvalue dynamic dynamic_growth_steps ema_momentum ema_overwrite_frequency global_clipnorm "
            "gradient_accumulation_steps initial_scale inner_optimizer loss_scale_factor name use_ema weight_decay",
        ),
        takes("OptimizerMap", own="default_optimizer optimizer_map"),
        takes("MultiOptimizer", own="loss_scale_factor name optimizer_map"),
        takes(
            "Muon",
            OPTIMIZER,
            "adam_beta_1 adam_beta_2 adam_lr_ratio adam_weight_decay epsilon exclude_embeddings exclude_layers "
            "momentum muon_a muon_b muon_c nesterov ns_steps rms_rate",
        ),
        takes("RMSprop", OPTIMIZER, "centered epsilon momentum rho"),
        takes("ScheduleFreeAdamW", OPTIMIZER, "beta_1 beta_2 epsilon warmup_steps"),
        takes("SGD", OPTIMIZER, "momentum nesterov"),
    ),
    "keras.optimizers.schedules": (
        takes("LearningRateSchedule"),
        takes("ExponentialDecay InverseTimeDecay", own="decay_rate decay_steps initial_learning_rate name staircase"),
        takes("PiecewiseConstantDecay", own="boundaries name values"),
        takes("PolynomialDecay", own="cycle decay_steps end_learning_rate initial_learning_rate name power"),
        takes("CosineDecay", own="alpha decay_steps initial_learning_rate name warmup_steps warmup_target"),
        takes("CosineDecayRestarts", own="alpha first_decay_steps initial_learning_rate m_mul name t_mul"),
    ),
    "keras": (takes("DTypePolicy FloatDTypePolicy", own="name"),),
    "keras.dtype_policies": (
        takes("QuantizedDTypePolicy Int4DTypePolicy GPTQDTypePolicy AWQDTypePolicy", own="mode source_name"),
        takes("QuantizedFloat8DTypePolicy", own="amax_history_length mode source_name"),
        takes("DTypePolicyMap", own="default_policy policy_map"),
    ),
    "keras.quantizers": (
        takes("QuantizationConfig Int8QuantizationConfig", own="activation_quantizer weight_quantizer"),
        takes("Int4QuantizationConfig", own="activation_quantizer block_size weight_quantizer"),
        takes("Float8QuantizationConfig"),
        takes(
            "AWQConfig",
            own="dataset group_size num_grid_points num_samples quantization_layer_structure sequence_length tokenizer "
            "weight_bits",
        ),
        takes(
            "GPTQConfig",
            own="activation_order dataset group_size hessian_damping num_samples per_channel "
            "quantization_layer_structure sequence_length symmetric tokenizer weight_bits",
        ),
        takes("AbsMaxQuantizer", own="axis epsilon output_dtype value_range"),
    ),
}
