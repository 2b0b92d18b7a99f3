// SPDX-FileCopyrightText: 2026 ossbench authors
// SPDX-License-Identifier: Apache-2.0

/* Graphs: what a stream was given while it captured, in that order, with the arguments of that time. */
#include <map>

#include "stream.h"

struct CUgraphExec_st {
  std::shared_ptr<const std::vector<oss_cuda_host::operation>> nodes;
};

using namespace oss_cuda_host;

namespace {

std::map<cudaGraph_t, std::unique_ptr<CUgraph_st>> graphs;
std::map<cudaGraphExec_t, std::unique_ptr<CUgraphExec_st>> executables;

}  // namespace

void oss_cuda_host::graph_leaks(std::string *out) {
  if (capturing != nullptr) *out += " a stream that captures;";
  if (!graphs.empty()) *out += " " + std::to_string(graphs.size()) + " graphs;";
  if (!executables.empty()) *out += " " + std::to_string(executables.size()) + " executable graphs;";
}

cudaError_t cudaStreamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode mode) {
  enter("cudaStreamBeginCapture");
  (void)mode;
  std::shared_ptr<CUstream_st> stream = stream_of(handle);
  if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
  if (stream == stream_of(nullptr)) return result(cudaErrorStreamCaptureUnsupported);
  forbid_in_capture("cudaStreamBeginCapture");
  stream->capture = new CUgraph_st;
  capturing = stream;
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t handle, cudaGraph_t *graph) {
  enter("cudaStreamEndCapture");
  std::shared_ptr<CUstream_st> stream = stream_of(handle);
  *graph = nullptr;
  if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
  if (stream->capture == nullptr) return result(cudaErrorIllegalState);
  *graph = stream->capture;
  graphs[*graph].reset(*graph);
  stream->capture = nullptr;
  capturing = nullptr;
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *out, cudaGraph_t graph, unsigned long long flags) {
  enter("cudaGraphInstantiate");
  if (graphs.count(graph) == 0 || flags != 0) return result(cudaErrorInvalidValue);
  auto executable = std::make_unique<CUgraphExec_st>();
  executable->nodes = std::make_shared<const std::vector<operation>>(graph->nodes);
  *out = executable.get();
  executables[*out] = std::move(executable);
  return cudaSuccess;
}

/* How many there are; a node has no other use here. */
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t *nodes, size_t *count) {
  enter("cudaGraphGetNodes");
  if (graphs.count(graph) == 0 || nodes != nullptr) return result(cudaErrorInvalidValue);
  *count = graph->nodes.size();
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  enter("cudaGraphLaunch");
  if (executables.count(executable) == 0) return result(cudaErrorInvalidValue);
  if (!stream_exists(stream)) return result(cudaErrorInvalidResourceHandle);
  if (stream_of(stream)->capture != nullptr) fail("cudaGraphLaunch: graphs inside a capture are not part of this emulation");
  for (const operation &node : *executable->nodes)
    for (uint64_t id : node.touches)
      if (allocation_of(id)->released)
        fail("cudaGraphLaunch: the graph's %s touches device memory that was freed since", node.what.c_str());
  auto nodes = executable->nodes; /* lives until it has run */
  operation op;
  op.what = "cudaGraphLaunch";
  op.run = [nodes] {
    for (const operation &node : *nodes) run_operation(node);
  };
  enqueue(stream, std::move(op));
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  enter("cudaGraphDestroy");
  return result(graphs.erase(graph) == 1 ? cudaSuccess : cudaErrorInvalidValue);
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  enter("cudaGraphExecDestroy");
  return result(executables.erase(executable) == 1 ? cudaSuccess : cudaErrorInvalidValue);
}
