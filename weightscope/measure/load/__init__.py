"""What `load_weights` would do with a file and a target: pure functions over what is known of the two."""
