#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Random changes of checkpoints, given to what scripts/convert_checkpoint.py reads them with: any failure but its own error, anything run,
imported or opened that it has no business with, and a call that takes long or much memory end the fuzzing with the input kept.

  fuzz_pickles.py --seconds 600 --seed 1      fuzz_pickles.py --iterations 2000      fuzz_pickles.py --replay tests/fuzz/corpus/pickles
"""

import argparse
import io
import os
import random
import resource
import sys
import tempfile
import time
import tracemalloc
import zipfile

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = [ROOT, os.path.join(ROOT, "scripts")]

from ossconvert import CheckpointError, layouts, safetensors  # noqa: E402

from tests.support import checkpoints as made  # noqa: E402

CORPUS = os.path.join(ROOT, "tests", "fuzz", "corpus", "pickles")
LIMIT_SECONDS, LIMIT_BYTES = 10, 1 << 30
FACTOR, CONSTANT = 256, 1 << 20  # Python has objects: an empty set takes 216 bytes, the opcode for it one
WATCHED = ("exec", "compile", "import", "os.", "subprocess.", "socket.", "ctypes.", "pickle.find_class", "shutil.", "open")
PIECES = [b"R", b"\x81", b"b", b"(", b"t", b"}", b"]", b"q\0", b"h\0", b"K\1", b"\x8a\x08" + b"\xff" * 8, b"\x93", b"Q", b"u"]
PIECES += [b"\x8e" + b"\xff" * 8, b"r\xff\xff\xff\x7f", b"j\xff\xff\xff\x7f", b"X\xff\xff\xff\x7f", b"s", b"e", b"."]
PIECES += [b"ctorch\nFloatStorage\n", b"cos\nsystem\n"]


class Watch:
    """What happens inside Python while it is on: names of events that reading a checkpoint has no part in."""

    def __init__(self):
        self.on, self.path, self.seen = False, None, []
        sys.addaudithook(self.hook)

    def hook(self, event, arguments):
        if not self.on or not event.startswith(WATCHED) or event in ("os.listdir", "os.scandir"):
            return
        if event == "open" and arguments[0] == self.path and "w" not in str(arguments[1]):
            return
        if event == "import" and arguments[0].startswith("encodings."):
            return
        self.seen.append(f"{event} {str(arguments)[:100]}")


WATCH = Watch()


def seeds():
    """Small checkpoints of every layout, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x")
        found = []
        for save, value in (
            (made.save_zip, made.dit(width=4, depth=1)),
            (made.save_old, {"ema": made.mar_head(width=4, blocks=1), "args": made.Object("argparse.Namespace", {"num_classes": 3})}),
            (made.save_zip, {"model": {f"diffloss.net.{name}": array for name, array in made.mar_head(width=4, blocks=1).items()}}),
            (made.save_plain, made.edm()[0]),
            (lambda path, value: made.save_plain(path, value, 2), made.edm(wrapper="VPPrecond")[0]),
        ):
            save(path, value)
            with open(path, "rb") as file:
                found.append(file.read())
    return found


def corpus(folder):
    found = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found.append(file.read())
    return found


def change(data, others, rng):
    """One random change, more often near the start: there the pickle is."""
    data = bytearray(data)
    at = rng.randrange(len(data) + 1) if rng.random() < 0.5 else rng.randrange(min(len(data), 600) + 1)
    length = min(len(data) - at, rng.choice((1, 1, 2, 4, 8, 40)))
    kind = rng.randrange(7)
    if kind == 0 and at < len(data):
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1 and at < len(data):
        data[at] = rng.randrange(256)
    elif kind == 2:
        del data[at : at + length]
    elif kind == 3:
        data[at:at] = rng.choice(PIECES)
    elif kind == 4:
        data[at : at + length] = bytes(length) if rng.random() < 0.5 else b"\xff" * length
    elif kind == 5:
        other = rng.choice(others)
        begin = rng.randrange(len(other) + 1)
        data[at:at] = other[begin : begin + rng.choice((2, 8, 40, 200))]
    else:
        begin = rng.randrange(len(data) + 1)
        data[at:at] = data[begin : begin + length] * rng.choice((1, 1, 2, 50))
    return bytes(data)


