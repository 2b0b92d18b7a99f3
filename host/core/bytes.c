// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/bytes.h"

oss_bytes oss_bytes_of(size_t device, size_t host) {
  return (oss_bytes){.device = device, .host = host, .both = device + host};
}

oss_bytes oss_bytes_add(oss_bytes a, oss_bytes b) {
  return (oss_bytes){.device = a.device + b.device, .host = a.host + b.host, .both = a.both + b.both};
}

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

oss_bytes oss_bytes_most(oss_bytes a, oss_bytes b) {
  return (oss_bytes){.device = larger(a.device, b.device), .host = larger(a.host, b.host), .both = larger(a.both, b.both)};
}
