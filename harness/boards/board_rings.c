/* SPDX-License-Identifier: Apache-2.0 */
/* See board_rings.h. */
#include "board_rings.h"

#include <inttypes.h>
#include <string.h>

enum {
    REG_GUEST_PAGE_SIZE = 0x028,
    REG_QUEUE_SEL = 0x030,
    REG_QUEUE_NUM = 0x038,
    REG_QUEUE_ALIGN = 0x03c,
    REG_QUEUE_PFN = 0x040,
    REG_QUEUE_READY = 0x044,
    REG_QUEUE_AREAS = 0x080, /* three times low, high; 16 bytes apart */
    REG_QUEUE_AREAS_END = 0x0a8,
};
enum { DESCRIPTORS, AVAILABLE, USED };

#define DESCRIPTOR_BYTES 16u
#define QUEUE_NUM_MAX    32768u

/* ---- where they are ---- */

static void set_area(struct board_queue *q, unsigned offset, uint64_t value)
{
    unsigned area = (offset - REG_QUEUE_AREAS) / 16u;
    bool high = (offset & 4u) != 0;

    if (area < 3u && (offset & 0xbu) == 0) {
        q->next[area] = high ? (q->next[area] & UINT32_MAX) | value << 32
                             : (q->next[area] & ~(uint64_t)UINT32_MAX) | value;
    }
}

/* One block, section 2.6.2: descriptors, available ring, and behind it, aligned, the used ring. */
static void set_legacy(struct board_queue *q, uint64_t page_bytes, uint64_t pfn)
{
    uint64_t end;

    q->areas[DESCRIPTORS] = pfn * page_bytes;
    q->areas[AVAILABLE] = q->areas[DESCRIPTORS] + DESCRIPTOR_BYTES * q->num;
    end = q->areas[AVAILABLE] + 2u * (3u + q->num);
    q->areas[USED] = q->align != 0 ? (end + q->align - 1u) / q->align * q->align : end;
}

void board_rings_write(struct board_rings *r, unsigned window, unsigned offset, uint64_t value)
{
    struct board_queue *q;

    if (window >= BOARD_RINGS_WINDOWS) {
        return;
    }
    q = &r->windows[window].queues[r->windows[window].selected % BOARD_RINGS_QUEUES];
    switch (offset) {
    case REG_GUEST_PAGE_SIZE:
        r->windows[window].page_bytes = value;
        break;
    case REG_QUEUE_SEL:
        r->windows[window].selected = value;
        break;
    case REG_QUEUE_NUM:
        q->num = value <= QUEUE_NUM_MAX ? value : 0;
        break;
    case REG_QUEUE_ALIGN:
        q->align = value;
        break;
    case REG_QUEUE_PFN:
        if (!r->modern && value != 0) {
            set_legacy(q, r->windows[window].page_bytes, value);
        }
        break;
    case REG_QUEUE_READY:
        if (r->modern && value == 1u) {
            memcpy(q->areas, q->next, sizeof(q->areas));
        }
        break;
    default:
        if (r->modern && offset >= REG_QUEUE_AREAS && offset < REG_QUEUE_AREAS_END) {
            set_area(q, offset, value);
        }
        break;
    }
}

/* ---- what is in them ---- */

static uint32_t field(const struct board_rings *r, const uint8_t *p, unsigned width)
{
    bool big = !r->modern && r->big_endian;
    uint32_t value = 0;

    for (unsigned i = 0; i < width; i++) {
        value |= (uint32_t)p[i] << (8u * (big ? width - 1u - i : i));
    }
    return value;
}

static void tell_descriptors(struct board_rings *r, const uint8_t *p, uint64_t num)
{
    for (uint64_t i = 0; i < num; i++, p += DESCRIPTOR_BYTES) {
        (void)fprintf(r->out,
                      "  desc[%" PRIu64 "] len %" PRIu32 " flags 0x%" PRIx32 " next %" PRIu32 "\n",
                      i, field(r, p + 8, 4), field(r, p + 12, 2), field(r, p + 14, 2));
    }
}

