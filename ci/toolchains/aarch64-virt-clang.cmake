# SPDX-License-Identifier: Apache-2.0
# QEMU's aarch64 virt machine, clang and lld.
include("${CMAKE_CURRENT_LIST_DIR}/freestanding.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/aarch64-flags.cmake")
set(CMAKE_SYSTEM_PROCESSOR aarch64)
rtv_toolchain_clang(aarch64-none-elf ${RTV_AARCH64_FLAGS})
