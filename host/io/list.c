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

typedef struct attribute_list {
  oss_io_attribute *at;
  size_t count;
} attribute_list;

static oss_status read_all(hid_t object, void *context) {
  attribute_list *list = context;
  oss_h5_names names;
  OSS_TRY(oss_h5_attribute_names(object, &names));
  oss_status status = OSS_OK;
  list->at = calloc(names.count + 1, sizeof *list->at);
  if (!list->at) status = oss_fail(OSS_ERR_MEMORY, "no memory for %zu attributes", names.count);
  for (size_t i = 0; status == OSS_OK && i < names.count; i++) {
    oss_h5_attribute attribute;
    status = oss_h5_attribute_read(object, names.at[i], &attribute);
    if (status == OSS_OK) keep(&attribute, list->at, &list->count);
  }
  oss_h5_names_free(&names);
  return status;
}

oss_status oss_io_attributes(const char *path, const char *object, oss_io_attribute **out, size_t *count) {
  attribute_list list = {0};
  oss_status status = oss_h5_with(path, object, H5I_BADID, read_all, &list);
  if (status != OSS_OK) {
    oss_io_attributes_free(list.at, list.count);
    list = (attribute_list){0};
  }
  *out = list.at;
  *count = list.count;
  return status;
}

static oss_status read_children(hid_t group, void *context) {
  return oss_h5_children(group, context);
}

oss_status oss_io_children(const char *path, const char *group, char ***out, size_t *count) {
  oss_h5_names names = {0};
  oss_status status = oss_h5_with(path, group, H5I_GROUP, read_children, &names);
  *out = names.at; /* empty after a failure */
  *count = names.count;
  return status;
}
