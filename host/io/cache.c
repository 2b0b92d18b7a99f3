// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/cache.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "host/core/hash.h"
#include "host/core/log.h"
#include "host/core/text.h"
#include "host/io/h5.h"

/* Verification reads about this many bytes at a time. */
enum { BLOCK_BYTES = 1 << 23 };

char *oss_cache_path(const char *folder, const char *description) {
  char key[OSS_HASH_BYTES];
  oss_hash_text(description, key);
  return oss_format("%s/%s.h5", folder, key);
}

/* An integer attribute of the root must be what is expected. */
static oss_status check_number(hid_t root, const char *name, size_t expected) {
  oss_h5_attribute attribute;
  OSS_TRY(oss_h5_attribute_read(root, name, &attribute));
  int fits = attribute.kind == OSS_H5_INT && attribute.integer == (int64_t)expected;
  oss_h5_attribute_free(&attribute);
  return fits ? OSS_OK : oss_fail(OSS_ERR_INPUT, "attribute '%s' is not %zu", name, expected);
}

static oss_status check_header(hid_t file, const char *path, const char *description, size_t points, size_t samples, size_t elements) {
  hid_t root;
  oss_h5_attribute text = {0};
  OSS_TRY(oss_h5_find(file, path, "/", H5I_GROUP, &root));
  oss_status status = oss_h5_attribute_read(root, "description", &text);
  if (status == OSS_OK && (text.kind != OSS_H5_TEXT || strcmp(text.text, description) != 0))
    status = oss_fail(OSS_ERR_INPUT, "made for something else (its description differs)");
  if (status == OSS_OK) status = check_number(root, "points", points);
  if (status == OSS_OK) status = check_number(root, "samples", samples);
  if (status == OSS_OK) status = check_number(root, "elements", elements);
  oss_h5_attribute_free(&text);
  oss_h5_close(root);
  return status;
}

/* Opens a dataset that must have exactly this shape. */
static oss_status open_exact(hid_t file, const char *path, const char *name, int rank, const hsize_t *dims, hid_t *out) {
  OSS_TRY(oss_h5_find(file, path, name, H5I_DATASET, out));
  hsize_t found[H5S_MAX_RANK];
  hid_t space = H5Dget_space(*out);
  int found_rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, found, NULL);
  oss_h5_close(space);
  if (found_rank == rank && memcmp(found, dims, (size_t)rank * sizeof *dims) == 0) return OSS_OK;
  oss_h5_close(*out);
  *out = H5I_INVALID_HID;
  return oss_fail(OSS_ERR_INPUT, "'%s' has another shape than expected", name);
}

/* Reads the block at start of the extent given. */
static oss_status read_block(hid_t dataset, const hsize_t start[3], const hsize_t extent[3], float *out) {
  hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(3, extent, NULL);
  herr_t code = space < 0 || memory < 0 ? -1 : H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL);
  if (code >= 0) code = H5Dread(dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, out);
  oss_status status = code < 0 ? oss_h5_fail(OSS_ERR_INPUT, "'states' cannot be read") : OSS_OK;
  oss_h5_close(memory);
  oss_h5_close(space);
  return status;
}

static oss_status check_sums(hid_t states, hid_t sums, size_t points, size_t samples, size_t elements) {
  size_t most = BLOCK_BYTES / sizeof(float) / elements;
  if (most == 0) most = 1;
  if (most > samples) most = samples;
  XXH3_state_t *state = XXH3_createState();
  float *block = malloc(most * elements * sizeof *block);
  int64_t *expected = malloc(points * sizeof *expected);
  oss_status status = state && block && expected ? OSS_OK : oss_fail(OSS_ERR_MEMORY, "no memory to verify it");
  if (status == OSS_OK && H5Dread(sums, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected) < 0)
    status = oss_h5_fail(OSS_ERR_INPUT, "'checksum' cannot be read");
  for (size_t p = 0; p < points && status == OSS_OK; p++) {
    if (XXH3_64bits_reset(state) != XXH_OK) status = oss_fail(OSS_ERR_INTERNAL, "no checksum");
    for (size_t first = 0; first < samples && status == OSS_OK; first += most) {
      size_t count = samples - first < most ? samples - first : most;
      const hsize_t start[3] = {p, first, 0}, extent[3] = {1, count, elements};
      status = read_block(states, start, extent, block);
      if (status == OSS_OK) XXH3_64bits_update(state, block, count * elements * sizeof *block);
    }
    if (status == OSS_OK && (int64_t)XXH3_64bits_digest(state) != expected[p])
      status = oss_fail(OSS_ERR_INPUT, "damaged (the checksum of point %zu does not fit)", p);
  }
  XXH3_freeState(state);
  free(block);
  free(expected);
  return status;
}

