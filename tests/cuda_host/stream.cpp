// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

#include "stream.h"

#include <map>
#include <utility>

namespace oss_cuda_host {

std::shared_ptr<CUstream_st> capturing;

namespace {

typedef std::shared_ptr<CUstream_st> stream_ref;
typedef std::shared_ptr<CUevent_st> event_ref;

uint64_t last_serial;
std::map<cudaStream_t, stream_ref> streams; /* those of the program */
std::map<cudaEvent_t, event_ref> events;

const stream_ref &default_stream() {
  static const stream_ref stream = std::make_shared<CUstream_st>(CUstream_st{true, {}, nullptr});
  return stream;
}

void run_until(const stream_ref &stream, uint64_t serial);

/* The default stream and the blocking streams wait for each other. */
void run_first(const stream_ref &stream) {
  operation op = std::move(stream->queue.front());
  stream->queue.pop_front();
  if (stream == default_stream()) {
    for (const auto &other : streams)
      if (other.second->blocking) run_until(other.second, op.serial);
  } else if (stream->blocking) {
    run_until(default_stream(), op.serial);
  }
  run_operation(op);
}

void run_until(const stream_ref &stream, uint64_t serial) {
  if (stream->queue.empty() || stream->queue.front().serial > serial) return;
  while (!stream->queue.empty() && stream->queue.front().serial <= serial) run_first(stream);
  watch_faults();
}

event_ref event_of(cudaEvent_t event) {
  auto found = events.find(event);
  return found == events.end() ? nullptr : found->second;
}

bool ready(const CUevent_st &event) {
  return event.reached == event.wanted;
}

cudaError_t create_stream(cudaStream_t *out, unsigned flags) {
  enter("cudaStreamCreate");
  if (flags != cudaStreamDefault && flags != cudaStreamNonBlocking) return result(cudaErrorInvalidValue);
  stream_ref stream = std::make_shared<CUstream_st>(CUstream_st{flags == cudaStreamDefault, {}, nullptr});
  *out = stream.get();
  streams[*out] = stream;
  return cudaSuccess;
}

}  // namespace

stream_ref stream_of(cudaStream_t stream) {
  if (stream == nullptr || stream == cudaStreamLegacy) return default_stream();
  if (stream == cudaStreamPerThread) fail("the default stream of a thread is not part of this emulation");
  auto found = streams.find(stream);
  return found == streams.end() ? nullptr : found->second;
}

bool stream_exists(cudaStream_t stream) {
  return stream_of(stream) != nullptr;
}

void enqueue(cudaStream_t handle, operation op) {
  stream_ref stream = stream_of(handle);
  if (stream->capture != nullptr) {
    stream->capture->nodes.push_back(std::move(op));
    return;
  }
  if (capturing != nullptr && stream->blocking && capturing->blocking)
    fail("%s: in the default stream or a blocking one, while a blocking stream captures", op.what.c_str());
  op.serial = ++last_serial;
  stream->queue.push_back(std::move(op));
}

void run_operation(const operation &op) {
  for (uint64_t id : op.touches)
    if (allocation_of(id)->gone) fail("%s: uses device memory that another stream has freed by now", op.what.c_str());
  std::string outer = now.command; /* of a graph */
  now.command = op.what;
  op.run();
  now.command = outer;
}

void finish_stream(cudaStream_t stream) {
  run_until(stream_of(stream), ~0ull);
  check_guards();
}

void run_device() {
  run_until(default_stream(), ~0ull);
  for (const auto &each : std::map<cudaStream_t, stream_ref>(streams)) run_until(each.second, ~0ull);
  check_guards();
}

void forbid_in_capture(const char *function) {
  if (capturing != nullptr) fail("%s: not while a stream captures", function);
}

void stream_leaks(std::string *out) {
  if (!streams.empty()) *out += " " + std::to_string(streams.size()) + " streams;";
  if (!events.empty()) *out += " " + std::to_string(events.size()) + " events;";
}

}  // namespace oss_cuda_host

using namespace oss_cuda_host;

cudaError_t cudaStreamCreate(cudaStream_t *stream) {
  return create_stream(stream, cudaStreamDefault);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags) {
  return create_stream(stream, flags);
}

