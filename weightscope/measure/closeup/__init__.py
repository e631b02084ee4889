"""One variable in detail: quantiles, slices, pictures in little."""
