"""Every bound on what a file may ask of us, in one table: files come from strangers.

A real model stays far below each of them; a file that does not is refused with a `FileError` and never half
read.
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

#: A config or metadata of a model, as text. Two thousand layers take 1.6 MiB; a vocabulary of a million
#: words some 10 MiB.
CONFIG_BYTES: Final = 16 * MIB

#: What a config may take of memory when it is parsed: a layer takes 3.5 KiB, a word of a vocabulary 75 bytes.
CONFIG_MEMORY: Final = 96 * MIB

#: Models and layers inside one another. JSON itself may nest as deep as the interpreter parses (a
#: `RecursionError` is an error of the file).
LAYER_DEPTH: Final = 64

#: Layers that a config may describe, shared ones counted each time; each takes 2 KiB besides its config.
LAYERS: Final = 32_768

#: Bytes that a zip's central directory may take: about 100,000 members.
ZIP_DIRECTORY_BYTES: Final = 16 * MIB

#: A deflated member is inflated to a temporary file of this size at most; Keras itself never deflates.
INFLATED_BYTES: Final = 4 * 1024 * MIB

#: What is packed may declare this much, or this many times what is stored. Weights hardly compress: what does
#: is either small or a bomb. Keras' own guards have the same shape (`saving_lib._reject_zip_extract_bomb`).
UNPACKED_BYTES: Final = 256 * MIB
EXPANSION: Final = 100

#: Groups and datasets together, and datasets alone: listing one takes 2.5 KiB. A model of 10,000 variables has 30,000
#: with its optimizer, and as many groups.
HDF5_OBJECTS: Final = 65_536
HDF5_DATASETS: Final = 32_768

#: Groups inside one another.
HDF5_DEPTH: Final = 256

#: Characters of a path of groups, or of layers; the longest of a real model has some 200.
PATH_CHARACTERS: Final = 2048

#: Header messages of all objects together; a dataset has six to ten.
HDF5_MESSAGES: Final = 2_000_000

#: Bytes of one object's header, its attributes included.
HDF5_HEADER_BYTES: Final = MIB

#: Bytes read at once to learn about the file: a heap with a legacy file's config is the largest that occurs.
HDF5_READ_BYTES: Final = CONFIG_BYTES

#: Bytes and calls that learning about a file may take in all: what ends a walk in circles, whatever its
#: shape.
HDF5_METADATA_BYTES: Final = 128 * MIB
HDF5_METADATA_READS: Final = 2_000_000

#: Axes of a dataset; HDF5 and numpy both stop at 32.
HDF5_RANK: Final = 32

#: Bytes of one chunk, unpacked: it is in memory twice while it is read. h5py makes none larger than 1 MiB by itself.
CHUNK_BYTES: Final = 8 * MIB

#: A chunk of more bytes than these is read by one thread at a time.
LARGE_CHUNK_BYTES: Final = MIB

#: Chunks of all datasets together: what their indexes may list.
CHUNKS: Final = 65_536

#: Bytes of a shard list (`.weights.json`), and the shards that it may name.
SHARD_LIST_BYTES: Final = 16 * MIB
SHARDS: Final = 1024

#: Bytes of a checkpoint's index, and what it may unpack to; an entry takes some 100.
INDEX_BYTES: Final = 32 * MIB

#: Tensors, and parts of tensors, of a checkpoint.
CHECKPOINT_ENTRIES: Final = 131_072

#: Bytes of memory that the names of all tensors may take: a hundred thousand of 100 characters take 15 MiB.
CHECKPOINT_NAME_BYTES: Final = 24 * MIB

#: Scopes of TF 1 that optimizers may be made in, and one inside the other; and the ways to read the name of one slot.
SCOPES: Final = 16_384
SCOPE_DEPTH: Final = 16
SLOT_READINGS: Final = 4

#: Bytes of what its index tells of one tensor; a part of a partitioned one takes some 30.
ENTRY_BYTES: Final = 64 * KIB

#: Files that a checkpoint's values may lie in.
DATA_SHARDS: Final = 65_536

#: Parts of one partitioned variable.
SLICES: Final = 1024

#: Bytes of a text in a checkpoint, of which the graph of its objects is the longest: 100 for each object.
CHECKPOINT_TEXT_BYTES: Final = 16 * MIB

#: Bytes of one protobuf message. An empty one inside it takes two, and some sixty in memory.
MESSAGE_BYTES: Final = 2 * MIB

#: Bytes of an object of a SavedModel. TensorFlow before 2.5 put the config of the whole model into its root: some 1 KiB
#: a layer.
OBJECT_BYTES: Final = 4 * MIB

#: Bytes of a list of all variables in a SavedModel of TF 1; one takes some 200.
COLLECTION_BYTES: Final = 8 * MIB

#: What may be read of a SavedModel's description in all, its graph of operations left out, and in how many calls.
SAVED_MODEL_BYTES: Final = 64 * MIB
SAVED_MODEL_READS: Final = 1_000_000

#: MetaGraphs of a SavedModel, and signatures or collections of each.
META_GRAPHS: Final = 256
SIGNATURES: Final = 4096

#: Objects in a graph of them, and the names that they give to one another. A layer brings some twenty of either.
GRAPH_NODES: Final = 131_072
GRAPH_NAMES: Final = 1_048_576

#: Names that lead to one object.
GRAPH_DEPTH: Final = 64


def most_unpacked(stored: int) -> int:
    """Returns the bytes that `stored` packed ones may declare."""
    return max(UNPACKED_BYTES, EXPANSION * stored)