def mutate(data, others, rng):
    """Several changes, of a zip archive mostly inside its entries."""
    times = rng.choice((1, 1, 2, 3, 8))
    if data[:2] != b"PK" or rng.random() < 0.2:
        for _ in range(times):
            data = change(data, others, rng)
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # a seed that is damaged already
        return change(data, others, rng)
    for _ in range(times):
        name = next((name for name in entries if name.endswith("data.pkl") and rng.random() < 0.9), None) or rng.choice([*entries])
        entries[name] = change(entries[name], others, rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(path):
    """All that the script does but writing; 1 where the file was taken."""
    try:
        network = layouts.read(path)
        if "num_heads" in network.arguments:
            network.set("num_heads", 2)
        network.finish()
        for name, tensor in network.tensors.items():
            safetensors.values_of(name, tensor)
    except CheckpointError as error:
        assert str(error)
        return 0
    return 1


class Failure(Exception):
    pass


def run(data, path, measure):
    """Reads the data once; taken or not, and with measure the most bytes that were held for it."""
    with open(path, "wb") as out:
        out.write(data)
    WATCH.path, WATCH.seen = path, []
    peak, start = 0, time.monotonic()
    if measure:
        tracemalloc.start()
    WATCH.on = True
    try:
        taken = read(path)
    except Exception as error:
        raise Failure(f"{type(error).__name__}: {error}") from error
    finally:
        WATCH.on = False
        if measure:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    if WATCH.seen:
        raise Failure(f"it did what it must not: {WATCH.seen[:3]}")
    if time.monotonic() - start > LIMIT_SECONDS:
        raise Failure(f"it took {time.monotonic() - start:.1f} s")
    if peak > FACTOR * len(data) + CONSTANT:
        raise Failure(f"it held {peak} bytes for a file of {len(data)}")
    return taken, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--iterations", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", metavar="FOLDER", help="only read the files of a folder")
    parser.add_argument("--failures", default=tempfile.gettempdir(), metavar="FOLDER", help="where an input that fails is kept")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    good = seeds()
    pool = corpus(arguments.replay) if arguments.replay else corpus(CORPUS) + good
    count = taken = most = 0
    ratio, end = 0.0, time.monotonic() + arguments.seconds
    with tempfile.TemporaryDirectory() as folder:
        path, data = os.path.join(folder, "input"), b""
        for encoding in ("cp437", "raw_unicode_escape", "unicode_escape", "latin-1"):  # imported when zipfile and pickletools meet them
            "".encode(encoding)
        for whole in good:
            assert run(whole, path, False)[0], "a seed is refused"
        with open("/proc/self/statm", encoding="ascii") as sizes:  # numpy's threads have reserved some already
            reserved = int(sizes.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (reserved + LIMIT_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
        limit = len(pool) if arguments.replay else arguments.iterations
        while count < limit and time.monotonic() < end:
            data = pool[count] if arguments.replay else mutate(rng.choice(good if rng.random() < 0.7 else pool), pool, rng)[: 1 << 16]
            try:
                well, peak = run(data, path, arguments.replay or count % 16 == 0)
            except Failure as failure:
                kept = os.path.join(arguments.failures, f"pickles-{arguments.seed}-{count}")
                with open(kept, "wb") as out:
                    out.write(data)
                sys.exit(f"fuzz_pickles.py: {failure}; the input is {kept}")
            count, taken, most = count + 1, taken + well, max(most, peak)
            ratio = max(ratio, peak / len(data)) if len(data) >= 4096 else ratio
    print(f"pickles: {count} inputs, {taken} of them taken; at most {most} bytes held, {ratio:.1f} times an input of 4 KiB or more")


if __name__ == "__main__":
    main()
