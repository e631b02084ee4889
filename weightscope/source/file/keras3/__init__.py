"""Files of Keras 3: `.keras`, its unzipped folder, `.weights.h5`, and shards of it."""
