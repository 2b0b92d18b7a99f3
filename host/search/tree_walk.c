// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/search/tree_walk.h"

#include <stdlib.h>
#include <string.h>

#include "host/search/ends.h"

static const size_t most_bytes = (size_t)256 << 20; /* states of a walk: fewer samples at a time rather than more */

/* The nodes of one depth that share a parent. Host arrays have an entry a node. */
typedef struct level {
  oss_buffer x, output, own; /* [nodes][count][D]: states, denoiser outputs, the quantity kept for the steps to come */
  int32_t *index;
  double *first;    /* number of its first leaf */
  char *leaf;       /* whether its own leaf is looked at */
  double *error;    /* [nodes][count] of the leaves */
  size_t nodes, at; /* at: the one the walk stands at */
} level;

struct oss_walker {
  const oss_search_input *input;
  const oss_tree *tree;
  double p;
  size_t d, chunk;
  int terms, stages;
  int counted; /* the solver asks how many steps remain: all schedules of the tree have depth steps */
  oss_ends ends;
  level *levels;                                               /* [depth+1], from 1 */
  oss_buffer middle, answer, leaf, error, coef, times, labels; /* middle, answer: intermediate points of two-call steps */
  double *host;                                                /* staging */
  int32_t *path;
  /* Of the walk that is going on. */
  size_t first, count;
  const oss_visitor *visitor;
  oss_calls *calls;
};

static size_t nodes_of(const oss_problem *p, size_t depth) {
  return (size_t)p->grid.n + 1 - depth;
}

static size_t state_bytes(const oss_search_input *input, size_t depth) {
  const oss_problem *p = input->problem;
  size_t states = 1, arrays = oss_solver_terms(input->solver) > 1 ? 3 : 2;
  for (size_t d = 1; d <= depth; d++) states += arrays * nodes_of(p, d);
  if (oss_solver_stages(input->solver)) states += 2 * nodes_of(p, 1);
  return states * p->elements * sizeof(float);
}

size_t oss_walker_most(const oss_search_input *input, size_t depth) {
  size_t fit = most_bytes / state_bytes(input, depth);
  return fit < 1 ? 1 : fit < input->samples ? fit : input->samples;
}

static size_t staging(size_t nodes, size_t chunk) {
  return nodes * (chunk > OSS_MAX_TERMS ? chunk : OSS_MAX_TERMS);
}

oss_bytes oss_walker_bytes(const oss_search_input *input, size_t depth) {
  size_t chunk = oss_walker_most(input, depth), nodes = nodes_of(input->problem, 1);
  size_t host = depth * nodes * (chunk * sizeof(double) + 2 * sizeof(double)) + staging(nodes, chunk) * sizeof(double);
  size_t device = chunk * state_bytes(input, depth) + 2 * staging(nodes, chunk) * sizeof(double) +
                  nodes * chunk * (2 * sizeof(double) + sizeof(int32_t));
  return oss_bytes_add(oss_ends_bytes(input), oss_bytes_of(device, host));
}

void oss_walker_destroy(oss_walker *w) {
  if (w == NULL) return;
  oss_buffer *all[] = {&w->middle, &w->answer, &w->leaf, &w->error, &w->coef, &w->times, &w->labels};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) oss_buffer_destroy(all[i]);
  for (size_t d = 1; w->levels != NULL && d <= w->tree->depth; d++) {
    level *l = &w->levels[d];
    oss_buffer_destroy(&l->x);
    oss_buffer_destroy(&l->output);
    oss_buffer_destroy(&l->own);
    free(l->index);
    free(l->first);
    free(l->leaf);
    free(l->error);
  }
  oss_ends_destroy(&w->ends);
  free(w->levels);
  free(w->host);
  free(w->path);
  free(w);
}

static oss_status open_level(oss_walker *w, level *l, size_t nodes) {
  oss_backend *be = w->input->problem->be;
  size_t state = nodes * w->chunk * w->d;
  l->index = malloc(nodes * sizeof *l->index);
  l->first = malloc(nodes * sizeof *l->first);
  l->leaf = malloc(nodes);
  l->error = malloc(nodes * w->chunk * sizeof *l->error);
  if (l->index == NULL || l->first == NULL || l->leaf == NULL || l->error == NULL)
    return oss_fail(OSS_ERR_MEMORY, "tree of schedules, %zu nodes", nodes);
  OSS_TRY(oss_buffer_create(be, "states of schedules", state, sizeof(float), &l->x));
  OSS_TRY(oss_buffer_create(be, "denoiser outputs of schedules", state, sizeof(float), &l->output));
  return w->terms > 1 ? oss_buffer_create(be, "histories of schedules", state, sizeof(float), &l->own) : OSS_OK;
}

