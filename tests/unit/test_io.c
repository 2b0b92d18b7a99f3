// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Reading arrays and attributes from every kind of file that a user may hand over. */
#include <math.h>

#include "host/io/reader.h"
#include "tests/unit/io_folder.h"

/* Files made by h5py, an implementation of its own. */
static const char fixtures[] =
    "import h5py, numpy as np\n"
    "f = h5py.File('in.h5', 'w')\n"
    "f['gmm/scales'] = np.array([0.5, 1.5])\n"
    "f['half'] = np.array([[0.5, 6e-8, -2]], 'f2')\n"
    "f['flags'] = np.array([True, False, True])\n"
    "f['small'] = np.array([-3, 7], 'i1')\n"
    "f['unsigned'] = np.array([1, 2**63], 'u8')\n"
    "f['wide'] = np.array([1, 2**40], 'i8')\n"
    "f['whole'] = np.array([[1.0, 2.0], [3.0, 4.0]], '>f8')\n"
    "f['fraction'] = np.array([[1.0, 2.5]])\n"
    "f['nan'] = np.array([[1, 2], [3, np.nan]])\n"
    "f['large'] = np.array([0, 1e300])\n"
    "f['infinite'] = np.array([0, -np.inf])\n"
    "f['unbounded'] = np.array([[np.inf, 1], [0.5, np.inf]], 'f4')\n"
    "f['scalar'] = 4.5\n"
    "f['zero'] = np.zeros((3, 0))\n"
    "f['null'] = h5py.Empty('f4')\n"
    "f['text'] = 'words'\n"
    "f['texts'] = np.array([b'a', b'b'])\n"
    "f['table'] = np.zeros(3, [('x', 'f4'), ('y', 'i4')])\n"
    "f['complex'] = np.zeros(2, 'c8')\n"
    "f['cube'] = np.arange(24, dtype='f4').reshape(4, 3, 2)\n"
    "f['deep'] = np.zeros((1,) * 9)\n"
    "f.create_dataset('huge', shape=(10**15,), dtype='f4', chunks=(1024,))\n"
    "f.create_dataset('absurd', shape=(2**40, 2**40), dtype='f4', chunks=(16, 16))\n"
    "f.create_dataset('lists', (2,), dtype=h5py.vlen_dtype('i4'))\n"
    "f['away'] = h5py.ExternalLink('other.h5', '/data')\n"
    "f['awaygroup'] = h5py.ExternalLink('other.h5', '/')\n"
    "f['dangling'] = h5py.SoftLink('/nowhere')\n"
    "f['soft'] = h5py.SoftLink('/gmm/scales')\n"
    "f['softaway'] = h5py.SoftLink('/away')\n"
    "f['loop'] = h5py.SoftLink('/loop')\n"
    "v = h5py.VirtualLayout(shape=(3,), dtype='f4'); v[:] = h5py.VirtualSource('other.h5', 'data', shape=(3,))\n"
    "f.create_virtual_dataset('virtual', v)\n"
    "f['typed'] = np.dtype('f4')\n"
    "f.attrs['data_range'] = 2; f.attrs['bad'] = 'x'; f.attrs['several'] = [1, 2]; f.attrs['missing'] = np.nan\n"
    "f.attrs['note'] = 'gr\\u00fcn'; f['cube'].attrs['shape'] = np.array([3.5], 'f4'); f.attrs['fixed'] = np.bytes_(b'abc')\n"
    "f.attrs['empty'] = ''\n"
    "f.close()\n"
    "o = h5py.File('other.h5', 'w'); o['data'] = np.ones(3, 'f4'); o.close()\n"
    "b = h5py.File('big.h5', 'w'); b['x'] = np.arange(4096.0); b.close()\n";

static int fixture_setup(void **state) {
  if (folder_setup(state) != 0) return -1;
  run_python(state, fixtures);
  return 0;
}

static oss_status read_any(const char *path, const char *name, oss_type type, oss_array *out) {
  return oss_io_read(path, name, type, 0, OSS_MAX_RANK, out);
}

