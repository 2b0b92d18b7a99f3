#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Networks as denoisers, from outside: planning, runs, and what is wrong with their files and options."""

import json
import os
import re
import resource
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import BACKEND, SANITIZED, CliTest, contents, run  # noqa: E402

NETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "nets")
SMALL = {"samples.search": 3, "samples.evaluate": "same", "samples.batch": 2, "teacher.steps": 4, "student.steps": [2]}


def golden(name):
    return os.path.join(NETS, name)


def read_weights(path):
    """The header of a safetensors file, its tensors' places included, and the bytes behind it."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        return json.loads(file.read(length)), file.read()


def write_weights(path, header, data):
    """The tensors of the header, packed anew: a change of the header may leave some out or name one twice."""
    packed, body = {}, b""
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            entry = dict(entry, data_offsets=[len(body), len(body) + end - begin])
            body += data[begin:end]
        packed[name] = entry
    text = json.dumps(packed).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + body)


class NetTest(CliTest):
    def network(self, kind, file, **options):
        return {"denoiser": dict({"kind": kind, "file": golden(file)}, **options), **SMALL}

    def changed(self, source, change, name="net.safetensors"):
        """A copy of a golden's weights whose header went through change."""
        header, data = read_weights(golden(source))
        write_weights(self.path(name), change(header), data)
        return self.path(name)

    def same_arrays(self, name, other):
        """Schedules, tables and scores to the last bit."""
        a, b = ({k: v for k, v in contents(self.path(n)).items() if k.startswith("/cells") and "@" not in k} for n in (name, other))
        self.assertEqual(sorted(a), sorted(b))
        self.assertTrue(any(key.endswith("/metrics/mse") for key in a), sorted(a))
        for key, value in a.items():
            np.testing.assert_array_equal(value, b[key], err_msg=key)

    def nfe(self, name="out.h5"):
        with h5py.File(self.path(name), "r") as file:
            return [int(cell.attrs["nfe"]) for cell in file["cells"].values()]


class Planning(NetTest):
    # Parameters as the papers and repositories state them (55.7 M, 296 M, 675 M), buffers left out.
    PUBLISHED = {
        ("songunet", "edm-cifar10-ddpmpp"): 55733891,
        ("dhariwal", "edm-imagenet64"): 295899267,
        ("dit", "dit-xl-2-256"): 675129632,
    }

    def test_official_sizes_are_planned_without_their_weights(self):
        # An address space without room for DiT's weights (2.6 GB).
        bounded = not SANITIZED and BACKEND is None
        limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))} if bounded else {}
        backend = ["--backend", "cpu"] if bounded else []
        for (kind, preset), parameters in self.PUBLISHED.items():
            with self.subTest(preset=preset):
                path, begin = self.config({"denoiser": {"kind": kind, "preset": preset}, **SMALL}), time.monotonic()
                result = self.run_ok("run", path, "--dry-run", *backend, **limit)
                self.assertIn(f"{parameters} parameters", result.out)
                self.assertLess(time.monotonic() - begin, 60 if SANITIZED or BACKEND else 20)
                weights = float(re.search(r"weights ([\d.]+) MiB", result.out).group(1)) * 2**20
                self.assertGreaterEqual(weights, 4 * parameters - 2**19)
                self.assertLess(weights, 4 * parameters * 1.03)
                peak = float(re.search(r"(?:peak|device) memory: ([\d.]+)", result.out).group(1)) * 2**20
                self.assertGreater(peak, weights)

    def test_every_preset_can_be_planned(self):
        listed = self.run_ok("list", "denoisers").out
        presets = {name for name in re.findall(r"[a-z0-9-]+", listed) if re.fullmatch(r"(edm|dit|mar)-.*", name)}
        self.assertGreaterEqual(len(presets), 36, sorted(presets))
        kinds = {"dit": "dit", "mar": "mar_mlp", "edm": "songunet"}
        for preset in sorted(presets):
            with self.subTest(preset=preset):
                kind = "dhariwal" if preset == "edm-imagenet64" else kinds[preset[:3]]
                config = self.config({"denoiser": {"kind": kind, "preset": preset}, **SMALL})
                self.assertIn("parameters", self.run_ok("run", config, "--dry-run").out)

    def test_arguments_alone_describe_a_network(self):
        arguments = {"input_size": 4, "in_channels": 1, "hidden_size": 16, "depth": 1, "num_heads": 2, "num_classes": 3}
        denoiser = {"kind": "dit", "arguments": json.dumps(arguments), "class": "drawn"}
        self.run_config({"denoiser": denoiser, **SMALL, "student.schedule": ["uniform"]})
        # Another seed, other weights: other samples.
        self.run_config({"denoiser": dict(denoiser, weights_seed=1), **SMALL, "student.schedule": ["uniform"], "output.file": "b.h5"})
        with h5py.File(self.path("out.h5")) as a, h5py.File(self.path("b.h5")) as b:
            self.assertNotEqual(a["cells/0000/metrics/mse"][0], b["cells/0000/metrics/mse"][0])


