/* SPDX-License-Identifier: Apache-2.0 */
/* What the bare-metal port needs from the CPU. Another CPU is another such header. */
#ifndef VIRTIO_BARE_CPU_H
#define VIRTIO_BARE_CPU_H

#if defined(__riscv)
#include "virtio_bare_riscv.h"
#elif defined(__aarch64__)
#include "virtio_bare_aarch64.h"
#else
#error "the bare-metal port knows RISC-V and AArch64; write virtio_bare_<cpu>.h for this one"
#endif

#endif
