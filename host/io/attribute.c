// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Attributes of any file and lists of names. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/core/text.h"
#include "host/io/h5.h"
#include "host/io/reader.h"

void oss_h5_attribute_free(oss_h5_attribute *attribute) {
  if (!attribute) return;
  free(attribute->name);
  free(attribute->text);
  *attribute = (oss_h5_attribute){0};
}

/* A text of fixed length may lack the NUL and may be padded with blanks. */
static char *fixed_text(hid_t attribute, hid_t type, size_t bytes) {
  char *text = calloc(bytes + 1, 1);
  if (!text) return NULL;
  if (H5Aread(attribute, type, text) < 0) {
    free(text);
    return NULL;
  }
  if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) {
    for (size_t n = bytes; n > 0 && text[n - 1] == ' '; n--) text[n - 1] = '\0';
  }
  return text;
}

static char *variable_text(hid_t attribute, hid_t type) {
  hid_t memory = H5Tcopy(type); /* keeps the file's character set: HDF5 refuses to convert between sets */
  char *read = NULL, *text = NULL;
  if (memory >= 0 && H5Aread(attribute, memory, &read) >= 0) {
    text = oss_strdup(read ? read : "");
    (void)H5free_memory(read);
  }
  oss_h5_close(memory);
  return text;
}

static oss_status read_value(hid_t attribute, hid_t type, oss_h5_attribute *out) {
  H5T_class_t class = H5Tget_class(type);
  herr_t code = 0;
  if (class == H5T_STRING) {
    out->text = H5Tis_variable_str(type) > 0 ? variable_text(attribute, type) : fixed_text(attribute, type, H5Tget_size(type));
    if (!out->text) return oss_h5_fail(OSS_ERR_INPUT, "attribute '%s' cannot be read", out->name);
    out->kind = OSS_H5_TEXT;
  } else if (class == H5T_INTEGER || class == H5T_ENUM) {
    code = H5Aread(attribute, H5T_NATIVE_INT64, &out->integer);
    out->kind = OSS_H5_INT;
    out->real = (double)out->integer;
  } else if (class == H5T_FLOAT) {
    code = H5Aread(attribute, H5T_NATIVE_DOUBLE, &out->real);
    out->kind = OSS_H5_REAL;
  }
  return code < 0 ? oss_h5_fail(OSS_ERR_INPUT, "attribute '%s' cannot be read", out->name) : OSS_OK;
}

oss_status oss_h5_attribute_read(hid_t object, const char *name, oss_h5_attribute *out) {
  *out = (oss_h5_attribute){0};
  if (H5Aexists(object, name) <= 0) return OSS_OK;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) return oss_h5_fail(OSS_ERR_INPUT, "attribute '%s' cannot be opened", name);
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  oss_status status = OSS_OK;
  out->kind = OSS_H5_OTHER;
  out->name = oss_strdup(name);
  if (!out->name) {
    status = oss_fail(OSS_ERR_MEMORY, "no memory for attribute '%s'", name);
  } else if (H5Sget_simple_extent_npoints(space) == 1) {
    status = read_value(attribute, type, out);
  }
  oss_h5_close(type);
  oss_h5_close(space);
  oss_h5_close(attribute);
  if (status != OSS_OK) oss_h5_attribute_free(out);
  return status;
}

void oss_h5_names_add(oss_h5_names *names, const char *name) {
  if (names->failed) return;
  if (names->count == names->capacity) {
    size_t capacity = names->capacity ? 2 * names->capacity : 16;
    char **at = realloc(names->at, capacity * sizeof *at);
    if (!at) {
      names->failed = 1;
      return;
    }
    names->at = at;
    names->capacity = capacity;
  }
  char *copy = oss_strdup(name);
  if (!copy) {
    names->failed = 1;
    return;
  }
  names->at[names->count++] = copy;
}

void oss_h5_names_free(oss_h5_names *names) {
  if (!names) return;
  for (size_t i = 0; i < names->count; i++) free(names->at[i]);
  free(names->at);
  *names = (oss_h5_names){0};
}

static herr_t add_attribute(hid_t object, const char *name, const H5A_info_t *info, void *data) {
  (void)object, (void)info;
  oss_h5_names_add(data, name);
  return 0;
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
  (void)group, (void)info;
  oss_h5_names_add(data, name);
  return 0;
}

