# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""safetensors files of float32 tensors: length of the header, header in JSON, values without gaps."""

import json
import os
import struct

import numpy as np


def write(path, tensors, metadata):
    """Write `tensors`, name to array in order; metadata values that are not text become JSON text."""
    header = {"__metadata__": {k: v if isinstance(v, str) else json.dumps(v) for k, v in metadata.items()}}
    blocks, offset = [], 0
    for name, tensor in tensors.items():
        block = np.asarray(tensor, dtype="<f4", order="C").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(block)]}
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = path + ".tmp"
    with open(temporary, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for block in blocks:
            out.write(block)
    os.replace(temporary, path)


def read(path):
    """The tensors of a file made by `write` or of a golden, and its metadata as text."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    body = memoryview(data)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: {name} is {entry['dtype']}, only F32 is read")
        first, last = entry["data_offsets"]
        tensors[name] = np.frombuffer(body[first:last], dtype="<f4").reshape(entry["shape"])
    return tensors, metadata
