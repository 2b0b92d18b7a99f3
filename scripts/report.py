#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Make one self-contained HTML page, and PNG figures, of an ossbench result file.

  report.py results/quickstart.h5                   writes results/quickstart_report/report.html
  report.py results/quickstart.h5 --output DIR      writes DIR/report.html
  report.py results/quickstart.h5 --format text     prints the table of scores

Needs h5py, numpy and matplotlib (Debian: python3-h5py python3-matplotlib; run with /usr/bin/python3).
Exit status: 0 done, 1 the file cannot be reported, 2 wrong usage.
"""

import argparse
import os
import sys
import textwrap

try:
    import h5py  # noqa: F401
    import matplotlib  # noqa: F401
    import numpy  # noqa: F401
except ImportError as error:
    sys.exit(
        f"report.py: {error}; this needs python3-h5py, python3-numpy and python3-matplotlib (try /usr/bin/python3)"
    )

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from ossreport import findings, load, stats, tables  # noqa: E402


def print_text(study, only):
    """The score tables (of the metric `only`, or of all) and what is missing, on stdout."""
    result = study.result
    print(f"{result.attributes.get('name') or result.path}, {result.date()}\n{tables.counted(study)}")
    if study.metric is None:
        print("no cell holds a score")
    seeds = len(result.values("seed")) if "seed" in result.axes else 1
    over = f" and {seeds} seeds" if seeds > 1 else ""
    metrics = ([study.metric] if study.metric else []) + study.other_metrics
    if only and only not in metrics:
        raise load.ReportError(f"{result.path}: no metric '{only}'; there are: {', '.join(metrics)}")
    for metric in [only] if only else metrics:
        scores = tables.key_table(study, metric, compact=True)
        better = "highest" if stats.higher_is_better(metric) else "lowest"
        samples = tables.sample_count(study, metric)
        print(f"\n{stats.metric_title(metric)}{scores.unit}: {study.spread_text(metric)} {samples}{over};", end=" ")
        print(f"* the {better} of a column" + (" and group" if len(study.panels) > 1 else "") + "\n")
        print(tables.as_text(scores.header, scores.rows, len(study.outer) + 1))
        for note in tables.notes(study, metric, scores):
            print(textwrap.fill(note, 120))
    header, rows = tables.missing_table(study)
    if rows:
        print("\nskipped or failed\n")
        print(tables.as_text(header, rows))
    sentences = findings.overall(study) + findings.sentences(study)
    if sentences:
        print("\nkey findings (± 95% interval of the paired difference on the same noise)\n")
    for text in sentences:
        print(textwrap.fill("- " + text, 120, subsequent_indent="  "))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", metavar="RESULT.h5", help="a file written by ossbench run")
    parser.add_argument(
        "--output", metavar="DIR", help="folder for the page (default: RESULT_report beside the file)"
    )
    parser.add_argument("--format", choices=("html", "text"), default="html", help="html (default) or text")
    parser.add_argument("--metric", metavar="NAME", help="with --format text: this metric's table only")
    arguments = parser.parse_args()
    if arguments.format == "text" and arguments.output:
        parser.error("--output does not go with --format text, which prints to stdout")
    if arguments.metric and arguments.format != "text":
        parser.error("--metric goes with --format text")
    try:
        study = stats.Study(load.load(arguments.result))
        if arguments.format == "text":
            print_text(study, arguments.metric)
            return 0
        from ossreport import page

        folder = arguments.output or os.path.splitext(arguments.result)[0] + "_report"
        files = page.write(study, folder)
        print(f"{files[0]} ({os.path.getsize(files[0]) / 1e6:.1f} MB, {len(files) - 1} figures)")
        return 0
    except load.ReportError as error:
        print(f"report.py: {error}", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError as error:  # the data of a damaged file, or a folder that cannot be written
        print(f"report.py: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
