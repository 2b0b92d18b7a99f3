# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Puts tables and figures together into one HTML page that needs nothing from elsewhere."""

import base64
import io
import os
from html import escape

import matplotlib.pyplot as plt
from PIL import Image

from . import across, amplitudes, calibrated, costs, figures, findings, flow, overview, pictures, pivot, provenance, render, stats, tables

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
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } th.c { text-align: center; }
h4 { margin: .9rem 0 .2rem; }
td.wrap { white-space: normal; min-width: 20rem; } td.none { color: #8a4b00; font-style: italic; }
tr.first td { border-top: 2px solid #b9c6d3; }
figure { margin: 1rem 0 1.6rem; } figure img { max-width: 100%; height: auto; }
details { margin: .5rem 0; } summary { cursor: pointer; color: #00558b; }
pre { background: #f6f8fa; padding: .8rem; overflow-x: auto; font-size: .85rem; }
ul { padding-left: 1.3rem; } nav a { margin-right: 1rem; }
"""


WITHIN = "Samples differ more from each other than schedules do: compare schedules by the paired gain in the figures."


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


def plain_table(pairs):
    """A table of (what, value) without a header."""
    lines = "".join(f'<tr><td>{escape(key)}</td><td class="wrap">{escape(value)}</td></tr>' for key, value in pairs)
    return f'<div class="scroll"><table><tbody>{lines}</tbody></table></div>'


PAIRED = (
    "Differences from the baseline are paired: taken sample by sample on the same noise, with the 95% interval of "
    "their mean. No clear difference: that interval covers 0."
)


class Writer:
    """Collects the page and writes every figure as PNG file too."""

    def __init__(self, folder):
        self.folder = folder
        self.parts = []
        self.files = []

    def add(self, html):
        self.parts.append(html)

    def figure(self, figure, name, caption, dpi=100, tight=True, colours=128):
        """Writes and shows a figure under a name of its own; drawings need few `colours`, photographs None (all)."""
        used = {os.path.basename(path) for path in self.files}
        name = next(n for n in (name, *(f"{name}-{i}" for i in range(2, len(used) + 3))) if n + ".png" not in used)
        raw, packed = io.BytesIO(), io.BytesIO()
        box = {"bbox_inches": "tight", "pad_inches": 0.08} if tight else {}
        figure.savefig(raw, format="png", dpi=dpi, pil_kwargs={"compress_level": 1}, **box)
        plt.close(figure)
        image = Image.open(raw).convert("RGB")
        if colours:
            # 256 are for scales of colour and greys: each shade counts, however few its pixels
            method = Image.Quantize.MAXCOVERAGE if colours == 256 else Image.Quantize.MEDIANCUT
            image = image.quantize(colours, method=method, dither=Image.Dither.NONE)
        image.save(packed, format="PNG", optimize=True)
        path = os.path.join(self.folder, name + ".png")
        with open(path, "wb") as file:
            file.write(packed.getvalue())
        self.files.append(path)
        data = base64.b64encode(packed.getvalue()).decode("ascii")
        text, width = escape(caption), round(image.width * 100 / dpi)
        self.add(
            f'<figure><img alt="{text}" width="{width}" src="data:image/png;base64,{data}">'
            f"<figcaption>{text}</figcaption></figure>"
        )


def _heading(out, study):
    result = study.result
    attributes = result.attributes
    name = str(attributes.get("name") or os.path.basename(result.path))
    out.add(f"<h1>{escape(name)}</h1>")
    out.add(
        f'<p class="sub">ossbench result {escape(os.path.basename(result.path))}, {escape(result.date())}: '
        f"{escape(tables.counted(study))}</p>"
    )
    links = [("findings", "Key findings"), ("scores", "Scores"), ("run", "The run")]
    links += [(panel.anchor, panel.title) for panel in study.panels]
    links += [("across", "Across denoisers")] if across.of(study) else []
    links += [("amplitudes", "Amplitudes")] if amplitudes.groups(study) else []
    links += [("costs", "Costs"), ("missing", "Skipped and failed")]
    out.add("<nav>" + " ".join(f'<a href="#{key}">{escape(text)}</a>' for key, text in links) + "</nav>")
    return name


def _key_findings(out, study, plan):
    out.add('<h2 id="findings">Key findings</h2>')
    if study.metric is None:
        out.add("<p>No cell of this file holds a score.</p>")
        return
    figure, caption = overview.figure(study, plan.metrics[0])
    if figure is not None:
        out.figure(figure, "overview", caption, dpi=150)
    for text in findings.overall(study):
        out.add(f"<p>{escape(text)}</p>")
    sentences = findings.sentences(study)
    out.add("<ul>" + "".join(f"<li>{escape(text)}</li>" for text in sentences[:12]) + "</ul>")
    if len(sentences) > 12:
        out.add(f'<p class="note">({len(sentences) - 12} more in the table)</p>')
    if study.baseline:
        out.add(f'<p class="note">{escape(PAIRED)}</p>')


def _scores(out, study, plan):
    """The tables of scores in the layout of the study; the first metric's open, the others' folded."""
    out.add('<h2 id="scores">Scores</h2>')
    if study.metric is None:
        out.add("<p>No cell of this file holds a score.</p>")
        return
    seeds = len(study.result.values("seed")) if "seed" in study.result.axes else 1
    said = set()
    for number, metric in enumerate([None] if pivot.side_by_side(plan) else plan.metrics):
        found, footnotes = pivot.make(study, plan, metric)
        first, mark = metric or plan.metrics[0], pivot.best_words(study, plan, metric)
        heading = f"{pivot.title(study, plan, metric)}, {study.spread_text(first)} {tables.sample_count(study, first)}"
        heading += f" and {seeds} seeds" if seeds > 1 else ""
        body = "".join((f"<h4>{escape(t.title)}</h4>" if t.title else "") + render.html(t) for t in found)
        notes = [f"Bold: {mark}."] if mark else []
        notes += [text for table in found for text in table.notes] 
        plain = ([metric] if metric else plan.metrics) if plan.relative is None else []
        notes += [text for name in plain for text in tables.notes(study, name)]
        notes += [WITHIN] if number == 0 else []
        if number == 0 and any(flow.option(s, "samples") == "per_sample" for s in study.schedules):
            notes.append("A per_sample schedule is scored on the very noise it was searched for; the others need not be.")
        notes = [note for note in dict.fromkeys(notes) if note not in said or note.startswith("Bold")]
        said.update(notes)
        notes = [f"[{mark}] {text}." for mark, text in footnotes] + notes
        body += f'<p class="note">{escape(" ".join(notes))}</p>'
        if number == 0:
            out.add(f"<h3>{escape(heading)}</h3>{body}")
        else:
            out.add(f"<details><summary>{escape(heading)}</summary>{body}</details>")
    header, rows = tables.name_table(study)
    if rows:
        out.add(f"<details><summary>What the names stand for</summary>{table_html(header, rows, 3)}</details>")


def _run(out, study):
    out.add('<h2 id="run">The run</h2>')
    out.add(plain_table(provenance.facts(study)))
    config = escape(str(study.result.attributes.get("config", "(none recorded)")))
    out.add(f"<details><summary>Config</summary><pre>{config}</pre></details>")
    out.add(f"<details><summary>Provenance</summary>{plain_table(provenance.everything(study))}</details>")


def _panel(out, study, panel):
    out.add(f'<h2 id="{panel.anchor}">{escape(panel.title)}</h2>')
    drawn = 0

    def name(what):  # of the PNG file
        return f"{what}-{panel.slug}" if panel.slug else what

    metrics = ([study.metric] if study.metric else []) + study.other_metrics
    both = [metric for metric in ("psnr", "mse") if metric in metrics]
    groups = [both, *([m] for m in metrics if m not in both)] if len(both) == 2 else [[m] for m in metrics]
    for group in sorted(groups, key=lambda group: study.metric not in group):
        figure, shared = figures.score_figure(study, panel, group)
        if figure is None:
            continue
        drawn += 1
        titles = " and ".join(stats.metric_title(metric) for metric in group)
        whole = study.whole(group[0])
        caption = f"{titles} by budget, " + ("of all samples together." if whole else "mean over samples and seeds.")
        if whole:
            caption += " Shades and bars are bootstrap intervals, those of a difference as if its sides were independent."
        elif len(panel.schedules) <= figures.CROWD or len(panel.steps) == 1:
            caption += " Shades and bars are 95% intervals"
            better = any(stats.higher_is_better(metric) for metric in group)
            paired = study.baseline in panel.schedules and len(panel.schedules) > 1 and better
            caption += "; those of the gain are of the differences, sample by sample." if paired else "."
        if len(group) > 1 and len(panel.steps) > 1 and study.baseline in panel.schedules and len(panel.schedules) > 1:
            caption += " Lower right: on how many of the samples a schedule is better (ties count half)."
        caption += f" {figures.STRIPED}" if shared else ""
        what = name("scores" if len(group) > 1 else group[0])
        if study.metric in group:
            out.figure(figure, what, caption)
        else:
            out.add(f"<details><summary>Figure of {escape(titles)}</summary>")
            out.figure(figure, what, caption)
            out.add("</details>")
    figure, spread, shared = figures.schedule_figure(study, panel)
    if figure is not None:
        caption = "The schedules, step 0 the noise. Left out on the logarithmic scale: sigma infinite (t = 1) and 0."
        if spread:
            caption += " Shaded is how the schedules of single samples or seeds differ: "
            caption += "dark from the first to the third quartile, light from 5% to 95%" if spread > 1 else "quartiles"
            caption += "; the line is the schedule used (of several, the median)."
        caption += f" {figures.STRIPED}" if shared else ""
        caption += tables.same_text(study, panel)
        caption += " A schedule that uses fewer steps than its budget begins later."
        out.add("<h3>Schedules</h3>")
        out.figure(figure, name("schedules"), caption)
        drawn += 1
    figure, text, save = pictures.sample_figure(study, panel)
    if figure is not None:
        out.add("<h3>End states</h3>")
        out.figure(figure, name("samples"), text, **save)
        drawn += 1
    elif drawn:
        out.add(f'<p class="note">End states are not shown: {escape(text)}.</p>')
    figure = figures.search_figure(study, panel)
    if figure is not None:
        out.add("<h3>Search</h3>")
        out.figure(
            figure,
            name("search"),
            "Cost of reaching each grid point in so many steps, first row of the "
            "file's table (values more than 8 decades below the largest share a colour), and the schedule chosen.",
        )
    elif not drawn:
        out.add("<p>No finished cell here.</p>")


def _amplitudes(out, study):
    drawn, found = 0, amplitudes.groups(study)
    for group in found:
        figure, caption = amplitudes.figure(study, group) if drawn < amplitudes.GROUPS else (None, "")
        if figure is None:
            continue
        if drawn == 0:
            out.add(f'<h2 id="amplitudes">Amplitudes</h2><p>{escape(amplitudes.PAGE)} {escape(calibrated.words(found))}</p>')
        drawn += 1
        if len(found) > 1:
            out.add(f"<h3>{escape(group.title)}</h3>")
        out.figure(figure, f"amplitudes-{group.slug}" if group.slug else "amplitudes", caption)
        for steps in calibrated.budgets(group):
            figure, caption, save = calibrated.figure(study, group, steps)
            if figure is not None:
                out.figure(figure, "-".join(filter(None, ("calibrated", group.slug, f"{steps:g}steps"))), caption, **save)
    if 0 < drawn < len(found):
        out.add(f'<p class="note">({drawn} of {len(found)} teachers are shown.)</p>')


def _costs(out, study):
    out.add('<h2 id="costs">Costs</h2>')
    header, rows = costs.cell_table(study)
    if not rows:
        out.add("<p>No cell finished.</p>")
        return
    words = len(study.outer) + 1
    search_header, searches = costs.saving_table(study, study.metric) if study.metric else ([], [])
    if searches:
        table = table_html(search_header, searches, words)
        out.add(f"<details><summary>Searches: what they cost and save ({len(searches)})</summary>{table}")
        out.add(f'<p class="note">{escape(costs.SEARCH)} {escape(costs.SAVING)}</p></details>')
    teacher_header, teachers = costs.teacher_table(study)
    if teachers:
        table = table_html(teacher_header, teachers, words - 1)
        out.add(f"<details><summary>Teachers ({len(teachers)})</summary>{table}")
        out.add(f'<p class="note">{escape(costs.TEACHER)}</p></details>')
    out.add(f"<details><summary>Every schedule and budget</summary>{table_html(header, rows, words)}")
    out.add(
        '<p class="note">NFE: denoiser calls for one sample; depth: calls that have to wait for each other. Search '
        "NFE is what a search for this budget alone takes; search seconds are until this budget.</p></details>"
    )


def _across(out, study, plan):
    matrix = across.of(study)
    if matrix is None or study.metric is None:
        return
    out.add(f'<h2 id="across">Across denoisers</h2><p>{escape(across.PAGE)}</p>')
    metric = plan.metrics[0]
    table = across.summary(matrix, metric)
    if table:
        out.add(f"<p>{escape(across.SUMMARY)}</p>{render.html(table)}")
    for split in matrix.splits():
        figure, caption = across.figure(matrix, split, metric)
        out.figure(figure, f"across-{flow.slug(matrix.title(split))}".strip("-"), caption, dpi=130, colours=256)
    for name in plan.metrics:
        for split in matrix.splits():
            for table in (across.scores(matrix, split, name), across.changes(matrix, split, name)):
                out.add(f"<details><summary>{escape(table.title)}</summary>{render.html(table)}</details>")


def _missing(out, study):
    out.add('<h2 id="missing">Skipped and failed cells</h2>')
    header, rows = tables.missing_table(study)
    out.add(
        table_html(header, rows, len(header))
        if rows
        else f"<p>None: all {len(study.result.cells)} cells finished.</p>"
    )


def write(study, plan, folder):
    """Write report.html and its PNG files into `folder`; returns the paths, the page first."""
    os.makedirs(folder, exist_ok=True)
    out = Writer(folder)
    name = _heading(out, study)
    _key_findings(out, study, plan)
    _scores(out, study, plan)
    _run(out, study)
    for panel in study.panels:
        _panel(out, study, panel)
    _across(out, study, plan)
    _amplitudes(out, study)
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
