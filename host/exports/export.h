// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Exports: the schedule of a finished cell in the form that a tool takes. */
#ifndef OSS_EXPORTS_EXPORT_H
#define OSS_EXPORTS_EXPORT_H

#include "host/core/member.h"
#include "host/exports/exported.h"

/* What a tool calls sigma. */
typedef enum oss_export_space {
  OSS_SPACE_NONE,     /* every coordinate is written; t = 1 too */
  OSS_SPACE_VE,       /* sigma = t / (1 - t): no t = 1 */
  OSS_SPACE_FLOW,     /* sigma = t */
  OSS_SPACE_BY_OPTION /* the member's option "space" says */
} oss_export_space;

/* Where what the reader should know goes. */
typedef enum oss_export_notes {
  OSS_NOTES_COMMENTS, /* lines with # above the text, after where it is from */
  OSS_NOTES_INSIDE,   /* the member writes e->notes itself */
  OSS_NOTES_OUTSIDE   /* the text has no room for them: to the screen */
} oss_export_notes;

/* How a tool begins. */
typedef enum oss_export_start {
  OSS_START_UNKNOWN, /* plain data */
  OSS_START_LEVEL,   /* noise of the first point's level */
  OSS_START_ONE      /* noise of standard deviation 1 at the first flow time */
} oss_export_start;

typedef struct oss_export_desc {
  oss_member_desc base;
  /* Adds the text, line end included. May add to e->notes. */
  oss_status (*write)(const oss_member *member, oss_exported *e, oss_text *out);
  oss_export_space space;
  oss_export_notes notes;
  oss_export_start start;
} oss_export_desc;

/* The option of tools that take both kinds of models. */
#define OSS_EXPORT_SPACE_OPTION                                                                            \
  {                                                                                                        \
    .name = "space", .type = OSS_OPTION_CHOICE, .fallback = "ve", .choices = "ve flow",                    \
    .help = "what the model calls sigma: t / (1 - t), or t itself for a flow model such as SD3, FLUX, Wan" \
  }

/* The option of tools that stop where the list stops; without effect on a schedule that ends at 0. */
#define OSS_EXPORT_LAST_OPTION                                                                       \
  {                                                                                                  \
    .name = "last", .type = OSS_OPTION_CHOICE, .fallback = "keep", .choices = "keep append replace", \
    .help = "a last time above 0: as it is, followed by 0 (one more evaluation), or replaced by 0"   \
  }

/* The whole text of an export. Applies the option "last" to e, and refuses a time that the format cannot express (OSS_ERR_UNSUPPORTED).
 * *out is new memory; e->notes then holds what the text does not say (OSS_NOTES_OUTSIDE) or says as well. */
oss_status oss_export_text(const oss_member *format, oss_exported *e, char **out);

/* A time as the format's tool calls it. */
double oss_export_sigma(const oss_member *format, double t);

/* v >= 0 in fixed-point notation, with a fraction, to 9 significant digits: what a float32 needs. Returns out. */
enum { OSS_FIXED_BYTES = 400 };
char *oss_export_fixed(double v, char out[OSS_FIXED_BYTES]);

/* Adds sigmas of the first count points, separated. */
void oss_export_add_sigmas(oss_text *out, const oss_member *format, const oss_exported *e, size_t count, const char *separator);

#endif
