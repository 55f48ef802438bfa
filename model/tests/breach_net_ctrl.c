/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches in commands on the control queue of the network device. */
#include "breach.h"

#include <criterion/criterion.h>

#include "hand_net.h"

#define B(name) static void name(__attribute__((unused)) struct hand *h)

#define TABLES (HN_CTRL | HN_CTRL_RX)

static void start_ctrl(struct hand *h, const struct breach_case *c)
{
    const struct model_net_config cfg = {.dev = {.version = c->version, .features = c->offered}};

    hn_board(h, MODEL_SCHED_LAZY, &cfg);
    hn_up(c->wanted, 1, 1600);
}

static void refused(uint8_t class, uint8_t command, const void *data, uint32_t len)
{
    const uint8_t ack = hn_command(class, command, data, len);

    cr_assert_eq(ack, 1u, "class %u command %u: ack %u, expected ERR", class, command, ack);
}

static void raw(uint32_t head, uint32_t ack)
{
    static uint8_t acks[4];
    const struct hand_part parts[2] = {{hn.cmd, head, false}, {acks, ack, true}};

    memset(hn.cmd, 0, sizeof(hn.cmd));
    hand_queue_put(&hn.ctrl, parts, 2);
    hand_queue_wait(&hn.ctrl, NULL);
}

B(head_of_1)
{
    raw(1, 1);
}
B(two_acks)
{
    raw(3, 2);
}
B(no_class)
{
    refused(77, 0, "", 1);
}
B(promisc_length)
{
    refused(0, 0, "\1\0", 2);
}
B(promisc_value)
{
    refused(0, 0, "\2", 1);
}
B(allmulti)
{
    refused(0, 1, "\1", 1);
}
B(nouni)
{
    refused(0, 4, "\1", 1);
}
B(mac_table)
{
    static const uint8_t empty[8];

    refused(1, 0, empty, 8);
}
B(mac_set)
{
    refused(1, 1, "\2\0\0\0\0\1", 6);
}
B(table_short)
{
    static const uint8_t one[13] = {1};

    refused(1, 0, one, 13);
}
B(table_count)
{
    static const uint8_t many[8] = {0xff, 0xff, 0xff, 0xff};

    refused(1, 0, many, 8);
}
B(table_long)
{
    static const uint8_t empty[9];

    refused(1, 0, empty, 9);
}
B(vlan)
{
    refused(2, 0, "\1\0", 2);
}
B(vlan_length)
{
    refused(2, 0, "\1\0\0\0", 4);
}
B(announce)
{
    refused(3, 0, "", 0);
}
B(offloads)
{
    static const uint8_t tso4[8] = {0x82};

    refused(5, 0, tso4, 8);
}
B(rss)
{
    refused(4, 1, "\0\0\0\0\0\0\0\0\0\0\0", 11);
}
B(coalesce)
{
    refused(6, 0, "\0\0\0\0\0\0\0", 8);
}
B(coalesce_queue)
{
    refused(6, 2, "\0\0\0\0\0\0\0\0\0\0\0", 12);
}
B(tunnel)
{
    refused(7, 0, "\0\0\0", 4);
}
B(rss_context)
{
    refused(9, 0, "\0\0\0", 4);
}

/* ---- legacy framing ---- */

static void framed(const struct hand_part *parts, unsigned n)
{
    hand_queue_put(&hn.ctrl, parts, n);
    hand_queue_wait(&hn.ctrl, NULL);
}
B(head_and_data)
{
    const struct hand_part parts[2] = {{hn.cmd, 3, false}, {&hn.ack, 1, true}};

    memset(hn.cmd, 0, 3);
    framed(parts, 2);
}
B(data_in_two)
{
    const struct hand_part parts[4] = {
        {hn.cmd, 2, false}, {hn.cmd + 2, 1, false}, {hn.cmd + 3, 1, false}, {&hn.ack, 1, true}};

    memset(hn.cmd, 0, 4);
    hn.cmd[0] = 2;
    framed(parts, 4);
}
static void tables(uint32_t first, uint32_t second)
{
    const struct hand_part parts[4] = {{hn.cmd, 2, false},
                                       {hn.cmd + 2, first, false},
                                       {hn.cmd + 2 + first, second, false},
                                       {&hn.ack, 1, true}};

    memset(hn.cmd, 0, 32);
    hn.cmd[0] = 1;
    hn.cmd[2] = 1; /* one unicast address, no other */
    framed(parts, 4);
}
B(tables_cut_elsewhere)
{
    tables(8, 6);
}
B(table_in_one)
{
    static const uint8_t empty[8];

    hn_command(1, 0, empty, 8);
}

