#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/convert_checkpoint.py on files that mean harm: nothing of them runs, nothing is allocated on their word.
READ_SAFETENSORS=... /usr/bin/python3 tests/cli/test_convert_hostile.py"""

import json
import os
import pickle
import struct
import sys
import unittest
import unittest.mock
import zipfile

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from tests.support import checkpoints as made  # noqa: E402
from tests.support.checkpoints import Call, Object, Raw, Ref  # noqa: E402
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

    def test_safetensors(self):
        """Headers whose entries are of other kinds than a safetensors file has."""
        usual = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
        entries = [(entry, "tensor 'a': type None") for entry in (5, None, "x", [])]
        entries += [({**usual, "dtype": dtype}, "tensor 'a': type ") for dtype in ([], "F8", 4)]
        shapes = (5, None, "ab", ["a", "b"], [[1], [2]], [-1], [1.0], [True], {"a": 1}, [1] * 100000)
        entries += [({**usual, "shape": shape}, "tensor 'a': its shape ") for shape in shapes]
        places = ([0.0, 4.0], ["a", "b"], [-4, 0], [0, 4, 5], [0], None, [False, 4])
        entries += [({**usual, "data_offsets": place}, "are not a tensor's") for place in places]
        entries += [({**usual, "data_offsets": place}, "tensor 'a' lies outside the file") for place in ([0, 8], [4, 0], [0, 10**30])]
        entries += [({**usual, "data_offsets": [0, 3]}, "of shape [1] has 3 bytes"), ({**usual, "shape": [10**30, 0]}, "has 4 bytes")]
        headers = [({"a": entry}, part) for entry, part in entries]
        headers += [({"__metadata__": told, "a": usual}, "its __metadata__ is ") for told in (5, None, ["class"], {"class": 5})]
        headers += [([1], "its header is no object"), ({}, "0 tensors of no network")]
        for header, part in headers:
            text = json.dumps(header).encode()
            with open(self.path("x.safetensors"), "wb") as out:
                out.write(struct.pack("<Q", len(text)) + text + bytes(4))
            with self.subTest(text[:80]):
                self.assertRefused("x.safetensors", part)

    def test_arguments(self):
        """What a module claims to be made with: lists that grow with every level, numbers and objects that no JSON holds."""
        pair = b"r\0\0\1\0j\0\0\1\0\x86"  # remembers the top, takes it again, makes a tuple of both
        laughter = Raw(b"K\1" + 60 * pair)
        for value, part in (
            (laughter, "model_channels: a tuple of 2 entries"),
            (list(range(65)), "model_channels: a list of 65 entries"),
            (10**6000, "model_channels: a whole number of 19932 bits"),
            (b"4", "model_channels: a bytes of 1 entries"),
            (Ref("torch.float32"), "model_channels: the class or function torch.float32"),
        ):
            made.save_plain(self.path("network.pkl"), made.edm(arguments={**made.UNET, "model_channels": value})[0])
            self.assertRefused("network.pkl", f"an object of SongUNet was made with the text '{part.replace(':', chr(39) + ':', 1)}")
        made.save_plain(self.path("network.pkl"), made.edm(sigma_data=laughter)[0])
        self.assertRefused("network.pkl", "an object of EDMPrecond was made with the text 'sigma_data': a tuple of 2 entries")

    def test_keys(self):
        """The old format's list of storages holds texts."""
        with open(self.path("x.pt"), "wb") as out:
            out.write(made.old_stream(made.Stored("1", "Float", np.ones(2, np.float32))).replace(made.dumps(["1"]), made.dumps([1])))
        self.assertRefused("x.pt", "a list of storages that is not that of its tensors")

    def test_parts_of_one_storage(self):
        """Each entry of an archive is read through once, however many tensors are parts of it."""
        head, at, tensors = made.mar_head(), 0, {}
        stored = made.Stored("0", "Float", np.concatenate([array.ravel() for array in head.values()]))
        for name, array in head.items():
            strides = (array.shape[1], 1) if array.ndim == 2 else (1,)
            tensors[name] = Call("torch._utils._rebuild_tensor_v2", stored, at, array.shape, strides)
            at += array.size
        with zipfile.ZipFile(self.path("x.pt"), "w") as archive:
            archive.writestr("x/data.pkl", made.dumps(tensors))
            archive.writestr("x/data/0", stored.values.tobytes())
        with unittest.mock.patch.object(zipfile.ZipFile, "read", autospec=True, side_effect=zipfile.ZipFile.read) as read:
            self.assertTensors(self.convert("x.pt"), head)
        self.assertEqual([call.args[1].filename for call in read.mock_calls], ["x/data.pkl", "x/data/0"])
        with open(self.path("x.pt"), "r+b") as file:  # a byte of the storage's, in the middle of the file
            file.seek(os.path.getsize(self.path("x.pt")) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        self.assertRefused("x.pt", "entry 'x/data/0' is damaged: Bad CRC-32")

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
