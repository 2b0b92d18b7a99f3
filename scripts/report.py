#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Make one self-contained HTML page, and PNG figures, of an ossbench result file.

  report.py results/quickstart.h5                   writes results/quickstart_report/report.html
  report.py results/quickstart.h5 --output DIR      writes DIR/report.html
  report.py results/quickstart.h5 --format text     prints the tables of scores (markdown, csv: these alone)
  report.py results/quickstart.h5 --format markdown --rows denoiser,steps --columns schedule,teacher_grid
  report.py results/across_transfer.h5 --format text --across      where schedules were found against where they are scored

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

from ossreport import across, costs, findings, layout, load, pivot, provenance, render, stats, tables  # noqa: E402


def print_scores(study, plan, form):
    """The tables of scores on stdout, as text or Markdown, and what has to be said below."""
    seeds = len(study.result.values("seed")) if "seed" in study.result.axes else 1
    over = f" and {seeds} seeds" if seeds > 1 else ""
    wrap = (lambda text: text + "  ") if form == "markdown" else (lambda text: textwrap.fill(text, render.LIMIT))
    said = set()
    for metric in [None] if pivot.side_by_side(plan) else plan.metrics:
        found, footnotes = pivot.make(study, plan, metric, compact=True)
        mark, sign = pivot.best_words(study, plan, metric), "bold" if form == "markdown" else "*"
        first = metric or plan.metrics[0]
        text = f"{study.spread_text(first)} {tables.sample_count(study, first)}{over}"
        heading = f"{pivot.title(study, plan, metric)}: {text}{f'; {sign} {mark}' if mark else ''}"
        print("\n" + (f"**{heading}**" if form == "markdown" else heading))
        for table in found:
            gap = "\n\n" if form == "markdown" else "\n"  # a table in Markdown needs an empty line before it
            print(f"\n{table.title}{gap}" if table.title else "\n", end="")
            print(render.markdown(table) if form == "markdown" else render.text(table))
        notes = [*dict.fromkeys(note for table in found for note in table.notes)]
        plain = ([metric] if metric else plan.metrics) if plan.relative is None else []
        notes += [note for name in plain for note in tables.notes(study, name)]
        notes = [f"[{mark}] {text}" for mark, text in footnotes] + notes
        notes = [note for note in notes if note not in said]
        said.update(notes)
        if notes:
            print()
        for note in notes:
            print(wrap(note))


def print_costs(study, plan, form):
    header, rows = costs.saving_table(study, plan.metrics[0])
    if not rows:
        return
    keys = len(study.outer) + 2
    split = [[entry.text for entry in row[:keys]] for row in rows]
    table = pivot.Table("", header[:keys], [header[keys:]], [(key, row[keys:]) for key, row in zip(split, rows)], [])
    if form == "markdown":
        print(f"\n**Searches: what they cost and save**\n\n{render.markdown(table)}\n\n{costs.SEARCH} {costs.SAVING}")
    else:
        print(f"\nsearches: what they cost and save\n\n{render.text(table, 160)}")
        print(textwrap.fill(f"{costs.SEARCH} {costs.SAVING}", render.LIMIT))


def print_across(study, plan, form):
    """The matrices of schedules found on one denoiser and scored on others, and what that changes."""
    matrix = across.of(study)
    if matrix is None:
        raise load.ReportError(f"{study.result.path}: holds no schedule that was found on another denoiser (transfer)")
    tables_of = [(metric, make(matrix, split, metric)) for metric in plan.metrics for split in matrix.splits() for make in across.TABLES]
    if form == "csv":
        for metric, table in tables_of:
            print(render.comma_separated([table], metric), end="")
        return
    wrap = (lambda text: text) if form == "markdown" else (lambda text: textwrap.fill(text, render.LIMIT))
    draw, sign = (render.markdown, "Bold") if form == "markdown" else (render.text, "*")
    summary = across.summary(matrix, plan.metrics[0])
    if summary:
        print(f"\n{wrap(across.SUMMARY)}\n\n{draw(summary)}")
    print("\n" + wrap(f"{across.PAGE} {sign}: the best of a column within a search."))
    for _, table in tables_of:
        print(f"\n**{table.title}**\n\n{draw(table)}" if form == "markdown" else f"\n{table.title}\n\n{draw(table)}")


