// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The key `report` of a config: which axes are the rows and columns of the table that scripts/report.py prints first. */
#ifndef OSS_CORE_CONFIG_REPORT_H
#define OSS_CORE_CONFIG_REPORT_H

#include "host/core/config.h"
#include "host/core/yaml.h"

/* The keys of the map, NULL-terminated. */
extern const char *const oss_report_keys[];

/* Checks the layout against the axes and metrics of the config, which must have been read, and sets config->report. node: a map whose keys
 * are among oss_report_keys, or NULL (report is then left out). */
oss_status oss_report_read(const oss_node *node, oss_config *config);

#endif
