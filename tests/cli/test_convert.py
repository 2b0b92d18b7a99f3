#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/convert_checkpoint.py on small checkpoints of every published layout and on damaged ones; what it writes is read by ossbench's
own reader: READ_SAFETENSORS=... /usr/bin/python3 tests/cli/test_convert.py"""

import json
import os
import subprocess
import sys
import unittest
import zipfile

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from tests.support import checkpoints as made  # noqa: E402
from tests.support.checkpoints import Brain, Call, Object, Raw  # noqa: E402
from tests.support.convert import ROOT, Convert  # noqa: E402

EPS = {"precondition": "eps", "betas": "linear", "beta_start": "0.0001", "beta_end": "0.02", "train_steps": "1000"}


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
        for prefix in ("model.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "module.model."):
            made.save_zip(self.path("DiT.pt"), {"model": {prefix + name: array for name, array in state.items()}})
            self.assertTensors(self.convert("DiT.pt", "--set", "num_heads=2"), state)

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
        for key, value, expected in (
            ("hidden_size", "wide", "the text 'wide', where a whole number from 1 to 1000000"),
            ("patch_size", "0", "0, where a whole number from 1"),
            ("depth", "1e9", "1000000000.0, where a whole number from 0 to 4096"),
            ("depth", "1000000", "1000000, where a whole number from 0 to 4096"),
            ("num_heads", "[2]", "a list of 1 entries, where a whole number"),
            ("num_classes", "true", "True, where a whole number"),
            ("class_dropout_prob", "none", "the text 'none', where a number from 0"),
            ("mlp_ratio", "NaN", "the text 'NaN', where a number from 0"),
            ("learn_sigma", "1", "1, where true or false"),
        ):
            self.assertRefused("DiT.pt", f"DiT: {key} is {expected}", options=("--set", "num_heads=2", "--set", f"{key}={value}"))
        mixed = {f"{'module.' * (i % 2)}{name}": array for i, (name, array) in enumerate(state.items())}
        made.save_zip(self.path("x.pt"), mixed)
        self.assertRefused("x.pt", "32 tensors of no network that is known (pos_embed, module.x_embedder.proj.weight, ")
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
        for name, part in (("d.pt", "so no checkpoint of PyTorch: it begins with b'<!DOCTYPE html>"), ("d.safetensors", "no safetensors file")):
            with open(self.path(name), "wb") as out:
                out.write(b"<!DOCTYPE html><html>")
            self.assertRefused(name, part)
        self.assertEqual(self.run_script("none.pt", "out.safetensors").returncode, 1)
        for save in (made.save_zip, made.save_old):
            save(self.path("whole.pt"), made.mar_head())
            with open(self.path("whole.pt"), "rb") as file:
                data = file.read()
            for length in (100, len(data) // 2, len(data) - 1):
                with open(self.path("cut.pt"), "wb") as out:
                    out.write(data[:length])
                self.assertRefused("cut.pt", "cut short")


if __name__ == "__main__":
    unittest.main()
