#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/convert_checkpoint.py on files that mean harm: nothing of them runs, nothing is allocated on their word.
READ_SAFETENSORS=... /usr/bin/python3 tests/cli/test_convert_hostile.py"""

import os
import pickle
import struct
import sys
import unittest
import zipfile

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from tests.support import checkpoints as made  # noqa: E402
from tests.support.checkpoints import Call, Object, Ref  # noqa: E402
from tests.support.convert import Convert  # noqa: E402


class Hostile(Convert):
    """None of it may run: each would leave a file."""

    def assertHarmless(self, data, *parts):
        marker = self.path("ran")
        with open(self.path("evil.pkl"), "wb") as out:
            out.write(data.replace(b"MARKER", marker.encode()))
        self.assertRefused("evil.pkl", *parts)
        self.assertFalse(os.path.exists(marker))

    def test_calls(self):
        touch = "touch MARKER".replace("MARKER", self.path("ran"))
        names = "os.system posix.system builtins.eval builtins.exec builtins.getattr builtins.__import__ torch.load"
        for function in names.split():
            evil = {"ema": Call(function, touch)}
            self.assertHarmless(made.dumps(evil, 4), f"it names {function}, which no checkpoint needs")
        self.assertHarmless(made.dumps(evil, 2), f"it names {function}, which no checkpoint needs")
        self.assertHarmless(made.dumps(Call("torch.nn.modules.container.Sequential", touch)), "it calls torch.nn.modules.container.Seq")
        self.assertHarmless(made.dumps(Call("torch.FloatStorage", 10**15)), "it calls torch.FloatStorage")
        self.assertHarmless(made.dumps(Object("subprocess.Popen", {}, touch)), "it names subprocess.Popen")
        self.assertHarmless(made.dumps(Call("os.system", touch), 0)[2:], "neither a zip archive nor a pickle")
        self.assertHarmless(b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x01x\x85R.", "it names os.system")
        nested = Call("torch.storage._load_from_bytes", made.dumps(Call("os.system", touch)))
        self.assertHarmless(made.dumps(nested, 4), "it names os.system")
        nested = Call("torch.storage._load_from_bytes", made.old_stream(Call("os.system", touch)))
        self.assertHarmless(made.dumps(nested, 4), "it names os.system")

    def test_opcodes(self):
        for data, part in (
            (b"(S'touch x'\nios\nsystem\n.", "the operation INST"),
            (b"\x80\x02(cos\nsystem\nU\x01xo.", "it names os.system"),
            (b"\x80\x02(ccollections\nOrderedDict\no.", "the operation OBJ"),
            (b"\x80\x02\x82\x01.", "the operation EXT1"),
            (b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7f.", "damaged"),
            (b"\x80\x05\x96\x01\0\0\0\0\0\0\0x.", "the operation BYTEARRAY8"),
            (b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.", "damaged"),
            (b"\x80\x02}}K\x01s.", "as the key of a dict"),
            (b"\x80\x02K\x01b.", "a state for None"),
            (b"\x80\x02]K\x01b.", "a state for a list of 0 entries"),
            (b"\x80\x02](K\x01u.", "an operation on something else than a dict"),
            (b"\x80\x02}(K\x01u.", "a key without a value"),
            (b"\x80\x02h\x05.", "something from before that was not there"),
            (b"\x80\x02(.", "an operation without its operands"),
            (b"\x80\x02(q\x01.", "an operation without its operands"),
            (b"\x80\x02K\x01K\x02R.", "in the place of a function"),
            (b"\x80\x02K\x01K\x02Q.", "a persistent id, where none has a meaning"),
        ):
            self.assertHarmless(data if data[:1] == b"\x80" else b"\x80\x02" + data, part)

    def test_source(self):
        """The source text in a pickle of EDM stays a text: the whole converts and nothing ran."""
        snapshot, values = made.edm()
        for inner in (snapshot["ema"], snapshot["ema"].arguments[0]["state"]["_modules"]["model"]):
            inner.arguments[0]["module_src"] = f"open({self.path('ran')!r}, 'w')"
        made.save_plain(self.path("network.pkl"), snapshot)
        self.assertTensors(self.convert("network.pkl"), values)
        self.assertFalse(os.path.exists(self.path("ran")))

    def test_sizes(self):
        """Shapes, strides and counts that a file of a hundred bytes only claims."""
        storage = made.Stored("0", "Float", np.zeros(4, np.float32))

        def tensor(*arguments):
            return made.dumps({"x": Call("torch._utils._rebuild_tensor_v2", *arguments)})

        for arguments, part in (
            ((storage, 0, (5,), (1,)), "a tensor of shape [5] beyond its storage of 4 values"),
            ((storage, 1, (4,), (1,)), "beyond its storage"),
            ((storage, 0, (10**15,), (0,)), "beyond its storage"),
            ((storage, 0, (2, 2), (3, 1)), "beyond its storage"),
            ((storage, 0, (2,), (-1,)), "shape or strides are not up to 8 whole numbers"),
            ((storage, 0, (2,), (1.0,)), "shape or strides"),
            ((storage, 0, (1,) * 9, (1,) * 9), "shape or strides"),
            ((storage, -1, (2,), (1,)), "offset, shape and strides do not fit"),
            ((storage, 0, (2,), (1, 1)), "offset, shape and strides do not fit"),
            ((3, 0, (2,), (1,)), "3 in the place of a storage"),
        ):
            with zipfile.ZipFile(self.path("x.pt"), "w") as archive:
                archive.writestr("x/data.pkl", tensor(*arguments))
                archive.writestr("x/data/0", storage.values.tobytes())
            self.assertRefused("x.pt", part)
        for count, part in ((3, "storage '0' of 3 values has 16 bytes"), (2**62, "has 16 bytes"), (-1, "a storage of -1 values")):
            with zipfile.ZipFile(self.path("x.pt"), "w") as archive:
                identity = ("storage", Ref("torch.FloatStorage"), "0", "cpu", count)
                archive.writestr("x/data.pkl", made.dumps(identity)[:-1] + pickle.BINPERSID + b".")
                archive.writestr("x/data/0", storage.values.tobytes())
            self.assertRefused("x.pt", part)
        stream = bytearray(made.old_stream(made.mar_head()))
        end = len(stream) - 4 * 16 - 8
        stream[end : end + 8] = struct.pack("<Q", 2**61)
        with open(self.path("x.pt"), "wb") as out:
            out.write(stream)
        self.assertRefused("x.pt", "cut short: storage")

    def test_growth(self):
        """One storage under many names: a few tied weights are welcome, a file that grows many times is not."""
        for width, blocks, refused in ((8, 2, False), (64, 40, True)):
            head = made.mar_head(width, blocks=blocks)
            stored = made.Stored("0", "Float", np.ones(192 * 256, np.float32))
            tensors = {}
            for name, array in head.items():
                strides = (array.shape[1], 1) if array.ndim == 2 else (1,)
                shared = ("_rebuild_tensor_v2", stored, 0, array.shape, strides, False, Call("collections.OrderedDict"))
                tensors[name] = Call(f"torch._utils.{shared[0]}", *shared[1:])
            with zipfile.ZipFile(self.path("x.pt"), "w") as archive:
                archive.writestr("x/data.pkl", made.dumps(tensors))
                archive.writestr("x/data/0", stored.values.tobytes())
            if refused:
                self.assertRefused("x.pt", "more than 4 times the file")
            else:
                self.assertTensors(self.convert("x.pt"), {name: np.ones_like(array) for name, array in head.items()})


if __name__ == "__main__":
    unittest.main()