static void reads_numbers_of_any_type(void **state) {
  char path[PATH_BYTES];
  oss_array a;
  in_folder(state, "in.h5", path);
  ASSERT_OK(oss_io_read(path, "gmm/scales", OSS_F64, 1, 1, &a));
  assert_true(a.type == OSS_F64 && a.rank == 1 && a.dims[0] == 2 && ((double *)a.data)[1] == 1.5);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "/half", OSS_F32, 2, 2, &a));
  assert_true(a.dims[0] == 1 && a.dims[1] == 3 && ((float *)a.data)[0] == 0.5f && ((float *)a.data)[2] == -2);
  assert_true(((float *)a.data)[1] == 0x1p-24f); /* the smallest subnormal of half precision */
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "flags", OSS_F32, 1, 1, &a));
  assert_true(((float *)a.data)[0] == 1 && ((float *)a.data)[1] == 0 && ((float *)a.data)[2] == 1);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "flags", OSS_I32, 1, 1, &a));
  assert_true(((int32_t *)a.data)[0] == 1 && ((int32_t *)a.data)[1] == 0);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "small", OSS_I64, 1, 1, &a));
  assert_true(((int64_t *)a.data)[0] == -3 && ((int64_t *)a.data)[1] == 7);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "whole", OSS_I32, 2, 2, &a));
  assert_true(((int32_t *)a.data)[3] == 4);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "wide", OSS_F64, 1, 1, &a));
  assert_true(((double *)a.data)[1] == 0x1p40);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "scalar", OSS_F64, 0, 0, &a));
  assert_true(a.rank == 0 && ((double *)a.data)[0] == 4.5);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read(path, "soft", OSS_F64, 1, 1, &a));
  oss_array_free(&a);
  ASSERT_OK(oss_io_read_rows(path, "cube", OSS_F32, 1, 2, &a));
  assert_true(a.rank == 3 && a.dims[0] == 2 && a.dims[1] == 3 && a.dims[2] == 2 && ((float *)a.data)[0] == 6 &&
              ((float *)a.data)[11] == 17);
  oss_array_free(&a);
  ASSERT_OK(oss_io_shape(path, "cube", &a));
  assert_true(a.rank == 3 && a.dims[0] == 4 && !a.data && a.type == OSS_F32);
  ASSERT_OK(oss_io_shape(path, "huge", &a));
  assert_true(a.dims[0] == 1000000000000000u);
  ASSERT_OK(oss_io_shape(path, "unsigned", &a));
  assert_int_equal(a.type, OSS_I64);
  assert_true(oss_io_exists(path, "gmm") && oss_io_exists(path, "/gmm/scales") && oss_io_exists(path, "/"));
  assert_false(oss_io_exists(path, "gmm/none") || oss_io_exists(path, "away") || oss_io_exists("/nowhere.h5", "/") ||
               oss_io_exists(path, ""));
}

