// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/text.h"
#include "host/io/disk.h"
#include "host/io/h5.h"
#include "host/io/place.h"

/* Arrays from this size on are compressed, in chunks of about this many bytes. */
enum { COMPRESS_FROM = 1 << 14, CHUNK_BYTES = 1 << 20 };

/* More attributes than any object has: kept in its header, without the indexes of HDF5's dense storage. */
enum { ATTRIBUTES_IN_HEADER = 256, ATTRIBUTES_DENSE = 255 };

struct oss_writer {
  oss_place place;
  oss_disk *disk;
  hid_t driver, file, links, groups; /* links: makes missing groups */
  int failed, sealed;
};

hid_t oss_writer_file(oss_writer *writer) {
  return writer->file;
}

oss_status oss_writer_fail(oss_writer *writer, const char *object) {
  writer->failed = 1;
  if (writer->disk->error) return oss_place_fail(&writer->place, "cannot be written", writer->disk->error);
  return oss_h5_fail(OSS_ERR_INTERNAL, "%s: cannot write '%s'", writer->place.path, object);
}

/* What an operation returns: HDF5 itself sees no failure of the disk. */
oss_status oss_writer_outcome(oss_writer *writer, const char *object, herr_t code) {
  return code < 0 || writer->disk->error ? oss_writer_fail(writer, object) : OSS_OK;
}

/* Closes the file: 0, an errno, or -1 where HDF5 refuses. It then keeps what belongs to the file, the driver's memory too; the descriptor
 * is ours to close in any case. Leaves the kept message alone. */
static int close_file(oss_writer *w) {
  oss_h5_close(w->groups);
  oss_h5_close(w->links);
  int stuck = w->file >= 0 && H5Fclose(w->file) < 0;
  int code = w->disk->error ? w->disk->error : stuck ? -1 : 0;
  if (w->driver >= 0) (void)H5FDunregister(w->driver);
  if (stuck) {
    *w->disk = (oss_disk){.fd = -1, .error = code};
  } else {
    free(w->disk);
  }
  w->disk = NULL;
  return code;
}

static oss_status open_file(oss_writer *w) {
  hid_t creation = H5Pcreate(H5P_FILE_CREATE), access_list = oss_disk_access_list(w->disk, &w->driver);
  const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  w->links = H5Pcreate(H5P_LINK_CREATE);
  w->groups = H5Pcreate(H5P_GROUP_CREATE);
  herr_t code = creation < 0 || access_list < 0 || w->links < 0 || w->groups < 0 ? -1 : 0;
  if (code >= 0) code = H5Pset_create_intermediate_group(w->links, 1);
  if (code >= 0) code = H5Pset_attr_creation_order(w->groups, order);
  if (code >= 0) code = H5Pset_link_creation_order(w->groups, order);
  if (code >= 0) code = H5Pset_attr_phase_change(w->groups, ATTRIBUTES_IN_HEADER, ATTRIBUTES_DENSE);
  if (code >= 0) code = H5Pset_attr_creation_order(creation, order);
  if (code >= 0) code = H5Pset_attr_phase_change(creation, ATTRIBUTES_IN_HEADER, ATTRIBUTES_DENSE);
  if (code >= 0 && w->sealed) code = H5Pset_userblock(creation, OSS_SEAL_BYTES);
  if (code >= 0) w->file = H5Fcreate(w->place.temporary, H5F_ACC_TRUNC, creation, access_list);
  oss_status status = oss_writer_outcome(w, "/", w->file < 0 ? -1 : 0);
  oss_h5_close(creation);
  oss_h5_close(access_list);
  return status;
}

static oss_status create(const char *path, int sealed, oss_writer **out) {
  *out = NULL;
  oss_writer *w = calloc(1, sizeof *w);
  if (w) w->disk = calloc(1, sizeof *w->disk);
  if (!w || !w->disk) {
    free(w);
    return oss_fail(OSS_ERR_MEMORY, "%s: no memory to write it", path);
  }
  w->driver = w->file = w->links = w->groups = H5I_INVALID_HID;
  w->sealed = sealed;
  oss_status status = oss_place_open(path, &w->place);
  if (status != OSS_OK) {
    free(w->disk);
    free(w);
    return status;
  }
  w->disk->fd = w->place.fd;
  status = open_file(w);
  if (status != OSS_OK) {
    oss_writer_abort(w);
    return status;
  }
  *out = w;
  return OSS_OK;
}

oss_status oss_writer_create(const char *path, oss_writer **out) {
  return create(path, 0, out);
}

oss_status oss_writer_create_sealed(const char *path, oss_writer **out) {
  return create(path, 1, out);
}

