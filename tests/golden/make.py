#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Packs what the tests use of the golden files into this folder.

usage: make.py [FOLDER OF THE ORIGINALS]      (default: ../shared/goldens beside the repository)

Inputs (gmm, noise, t) and schedules keep their values exactly; tables and states, which are compared to 1e-4, become float32. The
tables of a smaller M are the first rows of a larger one's: that is checked here, and only the largest M of a group keeps them.
"""
import pathlib
import shutil
import sys

import h5py
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ("official_cost", "official_from", "paper_cost", "paper_from", "pinned_cost")
STATES = ("student", "student_mse", "uniform_student", "uniform_mse", "calibrated_student_schedule0")
QUANTILES = ("teacher_q05", "teacher_q95")
SCHEDULES = ("official_steps", "paper_steps", "pinned_steps", "official_average_steps", "uniform_steps")


def put(group, name, values):
    options = {"compression": "gzip", "compression_opts": 9, "shuffle": True} if values.nbytes > 2048 else {}
    group.create_dataset(name, data=values, **options)


def narrow(values):
    """float64 to float32, indices to int16."""
    return values.astype(np.float32 if values.dtype.kind == "f" else np.int16)


def put_inputs(source, target):
    for name in ("means", "scales", "weights"):
        put(target, "gmm/" + name, source["gmm"][name][:])
    put(target, "noise", source["noise"][:])
    target.attrs["what"] = source.attrs["what"]
    target.attrs["origin"] = "packed by tests/golden/make.py"


def put_search_group(source, target):
    budgets = sorted((m for m in source if m.startswith("M")), key=lambda m: int(m[1:]))
    largest = budgets[-1]
    put(target, "t", source["t"][:])
    put(target, "teacher", narrow(source["teacher"][:]))
    for name in QUANTILES:
        put(target, name, narrow(source[name][:]))
    for name in TABLES:
        whole = source[largest][name][:]
        for m in budgets[:-1]:
            part = source[m][name][:]
            if not np.array_equal(part, whole[:, : part.shape[1]]):
                raise SystemExit(f"{source.name}/{m}/{name} is not the beginning of {largest}'s")
        put(target, f"{largest}/{name}", narrow(whole))
    for m in budgets:
        for name in STATES + SCHEDULES:
            put(target, f"{m}/{name}", narrow(source[m][name][:]))


def pack_search(original, packed):
    with h5py.File(original, "r") as source, h5py.File(packed, "w", libver=("v110", "v110")) as target:
        put_inputs(source, target)
        for name in source:
            if name not in ("gmm", "noise"):
                put_search_group(source[name], target.create_group(name))


def pack_video(original, packed):
    with h5py.File(original, "r") as source, h5py.File(packed, "w", libver=("v110", "v110")) as target:
        put_inputs(source, target)
        for name in source:
            if name in ("gmm", "noise"):
                continue
            group = target.create_group(name)
            put(group, "t", source[name]["t"][:])
            for key in source[name]:
                if key.startswith("norm"):
                    put(group, key, narrow(source[name][key][:]))


def pack_solvers(original, packed):
    with h5py.File(original, "r") as source, h5py.File(packed, "w", libver=("v110", "v110")) as target:
        for name in ("means", "scales", "weights"):
            put(target, "gmm/" + name, source["gmm"][name][:])
        put(target, "latents", source["latents"][:])
        target.attrs["what"] = source.attrs["what"]
        target.attrs["origin"] = "packed by tests/golden/make.py"
        for name in source:
            if name in ("gmm", "latents"):
                continue
            group = target.create_group(name)
            put(group, "sigmas", source[name]["sigmas"][:])
            for key, trajectory in source[name].items():
                if key != "sigmas":
                    put(group, key, narrow(trajectory[1:]))  # every trajectory begins at sigmas[0] latents
                    group[key].attrs.update(trajectory.attrs)


def pack_dm(original, packed):
    """One group a number of intervals: the starts' and the optimised knots in one array, a row each, named by the attribute `starts`."""
    with h5py.File(original, "r") as source, h5py.File(packed, "w", libver=("v110", "v110")) as target:
        target.attrs["what"] = source.attrs["what"]
        target.attrs["origin"] = "packed by tests/golden/make.py"
        for name, group in source["vp_linear_continuous"].items():
            starts = sorted(group)
            put(target, name + "/lambda", np.array([group[start]["lambda"][:] for start in starts]))
            put(target, name + "/objective", np.array([group[start].attrs["objective"] for start in starts]))
            target[name].attrs["starts"] = " ".join(starts)


