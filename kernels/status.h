// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Status codes and the message that goes with a failure.
 *
 * Every function that can fail returns an oss_status. The code tells the caller what kind of failure it is, the message tells a
 * person what failed, where, which value was seen and what would be valid. The message is kept per thread until the next failure. */
#ifndef OSS_KERNELS_STATUS_H
#define OSS_KERNELS_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum oss_status {
  OSS_OK = 0,
  OSS_ERR_USAGE,       /* the command line is wrong (exit 2) */
  OSS_ERR_CONFIG,      /* the configuration is wrong (exit 2) */
  OSS_ERR_INPUT,       /* a data file is missing, damaged or does not fit (exit 1) */
  OSS_ERR_NUMERIC,     /* NaN or infinity where a number is needed (exit 1) */
  OSS_ERR_MEMORY,      /* host or device memory is exhausted (exit 1) */
  OSS_ERR_IO,          /* the operating system refused to read or write (exit 1) */
  OSS_ERR_UNAVAILABLE, /* not in this build or on this machine (exit 1) */
  OSS_ERR_UNSUPPORTED, /* a combination that has no meaning: a cell is skipped for it */
  OSS_ERR_INTERNAL     /* a defect of ossbench itself (exit 1) */
} oss_status;

#if defined(__GNUC__) || defined(__clang__)
#define OSS_PRINTF(fmt_index, first) __attribute__((format(printf, fmt_index, first)))
#define OSS_NODISCARD __attribute__((warn_unused_result))
#else
#define OSS_PRINTF(fmt_index, first)
#define OSS_NODISCARD
#endif

/* Keeps the formatted message for oss_message() and returns code. */
oss_status oss_fail(oss_status code, const char *fmt, ...) OSS_PRINTF(2, 3);

/* Puts "prefix: " in front of the kept message (where it happened) and returns code unchanged. No effect on OSS_OK. */
oss_status oss_fail_context(oss_status code, const char *fmt, ...) OSS_PRINTF(2, 3);

/* The message of the last failure on this thread; never NULL; owned by the thread, valid until its next failure. */
const char *oss_message(void);

/* A short name of the code, such as "config error". */
const char *oss_status_name(oss_status code);

/* Returns from the calling function when expr fails. */
#define OSS_TRY(expr)                                      \
  do {                                                     \
    oss_status oss_try_status_ = (expr);                   \
    if (oss_try_status_ != OSS_OK) return oss_try_status_; \
  } while (0)

/* Sets status (a local variable) and jumps to label when expr fails: for functions that own something. */
#define OSS_TRY_TO(label, expr)       \
  do {                                \
    status = (expr);                  \
    if (status != OSS_OK) goto label; \
  } while (0)

#ifdef __cplusplus
}
#endif
#endif