static void refuses_what_is_no_plain_array(void **state) {
  static const struct {
    const char *name;
    oss_type type;
    oss_status code;
    const char *words;
  } cases[] = {
      {"gmm/means", OSS_F32, OSS_ERR_INPUT, "dataset 'gmm/means' not found; the file has: "},
      {"gmm/means", OSS_F32, OSS_ERR_INPUT, "gmm/scales, half"},
      {"gmm/means", OSS_F32, OSS_ERR_INPUT, " more"},
      {"", OSS_F32, OSS_ERR_INPUT, "dataset '' not found"},
      {"scalar/x", OSS_F32, OSS_ERR_INPUT, "'scalar/x' not found"},
      {"gmm", OSS_F32, OSS_ERR_INPUT, "group 'gmm', where a dataset is expected; the group has: scales"},
      {"/", OSS_F32, OSS_ERR_INPUT, "where a dataset is expected"},
      {"text", OSS_F32, OSS_ERR_INPUT, "'text' holds text, where plain numbers are expected"},
      {"texts", OSS_F32, OSS_ERR_INPUT, "holds text"},
      {"table", OSS_F32, OSS_ERR_INPUT, "compound table (fields x, y)"},
      {"complex", OSS_F32, OSS_ERR_INPUT, "(fields r, i)"},
      {"lists", OSS_F32, OSS_ERR_INPUT, "lists of varying length"},
      {"typed", OSS_F32, OSS_ERR_INPUT, "'typed' is a named type"},
      {"zero", OSS_F32, OSS_ERR_INPUT, "'zero' has no elements (its shape is (3, 0))"},
      {"null", OSS_F32, OSS_ERR_INPUT, "'null' is empty"},
      {"nan", OSS_F32, OSS_ERR_INPUT, "'nan' holds NaN at [1, 1]"},
      {"nan", OSS_I32, OSS_ERR_INPUT, "'nan' holds .nan at [1, 1], where a whole number"},
      {"infinite", OSS_F64, OSS_ERR_INPUT, "holds infinity at [1]"},
      {"large", OSS_F32, OSS_ERR_INPUT, "beyond float32, at [1]"},
      {"fraction", OSS_I32, OSS_ERR_INPUT, "holds 2.5 at [0, 1], where a whole number of 32 bits is expected"},
      {"wide", OSS_I32, OSS_ERR_INPUT, "holds 1099511627776 at [1]"},
      {"unsigned", OSS_I64, OSS_ERR_INPUT, "beyond 64 bits with sign"},
      {"large", OSS_I64, OSS_ERR_INPUT, "holds 1e+300 at [1], where a whole number is expected"},
      {"deep", OSS_F32, OSS_ERR_INPUT, "9 dimensions, at most 8"},
      {"huge", OSS_F32, OSS_ERR_MEMORY, "'huge' needs 3725290.3 GiB for 1000000000000000 elements"},
      {"absurd", OSS_F32, OSS_ERR_INPUT, "impossible shape (1099511627776, 1099511627776)"},
      {"away", OSS_F32, OSS_ERR_INPUT, "'away' goes through a link to another file, which is not followed"},
      {"awaygroup/data", OSS_F32, OSS_ERR_INPUT, "link to another file"},
      {"softaway", OSS_F32, OSS_ERR_INPUT, "leads nowhere inside this file"},
      {"dangling", OSS_F32, OSS_ERR_INPUT, "leads nowhere inside this file"},
      {"loop", OSS_F32, OSS_ERR_INPUT, "leads nowhere inside this file"},
      {"virtual", OSS_F32, OSS_ERR_INPUT, "keeps its data in other files"},
  };
  char path[PATH_BYTES];
  oss_array a;
  in_folder(state, "in.h5", path);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ASSERT_FAILS(cases[i].code, cases[i].words, read_any(path, cases[i].name, cases[i].type, &a));
    assert_null(a.data);
    assert_non_null(strstr(oss_message(), "in.h5: "));
  }
  ASSERT_FAILS(OSS_ERR_INPUT, "'cube' has 3 dimensions, shape (4, 3, 2), where 1 to 2 are expected",
               oss_io_read(path, "cube", OSS_F32, 1, 2, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "has 1 dimension, shape (2,), where 2 are expected", oss_io_read(path, "gmm/scales", OSS_F32, 2, 2, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "'cube' has 4 rows (its shape is (4, 3, 2)), but rows 3 to 5 are needed",
               oss_io_read_rows(path, "cube", OSS_F32, 3, 3, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "rows 5 to", oss_io_read_rows(path, "cube", OSS_F32, 5, SIZE_MAX - 5, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "holds NaN at [1, 1]", oss_io_read_rows(path, "nan", OSS_F32, 1, 1, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "0 dimensions", oss_io_read_rows(path, "scalar", OSS_F32, 0, 1, &a));
}

static void reads_positive_infinity_where_asked(void **state) {
  char path[PATH_BYTES];
  oss_array a;
  in_folder(state, "in.h5", path);
  ASSERT_OK(oss_io_read_unbounded(path, "unbounded", 1, 2, &a));
  const double *values = a.data;
  assert_true(a.type == OSS_F64 && a.rank == 2 && values[0] == INFINITY && values[1] == 1 && values[2] == 0.5 && values[3] == INFINITY);
  oss_array_free(&a);
  ASSERT_OK(oss_io_read_unbounded(path, "gmm/scales", 1, 1, &a)); /* and what is finite as ever */
  assert_true(((double *)a.data)[1] == 1.5);
  oss_array_free(&a);
  ASSERT_FAILS(OSS_ERR_INPUT, "'infinite' holds negative infinity at [1]", oss_io_read_unbounded(path, "infinite", 1, 1, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "'nan' holds NaN at [1, 1]", oss_io_read_unbounded(path, "nan", 2, 2, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "2 dimensions", oss_io_read_unbounded(path, "unbounded", 1, 1, &a));
  assert_null(a.data);
  ASSERT_FAILS(OSS_ERR_INPUT, "'unbounded' holds infinity at [0, 0]", read_any(path, "unbounded", OSS_F64, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "'unbounded' holds infinity, or", oss_io_read_rows(path, "unbounded", OSS_F32, 1, 1, &a));
}

static void reads_attributes(void **state) {
  char path[PATH_BYTES], *text;
  double value;
  in_folder(state, "in.h5", path);
  ASSERT_OK(oss_io_attribute_real(path, "/", "data_range", 7, &value));
  assert_true(value == 2);
  ASSERT_OK(oss_io_attribute_real(path, "cube", "shape", 7, &value));
  assert_true(value == 3.5);
  ASSERT_OK(oss_io_attribute_real(path, "/", "none", 7, &value));
  assert_true(value == 7);
  ASSERT_OK(oss_io_attribute_real(path, "nothing", "none", 7, &value));
  assert_true(value == 7);
  ASSERT_FAILS(OSS_ERR_INPUT, "attribute 'bad' of '/' is text", oss_io_attribute_real(path, "/", "bad", 7, &value));
  ASSERT_FAILS(OSS_ERR_INPUT, "not a single number", oss_io_attribute_real(path, "/", "several", 7, &value));
  ASSERT_FAILS(OSS_ERR_INPUT, "is NaN", oss_io_attribute_real(path, "/", "missing", 7, &value));
  ASSERT_OK(oss_io_attribute_text(path, "/", "note", &text));
  assert_string_equal(text, "grün");
  free(text);
  ASSERT_OK(oss_io_attribute_text(path, "/", "fixed", &text));
  assert_string_equal(text, "abc");
  free(text);
  ASSERT_OK(oss_io_attribute_text(path, "/", "empty", &text));
  assert_string_equal(text, "");
  free(text);
  ASSERT_OK(oss_io_attribute_text(path, "/", "none", &text));
  assert_null(text);
  ASSERT_FAILS(OSS_ERR_INPUT, "is not text", oss_io_attribute_text(path, "/", "several", &text));
}

static void tells_broken_files_apart(void **state) {
  char path[PATH_BYTES], cut[PATH_BYTES];
  oss_array a;
  size_t bytes;
  in_folder(state, "cut.h5", cut);
  ASSERT_FAILS(OSS_ERR_INPUT, "No such file", read_any(in_folder(state, "none.h5", path), "x", OSS_F32, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "a folder, not an HDF5 file", read_any(in_folder(state, ".", path), "x", OSS_F32, &a));
  ASSERT_FAILS(OSS_ERR_INPUT, "not a regular file", read_any("/dev/null", "x", OSS_F32, &a));
  write_file(cut, "", 0);
  ASSERT_FAILS(OSS_ERR_INPUT, "not an HDF5 file (it is empty)", read_any(cut, "x", OSS_F32, &a));
  write_file(cut, "just some text\n", 15);
  ASSERT_FAILS(OSS_ERR_INPUT, "cut.h5: not an HDF5 file", read_any(cut, "x", OSS_F32, &a));
  unsigned char *data = read_file(in_folder(state, "big.h5", path), &bytes);
  write_file(cut, data, bytes - 1000);
  ASSERT_FAILS(OSS_ERR_INPUT, "cut.h5: truncated HDF5 file", read_any(cut, "x", OSS_F32, &a));
  write_file(cut, data, 20);
  ASSERT_FAILS(OSS_ERR_INPUT, "cut.h5: damaged HDF5 file", read_any(cut, "x", OSS_F32, &a));
  for (size_t i = 0; i < 2000; i += 7) { /* wherever the damage is, an answer comes back */
    unsigned char kept = data[i];
    data[i] ^= 0x5a;
    write_file(cut, data, bytes);
    if (read_any(cut, "x", OSS_F32, &a) == OSS_OK) oss_array_free(&a);
    data[i] = kept;
  }
  free(data);
}

int main(void) {
  oss_io_init();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(reads_numbers_of_any_type, fixture_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(refuses_what_is_no_plain_array, fixture_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(reads_positive_infinity_where_asked, fixture_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(reads_attributes, fixture_setup, folder_teardown),
      cmocka_unit_test_setup_teardown(tells_broken_files_apart, fixture_setup, folder_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