def pack_gits(original, packed):
    """Cost matrices and choices; the teacher's states are the program's own to find."""
    with h5py.File(original, "r") as source, h5py.File(packed, "w", libver=("v110", "v110")) as target:
        for name in ("means", "scales", "weights"):
            put(target, "gmm/" + name, source["gmm"][name][:])
        put(target, "latents", source["latents"][:])
        put(target, "sigmas", source["sigmas"][:])
        target.attrs["what"] = source.attrs["what"]
        target.attrs["origin"] = "packed by tests/golden/make.py"
        for solver in ("euler", "ipndm4"):
            for metric in ("l1", "l2", "dev"):
                for key, values in source[solver][metric].items():
                    put(target, f"{solver}/{metric}/{key}", narrow(values[:]))


def pack_metrics(original, packed):
    """Samples stay in double, which their values are exact to; images are float32, what the program works on."""
    with h5py.File(original, "r") as source, h5py.File(packed, "w", libver=("v110", "v110")) as target:
        for name in ("a", "b"):
            put(target, f"frechet/{name}", source[f"frechet/{name}"][:])
        for name in ("value", "mmd2_poly3_unbiased"):
            put(target, f"frechet/{name}", np.array([source["frechet"].attrs[name]]))
        for name in ("x", "y"):
            put(target, f"image/{name}", narrow(source[f"image/{name}"][:]))
        for name in ("psnr_range2", "ssim_gauss11_range2"):
            put(target, f"image/{name}", source[f"image/{name}"][:])
        target.attrs["origin"] = "packed by tests/golden/make.py"


def labels(one_hot):
    """The class of each sample, -1 where its vector is zero."""
    return np.where(one_hot.any(axis=1), one_hot.argmax(axis=1), -1).astype(np.int32)


def put_call(target, group, x, time, out, **more):
    """One call of a network: samples, what it is told of the noise (its own time, or sigma), what came out."""
    put(target, group + "/x", x)
    put(target, group + "/time", np.asarray(time, np.float64))
    put(target, group + "/out", out)
    for name, values in more.items():
        put(target, f"{group}/{name}", values)


def pack_unet(source, target):
    inputs, outputs = source["inputs"], source["outputs"]
    classes = {"label": labels(inputs["class_labels"][:])} if "class_labels" in inputs else {}
    put_call(target, "raw", inputs["x_raw"][:], inputs["noise_labels"][:], outputs["raw"][:], **classes)
    for name in outputs:
        if name != "raw":
            put_call(target, name, inputs["x"][:], inputs["sigma"][:], outputs[name][:], **({} if "nolabel" in name else classes))


def pack_tokens(source, target):
    """DiT and MAR: of the guided call the conditional half; both halves have the same samples."""
    inputs, outputs = source["inputs"], source["outputs"]
    given, guided = {}, {}
    half = len(inputs["cfg_x"]) // 2
    if "y" in inputs:
        null = source.attrs["num_classes"]
        given["label"] = np.where(inputs["y"][:] == null, -1, inputs["y"][:]).astype(np.int32)
        guided["label"] = inputs["cfg_y"][:half].astype(np.int32)
    else:
        given["condition"] = inputs["c"][:]
        guided["condition"], guided["null"] = inputs["cfg_c"][:half], inputs["cfg_c"][half:]
    put_call(target, "raw", inputs["x"][:], inputs["t"][:], outputs["forward"][:], **given)
    put_call(target, "fractional", inputs["x"][:], inputs["t_frac"][:], outputs["forward_tfrac"][:], **given)
    put_call(target, "guided", inputs["cfg_x"][:half], inputs["cfg_t"][:half], outputs["forward_with_cfg"][:half], **guided)
    put(target, "guided/scale", np.array([inputs["cfg_scale"][()]]))


def pack_nets(folder, packed):
    """Networks' weights are copied as they are: random, they do not compress."""
    packed.mkdir(exist_ok=True)
    for weights in sorted(folder.glob("*.safetensors")):
        shutil.copyfile(weights, packed / weights.name)
        name = weights.with_suffix(".h5").name
        with h5py.File(folder / name, "r") as source, h5py.File(packed / name, "w", libver=("v110", "v110")) as target:
            kind = bytes(source.attrs["class"]).decode()
            target.attrs["origin"] = bytes(source.attrs["origin"]).decode() + ", packed by tests/golden/make.py"
            (pack_unet if kind.endswith("UNet") else pack_tokens)(source, target)


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[2] / "shared" / "goldens"
    pack_search(folder / "oss_search.h5", HERE / "oss_search.h5")
    pack_search(folder / "oss_search_1d.h5", HERE / "oss_search_1d.h5")
    pack_video(folder / "oss_video.h5", HERE / "oss_video.h5")
    pack_solvers(folder / "solvers.h5", HERE / "solvers.h5")
    pack_dm(folder / "dm.h5", HERE / "dm.h5")
    pack_gits(folder / "gits.h5", HERE / "gits.h5")
    pack_metrics(folder / "metrics.h5", HERE / "metrics.h5")
    pack_nets(folder / "nets", HERE / "nets")
    for file in sorted(HERE.glob("*.h5")):
        print(f"{file.name}: {file.stat().st_size} bytes, was {(folder / file.name).stat().st_size}")


if __name__ == "__main__":
    main()
