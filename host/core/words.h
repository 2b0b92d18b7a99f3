// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Lists of words in messages: what is allowed, and what was probably meant. */
#ifndef OSS_CORE_WORDS_H
#define OSS_CORE_WORDS_H

#include <stddef.h>

#include "host/core/text.h"

/* Borrowed words, as they are collected. {0} is empty. */
enum { OSS_MAX_WORDS = 128 };
typedef struct oss_words {
  const char *at[OSS_MAX_WORDS];
  size_t count;
} oss_words;

/* Further words than OSS_MAX_WORDS are left out: these lists are for people. */
void oss_words_add(oss_words *words, const char *word);

/* The word nearest to s by edit distance (a swap of neighbours counts one) if it is near enough to be meant; else NULL. */
const char *oss_words_nearest(const oss_words *words, const char *s);

/* "; did you mean 'steps'? allowed: solver, steps, schedule", the question only where a word is near. Caller frees; NULL without memory. */
char *oss_words_hint(const oss_words *words, const char *s);

#endif
