// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* What a network predicts and at which times: the options of a network's preconditioning. */
#ifndef OSS_DENOISERS_PREDICTION_H
#define OSS_DENOISERS_PREDICTION_H

#include "host/core/member.h"
#include "host/nets/arguments.h"
#include "kernels/backend.h"

/* An option of the member where it is given, else the file's metadata under the same name, else the fallback. */
oss_status oss_option_real(const oss_member *member, const oss_arguments *arguments, const char *name, double fallback, double *out);
oss_status oss_option_word(const oss_member *member, const oss_arguments *arguments, const char *name, const char *fallback,
                           const char **out);

/* Reads them into *how, whose log_sigma is left to the caller: *log_sigma is the table of eps (host, owned by the caller), else NULL.
 * precondition, betas: what is usual. */
oss_status oss_prediction_read(const oss_member *member, const oss_arguments *arguments, const char *precondition, const char *betas,
                               oss_precondition *how, double **log_sigma);

#endif
