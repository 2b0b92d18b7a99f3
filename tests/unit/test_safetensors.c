// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* The reader of weights: every type, and every way in which a file can be wrong. */
#include <float.h>
#include <math.h>

#include "host/io/safetensors.h"
#include "tests/unit/io_folder.h"

/* Writes length, header and data as a file; length NULL: the header's own. */
static void write_tensors(const char *path, const uint64_t *length, const char *header, const void *data, size_t bytes) {
  uint64_t size = length ? *length : strlen(header);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  for (int i = 0; i < 8; i++) assert_int_not_equal(fputc((int)(size >> (8 * i) & 0xFF), file), EOF);
  assert_int_equal(fwrite(header, 1, strlen(header), file), strlen(header));
  if (bytes > 0) assert_int_equal(fwrite(data, 1, bytes, file), bytes);
  assert_int_equal(fclose(file), 0);
}

static oss_safetensors *open_written(void **state, const char *header, const void *data, size_t bytes) {
  char path[PATH_BYTES];
  oss_safetensors *file;
  write_tensors(in_folder(state, "w.safetensors", path), NULL, header, data, bytes);
  ASSERT_OK(oss_safetensors_open(path, &file));
  return file;
}

static void reads_names_shapes_and_values(void **state) {
  const float data[] = {1.5f, -2, 0, 0x1p-149f, FLT_MAX, -0.0f, 7};
  oss_safetensors *file =
      open_written(state,
                   "{\"__metadata__\": {\"format\": \"pt\", \"class\": \"DiT\", \"caf\\u00e9\\n\": \"\\ud83d\\ude00 \\\"\\\\\\/\"},"
                   "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[4,28]},"
                   "\"none\":{\"dtype\":\"F64\",\"shape\":[0,9223372036854775807,8],\"data_offsets\":[4,4]},"
                   "\"a\" : {\"data_offsets\" : [0 , 4], \"shape\" : [ ], \"dtype\" : \"F32\"}}   ",
                   (const float[]){data[6], data[0], data[1], data[2], data[3], data[4], data[5]}, 28);
  assert_int_equal(oss_safetensors_count(file), 3);
  const oss_tensor_info *a = oss_safetensors_find(file, "a"), *b = oss_safetensors_find(file, "b.weight");
  const oss_tensor_info *none = oss_safetensors_find(file, "none");
  assert_true(a && b && none && !oss_safetensors_find(file, "b") && !oss_safetensors_find(file, ""));
  assert_true(oss_safetensors_at(file, 0) == a && oss_safetensors_at(file, 1) == none && oss_safetensors_at(file, 2) == b);
  assert_true(a->rank == 0 && a->elements == 1 && b->rank == 2 && b->dims[0] == 2 && b->dims[1] == 3 && b->elements == 6);
  assert_true(none->elements == 0 && none->rank == 3 && none->dims[1] == (size_t)INT64_MAX && none->dtype == OSS_DTYPE_F64);
  float out[7] = {9, 9, 9, 9, 9, 9, 9};
  char shape[OSS_TENSOR_SHAPE_BYTES];
  ASSERT_OK(oss_safetensors_read(file, none, out));
  assert_true(out[0] == 9);
  ASSERT_OK(oss_safetensors_read(file, b, out));
  assert_memory_equal(out, data, 6 * sizeof *out);
  assert_true(out[6] == 9);
  ASSERT_OK(oss_safetensors_read(file, a, out + 6));
  assert_true(out[6] == 7);
  assert_string_equal(oss_tensor_shape_text(b, shape), "[2, 3]");
  assert_string_equal(oss_tensor_shape_text(a, shape), "[]");
  assert_string_equal(oss_dtype_name(b->dtype), "F32");
  assert_string_equal(oss_safetensors_metadata(file, "class"), "DiT");
  assert_string_equal(oss_safetensors_metadata(file, "caf\xC3\xA9\n"), "\xF0\x9F\x98\x80 \"\\/");
  assert_null(oss_safetensors_metadata(file, "clas"));
  assert_int_equal(oss_safetensors_metadata_count(file), 3);
  const char *key, *value;
  oss_safetensors_metadata_at(file, 2, &key, &value);
  assert_string_equal(key, "format");
  assert_string_equal(value, "pt");
  oss_safetensors_close(file);
  oss_safetensors_close(NULL);
  file = open_written(state, "{}", NULL, 0);
  assert_true(oss_safetensors_count(file) == 0 && oss_safetensors_metadata_count(file) == 0 && !oss_safetensors_find(file, "a"));
  oss_safetensors_close(file);
}

