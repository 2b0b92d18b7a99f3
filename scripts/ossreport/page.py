# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Puts tables and figures together into one HTML page that needs nothing from elsewhere."""

import base64
import os
from html import escape

import matplotlib.pyplot as plt

from . import figures, flow, pictures, stats, tables

STYLE = """
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1c1c1c; max-width: 76rem; margin: 0 auto;
       padding: 1.5rem; }
h1 { margin: 0 0 .2rem; } h2 { margin: 2.2rem 0 .6rem; border-bottom: 2px solid #0072b2; }
h3 { margin: 1.8rem 0 .4rem; }
.sub, figcaption, .note { color: #555; font-size: .92rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .93rem; }
th, td { padding: .28rem .75rem; text-align: left; white-space: nowrap; border-bottom: 1px solid #e2e2e2; }
thead th { background: #f1f5f9; border-bottom: 2px solid #b9c6d3; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.wrap { white-space: normal; min-width: 20rem; } td.none { color: #8a4b00; font-style: italic; }
tr.first td { border-top: 2px solid #b9c6d3; }
figure { margin: 1rem 0 1.6rem; } figure img { max-width: 100%; height: auto; }
details { margin: .5rem 0; } summary { cursor: pointer; color: #00558b; }
pre { background: #f6f8fa; padding: .8rem; overflow-x: auto; font-size: .85rem; }
ul { padding-left: 1.3rem; } nav a { margin-right: 1rem; }
"""


def table_html(header, rows, texts):
    """A table; the first `texts` columns hold words, the others numbers."""
    side = ['<th class="n">' if i >= texts else "<th>" for i in range(len(header))]
    head = "".join(f"{cell}{escape(text)}</th>" for cell, text in zip(side, header))
    lines, group = [], None
    for row in rows:
        cells = []
        for i, entry in enumerate(row):
            kind = "n" if i >= texts else "wrap" if header[i] == "reason" else ""
            kind += " none" if entry.text in ("skipped", "failed") else ""
            note = f' title="{escape(entry.note)}"' if entry.note else ""
            text = f"<b>{escape(entry.text)}</b>" if entry.bold else escape(entry.text)
            cells.append(f'<td class="{kind.strip()}"{note}>{text}</td>' if kind else f"<td{note}>{text}</td>")
        place = header.index("schedule") if "schedule" in header else 0
        now = [entry.text for entry in row[:place]]
        lines.append(f"<tr{' class=first' if group is not None and now != group else ''}>{''.join(cells)}</tr>")
        group = now
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


class Writer:
    """Collects the page and writes every figure as PNG file too."""

    def __init__(self, folder):
        self.folder = folder
        self.parts = []
        self.files = []

    def add(self, html):
        self.parts.append(html)

    def figure(self, figure, name, caption):
        path = os.path.join(self.folder, name + ".png")
        figure.savefig(path, metadata={"Software": None}, bbox_inches="tight", pad_inches=0.08)
        plt.close(figure)
        self.files.append(path)
        with open(path, "rb") as file:
            data = base64.b64encode(file.read()).decode("ascii")
        text = escape(caption)
        self.add(
            f'<figure><img alt="{text}" src="data:image/png;base64,{data}"><figcaption>{text}</figcaption></figure>'
        )


def _heading(out, study):
    result = study.result
    attributes = result.attributes
    done = sum(cell.done for cell in result.cells)
    name = str(attributes.get("name") or os.path.basename(result.path))
    out.add(f"<h1>{escape(name)}</h1>")
    out.add(
        f'<p class="sub">ossbench result {escape(os.path.basename(result.path))}, {escape(result.date())}: '
        f"{done} of {len(result.cells)} cells finished</p>"
    )
    links = [("findings", "Key findings"), ("run", "The run")]
    links += [(panel.anchor, panel.title) for panel in study.panels]
    links += [("costs", "Costs"), ("missing", "Skipped and failed")]
    out.add("<nav>" + " ".join(f'<a href="#{key}">{escape(text)}</a>' for key, text in links) + "</nav>")
    return name


def _key_findings(out, study):
    out.add('<h2 id="findings">Key findings</h2>')
    if study.metric is None:
        out.add("<p>No cell of this file holds a score.</p>")
        return
    sentences = tables.findings(study)
    out.add("<ul>" + "".join(f"<li>{escape(text)}</li>" for text in sentences[:12]) + "</ul>")
    if len(sentences) > 12:
        out.add(f'<p class="note">({len(sentences) - 12} more in the table)</p>')
    header, rows, left_out = tables.key_table(study, study.metric)
    out.add(f"<h3>{escape(stats.metric_title(study.metric))}, mean ± 95% interval</h3>")
    out.add(table_html(header, rows, len(study.outer) + 1))
    seeds = len(study.result.values("seed")) if "seed" in study.result.axes else 1
    better = "higher" if stats.higher_is_better(study.metric) else "lower"
    note = f"Bold: the best of a column ({better} is better)"
    note += " among the rows between two rules. " if len(study.panels) > 1 else ". "
    note += "The interval covers the spread over samples"
    note += f"; means are over {seeds} seeds" if seeds > 1 else ""
    note += ", and from three seeds on the larger of that and the spread over seeds. " if seeds > 2 else ". "
    note += (
        "Samples differ more from each other than schedules do: compare schedules by the paired gain in the figures."
    )
    if any(flow.parse(s).get("samples") == "per_sample" for s in study.schedules if isinstance(flow.parse(s), dict)):
        note += " A per_sample schedule is scored on the very noise it was searched for; the others need not be."
    if left_out:
        note += (
            " † Samples whose score is not finite are left out of the mean (an infinite PSNR: equal to the teacher)."
        )
    out.add(f'<p class="note">{escape(note)}</p>')
    for metric in study.other_metrics:
        header, rows, _ = tables.key_table(study, metric)
        table = table_html(header, rows, len(study.outer) + 1)
        out.add(f"<details><summary>{escape(stats.metric_title(metric))}</summary>{table}</details>")


