# SPDX-License-Identifier: Apache-2.0
# QEMU's aarch64 virt machine, big-endian, gcc; the linker is told by -mbig-endian as well.
include("${CMAKE_CURRENT_LIST_DIR}/freestanding.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/aarch64-flags.cmake")
set(CMAKE_SYSTEM_PROCESSOR aarch64_be)
rtv_toolchain_gcc(aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu -mbig-endian ${RTV_AARCH64_FLAGS})
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -no-pie")
