/* SPDX-License-Identifier: Apache-2.0 */
/* See mailbox_client.h. */
#include "mailbox_client.h"

#include "board.h"
#include "le.h"
#include "virtio/virtio.h"

#define SLEEP_US UINT64_C(100) /* between two looks: the host cannot raise an interrupt */

static struct client {
    struct mailbox mailbox __attribute__((aligned(4096)));
    bool host;
    volatile bool asking; /* looked at by interrupt handlers that ask, which they must not */
} client;

struct mailbox *mailbox_memory(void)
{
    return &client.mailbox;
}

bool mailbox_has_host(void)
{
    return client.host;
}

void mailbox_open(bool host)
{
    struct mailbox *m = &client.mailbox;

    client.host = host;
    m->bytes = le32((uint32_t)sizeof(*m));
    virtio_port_wmb();
    *(volatile uint32_t *)&m->magic = le32(MAILBOX_MAGIC);
    board_printf("mailbox 0x%zx", (size_t)(uintptr_t)m);
}

/* Returns the number of the question, or 0: it cannot be asked. */
static uint32_t put(const struct mailbox_question *q)
{
    struct mailbox *m = &client.mailbox;
    uint32_t request = le32(m->request) + 1u;

    m->op = le32(q->op);
    for (unsigned i = 0; i < sizeof(q->args) / sizeof(q->args[0]); i++) {
        m->args[i] = le32(q->args[i]);
    }
    m->data_len = le32((uint32_t)q->data_len);
    if (q->data_len != 0) {
        memcpy(m->data, q->data, q->data_len);
    }
    virtio_port_wmb(); /* the host looks at the question when it has seen the number */
    *(volatile uint32_t *)&m->request = le32(request);
    virtio_port_mb(); /* ... and at the number when it has heard the bell */
    board_putc(MAILBOX_BELL);
    return request;
}

static void await(uint32_t request, uint32_t op)
{
    const volatile uint32_t *reply = &client.mailbox.reply;
    uint64_t deadline_us = virtio_port_now_us() + MAILBOX_TIMEOUT_US;
    virtio_port_event_t never;

    if (virtio_port_event_init(&never) != 0) {
        board_printf("mailbox: no event to wait for");
        board_exit(BOARD_EXIT_BOARD);
    }
    while (le32(*reply) != request) {
        if (virtio_port_now_us() >= deadline_us) {
            board_printf("mailbox: no answer to question %u (operation %u) within %u ms, the last "
                         "one was to question %u",
                         (unsigned)request, (unsigned)op, (unsigned)(MAILBOX_TIMEOUT_US / 1000u),
                         (unsigned)le32(*reply));
            board_exit(BOARD_EXIT_NO_HOST);
        }
        virtio_port_event_wait(&never, SLEEP_US);
    }
    virtio_port_event_deinit(&never);
    virtio_port_rmb(); /* the answer was there before its number */
}

int mailbox_ask(const struct mailbox_question *q)
{
    if (!client.host) {
        return -ENODEV;
    }
    if (client.asking) {
        board_printf("mailbox: operation %u is asked within another question", (unsigned)q->op);
        return -EBUSY;
    }
    if (q->data_len > MAILBOX_DATA) {
        board_printf("mailbox: operation %u has %zu bytes, expected at most %u", (unsigned)q->op,
                     q->data_len, MAILBOX_DATA);
        return -EMSGSIZE;
    }
    client.asking = true;
    await(put(q), q->op);
    client.asking = false;
    return (int)(int32_t)le32((uint32_t)client.mailbox.result);
}

size_t mailbox_answer(const uint8_t **data)
{
    size_t len = le32(client.mailbox.data_len);

    *data = client.mailbox.data;
    return len <= MAILBOX_DATA ? len : MAILBOX_DATA;
}

void mailbox_tell(const struct mailbox_question *q)
{
    if (client.host && q->data_len <= MAILBOX_DATA) {
        (void)put(q);
    }
}
