# SPDX-License-Identifier: Apache-2.0
# QEMU's aarch64 virt machine, gcc (the one for Linux, told to do without it).
include("${CMAKE_CURRENT_LIST_DIR}/freestanding.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/aarch64-flags.cmake")
set(CMAKE_SYSTEM_PROCESSOR aarch64)
rtv_toolchain_gcc(aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu ${RTV_AARCH64_FLAGS})
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -no-pie")
