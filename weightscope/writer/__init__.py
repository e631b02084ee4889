"""Writes weights to other files: `.npz`, `.safetensors`, `.weights.h5`, `.keras`. The only folder that imports h5py."""