oss_status oss_cache_check(const char *path, const char *description, size_t points, size_t samples, size_t elements, int *found) {
  *found = 0;
  struct stat info;
  if (points == 0 || samples == 0 || elements == 0) return oss_fail(OSS_ERR_INTERNAL, "%s: an empty trajectory", path);
  if (stat(path, &info) != 0) return OSS_OK;
  hid_t file = H5I_INVALID_HID, states = H5I_INVALID_HID, sums = H5I_INVALID_HID;
  const hsize_t shape[3] = {points, samples, elements};
  oss_status status = oss_h5_open(path, &file);
  if (status == OSS_OK) {
    status = check_header(file, path, description, points, samples, elements);
    if (status == OSS_OK) status = open_exact(file, path, "states", 3, shape, &states);
    if (status == OSS_OK) status = open_exact(file, path, "checksum", 1, shape, &sums);
    if (status == OSS_OK) status = check_sums(states, sums, points, samples, elements);
    if (status != OSS_OK && !strstr(oss_message(), path)) status = oss_fail_context(status, "%s", path);
    oss_h5_close(states);
    oss_h5_close(sums);
    oss_h5_close(file);
  }
  if (status == OSS_ERR_MEMORY) return status;
  *found = status == OSS_OK;
  if (!*found) oss_log_warning("%s; this trajectory is computed again", oss_message());
  return OSS_OK;
}

oss_status oss_cache_read(const char *path, size_t point, size_t first, size_t count, size_t elements, float *out) {
  if (count == 0 || elements == 0) return OSS_OK;
  hid_t file, states;
  OSS_TRY(oss_h5_open(path, &file));
  oss_status status = oss_h5_find(file, path, "states", H5I_DATASET, &states);
  if (status == OSS_OK) {
    const hsize_t start[3] = {point, first, 0}, extent[3] = {1, count, elements};
    hsize_t dims[H5S_MAX_RANK];
    hid_t space = H5Dget_space(states);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, dims, NULL);
    oss_h5_close(space);
    if (rank != 3 || point >= dims[0] || dims[2] != elements || first > dims[1] || count > dims[1] - first) {
      status = oss_fail(OSS_ERR_INPUT, "%s: 'states' lacks samples %zu to %zu of point %zu with %zu elements", path, first,
                        first + count - 1, point, elements);
    } else {
      status = oss_fail_context(read_block(states, start, extent, out), "%s", path);
    }
    oss_h5_close(states);
  }
  oss_h5_close(file);
  return status;
}

struct oss_cache_writer {
  oss_writer *writer;
  char *path;
  size_t points, samples, elements;
  size_t done, point, count; /* whole blocks so far; of the block under way, the next point and the number of samples */
  XXH3_state_t **sums;       /* one a point */
};

static void free_writer(oss_cache_writer *w) {
  for (size_t p = 0; w->sums && p < w->points; p++) XXH3_freeState(w->sums[p]);
  free(w->sums);
  free(w->path);
  free(w);
}

void oss_cache_abort(oss_cache_writer *writer) {
  if (!writer) return;
  oss_writer_abort(writer->writer);
  free_writer(writer);
}

/* A text of fixed length lies in the checksummed header; HDF5 reads its heap of variable texts without any check, and can crash there. */
static oss_status write_description(oss_writer *writer, const char *description) {
  hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR), attribute = H5I_INVALID_HID;
  herr_t code = type < 0 || space < 0 || H5Tset_size(type, strlen(description) + 1) < 0 ? -1 : H5Tset_cset(type, H5T_CSET_UTF8);
  if (code >= 0) {
    attribute = H5Acreate_by_name(oss_writer_file(writer), "/", "description", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    code = attribute < 0 ? -1 : H5Awrite(attribute, type, description);
  }
  oss_status status = oss_writer_outcome(writer, "description", code);
  oss_h5_close(attribute);
  oss_h5_close(space);
  oss_h5_close(type);
  return status;
}

