# SPDX-License-Identifier: Apache-2.0
# QEMU's riscv64 virt machine, clang and lld, whose version 14 does not relax what is aligned.
include("${CMAKE_CURRENT_LIST_DIR}/freestanding.cmake")
set(CMAKE_SYSTEM_PROCESSOR riscv64)
rtv_toolchain_clang(riscv64-unknown-elf -march=rv64imac -mabi=lp64 -mcmodel=medany -mno-relax)
