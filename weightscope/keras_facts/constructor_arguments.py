"""Which arguments the constructors of Keras' classes take, as rows of text; `constructors` looks them up.

A row lists classes of the same arguments, by the module that exports them. How to read it:

    @layer          the arguments of this group (`GROUPS` of `constructors`)
    kernel_*        kernel_initializer, kernel_regularizer and kernel_constraint
    *               any argument

Source: the signatures of `keras/src`, Keras 3.15.1, with what is taken out of `**kwargs`. Every row is held against the
installed Keras by the tests of this folder.
"""

from __future__ import annotations

from typing import Final

ROWS: Final = {
    "keras.layers": """
        ELU: @layer alpha
        LeakyReLU: @layer alpha negative_slope
        PReLU: @layer alpha_* shared_axes
        ReLU: @layer max_value negative_slope threshold
        Softmax Concatenate UnitNormalization: @layer axis
        Activation: @layer activation
        Attention AdditiveAttention: @layer dropout score_mode seed use_scale
        EinsumDense: @layer kernel_* bias_* activation bias_axes equation gptq_unpacked_column_size lora_alpha
            lora_rank output_shape quantization_config
        Dropout AlphaDropout: @layer noise_shape rate seed
        GroupQueryAttention: @layer kernel_* bias_* dropout flash_attention head_dim num_key_value_heads
            num_query_heads seed sliding_window use_bias use_gate
        MultiHeadAttention: @layer kernel_* bias_* attention_axes dropout flash_attention key_dim num_heads
            output_shape seed sliding_window use_bias use_gate value_dim
        Conv1D Conv2D Conv3D: @layer kernel_* bias_* activation data_format dilation_rate filters groups kernel_size
            lora_alpha lora_rank padding strides use_bias
        Conv1DTranspose Conv2DTranspose Conv3DTranspose: @layer kernel_* bias_* activation data_format dilation_rate
            filters kernel_size output_padding padding strides use_bias
        DepthwiseConv1D DepthwiseConv2D: @layer depthwise_* bias_* activation data_format depth_multiplier
            dilation_rate kernel_size padding strides use_bias
        SeparableConv1D SeparableConv2D: @layer pointwise_* depthwise_* bias_* activation data_format depth_multiplier
            dilation_rate filters kernel_size padding strides use_bias
        Dense: @layer kernel_* bias_* activation lora_alpha lora_rank quantization_config units use_bias
        Embedding: @layer embeddings_* input_length lora_alpha lora_rank mask_zero output_dim quantization_config
            weights
        Identity Add Average Maximum Minimum Multiply Subtract: @layer
        InputLayer HashedCrossing FlaxLayer: *
        Lambda: @layer arguments function mask output_shape
        Masking: @layer mask_value
        ReversibleEmbedding: @layer embeddings_* input_length logit_soft_cap lora_alpha lora_rank mask_zero output_dim
            quantization_config reverse_dtype tie_weights weights
        Wrapper TimeDistributed: @layer layer
        Dot: @layer axes normalize
        BatchNormalization: @layer gamma_* beta_* axis center epsilon momentum moving_mean_initializer
            moving_variance_initializer renorm renorm_clipping renorm_momentum scale synchronized
        GroupNormalization: @layer gamma_* beta_* axis center epsilon groups scale
        LayerNormalization: @layer gamma_* beta_* axis center epsilon rms_scaling scale
        RMSNormalization: @layer axis epsilon
        SpectralNormalization: @layer layer power_iterations
        AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
            AdaptiveMaxPooling2D AdaptiveMaxPooling3D: @layer data_format output_size
        AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D: @layer data_format
            padding pool_size strides
        GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
            GlobalMaxPooling3D: @layer data_format keepdims
        CategoryEncoding: @layer num_tokens output_mode sparse
        Discretization: bin_boundaries dtype epsilon name num_bins output_mode sparse
        Hashing: @layer mask_value num_bins output_mode salt sparse
        AugMix: @layer @image all_ops alpha chain_depth interpolation num_chains seed value_range
        AutoContrast: @layer @image value_range
        CenterCrop: @layer @image height width
        ContrastLimitedAdaptiveHistogramEqualization: @layer @image clip_limit tile_grid_size value_range
        CutMix RandomGrayscale: @layer @image seed
        Equalization: @layer @image bins value_range
        MaxNumBoundingBoxes: @layer @image fill_value max_number
        MixUp: @layer @image alpha seed
        RandAugment: @layer @image interpolation num_ops seed value_range
        RandomBrightness RandomColorDegeneration RandomContrast RandomHue RandomSaturation RandomInvert
            RandomPosterization RandomSharpness: @layer @image seed value_range
        RandomColorJitter: @layer @image brightness_factor contrast_factor hue_factor saturation_factor seed
            value_range
        RandomCrop: @layer @image height seed width
        RandomElasticTransform: @layer @image fill_mode fill_value interpolation scale seed value_range
        RandomErasing: @layer @image fill_value scale seed value_range
        RandomFlip: @layer @image mode seed
        RandomGaussianBlur: @layer @image kernel_size seed sigma value_range
        RandomPerspective: @layer @image fill_value interpolation scale seed
        RandomRotation: @layer @image fill_mode fill_value interpolation seed
        RandomShear: @layer @image fill_mode fill_value interpolation seed x_factor y_factor
        RandomTranslation RandomZoom: @layer @image fill_mode fill_value height_factor interpolation seed width_factor
        Resizing: @layer @image antialias crop_to_aspect_ratio fill_mode fill_value height interpolation
            pad_to_aspect_ratio width
        Solarization: @layer @image addition_factor seed threshold_factor value_range
        IntegerLookup: dtype has_input_vocabulary idf_weights invert mask_token max_tokens name num_oov_indices
            oov_method oov_token output_mode pad_to_max_tokens salt sparse trainable vocabulary vocabulary_dtype
            vocabulary_size
        MelSpectrogram: @layer fft_length mag_exp max_freq min_freq min_power num_mel_bins power_to_db ref_power
            sampling_rate sequence_length sequence_stride top_db window
        Normalization: @layer axis invert mean variance
        Pipeline: layers name
        Rescaling: @layer offset scale
        STFTSpectrogram: @layer data_format expand_dims fft_length frame_length frame_step mode padding periodic
            scaling window
        StringLookup: dtype encoding has_input_vocabulary idf_weights invert mask_token max_tokens name num_oov_indices
            oov_method oov_token output_mode pad_to_max_tokens salt sparse trainable vocabulary vocabulary_size
        TextVectorization: @layer encoding has_input_vocabulary idf_weights max_tokens ngrams output_mode
            output_sequence_length pad_to_max_tokens ragged sparse split standardize vocabulary vocabulary_size
        ActivityRegularization: autocast dtype input_dim input_shape l1 l2 name trainable
        GaussianDropout: @layer rate seed
        GaussianNoise: @layer seed stddev
        SpatialDropout1D: dtype name rate seed
        SpatialDropout2D SpatialDropout3D: data_format dtype name rate seed
        Cropping1D: @layer cropping
        Cropping2D Cropping3D: @layer cropping data_format
        Flatten: @layer data_format
        Permute: @layer dims
        RepeatVector: @layer n
        Reshape: @layer target_shape
        UpSampling1D: @layer size
        UpSampling2D: @layer data_format interpolation size
        UpSampling3D: @layer data_format size
        ZeroPadding1D ZeroPadding2D ZeroPadding3D: @layer data_format padding
        StackedRNNCells: @layer cells
        RNN: @layer @sequence cell
        GRUCell: @layer @recurrent implementation recurrent_activation reset_after units
        GRU: @layer @sequence @recurrent implementation recurrent_activation reset_after units use_cudnn
        LSTMCell: @layer @recurrent implementation recurrent_activation unit_forget_bias units
        LSTM: @layer @sequence @recurrent implementation recurrent_activation unit_forget_bias units use_cudnn
        Bidirectional: @layer backward_layer layer merge_mode weights
        ConvLSTM1D ConvLSTM2D ConvLSTM3D: @layer @sequence @recurrent data_format dilation_rate filters kernel_size
            padding recurrent_activation strides unit_forget_bias
        SimpleRNNCell: @layer @recurrent units
        SimpleRNN: @layer @sequence @recurrent units
        TFSMLayer: call_endpoint call_training_endpoint dtype filepath name trainable
        JaxLayer: @layer call_fn init_fn native_serialization_platforms params seed state
        TorchModuleWrapper: @layer module output_shape
    """,
    "keras.losses": """
        MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError LogCosh Hinge
            SquaredHinge CategoricalHinge KLDivergence Poisson CTC: @loss
        CosineSimilarity Dice: @loss axis
        Huber: @loss delta
        BinaryCrossentropy CategoricalCrossentropy: @loss axis from_logits label_smoothing
        BinaryFocalCrossentropy: @loss alpha apply_class_balancing axis from_logits gamma label_smoothing
        CategoricalFocalCrossentropy: @loss alpha axis from_logits gamma label_smoothing
        SparseCategoricalCrossentropy: @loss axis from_logits ignore_class
        Tversky: @loss alpha axis beta
        Circle: @loss gamma margin remove_diagonal
        CategoricalGeneralizedCrossEntropy: @loss q
    """,
    "keras.metrics": """
        Sum Mean Accuracy CategoricalAccuracy SparseCategoricalAccuracy Hinge SquaredHinge CategoricalHinge
            KLDivergence Poisson MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError
            MeanSquaredLogarithmicError RootMeanSquaredError LogCoshError: @metric
        MeanMetricWrapper: *
        BinaryAccuracy: @metric threshold
        TopKCategoricalAccuracy: @metric k
        SparseTopKCategoricalAccuracy: @metric from_sorted_ids k
        FalsePositives FalseNegatives TrueNegatives TruePositives: @metric thresholds
        Precision Recall: @metric class_id thresholds top_k
        SensitivityAtSpecificity: @metric class_id num_thresholds specificity
        SpecificityAtSensitivity: @metric class_id num_thresholds sensitivity
        PrecisionAtRecall: @metric class_id num_thresholds recall
        RecallAtPrecision: @metric class_id num_thresholds precision
        AUC: @metric curve from_logits label_weights multi_label num_labels num_thresholds summation_method thresholds
        PearsonCorrelation ConcordanceCorrelation CosineSimilarity: @metric axis
        FBetaScore: @metric average beta threshold
        F1Score: @metric average threshold
        IoU: @metric axis ignore_class num_classes sparse_y_pred sparse_y_true target_class_ids
        BinaryIoU: @metric target_class_ids threshold
        MeanIoU: @metric axis ignore_class num_classes sparse_y_pred sparse_y_true
        OneHotIoU: @metric axis ignore_class num_classes sparse_y_pred target_class_ids
        OneHotMeanIoU: @metric axis ignore_class num_classes sparse_y_pred
        BinaryCrossentropy: @metric from_logits label_smoothing
        CategoricalCrossentropy: @metric axis from_logits label_smoothing
        SparseCategoricalCrossentropy: @metric axis from_logits ignore_class
        R2Score: @metric class_aggregation num_regressors
    """,
    "keras.initializers": """
        Constant: value
        Zeros Ones:
        Identity: gain
        STFT: periodic scaling side window
        RandomNormal TruncatedNormal: mean seed stddev
        RandomUniform: maxval minval seed
        VarianceScaling: distribution input_axes mode output_axes scale seed
        GlorotUniform GlorotNormal LecunNormal LecunUniform HeNormal HeUniform: input_axes output_axes seed
        Orthogonal: gain seed
    """,
    "keras.regularizers": """
        L1L2: l1 l2
        L1: l1
        L2: l2
        OrthogonalRegularizer: factor mode
    """,
    "keras.constraints": """
        Constraint NonNeg:
        MaxNorm: axis max_value
        UnitNorm: axis
        MinMaxNorm: axis max_value min_value rate
    """,
    "keras.optimizers": """
        Adadelta: @optimizer epsilon rho
        Adafactor: @optimizer beta_2_decay clip_threshold epsilon_1 epsilon_2 relative_step
        Adagrad: @optimizer epsilon initial_accumulator_value
        Adam AdamW: @optimizer amsgrad beta_1 beta_2 epsilon
        Adamax Nadam Lamb: @optimizer beta_1 beta_2 epsilon
        Ftrl: @optimizer beta initial_accumulator_value l1_regularization_strength l2_regularization_strength
            l2_shrinkage_regularization_strength learning_rate_power
        Lion: @optimizer beta_1 beta_2
        LossScaleOptimizer: clipnorm clipvalue dynamic dynamic_growth_steps ema_momentum ema_overwrite_frequency
            global_clipnorm gradient_accumulation_steps initial_scale inner_optimizer loss_scale_factor name use_ema
            weight_decay
        OptimizerMap: default_optimizer optimizer_map
        MultiOptimizer: loss_scale_factor name optimizer_map
        Muon: @optimizer adam_beta_1 adam_beta_2 adam_lr_ratio adam_weight_decay epsilon exclude_embeddings
            exclude_layers momentum muon_a muon_b muon_c nesterov ns_steps rms_rate
        RMSprop: @optimizer centered epsilon momentum rho
        ScheduleFreeAdamW: @optimizer beta_1 beta_2 epsilon warmup_steps
        SGD: @optimizer momentum nesterov
    """,
    "keras.optimizers.schedules": """
        LearningRateSchedule:
        ExponentialDecay InverseTimeDecay: decay_rate decay_steps initial_learning_rate name staircase
        PiecewiseConstantDecay: boundaries name values
        PolynomialDecay: cycle decay_steps end_learning_rate initial_learning_rate name power
        CosineDecay: alpha decay_steps initial_learning_rate name warmup_steps warmup_target
        CosineDecayRestarts: alpha first_decay_steps initial_learning_rate m_mul name t_mul
    """,
    "keras": """
        DTypePolicy FloatDTypePolicy: name
    """,
    "keras.dtype_policies": """
        QuantizedDTypePolicy Int4DTypePolicy GPTQDTypePolicy AWQDTypePolicy: mode source_name
        QuantizedFloat8DTypePolicy: amax_history_length mode source_name
        DTypePolicyMap: default_policy policy_map
    """,
    "keras.quantizers": """
        QuantizationConfig Int8QuantizationConfig: activation_quantizer weight_quantizer
        Int4QuantizationConfig: activation_quantizer block_size weight_quantizer
        Float8QuantizationConfig:
        AWQConfig: dataset group_size num_grid_points num_samples quantization_layer_structure sequence_length
            tokenizer weight_bits
        GPTQConfig: activation_order dataset group_size hessian_damping num_samples per_channel
            quantization_layer_structure sequence_length symmetric tokenizer weight_bits
        AbsMaxQuantizer: axis epsilon output_dtype value_range
    """,
}
