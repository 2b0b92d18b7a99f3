#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/convert_checkpoint.py on small checkpoints of every published layout, on damaged and on hostile ones; what it writes is read by
ossbench's own reader: READ_SAFETENSORS=... /usr/bin/python3 tests/cli/test_convert.py"""

import collections
import contextlib
import io
import json
import os
import pickle
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy as np

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = [ROOT, os.path.join(ROOT, "scripts")]

import convert_checkpoint  # noqa: E402

from tests.support import checkpoints as made  # noqa: E402
from tests.support.checkpoints import Brain, Call, Object, Raw, Ref  # noqa: E402

READER = os.path.abspath(os.environ.get("READ_SAFETENSORS") or "read_safetensors")
EPS = {"precondition": "eps", "betas": "linear", "beta_start": "0.0001", "beta_end": "0.02", "train_steps": "1000"}


Result = collections.namedtuple("Result", "returncode stdout stderr")


class Convert(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_script(self, *arguments):
        """The script's main here: an interpreter a call would take most of the time."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = convert_checkpoint.main(list(arguments))
            except SystemExit as stop:
                code = stop.code
        return Result(code, out.getvalue(), err.getvalue())

    def convert(self, name, *options):
        """Converts, and reads the result with the reader in C: metadata, shapes and values by name."""
        done = self.run_script(name, "out.safetensors", "--verify", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        read = subprocess.run([READER, self.path("out.safetensors"), self.path("values")], capture_output=True, text=True, timeout=300)
        self.assertEqual(read.returncode, 0, read.stderr)
        metadata, shapes, values = {}, {}, {}
        data, at = np.fromfile(self.path("values"), "<f4"), 0
        for line in read.stdout.splitlines():
            if "=" in line:
                key, _, value = line.partition("=")
                metadata[key] = value
                continue
            tensor, _, rest = line.partition(" ")
            shapes[tensor] = json.loads(rest.rpartition(" ")[0])
            self.assertEqual(rest.rpartition(" ")[2], "F32")
            count = int(np.prod(shapes[tensor]))
            values[tensor] = data[at : at + count].reshape(shapes[tensor])
            at += count
        self.assertEqual(at, len(data))
        self.metadata, self.notes = metadata, done.stderr
        return values

    def assertTensors(self, found, wanted, exact=True):
        self.assertEqual(list(found), list(wanted))
        for name, array in wanted.items():
            if exact:
                np.testing.assert_array_equal(found[name], array, err_msg=name)
            else:
                np.testing.assert_allclose(found[name], array, rtol=2**-7, err_msg=name)

    def assertRefused(self, name, *parts, options=()):
        if os.path.exists(self.path("out.safetensors")):
            os.remove(self.path("out.safetensors"))
        done = self.run_script(name, "out.safetensors", *options)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for part in (f"convert_checkpoint.py: {name}: ", *parts):
            self.assertIn(part, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual([file for file in os.listdir(self.folder) if file.startswith("out.")], [])

    def assertMetadata(self, **wanted):
        for key, value in wanted.items():
            self.assertEqual(self.metadata.get(key), value, key)


class Published(Convert):
    def test_dit(self):
        state = made.dit()
        arguments = {"input_size": "4", "patch_size": "2", "in_channels": "4", "hidden_size": "8", "depth": "2", "num_heads": "2"}
        arguments.update(mlp_ratio="4.0", class_dropout_prob="0.1", num_classes="3", learn_sigma="true")
        for save in (made.save_zip, made.save_old):
            save(self.path("DiT.pt"), state)
            self.assertTensors(self.convert("DiT.pt", "--set", "num_heads=2"), state)
            facts = {"format": "pt", "class": "DiT", "origin": "facebookresearch/DiT models.py"}
            self.assertEqual(self.metadata, {**facts, **arguments, **EPS})
        shuffled = {f"module.{name}": state[name] for name in reversed(state)}
        made.save_zip(self.path("DiT.pt"), shuffled, root="DiT")
        self.assertTensors(self.convert("DiT.pt", "--set", "num_heads=4", "--set", "license=MIT"), state)
        self.assertMetadata(num_heads="4", license="MIT")

    def test_dit_training(self):
        state, other = made.dit(out=4), made.dit(out=4, seed=9)
        settings = Object("argparse.Namespace", {"num_classes": 3, "model": "DiT-S/2"})
        optimizer = {"state": {0: {"step": 3, "exp_avg": np.ones(3, np.float32)}}, "param_groups": [{"lr": 1e-4, "params": [0]}]}
        made.save_zip(self.path("0050000.pt"), {"model": other, "ema": state, "opt": optimizer, "args": settings})
        self.assertTensors(self.convert("0050000.pt", "--set", "num_heads=2"), state)
        self.assertMetadata(learn_sigma="false", num_classes="3")
        self.assertIn("entry 'ema' of model, ema, opt, args", self.notes)
        self.assertTensors(self.convert("0050000.pt", "--set", "num_heads=2", "--entry", "model"), other)

    def test_dit_published_width(self):
        made.save_zip(self.path("DiT-S.pt"), made.dit(width=384, depth=1))
        self.convert("DiT-S.pt")
        self.assertMetadata(num_heads="6", hidden_size="384")

    def test_diffusers(self):
        state = made.dit()
        for binary in (False, True):
            folder = f"pipeline{binary}"
            made.save_diffusers(self.path(folder), made.to_diffusers(state, 2), binary)
            for place in (folder, os.path.join(folder, "transformer")):
                found = self.convert(place)
                self.assertMetadata(num_heads="2", input_size="4", depth="2", num_classes="3", learn_sigma="true", **EPS)
                table = found.pop("pos_embed")
                self.assertTensors(found, {name: array for name, array in state.items() if name != "pos_embed"})
        # Four places of two columns and two rows; 8 wide: sine and cosine of the column at rates 1 and 1/100, then of the row.
        rates = np.array([1, 0.01])
        wanted = [[*np.sin(x * rates), *np.cos(x * rates), *np.sin(y * rates), *np.cos(y * rates)] for y in (0, 1) for x in (0, 1)]
        np.testing.assert_allclose(table[0], wanted, rtol=1e-6)

    def test_mar(self):
        head = made.mar_head()
        wrapped = {f"diffloss.net.{name}": array for name, array in head.items()}
        whole = {"cls_token": np.zeros((1, 2), np.float32), **wrapped, "encoder_norm.weight": np.ones(2, np.float32)}
        other = {name: array + 1 for name, array in whole.items()}
        settings = Object("argparse.Namespace", {"output_dir": Call("pathlib.PosixPath", "a", "b"), "lr": 1e-4})
        made.save_zip(self.path("last.pth"), {"model": other, "model_ema": whole, "epoch": 799, "args": settings})
        self.assertTensors(self.convert("last.pth"), head)
        self.assertMetadata(**{"class": "SimpleMLPAdaLN", "origin": "LTH14/mar models/diffloss.py"})
        self.assertMetadata(in_channels="3", model_channels="8", out_channels="6", z_channels="5", num_res_blocks="2")
        self.assertMetadata( precondition="eps", betas="cosine", train_steps="1000")
        self.assertIn("left out: 2 tensors", self.notes)
        made.save_safetensors(self.path("head.safetensors"), head)
        self.assertTensors(self.convert("head.safetensors"), head)

    def test_edm(self):
        for wrapper, own, facts in (
            ("EDMPrecond", {"sigma_data": 0.25}, {"precondition": "edm", "sigma_data": "0.25", "sigma_max": None}),
            ("EDMPrecond", {"sigma_max": 80}, {"precondition": "edm", "sigma_data": "0.5", "sigma_max": "80"}),
            ("VPPrecond", {"M": 500}, {"precondition": "vp", "beta_d": "19.9", "beta_min": "0.1", "train_steps": "500"}),
            ("VEPrecond", {}, {"precondition": "ve", "sigma_max": "100"}),
        ):
            for protocol in (2, 4):
                snapshot, values = made.edm(wrapper=wrapper, **own)
                made.save_plain(self.path("network.pkl"), snapshot, protocol)
                self.assertTensors(self.convert("network.pkl"), values)
                self.assertMetadata(**{"class": "SongUNet", "origin": "NVlabs/edm training/networks.py", **facts})
                self.assertMetadata(img_resolution="4", channel_mult="[1]", dropout="0.1", attn_resolutions="[16]")
                self.assertMetadata(resample_filter="[1, 1]", augment_dim="0")
        snapshot, values = made.edm(kind="DhariwalUNet")
        made.save_plain(self.path("network.pkl"), snapshot["ema"].arguments[0]["state"]["_modules"]["model"])
        self.assertTensors(self.convert("network.pkl"), values)
        self.assertMetadata(**{"class": "DhariwalUNet", "attn_resolutions": "[32, 16, 8]", "precondition": None, "embedding_type": None})

    def test_edm_prefix(self):
        """A state_dict of a preconditioner around a U-Net: the prefix goes, the arguments must be given."""
        _, values = made.edm()
        made.save_zip(self.path("state.pt"), {f"model.{name}": array for name, array in values.items()})
        self.assertRefused("state.pt", "SongUNet: img_resolution, in_channels,", "cannot be told from the file: give --set img_resolution=")
        arguments = {**made.UNET, "augment_dim": 0, "channel_mult_emb": 4, "attn_resolutions": [16], "dropout": 0, "label_dropout": 0}
        arguments.update(embedding_type="fourier", channel_mult_noise=1, encoder_type="standard", decoder_type="standard")
        arguments.update(resample_filter=[1, 3, 3, 1], precondition="edm")
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()}
        options = [part for key, text in texts.items() for part in ("--set", f"{key}={text}")]
        self.assertTensors(self.convert("state.pt", *options), values)
        self.assertMetadata(resample_filter="[1, 3, 3, 1]", embedding_type="fourier", precondition="edm")

    def test_types(self):
        head = made.mar_head()
        names = list(head)
        rounded = dict(head)
        rounded[names[0]] = head[names[0]].astype("f8") * (1 + 1e-12)
        rounded[names[1]] = np.arange(8, dtype="i8")
        rounded[names[2]] = head[names[2]].astype("f2")
        made.save_zip(self.path("types.pt"), {**rounded, names[4]: Brain(head[names[4]])})
        found = self.convert("types.pt")
        self.assertTensors(found, {**head, names[1]: np.arange(8)}, exact=False)
        np.testing.assert_array_equal(found[names[2]], rounded[names[2]].astype("f4"))
        made.save_zip(self.path("types.pt"), {**head, names[1]: np.full(8, 2**24 + 1, "i8")})
        self.assertRefused("types.pt", f"tensor '{names[1]}': holds whole numbers that float32 does not hold exactly")

    def test_list(self):
        made.save_zip(self.path("DiT.pt"), made.dit())
        done = self.run_script("DiT.pt", "--list")
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in ("class: DiT", "hidden_size: 8", "num_heads: (not in the file: --set)", "blocks.1.attn.qkv.weight [24, 8] f4"):
            self.assertIn(line + "\n", done.stdout)
        self.assertEqual(os.listdir(self.folder), ["DiT.pt"])
        script = [sys.executable, "-B", os.path.join(ROOT, "scripts", "convert_checkpoint.py"), "DiT.pt", "--list"]
        self.assertEqual(subprocess.run(script, capture_output=True, text=True, timeout=300).stdout, done.stdout)
        self.assertEqual(self.run_script("DiT.pt").returncode, 2)
        self.assertEqual(self.run_script("DiT.pt", "out.safetensors", "--list").returncode, 2)

    def test_torch(self):
        """PyTorch's own files, where it is installed."""
        program = "import torch, numpy as np, sys\nsys.path.insert(0, sys.argv[1])\nfrom tests.support import checkpoints as made\n"
        program += "state = {name: torch.from_numpy(array) for name, array in made.dit().items()}\nqkv = 'blocks.0.attn.qkv.weight'\n"
        program += "state[qkv] = torch.nn.Parameter(state[qkv].t().contiguous().t())\n"  # strides of its own
        program += "whole = torch.cat([torch.zeros(5), state['x_embedder.proj.bias']])\nstate['x_embedder.proj.bias'] = whole[5:]\n"
        program += "torch.save(state, 'zip.pt')\ntorch.save({'ema': state}, 'old.pt', _use_new_zipfile_serialization=False)\n"
        if subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode != 0:
            self.skipTest("PyTorch is not installed")
        subprocess.run([sys.executable, "-B", "-c", program, ROOT], cwd=self.folder, check=True, timeout=300)
        for name in ("zip.pt", "old.pt"):
            self.assertTensors(self.convert(name, "--set", "num_heads=2"), made.dit())


class Wrong(Convert):
    def test_tensors(self):
        state = made.dit()
        for change, part in (
            ({"blocks.1.mlp.fc2.bias": None}, "DiT: tensor 'blocks.1.mlp.fc2.bias' [8] is missing"),
            ({"blocks.1.mlp.fc3.bias": np.ones(2, np.float32)}, "DiT: tensor 'blocks.1.mlp.fc3.bias' has no place in it"),
            ({"blocks.2.attn.qkv.bias": np.ones(2, np.float32)}, "DiT: tensor 'blocks.2.attn.qkv.weight' [24, 8] is missing"),
            ({"blocks.0.attn.qkv.bias": np.ones(23, np.float32)}, "tensor 'blocks.0.attn.qkv.bias' is [23], its arguments ask for [24]"),
            ({"pos_embed": np.ones((4, 8), np.float32)}, "tensor 'pos_embed' is [4, 8], 3 dimensions are expected"),
            ({"blocks.0.mlp.fc1.bias": np.full(32, np.nan, np.float32)}, "tensor 'blocks.0.mlp.fc1.bias' holds NaN"),
            ({"blocks.0.mlp.fc1.bias": np.full(32, 1e300)}, "holds NaN, infinity or a number beyond float32 at [0]"),
        ):
            changed = {name: array for name, array in {**state, **change}.items() if array is not None}
            made.save_zip(self.path("DiT.pt"), changed)
            self.assertRefused("DiT.pt", part, options=("--set", "num_heads=2"))
        made.save_zip(self.path("DiT.pt"), state)
        self.assertRefused("DiT.pt", "num_heads cannot be told from the file: give --set num_heads=VALUE")
        self.assertRefused("DiT.pt", "--set heads: DiT takes input_size, patch_size", options=("--set", "heads=2"))
        made.save_zip(self.path("x.pt"), {"a": np.ones(2, np.float32)})
        self.assertRefused("x.pt", "1 tensors of no network that is known (a, ...)")
        made.save_zip(self.path("x.pt"), {"weights": state, "epoch": 3})
        self.assertRefused("x.pt", "a dict of 2 entries (weights, epoch), with no entry ema, model_ema, model, state_dict")
        self.assertRefused("x.pt", "entry 'epoch' is 3, where tensors are expected", options=("--entry", "epoch"))
        made.save_zip(self.path("x.pt"), [1, 2])
        self.assertRefused("x.pt", "a list of 2 entries")

    def test_edm(self):
        for change, part in (
            ({"wrapper": "iDDPMPrecond"}, "an object of iDDPMPrecond; known: EDMPrecond, VPPrecond, VEPrecond, SongUNet"),
            ({"kind": "OtherUNet"}, "an object of EDMPrecond around an object of OtherUNet"),
            ({"arguments": {**made.UNET, "depth": 3}}, "SongUNet has no argument depth"),
        ):
            made.save_plain(self.path("network.pkl"), made.edm(**change)[0])
            self.assertRefused("network.pkl", part)
        # An attribute _modules that holds, by what the memo kept, the module itself.
        itself = Raw(b"ctorch.nn.modules.container\nModuleDict\n)\x81q\x63}X\x08\0\0\0_modules}X\x01\0\0\0ah\x63ssb")
        network = made.Persistent("SongUNet", {"_modules": {"a": itself}, "_init_kwargs": {}})
        made.save_plain(self.path("network.pkl"), {"ema": network}, 2)
        self.assertRefused("network.pkl", "modules nested deeper than 16")

    def test_diffusers(self):
        state = made.dit()
        tensors = made.to_diffusers(state, 2)
        tensors["transformer_blocks.1.norm1.emb.timestep_embedder.linear_1.bias"] = np.zeros(8, np.float32)
        made.save_diffusers(self.path("a"), tensors)
        self.assertRefused("a", "'transformer_blocks.1.norm1.emb.timestep_embedder.linear_1.bias' differs from that of another block")
        tensors = made.to_diffusers(state, 2)
        del tensors["transformer_blocks.1.attn1.to_k.bias"]
        made.save_diffusers(self.path("b"), tensors)
        self.assertRefused("b", "transformer_blocks.1.attn1 has q, v of to_q, to_k, to_v (bias)")
        made.save_diffusers(self.path("c"), made.to_diffusers(state, 2), _class_name="UNet2DModel")
        self.assertRefused("c", "class the text 'UNet2DModel', where DiT's Transformer2DModel is expected")
        made.save_diffusers(self.path("d"), {**made.to_diffusers(state, 2), "other.weight": np.ones(2, np.float32)})
        self.assertRefused("d", "tensor 'other.weight' is none of a DiT of diffusers")
        made.save_diffusers(self.path("e"), made.to_diffusers(state, 2), sample_size=5)
        self.assertRefused("e", "sample_size and patch_size must be whole numbers that fit each other")
        os.mkdir(self.path("f"))
        self.assertRefused("f", "config.json")

    def test_files(self):
        made.save_zip(self.path("a.pt"), made.dit(), compression=zipfile.ZIP_DEFLATED)
        self.assertRefused("a.pt", "is compressed, which PyTorch never does")
        made.save_zip(self.path("b.pt"), made.dit(), extra=[("constants.pkl", made.dumps(()))])
        self.assertRefused("b.pt", "a TorchScript archive")
        made.save_zip(self.path("b.pt"), made.dit(), extra=[("byteorder", b"big")])
        self.assertRefused("b.pt", "another byte order")
        with zipfile.ZipFile(self.path("c.pt"), "w") as archive:
            archive.writestr("x", "y")
        self.assertRefused("c.pt", "no NAME/data.pkl in it")
        for data in (b"", b"text", b"PK\3\4", b"\x80\2", b"\x80\2" + 300 * b"]", b"\x80\2."):
            with open(self.path("d.pt"), "wb") as out:
                out.write(data)
            self.assertRefused("d.pt")
        self.assertEqual(self.run_script("none.pt", "out.safetensors").returncode, 1)
        for save in (made.save_zip, made.save_old):
            save(self.path("whole.pt"), made.mar_head())
            with open(self.path("whole.pt"), "rb") as file:
                data = file.read()
            for length in (100, len(data) // 2, len(data) - 1):
                with open(self.path("cut.pt"), "wb") as out:
                    out.write(data[:length])
                self.assertRefused("cut.pt")


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