static const struct breach_case breach_net_ctrl[] = {
    {"DRV-NET-070", 2, START_LIVE, HN_CTRL, HN_CTRL, tunnel, false},
    {"DRV-NET-073", 2, START_LIVE, HN_CTRL, HN_CTRL, head_of_1, false},
    {"DRV-NET-073", 2, START_LIVE, HN_CTRL, HN_CTRL, two_acks, false},
    {"DRV-NET-073", 1, START_LIVE, HN_CTRL, HN_CTRL, no_class, false},
    {"DRV-NET-073", 2, START_LIVE, TABLES, TABLES, promisc_length, false},
    {"DRV-NET-073", 2, START_LIVE, TABLES, TABLES, promisc_value, false},
    {"DRV-NET-074", 2, START_LIVE, HN_CTRL, HN_CTRL, allmulti, false},
    {"DRV-NET-075", 2, START_LIVE, TABLES, TABLES, nouni, false},
    {"DRV-NET-076", 2, START_LIVE, HN_CTRL, HN_CTRL, mac_table, false},
    {"DRV-NET-076", 2, START_LIVE, TABLES, TABLES, mac_set, false},
    {"DRV-NET-078", 2, START_LIVE, TABLES, TABLES, table_short, false},
    {"DRV-NET-078", 2, START_LIVE, TABLES, TABLES, table_count, false},
    {"DRV-NET-078", 1, START_LIVE, TABLES, TABLES, table_long, false},
    {"DRV-NET-080", 2, START_LIVE, HN_CTRL, HN_CTRL, vlan, false},
    {"DRV-NET-080", 2, START_LIVE, HN_CTRL | HN_VLAN, HN_CTRL | HN_VLAN, vlan_length, false},
    {"DRV-NET-082", 2, START_LIVE, HN_CTRL, HN_CTRL, announce, false},
    {"DRV-NET-090", 2, START_LIVE, HN_CTRL, HN_CTRL, rss, false},
    {"DRV-NET-095", 2, START_LIVE, HN_CTRL, HN_CTRL, rss_context, false},
    {"DRV-NET-098", 2, START_LIVE, HN_CTRL | HN_OFFLOADS | HN_GUEST_CSUM,
     HN_CTRL | HN_OFFLOADS | HN_GUEST_CSUM, offloads, false},
    {"DRV-NET-100", 2, START_LIVE, HN_CTRL, HN_CTRL, coalesce, false},
    {"DRV-NET-101", 2, START_LIVE, HN_CTRL, HN_CTRL, coalesce_queue, false},
    {"DRV-LEG-028", 1, START_LIVE, TABLES, TABLES, head_and_data, true},
    {"DRV-LEG-028", 1, START_LIVE, HN_CTRL | HN_VLAN, HN_CTRL | HN_VLAN, data_in_two, false},
    {"DRV-LEG-045", 1, START_LIVE, TABLES, TABLES, table_in_one, false},
    {"DRV-LEG-045", 1, START_LIVE, TABLES, TABLES, tables_cut_elsewhere, true},
    {"DRV-LEG-046", 1, START_LIVE, TABLES, TABLES, tables_cut_elsewhere, true},
};
const struct breach_set breach_net_ctrl_set = {
    breach_net_ctrl, sizeof(breach_net_ctrl) / sizeof(breach_net_ctrl[0]), start_ctrl};
