/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches of the duties concerning the network device: features, queues, buffers, frames. */
#include "breach.h"

#include <criterion/criterion.h>

#include "hand_net.h"

#define B(name) static void name(__attribute__((unused)) struct hand *h)

#define TSO (HN_CSUM | HN_HOST_TSO4)

/* START_LIVE: two pairs where MQ is wanted, buffers that are large enough; START_MEM: no buffers
 * posted; below: features agreed, or less. */
static void start_net(struct hand *h, const struct breach_case *c)
{
    const struct model_net_config cfg = {.dev = {.version = c->version, .features = c->offered},
                                         .max_virtqueue_pairs = 2};

    hn_board(h, MODEL_SCHED_LAZY, &cfg);
    if (c->start >= START_MEM) {
        hn_up(c->wanted, (c->wanted & HN_MQ) ? 2 : 1,
              c->start == START_LIVE ? (c->wanted & HN_GUEST_TSO4 ? 65562 : 1600) : 0);
        return;
    }
    if (c->start >= START_ID) {
        hand_identify(h);
        hand_reset(h);
    }
    if (c->start >= START_FEAT)
        hand_negotiate(h, c->wanted);
}

/* ---- features and config ---- */

B(nothing)
{
}
B(reject_mac)
{
    hand_negotiate(h, 0);
}
B(accept_all)
{
    hand_negotiate(h, UINT64_MAX);
}
B(accept_no_base)
{
    hand_negotiate(h, UINT64_MAX & ~(HN_HOST_TSO4 | HN_HOST_TSO6 | HN_CTRL));
}
B(read_status)
{
    hand_cfg(h, 6, 2);
}
B(write_status)
{
    model_mmio_write(h->board, model_window_base(h->slot) + 0x106, 2, 1);
}
B(write_mac)
{
    model_mmio_write(h->board, model_window_base(h->slot) + 0x100, 1, 1);
}

/* ---- queues ---- */

static struct hand_queue extra;

static void live_with(struct hand *h, unsigned index)
{
    hand_queue_open(h, &extra, index, 8);
    hand_driver_ok(h);
}
static void command_on_extra(void)
{
    static uint8_t cmd[3], ack;
    const struct hand_part parts[2] = {{cmd, 3, false}, {&ack, 1, true}};

    hand_queue_put(&extra, parts, 2);
    hand_queue_wait(&extra, NULL);
}
B(no_such_queue)
{
    live_with(h, 3); /* MQ is offered and not agreed */
    command_on_extra();
}
B(ctrl_unagreed)
{
    live_with(h, 2);
    command_on_extra();
}
B(readable_in_rx)
{
    const struct hand_part part = {hn.tx_frame, 64, false};

    hand_queue_put(&hn.rx[0], &part, 1);
    hand_queue_wait(&hn.rx[0], NULL);
}
B(writable_in_tx)
{
    const struct hand_part part = {hn.tx_frame, 64, true};

    hand_queue_put(&hn.tx[0], &part, 1);
    hand_queue_wait(&hn.tx[0], NULL);
}
B(mac_unread)
{
    hand_queue_open(h, &hn.rx[0], 0, 8);
    hand_queue_open(h, &hn.tx[0], 1, 8);
    hand_driver_ok(h);
    hn.header = 12;
    hn.rx_bytes = 1600;
    hn_post(0, 0);
    hn_frame(NULL, 0x88b5, 64);
    hn_send(0, 64);
}
B(plain)
{
    hn_frame(NULL, 0x88b5, 64);
    hn_send(0, 64);
}
B(second_pair)
{
    hn_frame(NULL, 0x88b5, 64);
    hn_send(1, 64);
}
static void pairs(unsigned n)
{
    uint8_t data[2];

    hn_put16(data, (uint16_t)n);
    hn_command(4, 0, data, 2);
}
B(above_count)
{
    pairs(2);
    pairs(1);
    hn_frame(NULL, 0x88b5, 64);
    hn_send(1, 64);
}
B(unpopulated_pair)
{
    hn.rx_bytes = 1600;
    hn_post(0, 0);
    pairs(2);
    hn_frame(NULL, 0x88b5, 64);
    hn_send(1, 64);
}
B(pairs_0)
{
    pairs(0);
}
B(pairs_3)
{
    pairs(3);
}
B(pairs_not_set_up)
{
    hand_queue_open(h, &hn.rx[0], 0, 8);
    hand_queue_open(h, &hn.tx[0], 1, 8);
    hand_queue_open(h, &hn.ctrl, 4, 8);
    hand_driver_ok(h);
    pairs(2);
}

