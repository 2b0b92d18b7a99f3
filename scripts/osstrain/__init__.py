# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Parts of scripts/train.py: the published networks in PyTorch, their training and their files."""