/* Flags and used_event tell when the driver looked last, which is a matter of time. */
static void tell_available(struct board_rings *r, const uint8_t *p, uint64_t num)
{
    (void)fprintf(r->out, "  avail idx %" PRIu32 "\n", field(r, p + 2, 2));
    for (uint64_t i = 0; i < num; i++) {
        (void)fprintf(r->out, "  avail[%" PRIu64 "] %" PRIu32 "\n", i,
                      field(r, p + 4u + 2u * i, 2));
    }
}

/* Likewise flags and avail_event of the device. */
static void tell_used(struct board_rings *r, const uint8_t *p, uint64_t num)
{
    (void)fprintf(r->out, "  used idx %" PRIu32 "\n", field(r, p + 2, 2));
    for (uint64_t i = 0; i < num; i++) {
        (void)fprintf(r->out, "  used[%" PRIu64 "] id %" PRIu32 " len %" PRIu32 "\n", i,
                      field(r, p + 4u + 8u * i, 4), field(r, p + 8u + 8u * i, 4));
    }
}

static void tell(struct board_rings *r, unsigned window, unsigned queue, unsigned area,
                 const uint8_t *p)
{
    uint64_t num = r->windows[window].queues[queue].num;

    (void)fprintf(r->out, "window %u queue %u size %" PRIu64 "\n", window, queue, num);
    if (area == DESCRIPTORS) {
        tell_descriptors(r, p, num);
    } else if (area == AVAILABLE) {
        tell_available(r, p, num);
    } else {
        tell_used(r, p, num);
    }
    r->found++;
}

static uint64_t area_bytes(unsigned area, uint64_t num)
{
    static const uint64_t head[3] = {0, 4, 4};
    static const uint64_t each[3] = {DESCRIPTOR_BYTES, 2, 8};

    return head[area] + each[area] * num;
}

void board_rings_given_back(struct board_rings *r, uint64_t dma, const void *bytes, size_t len)
{
    for (unsigned w = 0; w < BOARD_RINGS_WINDOWS; w++) {
        for (unsigned n = 0; n < BOARD_RINGS_QUEUES; n++) {
            struct board_queue *q = &r->windows[w].queues[n];

            for (unsigned area = 0; area < 3u; area++) {
                uint64_t at = q->areas[area] - dma;

                if (q->areas[area] >= dma && at < len && area_bytes(area, q->num) <= len - at) {
                    tell(r, w, n, area, (const uint8_t *)bytes + at);
                    q->areas[area] = 0;
                }
            }
        }
    }
}

/* ---- comparison ---- */

#define HEAD_MAX  64u
#define PRINT_MAX 40u

static const char *take_line(const char *p, const char **line, size_t *len)
{
    *line = p;
    *len = strcspn(p, "\n");
    return p[*len] == '\n' ? p + *len + 1 : p + *len;
}

unsigned board_rings_differences(const char *one, const char *other, const char *const names[2])
{
    char head[HEAD_MAX] = "";
    unsigned differences = 0;

    while (*one != '\0' || *other != '\0') {
        const char *lines[2];
        size_t lens[2];

        one = take_line(one, &lines[0], &lens[0]);
        other = take_line(other, &lines[1], &lens[1]);
        if (lines[0][0] == 'w') {
            (void)snprintf(head, sizeof(head), "%.*s", (int)lens[0], lines[0]);
        }
        if (lens[0] == lens[1] && memcmp(lines[0], lines[1], lens[0]) == 0) {
            continue;
        }
        differences++;
        if (names != NULL && differences <= PRINT_MAX) {
            (void)printf("  %s: %s '%.*s', %s '%.*s'\n", head, names[0], (int)lens[0], lines[0],
                         names[1], (int)lens[1], lines[1]);
        }
    }
    return differences;
}