cudaError_t cudaStreamDestroy(cudaStream_t handle) {
  enter("cudaStreamDestroy");
  stream_ref stream = stream_of(handle);
  if (stream == nullptr || stream == default_stream()) return result(cudaErrorInvalidResourceHandle);
  if (stream->capture != nullptr) fail("cudaStreamDestroy: the stream captures");
  finish_stream(handle); /* the device goes on with what it was given */
  streams.erase(handle);
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize(void) {
  enter("cudaDeviceSynchronize");
  forbid_in_capture("cudaDeviceSynchronize");
  run_device();
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  enter("cudaStreamSynchronize");
  forbid_in_capture("cudaStreamSynchronize");
  if (!stream_exists(stream)) return result(cudaErrorInvalidResourceHandle);
  finish_stream(stream);
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t event_handle, unsigned flags) {
  enter("cudaStreamWaitEvent");
  event_ref event = event_of(event_handle);
  if (!stream_exists(handle) || event == nullptr || flags != 0) return result(cudaErrorInvalidResourceHandle);
  forbid_in_capture("cudaStreamWaitEvent");
  if (event->stream == nullptr) return cudaSuccess;
  stream_ref source = event->stream;
  uint64_t serial = event->wanted;
  operation op;
  op.what = "cudaStreamWaitEvent";
  op.run = [source, serial] { run_until(source, serial); };
  enqueue(handle, std::move(op));
  return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *out, unsigned flags) {
  enter("cudaEventCreate");
  event_ref event = std::make_shared<CUevent_st>();
  event->timing = !(flags & cudaEventDisableTiming);
  *out = event.get();
  events[*out] = event;
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t *event) {
  return cudaEventCreateWithFlags(event, cudaEventDefault);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  enter("cudaEventDestroy");
  return result(events.erase(event) == 1 ? cudaSuccess : cudaErrorInvalidResourceHandle);
}

cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t stream_handle) {
  enter("cudaEventRecord");
  event_ref event = event_of(handle);
  stream_ref stream = stream_of(stream_handle);
  if (event == nullptr || stream == nullptr) return result(cudaErrorInvalidResourceHandle);
  if (stream->capture != nullptr) fail("cudaEventRecord: events inside a capture are not part of this emulation");
  uint64_t serial = last_serial + 1; /* what enqueue will give it */
  operation op;
  op.what = "cudaEventRecord";
  op.run = [event, serial] {
    if (serial > event->reached) event->reached = serial;
    clock_gettime(CLOCK_MONOTONIC, &event->time);
  };
  enqueue(stream_handle, std::move(op));
  event->stream = stream;
  event->wanted = serial;
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t handle) {
  enter("cudaEventSynchronize");
  forbid_in_capture("cudaEventSynchronize");
  event_ref event = event_of(handle);
  if (event == nullptr) return result(cudaErrorInvalidResourceHandle);
  if (!ready(*event)) run_until(event->stream, event->wanted);
  check_guards();
  return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t handle) {
  enter("cudaEventQuery");
  forbid_in_capture("cudaEventQuery");
  event_ref event = event_of(handle);
  if (event == nullptr) return result(cudaErrorInvalidResourceHandle);
  if (ready(*event)) return cudaSuccess;
  run_until(event->stream, event->stream->queue.front().serial);
  return cudaErrorNotReady;
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t start_handle, cudaEvent_t end_handle) {
  enter("cudaEventElapsedTime");
  event_ref start = event_of(start_handle), end = event_of(end_handle);
  if (start == nullptr || end == nullptr || !start->timing || !end->timing) return result(cudaErrorInvalidResourceHandle);
  if (start->stream == nullptr || end->stream == nullptr) return result(cudaErrorInvalidResourceHandle);
  if (!ready(*start) || !ready(*end)) return result(cudaErrorNotReady);
  double seconds = (double)(end->time.tv_sec - start->time.tv_sec) + 1e-9 * (double)(end->time.tv_nsec - start->time.tv_nsec);
  *milliseconds = (float)(1e3 * seconds);
  return cudaSuccess;
}