oss_status oss_cache_begin(const char *path, const char *description, size_t points, size_t samples, size_t elements,
                           oss_cache_writer **out) {
  *out = NULL;
  if (points == 0 || samples == 0 || elements == 0) return oss_fail(OSS_ERR_INTERNAL, "%s: an empty trajectory", path);
  if (samples > SIZE_MAX / 4 / points || elements > SIZE_MAX / 4 / points / samples)
    return oss_fail(OSS_ERR_MEMORY, "%s: a trajectory of %zu x %zu x %zu numbers is too large", path, points, samples, elements);
  oss_cache_writer *w = calloc(1, sizeof *w);
  if (!w) return oss_fail(OSS_ERR_MEMORY, "%s: no memory to write it", path);
  w->points = points;
  w->samples = samples;
  w->elements = elements;
  w->path = oss_strdup(path);
  w->sums = calloc(points, sizeof *w->sums);
  oss_status status = w->path && w->sums ? OSS_OK : OSS_ERR_MEMORY;
  for (size_t p = 0; p < points && status == OSS_OK; p++) {
    w->sums[p] = XXH3_createState();
    if (!w->sums[p] || XXH3_64bits_reset(w->sums[p]) != XXH_OK) status = OSS_ERR_MEMORY;
  }
  if (status != OSS_OK) {
    free_writer(w);
    return oss_fail(status, "%s: no memory to write it", path);
  }
  const oss_array shape = {.type = OSS_F32, .rank = 3, .dims = {points, samples, elements}};
  OSS_TRY_TO(fail, oss_writer_create(path, &w->writer));
  OSS_TRY_TO(fail, write_description(w->writer, description));
  OSS_TRY_TO(fail, oss_writer_int(w->writer, "/", "points", (int64_t)points));
  OSS_TRY_TO(fail, oss_writer_int(w->writer, "/", "samples", (int64_t)samples));
  OSS_TRY_TO(fail, oss_writer_int(w->writer, "/", "elements", (int64_t)elements));
  OSS_TRY_TO(fail, oss_writer_begin(w->writer, "states", &shape));
  *out = w;
  return OSS_OK;
fail:
  oss_cache_abort(w);
  return status;
}

static oss_status write_block(oss_writer *writer, const hsize_t start[3], const hsize_t extent[3], const float *states) {
  hid_t dataset = H5Dopen2(oss_writer_file(writer), "states", H5P_DEFAULT);
  hid_t space = dataset < 0 ? H5I_INVALID_HID : H5Dget_space(dataset), memory = H5Screate_simple(3, extent, NULL);
  herr_t code = space < 0 || memory < 0 ? -1 : H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL);
  if (code >= 0) code = H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, states);
  oss_status status = oss_writer_outcome(writer, "states", code);
  oss_h5_close(memory);
  oss_h5_close(space);
  code = oss_h5_close(dataset);
  return status == OSS_OK ? oss_writer_outcome(writer, "states", code) : status;
}

oss_status oss_cache_add(oss_cache_writer *writer, size_t point, size_t first, size_t count, const float *states) {
  oss_cache_writer *w = writer;
  if (count == 0 || point != w->point || first != w->done || count > w->samples - first || (point > 0 && count != w->count))
    return oss_fail(OSS_ERR_INTERNAL, "%s: samples %zu + %zu of point %zu added out of order", w->path, first, count, point);
  const hsize_t start[3] = {point, first, 0}, extent[3] = {1, count, w->elements};
  XXH3_64bits_update(w->sums[point], states, count * w->elements * sizeof *states);
  OSS_TRY(write_block(w->writer, start, extent, states));
  w->count = count;
  if (++w->point == w->points) {
    w->point = 0;
    w->done += count;
  }
  return OSS_OK;
}

oss_status oss_cache_finish(oss_cache_writer *writer) {
  oss_status status = OSS_OK;
  int64_t *sums = malloc(writer->points * sizeof *sums);
  if (!sums) {
    status = oss_fail(OSS_ERR_MEMORY, "%s: no memory to write it", writer->path);
  } else if (writer->done != writer->samples) {
    status = oss_fail(OSS_ERR_INTERNAL, "%s: %zu of %zu samples were added", writer->path, writer->done, writer->samples);
  } else {
    for (size_t p = 0; p < writer->points; p++) sums[p] = (int64_t)XXH3_64bits_digest(writer->sums[p]);
    const oss_array array = {.type = OSS_I64, .rank = 1, .dims = {writer->points}, .data = sums};
    status = oss_writer_array(writer->writer, "checksum", &array);
  }
  free(sums);
  if (status != OSS_OK) {
    oss_cache_abort(writer);
    return status;
  }
  status = oss_writer_finish(writer->writer);
  free_writer(writer);
  return status;
}
