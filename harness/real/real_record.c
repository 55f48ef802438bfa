/* SPDX-License-Identifier: Apache-2.0 */
/* See real_record.h. */
#include "real_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host_backend.h"
#include "real_machine.h"

#define INTERRUPT_USED     1u
#define STATUS_LIVE        0x0fu
#define STATUS_FEATURES_OK 0x08u /* not on legacy devices */

static struct real_record *recording;

/* ---- recording ---- */

/* A look at Status that a wait takes now and then, not the one behind a write of it. */
static bool is_glance(const struct real_record *rec, const struct real_access *a)
{
    return a->offset == REG_STATUS && !a->write && (a->value | STATUS_FEATURES_OK) == STATUS_LIVE &&
           !rec->behind_status;
}

static bool is_aside(const struct real_record *rec, const struct real_access *a)
{
    bool interrupt = a->offset == REG_INTERRUPT_STATUS || a->offset == REG_INTERRUPT_ACK;

    return (!a->write && a->offset == REG_INTERRUPT_STATUS && a->value == 0) ||
           (rec->no_interrupts && interrupt && a->value == INTERRUPT_USED) ||
           (rec->no_config && a->offset >= REG_CONFIG_GENERATION) ||
           (a->offset == REG_QUEUE_NOTIFY && a->value < 64u &&
            (rec->no_notify >> a->value & 1u) != 0) ||
           is_glance(rec, a);
}

bool real_record_add(struct real_record *rec, const struct real_access *access)
{
    bool aside = is_aside(rec, access);

    rec->behind_status = !aside && access->offset == REG_STATUS;
    if (aside) {
        return false;
    }
    if (rec->count == REAL_ACCESSES_MAX) {
        rec->overflow = true;
        return false;
    }
    rec->accesses[rec->count++] = *access;
    return true;
}

static bool note(struct real_record *rec, bool write, uint64_t bus_addr, unsigned width,
                 uint64_t value)
{
    uint64_t rel = bus_addr - rec->base;
    const struct real_access a = {.window = (uint8_t)(rel / rec->window_size),
                                  .write = write,
                                  .width = (uint8_t)width,
                                  .offset = (uint16_t)(rel % rec->window_size),
                                  .value = value};

    return real_record_add(rec, &a);
}

/* A write is noted before it is done: what it brings about comes after it. */
static uint64_t recorded_read(struct host_backend *be, uint64_t bus_addr, unsigned width)
{
    struct real_record *rec = recording;
    unsigned place = rec->count;
    uint64_t value = rec->read(be, bus_addr, width);
    bool noted = note(rec, false, bus_addr, width, value);
    struct real_access moved;

    /* The back end may have run the interrupt handler behind the read: in front of it again. */
    if (noted && rec->count > place + 1u) {
        moved = rec->accesses[rec->count - 1u];
        memmove(&rec->accesses[place + 1u], &rec->accesses[place],
                (rec->count - 1u - place) * sizeof(moved));
        rec->accesses[place] = moved;
    }
    return value;
}

static void recorded_write(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val)
{
    (void)note(recording, true, bus_addr, width, val);
    recording->write(be, bus_addr, width, val);
}

void real_record_begin(struct real_record *rec, uint64_t base, uint64_t window_size)
{
    rec->base = base;
    rec->window_size = window_size;
    rec->be = host_current;
    rec->read = rec->be->mmio_read;
    rec->write = rec->be->mmio_write;
    rec->be->mmio_read = recorded_read;
    rec->be->mmio_write = recorded_write;
    recording = rec;
}

void real_record_end(void)
{
    recording->be->mmio_read = recording->read;
    recording->be->mmio_write = recording->write;
    recording = NULL;
}

/* ---- comparison ---- */

static bool is_address(const struct real_access *a)
{
    return a->offset == REG_QUEUE_PFN ||
           (a->offset >= REG_QUEUE_DESC && a->offset <= REG_QUEUE_DEVICE_HIGH);
}

static bool same(const struct real_access *a, const struct real_access *b)
{
    bool both_zero = (a->value == 0) == (b->value == 0);

    return a->window == b->window && a->write == b->write && a->width == b->width &&
           a->offset == b->offset &&
           (a->value == b->value || (is_address(a) && (both_zero || a->offset != REG_QUEUE_PFN)));
}

static void print_access(const char *const names[2], unsigned side, const struct real_access *a)
{
    char name[24];

    if (names == NULL) {
        return;
    }
    (void)printf("  %-5s %u %s%u %-18s 0x%" PRIx64 "\n", names[side], a->window,
                 a->write ? "W" : "R", a->width, real_register_name(a->offset, name, sizeof(name)),
                 a->value);
}

unsigned real_record_differences(const struct real_record *one, const struct real_record *other,
                                 const char *const names[2])
{
    static uint16_t length[REAL_ACCESSES_MAX + 1u][REAL_ACCESSES_MAX + 1u];
    unsigned differences = 0;
    unsigned m = 0;
    unsigned q = 0;

    memset(length, 0, sizeof(length));
    for (unsigned i = one->count; i-- > 0;) {
        for (unsigned j = other->count; j-- > 0;) {
            uint16_t skip =
                length[i + 1u][j] > length[i][j + 1u] ? length[i + 1u][j] : length[i][j + 1u];

            length[i][j] = same(&one->accesses[i], &other->accesses[j])
                               ? (uint16_t)(length[i + 1u][j + 1u] + 1u)
                               : skip;
        }
    }
    while (m < one->count || q < other->count) {
        if (m < one->count && q < other->count && same(&one->accesses[m], &other->accesses[q])) {
            m++;
            q++;
        } else if (q == other->count ||
                   (m < one->count && length[m + 1u][q] >= length[m][q + 1u])) {
            print_access(names, 0, &one->accesses[m++]);
            differences++;
        } else {
            print_access(names, 1, &other->accesses[q++]);
            differences++;
        }
    }
    return differences;
}