/* ---- receive buffers ---- */

static void post(uint32_t len)
{
    const struct hand_part part = {hn.buf[0][0], len, true};

    hand_queue_put(&hn.rx[0], &part, 1);
    hand_queue_wait(&hn.rx[0], NULL);
}
B(post_11)
{
    post(11);
}
B(post_1525)
{
    post(1525);
}
B(post_65561)
{
    post(65561);
}
B(post_mtu)
{
    post(1800); /* mtu 2000 */
}
static void start_mtu(struct hand *h, const struct breach_case *c)
{
    const struct model_net_config cfg = {.dev = {.version = c->version, .features = c->offered},
                                         .mtu = 2000};

    hn_board(h, MODEL_SCHED_LAZY, &cfg);
    hn_up(c->wanted, 1, 2100);
}

/* ---- frames ---- */

static void send(uint32_t len)
{
    hn_send(0, len);
}
B(runt)
{
    hn_frame(NULL, 0x88b5, 64);
    send(13);
}
B(giant)
{
    hn_frame(NULL, 0x88b5, 65551);
    send(65551);
}
B(above_mtu)
{
    hn_frame(NULL, 0x88b5, 2015);
    send(2015);
}
B(num_buffers)
{
    hn_frame(NULL, 0x88b5, 64);
    hn.tx_header[10] = 1;
    send(64);
}
static void flagged(uint8_t flags)
{
    hn_frame(NULL, 0x88b5, 64);
    hn.tx_header[0] = flags;
    hn.tx_header[6] = 20;
    send(64);
}
B(csum_unagreed)
{
    flagged(1);
}
B(data_valid)
{
    flagged(2);
}
B(rsc_info)
{
    flagged(4);
}
B(tunnel_csum)
{
    flagged(8);
}
B(ipsec)
{
    flagged(0x10);
}
B(bad_checksum)
{
    hn_packet(NULL, 17, 40, HN_CSUM_WRONG);
    send(82);
}
static void partial(uint8_t start, uint8_t offset)
{
    hn.tx_header[0] = 1;
    hn.tx_header[6] = start;
    hn.tx_header[8] = offset;
}
B(csum_beyond)
{
    hn_frame(NULL, 0x88b5, 64);
    partial(60, 3);
    send(64);
}
B(csum_elsewhere)
{
    hn_packet(NULL, 17, 40, HN_CSUM_PARTIAL);
    partial(34, 16);
    send(82);
}
B(csum_not_seeded)
{
    hn_packet(NULL, 17, 40, HN_CSUM_WRONG);
    partial(34, 6);
    send(82);
}
B(ip_header_bad)
{
    hn_packet(NULL, 17, 40, HN_CSUM_PARTIAL);
    hn.tx_frame[24] ^= 1;
    partial(34, 6);
    send(82);
}

/* ---- segmentation ---- */

static void segments(uint8_t type, uint16_t size, uint16_t hdr_len)
{
    hn_packet(NULL, 6, 3000, HN_CSUM_PARTIAL);
    partial(34, 16);
    hn.tx_header[1] = type;
    hn_put16(hn.tx_header + 2, hdr_len);
    hn_put16(hn.tx_header + 4, size);
}
B(gso_none_agreed)
{
    segments(1, 1000, 54);
    send(3054);
}
B(gso_4)
{
    segments(4, 1000, 54);
    send(3054);
}
B(gso_1)
{
    segments(1, 1000, 54);
    send(3054);
}
B(gso_3)
{
    segments(3, 1000, 54);
    send(3054);
}
B(gso_5)
{
    segments(5, 1000, 54);
    send(3054);
}
B(gso_tunnel)
{
    segments(0x21, 1000, 54);
    send(3054);
}
B(gso_no_csum)
{
    segments(1, 1000, 54);
    hn.tx_header[0] = 0;
    send(3054);
}
B(gso_size_0)
{
    segments(1, 0, 54);
    send(3054);
}
B(gso_hdr_len)
{
    segments(1, 1000, 53);
    send(3054);
}
B(gso_hdr_long)
{
    segments(1, 1000, 55);
    send(3054);
}
B(gso_ecn_unagreed)
{
    segments(0x81, 1000, 54);
    send(3054);
}
B(gso_ecn_unsaid)
{
    segments(1, 1000, 54);
    hn.tx_frame[47] = 0x80; /* CWR */
    send(3054);
}

