/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scenario by the firmware of one board, and its verdict: the firmware's own (outcome, device
 * used again, expectations, data, nothing left, device left reset), its exit status, and what the
 * far side saw: images, wires.
 */
#ifndef HARNESS_BOARD_RUN_H
#define HARNESS_BOARD_RUN_H

#include <stdio.h>

#include "board_machine.h"
#include "board_table.h"
#include "real_device.h"

/* Exit codes of virtio-board. */
enum board_code {
    BOARD_PASS = 0,
    BOARD_FAILURES = 1,
    BOARD_USAGE = 2,
    BOARD_NO_QEMU = 3,     /* missing, or it did not start */
    BOARD_OLD_QEMU = 4,    /* below BOARD_QEMU_VERSION */
    BOARD_NO_FIRMWARE = 5, /* missing, or not for that board */
    BOARD_NO_TREE = 6,     /* the firmware found no device tree */
    BOARD_NO_VIRTIO = 7,   /* the firmware found no virtio node in it */
};

#define BOARD_QEMU_VERSION 702u /* -netdev dgram */

struct board_options {
    const char *program; /* for replay commands */
    const struct board *board;
    const char *firmware;
    const char *dtb;  /* NULL: QEMU's own */
    unsigned limit_s; /* for a run; 0: by the scenario */
    bool verbose;
};

struct board_result {
    enum board_code code;
    uint32_t reads, writes, interrupts, stack_bytes;
    uint64_t us;     /* from QEMU's start to its end */
    char text[1024]; /* what was expected and what came; "": passed */
};

/* For a look at the machine after the firmware has ended and before its memory goes; NULL: none. */
struct board_watch {
    void (*look)(void *ctx, const struct board_machine *m);
    void *ctx;
};

#define BOARD_ID_MAX (REAL_ID_MAX + 16u)
void board_id_format(const struct board *board, const struct real_spec *spec, char *buf,
                     size_t size);

/* Runs it with files in the directory `dir`, which is empty. A failure is described on `out`: what
 * was expected, command line, replay, console, trace. */
void board_run(const struct board_options *o, const struct real_spec *spec, const char *dir,
               const struct board_watch *watch, FILE *out, struct board_result *result);

#endif
