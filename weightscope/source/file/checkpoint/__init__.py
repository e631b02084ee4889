"""TensorFlow checkpoints (TensorBundles): an index of tensors, and data shards that hold their values."""