class Runs(NetTest):
    def test_a_search_on_each_network(self):
        rows = {"conditions": golden("mar_mlp.h5"), "dataset": "raw/condition"}
        for kind, file, options in (
            ("songunet", "songunet_cond", {"class": "drawn"}),
            ("dhariwal", "dhariwal_mh", {"class": 2}),
            ("dit", "dit", {"class": "drawn", "guidance": 1.5, "guide_channels": 3}),
            ("mar_mlp", "mar_mlp", rows),
        ):
            with self.subTest(kind=kind):
                self.run_config(self.network(kind, file + ".safetensors", **options), "--threads", "1")
                self.assertEqual(self.nfe(), [4, 4] if "guidance" in options else [2, 2])
                # Neither chunks nor threads nor batches change a bit.
                changes = {**self.network(kind, file + ".safetensors", chunk=3, **options), "samples.batch": 3, "output.file": "b.h5"}
                self.run_config(changes, "--threads", "2")
                self.same_arrays("out.h5", "b.h5")

    def test_prefixed_names_are_the_same_network(self):
        def prefix(header):
            return {name if name == "__metadata__" else "model." + name: entry for name, entry in header.items()}

        path = self.changed("songunet_cond.safetensors", prefix)
        self.run_config(self.network("songunet", "songunet_cond.safetensors"))
        self.run_config({"denoiser": {"kind": "songunet", "file": path}, **SMALL, "output.file": "b.h5"})
        self.same_arrays("out.h5", "b.h5")

    def test_metadata_says_how_it_was_trained(self):
        def trained(header):
            meta = dict(header["__metadata__"], precondition="vp", train_steps="500", data_range="4")
            return dict(header, __metadata__=meta)

        path = self.changed("songunet_cond.safetensors", trained)
        self.run_config({"denoiser": {"kind": "songunet", "file": path}, **SMALL})
        options = {"precondition": "vp", "train_steps": 500, "data_range": 4.0}
        self.run_config({**self.network("songunet", "songunet_cond.safetensors", **options), "output.file": "b.h5"})
        self.same_arrays("out.h5", "b.h5")

    def test_another_precondition_than_the_files_is_warned_of(self):
        def trained(header):
            return dict(header, __metadata__=dict(header["__metadata__"], precondition="vp"))

        path = self.changed("songunet_cond.safetensors", trained)
        for asked, words in (("vp", None), ("edm", "precondition: edm is asked of a network whose own metadata say vp")):
            network = {"kind": "songunet", "file": path, "precondition": asked}
            result = self.run_ok("run", self.config({"denoiser": network, **SMALL}), "--dry-run")
            (self.assertIn if words else self.assertNotIn)(words or "metadata", result.err)

    def test_the_work_of_a_plan_holds_every_call(self):
        """Searches with a call a pair cost more than their rows: the stated work is at least the calls times what one takes."""
        for solver, cost in (("euler", "xt"), ("euler", "x0"), ("heun", "xt"), ({"kind": "dpmpp", "order": 3}, "xt")):
            changes = {"teacher.steps": 12, "student.steps": [2, 5], "student.solver": solver, "student.schedule": {"kind": "oss", "cost": cost}}
            config = self.config({**self.network("songunet", "songunet_cond.safetensors"), **changes})
            out = self.run_ok("run", config, "--dry-run").out
            a_call = 1e9 * float(re.search(r"([\d.]+) GFLOP an evaluation", out).group(1))
            work = float(re.search(r"work: (\S+)", out).group(1))
            self.run_ok("run", config)
            with h5py.File(self.path("out.h5"), "r") as file:
                found = [int(cell.attrs["search_nfe"]) for cell in file["cells"].values()]
                calls = (sum if solver not in ("euler", "heun") else max)(found)  # one search serves both budgets, or each has its own
                calls += sum(3 * int(cell.attrs["nfe"]) for cell in file["cells"].values()) + 3 * 12
            self.assertGreater(work, 0.95 * calls * a_call, (solver, cost))
            self.assertLess(work, 1.3 * calls * a_call, (solver, cost))

    def test_metadata_that_nobody_reads_are_named(self):
        def misspelt(header):
            return dict(header, __metadata__=dict(header["__metadata__"], schedule="cosine", license="none"))

        path = self.changed("dit.safetensors", misspelt)
        result = self.run_ok("run", self.config({"denoiser": {"kind": "dit", "file": path}, **SMALL}), "--dry-run")
        self.assertIn("'schedule'", result.err)
        self.assertNotIn("license", result.err)
        result = self.run_ok("run", self.config(self.network("dit", "dit.safetensors")), "--dry-run")
        self.assertNotIn("metadata", result.err)

    def test_arguments_of_training_alone_are_known(self):
        def with_all(header):
            return dict(header, __metadata__=dict(header["__metadata__"], grad_checkpointing="false"))

        path = self.changed("mar_mlp.safetensors", with_all)
        result = self.run_ok("run", self.config({"denoiser": {"kind": "mar_mlp", "file": path}, **SMALL}), "--dry-run")
        self.assertNotIn("metadata", result.err)

    def test_given_classes_are_taken_in_turn(self):
        with h5py.File(self.path("labels.h5"), "w") as file:
            file["data/labels"] = np.array([7], dtype="i4")
        self.run_config(self.network("dit", "dit.safetensors", **{"class": 7}))
        given = self.network("dit", "dit.safetensors", **{"class": "given", "labels": "labels.h5"})
        self.run_config({**given, "output.file": "b.h5"})
        self.same_arrays("out.h5", "b.h5")

    def test_a_network_is_loaded_when_its_teacher_is_kept(self):
        changes = {**self.network("dit", "dit.safetensors"), "teacher.cache": "kept"}
        os.mkdir(self.path("kept"))
        self.run_config(changes)
        self.run_config({**changes, "output.file": "b.h5"})
        with h5py.File(self.path("out.h5")) as a, h5py.File(self.path("b.h5")) as b:
            np.testing.assert_array_equal(a["cells/0001/metrics/mse"][()], b["cells/0001/metrics/mse"][()])


