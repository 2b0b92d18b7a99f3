# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Tensors that are not read yet: where their values lie, and how to get them as float32."""

import numpy as np

from . import CheckpointError, words

# dtype of a storage, by PyTorch's name: how numpy reads it. BFloat16 is the upper half of a float32.
STORAGES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
MAX_RANK = 8


def raw(dtype):
    return np.dtype("<u2" if dtype == "bfloat16" else dtype)


class Storage:
    """Values in a row. fetch gives their bytes, when they are wanted."""

    __slots__ = ("dtype", "count", "fetch")

    def __init__(self, dtype, count, fetch=None):
        self.dtype, self.count, self.fetch = dtype, count, fetch

    @property
    def words(self):
        return f"a storage of {self.count} values"

    def values(self):
        data = self.fetch() if self.fetch else b""
        if len(data) != self.count * raw(self.dtype).itemsize:
            raise CheckpointError(f"a storage of {self.count} values has {len(data)} bytes")
        return np.frombuffer(data, raw(self.dtype))


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def whole_numbers(values, most):
    """Whether these are a list of at most so many whole numbers."""
    return isinstance(values, (tuple, list)) and len(values) <= most and all(map(whole, values))


class Tensor:
    """A view of a storage, held against its size before anything is read or allocated."""

    __slots__ = ("storage", "offset", "shape", "strides")

    def __init__(self, storage, offset, shape, strides):
        if not isinstance(storage, Storage):
            raise CheckpointError(f"{words(storage)} in the place of a storage")
        for sizes in (shape, strides):
            if not whole_numbers(sizes, MAX_RANK):
                raise CheckpointError(f"a tensor whose shape or strides are not up to {MAX_RANK} whole numbers")
        if not whole(offset) or len(shape) != len(strides):
            raise CheckpointError("a tensor whose offset, shape and strides do not fit each other")
        count = 1
        for size in shape:
            count *= size
        last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides))
        if count > storage.count or (count > 0 and last >= storage.count):
            raise CheckpointError(f"a tensor of shape {list(shape)} beyond its storage of {storage.count} values")
        self.storage, self.offset, self.shape, self.strides = storage, offset, tuple(shape), tuple(strides)

    @property
    def words(self):
        return f"a tensor {list(self.shape)}"

    @property
    def dtype(self):
        return self.storage.dtype

    def array(self):
        """float32, whatever it was: exact but for float64, which is rounded."""
        values = self.storage.values()
        if 0 in self.shape:
            return np.zeros(self.shape, np.float32)
        size = values.itemsize
        view = np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, [size * s for s in self.strides], writeable=False)
        return as_float32(view, self.dtype)


def as_float32(view, dtype):
    """A new array in row-major order."""
    if dtype == "bfloat16":
        return (view.astype(np.uint32) << 16).view(np.float32)
    with np.errstate(over="ignore"):
        made = np.array(view, np.float32, order="C")
    if view.dtype.kind in "iu" and not np.array_equal(made.astype(np.float64), view.astype(np.float64)):
        raise CheckpointError("holds whole numbers that float32 does not hold exactly")
    return made


class Joined:
    """Tensors one after the other along the first dimension."""

    def __init__(self, parts):
        if len({part.shape[1:] for part in parts}) != 1 or any(len(part.shape) == 0 for part in parts):
            raise CheckpointError(f"{', '.join(str(list(part.shape)) for part in parts)} cannot be joined")
        self.parts, self.dtype = parts, parts[0].dtype
        self.shape = (sum(part.shape[0] for part in parts), *parts[0].shape[1:])

    def array(self):
        return np.concatenate([part.array() for part in self.parts])


class Made:
    """Values that no file holds."""

    dtype = "<f4"

    def __init__(self, values):
        self.values = np.ascontiguousarray(values, np.float32)
        self.shape = self.values.shape

    def array(self):
        return self.values
