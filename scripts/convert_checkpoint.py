#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Make a safetensors file that ossbench reads of a published checkpoint. Nothing of the checkpoint is run, and PyTorch is not needed.

  convert_checkpoint.py edm-cifar10-32x32-cond-vp.pkl edm.safetensors   EDM: network and preconditioner of the pickle
  convert_checkpoint.py DiT-XL-2-256x256.pt dit.safetensors             DiT: a state_dict, or a checkpoint of its training script
  convert_checkpoint.py DiT-XL-2-256/ dit.safetensors                   diffusers' folder of a DiT
  convert_checkpoint.py checkpoint-last.pth mar.safetensors             MAR: its diffusion head (diffloss.net.)
  convert_checkpoint.py FILE --list                                     prints class, arguments and tensors, writes nothing
  convert_checkpoint.py FILE OUT --set num_heads=4 --set license=MIT    what the file does not tell

Tensors get their official names and are written in float32; the metadata holds the class and every argument of its constructor.
Needs numpy (Debian: python3-numpy; run with /usr/bin/python3).
Exit status: 0 done, 1 the checkpoint cannot be read or converted, 2 wrong usage.
"""

import argparse
import json
import os
import sys

try:
    import numpy as np
except ImportError as missing:
    sys.exit(f"convert_checkpoint.py: {missing}; this needs python3-numpy (try /usr/bin/python3)")

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from ossconvert import CheckpointError, layouts, safetensors  # noqa: E402

GROWTH = 4  # float16 doubles; tensors that share a storage are written once each, which a file could do a thousand times


def read_setting(text):
    """key=value; the value is JSON where it can be, else text."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"'{text}' is not KEY=VALUE")
    try:
        return key, json.loads(value, parse_constant=lambda word: word)
    except (ValueError, RecursionError):
        return key, value


def print_network(network):
    for key, value in network.metadata().items():
        print(f"{key}: {'(not in the file: --set)' if value is None else value if isinstance(value, str) else json.dumps(value)}")
    for name, tensor in network.tensors.items():
        print(f"{name} {list(tensor.shape)} {tensor.dtype.lstrip('<')}")
    values = sum(int(np.prod(tensor.shape, dtype=object)) for tensor in network.tensors.values())
    print(f"{len(network.tensors)} tensors, {values} values")


def size_of(path):
    if not os.path.isdir(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


def verify(path, network):
    """Reads the written file again: metadata, names, shapes and every bit."""
    tensors, metadata = safetensors.read(path)
    wanted = {key: value if isinstance(value, str) else json.dumps(value) for key, value in network.metadata().items()}
    if metadata != wanted or list(tensors) != list(network.tensors):
        raise CheckpointError(f"{path}: reads back with other names than were written")
    for name, tensor in network.tensors.items():
        if tensors[name].shape != tuple(tensor.shape) or tensors[name].array().tobytes() != tensor.array().tobytes():
            raise CheckpointError(f"{path}: tensor '{name}' reads back with other values than were written")


def main(texts=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="file, or diffusers' folder")
    parser.add_argument("output", nargs="?", help="safetensors file to write")
    parser.add_argument("--set", action="append", default=[], type=read_setting, metavar="KEY=VALUE", help="an argument or a fact")
    parser.add_argument("--entry", help=f"which network of several; default the first of {', '.join(layouts.ENTRIES)}")
    parser.add_argument("--list", action="store_true", help="print what is there and write nothing")
    parser.add_argument("--verify", action="store_true", help="read the written file again and compare every value")
    arguments = parser.parse_args(texts)
    if bool(arguments.output) == arguments.list:
        parser.error("either an output file or --list")
    if arguments.output and os.path.exists(arguments.output) and os.path.exists(arguments.checkpoint):
        if os.path.samefile(arguments.output, arguments.checkpoint):
            parser.error(f"{arguments.output}: the checkpoint itself, which would be lost")
    try:
        network = layouts.read(arguments.checkpoint, arguments.entry)
        for key, value in arguments.set:
            network.set(key, value)
        for note in network.notes:
            print(f"convert_checkpoint.py: {note}", file=sys.stderr)
        if arguments.list:
            print_network(network)
            return 0
        network.finish()
        bytes_out = 4 * sum(int(np.prod(tensor.shape, dtype=object)) for tensor in network.tensors.values())
        if bytes_out > GROWTH * size_of(arguments.checkpoint):
            raise CheckpointError(f"its tensors would take {bytes_out} bytes, more than {GROWTH} times the file")
        size = safetensors.write(arguments.output, network.tensors, network.metadata())
        if arguments.verify:
            verify(arguments.output, network)
    except CheckpointError as error:
        print(f"convert_checkpoint.py: {arguments.checkpoint}: {error}", file=sys.stderr)
        return 1
    except (OSError, MemoryError) as error:
        print(f"convert_checkpoint.py: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.output}: {network.kind}, {len(network.tensors)} tensors, {size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
