/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Table-driven breaches: each case is a driver that does one thing wrongly, with the rule that has
 * to be reported. Cases live in several files by subject; one runner plays them all.
 */
#ifndef MODEL_TESTS_BREACH_H
#define MODEL_TESTS_BREACH_H

#include "hand.h"

enum breach_start {
    START_RAW,  /* the board only */
    START_ID,   /* identified and reset */
    START_FEAT, /* features agreed, read back */
    START_MEM,  /* and ring memory allocated */
    START_LIVE, /* DRIVER_OK, queue of 16 */
};

struct breach_case {
    const char *rule;
    unsigned version;
    enum breach_start start;
    uint64_t offered;
    uint64_t wanted;
    void (*act)(struct hand *h);
    bool others; /* further rules break as a consequence */
};

/* The cases of one device type other than blk, and how a case of them begins. */
struct breach_set {
    const struct breach_case *table;
    size_t n;
    void (*start)(struct hand *h, const struct breach_case *c);
};
extern const struct breach_set breach_console_set;
extern const struct breach_set breach_net_set, breach_net_mtu_set, breach_net_ctrl_set;
extern const struct breach_set breach_input_set, breach_gpu_set;

extern const struct breach_case breach_register[], breach_queue[], breach_blk[], breach_memory[];
extern const size_t breach_register_count, breach_queue_count, breach_blk_count,
    breach_memory_count;

#endif
