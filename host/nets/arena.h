// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Places in one work space for tensors that are not all needed at the same time. */
#ifndef OSS_NETS_ARENA_H
#define OSS_NETS_ARENA_H

#include "host/nets/plan.h"

/* Gives each tensor a place (a multiple of 16 floats, a line of a cache) such that no two that are needed at one step overlap; the largest
 * first, each as low as it goes. *floats: the size of it all. */
oss_status oss_arena_place(oss_net_tensor *tensors, size_t count, size_t *floats);

#endif
