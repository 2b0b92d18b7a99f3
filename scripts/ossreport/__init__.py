# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a result file of ossbench and makes the report of it (see scripts/report.py)."""
