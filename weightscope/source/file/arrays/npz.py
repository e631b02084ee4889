"""A `.npz` file: a zip of `.npy` files, read in place. Pickled objects in it are never opened."""

from __future__ import annotations

import zipfile
from functools import partial

from weightscope.errors import FileError
from weightscope.inspection import Inspection
from weightscope.inspection.variable import Values
from weightscope.source import limits
from weightscope.source.bytes.zip_archive import Archive
from weightscope.source.escape import escape
from weightscope.source.file.arrays.export_mark import read_mark
from weightscope.source.file.arrays.fortran_order import FortranOrder
from weightscope.source.file.arrays.npy_header import HEAD_BYTES, NpyError, NpyHeader, parse_npy_header
from weightscope.source.file.arrays.packed_member import InflatedMembers, PackedMember
from weightscope.source.file.arrays.signatures import NPY_END
from weightscope.source.file.arrays.stored_array import StoredArray, array_inspection, check_total, too_many_arrays
from weightscope.source.file.hdf5.dataset import Contiguous, Dataset
from weightscope.source.identified import Identified
from weightscope.source.missing_values import MissingValues
from weightscope.source.wanted import Wanted

#: Bytes from the beginning of a member on that hold what describes an array: its local header, and numpy's.
_AHEAD_BYTES = 30 + 64 + HEAD_BYTES
_AGAIN = "write the file again with numpy.savez"
_PICKLED = "holds pickled Python objects, which are never opened"


def read_npz(found: Identified[Archive], wanted: Wanted) -> Inspection:
    """Returns the arrays that a `.npz` file holds.

    Raises:
        FileError: It is damaged or hostile.
    """
    archive, location = found.opened, found.location
    names = [name for name in archive.members if name.endswith(NPY_END)]
    if len(names) > limits.HDF5_DATASETS:
        raise too_many_arrays(location)
    heads = (archive.members[name] for name in names)
    archive.whole.ahead((one.header_offset, one.header_offset + _AHEAD_BYTES + len(one.filename)) for one in heads)
    archive.whole.together(partial(_head, archive, name) for name in names)  # a packed one takes more bytes
    _check_sizes(archive, names)
    inflated: InflatedMembers | None = None
    arrays = []
    for name in names:
        is_packed = archive.members[name].compress_type != zipfile.ZIP_STORED
        if is_packed and inflated is None:
            inflated = InflatedMembers(archive)
        arrays.append(_array(archive, name, inflated if is_packed else None))
    mark = read_mark(archive.comment.decode("utf-8", "replace"))
    return array_inspection(found, archive.whole.length, arrays, mark, wanted)


def _check_sizes(archive: Archive, names: list[str]) -> None:
    """Checks that members lie beside one another, and inflate to no more than the file warrants.

    Raises:
        FileError: They do not.
    """
    places = [archive.packed_range(name) for name in names]
    check_total(archive.whole.location, [(one.start, one.start + one.length) for one in places])
    packed = (archive.members[name] for name in names)
    made = sum(one.file_size for one in packed if one.compress_type != zipfile.ZIP_STORED)
    if made > limits.most_unpacked(archive.whole.length):
        raise FileError(archive.whole.location, f"its arrays would inflate to {made:,} bytes", _AGAIN)


def _array(archive: Archive, name: str, inflated: InflatedMembers | None) -> StoredArray:
    key, size = name.removesuffix(NPY_END), archive.members[name].file_size
    try:
        header = parse_npy_header(_head(archive, name))
    except NpyError as error:
        raise FileError(archive.whole.location, f"the array {escape(key)}: {error}", _AGAIN) from error
    if header.number_type is None:
        return _unread(archive, key, header)
    if header.data_start + (header.data_bytes or 0) != size:
        what = f"the array {escape(key)} of shape {header.shape} does not have the bytes that its member has"
        raise FileError(archive.whole.location, what, _AGAIN)
    shape = header.shape[::-1] if header.is_fortran else header.shape
    source = archive.whole if inflated is not None else archive.range_of(name)
    dataset = Dataset(name, shape, header.number_type, source, Contiguous(header.data_start))
    values: Values = PackedMember(inflated, dataset) if inflated is not None else dataset
    if header.is_fortran:
        values = FortranOrder(values, header.shape)
    return StoredArray(key, header.number_type.name, header.shape, values)


def _head(archive: Archive, name: str) -> bytes:
    return archive.first_bytes(name, min(HEAD_BYTES, archive.members[name].file_size))


def _unread(archive: Archive, key: str, header: NpyHeader) -> StoredArray:
    """Returns an array whose values are no numbers, or numbers of a dtype that a `.npy` file does not store."""
    dtype = "object" if "O" in header.descr else "string" if header.descr[1:2] in ("U", "S") else header.descr
    reasons = {"object": _PICKLED, "string": "holds text, not numbers"}
    why = reasons.get(dtype, f"holds values of the dtype {escape(dtype)}, which is none of Keras'")
    missing = MissingValues(archive.whole.location, key, why, "weightscope inspect shows the others")
    return StoredArray(key, dtype, header.shape, missing, has_values=False)
