/* SPDX-License-Identifier: Apache-2.0 */
/* The network device by hand, see hand_net.h. */
#include "hand_net.h"

#include <criterion/criterion.h>

#define WAIT_NS 1000000u

struct hand_net hn;

void hn_put16(uint8_t *p, uint16_t v)
{
    memcpy(p, &v, 2);
}

static void put_be16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

void hn_board(struct hand *h, enum model_schedule schedule, const struct model_net_config *cfg)
{
    const struct model_board_config bc = {.schedule = schedule, .seed = 7};

    memset(&hn, 0, offsetof(struct hand_net, buf));
    hn.h = h;
    hand_board_bare(h, &bc);
    cr_assert_eq(model_net_add(h->board, h->slot, cfg, &hn.net), 0);
    hand_attach(h, model_net_device(hn.net), 1, cfg->dev.version);
}

void hn_up(uint64_t wanted, unsigned pairs, uint32_t rx_bytes)
{
    struct hand *h = hn.h;

    hand_identify(h);
    hand_reset(h);
    hand_negotiate(h, wanted);
    for (uint32_t i = 0; (h->features & HN_MAC) && i < 6; i++)
        hand_cfg(h, i, 1);
    if (h->features & HN_STATUS)
        hand_cfg(h, 6, 2);
    hn.header = h->version == 2 || (h->features & HN_MRG) ? 12 : 10;
    hn.rx_bytes = rx_bytes;
    for (unsigned p = 0; p < pairs; p++) {
        hand_queue_open(h, &hn.rx[p], 2 * p, 32);
        hand_queue_open(h, &hn.tx[p], 2 * p + 1, 32);
    }
    hn.has_ctrl = (h->features & HN_CTRL) != 0;
    if (hn.has_ctrl)
        hand_queue_open(h, &hn.ctrl, (h->features & HN_MQ) ? 2 * HN_PAIRS : 2, 32);
    hand_driver_ok(h);
    for (unsigned p = 0; p < pairs; p++)
        for (unsigned i = 0; i < HN_BUFFERS; i++) {
            hn.head_of[p][i] = -1;
            if (rx_bytes)
                hn_post(p, i);
        }
}

void hn_down(void)
{
    hand_reset(hn.h);
    for (unsigned p = 0; p < HN_PAIRS; p++) {
        hand_queue_close(&hn.rx[p]);
        hand_queue_close(&hn.tx[p]);
    }
    hand_queue_close(&hn.ctrl);
    model_board_finish(hn.h->board);
}

static bool fixed_framing(void)
{
    return hn.h->version == 1 && (hn.h->features & HN_ANY) == 0;
}

void hn_post(unsigned pair, unsigned buffer)
{
    uint8_t *b = hn.buf[pair][buffer];
    const struct hand_part whole = {b, hn.rx_bytes, true};
    const struct hand_part parts[2] = {{b, hn.header, true},
                                       {b + hn.header, hn.rx_bytes - hn.header, true}};

    memset(b, 0x77, hn.rx_bytes);
    hn.head_of[pair][buffer] = fixed_framing() ? hand_queue_put(&hn.rx[pair], parts, 2)
                                               : hand_queue_put(&hn.rx[pair], &whole, 1);
}

int hn_receive(unsigned pair, uint32_t *len)
{
    const int head = hand_queue_wait(&hn.rx[pair], len);

    for (int i = 0; head >= 0 && i < (int)HN_BUFFERS; i++)
        if (hn.head_of[pair][i] == head) {
            hn.head_of[pair][i] = -1;
            return i;
        }
    return -1;
}

bool hn_send(unsigned pair, uint32_t len)
{
    const struct hand_part parts[2] = {{hn.tx_header, hn.header, false}, {hn.tx_frame, len, false}};

    hand_queue_put(&hn.tx[pair], parts, 2);
    const bool done = hand_queue_wait(&hn.tx[pair], NULL) >= 0;
    memset(hn.tx_header, 0, sizeof(hn.tx_header));
    return done;
}

uint8_t hn_command(uint8_t class, uint8_t command, const void *data, uint32_t len)
{
    const struct hand_part parts[3] = {
        {hn.cmd, 2, false}, {hn.cmd + 2, len, false}, {&hn.ack, 1, true}};
    const struct hand_part bare[2] = {parts[0], parts[2]};

    hn.cmd[0] = class;
    hn.cmd[1] = command;
    if (len)
        memcpy(hn.cmd + 2, data, len);
    hn.ack = HN_ACK_NONE;
    hand_queue_put(&hn.ctrl, len ? parts : bare, len ? 3 : 2);
    return hand_queue_wait(&hn.ctrl, NULL) >= 0 ? hn.ack : HN_ACK_NONE;
}

/* ---- frames ---- */

void hn_frame(const uint8_t *dst, uint16_t ethertype, uint32_t len)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t me[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

    memcpy(hn.tx_frame, dst ? dst : broadcast, 6);
    memcpy(hn.tx_frame + 6, me, 6);
    put_be16(hn.tx_frame + 12, ethertype);
    for (uint32_t i = 14; i < len; i++)
        hn.tx_frame[i] = (uint8_t)(i * 3 + 1);
}

uint16_t hn_sum(const uint8_t *p, size_t len, uint32_t sum)
{
    for (size_t i = 0; i < len; i++)
        sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

void hn_packet(const uint8_t *dst, uint8_t proto, uint32_t payload, enum hn_csum csum)
{
    const uint32_t header = proto == 6 ? 20 : 8, at = proto == 6 ? 16 : 6;
    const uint8_t addresses[8] = {10, 0, 2, 15, 10, 0, 2, 2};
    uint8_t *ip = hn.tx_frame + 14, *l4 = ip + 20;

    hn_frame(dst, 0x0800, 34 + header + payload);
    memset(ip, 0, 20 + header);
    ip[0] = 0x45;
    put_be16(ip + 2, (uint16_t)(20 + header + payload));
    ip[8] = 64;
    ip[9] = proto;
    memcpy(ip + 12, addresses, 8);
    put_be16(ip + 10, (uint16_t)~hn_sum(ip, 20, 0));
    put_be16(l4, 4660);
    put_be16(l4 + 2, 7);
    if (proto == 6)
        l4[12] = 0x50;
    else
        put_be16(l4 + 4, (uint16_t)(header + payload));
    const uint16_t pseudo = hn_sum(addresses, 8, proto + header + payload);
    const uint16_t full = (uint16_t)~hn_sum(l4, header + payload, pseudo);
    put_be16(l4 + at, csum == HN_CSUM_FULL ? full : pseudo);
    if (csum == HN_CSUM_WRONG)
        put_be16(l4 + at, (uint16_t)(full ^ 0x0101));
}