/* One tensor "x" of a type, read. bytes: of its data. */
static oss_status read_as(void **state, const char *dtype, size_t elements, const void *data, size_t bytes, float *out) {
  char header[256];
  snprintf(header, sizeof header, "{\"x\":{\"dtype\":\"%s\",\"shape\":[1,%zu],\"data_offsets\":[0,%zu]}}", dtype, elements, bytes);
  oss_safetensors *file = open_written(state, header, data, bytes); /* the data begins at an odd place for most */
  oss_status status = oss_safetensors_read(file, oss_safetensors_at(file, 0), out);
  oss_safetensors_close(file);
  return status;
}

static void converts_every_type(void **state) {
  float out[8];
  static const unsigned char u8[] = {0, 1, 255};
  ASSERT_OK(read_as(state, "U8", 3, u8, sizeof u8, out));
  assert_true(out[0] == 0 && out[1] == 1 && out[2] == 255);
  ASSERT_OK(read_as(state, "BOOL", 2, u8, 2, out));
  assert_true(out[0] == 0 && out[1] == 1);
  ASSERT_OK(read_as(state, "I8", 3, u8, sizeof u8, out));
  assert_true(out[2] == -1);
  ASSERT_OK(read_as(state, "U16", 2, (const uint16_t[]){65535, 256}, 4, out));
  assert_true(out[0] == 65535 && out[1] == 256);
  ASSERT_OK(read_as(state, "I16", 2, (const int16_t[]){-32768, 32767}, 4, out));
  assert_true(out[0] == -32768 && out[1] == 32767);
  ASSERT_OK(read_as(state, "U32", 2, (const uint32_t[]){16777216, 0xFFFFFF00}, 8, out));
  assert_true(out[0] == 16777216 && out[1] == 4294967040.f);
  ASSERT_OK(read_as(state, "I32", 3, (const int32_t[]){INT32_MIN, -16777215, 33554436}, 12, out));
  assert_true(out[0] == -0x1p31f && out[1] == -16777215 && out[2] == 33554436);
  ASSERT_OK(read_as(state, "I64", 3, (const int64_t[]){INT64_MIN, (int64_t)1 << 62, -5}, 24, out));
  assert_true(out[0] == -0x1p63f && out[1] == 0x1p62f && out[2] == -5);
  ASSERT_OK(read_as(state, "U64", 1, (const uint64_t[]){(uint64_t)1 << 63}, 8, out));
  assert_true(out[0] == 0x1p63f);
  ASSERT_OK(read_as(state, "F64", 4, (const double[]){0.1, -0x1.fffffefffffffp127, 1e-300, 0x1p-150}, 32, out));
  assert_true(out[0] == 0.1f && out[1] == -FLT_MAX && out[2] == 0 && out[3] == 0);
  ASSERT_OK(read_as(state, "F16", 7, (const uint16_t[]){0x3C00, 0xC000, 0x7BFF, 0x0001, 0x8001, 0x0400, 0x8000}, 14, out));
  assert_true(out[0] == 1 && out[1] == -2 && out[2] == 65504 && out[3] == 0x1p-24f && out[4] == -0x1p-24f && out[5] == 0x1p-14f);
  assert_true(out[6] == 0 && signbit(out[6]));
  ASSERT_OK(read_as(state, "BF16", 3, (const uint16_t[]){0x3F80, 0xC049, 0x0001}, 6, out));
  assert_true(out[0] == 1 && out[1] == -3.140625f && out[2] == 0x1p-133f);
}

