"""What becomes of variables over the checkpoints of one training."""
