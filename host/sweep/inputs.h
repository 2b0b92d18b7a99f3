// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The files that a config reads. */
#ifndef OSS_SWEEP_INPUTS_H
#define OSS_SWEEP_INPUTS_H

#include "host/core/config.h"

/* Fails with OSS_ERR_CONFIG where a result written to config->output would replace the config or a file that it names, by whatever path:
 * networks, data, labels, noise, grids, results of other runs. */
oss_status oss_inputs_check(const oss_config *config);

#endif
