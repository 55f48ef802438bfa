/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults are data: one static const table (model/src/fault_table.c) that the model, the sweep,
 * --list and the documentation read. At most one fault is armed on a board. Each place where a
 * fault could strike is an opportunity: model_fault_hit() counts it and says whether to strike.
 */
#ifndef VIRTIO_MODEL_FAULT_H
#define VIRTIO_MODEL_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_board;

/* Outcomes of a scenario, as a set: what a row of the table allows once the fault has struck. */
enum model_outcome {
    MODEL_OUT_OK = 1u << 0,
    MODEL_OUT_EIO = 1u << 1,
    MODEL_OUT_ETIMEDOUT = 1u << 2,
    MODEL_OUT_ENODEV = 1u << 3,
    MODEL_OUT_ENOTSUP = 1u << 4,
    MODEL_OUT_ENXIO = 1u << 5, /* empty slot, skipped quietly */
    MODEL_OUT_ENOMEM = 1u << 6,
    MODEL_OUT_EINVAL = 1u << 7,
    MODEL_OUT_EROFS = 1u << 8,
    MODEL_OUT_EAGAIN = 1u << 9,
    MODEL_OUT_ERANGE = 1u << 10,
    MODEL_OUT_EBUSY = 1u << 11,
    MODEL_OUT_EPROTO = 1u << 12, /* config or response that contradicts the specification */
    MODEL_OUT_ECANCELED = 1u << 13,
    MODEL_OUT_EOVERFLOW = 1u << 14,
    MODEL_OUT_DATA = 1u << 15,     /* the harness' data check must fire: proves that it works */
    MODEL_OUT_DATA_MAY = 1u << 16, /* it may fire: nobody but the reader can know (a frame that was
                                      cut where no length says so) */
    MODEL_OUT_ENETDOWN = 1u << 17,
    MODEL_OUT_EMSGSIZE = 1u << 18,
    MODEL_OUT_EPIPE = 1u << 19, /* the other side is not there */
    MODEL_OUT_ENOBUFS = 1u << 20,
};

/* CORE and HOST strike every device type, the others one. */
enum model_fault_area {
    MODEL_AREA_CORE,
    MODEL_AREA_HOST,
    MODEL_AREA_BLK,
    MODEL_AREA_NET,
    MODEL_AREA_CON,
    MODEL_AREA_GPU,
    MODEL_AREA_INP,
};
enum model_fault_transport { MODEL_T_LEGACY = 1, MODEL_T_MODERN = 2, MODEL_T_BOTH = 3 };
enum model_fault_mode { MODEL_MODE_TRANSIENT = 1, MODEL_MODE_PERSISTENT = 2, MODEL_MODE_BOTH = 3 };

/* X(symbol suffix, "ID") for every row, in table order; see fault_table.c for the rest. */
#include "virtio_model/model_fault_ids.h"

struct model_fault_row {
    const char *id; /* "U-ID-DUP" */
    enum model_fault_area area;
    unsigned transports; /* enum model_fault_transport */
    unsigned modes;      /* enum model_fault_mode */
    unsigned variants;   /* number of parameter values, at least 1 */
    uint32_t allowed;    /* enum model_outcome set once the fault has struck */
    const char *site;    /* where it strikes, in the field's terms */
    const char *effect;  /* what it does; with variants: what each does */
    const char *seen_in; /* public report it comes from, or "" */
    /* Feature bits that must be offered for the fault to have opportunities (0: none). */
    uint64_t needs_features;
};

size_t model_fault_count(void); /* rows, MODEL_FAULT_NONE not included */
const struct model_fault_row *model_fault_row(enum model_fault_id id); /* NULL: no such row */
/* Returns the id for a row's name, or MODEL_FAULT_NONE. */
enum model_fault_id model_fault_by_name(const char *name, size_t len);

/* `allowed` is for both modes; model_fault_allowed() adds what a single strike leaves open. */
struct model_fault_plan {
    enum model_fault_id id;
    unsigned variant; /* 0 .. variants-1 */
    uint32_t k;       /* first opportunity that is struck, from 1 */
    bool persistent;  /* false: only the k-th; true: the k-th and all after it */
};

/* Outcomes (enum model_outcome set) that are acceptable for a scenario of this device type (area,
 * BLK to INP) once the fault of this plan has struck: the row's, or, where the device type makes a
 * difference, what its list of exceptions says (model/src/fault_except_*.h). */
uint32_t model_fault_allowed(const struct model_fault_plan *plan, enum model_fault_area area);
/* Why the device type is an exception, or NULL: it is none. */
const char *model_fault_exception(enum model_fault_id id, enum model_fault_area area);

void model_fault_arm(struct model_board *board, const struct model_fault_plan *plan);
void model_fault_disarm(struct model_board *board);
/* The fault strikes no more, but what it has done still counts: a driver that a ring lied to is
 * excused until its device is reset, and the fault disarmed then. */
void model_fault_cease(struct model_board *board);
/* An opportunity for `id`: true when the armed fault strikes here. */
bool model_fault_hit(struct model_board *board, enum model_fault_id id);
unsigned model_fault_variant(const struct model_board *board);
uint32_t model_fault_opportunities(const struct model_board *board); /* seen since arming */
uint32_t model_fault_strikes(const struct model_board *board);       /* struck since arming */

#endif