def heading(study):
    """The result's name, and lines about it."""
    result = study.result
    name, origin = str(result.attributes.get("name") or result.path), provenance.line(study)
    return name, [f"{tables.counted(study)}, {result.date()}", *([origin] if origin else [])]


def print_text(study, plan, with_costs):
    """Everything that the terminal shows of a result."""
    name, about = heading(study)
    print("\n".join([name, *about]))
    if study.metric is not None:
        print_scores(study, plan, "text")
        if with_costs:
            print_costs(study, plan, "text")
    else:
        print("no cell holds a score")
        header, rows = tables.missing_table(study)
        print("\nskipped or failed\n")
        print(tables.as_text(header, rows))
    sentences = findings.overall(study) + findings.sentences(study)
    if sentences:
        print("\nkey findings (± 95% interval of the paired difference on the same noise)\n")
    for text in sentences:
        print(textwrap.fill("- " + text, render.LIMIT, subsequent_indent="  "))


def print_csv(study, plan):
    for metric in [None] if pivot.side_by_side(plan) else plan.metrics:
        print(render.comma_separated(pivot.make(study, plan, metric)[0], metric or "all"), end="")


def report(arguments):
    study = stats.Study(load.load(arguments.result))
    plan = layout.read(study, arguments.rows, arguments.columns, arguments.metric)
    if arguments.across and arguments.format != "html":
        if arguments.format != "csv":
            name, about = heading(study)
            print(f"### {name}\n\n" + "  \n".join(about) if arguments.format == "markdown" else "\n".join([name, *about]))
        print_across(study, plan, arguments.format)
    elif arguments.format == "text":
        print_text(study, plan, arguments.costs)
    elif study.metric is None and arguments.format != "html":
        raise load.ReportError(f"{arguments.result}: no cell holds a score")
    elif arguments.format == "markdown":
        name, about = heading(study)
        print(f"### {name}\n\n" + "  \n".join(about))
        print_scores(study, plan, "markdown")
        if arguments.costs:
            print_costs(study, plan, "markdown")
    elif arguments.format == "csv":
        print_csv(study, plan)
    else:
        from ossreport import page

        folder = arguments.output or os.path.splitext(arguments.result)[0] + "_report"
        files = page.write(study, plan, folder)
        print(f"{files[0]} ({os.path.getsize(files[0]) / 1e6:.1f} MB, {len(files) - 1} figures)")


def names(text):
    """A list of words between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", metavar="RESULT.h5", help="a file written by ossbench run")
    parser.add_argument(
        "--output", metavar="DIR", help="folder for the page (default: RESULT_report beside the file)"
    )
    parser.add_argument(
        "--format",
        choices=("html", "text", "markdown", "csv"),
        default="html",
        help="html (default) writes the page; text, markdown and csv print the table of scores",
    )
    parser.add_argument("--metric", metavar="NAME,...", type=names, help="only these metrics' tables")
    parser.add_argument("--rows", metavar="AXIS,...", type=names, help="axes of the table's rows; default: what the config says")
    parser.add_argument("--columns", metavar="AXIS,...", type=names, help="axes of its columns")
    parser.add_argument("--costs", action="store_true", help="print what searches cost against what they save, too")
    parser.add_argument("--across", action="store_true", help="print where schedules were found against where they are scored, alone")
    arguments = parser.parse_args()
    if arguments.format != "html" and arguments.output:
        parser.error(f"--output does not go with --format {arguments.format}, which prints to stdout")
    if arguments.across and arguments.format == "html":
        parser.error("--across goes with --format text, markdown or csv; the page has its section anyway")
    try:
        report(arguments)
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
