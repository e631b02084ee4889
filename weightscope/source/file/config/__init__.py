"""A model's config: the tree of layers that it describes."""