class Wrong(NetTest):
    def refused(self, words, kind="dit", file="dit.safetensors", code=2, **options):
        denoiser = dict({"kind": kind, "file": golden(file)}, **options)
        self.run_config({"denoiser": denoiser, **SMALL}, "--dry-run", code=code, words=words)

    def test_weights_that_do_not_fit_are_named(self):
        self.refused(["blocks.3.attn.qkv.weight", "[192, 64]", "missing"], arguments='{"depth": 4}', code=1)
        self.refused(["blocks.2.", "is not of this network"], arguments='{"depth": 2}', code=1)
        self.refused(["embedding_table", "[11, 64]", "[10, 64]"], arguments='{"num_classes": 9}', code=1)
        self.refused(["SimpleMLPAdaLN", "DiT"], file="mar_mlp.safetensors", code=1)

    def test_the_number_of_heads_is_not_guessed(self):
        def without(header):
            return dict(header, __metadata__={key: value for key, value in header["__metadata__"].items() if key != "num_heads"})

        path = self.changed("dit.safetensors", without)
        self.refused(["net.safetensors", "the argument 'num_heads' is missing"], file=path, code=1)
        for options in ({"arguments": '{"num_heads": 4}'}, {"preset": "dit-l-2-256"}):
            self.run_ok("run", self.config({"denoiser": dict({"kind": "dit", "file": path}, **options), **SMALL}), "--dry-run")

    def test_a_lost_tensor_is_named(self):
        for lost in ("pos_embed", "blocks.1.mlp.fc1.bias"):
            path = self.changed("dit.safetensors", lambda header, lost=lost: {k: v for k, v in header.items() if k != lost})
            self.refused([lost, "missing"], file=path, code=1)

    def test_an_added_tensor_is_named(self):
        path = self.changed("dit.safetensors", lambda header: dict(header, surplus=header["pos_embed"]))
        self.refused(["surplus", "is not of this network", "[1, 16, 64]"], file=path, code=1)

    def test_a_filter_of_another_size_is_refused(self):
        # The arguments say [1, 1] where the file's layers hold four taps.
        self.refused(["resample_filter", "[1, 1, 4, 4]", "[1, 1, 2, 2]"], "songunet", "songunet_ncsnpp.safetensors", 1, arguments='{"resample_filter": [1, 1]}')

    def test_a_filter_of_other_values_is_refused(self):
        words = ["_down.conv0.resample_filter", "holds 0.25 at [0, 0, 0, 0]", "0.0625"]
        self.refused(words, "songunet", "songunet_ddpmpp.safetensors", 1, arguments='{"resample_filter": [1, 3]}')

    def test_a_prefix_is_of_all_names_or_of_none(self):
        def some(header):
            return {"model." + name if name == "pos_embed" else name: entry for name, entry in header.items()}

        self.refused(["model.", "all or none"], file=self.changed("dit.safetensors", some), code=1)

    def test_options_that_make_no_sense(self):
        both = {"kind": "dit"}
        self.run_config({"denoiser": both, **SMALL}, code=2, words=["file, preset or arguments"])
        long_filter = '{"img_resolution": 8, "in_channels": 1, "out_channels": 1, "encoder_type": "residual", "resample_filter": [1, 5, 10, 10, 5, 1]}'
        self.run_config({"denoiser": {"kind": "songunet", "arguments": long_filter}, **SMALL}, "--dry-run", code=2, words=["6 taps", "residual"])
        self.refused(["depht", "depth"], arguments='{"depht": 4}')
        self.refused(["num_heads"], arguments='{"num_heads": 5}')
        self.refused(["guidance", "class"], guidance=2.0)
        self.refused(["class 10", "0 to 9"], **{"class": 10})
        self.refused(["given", "labels"], **{"class": "given"})
        self.write("labels.h5", "")  # there, and not asked for: class is none where nothing is said
        self.refused(["class: given", "'none'"], labels="labels.h5")
        self.refused(["no classes"], "songunet", "songunet_ddpmpp.safetensors", **{"class": 1})
        self.refused(["chunk 'few'"], chunk="few")
        self.refused(["guide_channels 5", "4 channels"], guide_channels=5, guidance=2.0, **{"class": 1})
        # Options of another prediction would have no effect.
        self.refused(["sigma_data", "eps", "betas, beta_start, beta_end, train_steps"], sigma_data=0.5)
        self.refused(["timestep", "precondition v", "time_scale"], precondition="v", timestep="nearest")
        self.refused(["beta_end", "betas cosine"], betas="cosine", beta_end=0.02)
        self.refused(["beta_d 2000", "sigma_max"], precondition="vp", beta_d=2000)
        self.refused(["null", "conditions"], "mar_mlp", "mar_mlp.safetensors", null="raw/condition")
        self.refused(["guidance", "condition"], "mar_mlp", "mar_mlp.safetensors", guidance=2.0)

    def test_files_beside_the_weights_that_do_not_fit(self):
        with h5py.File(self.path("labels.h5"), "w") as file:
            file["data/labels"] = np.array([1, 10], dtype="i4")
            file["narrow"] = np.zeros((4, 31), dtype="f4")
            file["conditions"] = np.zeros((4, 32), dtype="f4")
            file["three"] = np.zeros((3, 32), dtype="f4")
        self.refused(["labels.h5", "[1] is 10", "0 to 9"], code=1, **{"class": "given", "labels": "labels.h5"})
        self.refused(["narrow", "(n, 32)"], "mar_mlp", "mar_mlp.safetensors", 1, conditions="labels.h5", dataset="narrow")
        self.refused(["three", "4 conditions"], "mar_mlp", "mar_mlp.safetensors", 1, conditions="labels.h5", null="three")
        self.refused(["guidance", "no condition"], "mar_mlp", "mar_mlp.safetensors", conditions="labels.h5", guidance=2.0)

    def test_what_the_processor_does_not_compute(self):
        path = self.config(self.network("dit", "dit.safetensors", compute="tf32"))
        self.check(run(["run", path, "--backend", "cpu"], self.dir), 2, ["compute", "tf32", "cpu"])


if __name__ == "__main__":
    unittest.main()