static void refuses_values_that_float32_has_not(void **state) {
  float out[4];
  ASSERT_FAILS(OSS_ERR_INPUT, "w.safetensors: tensor 'x' holds NaN at [0, 2]",
               read_as(state, "F32", 3, (const float[]){1, 2, (float)NAN}, 12, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds infinity at [0, 1]", read_as(state, "F32", 2, (const float[]){1, -INFINITY}, 8, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds NaN at [0, 0]", read_as(state, "F64", 1, (const double[]){(double)NAN}, 8, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds infinity", read_as(state, "F64", 1, (const double[]){INFINITY}, 8, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds 1e+39, which is beyond float32, at [0, 1]",
               read_as(state, "F64", 2, (const double[]){0, 1e39}, 16, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "which is beyond float32", read_as(state, "F64", 1, (const double[]){-0x1.ffffffp127}, 8, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds infinity", read_as(state, "F16", 1, (const uint16_t[]){0xFC00}, 2, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds NaN", read_as(state, "F16", 1, (const uint16_t[]){0x7C01}, 2, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds NaN", read_as(state, "BF16", 1, (const uint16_t[]){0x7F81}, 2, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds 2, where 0 or 1 is expected, at [0, 0]", read_as(state, "BOOL", 1, "\2", 1, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds 16777217, which float32 does not hold exactly, at [0, 1]",
               read_as(state, "I32", 2, (const int32_t[]){1, 16777217}, 8, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds 9223372036854775807, which", read_as(state, "I64", 1, (const int64_t[]){INT64_MAX}, 8, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds -9223372036854775807, which", read_as(state, "I64", 1, (const int64_t[]){-INT64_MAX}, 8, out));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds 18446744073709551615, which", read_as(state, "U64", 1, (const uint64_t[]){UINT64_MAX}, 8, out));
}

#define X(dtype, shape, offsets) "\"x\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define Y(shape, offsets) "\"y\":{\"dtype\":\"U8\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void refuses_wrong_headers(void **state) {
  static const struct {
    const char *header, *words;
  } cases[] = {
      /* eight bytes of data follow */
      {"[]", "does not begin with '{'"},
      {" {}", "does not begin with '{'"},
      {"{", "expected a key in quotes, found the end at byte 1"},
      {"{}", "its last 8 bytes belong to no tensor"},
      {"{}x", "expected the end, found 'x' at byte 2"},
      {"{" X("F32", "[2]", "[0,8]") ",}", "expected a key in quotes, found '}'"},
      {"{,}", "expected a key in quotes, found ','"},
      {"{" X("F32", "[2]", "[0,8]") " " Y("[0]", "[8,8]") "}", "expected ',' or '}', found '\"'"},
      {"{'x':1}", "expected a key in quotes, found '''"},
      {"{\"x\" 1}", "expected ':', found '1'"},
      {"{\"x\":1}", "w.safetensors: tensor 'x': expected '{', found '1' at byte 5"},
      {"{\"x\":{}}", "tensor 'x': 'dtype' is missing"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}", "tensor 'x': 'data_offsets' is missing"},
      {"{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "tensor 'x': 'shape' is missing"},
      {"{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "tensor 'x': 'dtype' a second time"},
      {"{\"x\":{\"shape\":[2],\"shape\":[2]}}", "'shape' a second time"},
      {"{\"x\":{\"strides\":[2]}}", "tensor 'x': the key 'strides'; allowed: dtype, shape, data_offsets"},
      {"{" X("F8_E4M3", "[8]", "[0,8]") "}", "tensor 'x': dtype 'F8_E4M3'; taken: BOOL, U8"},
      {"{" X("f32", "[2]", "[0,8]") "}", "dtype 'f32'"},
      {"{" X("F32", "[2]", "[0,8]") "," X("F32", "[2]", "[0,8]") "}", "tensor 'x' is there twice"},
      {"{" X("F32", "[1]", "[0,4]") "," X("F32", "[1]", "[4,8]") "}", "tensor 'x' is there twice"},
      {"{\"\\u0078\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}," X("F32", "[1]", "[4,8]") "}", "tensor 'x' is there twice"},
      {"{" X("F32", "[2]", "[0,8]") "," Y("[4]", "[4,8]") "}", "tensor 'y' overlaps tensor 'x'"},
      {"{" X("F32", "[2]", "[0,8]") "," Y("[8]", "[0,8]") "}", "tensor 'y' overlaps tensor 'x'"},
      {"{" X("F32", "[2]", "[0,8]") "," Y("[0]", "[4,4]") "}", "tensor 'y' overlaps tensor 'x'"},
      {"{" X("F32", "[1]", "[0,4]") "," Y("[2]", "[6,8]") "}", "2 bytes before tensor 'y' belong to no tensor"},
      {"{" X("F32", "[1]", "[4,8]") "}", "4 bytes before tensor 'x' belong to no tensor"},
      {"{" X("F32", "[1]", "[0,4]") "}", "its last 4 bytes belong to no tensor"},
      {"{" X("F32", "[2]", "[0,9]") "}", "tensor 'x' has the bytes 0 to 9, and the file has 8 of data"},
      {"{" X("F32", "[2]", "[8,0]") "}", "tensor 'x' has the bytes 8 to 0"},
      {"{" X("F32", "[2]", "[0,9223372036854775807]") "}", "has the bytes 0 to 9223372036854775807"},
      {"{" X("F32", "[2]", "[0,9223372036854775808]") "}", "9223372036854775808, which is beyond 64 bits with sign"},
      {"{" X("F32", "[2]", "[-8,0]") "}", "tensor 'x': a negative number"},
      {"{" X("F32", "[2]", "[0]") "}", "data_offsets that are not two numbers"},
      {"{" X("F32", "[2]", "[0,8,8]") "}", "data_offsets that are not two numbers"},
      {"{" X("F32", "[2]", "[]") "}", "data_offsets that are not two numbers"},
      {"{" X("F32", "[2]", "[0,8.0]") "}", "8.0, where a whole number is expected"},
      {"{" X("F32", "[2]", "8") "}", "expected '[', found '8'"},
      {"{" X("F32", "[3]", "[0,8]") "}", "tensor 'x' has 8 bytes, and its shape [3] in F32 takes 12"},
      {"{" X("F32", "[]", "[0,8]") "}", "tensor 'x' has 8 bytes, and its shape [] in F32 takes 4"},
      {"{" X("F32", "[0]", "[0,8]") "}", "its shape [0] in F32 takes 0"},
      {"{" X("F64", "[2]", "[0,8]") "}", "its shape [2] in F64 takes 16"},
      {"{" X("F32", "[4294967296,4294967296]", "[0,8]") "}", "tensor 'x' has a shape that is beyond the address space"},
      {"{" X("U8", "[9223372036854775807,2]", "[0,8]") "}", "beyond the address space"},
      {"{" X("F32", "[4611686018427387904,4]", "[0,0]") "}", "beyond the address space"},
      {"{" X("F32", "[1e0]", "[0,8]") "}", "1e0, where a whole number is expected"},
      {"{" X("F32", "[02]", "[0,8]") "}", "a number with a leading zero"},
      {"{" X("F32", "[-1]", "[0,8]") "}", "a negative number"},
      {"{" X("F32", "[true]", "[0,8]") "}", "expected a whole number, found 't'"},
      {"{" X("F32", "[[2]]", "[0,8]") "}", "expected a whole number, found '['"},
      {"{" X("F32", "[2 3]", "[0,8]") "}", "expected ',' or ']', found '3'"},
      {"{" X("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]") "}", "tensor 'x': a shape of more than 8 dimensions"},
      {"{" X("F32", "[00000000000000000000000000000000000000000000000000000000000000000002]", "[0,8]") "}", "leading zero"},
      {"{" X("F32", "[2222222222222222222222222222222222222222222222222222222222222222222]", "[0,8]") "}", "a number of 67 characters"},
      {"{\"__metadata__\":{\"a\":1}," X("F32", "[2]", "[0,8]") "}", "w.safetensors: expected a text as metadata 'a', found '1'"},
      {"{\"__metadata__\":{\"a\":null}," X("F32", "[2]", "[0,8]") "}", "expected a text as metadata 'a', found 'n'"},
      {"{\"__metadata__\":{\"a\":{}}," X("F32", "[2]", "[0,8]") "}", "expected a text as metadata 'a', found '{'"},
      {"{\"__metadata__\":[]," X("F32", "[2]", "[0,8]") "}", "expected '{', found '['"},
      {"{\"__metadata__\":{\"a\":\"\",\"b\":\"\",\"a\":\"\"}," X("F32", "[2]", "[0,8]") "}", "metadata 'a' is there twice"},
      {"{\"__metadata__\":{},\"__metadata__\":{}," X("F32", "[2]", "[0,8]") "}", "'__metadata__' a second time"},
      {"{\"\xFF\":1}", "a text that is not UTF-8 at byte 2"},
      {"{\"\xC0\x80\":1}", "a text that is not UTF-8"},
      {"{\"\xE0\x80\x80\":1}", "a text that is not UTF-8"},
      {"{\"\xED\xA0\x80\":1}", "a text that is not UTF-8"},
      {"{\"\xF0\x80\x80\x80\":1}", "a text that is not UTF-8"},
      {"{\"\xF4\x90\x80\x80\":1}", "a text that is not UTF-8"},
      {"{\"\xE2\x82", "a text that is not UTF-8"},
      {"{\"a\tb\":1}", "a text with the control character 0x09"},
      {"{\"\\u0000\":1}", "a text with a NUL in it"},
      {"{\"\\ud800\":1}", "half of a surrogate pair"},
      {"{\"\\ud800\\u0041\":1}", "half of a surrogate pair"},
      {"{\"\\udc00\":1}", "half of a surrogate pair"},
      {"{\"\\u12g4\":1}", "a broken \\u"},
      {"{\"\\u12", "a broken \\u"},
      {"{\"\\x41\":1}", "an unknown escape"},
      {"{\"\\", "an unknown escape"},
      {"{\"abc", "a text without its end"},
  };
  char path[PATH_BYTES];
  oss_safetensors *file;
  in_folder(state, "w.safetensors", path);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    write_tensors(path, NULL, cases[i].header, "\0\0\0\0\0\0\0", 8);
    ASSERT_FAILS(OSS_ERR_INPUT, cases[i].words, oss_safetensors_open(path, &file));
    ASSERT_FAILS(OSS_ERR_INPUT, path, oss_safetensors_open(path, &file));
    assert_null(file);
  }
}

/* The header's length alone: more than there is, more than the format allows, more than 64 bits of a sum hold. */
static void refuses_wrong_lengths(void **state) {
  static const char header[] = "{" X("F32", "[2]", "[0,8]") "}";
  static const uint64_t lengths[] = {sizeof header + 8, 100000001, (uint64_t)1 << 63, UINT64_MAX, UINT64_MAX - 7};
  char path[PATH_BYTES];
  oss_safetensors *file;
  in_folder(state, "w.safetensors", path);
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    write_tensors(path, &lengths[i], header, "\0\0\0\0\0\0\0", 8);
    ASSERT_FAILS(OSS_ERR_INPUT, "its header would take", oss_safetensors_open(path, &file));
  }
  for (uint64_t length = 0; length < sizeof header - 1; length++) { /* cut anywhere: never a good header */
    write_tensors(path, &length, header, "\0\0\0\0\0\0\0", 8);
    ASSERT_FAILS(OSS_ERR_INPUT, path, oss_safetensors_open(path, &file));
  }
  for (size_t bytes = 0; bytes < 8; bytes++) {
    write_file(path, "\2\0\0\0\0\0\0", bytes);
    ASSERT_FAILS(OSS_ERR_INPUT, "the length of the header alone takes 8", oss_safetensors_open(path, &file));
  }
  write_file(path, "\2\0\0\0\0\0\0\0{", 9);
  ASSERT_FAILS(OSS_ERR_INPUT, "at most 1 are possible", oss_safetensors_open(path, &file));
}

/* A checkpoint that was not converted: a zip archive (PyTorch from 1.6 on) and pickles. */
static void tells_of_the_converter(void **state) {
  static const char *const starts[] = {"PK\3\4\0\0\x08\x08\0\0", "\x80\2}q\1(X\5\0\0", "\x80\4\x95\x1a\0\0\0\0\0\0"};
  char path[PATH_BYTES];
  oss_safetensors *file;
  in_folder(state, "c.pt", path);
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    write_file(path, starts[i], 10);
    ASSERT_FAILS(OSS_ERR_INPUT, "convert_checkpoint.py", oss_safetensors_open(path, &file));
  }
}

static void refuses_what_is_no_file(void **state) {
  char path[PATH_BYTES];
  oss_safetensors *file;
  ASSERT_FAILS(OSS_ERR_INPUT, "No such file", oss_safetensors_open(in_folder(state, "none", path), &file));
  ASSERT_FAILS(OSS_ERR_INPUT, "a folder", oss_safetensors_open(*state, &file));
  ASSERT_FAILS(OSS_ERR_INPUT, "not a regular file", oss_safetensors_open("/dev/zero", &file));
  assert_int_equal(mkfifo(in_folder(state, "pipe", path), 0600), 0);
  ASSERT_FAILS(OSS_ERR_INPUT, "not a regular file", oss_safetensors_open(path, &file)); /* without waiting for a writer */
}

static void notices_a_file_that_changes(void **state) {
  char path[PATH_BYTES];
  float out[2] = {5, 5};
  oss_safetensors *file = open_written(state, "{" X("F32", "[2]", "[0,8]") "}", "\0\0\0\0\0\0\0", 8);
  in_folder(state, "w.safetensors", path);
  assert_int_equal(truncate(path, 0), 0); /* reading the pages would end the program */
  ASSERT_FAILS(OSS_ERR_INPUT, "was changed while it was in use", oss_safetensors_read(file, oss_safetensors_at(file, 0), out));
  assert_true(out[0] == 5);
  oss_safetensors_close(file);
  file = open_written(state, "{" X("F32", "[2]", "[0,8]") "}", "\0\0\0\0\0\0\0", 8);
  assert_int_equal(unlink(path), 0); /* replaced by another: the one that is open stays */
  write_file(path, "", 0);
  ASSERT_OK(oss_safetensors_read(file, oss_safetensors_at(file, 0), out));
  oss_safetensors_close(file);
}

/* Hundreds of tensors, sorted and found. */
static void finds_each_of_many(void **state) {
  enum { COUNT = 700 };
  static char header[COUNT * 80];
  static float data[COUNT];
  size_t used = 0;
  for (int i = 0; i < COUNT; i++) { /* listed in another order than that of the bytes */
    int at = i * 11 % COUNT;
    data[at] = (float)at;
    used += (size_t)snprintf(header + used, sizeof header - used, "%s\"t%d\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
                             i ? "," : "{", at, 4 * at, 4 * at + 4);
  }
  snprintf(header + used, sizeof header - used, "}");
  oss_safetensors *file = open_written(state, header, data, sizeof data);
  assert_int_equal(oss_safetensors_count(file), COUNT);
  for (int i = 0; i < COUNT; i++) {
    char name[16];
    float out;
    snprintf(name, sizeof name, "t%d", i);
    const oss_tensor_info *info = oss_safetensors_find(file, name);
    assert_ptr_equal(info, oss_safetensors_at(file, (size_t)i));
    ASSERT_OK(oss_safetensors_read(file, info, &out));
    assert_true(out == (float)i);
  }
  oss_safetensors_close(file);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(reads_names_shapes_and_values), TEST(converts_every_type),         TEST(refuses_values_that_float32_has_not),
      TEST(refuses_wrong_headers),         TEST(refuses_wrong_lengths),       TEST(tells_of_the_converter),
      TEST(refuses_what_is_no_file),       TEST(notices_a_file_that_changes), TEST(finds_each_of_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
