# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of test_bad_input.py: what is broken, the exit status, and the words that the message must hold."""

import h5py
import numpy as np
from cli import DELETE

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(600)
NOISE = {"noise": {"file": "problem.h5", "dataset": "noise"}}
GRID = {"teacher.grid": {"kind": "file", "file": "problem.h5", "dataset": "grid"}, "teacher.steps": DELETE}
FILE_SCHEDULE = {"student.schedule": [{"kind": "file", "file": "problem.h5", "dataset": "schedule"}], "student.steps": [2], **GRID}

CASES = {}  # name: (config changes, change of problem.h5, exit status, words of the message)


def case(name, changes, h5, code, *words):
    assert name not in CASES, name
    CASES[name] = (changes, h5, code, words)


def replaced(name, data, **options):
    """A change of problem.h5: the dataset replaced, or removed for data None."""

    def change(file):
        if name in file:
            del file[name]
        if data is not None or options:
            file.create_dataset(name, data=data, **options)

    return change


def linked(name, link):
    def change(file):
        del file[name]
        file[name] = link

    return change


def with_value(name, position, value):
    def change(file):
        file[name][position] = value

    return change


# ---- files that the config names: four users of HDF5, each with every kind of broken file ----
USERS = {
    "denoiser": ({}, {"denoiser.file": "bad.h5"}),
    "noise": (NOISE, {"noise.file": "bad.h5"}),
    "grid": (GRID, {"teacher.grid.file": "bad.h5"}),
    "schedule": (FILE_SCHEDULE, {"student.schedule": [{"kind": "file", "file": "bad.h5", "dataset": "schedule"}]}),
    "transfer": ({}, {"student.schedule": [{"kind": "transfer", "from": "bad.h5"}]}),
}
BROKEN_FILES = {
    "missing": (None, "No such file"),
    "empty": (lambda whole: b"", "empty"),
    "truncated": (lambda whole: whole[: len(whole) // 2], "truncated"),
    "beheaded": (lambda whole: whole[:600], "truncated"),
    "png": (lambda whole: PNG, "not an HDF5 file"),
    "text": (lambda whole: b"gmm/means: 1, 2, 3\n" * 100, "not an HDF5 file"),
}

# ---- datasets: the same four, each with every kind of broken data ----
COMPOUND = np.zeros(3, dtype=[("alpha", "f4"), ("beta", "i4")])
for user, changes, dataset, rank in (
    ("means", {}, "gmm/means", 2),
    ("scales", {}, "gmm/scales", 1),
    ("noise", NOISE, "noise", 2),
    ("grid", GRID, "grid", 1),
    ("schedule", FILE_SCHEDULE, "schedule", 1),
):
    first = (0,) * rank
    case(f"{user}_absent", changes, replaced(dataset, None), 1, "problem.h5", f"'{dataset}' not found")
    case(f"{user}_text", changes, replaced(dataset, b"abc"), 1, "problem.h5", f"'{dataset}'", "text", "numbers")
    case(f"{user}_compound", changes, replaced(dataset, COMPOUND), 1, "problem.h5", f"'{dataset}'", "compound", "alpha")
    case(f"{user}_no_elements", changes, replaced(dataset, np.zeros((0,) * rank)), 1, "problem.h5", f"'{dataset}'", "no elements")
    case(f"{user}_null", changes, replaced(dataset, h5py.Empty("f4")), 1, "problem.h5", f"'{dataset}'", "empty")
    case(f"{user}_scalar", changes, replaced(dataset, 1.5), 1, "problem.h5", f"'{dataset}'")
    case(f"{user}_rank_3", changes, replaced(dataset, np.ones((2, 2, 2))), 1, "problem.h5", f"'{dataset}'")
    case(f"{user}_complex", changes, replaced(dataset, np.ones((2,) * rank, "c8")), 1, "problem.h5", f"'{dataset}'", "compound")
    if user == "schedule":
        continue
    at = f"[{', '.join('0' * rank)}]"
    case(f"{user}_nan", changes, with_value(dataset, first, np.nan), 1, "problem.h5", f"'{dataset}' holds NaN at {at}")
    case(f"{user}_inf", changes, with_value(dataset, first, np.inf), 1, "problem.h5", f"'{dataset}' holds infinity", f"at {at}")
HUGE = replaced("gmm/means", None, shape=(1 << 30, 1 << 20), dtype="f4", chunks=(1, 1024))
case("means_huge", {}, HUGE, 1, "problem.h5", "gmm/means", "GiB")
case("noise_huge", NOISE, replaced("noise", None, shape=(1 << 44, 1 << 17), dtype="f4", chunks=(1, 1024)), 1, "problem.h5", "noise")
case("grid_huge", GRID, replaced("grid", None, shape=(1 << 45,), dtype="f8", chunks=(1024,)), 1, "problem.h5", "'grid'", "GiB")
case("grid_too_long", GRID, replaced("grid", np.linspace(0, 1, 100002)), 2, "config.yaml", "100000")
case("scales_count", {}, replaced("gmm/scales", np.ones(2)), 1, "problem.h5", "gmm/scales", "2", "3 components")
case("weights_count", {}, replaced("gmm/weights", np.ones(7)), 1, "problem.h5", "gmm/weights", "7", "3 components")
case("scales_negative", {}, with_value("gmm/scales", 1, -0.5), 1, "problem.h5", "gmm/scales[1] is -0.5", "at least 0")
case("weights_zero", {}, with_value("gmm/weights", 2, 0), 1, "problem.h5", "gmm/weights[2] is 0", "above 0")
case("weights_negative", {}, with_value("gmm/weights", 2, -1), 1, "problem.h5", "gmm/weights[2] is -1", "above 0")
case("weights_nan", {}, with_value("gmm/weights", 0, np.nan), 1, "problem.h5", "'gmm/weights' holds NaN at [0]")
case("shape_product", {}, replaced("gmm/shape", [2, 2]), 1, "problem.h5", "gmm/shape", "4 elements", "a mean has 6")
case("shape_zero", {}, replaced("gmm/shape", [6, 0]), 1, "problem.h5", "gmm/shape[1] is 0")
case("shape_overflow", {}, replaced("gmm/shape", [1 << 32, 1 << 32, 6]), 1, "problem.h5", "gmm/shape")
case("shape_fraction", {}, replaced("gmm/shape", [1.5, 4]), 1, "problem.h5", "gmm/shape", "1.5", "whole number")
case("noise_elements", NOISE, replaced("noise", np.ones((9, 5), "f4")), 1, "problem.h5", "noise", "5 elements", "6")
case("noise_too_few", NOISE, replaced("noise", np.ones((6, 6), "f4")), 1, "problem.h5", "6 samples", "need 7")
case("noise_group", {**NOISE, "noise.dataset": "gmm"}, None, 1, "problem.h5", "group 'gmm'", "dataset is expected", "means")
case("noise_external", NOISE, linked("noise", h5py.ExternalLink("x.h5", "y")), 1, "problem.h5", "'noise'", "another file")
case("noise_dangling", NOISE, linked("noise", h5py.SoftLink("/no")), 1, "problem.h5", "'noise'", "nowhere")
case("data_range_text", {}, lambda file: file.attrs.__setitem__("data_range", "wide"), 1, "problem.h5", "data_range")
case("grid_repeated", GRID, with_value("grid", 3, 0.33), 1, "problem.h5", "'grid' holds 0.33 and then 0.33 at [3]", "different")
case("grid_unsorted", GRID, with_value("grid", 3, 0.8), 1, "problem.h5", "'grid' holds 0.8 and then 0.66 at [4]", "ascend")
case("grid_above_1", GRID, with_value("grid", 6, 1.5), 2, "config.yaml:12", "time 6 is 1.5")
case("grid_negative", GRID, with_value("grid", 0, -0.1), 2, "config.yaml:12", "time 0 is -0.1")
case("grid_one_time", GRID, replaced("grid", [0.5]), 1, "problem.h5", "grid", "at least 2")
case("grid_other_steps", {**GRID, "teacher.steps": 7}, None, 2, "config.yaml:12", "teacher.steps is 7", "7 times", "6 steps")
case("schedule_length", {**FILE_SCHEDULE, "student.steps": [5]}, None, 2, "config.yaml", "schedule", "3 values", "not 5")
case("schedule_beyond_grid", FILE_SCHEDULE, with_value("schedule", 0, 7), 2, "config.yaml", "'schedule' holds 7", "0 to 6")
case("schedule_fraction", FILE_SCHEDULE, replaced("schedule", [6, 2.5, 0]), 2, "config.yaml", "'schedule' holds 2.5", "whole numbers")
case("schedule_negative", FILE_SCHEDULE, with_value("schedule", 1, -1), 2, "config.yaml", "'schedule' holds -1")
case("schedule_not_sorted", FILE_SCHEDULE, replaced("schedule", [4, 6, 0]), 1, "problem.h5", "'schedule'", "index 1 is 6", "descend")
WITHOUT_END = replaced("schedule", [6, 4, 2])
case("schedule_without_end", FILE_SCHEDULE, WITHOUT_END, 2, "config.yaml", "'schedule' has 3 values without the end", "3 steps, not 2")
TIMES = {**FILE_SCHEDULE, "student.schedule": [{"kind": "file", "file": "problem.h5", "dataset": "times", "as": "t"}]}
case("times_not_sorted", TIMES, replaced("times", [0.9, 0.9, 0]), 2, "config.yaml", "'times' holds 0.9", "descend")
case("times_above_1", TIMES, replaced("times", [1.9, 0.9, 0]), 2, "config.yaml", "'times' holds 1.9")
NEGATIVE, ONES = replaced("data/labels", np.arange(16) - 1), replaced("data/labels", np.ones(16, int))
for name, options, change, code, *words in (
    ("points_absent", {"dataset": "no"}, None, 1, "problem.h5", "'no' not found", "noise"),
    ("points_rank", {"dataset": "grid"}, None, 1, "problem.h5", "'grid' has rank 1"),
    ("points_nan", {"dataset": "noise"}, with_value("noise", (4, 5), np.nan), 1, "problem.h5", "'noise' holds NaN at [4, 5]"),
    ("points_limit", {"dataset": "noise", "limit": 17}, None, 1, "problem.h5", "'noise' has 16 rows"),
    ("labels_absent", {"dataset": "noise", "class": 1}, None, 1, "problem.h5", "'data/labels' not found"),
    ("labels_negative", {"dataset": "noise", "class": "drawn"}, NEGATIVE, 1, "problem.h5", "'data/labels'[0] is -1"),
    ("labels_fraction", {"dataset": "noise", "class": 1}, replaced("data/labels", np.full(16, 0.5)), 1, "problem.h5", "data/labels", "0.5"),
    ("labels_few", {"dataset": "noise", "class": 1}, replaced("data/labels", np.ones(9, int)), 1, "problem.h5", "'data/labels' has 9 rows"),
    ("class_empty", {"dataset": "noise", "class": 7}, ONES, 2, "config.yaml:4", "class 7", "data/labels"),
    ("class_word", {"dataset": "noise", "class": "cat"}, None, 2, "config.yaml:4", "class 'cat'", "drawn"),
    ("guidance_alone", {"dataset": "noise", "guidance": 3}, None, 2, "config.yaml:4", "guidance 3 needs a class"),
    ("bandwidth_negative", {"dataset": "noise", "bandwidth": -1}, None, 2, "config.yaml:", "denoiser.bandwidth", "-1"),
):
    case("data_" + name, {"denoiser": {"kind": "dataset", "file": "problem.h5", **options}}, change, code, *words)
case("times_nan", TIMES, replaced("times", [0.9, np.nan, 0]), 1, "problem.h5", "'times' holds NaN at [1]")

# ---- the config ----
PER_SAMPLE = {"kind": "oss", "samples": "per_sample"}
MANY = {"kind": "oss", "cost": {"kind": "xt", "p": list(range(1, 16))}, "variant": ["paper", "carry"], "start": ["free", "pinned"]}
MANY["average"] = ["median", "mean"]
for name, changes, *words in (
    ("root_key", {"studnet": {}}, "studnet", "did you mean 'student'"),
    ("denoiser_key", {"denoiser": {"kind": "gmm", "fiel": "x"}}, "denoiser", "fiel", "did you mean 'file'"),
    ("samples_key", {"samples.serach": 3}, "samples", "serach", "did you mean 'search'"),
    ("teacher_key", {"teacher.stesp": 3}, "teacher", "stesp", "did you mean 'steps'"),
    ("grid_key", {"teacher.grid.roh": 7}, "teacher.grid", "'edm' has no option 'roh'", "did you mean 'rho'"),
    ("student_key", {"student.solvers": "euler"}, "student", "solvers", "did you mean 'solver'"),
    ("schedule_key", {"student.schedule": [{"kind": "oss", "varient": "paper"}]}, "student.schedule.0", "did you mean 'variant'"),
    ("cost_key", {"student.schedule": [{"kind": "oss", "cost": {"kind": "xt", "q": 2}}]}, "student.schedule.0.cost", "'q'", "allowed: p"),
    ("noise_key", {"noise": {"file": "problem.h5", "dataset": "noise", "sed": 1}}, "noise", "sed", "allowed: file, dataset"),
    ("output_key", {"output.svae": "all"}, "output", "svae", "did you mean 'save'"),
    ("unknown_denoiser", {"denoiser.kind": "gm"}, "denoiser", "'gm'", "gmm", "dataset"),
    ("unknown_grid", {"teacher.grid": "emd"}, "teacher.grid", "'emd'", "did you mean 'edm'"),
    ("unknown_solver", {"student.solver": "euller"}, "student.solver", "did you mean 'euler'"),
    ("unknown_schedule", {"student.schedule": ["uniform", "osss"]}, "student.schedule.1", "did you mean 'oss'", "uniform"),
    ("unknown_metric", {"metrics": ["mse", "pnsr"]}, "metrics.1", "did you mean 'psnr'"),
    ("unknown_initial", {"initial": "two"}, "initial", "'two'", "one"),
    ("unknown_cost", {"student.schedule": [{"kind": "oss", "cost": "yt"}]}, "student.schedule.0.cost", "'yt'", "xt"),
    ("unknown_choice", {"student.schedule": [{"kind": "oss", "variant": "papre"}]}, "student.schedule.0.variant", "did you mean 'paper'"),
    ("unknown_save", {"output.save": ["table"]}, "output.save", "did you mean 'tables'"),
    ("save_twice", {"output.save": ["tables", "tables"]}, "output.save", "'tables' is given twice"),
    ("no_denoiser", {"denoiser": DELETE}, "denoiser", "required"),
    ("no_grid", {"teacher": {"steps": 5}}, "teacher.grid", "required"),
    ("no_steps", {"student.steps": DELETE}, "student.steps", "required"),
    ("no_schedule", {"student.schedule": DELETE}, "student.schedule", "required"),
    ("no_file", {"denoiser": "gmm"}, "denoiser.file", "needs it"),
    ("no_noise_dataset", {"noise": {"file": "problem.h5"}}, "noise.dataset", "required"),
    ("no_kind", {"denoiser": {"file": "problem.h5"}}, "denoiser", "without 'kind'"),
    ("kind_list", {"denoiser.kind": ["gmm"]}, "denoiser", "a list as 'kind'"),
    ("empty_steps", {"student.steps": []}, "student.steps", "empty list"),
    ("empty_schedules", {"student.schedule": []}, "student.schedule", "empty list"),
    ("empty_option", {"teacher.grid.rho": []}, "teacher.grid.rho", "empty list"),
    ("empty_metrics", {"metrics": []}, "metrics", "empty list"),
    ("steps_text", {"student.steps": "many"}, "student.steps", "whole number", "'many'"),
    ("steps_real", {"student.steps": [2.5]}, "student.steps.0", "whole number", "2.5"),
    ("steps_quoted", {"student.steps": "5"}, "student.steps", "without quotes"),
    ("steps_map", {"student.steps": {"a": 1}}, "student.steps", "a map"),
    ("steps_zero", {"student.steps": 0}, "student.steps", "from 1", "found 0"),
    ("steps_negative", {"student.steps": [3, -4]}, "student.steps.1", "found -4"),
    ("steps_huge", {"student.steps": 10**30}, "student.steps", "100000"),
    ("steps_null", {"student.steps": None}, "student.steps", "nothing"),
    ("steps_beyond_teacher", {"student.steps": [9, 10]}, "student.steps", "teacher.steps", "8", "found 9"),
    ("steps_twice", {"student.steps": [2, 3, 2]}, "student.steps", "2 is given twice", "number 1", "number 3"),
    ("schedules_twice", {"student.schedule": ["uniform", "uniform"]}, "student.schedule", "uniform is given twice"),
    ("options_twice", {"teacher.grid.rho": [7, 7.0]}, "teacher.grid", "given twice"),
    ("seed_negative", {"seed": -1}, "seed", ">= 0", "found -1"),
    ("seed_infinite", {"seed": float("inf")}, "seed", "whole number"),
    ("batch_zero", {"samples.batch": 0}, "samples.batch", "found 0", "auto"),
    ("rho_nan", {"teacher.grid.rho": float("nan")}, "teacher.grid.rho", "number", "nan"),
    ("rho_inf", {"teacher.grid.rho": float("inf")}, "teacher.grid.rho", ".inf"),
    ("sigma_zero", {"teacher.grid.sigma_min": 0}, "teacher.grid.sigma_min", "> 0"),
    ("sigma_order", {"teacher.grid.sigma_min": 90}, "edm", "sigma_min 90", "sigma_max 80"),
    ("quantiles_reversed", {"student.quantiles": [0.95, 0.05]}, "student.quantiles", "ascending", "0.95 and 0.05"),
    ("quantiles_equal", {"student.quantiles": [0.5, 0.5]}, "student.quantiles", "ascending", "0.5 and 0.5"),
    ("quantiles_range", {"student.quantiles": [0.05, 1.0]}, "student.quantiles", "below 1", "found 1"),
    ("quantiles_percent", {"student.quantiles": [5, 95]}, "student.quantiles", "below 1", "found 5"),
    ("quantiles_one", {"student.quantiles": 0.05}, "student.quantiles", "two numbers", "found 0.05"),
    ("quantiles_three", {"student.quantiles": [0.05, 0.5, 0.95]}, "student.quantiles", "two numbers", "a list of 3"),
    ("unknown_calibration", {"student.calibration": "afine"}, "student.calibration", "did you mean 'affine'"),
    ("calibration_twice", {"student.calibration": ["none", "none"]}, "student.calibration", "none is given twice"),
    ("p_negative", {"student.schedule": [{"kind": "oss", "cost": {"kind": "xt", "p": -2}}]}, "student.schedule.0.cost.p", "-2"),
    ("channels_missing", {"student.schedule": [{"kind": "oss", "cost": {"kind": "xt", "channels": 2}}]}, "xt", "channels: 2"),
    ("name_with_slash", {"name": "a/b"}, "name", "'/'"),
    ("denoiser_list", {"denoiser": [[]]}, "denoiser.0", "list"),
    ("teacher_list", {"teacher": [1]}, "teacher", "must be a map"),
    ("output_folder", {"output.file": "folder.h5/"}, "output.file", "folder"),
    ("too_many_cells", {"seed": list(range(2000)), "student.steps": list(range(1, 8)), "student.schedule": MANY}, "1000000 cells"),
    ("gits_metric", {"student.schedule": [{"kind": "gits", "metric": "l3"}]}, "student.schedule.0.metric", "'l3'", "l1, l2, dev"),
    ("gits_coefficient", {"student.schedule": [{"kind": "gits", "coefficient": 0}]}, "student.schedule.0.coefficient", "found 0"),
    ("gits_coefficient_nan", {"student.schedule": [{"kind": "gits", "coefficient": float("nan")}]}, "student.schedule.0.coefficient", "nan"),
    ("exhaustive_calls", {"student.schedule": [{"kind": "exhaustive", "calls": 0}]}, "student.schedule.0.calls", "found 0"),
    ("exhaustive_samples", {"student.schedule": [{"kind": "exhaustive", "samples": "average"}]}, "student.schedule.0.samples", "'average'"),
    ("exhaustive_fewer", {"student.schedule": [{"kind": "exhaustive", "fewer": "few"}]}, "student.schedule.0.fewer", "true", "'few'"),
    ("exhaustive_p", {"student.schedule": [{"kind": "exhaustive", "p": 0}]}, "student.schedule.0.p", "found 0"),
    ("exhaustive_per_sample", {"student.schedule": [{"kind": "exhaustive", "samples": "per_sample"}]}, "no cell can run", "samples.evaluate: same"),
    ("learned_optimizer", {"student.schedule": [{"kind": "learned", "optimizer": "adam"}]}, "student.schedule.0.optimizer", "'adam'", "bobyqa"),
    ("learned_evaluations", {"student.schedule": [{"kind": "learned", "evaluations": 0}]}, "student.schedule.0.evaluations", "found 0"),
    ("learned_tolerance", {"student.schedule": [{"kind": "learned", "tolerance": -1}]}, "student.schedule.0.tolerance", "-1"),
    ("learned_twice", {"student.schedule": [{"kind": "learned", "init": "learned"}]}, "learned", "not learned"),
    ("learned_init", {"student.schedule": [{"kind": "learned", "init": {"kind": "oss", "variant": "papre"}}]}, "student.schedule.0.init.variant", "did you mean 'paper'"),
    ("learned_init_unknown", {"student.schedule": [{"kind": "learned", "init": "gist"}]}, "student.schedule.0.init", "schedule or search", "did you mean 'gits'"),
    ("per_sample_only", {"student.schedule": PER_SAMPLE}, "no cell can run", "per_sample", "samples.evaluate: same"),
):
    case("config_" + name, changes, None, 2, "config.yaml", *words)

BOMB = b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9))
TEXTS = {  # name: (the config's bytes, exit status, words)
    "empty": (b"", 2, "config.yaml:1", "empty"),
    "comment": (b"# nothing\n", 2, "config.yaml:1", "empty"),
    "scalar": (b"hello\n", 2, "config.yaml:1", "must be a map"),
    "list": (b"- a\n", 2, "config.yaml:1", "must be a map"),
    "binary": (bytes(range(256)) * 4, 2, "config.yaml:"),
    "latin1": ("a: 1\nname: na\xefve\n".encode("latin1"), 2, "config.yaml:2", "UTF-8"),
    "utf16": ("name: x\n".encode("utf16"), 2, "config.yaml:1", "UTF-8"),
    "nul": (b'name: "a\\0b"\n', 2, "config.yaml:1", "NUL"),
    "brackets": (b"a: " + b"[" * 100000, 2, "config.yaml:1"),
    "closed_brackets": (b"a: " + b"[" * 20000 + b"]" * 20000, 2, "config.yaml:1", "deep"),
    "blocks": (b"".join(b" " * i + b"a:\n" for i in range(300)), 2, "config.yaml:", "deep"),
    "alias_bomb": (b"a: &a [x,x,x,x,x,x,x,x,x]\n" + BOMB, 2, "config.yaml:", "too large"),
    "alias_of_itself": (b"a: &a [*a]\n", 2, "config.yaml:1", "deep"),
    "unknown_alias": (b"a: *b\n", 2, "config.yaml:1", "alias"),
    "tag": (b"name: !!python/object x\n", 2, "config.yaml:1", "tags are not supported"),
    "tab": (b"student:\n\tsteps: 3\n", 2, "config.yaml:2", "tab"),
    "unclosed": (b"seed: 1\nname: [a, b\n", 2, "config.yaml:", "not valid YAML"),
    "duplicate_key": (b"seed: 1\nname: a\nseed: 2\n", 2, "config.yaml:3", "'seed' is given twice", "line 1"),
    "key_of_lists": (b"[a, b]: 1\n", 2, "config.yaml:1", "key"),
    "two_documents": (b"seed: 1\n---\nseed: 2\n", 2, "config.yaml:", "second document"),
    "png": (PNG, 2, "config.yaml:1", "UTF-8"),
    "20_mib": (b"#" * (20 << 20), 2, "config.yaml", "16 MiB"),
}

