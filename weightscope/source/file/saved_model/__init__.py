"""SavedModels: a folder with a description of what was saved, its signatures, and a checkpoint of its variables."""
