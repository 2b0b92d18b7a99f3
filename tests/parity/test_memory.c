// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>
#include <string.h>

#include "tests/support/parity.h"

static const size_t sizes[] = {1, 63, 64, 65, 4096, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5000001};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static unsigned char *random_bytes(size_t bytes) {
  check_rng rng = {bytes};
  unsigned char *out = check_alloc(bytes, 1);
  for (size_t i = 0; i < bytes; i++) out[i] = (unsigned char)check_bits(&rng);
  return out;
}

static void parity_allocate(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  for (int round = 0; round < 2; round++) /* memory given back dirty must come back zeroed */
    for (size_t i = 0; i < SIZES; i++) {
      void *memory = NULL;
      check_ok(be->ops->allocate(be, sizes[i], &memory));
      assert_non_null(memory);
      assert_int_equal((uintptr_t)memory % 64, 0);
      unsigned char *host = random_bytes(sizes[i]), *zero = check_alloc(sizes[i], 1);
      check_ok(be->ops->download(be, sizes[i], memory, host));
      check_same_bits("allocate", sizes[i], host, zero);
      memset(host, 0xa5, sizes[i]);
      check_ok(be->ops->upload(be, sizes[i], host, memory));
      check_ok(be->ops->release(be, memory));
      free(host);
      free(zero);
    }
  void *memory = &memory;
  const size_t huge[] = {(size_t)-1, (size_t)-1 / 2, (size_t)1 << 60, (size_t)1 << 46};
  for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++) {
    check_fails(be->ops->allocate(be, huge[i], &memory), OSS_ERR_MEMORY, "bytes");
    assert_null(memory);
  }
}

static void parity_release(void **state) {
  (void)state;
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->release(be, NULL));
  for (int i = 0; i < 40; i++) {
    void *memory = NULL;
    check_ok(be->ops->allocate(be, 16 << 20, &memory));
    check_ok(be->ops->release(be, memory));
  }
}

/* Up, across, down: what comes back is what went in, and nothing else was touched. */
static void round_trip(oss_backend *be, size_t bytes) {
  unsigned char *in = random_bytes(bytes), *straight = check_alloc(bytes, 1), *copied = check_alloc(bytes, 1);
  check_call call;
  check_call_begin(be, &call);
  void *a = check_in(&call, in, bytes);
  void *b = check_out(&call, straight, bytes), *c = check_out(&call, copied, bytes);
  check_ok(be->ops->upload(be, bytes, in, b));
  check_ok(be->ops->copy(be, bytes, a, c));
  check_call_end(&call);
  check_same_bits("upload", bytes, straight, in);
  check_same_bits("copy", bytes, copied, in);
  free(in);
  free(straight);
  free(copied);
}

static void parity_upload(void **state) {
  (void)state;
  for (size_t i = 0; i < SIZES; i++)
    for (int threads = 1; threads <= PARITY_THREADS; threads++) round_trip(parity_backend(threads), sizes[i]);
  check_ok(parity_backend(1)->ops->upload(parity_backend(1), 0, NULL, NULL));
}

static void parity_download(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  unsigned char *in = random_bytes(5000001), *out = check_alloc(5000001, 1);
  check_call call;
  check_call_begin(be, &call);
  unsigned char *a = check_in(&call, in, 5000001);
  memset(out, 0x5a, 5000001);
  check_ok(be->ops->download(be, 3000001, a + 1000, out + 1)); /* a part, neither end aligned */
  assert_int_equal(out[0], 0x5a);
  assert_int_equal(out[3000002], 0x5a);
  check_same_bits("download", 3000001, out + 1, in + 1000);
  check_ok(be->ops->download(be, 0, NULL, NULL));
  check_call_end(&call);
  free(in);
  free(out);
}

static void parity_copy(void **state) {
  (void)state;
  oss_backend *be = parity_backend(2);
  float host[300], want[300];
  for (int i = 0; i < 300; i++) want[i] = host[i] = (float)i;
  check_call call;
  check_call_begin(be, &call);
  float *a = check_inout(&call, host, sizeof host);
  check_ok(be->ops->copy(be, 100 * sizeof *a, a, a + 150));
  check_ok(be->ops->copy(be, 0, a, a + 1));
  check_call_end(&call);
  memcpy(want + 150, want, 100 * sizeof *want);
  check_same_bits("copy within a buffer", sizeof host, host, want);
}

/* What was reserved is there, zeroed as ever, also after others used it; more than there can be is refused at once. */
static void parity_reserve(void **state) {
  (void)state;
  enum { PARTS = 4 };
  const size_t part = (4 << 20) + 256;
  oss_backend *be = parity_backend(1);
  check_ok(be->ops->reserve(be, 0));
  unsigned char *host = check_alloc(part, 1), *zero = check_alloc(part, 1);
  for (int round = 0; round < 3; round++) {
    void *memory[PARTS] = {NULL};
    check_ok(be->ops->reserve(be, PARTS * part));
    for (int i = 0; i < PARTS; i++) {
      check_ok(be->ops->allocate(be, part, &memory[i]));
      memset(host, 0x3c, part);
      check_ok(be->ops->download(be, part, memory[i], host));
      check_same_bits("reserve", part, host, zero);
      memset(host, 0xa5, part);
      check_ok(be->ops->upload(be, part, host, memory[i]));
    }
    check_ok(be->ops->reserve(be, part)); /* with memory in use */
    for (int i = 0; i < PARTS; i++) {
      unsigned char *back = random_bytes(part);
      check_ok(be->ops->download(be, part, memory[i], back));
      check_same_bits("reserve: memory in use", part, back, host);
      free(back);
      check_ok(be->ops->release(be, memory[i]));
    }
  }
  free(host);
  free(zero);
  const size_t huge[] = {(size_t)-1, (size_t)-1 / 2, (size_t)1 << 60, (size_t)1 << 46};
  for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++) check_fails(be->ops->reserve(be, huge[i]), OSS_ERR_MEMORY, "bytes");
}

PARITY_MAIN(parity_run, "memory", PARITY_MEMORY)
