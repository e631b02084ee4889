"""HDF5 files as groups and datasets."""