oss_status oss_writer_group(oss_writer *writer, const char *object) {
  if (oss_h5_exists(writer->file, object)) return OSS_OK;
  hid_t group = H5Gcreate2(writer->file, object, writer->links, writer->groups, H5P_DEFAULT);
  oss_status status = oss_writer_outcome(writer, object, group < 0 ? -1 : 0);
  oss_h5_close(group);
  return status;
}

/* Sets an attribute, a list where count is not 0, replacing one of the same name. */
static oss_status set_attribute(oss_writer *w, const char *object, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                                const void *value) {
  OSS_TRY(oss_writer_group(w, object));
  hid_t target = H5Oopen(w->file, object, H5P_DEFAULT), space = H5I_INVALID_HID, attribute = H5I_INVALID_HID;
  herr_t code = target < 0 ? -1 : 0;
  if (code >= 0 && H5Aexists(target, name) > 0) code = H5Adelete(target, name);
  if (code >= 0) {
    space = count > 0 ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    attribute = H5Acreate2(target, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    code = attribute < 0 ? -1 : H5Awrite(attribute, memory_type, value);
  }
  oss_status status = oss_writer_outcome(w, name, code);
  if (oss_h5_close(attribute) < 0 && status == OSS_OK) status = oss_writer_fail(w, name);
  oss_h5_close(space);
  if (oss_h5_close(target) < 0 && status == OSS_OK) status = oss_writer_fail(w, object);
  return status;
}

oss_status oss_writer_text(oss_writer *writer, const char *object, const char *name, const char *text) {
  hid_t type = oss_h5_text_type();
  if (type < 0) return oss_writer_fail(writer, name);
  oss_status status = set_attribute(writer, object, name, type, type, 0, &text);
  oss_h5_close(type);
  return status;
}

oss_status oss_writer_int(oss_writer *writer, const char *object, const char *name, int64_t value) {
  return set_attribute(writer, object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &value);
}

oss_status oss_writer_real(oss_writer *writer, const char *object, const char *name, double value) {
  return set_attribute(writer, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &value);
}

oss_status oss_writer_reals(oss_writer *writer, const char *object, const char *name, size_t count, const double *values) {
  return set_attribute(writer, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, count, values);
}

/* Whole trailing dimensions and as much of the next as fits. */
static herr_t set_chunks(hid_t list, const oss_array *array, const hsize_t *dims) {
  hsize_t chunk[OSS_MAX_RANK], limit = CHUNK_BYTES / oss_type_bytes(array->type);
  for (int d = array->rank - 1; d >= 0; d--) {
    chunk[d] = dims[d] < limit ? dims[d] : limit;
    limit = limit > chunk[d] ? limit / chunk[d] : 1;
  }
  if (H5Pset_chunk(list, array->rank, chunk) < 0 || H5Pset_shuffle(list) < 0) return -1;
  return H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0 ? H5Pset_deflate(list, 1) : 0;
}

/* Creates a dataset of the array's shape. */
static oss_status create_dataset(oss_writer *w, const char *object, const oss_array *array, int in_blocks, hid_t *out) {
  hsize_t dims[OSS_MAX_RANK];
  for (int d = 0; d < array->rank; d++) dims[d] = array->dims[d];
  *out = H5I_INVALID_HID;
  hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(array->rank, dims, NULL);
  herr_t code = list < 0 || space < 0 ? -1 : H5Pset_attr_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  if (code >= 0) code = H5Pset_attr_phase_change(list, ATTRIBUTES_IN_HEADER, ATTRIBUTES_DENSE);
  size_t count = oss_array_count(array);
  if (code >= 0 && in_blocks) {
    code = H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
    if (code >= 0) code = H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
  } else if (code >= 0 && array->rank > 0 && count * oss_type_bytes(array->type) >= COMPRESS_FROM) {
    code = set_chunks(list, array, dims);
  }
  if (code >= 0) *out = H5Dcreate2(w->file, object, oss_h5_file_type(array->type), space, w->links, list, H5P_DEFAULT);
  oss_status status = *out < 0 ? oss_writer_fail(w, object) : OSS_OK;
  oss_h5_close(space);
  oss_h5_close(list);
  return status;
}

/* Closing a dataset writes the chunks still in memory. */
static oss_status close_dataset(oss_writer *w, const char *object, hid_t dataset, oss_status status) {
  herr_t code = oss_h5_close(dataset);
  return status == OSS_OK ? oss_writer_outcome(w, object, code) : status;
}

static int is_plain(const oss_array *array) {
  return array->rank >= 0 && array->rank <= OSS_MAX_RANK && oss_type_bytes(array->type) > 0;
}

oss_status oss_writer_array(oss_writer *writer, const char *object, const oss_array *array) {
  if (!is_plain(array) || (!array->data && oss_array_count(array) > 0)) {
    writer->failed = 1;
    return oss_fail(OSS_ERR_INTERNAL, "%s: '%s' is no array to write", writer->place.path, object);
  }
  hid_t dataset;
  OSS_TRY(create_dataset(writer, object, array, 0, &dataset));
  herr_t code = 0;
  if (oss_array_count(array) > 0) code = H5Dwrite(dataset, oss_h5_memory_type(array->type), H5S_ALL, H5S_ALL, H5P_DEFAULT, array->data);
  return close_dataset(writer, object, dataset, oss_writer_outcome(writer, object, code));
}

oss_status oss_writer_begin(oss_writer *writer, const char *object, const oss_array *shape) {
  if (!is_plain(shape)) {
    writer->failed = 1;
    return oss_fail(OSS_ERR_INTERNAL, "%s: '%s' has no shape to write", writer->place.path, object);
  }
  hid_t dataset;
  OSS_TRY(create_dataset(writer, object, shape, 1, &dataset));
  return close_dataset(writer, object, dataset, oss_writer_outcome(writer, object, 0));
}

/* Whether the block lies inside the dataset and differs from it along dim alone. */
static int block_fits(hid_t space, int dim, size_t first, const oss_array *block) {
  hsize_t dims[H5S_MAX_RANK];
  int rank = H5Sget_simple_extent_dims(space, dims, NULL);
  if (!is_plain(block) || rank != block->rank || rank > OSS_MAX_RANK || dim < 0 || dim >= rank) return 0;
  for (int d = 0; d < rank; d++) {
    if (d != dim && block->dims[d] != dims[d]) return 0;
  }
  return first <= dims[dim] && block->dims[dim] <= dims[dim] - first;
}

oss_status oss_writer_block(oss_writer *writer, const char *object, int dim, size_t first, const oss_array *block) {
  hid_t dataset = H5Dopen2(writer->file, object, H5P_DEFAULT), memory = H5I_INVALID_HID;
  hid_t space = dataset < 0 ? H5I_INVALID_HID : H5Dget_space(dataset);
  oss_status status = oss_writer_outcome(writer, object, space < 0 ? -1 : 0);
  if (status == OSS_OK && !block_fits(space, dim, first, block)) {
    writer->failed = 1;
    status = oss_fail(OSS_ERR_INTERNAL, "%s: a block at %zu does not fit into '%s'", writer->place.path, first, object);
  }
  if (status == OSS_OK && oss_array_count(block) > 0) {
    hsize_t start[OSS_MAX_RANK] = {0}, extent[OSS_MAX_RANK];
    for (int d = 0; d < block->rank; d++) extent[d] = block->dims[d];
    start[dim] = first;
    memory = H5Screate_simple(block->rank, extent, NULL);
    herr_t code = memory < 0 ? -1 : H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, extent, NULL);
    if (code >= 0) code = H5Dwrite(dataset, oss_h5_memory_type(block->type), memory, space, H5P_DEFAULT, block->data);
    status = oss_writer_outcome(writer, object, code);
  }
  oss_h5_close(memory);
  oss_h5_close(space);
  return close_dataset(writer, object, dataset, status);
}

