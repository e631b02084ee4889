"""Arrays by name without a model: `.npz` and `.safetensors` files."""