static oss_status open_walker(oss_walker *w) {
  const oss_problem *p = w->input->problem;
  size_t nodes = nodes_of(p, 1), rows = nodes * w->chunk, stage = staging(nodes, w->chunk);
  w->levels = calloc(w->tree->depth + 1, sizeof *w->levels);
  w->host = malloc(stage * sizeof *w->host);
  w->path = malloc((w->tree->depth + 1) * sizeof *w->path);
  if (w->levels == NULL || w->host == NULL || w->path == NULL) return oss_fail(OSS_ERR_MEMORY, "tree of schedules");
  OSS_TRY(oss_ends_create(w->input, p->grid.t[p->grid.n], &w->ends));
  for (size_t d = 1; d <= w->tree->depth; d++) OSS_TRY(open_level(w, &w->levels[d], nodes_of(p, d)));
  OSS_TRY(oss_buffer_create(p->be, "end states of schedules", w->chunk * w->d, sizeof(float), &w->leaf));
  OSS_TRY(oss_buffer_create(p->be, "errors", rows, sizeof(double), &w->error));
  OSS_TRY(oss_buffer_create(p->be, "step coefficients", 2 * stage, sizeof(double), &w->coef));
  OSS_TRY(oss_buffer_create(p->be, "times", rows, sizeof(double), &w->times));
  if (!w->stages) return OSS_OK;
  OSS_TRY(oss_buffer_create(p->be, "intermediate points", rows * w->d, sizeof(float), &w->middle));
  return oss_buffer_create(p->be, "intermediate outputs", rows * w->d, sizeof(float), &w->answer);
}

oss_status oss_walker_create(const oss_search_input *input, const oss_tree *tree, double p, oss_walker **out) {
  oss_walker *w = calloc(1, sizeof *w);
  *out = NULL;
  if (w == NULL) return oss_fail(OSS_ERR_MEMORY, "tree of schedules");
  *w = (oss_walker){.input = input,
                    .tree = tree,
                    .p = p,
                    .d = input->problem->elements,
                    .chunk = oss_walker_most(input, tree->depth),
                    .terms = oss_solver_terms(input->solver),
                    .stages = oss_solver_stages(input->solver),
                    .counted = oss_solver_tail(input->solver) > 1};
  oss_status status = open_walker(w);
  if (status != OSS_OK) {
    oss_walker_destroy(w);
    return status;
  }
  *out = w;
  return OSS_OK;
}

/* The states of node `at` of a level. */
static float *node(const oss_walker *w, const oss_buffer *buffer, size_t at) {
  return (float *)buffer->data + at * w->count * w->d;
}

/* Whether so many calls are left; takes them. */
static int spend(oss_walker *w, size_t depth, size_t rows) {
  if (w->calls->stopped || w->calls->left < (int64_t)rows) {
    w->calls->stopped = 1;
    return 0;
  }
  w->calls->left -= (int64_t)rows;
  w->calls->by_depth[w->tree->alone ? w->tree->depth : depth] += (int64_t)rows;
  if (w->input->progress != NULL) oss_progress_work(w->input->progress, (double)rows * w->input->problem->denoiser->flops);
  return 1;
}

/* The denoiser on nodes states at times t [nodes]. */
static oss_status call(oss_walker *w, size_t nodes, const double *t, const float *x, float *out) {
  const oss_problem *p = w->input->problem;
  for (size_t i = nodes * w->count; i-- > 0;) w->host[i] = t[i / w->count];
  OSS_TRY(oss_buffer_upload(&w->times, 0, nodes * w->count * sizeof *w->host, w->host));
  return oss_denoiser_call(p->denoiser, nodes * w->count, w->times.data, w->labels.data, x, out);
}

static oss_status combine(oss_walker *w, int terms, size_t coef, oss_terms in, float *out) {
  const oss_problem *p = w->input->problem;
  return p->be->ops->lincomb(p->be, w->count, w->d, terms, 0, (double *)w->coef.data + coef, in, out);
}

/* ---- steps away from the node of depth d that the path ends with ---- */

/* What a step sees; t has OSS_MAX_TERMS entries. */
static oss_step step_of(const oss_walker *w, size_t d, size_t next, double *t) {
  const double *times = w->input->problem->grid.t;
  int known = d < (size_t)w->terms ? (int)d : w->terms;
  for (int m = 0; m < known; m++) t[m] = times[w->path[d - 1 - (size_t)m]];
  int remaining = w->counted ? (int)(w->tree->depth - d + 1) : next == 0 ? 1 : OSS_MANY_STEPS;
  return (oss_step){.known = known, .t = t, .next = times[next], .remaining = remaining};
}

static oss_terms terms_of(const oss_walker *w, size_t d) {
  const level *l = &w->levels[d];
  oss_terms in = {{node(w, &l->x, l->at), node(w, &l->output, l->at)}};
  for (int m = 1; m < w->terms && (size_t)m < d; m++) in.at[1 + m] = node(w, &l[-m].own, l[-m].at);
  return in;
}

