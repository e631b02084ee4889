"""All limits on the content of files, in one table, because files are untrusted.

Real models stay far below each limit. A file beyond a limit raises a `FileError`; it is never read in part.
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

#: Bytes of a model's config or metadata, as text. Two thousand layers take 1.6 MiB; a vocabulary of a million
#: words takes about 10 MiB.
CONFIG_BYTES: Final = 16 * MIB

#: Bytes of memory for a parsed config. A layer takes 3.5 KiB; a word of a vocabulary takes 75 bytes. With its text and
#: the program, all is to stay below 100 MiB.
CONFIG_MEMORY: Final = 64 * MIB

#: Bytes of a lock file, and bytes of memory for what is parsed of it. A variable takes about 170 bytes in the file: a
#: checkpoint of the most tensors with the longest names takes 42 MiB. To verify 131,000 variables takes 214 MiB in all.
LOCK_BYTES: Final = 48 * MIB
LOCK_MEMORY: Final = 512 * MIB

#: Levels of nested models and layers. JSON may nest as deep as the interpreter can parse; a `RecursionError` is
#: reported as an error of the file.
LAYER_DEPTH: Final = 64

#: Layers in a config. A shared layer counts each time. Each layer takes 2 KiB of memory in addition to its config.
LAYERS: Final = 32_768

#: Bytes of a zip's central directory: about 100,000 members.
ZIP_DIRECTORY_BYTES: Final = 16 * MIB

#: Bytes of the temporary file that a deflated member is inflated to. Keras itself never deflates members.
INFLATED_BYTES: Final = 4 * 1024 * MIB

#: Compressed data may declare `UNPACKED_BYTES`, or `EXPANSION` times its stored bytes if that is more. Weights hardly
#: compress, so more is a decompression bomb. Keras has the same rule (`saving_lib._reject_zip_extract_bomb`).
UNPACKED_BYTES: Final = 256 * MIB
EXPANSION: Final = 100

#: Groups and datasets together, and datasets alone. Listing a dataset takes 2.5 KiB of memory. A model of 10,000
#: variables has 30,000 datasets with its optimizer, and as many groups.
HDF5_OBJECTS: Final = 65_536
HDF5_DATASETS: Final = 32_768

#: Levels of nested groups.
HDF5_DEPTH: Final = 256

#: Characters of a path of groups or of layers. The longest path in a real model has about 200.
PATH_CHARACTERS: Final = 2048

#: Header messages of all objects together; a dataset has six to ten.
HDF5_MESSAGES: Final = 2_000_000

#: Bytes of one object's header, its attributes included.
HDF5_HEADER_BYTES: Final = MIB

#: Bytes of one read of metadata. The largest such read is the heap that holds a legacy file's config.
HDF5_READ_BYTES: Final = CONFIG_BYTES

#: Total bytes and read calls for a file's metadata. This limit also ends walks through files with cyclic references.
HDF5_METADATA_BYTES: Final = 128 * MIB
HDF5_METADATA_READS: Final = 2_000_000

#: Bytes of one far file that are kept in a temporary file, besides what describes its contents; values beyond that are
#: fetched each time they are read.
FAR_KEPT_BYTES: Final = 1024 * MIB

#: Bytes of a model hub's list of a repository's files: a thousand files take 0.3 MiB.
HUB_LIST_BYTES: Final = 16 * MIB

#: Axes of a dataset. HDF5 allows 32.
HDF5_RANK: Final = 32

#: Bytes of an uncompressed chunk. It is in memory twice while it is read. h5py's automatic chunks are at most 1 MiB.
CHUNK_BYTES: Final = 8 * MIB

#: Chunks with more bytes than this are read by one thread at a time.
LARGE_CHUNK_BYTES: Final = MIB

#: Chunks in the indexes of all datasets together.
CHUNKS: Final = 65_536

#: Bytes of a shard list (`.weights.json`), and the number of shards in it.
SHARD_LIST_BYTES: Final = 16 * MIB
SHARDS: Final = 1024

#: Bytes of a checkpoint's index, stored and uncompressed. An entry takes about 100 bytes.
INDEX_BYTES: Final = 32 * MIB

#: Tensors, and parts of tensors, of a checkpoint.
CHECKPOINT_ENTRIES: Final = 131_072

#: Bytes of memory for the names of all tensors. 100,000 names of 100 characters take 15 MiB.
CHECKPOINT_NAME_BYTES: Final = 24 * MIB

#: TF 1 name scopes that contain optimizers, levels of nested scopes, and possible interpretations of a slot's name.
SCOPES: Final = 16_384
SCOPE_DEPTH: Final = 16
SLOT_READINGS: Final = 4

#: Bytes of a tensor's entry in the index. Each part of a partitioned tensor takes about 30 bytes.
ENTRY_BYTES: Final = 64 * KIB

#: Data files of a checkpoint.
DATA_SHARDS: Final = 65_536

#: Parts of one partitioned variable.
SLICES: Final = 1024

#: Bytes of a string in a checkpoint. The longest string is the object graph, which takes 100 bytes for each object.
CHECKPOINT_TEXT_BYTES: Final = 16 * MIB

#: Bytes of one protobuf message. An empty nested message takes 2 bytes in the file and about 60 in memory.
MESSAGE_BYTES: Final = 2 * MIB

#: Bytes of an object of a SavedModel. TensorFlow before 2.5 stored the config of the whole model in the root object:
#: about 1 KiB for each layer.
OBJECT_BYTES: Final = 4 * MIB

#: Bytes of the list of all variables in a SavedModel of TF 1. A variable takes about 200 bytes.
COLLECTION_BYTES: Final = 8 * MIB

#: Total bytes and read calls for a SavedModel's description, without its graph of operations.
SAVED_MODEL_BYTES: Final = 64 * MIB
SAVED_MODEL_READS: Final = 1_000_000

#: MetaGraphs of a SavedModel, and signatures or collections of each MetaGraph.
META_GRAPHS: Final = 256
SIGNATURES: Final = 4096

#: Objects in an object graph, and named references between them. A layer has about twenty of each.
GRAPH_NODES: Final = 131_072
GRAPH_NAMES: Final = 1_048_576

#: Names in a path to one object.
GRAPH_DEPTH: Final = 64


def most_unpacked(stored: int) -> int:
    """Returns the largest uncompressed size, in bytes, that `stored` compressed bytes may declare."""
    return max(UNPACKED_BYTES, EXPANSION * stored)