def _run(out, study):
    attributes = study.result.attributes
    commit = str(attributes.get("git_commit", ""))
    if commit and attributes.get("git_dirty") in (True, 1, "true", "1"):
        commit += " with local changes"
    seeds = study.result.values("seed") if "seed" in study.result.axes else [attributes.get("seed", "")]
    facts = [
        ("backend", attributes.get("backend")),
        ("device", attributes.get("device")),
        ("threads", attributes.get("threads")),
        ("host", attributes.get("hostname")),
        ("git commit", commit),
        ("seeds", ", ".join(str(seed) for seed in seeds)),
        ("command", attributes.get("argv")),
    ]
    facts += [(axis.replace("_", " "), study.result.values(axis)[0]) for axis in study.fixed]
    out.add('<h2 id="run">The run</h2>')
    rows = [
        [tables.Entry(key), tables.Entry(" ".join(map(str, value)) if isinstance(value, list) else str(value))]
        for key, value in facts
        if value not in (None, "")
    ]
    out.add(table_html(["", ""], rows, 2).replace("<thead><tr><th></th><th></th></tr></thead>", ""))
    out.add(
        "<details><summary>Config</summary><pre>"
        + escape(str(attributes.get("config", "(none recorded)")))
        + "</pre></details>"
    )
    skip = ("config", "name")
    every = "\n".join(f"{key}: {value}" for key, value in attributes.items() if key not in skip)
    out.add(f"<details><summary>Everything recorded about the run</summary><pre>{escape(every)}</pre></details>")


def _panel(out, study, panel):
    out.add(f'<h2 id="{panel.anchor}">{escape(panel.title)}</h2>')
    drawn = 0
    for metric in ([study.metric] if study.metric else []) + study.other_metrics:
        figure = figures.score_figure(study, panel, metric)
        if figure is None:
            continue
        drawn += 1
        caption = f"{stats.metric_title(metric)} by budget, mean over samples and seeds."
        if len(panel.schedules) <= figures.CROWD or len(panel.steps) == 1:
            caption += " Shades and bars are 95% intervals"
            paired = study.baseline in panel.schedules and len(panel.schedules) > 1 and stats.higher_is_better(metric)
            caption += "; those of the gain are of the differences, sample by sample." if paired else "."
        if metric == study.metric:
            out.figure(figure, f"{panel.anchor}-{metric}", caption)
        else:
            out.add(f"<details><summary>Figure of {escape(stats.metric_title(metric))}</summary>")
            out.figure(figure, f"{panel.anchor}-{metric}", caption)
            out.add("</details>")
    figure, spread = figures.schedule_figure(study, panel)
    if figure is not None:
        caption = "The schedules, step 0 the noise. Left out on the logarithmic scale: sigma infinite (t = 1) and 0."
        if spread:
            caption += " Where samples or seeds have schedules of their own: the median, shaded from the first to the third quartile."
        caption += " A schedule that uses fewer steps than its budget begins later."
        out.add("<h3>Schedules</h3>")
        out.figure(figure, f"{panel.anchor}-schedules", caption)
        drawn += 1
    figure, text = pictures.sample_figure(study, panel)
    if figure is not None:
        out.add("<h3>End states</h3>")
        out.figure(figure, f"{panel.anchor}-samples", text)
        drawn += 1
    elif drawn:
        out.add(f'<p class="note">End states are not shown: {escape(text)}.</p>')
    figure = figures.search_figure(study, panel)
    if figure is not None:
        out.add("<h3>Search</h3>")
        out.figure(
            figure,
            f"{panel.anchor}-search",
            "Cost of reaching each grid point in so many steps, first row of the "
            "file's table (values more than 8 decades below the largest share a colour), and the schedule chosen.",
        )
    elif not drawn:
        out.add("<p>No finished cell here.</p>")


def _costs(out, study):
    out.add('<h2 id="costs">Costs</h2>')
    header, rows = tables.cost_table(study)
    if not rows:
        out.add("<p>No cell finished.</p>")
        return
    out.add("<details open><summary>Evaluations and seconds of every schedule</summary>")
    out.add(table_html(header, rows, len(study.outer) + 1) + "</details>")
    out.add(
        '<p class="note">NFE: denoiser calls for one sample; depth: calls that have to wait for each other. Search '
        "figures are the cell's own record; budgets of one schedule may share one search.</p>"
    )


def _missing(out, study):
    out.add('<h2 id="missing">Skipped and failed cells</h2>')
    header, rows = tables.missing_table(study)
    out.add(
        table_html(header, rows, len(header))
        if rows
        else f"<p>None: all {len(study.result.cells)} cells finished.</p>"
    )


def write(study, folder):
    """Write report.html and its PNG files into `folder`; returns the paths, the page first."""
    os.makedirs(folder, exist_ok=True)
    out = Writer(folder)
    name = _heading(out, study)
    _key_findings(out, study)
    _run(out, study)
    for panel in study.panels:
        _panel(out, study, panel)
    _costs(out, study)
    _missing(out, study)
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>\n'
    )
    path = os.path.join(folder, "report.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(page + "\n".join(out.parts) + "\n</body></html>\n")
    return [path] + out.files
