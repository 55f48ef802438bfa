/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted peer, through the device and by itself, and the bytes of a capture file. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hand_net.h"

static struct hand h;
static const uint8_t peer_mac[6] = {0x52, 0x55, 0x0a, 0x00, 0x02, 0x02};
static const struct model_net_peer_config usual;
static uint8_t out[2048];

static size_t ask(uint32_t len)
{
    memset(out, 0, sizeof(out));
    return model_net_peer_answer(&usual, hn.tx_frame, len, out, sizeof(out));
}

static void arp(void)
{
    static const uint8_t question[28] = {0,  1, 8, 0,  6, 4, 0, 1, 0x52, 0x54, 0,  0x12, 0x34, 0x56,
                                         10, 0, 2, 15, 0, 0, 0, 0, 0,    0,    10, 0,    2,    2};

    hn_frame(NULL, 0x0806, 60);
    memcpy(hn.tx_frame + 14, question, sizeof(question));
}

static void ping(uint32_t payload)
{
    uint8_t *icmp = hn.tx_frame + 34;

    hn_packet(peer_mac, 17, payload, HN_CSUM_FULL);
    hn.tx_frame[23] = 1;
    hn.tx_frame[24] = hn.tx_frame[25] = 0;
    uint16_t sum = (uint16_t)~hn_sum(hn.tx_frame + 14, 20, 0);
    hn.tx_frame[24] = (uint8_t)(sum >> 8);
    hn.tx_frame[25] = (uint8_t)sum;
    memset(icmp, 0, 8);
    icmp[0] = 8;
    icmp[7] = 3; /* sequence */
    sum = (uint16_t)~hn_sum(icmp, 8 + payload, 0);
    icmp[2] = (uint8_t)(sum >> 8);
    icmp[3] = (uint8_t)sum;
}

Test(net_peer, arp)
{
    arp();
    cr_assert_eq(ask(60), 42u);
    cr_assert_eq(memcmp(out, hn.tx_frame + 6, 6), 0);
    cr_assert_eq(memcmp(out + 6, peer_mac, 6), 0);
    cr_assert_eq(out[21], 2u);
    cr_assert_eq(memcmp(out + 22, peer_mac, 6), 0);
    cr_assert_eq(memcmp(out + 28, "\x0a\0\2\2", 4), 0);
    cr_assert_eq(memcmp(out + 32, hn.tx_frame + 6, 6), 0);
    cr_assert_eq(memcmp(out + 38, "\x0a\0\2\x0f", 4), 0);
    cr_assert_eq(ask(41), 0u); /* cut short */
    hn.tx_frame[41] = 3;
    cr_assert_eq(ask(60), 0u); /* for somebody else */
}

Test(net_peer, icmp_echo)
{
    for (uint32_t n = 0; n < 60; n += 7) {
        ping(n);
        cr_assert_eq(ask(42 + n), 42u + n);
        cr_assert_eq(out[34], 0u);
        cr_assert_eq(memcmp(out + 38, hn.tx_frame + 38, 4 + n), 0);
        cr_assert_eq(hn_sum(out + 34, 8 + n, 0), 0xffffu);
        cr_assert_eq(hn_sum(out + 14, 20, 0), 0xffffu);
        cr_assert_eq(memcmp(out + 26, "\x0a\0\2\2\x0a\0\2\x0f", 8), 0);
    }
    ping(20);
    cr_assert_eq(ask(70), 62u); /* padding is no part of it */
    hn.tx_frame[50] ^= 1;
    cr_assert_eq(ask(62), 0u);
    ping(20);
    cr_assert_eq(ask(61), 0u);
    hn.tx_frame[14] = 0x46;
    cr_assert_eq(ask(62), 0u);
}

