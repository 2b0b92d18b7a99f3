// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nets/arena.h"

#include <stdlib.h>

#include "kernels/sizes.h"

enum { LINE = 16 };

static size_t room(const oss_net_tensor *tensor) {
  return (tensor->elements + LINE - 1) / LINE * LINE;
}

/* The larger first; the earlier where they are equal. */
static int by_size(const void *a, const void *b) {
  const oss_net_tensor *x = *(oss_net_tensor *const *)a, *y = *(oss_net_tensor *const *)b;
  if (x->elements != y->elements) return x->elements < y->elements ? 1 : -1;
  return (x > y) - (x < y);
}

static int by_place(const void *a, const void *b) {
  const oss_net_tensor *x = *(oss_net_tensor *const *)a, *y = *(oss_net_tensor *const *)b;
  return (x->place > y->place) - (x->place < y->place);
}

/* The lowest gap between those placed already that are needed while this one is. near: scratch for them. */
static void place(oss_net_tensor *tensor, oss_net_tensor *const *placed, size_t count, oss_net_tensor **near) {
  size_t found = 0, low = 0;
  for (size_t i = 0; i < count; i++)
    if (placed[i]->first <= tensor->last && tensor->first <= placed[i]->last) near[found++] = placed[i];
  qsort(near, found, sizeof(oss_net_tensor *), by_place);
  for (size_t i = 0; i < found; i++) {
    if (near[i]->place >= low + room(tensor)) break;
    size_t end = near[i]->place + room(near[i]);
    if (end > low) low = end;
  }
  tensor->place = low;
}

oss_status oss_arena_place(oss_net_tensor *tensors, size_t count, size_t *floats) {
  oss_net_tensor **order = malloc((2 * count + 1) * sizeof(oss_net_tensor *)), **near = order + count;
  *floats = 0;
  if (order == NULL) return oss_fail(OSS_ERR_MEMORY, "places of %zu tensors", count);
  for (size_t i = 0; i < count; i++) order[i] = &tensors[i];
  qsort(order, count, sizeof(oss_net_tensor *), by_size);
  for (size_t i = 0; i < count; i++) {
    place(order[i], order, i, near);
    size_t end = order[i]->place + room(order[i]);
    if (end > *floats) *floats = end;
  }
  free(order);
  if (oss_fits(*floats, 1, 1, 4 * sizeof(float))) return OSS_OK;
  return oss_fail(OSS_ERR_CONFIG, "a network whose work space takes %zu floats a sample", *floats);
}
