/* SPDX-License-Identifier: Apache-2.0 */
/* See board_table.h. */
#include "board_table.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RISCV_RAM UINT64_C(0x80000000)
#define ARM_RAM   UINT64_C(0x40000000)

static const char *const riscv_machine[] = {"-M", "virt,memory-backend=ram", "-bios", "none", NULL};
static const char *const riscv_s_machine[] = {"-M", "virt,memory-backend=ram", NULL};
static const char *const arm_machine[] = {
    "-M",         "virt,memory-backend=ram", "-cpu",
    "cortex-a53", "-semihosting-config",     "enable=on,target=native",
    NULL};

#define QEMU_RISCV64                                                                               \
    {                                                                                              \
        "qemu-system-riscv64", "RTV_QEMU_RISCV64", "qemu-system-misc"                              \
    }
#define QEMU_RISCV32                                                                               \
    {                                                                                              \
        "qemu-system-riscv32", "RTV_QEMU_RISCV32", "qemu-system-misc"                              \
    }
#define QEMU_AARCH64                                                                               \
    {                                                                                              \
        "qemu-system-aarch64", "RTV_QEMU_AARCH64", "qemu-system-arm"                               \
    }

const struct board boards[] = {
    {"riscv64", "64-bit RISC-V, M-mode", QEMU_RISCV64, riscv_machine, RISCV_RAM, EM_RISCV, 64,
     false},
    {"riscv64-s", "64-bit RISC-V, S-mode under OpenSBI", QEMU_RISCV64, riscv_s_machine, RISCV_RAM,
     EM_RISCV, 64, false},
    {"riscv32", "32-bit RISC-V, M-mode", QEMU_RISCV32, riscv_machine, RISCV_RAM, EM_RISCV, 32,
     false},
    {"aarch64", "64-bit Arm, Cortex-A53", QEMU_AARCH64, arm_machine, ARM_RAM, EM_AARCH64, 64,
     false},
    {"aarch64_be", "the same, big-endian", QEMU_AARCH64, arm_machine, ARM_RAM, EM_AARCH64, 64,
     true},
};
const unsigned board_count = sizeof(boards) / sizeof(boards[0]);

const struct board *board_find(const char *name)
{
    for (unsigned i = 0; i < board_count; i++) {
        if (strcmp(boards[i].name, name) == 0) {
            return &boards[i];
        }
    }
    return NULL;
}

/* ---- the firmware image ---- */

/* e_type and e_machine stand behind e_ident in files of both classes. */
#define HEADER_BYTES (EI_NIDENT + 4u)

static unsigned half(const uint8_t *p, bool big_endian)
{
    return big_endian ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

static int check_header(const struct board *b, const char *path, const uint8_t *h, char *why,
                        size_t size)
{
    bool big_endian = h[EI_DATA] == ELFDATA2MSB;
    unsigned bits = h[EI_CLASS] == ELFCLASS64 ? 64u : 32u;
    unsigned type = half(&h[EI_NIDENT], big_endian);
    unsigned machine = half(&h[EI_NIDENT + 2], big_endian);

    if (type != ET_EXEC) {
        (void)snprintf(why, size, "firmware '%s': ELF type %u, expected %u (executable)", path,
                       type, ET_EXEC);
        return -ENOEXEC;
    }
    if (machine != b->elf_machine || bits != b->elf_bits || big_endian != b->big_endian) {
        (void)snprintf(why, size,
                       "firmware '%s': ELF machine %u, %u bits, %s-endian; board %s expected "
                       "machine %u, %u bits, %s-endian",
                       path, machine, bits, big_endian ? "big" : "little", b->name, b->elf_machine,
                       b->elf_bits, b->big_endian ? "big" : "little");
        return -ENOEXEC;
    }
    return 0;
}

int board_check_firmware(const struct board *board, const char *path, char *why, size_t why_size)
{
    uint8_t header[HEADER_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, header, sizeof(header)) : -1;
    int ret = n < 0 ? -errno : 0;

    if (fd >= 0) {
        (void)close(fd);
    }
    if (ret != 0) {
        (void)snprintf(why, why_size, "firmware '%s': %s, expected an ELF file for board %s", path,
                       strerror(-ret), board->name);
        return ret;
    }
    if (n != (ssize_t)sizeof(header) || memcmp(header, ELFMAG, SELFMAG) != 0) {
        (void)snprintf(why, why_size,
                       "firmware '%s': not an ELF file, expected one for board %s (ELF machine %u, "
                       "%u bits)",
                       path, board->name, board->elf_machine, board->elf_bits);
        return -ENOEXEC;
    }
    return check_header(board, path, header, why, why_size);
}
