# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""safetensors files: written in float32, tensor by tensor; read as tensors whose values come when they are wanted."""

import json
import mmap
import os
import struct

import numpy as np

from . import CheckpointError, words
from .values import MAX_RANK, Storage, Tensor, raw, whole_numbers

_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "bfloat16", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1"}
_DTYPES.update(U8="u1", BOOL="?")
MAX_HEADER = 10**8


def _no_twins(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        raise CheckpointError("a name that is there twice")
    return made


def read(path):
    """Tensors by name, and the metadata."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
    (length,) = struct.unpack_from("<Q", data) if size >= 8 else (size,)
    if length > min(MAX_HEADER, size - 8):
        raise CheckpointError("no safetensors file, or cut short")
    try:
        header = json.loads(data[8 : 8 + length].decode("utf-8"), object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"no safetensors file: {error}") from error
    if not isinstance(header, dict):
        raise CheckpointError("no safetensors file: its header is no object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise CheckpointError(f"no safetensors file: its __metadata__ is {words(metadata)}, where texts by name are expected")
    body = memoryview(data)[8 + length :]
    return {name: _tensor(name, entry, body) for name, entry in header.items()}, metadata


def _tensor(name, entry, body):
    """What an entry of the header says of the bytes behind it."""
    kind, shape, place = (entry.get(key) for key in ("dtype", "shape", "data_offsets")) if isinstance(entry, dict) else (None,) * 3
    dtype = _DTYPES.get(kind) if isinstance(kind, str) else None
    if dtype is None:
        raise CheckpointError(f"tensor '{name[:80]}': type {words(kind)}; known: {', '.join(_DTYPES)}")
    if not whole_numbers(shape, MAX_RANK) or not whole_numbers(place, 2) or len(place) != 2:
        raise CheckpointError(f"tensor '{name[:80]}': its shape {str(shape)[:60]} and data_offsets {str(place)[:60]} are not a tensor's")
    first, last = place
    if not first <= last <= len(body):
        raise CheckpointError(f"tensor '{name[:80]}' lies outside the file")
    count = int(np.prod(shape, dtype=object))
    if count * raw(dtype).itemsize != last - first:
        raise CheckpointError(f"tensor '{name[:80]}' of shape {str(shape)[:60]} has {last - first} bytes")
    strides = [int(np.prod(shape[d + 1 :], dtype=object)) for d in range(len(shape))]
    return Tensor(Storage(dtype, count, lambda: body[first:last]), 0, shape, strides)


def write(path, tensors, metadata):
    """Writes float32 under a temporary name, then renames. metadata: text as it is, all else as JSON text."""
    header = {"__metadata__": {key: value if isinstance(value, str) else json.dumps(value) for key, value in metadata.items()}}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + 4 * int(np.prod(tensor.shape, dtype=object))
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = f"{path}.tmp.{os.getpid()}"
    try:
        with open(temporary, "wb") as out:
            out.write(struct.pack("<Q", len(text)) + text)
            for name, tensor in tensors.items():
                out.write(values_of(name, tensor).astype("<f4", copy=False).tobytes())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
    return offset + 8 + len(text)


def values_of(name, tensor):
    """float32 values, all finite; what is wrong names the tensor."""
    try:
        values = tensor.array()
    except CheckpointError as error:
        raise CheckpointError(f"tensor '{name}': {error}") from error
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        place = [int(i) for i in np.unravel_index(wrong[0], values.shape)]
        raise CheckpointError(f"tensor '{name}' holds NaN, infinity or a number beyond float32 at {place}")
    return values
