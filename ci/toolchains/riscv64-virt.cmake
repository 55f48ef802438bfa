# SPDX-License-Identifier: Apache-2.0
# QEMU's riscv64 virt machine, gcc. The 2.2 edition of the instruction set still counts the control
# registers and fence.i in; with a later one, Debian's gcc finds no library for "_zicsr".
include("${CMAKE_CURRENT_LIST_DIR}/freestanding.cmake")
set(CMAKE_SYSTEM_PROCESSOR riscv64)
rtv_toolchain_gcc(riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf
    -march=rv64imac -misa-spec=2.2 -mabi=lp64 -mcmodel=medany)