Test(net_peer, udp_echo)
{
    const uint8_t addresses[8] = {10, 0, 2, 2, 10, 0, 2, 15};

    for (uint32_t n = 1; n < 1400; n += 97) {
        hn_packet(peer_mac, 17, n, HN_CSUM_FULL);
        cr_assert_eq(ask(42 + n), 42u + n);
        cr_assert_eq(memcmp(out + 42, hn.tx_frame + 42, n), 0);
        cr_assert_eq(memcmp(out + 34, "\0\7\x12\x34", 4), 0);
        cr_assert_eq(hn_sum(out + 34, 8 + n, hn_sum(addresses, 8, 17 + 8 + n)), 0xffffu);
    }
    hn_packet(peer_mac, 17, 100, HN_CSUM_WRONG);
    cr_assert_eq(ask(142), 0u);
    hn_packet(peer_mac, 17, 100, HN_CSUM_FULL);
    hn.tx_frame[40] = hn.tx_frame[41] = 0; /* no checksum */
    cr_assert_eq(ask(142), 142u);
    hn.tx_frame[37] = 8; /* another port */
    cr_assert_eq(ask(142), 0u);
    hn_packet(peer_mac, 6, 100, HN_CSUM_FULL);
    cr_assert_eq(ask(154), 0u);
}

Test(net_peer, local_experimental)
{
    hn_frame(peer_mac, 0x88b5, 100);
    cr_assert_eq(ask(100), 100u);
    cr_assert_eq(memcmp(out + 14, hn.tx_frame + 14, 86), 0);
    cr_assert_eq(memcmp(out, hn.tx_frame + 6, 6), 0);
    hn.tx_frame[0] = 2;
    cr_assert_eq(ask(100), 0u);
    for (uint32_t n = 0; n < 14; n++)
        cr_assert_eq(ask(n), 0u);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A question and its answer through the device, and what the capture says of them. */
Test(net_peer, captured)
{
    static const uint8_t header[24] = {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0,
                                       0,    0,    0,    0,    0, 0, 4, 0, 1, 0, 0, 0};
    static uint8_t file[4096];
    char path[] = "/tmp/model-net-XXXXXX";
    struct model_net_config cfg = {.dev = {.version = 2}, .wire = MODEL_NET_PEER};
    uint32_t len = 0;

    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(model_pcap_open(&cfg.pcap, path), 0);
    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(0, 1, 1600);
    ping(100);
    cr_assert(hn_send(0, 142));
    const int b = hn_receive(0, &len);
    cr_assert_geq(b, 0);
    cr_assert_eq(len, 154u);
    arp();
    hn_send(0, 60);
    hn_receive(0, &len);
    cr_assert_eq(len, 54u);
    hn_down();
    cr_assert_eq(model_violation_count(h.board), 0u, "%s", hand_breaches(&h));
    hand_close(&h);
    cr_assert_eq(model_pcap_close(cfg.pcap), 0);
    const ssize_t n = read(fd, file, sizeof(file));
    cr_assert_eq(n, 24 + 4 * 16 + 2 * 142 + 60 + 42);
    cr_assert_eq(memcmp(file, header, 24), 0);
    cr_assert_lt(get32(file + 28), 1000000000u);
    cr_assert_gt(get32(file + 28), 0u);
    cr_assert_eq(get32(file + 32), 142u);
    cr_assert_eq(get32(file + 36), 142u);
    cr_assert_eq(memcmp(file + 40, peer_mac, 6), 0);
    cr_assert_eq(memcmp(file + 40 + 142 + 16 + 12 - 6, peer_mac, 6), 0); /* the answer's source */
    cr_assert_eq(memcmp(file + 40 + 142 + 16, hn.buf[0][b] + 12, 142), 0);
    cr_assert_eq(model_pcap_open(&cfg.pcap, path), 0);
    cr_assert_eq(model_pcap_write(cfg.pcap, UINT64_C(7123456789), "frame", 5), 0);
    cr_assert_eq(model_pcap_close(cfg.pcap), 0);
    cr_assert_eq(lseek(fd, 24, SEEK_SET), 24);
    cr_assert_eq(read(fd, file, sizeof(file)), 21);
    cr_assert_eq(get32(file), 7u);
    cr_assert_eq(get32(file + 4), 123456789u);
    close(fd);
    unlink(path);
    cr_assert_lt(model_pcap_open(&cfg.pcap, "/nonexistent/file"), 0);
}
