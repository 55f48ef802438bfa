# SPDX-License-Identifier: Apache-2.0
# QEMU's riscv32 virt machine, gcc (which is the one for riscv64; it does both). About -misa-spec:
# see riscv64-virt.cmake.
include("${CMAKE_CURRENT_LIST_DIR}/freestanding.cmake")
set(CMAKE_SYSTEM_PROCESSOR riscv32)
rtv_toolchain_gcc(riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf
    -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -mcmodel=medany)
