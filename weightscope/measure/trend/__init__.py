"""How variables change over the checkpoints of one training."""
