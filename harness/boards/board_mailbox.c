/* SPDX-License-Identifier: Apache-2.0 */
/* See board_mailbox.h. */
#include "board_mailbox.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "real_machine.h"

/* Once: the guest may write meanwhile. */
static uint32_t get32(const uint32_t *field)
{
    return le32toh(__atomic_load_n(field, __ATOMIC_ACQUIRE));
}

static void put32(uint32_t *field, uint32_t value)
{
    __atomic_store_n(field, htole32(value), __ATOMIC_RELEASE);
}

int board_mailbox_check(const struct mailbox *mb, char *why, size_t why_size)
{
    uint32_t magic = get32(&mb->magic);
    uint32_t bytes = get32(&mb->bytes);

    if (magic != MAILBOX_MAGIC || bytes != sizeof(*mb)) {
        (void)snprintf(why, why_size,
                       "mailbox: magic 0x%08" PRIx32 ", %" PRIu32 " bytes, expected 0x%08" PRIx32
                       ", %zu bytes",
                       magic, bytes, MAILBOX_MAGIC, sizeof(*mb));
        return -EINVAL;
    }
    return 0;
}

bool board_mailbox_take(const struct mailbox *mb, struct board_ask *ask)
{
    ask->number = get32(&mb->request);
    if (ask->number == get32(&mb->reply)) {
        return false;
    }
    ask->op = get32(&mb->op);
    for (unsigned i = 0; i < 8u; i++) {
        ask->args[i] = get32(&mb->args[i]);
    }
    ask->len = get32(&mb->data_len);
    ask->len = ask->len <= MAILBOX_DATA ? ask->len : MAILBOX_DATA;
    memcpy(ask->data, mb->data, ask->len);
    return true;
}

void board_mailbox_reply(struct mailbox *mb, const struct board_ask *ask,
                         const struct board_answer *answer)
{
    uint32_t len = answer->len <= MAILBOX_DATA ? answer->len : MAILBOX_DATA;

    memcpy(mb->data, answer->data, len);
    put32(&mb->data_len, len);
    put32((uint32_t *)&mb->result, (uint32_t)answer->result);
    put32(&mb->reply, ask->number); /* last: the guest waits for it */
}

/* ---- fields ---- */

bool board_bytes_fit(const struct board_bytes *b)
{
    return b->at <= b->room;
}

static bool move_on(struct board_bytes *b, size_t width)
{
    bool fits = b->at <= b->room && width <= b->room - b->at;

    b->at = fits ? b->at + width : SIZE_MAX;
    return fits;
}

uint64_t board_get(struct board_bytes *b, unsigned width)
{
    uint64_t value = 0;

    if (move_on(b, width)) {
        for (unsigned i = 0; i < width; i++) {
            value |= (uint64_t)b->data[b->at - width + i] << (8u * i);
        }
    }
    return value;
}

void board_put(struct board_bytes *b, unsigned width, uint64_t value)
{
    if (move_on(b, width)) {
        for (unsigned i = 0; i < width; i++) {
            b->data[b->at - width + i] = (uint8_t)(value >> (8u * i));
        }
    }
}

void board_put_bytes(struct board_bytes *b, const void *bytes, size_t len)
{
    if (move_on(b, len)) {
        memcpy(b->data + b->at - len, bytes, len);
    }
}

bool board_verdict_read(const struct board_ask *ask, struct mailbox_verdict *out)
{
    struct board_bytes b = {.data = ask->data, .room = ask->len};
    uint32_t *const numbers[] = {
        &out->failures,       &out->data_errors, &out->status[0],   &out->status[1],
        &out->private_pieces, &out->dma_pieces,  &out->mapped,      &out->reads,
        &out->writes,         &out->interrupts,  &out->stack_bytes, &out->free_bytes_peak,
    };

    memset(out, 0, sizeof(*out));
    out->outcome = (int32_t)board_get(&b, 4);
    out->recovery = (int32_t)board_get(&b, 4);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        *numbers[i] = (uint32_t)board_get(&b, 4);
    }
    for (unsigned d = 0; d < 2u; d++) {
        for (unsigned s = 0; s < 512u; s++) {
            out->may[d][s] = (uint16_t)board_get(&b, 2);
        }
    }
    for (unsigned i = 0; i < sizeof(out->expect); i++) {
        out->expect[i] = (char)board_get(&b, 1);
    }
    out->expect[sizeof(out->expect) - 1u] = '\0';
    return board_bytes_fit(&b);
}

/* ---- the trace ---- */

uint32_t board_trace_count(const struct mailbox *mb)
{
    return get32(&mb->trace_count);
}

uint32_t board_trace_first(const struct mailbox *mb)
{
    uint32_t count = board_trace_count(mb);

    return count > MAILBOX_TRACE ? count - MAILBOX_TRACE : 0;
}

struct mailbox_access board_trace_at(const struct mailbox *mb, uint32_t n)
{
    struct mailbox_access a = mb->trace[n % MAILBOX_TRACE];

    a.offset = le16toh(a.offset);
    a.value = le32toh(a.value);
    return a;
}

static bool same_as_next(const struct mailbox *mb, uint32_t n)
{
    struct mailbox_access a = board_trace_at(mb, n);
    struct mailbox_access b = board_trace_at(mb, n + 1u);

    return a.window == b.window && a.kind == b.kind && a.offset == b.offset && a.value == b.value;
}

static void print_entry(const struct mailbox *mb, uint32_t n, FILE *out)
{
    struct mailbox_access a = board_trace_at(mb, n);
    char name[24];

    (void)fprintf(out, "  %6" PRIu32 "  ", n);
    if (a.kind == MAILBOX_INTERRUPT) {
        (void)fprintf(out, "%u interrupt", a.window);
    } else if (a.kind == MAILBOX_MARK) {
        (void)fprintf(out, "-- line %" PRIu32, a.value);
    } else {
        (void)fprintf(out, "%u %s%u %-18s 0x%" PRIx32, a.window, (a.kind & 0x80u) != 0 ? "W" : "R",
                      a.kind & 0xfu, real_register_name(a.offset, name, sizeof(name)), a.value);
    }
}

void board_trace_print(const struct mailbox *mb, uint32_t lines, FILE *out)
{
    uint32_t count = board_trace_count(mb);
    uint32_t oldest = board_trace_first(mb);
    uint32_t n = count;

    /* Entry n - 1 begins a line unless it is like the one before it. */
    while (n > oldest && lines != 0) {
        n--;
        lines -= n == oldest || !same_as_next(mb, n - 1u) ? 1u : 0u;
    }
    while (n < count) {
        uint32_t times = 1;

        print_entry(mb, n, out);
        while (n + times < count && same_as_next(mb, n + times - 1u)) {
            times++;
        }
        if (times > 1u) {
            (void)fprintf(out, " (%" PRIu32 " times)", times);
        }
        (void)fputc('\n', out);
        n += times;
    }
}
