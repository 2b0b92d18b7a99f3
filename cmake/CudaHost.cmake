# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# OSS_CUDA=EMULATE: the kernels of kernels/cuda compiled by the C++ compiler against tests/cuda_host, a small CUDA for the processor.
enable_language(CXX)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(OSS_CUDA_SUMMARY "emulated on the processor (tests/cuda_host): for tests, its times mean nothing")

# What kernels and emulator are compiled with: -O2 in every build type, since threads of a block take turns on one processor.
function(oss_compile_for_host target)
  set(options -O2 -Wall -Wextra -Wshadow -ffp-contract=off)
  # About the kernels' #pragma unroll: gcc does not know it, clang may not obey it. gcc also takes what one unrolled loop writes and
  # the next one reads for uninitialised.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND options -Wno-unknown-pragmas -Wno-maybe-uninitialized)
    set(trap -fsanitize-undefined-trap-on-error)
  else()
    list(APPEND options -Wno-pass-failed)
    set(trap -fsanitize-trap=alignment)
  endif()
  # What a card refuses: several values moved as one from between their alignments. The sanitizer for all of that reports it in words.
  if(NOT OSS_SANITIZE MATCHES undefined)
    list(APPEND options -fsanitize=alignment ${trap})
  endif()
  if(OSS_WERROR)
    list(APPEND options -Werror)
  endif()
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${options}>")
  target_include_directories(${target} BEFORE PRIVATE ${CMAKE_SOURCE_DIR}/tests/cuda_host/include)
endfunction()

function(oss_add_cuda_host library)
  file(GLOB emulator CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/cuda_host/*.cpp)
  list(FILTER emulator EXCLUDE REGEX "/test_[a-z_]*\\.cpp$")
  add_library(oss_cuda_host STATIC ${emulator})
  target_include_directories(oss_cuda_host PRIVATE ${CMAKE_SOURCE_DIR}/tests/cuda_host)
  target_link_libraries(oss_cuda_host PRIVATE oss_options)
  oss_compile_for_host(oss_cuda_host)

  file(GLOB kernels CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/kernels/cuda/*.cu)
  set_source_files_properties(${kernels} PROPERTIES LANGUAGE CXX)
  target_sources(${library} PRIVATE ${kernels})
  target_compile_definitions(${library} PRIVATE OSS_WITH_CUDA=1)
  target_link_libraries(${library} PUBLIC oss_cuda_host)
  oss_compile_for_host(${library})
endfunction()

# The emulator's own tests.
function(oss_add_cuda_host_tests)
  find_package(Threads REQUIRED)
  file(GLOB programs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/cuda_host/test_*.cpp)
  foreach(source ${programs})
    get_filename_component(name ${source} NAME_WE)
    add_executable(emulator_${name} ${source})
    target_link_libraries(emulator_${name} PRIVATE oss_cuda_host oss_options Threads::Threads)
    oss_compile_for_host(emulator_${name})
    add_test(NAME emulator/${name} COMMAND emulator_${name})
    set_tests_properties(emulator/${name} PROPERTIES LABELS emulator TIMEOUT 300)
  endforeach()
endfunction()