oss_status oss_writer_copy(oss_writer *writer, const char *source_path, const char *source_object, const char *object) {
  hid_t source, found;
  OSS_TRY(oss_h5_open(source_path, &source));
  oss_status status = oss_h5_find(source, source_path, source_object, H5I_BADID, &found);
  if (status == OSS_OK) {
    oss_h5_close(found);
    herr_t code = H5Ocopy(source, source_object, writer->file, object, H5P_DEFAULT, writer->links);
    if (writer->disk->error) {
      status = oss_writer_fail(writer, object);
    } else if (code < 0) {
      writer->failed = 1;
      status = oss_h5_fail(OSS_ERR_INPUT, "%s: '%s' cannot be copied to %s", source_path, source_object, writer->place.path);
    }
  }
  oss_h5_close(source);
  return status;
}

oss_status oss_writer_finish(oss_writer *writer) {
  if (!writer) return OSS_OK;
  oss_status status = OSS_OK;
  if (writer->disk->error) {
    status = oss_writer_fail(writer, "/");
  } else if (writer->failed) {
    status = oss_fail(OSS_ERR_INTERNAL, "%s: not written, since an earlier part of it could not be", writer->place.path);
  }
  if (status != OSS_OK) {
    oss_writer_abort(writer);
    return status;
  }
  int code = close_file(writer);
  if (code) status = oss_place_fail(&writer->place, "cannot be written", code);
  if (status == OSS_OK && writer->sealed) status = oss_place_seal(&writer->place);
  if (status == OSS_OK) {
    status = oss_place_keep(&writer->place);
  } else {
    oss_place_drop(&writer->place);
  }
  free(writer);
  return status;
}

void oss_writer_abort(oss_writer *writer) {
  if (!writer) return;
  (void)close_file(writer);
  oss_place_drop(&writer->place);
  free(writer);
}