static oss_status names_done(oss_h5_names *names, herr_t code, const char *what) {
  oss_status status = OSS_OK;
  if (code < 0) status = oss_h5_fail(OSS_ERR_INPUT, "%s cannot be listed", what);
  if (names->failed) status = oss_fail(OSS_ERR_MEMORY, "no memory for a list of names");
  if (status != OSS_OK) oss_h5_names_free(names);
  return status;
}

/* Whether the order of creation was kept for the attributes, or the links, of an object. */
static int keeps_order(hid_t object, int attributes) {
  unsigned flags = 0;
  H5I_type_t type = H5Iget_type(object);
  hid_t list = type == H5I_GROUP ? H5Gget_create_plist(object) : type == H5I_DATASET ? H5Dget_create_plist(object) : H5I_INVALID_HID;
  if (list < 0) return 0;
  herr_t code = attributes ? H5Pget_attr_creation_order(list, &flags) : H5Pget_link_creation_order(list, &flags);
  oss_h5_close(list);
  return code >= 0 && (flags & H5P_CRT_ORDER_INDEXED) != 0;
}

oss_status oss_h5_attribute_names(hid_t object, oss_h5_names *out) {
  *out = (oss_h5_names){0};
  H5_index_t index = keeps_order(object, 1) ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  herr_t code = H5Aiterate2(object, index, H5_ITER_INC, NULL, add_attribute, out);
  return names_done(out, code, "attributes");
}

oss_status oss_h5_children(hid_t group, oss_h5_names *out) {
  *out = (oss_h5_names){0};
  H5_index_t index = keeps_order(group, 0) ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  herr_t code = H5Literate(group, index, H5_ITER_INC, NULL, add_link, out);
  return names_done(out, code, "a group");
}

typedef struct wanted_attribute {
  const char *name;
  oss_h5_attribute *out;
} wanted_attribute;

static oss_status read_wanted(hid_t object, void *context) {
  const wanted_attribute *wanted = context;
  return oss_h5_attribute_read(object, wanted->name, wanted->out);
}

/* The attribute of an object in a file; kind NONE where the object or the attribute is missing. */
static oss_status find_attribute(const char *path, const char *object, const char *name, oss_h5_attribute *out) {
  wanted_attribute wanted = {.name = name, .out = out};
  *out = (oss_h5_attribute){0};
  return oss_h5_with(path, object, H5I_BADID, read_wanted, &wanted);
}

oss_status oss_io_attribute_real(const char *path, const char *object, const char *name, double fallback, double *out) {
  oss_h5_attribute attribute;
  *out = fallback;
  OSS_TRY(find_attribute(path, object, name, &attribute));
  oss_status status = OSS_OK;
  if (attribute.kind == OSS_H5_TEXT || attribute.kind == OSS_H5_OTHER) {
    status = oss_fail(OSS_ERR_INPUT, "%s: attribute '%s' of '%s' is %s, where one number is expected", path, name, object,
                      attribute.kind == OSS_H5_TEXT ? "text" : "not a single number");
  } else if (attribute.kind != OSS_H5_NONE && !isfinite(attribute.real)) {
    status = oss_fail(OSS_ERR_INPUT, "%s: attribute '%s' of '%s' is %s", path, name, object, isnan(attribute.real) ? "NaN" : "infinite");
  } else if (attribute.kind != OSS_H5_NONE) {
    *out = attribute.real;
  }
  oss_h5_attribute_free(&attribute);
  return status;
}

oss_status oss_io_attribute_text(const char *path, const char *object, const char *name, char **out) {
  oss_h5_attribute attribute;
  *out = NULL;
  OSS_TRY(find_attribute(path, object, name, &attribute));
  oss_status status = OSS_OK;
  if (attribute.kind == OSS_H5_TEXT) {
    *out = attribute.text;
    attribute.text = NULL;
  } else if (attribute.kind != OSS_H5_NONE) {
    status = oss_fail(OSS_ERR_INPUT, "%s: attribute '%s' of '%s' is not text", path, name, object);
  }
  oss_h5_attribute_free(&attribute);
  return status;
}
