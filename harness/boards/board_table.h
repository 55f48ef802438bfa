/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boards that QEMU can be: what to start, and which firmware runs there.
 */
#ifndef HARNESS_BOARD_TABLE_H
#define HARNESS_BOARD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qemu_process.h"

#define BOARD_RAM_BYTES (UINT64_C(128) << 20)

struct board {
    const char *name;
    const char *what;
    struct qemu_target qemu;
    const char *const *machine; /* arguments of QEMU; the RAM is the memory backend "ram" */
    uint64_t ram_base;
    uint16_t elf_machine;
    uint8_t elf_bits; /* 32 or 64 */
    bool big_endian;  /* the firmware's data and the rings of legacy devices */
};

extern const struct board boards[];
extern const unsigned board_count;

/* The board of that name; NULL: there is none. */
const struct board *board_find(const char *name);

/* 0 when the file can run on the board. -ENOENT, or what open said; -ENOEXEC: it is not an
 * executable of that machine. `why` names the file, what it is and what was expected. */
int board_check_firmware(const struct board *board, const char *path, char *why, size_t why_size);

#endif
