#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The pieces of the report one by one: labels, numbers, means, lines: /usr/bin/python3 tests/report/test_parts.py"""

import os
import sys
import unittest

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))

from ossreport import figures, flow, lines, stats, tables  # noqa: E402


class Parts(unittest.TestCase):
    def test_flow(self):
        parsed = flow.parse("{kind: file, file: 'a, b.h5', q: [0.05, 0.95], cost: {kind: xt, p: 2}, afs: false}")
        self.assertEqual(
            parsed,
            {"kind": "file", "file": "a, b.h5", "q": [0.05, 0.95], "cost": {"kind": "xt", "p": 2}, "afs": False},
        )
        self.assertEqual(flow.parse("euler"), "euler")

    def test_labels(self):
        values = [
            "{kind: dpmpp, order: 2, afs: false}",
            "{kind: dpmpp, order: 3, afs: true}",
            "euler",
            "{kind: edm, rho: 7}",
        ]
        self.assertEqual(
            list(flow.labels(values).values()), ["dpmpp (order=2, no afs)", "dpmpp (order=3, afs)", "euler", "edm"]
        )
        three = [
            "{kind: oss, variant: official, samples: average, average: official, reduce: mean}",
            "{kind: oss, variant: paper, samples: average, average: median, reduce: mean}",
            "{kind: oss, variant: carry, samples: joint, average: median, reduce: log_mean}",
        ]
        short = ["oss (official, average)", "oss (paper, average)", "oss (carry, joint)"]
        self.assertEqual(list(flow.labels(three).values()), short)
        same = ["{kind: file, file: a/x.h5}", "{kind: file, file: b/x.h5}"]
        self.assertEqual(len(set(flow.labels(same).values())), 2)
        clash = ["{kind: oss, variant: official, x: a}", "{kind: oss, variant: paper, x: official}"]
        self.assertEqual(flow.labels(clash)[clash[0]], "oss (variant=official, a)")

    def test_file_labels(self):
        values = [f"{{kind: dataset, file: m/{name}.h5, bandwidth: {width}}}" for name, width in (("a", 1), ("b", 2))]
        self.assertEqual(list(flow.labels(values, True).values()), ["a", "b"])
        values.append("{kind: dataset, file: m/a.h5, bandwidth: 3}")
        labels = flow.labels(values, True)
        self.assertEqual([labels[value] for value in values], ["a (bandwidth=1)", "b", "a (bandwidth=3)"])
        same = ["{kind: gmm, file: m/a.h5}", "{kind: gmm, file: n/a.h5}"]
        self.assertEqual(len(set(flow.labels(same, True).values())), 2)
        self.assertEqual(flow.slug("oss (paper, p=2), 0.5"), "oss-paper-p2-0.5")

    def test_with_interval(self):
        e = stats.Estimate(0.0123456, 0.00456, 5, 0)
        scale = tables.scale_of("mse", [e, stats.Estimate(3.0, 1.0, 5, 0)])
        self.assertEqual(scale.exponent, 0)
        e = stats.Estimate(0.00123456, 0.000456, 5, 0)
        scale = tables.scale_of("mse", [e, stats.Estimate(0.02, 1.0, 5, 0), e])
        self.assertEqual(tables.with_interval(e, scale), "1.23 ± 0.46")
        e = stats.Estimate(21.0, 1.234, 5, 0)
        self.assertEqual(tables.with_interval(e, tables.scale_of("psnr", []), True), "21.00±1.2")

    def test_labels_without_effect(self):
        cost = "cost: {kind: xt, p: 2, channels: all, frames: all}"
        values = [
            f"{{kind: oss, samples: per_sample, average: median, reduce: mean, {cost}}}",
            f"{{kind: oss, samples: per_sample, average: official, reduce: mean, {cost}}}",
            f"{{kind: oss, samples: joint, average: median, reduce: log_mean, {cost.replace('2', '1')}}}",
        ]
        short = ["oss (per_sample, average=median)", "oss (per_sample, average=official)", "oss (joint, cost.p=1)"]
        self.assertEqual(list(flow.labels(values).values()), short)
        self.assertEqual(list(flow.labels(values[1:]).values()), ["oss (per_sample)", short[2]])
        texts = [stats.steps_text(m) for m in (1, 2, [1], [3, 5])]
        self.assertEqual(texts, ["1 step", "2 steps", "1 step", "3, 5 steps"])

    def test_exact_samples(self):
        e = stats.estimate([np.array([20.0, np.inf, 22.0])])
        self.assertEqual((e.mean, e.exact, stats.comparable(e)), (21.0, 1, False))
        text = tables.with_interval(e._replace(half=1.0), tables.scale_of("psnr", []))
        self.assertEqual(text, "21.00 ± 1.00 (1 of 3 exact)")
        every = stats.estimate([np.array([np.inf, np.inf])])
        self.assertTrue(stats.comparable(every))
        self.assertEqual(tables.with_interval(every, tables.scale_of("psnr", [])), "∞ (2 of 2 exact)")

    def test_pooled(self):
        groups = [np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])]
        every = np.concatenate(groups)
        half = stats.student_t(6) * every.std(ddof=1) / np.sqrt(6)
        self.assertAlmostEqual(stats.estimate(groups, True).half, half)
        self.assertAlmostEqual(stats.estimate(groups).half, 4.303 * 2 / np.sqrt(3))

    def test_lines_that_coincide(self):
        figure, axis = lines.plt.subplots()
        style = {"color": "red", "linestyle": "-", "marker": "o"}
        shared = lines.draw(axis, [([1, 2, 3], [1.0, 2.0, 3.0], style, "a"), ([1, 2, 3], [1.0, 2.0, 5.0], style, "b")])
        dashed = [line for line in axis.lines if line.is_dashed()]
        self.assertTrue(shared)
        self.assertEqual([list(line.get_xdata()) for line in dashed], [[1, 2], [1, 2]])
        self.assertFalse(lines.draw(axis, [([1, 2], [1.0, 2.0], style, "a"), ([1, 2], [2.0, 1.0], style, "b")]))
        bands = lines.Bands(axis)
        bands.add([0, 1, 2], [0, 0, 0], [1, 1, 1], "red", 0.1)
        bands.add([0, 1, 2], [0, 0, 0], [1, 1, 2], "blue", 0.1)
        self.assertEqual(len(axis.collections), 2)
        self.assertEqual(axis.collections[1].get_paths()[0].get_extents().x0, 1)
        lines.plt.close(figure)

    def test_estimate(self):
        e = stats.estimate([np.array([1.0, 2.0, 3.0, np.inf]), np.array([3.0, 4.0, 5.0])])
        self.assertEqual((e.mean, e.count, e.bad), (3.0, 6, 1))
        self.assertAlmostEqual(e.half, 2.776 * np.sqrt(2 / 3) / 2)
        self.assertTrue(np.isnan(stats.estimate([np.array([1.0])]).half))
        self.assertEqual(stats.estimate([np.array([np.inf, np.inf])]).mean, np.inf)

    def test_without_repeats(self):
        rows = figures.without_repeats([[9, 9, 9, 4, 0], [9, 7, 7, 4, 0]])
        np.testing.assert_array_equal(rows, [[np.nan, np.nan, 9, 4, 0], [9, 7, 7, 4, 0]])


if __name__ == "__main__":
    unittest.main()
