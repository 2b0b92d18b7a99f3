// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/core/words.h"

#include <string.h>

enum { LONGEST = 63 };

void oss_words_add(oss_words *words, const char *word) {
  if (words->count < OSS_MAX_WORDS) words->at[words->count++] = word;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Optimal string alignment. Three rows: a swap looks two rows back. */
static size_t distance(const char *a, const char *b) {
  size_t rows[3][LONGEST + 1];
  size_t la = strlen(a), lb = strlen(b);
  if (la > LONGEST || lb > LONGEST) return LONGEST;
  for (size_t j = 0; j <= lb; j++) rows[0][j] = j;
  for (size_t i = 1; i <= la; i++) {
    size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= lb; j++) {
      now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = least(now[j], earlier[j - 2] + 1);
    }
  }
  return rows[la % 3][lb];
}

const char *oss_words_nearest(const oss_words *words, const char *s) {
  const char *best = NULL;
  size_t best_distance = 0;
  for (size_t i = 0; i < words->count; i++) {
    size_t d = distance(s, words->at[i]);
    if (best && d >= best_distance) continue;
    best = words->at[i];
    best_distance = d;
  }
  if (!best) return NULL;
  /* Half of a short word replaced is another word; three slips in a long one are still typing. */
  size_t length = strlen(best);
  size_t slips = length < 3 ? 0 : length < 5 ? 1 : length < 9 ? 2 : 3;
  return best_distance <= slips ? best : NULL;
}

char *oss_words_hint(const oss_words *words, const char *s) {
  oss_text text = {0};
  const char *nearest = oss_words_nearest(words, s);
  if (nearest) oss_text_add(&text, "; did you mean '%s'?", nearest);
  oss_text_add(&text, "%s allowed: ", nearest ? "" : ";");
  for (size_t i = 0; i < words->count; i++) oss_text_add(&text, "%s%s", i ? ", " : "", words->at[i]);
  if (words->count == 0) oss_text_add(&text, "nothing");
  char *out = NULL;
  if (oss_text_take(&text, &out) != OSS_OK) return NULL;
  return out;
}
