// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What goes into a network and what comes out. */
#ifndef OSS_NETS_SHAPE_H
#define OSS_NETS_SHAPE_H

#include <stddef.h>

/* A sample is (channels, height, width), or (channels) where `flat` is set. The network reads and writes it in patches of patch x patch
 * pixels, row by row: it reads (channel, y, x) of a patch and writes (y, x, channel). */
typedef struct oss_network_shape {
  size_t channels, height, width, patch;
  int flat;
  size_t out_channels; /* the first `channels` of them are the prediction */
  size_t condition;    /* width of the vector that a condition is; 0: none */
  size_t classes;      /* conditions to choose from, numbered from 0 */
  int each;            /* sample s has condition s modulo classes; else it is a class, chosen by the option */
  int unconditional;   /* there is a vector for no condition */
  int paired;          /* each condition has its own */
} oss_network_shape;

#endif