/* Puts the rows of the steps to next [nodes] into coef, OSS_MAX_TERMS apart. */
static oss_status upload_rows(oss_walker *w, size_t d, size_t nodes, const int32_t *next) {
  for (size_t i = 0; i < nodes; i++) {
    double t[OSS_MAX_TERMS], *out = w->host + i * OSS_MAX_TERMS;
    oss_row row;
    oss_step step = step_of(w, d, (size_t)next[i], t);
    oss_solver_row(w->input->solver, &step, &row);
    out[0] = row.a;
    memcpy(out + 1, row.b, sizeof row.b);
  }
  return oss_buffer_upload(&w->coef, 0, nodes * OSS_MAX_TERMS * sizeof *w->host, w->host);
}

/* The intermediate points of the steps to next [nodes], and the denoiser there. place [nodes] gets where a node's answer is, or -1.
 * depth: whose calls they are. */
static oss_status make_middles(oss_walker *w, size_t d, size_t depth, size_t nodes, const int32_t *next, int32_t *place) {
  size_t count = 0, offset = w->coef.bytes / sizeof(double) / 2; /* the rows of the whole steps come first */
  double *t = malloc(nodes * sizeof *t);
  oss_status status = OSS_OK;
  if (t == NULL) return oss_fail(OSS_ERR_MEMORY, "intermediate times");
  for (size_t i = 0; i < nodes; i++) {
    double seen[OSS_MAX_TERMS];
    oss_row row;
    oss_step step = step_of(w, d, (size_t)next[i], seen);
    t[count] = oss_solver_stage(w->input->solver, &step, &row);
    place[i] = t[count] > 0.0 ? (int32_t)count : -1;
    if (place[i] < 0) continue;
    w->host[2 * count] = row.a;
    w->host[2 * count + 1] = row.b[0];
    count++;
  }
  if (count == 0 || !spend(w, depth, count * w->count)) goto done;
  OSS_TRY_TO(done, oss_buffer_upload(&w->coef, offset * sizeof *w->host, 2 * count * sizeof *w->host, w->host));
  for (size_t i = 0; i < count; i++) OSS_TRY_TO(done, combine(w, 2, offset + 2 * i, terms_of(w, d), node(w, &w->middle, i)));
  status = call(w, count, t, w->middle.data, w->answer.data);
done:
  free(t);
  return status;
}

/* Steps from the path's node to next [nodes], states to out. */
static oss_status take_steps(oss_walker *w, size_t d, size_t depth, size_t nodes, const int32_t *next, float *out) {
  int known = d < (size_t)w->terms ? (int)d : w->terms;
  int32_t *place = NULL;
  oss_status status = OSS_OK;
  if (w->stages) {
    place = malloc(nodes * sizeof *place);
    if (place == NULL) return oss_fail(OSS_ERR_MEMORY, "intermediate points");
    OSS_TRY_TO(done, make_middles(w, d, depth, nodes, next, place));
    if (w->calls->stopped) goto done;
  }
  OSS_TRY_TO(done, upload_rows(w, d, nodes, next));
  for (size_t i = 0; i < nodes; i++) {
    oss_terms in = terms_of(w, d);
    int two = w->stages && place[i] >= 0;
    if (two) in.at[2] = node(w, &w->answer, (size_t)place[i]);
    OSS_TRY_TO(done, combine(w, two ? 3 : known + 1, i * OSS_MAX_TERMS, in, out + i * w->count * w->d));
  }
done:
  free(place);
  return status;
}

/* ---- levels ---- */

/* The denoiser on all nodes of a level, or what an analytical first step takes for it. */
static oss_status answer_level(oss_walker *w, size_t d) {
  level *l = &w->levels[d];
  const double *times = w->input->problem->grid.t;
  if (d == 1 && oss_solver_afs(w->input->solver)) {
    for (size_t i = 0; i < l->nodes; i++) w->host[i] = oss_solver_afs_gain(times[l->index[i]]);
    OSS_TRY(oss_buffer_upload(&w->coef, 0, l->nodes * sizeof *w->host, w->host));
    for (size_t i = 0; i < l->nodes; i++) {
      oss_terms in = {{node(w, &l->x, i)}};
      OSS_TRY(combine(w, 1, i, in, node(w, &l->output, i)));
    }
    return OSS_OK;
  }
  if (!spend(w, d, l->nodes * w->count)) return OSS_OK;
  for (size_t i = 0; i < l->nodes; i++) l->error[i] = times[l->index[i]]; /* free until the leaves are there */
  return call(w, l->nodes, l->error, l->x.data, l->output.data);
}

