"""What a page shows of a model, or of what differs between two."""
