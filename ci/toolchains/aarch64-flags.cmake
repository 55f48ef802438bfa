# SPDX-License-Identifier: Apache-2.0
# What all aarch64 toolchains have in common. No floating-point registers: they are off at reset.
# Aligned accesses only: memory is Device memory as long as the MMU is off. Atomics inline: the
# helpers outside of line are libgcc's, which asks Linux what the CPU can do.
set(RTV_AARCH64_FLAGS
    -mgeneral-regs-only -mstrict-align -mno-outline-atomics -fno-pic -fno-stack-protector)
