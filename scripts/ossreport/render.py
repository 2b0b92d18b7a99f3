# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""A pivot.Table as text for the terminal, Markdown, CSV and HTML."""

import csv
import io
import math
from html import escape

LIMIT = 120  # width of a terminal that tables are split for


def _keys(table):
    """The row labels; a label that repeats the row above's (and so do those before it) is left empty."""
    shown, before = [], None
    for labels, _ in table.rows:
        same = True
        line = []
        for i, label in enumerate(labels):
            same = same and before is not None and before[i] == label
            line.append("" if same and i < len(labels) - 1 else label)
        shown.append(line)
        before = labels
    return shown


def spans(heads, level):
    """[(label, first column, columns)] of a level: neighbours with the same labels down to it are one."""
    found = []
    for i, label in enumerate(heads[level]):
        path = [names[i] for names in heads[: level + 1]]
        if found and path == found[-1][3]:
            found[-1][2] += 1
        else:
            found.append([label, i, 1, path])
    return [(label, first, count) for label, first, count, _ in found]


def _fill(groups, widths, room):
    """Column numbers a block, so that each block is at most `room` wide; groups stay whole if they can."""
    blocks = [[]]

    def width(columns):
        return sum(widths[i] + 2 for i in columns)

    for group in groups:
        if blocks[-1] and width([*blocks[-1], *group]) > room:
            blocks.append([])
        for i in group:
            if blocks[-1] and width([*blocks[-1], i]) > room:
                blocks.append([])
            blocks[-1].append(i)
    return blocks


def _blocks(table, widths, room):
    """As few blocks as `room` needs, none much wider than the others."""
    groups = [list(range(first, first + count)) for _, first, count in spans(table.heads, 0)]
    blocks = _fill(groups, widths, room)
    while len(_fill(groups, widths, room - 1)) == len(blocks) > 1 and room > 1:
        room -= 1
    return _fill(groups, widths, room)


def _aligned(cells):
    """The cells of a column one below the other at their ±."""
    columns = []
    for column in zip(*cells):
        parts = [entry.partition("±") for entry in column]
        after = max((len(rest) for _, sign, rest in parts if sign), default=0)
        columns.append([mean + sign + rest.ljust(after) if sign else mean for mean, sign, rest in parts])
    return [list(row) for row in zip(*columns)]


def text(table, limit=LIMIT):
    """Aligned columns; * marks the best. Wider than `limit`: several tables below each other, each with the row labels."""
    keys = _keys(table)
    starred = any(entry.bold for _, entries in table.rows for entry in entries)
    cells = _aligned([[e.text + ("*" if e.bold else " " if starred and e.text else "") for e in row] for _, row in table.rows])
    labels = [max(len(line[i]) for line in [table.corner, *keys]) for i in range(len(table.corner))]
    count = len(table.heads[0]) if table.heads else 0
    widths = [max(len(line[i]) for line in [*cells, *table.heads[-1:]]) for i in range(count)]
    for level in range(len(table.heads) - 1):  # a head wider than its columns widens the last of them
        for label, first, number in spans(table.heads, level):
            have = sum(widths[first : first + number]) + 2 * (number - 1)
            widths[first + number - 1] += max(0, len(label) - have)
    side = "  ".join(name.ljust(width) for name, width in zip(table.corner, labels))
    found = []
    for block in _blocks(table, widths, limit - sum(width + 2 for width in labels)):
        lines = []
        for level, names in enumerate(table.heads):
            last = level == len(table.heads) - 1
            start = side if last else " " * len(side)
            shown = ""
            if last:
                shown = "".join("  " + names[i].rjust(widths[i]) for i in block)
            else:
                for label, first, number in spans(table.heads, level):
                    here = [i for i in block if first <= i < first + number]
                    wide = sum(widths[i] + 2 for i in here) - 2
                    shown += "  " + label.center(wide) if here else ""
            lines.append((start + shown).rstrip())
        lines.append("-" * (len(side) + sum(widths[i] + 2 for i in block)))
        for key, row in zip(keys, cells):
            start = "  ".join(name.ljust(width) for name, width in zip(key, labels))
            lines.append((start + "".join("  " + row[i].rjust(widths[i]) for i in block)).rstrip())
        found.append("\n".join(lines))
    return "\n\n".join(found)


def _heads(table):
    """One head a column, the levels joined."""
    return [", ".join(names[i] for names in table.heads if names[i]) for i in range(len(table.heads[0]))]


def markdown(table):
    """A table as GitHub shows it; the best is bold."""

    def cell(content):
        return content.replace("|", "\\|")

    def line(parts):
        return "| " + " | ".join(cell(part) for part in parts) + " |"

    lines = [line([*table.corner, *_heads(table)])]
    lines.append("|" + "---|" * len(table.corner) + "---:|" * len(table.heads[0]))
    for key, (_, entries) in zip(_keys(table), table.rows):
        lines.append(line([*key, *(f"**{e.text}**" if e.bold else e.text for e in entries)]))
    return "\n".join(lines)


def comma_separated(tables, name):
    """All tables as one CSV, a column for the mean and one for the half width of its interval; `name`: of the metric."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for table in tables:
        heads = [part for head in _heads(table) for part in (head, f"{head} ±")]
        writer.writerow(["metric", "table", *table.corner, *heads])
        for labels, entries in table.rows:
            parts = []
            for entry in entries:
                e = entry.value
                parts += [f"{e.mean:.6g}", "" if math.isnan(e.half) else f"{e.half:.6g}"] if e else [entry.text, ""]
            writer.writerow([name, table.title, *labels, *parts])
    return out.getvalue()


def html(table):
    """A table with a row of heads a level; rows whose first label changes begin a group."""
    rows = []
    for level in range(len(table.heads)):
        last = level == len(table.heads) - 1
        side = "".join(f"<th>{escape(name)}</th>" if last else "<th></th>" for name in table.corner)
        if last:
            names = "".join(f'<th class="n">{escape(label)}</th>' for label in table.heads[level])
        else:
            groups = spans(table.heads, level)
            names = "".join(f'<th class="c" colspan="{count}">{escape(label)}</th>' for label, _, count in groups)
        rows.append(f"<tr>{side}{names}</tr>")
    body, before = [], None
    for key, (labels, entries) in zip(_keys(table), table.rows):
        first = " class=first" if before is not None and len(labels) > 1 and labels[:-1] != before else ""
        before = labels[:-1]
        cells = "".join(f"<td>{escape(label)}</td>" for label in key)
        for entry in entries:
            kind = "n none" if entry.text.startswith(("skipped", "failed")) else "n"
            note = f' title="{escape(entry.note)}"' if entry.note else ""
            shown = f"<b>{escape(entry.text)}</b>" if entry.bold else escape(entry.text)
            cells += f'<td class="{kind}"{note}>{shown}</td>'
        body.append(f"<tr{first}>{cells}</tr>")
    head = "".join(rows)
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{"".join(body)}</tbody></table></div>'
