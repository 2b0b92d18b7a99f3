// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "host/io/list.h"

#include <stdlib.h>

#include "host/io/h5.h"

void oss_io_attributes_free(oss_io_attribute *attributes, size_t count) {
  for (size_t i = 0; attributes && i < count; i++) {
    free(attributes[i].name);
    free(attributes[i].text);
  }
  free(attributes);
}

void oss_io_names_free(char **names, size_t count) {
  for (size_t i = 0; names && i < count; i++) free(names[i]);
  free(names);
}

/* Takes the value over, if it is of a kind to keep. */
static void keep(oss_h5_attribute *from, oss_io_attribute *list, size_t *count) {
  if (from->kind == OSS_H5_TEXT || from->kind == OSS_H5_INT || from->kind == OSS_H5_REAL) {
    list[(*count)++] = (oss_io_attribute){
        .name = from->name, .text = from->text, .whole = from->kind == OSS_H5_INT, .integer = from->integer, .real = from->real};
    from->name = from->text = NULL;
  }
  oss_h5_attribute_free(from);
}

static oss_status read_all(hid_t object, oss_io_attribute **out, size_t *count) {
  oss_h5_names names;
  OSS_TRY(oss_h5_attribute_names(object, &names));
  oss_status status = OSS_OK;
  *out = calloc(names.count + 1, sizeof **out);
  if (!*out) status = oss_fail(OSS_ERR_MEMORY, "no memory for %zu attributes", names.count);
  for (size_t i = 0; status == OSS_OK && i < names.count; i++) {
    oss_h5_attribute attribute;
    status = oss_h5_attribute_read(object, names.at[i], &attribute);
    if (status == OSS_OK) keep(&attribute, *out, count);
  }
  oss_h5_names_free(&names);
  return status;
}

oss_status oss_io_attributes(const char *path, const char *object, oss_io_attribute **out, size_t *count) {
  hid_t file, id;
  *out = NULL;
  *count = 0;
  OSS_TRY(oss_h5_open(path, &file));
  oss_status status = OSS_OK;
  if (oss_h5_exists(file, object)) {
    status = oss_h5_find(file, path, object, H5I_BADID, &id);
    if (status == OSS_OK) {
      status = oss_fail_context(read_all(id, out, count), "%s: '%s'", path, object);
      oss_h5_close(id);
    }
  }
  oss_h5_close(file);
  if (status != OSS_OK) {
    oss_io_attributes_free(*out, *count);
    *out = NULL;
    *count = 0;
  }
  return status;
}

oss_status oss_io_children(const char *path, const char *group, char ***out, size_t *count) {
  hid_t file, id;
  oss_h5_names names = {0};
  OSS_TRY(oss_h5_open(path, &file));
  oss_status status = OSS_OK;
  if (oss_h5_exists(file, group)) {
    status = oss_h5_find(file, path, group, H5I_GROUP, &id);
    if (status == OSS_OK) {
      status = oss_fail_context(oss_h5_children(id, &names), "%s: '%s'", path, group);
      oss_h5_close(id);
    }
  }
  oss_h5_close(file);
  *out = names.at; /* empty after a failure */
  *count = names.count;
  return status;
}
