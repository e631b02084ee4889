"""Which arguments the constructors of Keras' layers take.

Source: the signatures of `keras/src`, Keras 3.15.1, with what is taken out of `**kwargs`. Every row is held against the
installed Keras by the tests of this folder.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    ALPHA,
    BETA,
    BIAS,
    DEPTHWISE,
    EMBEDDINGS,
    GAMMA,
    IMAGE,
    KERNEL,
    LAYER,
    POINTWISE,
    RECURRENT,
    SEQUENCE,
    Takes,
    anything,
    takes,
)

#: By class; what `keras.layers` exports.
LAYERS: Final[tuple[Takes, ...]] = (
    takes("ELU", LAYER, "alpha"),
    takes("LeakyReLU", LAYER, "alpha negative_slope"),
    takes("PReLU", LAYER | ALPHA, "shared_axes"),
    takes("ReLU", LAYER, "max_value negative_slope threshold"),
    takes("Softmax Concatenate UnitNormalization", LAYER, "axis"),
    takes("Activation", LAYER, "activation"),
    takes("Attention AdditiveAttention", LAYER, "dropout score_mode seed use_scale"),
    takes(
        "EinsumDense",
        LAYER | KERNEL | BIAS,
        "activation bias_axes equation gptq_unpacked_column_size lora_alpha lora_rank output_shape quantization_config",
    ),
    takes("Dropout AlphaDropout", LAYER, "noise_shape rate seed"),
    takes(
        "GroupQueryAttention",
        LAYER | KERNEL | BIAS,
        "dropout flash_attention head_dim num_key_value_heads num_query_heads seed sliding_window use_bias use_gate",
    ),
    takes(
        "MultiHeadAttention",
        LAYER | KERNEL | BIAS,
        "attention_axes dropout flash_attention key_dim num_heads output_shape seed sliding_window use_bias "
        "use_gate value_dim",
    ),
    takes(
        "Conv1D Conv2D Conv3D",
        LAYER | KERNEL | BIAS,
        "activation data_format dilation_rate filters groups kernel_size lora_alpha lora_rank padding strides use_bias",
    ),
    takes(
        "Conv1DTranspose Conv2DTranspose Conv3DTranspose",
        LAYER | KERNEL | BIAS,
        "activation data_format dilation_rate filters kernel_size output_padding padding strides use_bias",
    ),
    takes(
        "DepthwiseConv1D DepthwiseConv2D",
        LAYER | DEPTHWISE | BIAS,
        "activation data_format depth_multiplier dilation_rate kernel_size padding strides use_bias",
    ),
    takes(
        "SeparableConv1D SeparableConv2D",
        LAYER | POINTWISE | DEPTHWISE | BIAS,
        "activation data_format depth_multiplier dilation_rate filters kernel_size padding strides use_bias",
    ),
    takes("Dense", LAYER | KERNEL | BIAS, "activation lora_alpha lora_rank quantization_config units use_bias"),
    takes(
        "Embedding",
        LAYER | EMBEDDINGS,
        "input_length lora_alpha lora_rank mask_zero output_dim quantization_config weights",
    ),
    takes("Identity Add Average Maximum Minimum Multiply Subtract", LAYER),
    anything("InputLayer HashedCrossing FlaxLayer"),
    takes("Lambda", LAYER, "arguments function mask output_shape"),
    takes("Masking", LAYER, "mask_value"),
    takes(
        "ReversibleEmbedding",
        LAYER | EMBEDDINGS,
        "input_length logit_soft_cap lora_alpha lora_rank mask_zero output_dim quantization_config reverse_dtype "
        "tie_weights weights",
    ),
    takes("Wrapper TimeDistributed", LAYER, "layer"),
    takes("Dot", LAYER, "axes normalize"),
    takes(
        "BatchNormalization",
        LAYER | GAMMA | BETA,
        "axis center epsilon momentum moving_mean_initializer moving_variance_initializer renorm renorm_clipping "
        "renorm_momentum scale synchronized",
    ),
    takes("GroupNormalization", LAYER | GAMMA | BETA, "axis center epsilon groups scale"),
    takes("LayerNormalization", LAYER | GAMMA | BETA, "axis center epsilon rms_scaling scale"),
    takes("RMSNormalization", LAYER, "axis epsilon"),
    takes("SpectralNormalization", LAYER, "layer power_iterations"),
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
        "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D "
        "GlobalMaxPooling3D",
        LAYER,
        "data_format keepdims",
    ),
    takes("CategoryEncoding", LAYER, "num_tokens output_mode sparse"),
    takes("Discretization", own="bin_boundaries dtype epsilon name num_bins output_mode sparse"),
    takes("Hashing", LAYER, "mask_value num_bins output_mode salt sparse"),
    takes("AugMix", LAYER | IMAGE, "all_ops alpha chain_depth interpolation num_chains seed value_range"),
    takes("AutoContrast", LAYER | IMAGE, "value_range"),
    takes("CenterCrop", LAYER | IMAGE, "height width"),
    takes("ContrastLimitedAdaptiveHistogramEqualization", LAYER | IMAGE, "clip_limit tile_grid_size value_range"),
    takes("CutMix RandomGrayscale", LAYER | IMAGE, "seed"),
    takes("Equalization", LAYER | IMAGE, "bins value_range"),
    takes("MaxNumBoundingBoxes", LAYER | IMAGE, "fill_value max_number"),
    takes("MixUp", LAYER | IMAGE, "alpha seed"),
    takes("RandAugment", LAYER | IMAGE, "interpolation num_ops seed value_range"),
    takes(
        "RandomBrightness RandomColorDegeneration RandomContrast RandomHue RandomSaturation RandomInvert "
        "RandomPosterization RandomSharpness",
        LAYER | IMAGE,
        "seed value_range",
    ),
    takes(
        "RandomColorJitter",
        LAYER | IMAGE,
        "brightness_factor contrast_factor hue_factor saturation_factor seed value_range",
    ),
    takes("RandomCrop", LAYER | IMAGE, "height seed width"),
    takes("RandomElasticTransform", LAYER | IMAGE, "fill_mode fill_value interpolation scale seed value_range"),
    takes("RandomErasing", LAYER | IMAGE, "fill_value scale seed value_range"),
    takes("RandomFlip", LAYER | IMAGE, "mode seed"),
    takes("RandomGaussianBlur", LAYER | IMAGE, "kernel_size seed sigma value_range"),
    takes("RandomPerspective", LAYER | IMAGE, "fill_value interpolation scale seed"),
    takes("RandomRotation", LAYER | IMAGE, "fill_mode fill_value interpolation seed"),
    takes("RandomShear", LAYER | IMAGE, "fill_mode fill_value interpolation seed x_factor y_factor"),
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
    takes("Solarization", LAYER | IMAGE, "addition_factor seed threshold_factor value_range"),
    takes(
        "IntegerLookup",
        own="dtype has_input_vocabulary idf_weights invert mask_token max_tokens name num_oov_indices oov_method "
        "oov_token output_mode pad_to_max_tokens salt sparse trainable vocabulary vocabulary_dtype vocabulary_size",
    ),
    takes(
        "MelSpectrogram",
        LAYER,
        "fft_length mag_exp max_freq min_freq min_power num_mel_bins power_to_db ref_power sampling_rate "
        "sequence_length sequence_stride top_db window",
    ),
    takes("Normalization", LAYER, "axis invert mean variance"),
    takes("Pipeline", own="layers name"),
    takes("Rescaling", LAYER, "offset scale"),
    takes(
        "STFTSpectrogram",
        LAYER,
        "data_format expand_dims fft_length frame_length frame_step mode padding periodic scaling window",
    ),
    takes(
        "StringLookup",
        own="dtype encoding has_input_vocabulary idf_weights invert mask_token max_tokens name num_oov_indices "
        "oov_method oov_token output_mode pad_to_max_tokens salt sparse trainable vocabulary vocabulary_size",
    ),
    takes(
        "TextVectorization",
        LAYER,
        "encoding has_input_vocabulary idf_weights max_tokens ngrams output_mode output_sequence_length "
        "pad_to_max_tokens ragged sparse split standardize vocabulary vocabulary_size",
    ),
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
    takes("GRUCell", LAYER | RECURRENT, "implementation recurrent_activation reset_after units"),
    takes("GRU", LAYER | SEQUENCE | RECURRENT, "implementation recurrent_activation reset_after units use_cudnn"),
    takes("LSTMCell", LAYER | RECURRENT, "implementation recurrent_activation unit_forget_bias units"),
    takes("LSTM", LAYER | SEQUENCE | RECURRENT, "implementation recurrent_activation unit_forget_bias units use_cudnn"),
    takes("Bidirectional", LAYER, "backward_layer layer merge_mode weights"),
    takes(
        "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
        LAYER | SEQUENCE | RECURRENT,
        "data_format dilation_rate filters kernel_size padding recurrent_activation strides unit_forget_bias",
    ),
    takes("SimpleRNNCell", LAYER | RECURRENT, "units"),
    takes("SimpleRNN", LAYER | SEQUENCE | RECURRENT, "units"),
    takes("TFSMLayer", own="call_endpoint call_training_endpoint dtype filepath name trainable"),
    takes("JaxLayer", LAYER, "call_fn init_fn native_serialization_platforms params seed state"),
    takes("TorchModuleWrapper", LAYER, "module output_shape"),
)
