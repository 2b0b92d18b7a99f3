# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What made the result: a few facts for reading, and everything that the file records."""

# The order in which they are shown; what else the file has comes after.
ORDER = (
    "date",
    "argv",
    "git_commit",
    "git_dirty",
    "ossbench_version",
    "hostname",
    "backend",
    "device",
    "threads",
    "peak_bytes",
    "seed",
    "rng",
    "compiler",
    "hdf5_version",
    "blas_version",
    "dnnl_version",
    "yaml_version",
    "schema_version",
)
ELSEWHERE = ("config", "name")


def _text(value):
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _commit(attributes):
    commit = str(attributes.get("git_commit", ""))
    dirty = commit and attributes.get("git_dirty") in (True, 1, "true", "1")
    return commit + (" with local changes" if dirty else "")


def _size(value):
    """Bytes for reading."""
    if not isinstance(value, (int, float)):
        return str(value)
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value} bytes"


def line(study):
    """'commit 1a2b3c4, cpu: Some Processor, 2 threads', as far as the file says."""
    attributes = study.result.attributes
    commit = _commit({**attributes, "git_commit": str(attributes.get("git_commit", ""))[:10]})
    device = ": ".join(str(attributes[key]) for key in ("backend", "device") if attributes.get(key))
    threads = f"{attributes['threads']} threads" if attributes.get("threads") else ""
    return ", ".join(part for part in (f"commit {commit}" if commit else "", device, threads) if part)


def facts(study):
    """[(what, value)]: where and how it ran, and the axes with one value."""
    attributes, result = study.result.attributes, study.result
    seeds = result.values("seed") if "seed" in result.axes else [attributes.get("seed", "")]
    found = [
        ("backend", attributes.get("backend")),
        ("device", attributes.get("device")),
        ("threads", attributes.get("threads")),
        ("git commit", _commit(attributes)),
        ("seeds" if len(seeds) > 1 else "seed", ", ".join(map(str, seeds))),
        ("command", attributes.get("argv")),
    ]
    found += [(axis.replace("_", " "), result.values(axis)[0]) for axis in study.fixed]
    return [(key, _text(value)) for key, value in found if value not in (None, "")]


def everything(study):
    """[(what, value)] of all attributes of the file, without the config."""
    attributes = study.result.attributes
    keys = [key for key in ORDER if key in attributes]
    keys += [key for key in attributes if key not in ORDER + ELSEWHERE]
    names = {"argv": "command", "peak_bytes": "peak memory", "git_dirty": "git: local changes"}
    found = []
    for key in keys:
        value = _text(attributes[key])
        if key.endswith("_bytes"):
            value = _size(attributes[key])
        elif key == "git_dirty":
            value = "yes" if value in ("True", "1", "true") else "no"
        found.append((names.get(key, key.replace("_", " ")), value))
    return found
