/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register accesses of the driver on a back end, noted one by one, and what two such records
 * have in common. Looks at InterruptStatus that found nothing, and at Status that found all well,
 * are left out: those are a matter of time.
 */
#ifndef HARNESS_REAL_RECORD_H
#define HARNESS_REAL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#define REAL_ACCESSES_MAX 1536u

enum {
    REG_DEVICE_FEATURES = 0x010,
    REG_DEVICE_FEATURES_SEL = 0x014,
    REG_QUEUE_NUM_MAX = 0x034,
    REG_QUEUE_PFN = 0x040,
    REG_QUEUE_NOTIFY = 0x050,
    REG_INTERRUPT_STATUS = 0x060,
    REG_INTERRUPT_ACK = 0x064,
    REG_STATUS = 0x070,
    REG_QUEUE_DESC = 0x080,
    REG_QUEUE_DEVICE_HIGH = 0x0a4,
    REG_CONFIG_GENERATION = 0x0fc,
    REG_CONFIG = 0x100,
};

struct real_access {
    uint8_t window;
    bool write;
    uint8_t width;
    uint16_t offset;
    uint64_t value;
};

/* What the driver did on one back end; begun as all zero but for what is left out. */
struct real_record {
    bool no_config;     /* the config space */
    bool no_interrupts; /* used buffer notifications */
    uint64_t no_notify; /* notifications of these queues, a bit each */
    struct real_access accesses[REAL_ACCESSES_MAX];
    unsigned count;
    bool overflow; /* there were more */
    /* Private. */
    bool behind_status; /* the last access, of all that were seen, was one of Status that counts */
    uint64_t base, window_size;
    struct host_backend *be;
    uint64_t (*read)(struct host_backend *be, uint64_t bus_addr, unsigned width);
    void (*write)(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val);
};

/* Notes an access, unless it is one that is left out (false): for those that a recorder in this
 * process does not see. */
bool real_record_add(struct real_record *rec, const struct real_access *access);

/* Puts the recorder in front of the current back end, whose windows are here; one at a time. */
void real_record_begin(struct real_record *rec, uint64_t base, uint64_t window_size);
/* Takes it away. */
void real_record_end(void);

/* How many accesses only one of the two has, along a longest common subsequence; printed under
 * their names if so wished (NULL: not). Addresses of rings are taken as equal. */
unsigned real_record_differences(const struct real_record *one, const struct real_record *other,
                                 const char *const names[2]);

#endif
