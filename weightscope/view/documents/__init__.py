"""The JSON documents as Python dicts, and their schema."""