static oss_status keep_histories(oss_walker *w, level *l) {
  for (size_t i = 0; i < l->nodes; i++) oss_solver_history_row(w->input->solver, w->input->problem->grid.t[l->index[i]], w->host + 2 * i);
  OSS_TRY(oss_buffer_upload(&w->coef, 0, 2 * l->nodes * sizeof *w->host, w->host));
  for (size_t i = 0; i < l->nodes; i++) {
    oss_terms in = {{node(w, &l->x, i), node(w, &l->output, i)}};
    OSS_TRY(combine(w, 2, 2 * i, in, node(w, &l->own, i)));
  }
  return OSS_OK;
}

/* The errors of all leaves of a level that the visitor wants. */
static oss_status price_leaves(oss_walker *w, size_t d) {
  static const int32_t end = 0;
  const oss_problem *p = w->input->problem;
  const float *target = (const float *)w->ends.end.data + w->first * w->d;
  level *l = &w->levels[d];
  for (size_t i = 0; i < l->nodes; i++) {
    l->at = i;
    w->path[d - 1] = l->index[i];
    l->leaf[i] = w->tree->wanted[d] && w->visitor->enter(w->visitor->state, d, w->path, l->first[i], 1.0);
    if (!l->leaf[i]) continue;
    OSS_TRY(take_steps(w, d, d, 1, &end, w->leaf.data));
    if (w->calls->stopped) return OSS_OK;
    OSS_TRY(p->be->ops->row_error(p->be, w->count, w->d, w->p, w->leaf.data, target, (double *)w->error.data + i * w->count));
  }
  return oss_buffer_download(&w->error, 0, l->nodes * w->count * sizeof *l->error, l->error);
}

/* Fills the level below with the children that the visitor wants. */
static oss_status make_children(oss_walker *w, size_t d) {
  const level *l = &w->levels[d];
  level *below = &w->levels[d + 1];
  double first = l->first[l->at] + (w->tree->wanted[d] ? 1.0 : 0.0);
  below->nodes = 0;
  for (size_t j = (size_t)l->index[l->at]; j-- > 1;) {
    double leaves = oss_tree_below(w->tree, d + 1, j);
    w->path[d] = (int32_t)j;
    if (leaves > 0.0 && w->visitor->enter(w->visitor->state, d + 1, w->path, first, leaves)) {
      below->index[below->nodes] = (int32_t)j;
      below->first[below->nodes++] = first;
    }
    first += leaves;
  }
  return below->nodes > 0 ? take_steps(w, d, d + 1, below->nodes, below->index, below->x.data) : OSS_OK;
}

static oss_status visit_level(oss_walker *w, size_t d) {
  level *l = &w->levels[d];
  OSS_TRY(answer_level(w, d));
  if (w->calls->stopped) return OSS_OK;
  if (w->terms > 1) OSS_TRY(keep_histories(w, l));
  OSS_TRY(price_leaves(w, d));
  for (size_t i = 0; i < l->nodes && !w->calls->stopped; i++) {
    l->at = i;
    w->path[d - 1] = l->index[i];
    if (l->leaf[i]) w->visitor->leaf(w->visitor->state, d, w->path, l->first[i], l->error + i * w->count);
    if (d == w->tree->depth) continue;
    OSS_TRY(make_children(w, d));
    if (!w->calls->stopped && w->levels[d + 1].nodes > 0) OSS_TRY(visit_level(w, d + 1));
  }
  return OSS_OK;
}

oss_status oss_walk_tree(oss_walker *w, size_t first, size_t count, const oss_visitor *visitor, oss_calls *calls) {
  const oss_problem *p = w->input->problem;
  const float *start = (const float *)w->ends.start.data + first * w->d;
  level *l = &w->levels[1];
  double leaf = 0.0;
  if (count > w->chunk) return oss_fail(OSS_ERR_INTERNAL, "walk of %zu samples, made for %zu", count, w->chunk);
  w->first = first;
  w->count = count;
  w->visitor = visitor;
  w->calls = calls;
  oss_buffer_destroy(&w->labels);
  OSS_TRY(oss_problem_labels(p, first, count, nodes_of(p, 1), &w->labels));
  l->nodes = 0;
  for (size_t i = w->tree->n; i >= oss_tree_last_root(w->tree); i--) {
    double leaves = oss_tree_below(w->tree, 1, i);
    w->path[0] = (int32_t)i;
    if (leaves > 0.0 && visitor->enter(visitor->state, 1, w->path, leaf, leaves)) {
      l->index[l->nodes] = (int32_t)i;
      l->first[l->nodes] = leaf;
      OSS_TRY(p->be->ops->copy(p->be, count * w->d * sizeof(float), start, node(w, &l->x, l->nodes++)));
    }
    leaf += leaves;
  }
  return l->nodes > 0 ? visit_level(w, 1) : OSS_OK;
}