LINES = {  # name: (arguments, exit status, words); CONFIG stands for a good one
    "nothing": ([], 2, "Usage"),
    "unknown_command": (["rnu", "CONFIG"], 2, "rnu", "run"),
    "no_config": (["run"], 2, "CONFIG is missing"),
    "two_configs": (["run", "CONFIG", "CONFIG"], 2, "one config"),
    "missing_config": (["run", "nowhere.yaml"], 1, "nowhere.yaml", "No such file"),
    "config_is_folder": (["run", "."], 1, ".: a folder"),
    "config_below_file": (["run", "problem.h5/config.yaml"], 1, "problem.h5/config.yaml", "Not a directory"),
    "unknown_option": (["run", "CONFIG", "--resum3"], 2, "--resum3"),
    "unknown_letter": (["run", "CONFIG", "-z"], 2, "-z"),
    "no_value": (["run", "CONFIG", "--output"], 2, "--output needs a value"),
    "threads_zero": (["run", "CONFIG", "--threads", "0"], 2, "--threads '0'", "1 to"),
    "threads_text": (["run", "CONFIG", "--threads", "two"], 2, "--threads 'two'"),
    "threads_huge": (["run", "CONFIG", "--threads", "99999999999999999999"], 2, "--threads"),
    "backend_nonsense": (["run", "CONFIG", "--backend", "gpu"], 2, "gpu", "cpu"),
    "set_no_equals": (["run", "CONFIG", "--set", "seed"], 2, "--set seed", "no '='"),
    "set_no_key": (["run", "CONFIG", "--set", "=5"], 2, "--set =5", "no key"),
    "set_empty_word": (["run", "CONFIG", "--set", "teacher..steps=5"], 2, "--set teacher..steps=5", "empty word"),
    "set_bad_yaml": (["run", "CONFIG", "--set", "seed=[1,"], 2, "--set seed=[1,", "not valid YAML"),
    "set_through_scalar": (["run", "CONFIG", "--set", "seed.first=1"], 2, "--set seed.first=1", "seed", "'first'"),
    "set_past_list": (["run", "CONFIG", "--set", "student.steps.2=1"], 2, "student.steps", "position 2", "2 items"),
    "set_word_in_list": (["run", "CONFIG", "--set", "student.steps.last=1"], 2, "student.steps", "'last'", "0 to 1"),
    "set_unknown_key": (["run", "CONFIG", "--set", "student.step=1"], 2, "--set", "student", "did you mean 'steps'"),
    "set_deep": (["run", "CONFIG", "--set", ".".join("a" * 90) + "=1"], 2, "--set", "too deep"),
    "output_is_folder": (["run", "CONFIG", "--output", "."], 1, "Is a directory"),
    "output_ends_in_slash": (["run", "CONFIG", "--output", "new/"], 1, "new/", "folder"),
    "output_empty": (["run", "CONFIG", "--output", ""], 1, "empty"),
    "output_below_file": (["run", "CONFIG", "--output", "problem.h5/out.h5"], 1, "problem.h5", "not a folder"),
    "output_is_device": (["run", "CONFIG", "--output", "/dev/null"], 1, "/dev/null", "not a regular file"),
    "output_in_proc": (["run", "CONFIG", "--output", "/proc/ossbench/out.h5"], 1, "/proc/ossbench"),
    "list_unknown": (["list", "gridz"], 2, "gridz"),
    "list_two": (["list", "grids", "solvers"], 2, "one registry"),
    "info_argument": (["info", "all"], 2, "no argument"),
    "show_nothing": (["show"], 2, "RESULT is missing"),
    "show_missing": (["show", "none.h5"], 1, "none.h5", "No such file"),
    "show_text": (["show", "config.yaml"], 1, "config.yaml", "not an HDF5 file"),
    "show_foreign": (["show", "problem.h5"], 1, "problem.h5", "not a result of ossbench"),
    "show_folder": (["show", "."], 1, "a folder"),
    "show_option": (["show", "problem.h5", "--cells"], 2, "--cells"),
    "show_cell_text": (["show", "problem.h5", "--cell", "one"], 2, "--cell 'one'"),
    "show_cell_nothing": (["show", "problem.h5", "--cell"], 2, "--cell needs a number"),
}