/* ---- legacy framing ---- */

B(one_element)
{
    const struct hand_part part = {hn.tx_frame, 74, false};

    memset(hn.tx_frame, 0, 80);
    hand_queue_put(&hn.tx[0], &part, 1);
    hand_queue_wait(&hn.tx[0], NULL);
}
B(rx_one_element)
{
    post(1600);
}
B(header_12)
{
    const struct hand_part parts[2] = {{hn.tx_header, 12, false}, {hn.tx_frame, 64, false}};

    hn_frame(NULL, 0x88b5, 64);
    hand_queue_put(&hn.tx[0], parts, 2);
    hand_queue_wait(&hn.tx[0], NULL);
}

#define MAC_TSO6 (HN_CSUM | HN_HOST_TSO6)

static const struct breach_case breach_net[] = {
    {"DRV-NET-001", 2, START_FEAT, HN_CTRL | HN_MQ, HN_CTRL, no_such_queue, true},
    {"DRV-NET-001", 2, START_LIVE, 0, 0, readable_in_rx, true},
    {"DRV-NET-001", 2, START_LIVE, 0, 0, writable_in_tx, true},
    {"DRV-NET-002", 2, START_FEAT, HN_CTRL, 0, ctrl_unagreed, false},
    {"DRV-NET-003", 2, START_ID, HN_CSUM | HN_HOST_ECN | HN_HOST_TSO4, 0, accept_no_base, false},
    {"DRV-NET-003", 1, START_LIVE, HN_HOST_ECN, HN_HOST_ECN, nothing, true},
    {"DRV-NET-005", 2, START_ID, HN_MAC, 0, reject_mac, false},
    {"DRV-NET-006", 2, START_FEAT, HN_MAC, HN_MAC, mac_unread, false},
    {"DRV-NET-008", 2, START_LIVE, HN_STATUS, 0, read_status, false},
    {"DRV-NET-009", 2, START_FEAT, HN_STATUS, HN_STATUS, mac_unread, false},
    {"DRV-NET-010", 2, START_ID, HN_MTU, 0, reject_mac, false},
    {"DRV-NET-017", 2, START_ID, HN_RX_EXTRA, 0, accept_all, false},
    {"DRV-NET-018", 2, START_MEM, 0, 0, plain, false},
    {"DRV-NET-020", 2, START_LIVE, 0, 0, runt, false},
    {"DRV-NET-020", 1, START_LIVE, 0, 0, giant, false},
    {"DRV-NET-022", 2, START_LIVE, 0, 0, num_buffers, false},
    {"DRV-NET-023", 2, START_LIVE, 0, 0, csum_unagreed, false},
    {"DRV-NET-024", 2, START_LIVE, 0, 0, bad_checksum, false},
    {"DRV-NET-026", 2, START_LIVE, MAC_TSO6, MAC_TSO6, gso_1, false},
    {"DRV-NET-028", 2, START_LIVE, TSO, TSO, gso_4, false},
    {"DRV-NET-030", 2, START_LIVE, TSO, TSO, gso_3, false},
    {"DRV-NET-032", 2, START_LIVE, TSO, TSO, gso_5, false},
    {"DRV-NET-033", 2, START_LIVE, TSO, TSO, gso_ecn_unagreed, false},
    {"DRV-NET-034", 2, START_LIVE, TSO | HN_HOST_ECN, TSO | HN_HOST_ECN, gso_ecn_unsaid, false},
    {"DRV-NET-036", 2, START_LIVE, HN_CSUM, HN_CSUM, ip_header_bad, false},
    {"DRV-NET-037", 2, START_LIVE, HN_CSUM, HN_CSUM, csum_not_seeded, false},
    {"DRV-NET-038", 2, START_LIVE, HN_CSUM, HN_CSUM, csum_beyond, false},
    {"DRV-NET-038", 1, START_LIVE, HN_CSUM, HN_CSUM, csum_elsewhere, false},
    {"DRV-NET-039", 2, START_LIVE, HN_CSUM, HN_CSUM, gso_none_agreed, false},
    {"DRV-NET-040", 2, START_LIVE, TSO, TSO, gso_no_csum, false},
    {"DRV-NET-041", 2, START_LIVE, TSO, TSO, gso_size_0, false},
    {"DRV-NET-042", 2, START_LIVE, TSO | HB(59), TSO | HB(59), gso_hdr_long, false},
    {"DRV-NET-043", 2, START_LIVE, TSO, TSO, gso_hdr_len, false},
    {"DRV-NET-045", 2, START_LIVE, HN_CSUM, HN_CSUM, data_valid, false},
    {"DRV-NET-046", 2, START_LIVE, HN_CSUM, HN_CSUM, rsc_info, false},
    {"DRV-NET-055", 2, START_LIVE, 0, 0, ipsec, false},
    {"DRV-NET-056", 2, START_LIVE, HN_GUEST_CSUM | HN_GUEST_TSO4, HN_GUEST_CSUM | HN_GUEST_TSO4,
     post_65561, false},
    {"DRV-NET-057", 2, START_LIVE, 0, 0, post_1525, false},
    {"DRV-NET-058", 2, START_LIVE, HN_MRG, HN_MRG, post_11, false},
    {"DRV-NET-060", 2, START_MEM, HN_MQ | HN_CTRL, HN_MQ | HN_CTRL, unpopulated_pair, false},
    {"DRV-NET-085", 2, START_FEAT, HN_MQ | HN_CTRL, HN_MQ | HN_CTRL, pairs_not_set_up, false},
    {"DRV-NET-086", 2, START_LIVE, HN_MQ | HN_CTRL, HN_MQ | HN_CTRL, pairs_0, false},
    {"DRV-NET-086", 1, START_LIVE, HN_MQ | HN_CTRL, HN_MQ | HN_CTRL, pairs_3, false},
    {"DRV-NET-087", 2, START_LIVE, HN_MQ | HN_CTRL, HN_MQ | HN_CTRL, second_pair, false},
    {"DRV-NET-088", 2, START_LIVE, HN_MQ | HN_CTRL, HN_MQ | HN_CTRL, above_count, false},
    {"DRV-NET-092", 2, START_FEAT, HB(60) | HN_CTRL, HB(60) | HN_CTRL, nothing, true},
    {"DRV-NET-110", 2, START_LIVE, TSO, TSO, gso_tunnel, false},
    {"DRV-NET-115", 2, START_LIVE, HN_CSUM, HN_CSUM, tunnel_csum, false},
    {"DRV-MMIO-002", 2, START_LIVE, HN_MAC, HN_MAC, write_mac, false},
    {"DRV-MMIO-002", 1, START_LIVE, HN_STATUS, HN_STATUS, write_status, false},
    {"DRV-LEG-017", 1, START_LIVE, HB(6), HB(6), nothing, true},
    {"DRV-LEG-021", 1, START_LIVE, HN_ANY, HN_ANY, header_12, false},
    {"DRV-LEG-027", 1, START_LIVE, 0, 0, one_element, false},
    {"DRV-LEG-027", 1, START_LIVE, 0, 0, rx_one_element, false},
};
const struct breach_set breach_net_set = {breach_net, sizeof(breach_net) / sizeof(breach_net[0]),
                                          start_net};

static const struct breach_case breach_net_mtu[] = {
    {"DRV-NET-011", 2, START_LIVE, HN_MTU, HN_MTU, post_mtu, false},
    {"DRV-NET-012", 2, START_LIVE, HN_MTU, HN_MTU, above_mtu, false},
};
const struct breach_set breach_net_mtu_set = {
    breach_net_mtu, sizeof(breach_net_mtu) / sizeof(breach_net_mtu[0]), start_mtu};
