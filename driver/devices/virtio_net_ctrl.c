/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control queue (virtio v1.2 section 5.1.6.5): class, command, data; answered by one byte.
 *
 * Framing is that of a legacy device without ANY_LAYOUT (two bytes of head, the data, one byte of
 * answer, each in a descriptor of its own; two for the MAC filter), which is right for every
 * device.
 */
#include "virtio_net_priv.h"

enum {
    CLASS_RX = 0,
    CLASS_MAC = 1,
    CLASS_VLAN = 2,
    CLASS_ANNOUNCE = 3,
    CLASS_MQ = 4,
    CLASS_GUEST_OFFLOADS = 5,
};
enum { RX_PROMISC = 0, RX_ALLMULTI = 1 };
enum { MAC_TABLE_SET = 0, MAC_ADDR_SET = 1 };
enum { VLAN_ADD = 0, VLAN_DEL = 1 };
enum { ANNOUNCE_ACK = 0 };
enum { MQ_PAIRS_SET = 0 };
enum { GUEST_OFFLOADS_SET = 0 };

#define ACK_OK        0u
#define ACK_UNWRITTEN 0xffu

#define HEAD_LEN     2u
#define VLAN_ID_MAX  4094u
#define QUEUE_SIZE   16u
#define SLOTS        6u /* two of them for what nobody waits for */
#define WAITERS      4u
#define MAC_LIST_MAX (4u + VIRTIO_NET_MAC_FILTER_MAX * VIRTIO_NET_MAC_LEN)
#define COMMAND_MAX  (HEAD_LEN + 4u + MAC_LIST_MAX) /* the entries are in either list */

#define GUEST_OFFLOADS                                                                             \
    (VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_GUEST_TSO4 | VIRTIO_NET_F_GUEST_TSO6 |                 \
     VIRTIO_NET_F_GUEST_ECN | VIRTIO_NET_F_GUEST_UFO)

static void count_failure(struct virtio_net *net)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);

    net->stats.ctrl_failed++;
    virtio_port_unlock(&net->dev.lock, flags);
}

/* What an answer means; ERR and garbage are the same to the caller. */
static int ack_result(uint8_t ack, uint32_t len)
{
    if (len == 0 || ack != ACK_OK) {
        virtio_port_log(VIRTIO_LOG_WARNING, "virtio-net: control answer %u (%u bytes), expected 0",
                        (unsigned)ack, (unsigned)len);
        return -EIO;
    }
    return 0;
}

/* ---- commands that are waited for ---- */

static int run(struct virtio_net *net, uint64_t feature, uint8_t class, uint8_t command,
               const struct virtio_piece *data, unsigned count, uint64_t timeout_us)
{
    const uint8_t head[HEAD_LEN] = {class, command};
    struct virtio_piece pieces[3] = {{head, sizeof(head)}};
    uint8_t ack = ACK_UNWRITTEN;
    uint32_t got = 0;
    int ret;

    if (!virtio_device_is_live(&net->dev)) {
        return -EIO;
    }
    if (!net->has_ctrl || !virtio_has_feature(&net->dev, feature)) {
        return -ENOTSUP;
    }
    for (unsigned i = 0; i < count; i++) {
        pieces[i + 1u] = data[i];
    }
    ret = virtio_command_run(&net->ctrl, pieces, count + 1u, NULL, &ack, sizeof(ack), &got,
                             timeout_us);
    ret = ret != 0 ? ret : ack_result(ack, got);
    if (ret != 0) {
        count_failure(net);
    }
    return ret;
}

static int run_byte(struct virtio_net *net, uint8_t command, bool on, uint64_t timeout_us)
{
    const uint8_t value = on ? 1 : 0;
    const struct virtio_piece data = {&value, sizeof(value)};

    return run(net, VIRTIO_NET_F_CTRL_RX, CLASS_RX, command, &data, 1, timeout_us);
}

int virtio_net_set_promisc(struct virtio_net *net, bool on, uint64_t timeout_us)
{
    return run_byte(net, RX_PROMISC, on, timeout_us);
}

int virtio_net_set_allmulti(struct virtio_net *net, bool on, uint64_t timeout_us)
{
    return run_byte(net, RX_ALLMULTI, on, timeout_us);
}

/* One of the two lists of the filter; false: an address does not belong there. */
static bool put_list(const struct virtio_net *net, const uint8_t (*macs)[VIRTIO_NET_MAC_LEN],
                     unsigned count, bool group, uint8_t *out)
{
    uint32_t entries = virtio_swap32(count, net->ctrl.vq.big_endian);

    memcpy(out, &entries, sizeof(entries));
    for (unsigned i = 0; i < count; i++) {
        if (((macs[i][0] & 1u) != 0) != group) {
            return false;
        }
        memcpy(out + sizeof(entries) + (size_t)i * VIRTIO_NET_MAC_LEN, macs[i], VIRTIO_NET_MAC_LEN);
    }
    return true;
}

int virtio_net_set_mac_filter(struct virtio_net *net, const uint8_t (*unicast)[VIRTIO_NET_MAC_LEN],
                              unsigned num_unicast, const uint8_t (*multicast)[VIRTIO_NET_MAC_LEN],
                              unsigned num_multicast, uint64_t timeout_us)
{
    uint8_t lists[2][MAC_LIST_MAX];
    struct virtio_piece data[2];

    if (num_unicast > VIRTIO_NET_MAC_FILTER_MAX ||
        num_multicast > VIRTIO_NET_MAC_FILTER_MAX - num_unicast ||
        (unicast == NULL && num_unicast != 0) || (multicast == NULL && num_multicast != 0) ||
        !put_list(net, unicast, num_unicast, false, lists[0]) ||
        !put_list(net, multicast, num_multicast, true, lists[1])) {
        return -EINVAL;
    }
    data[0] = (struct virtio_piece){lists[0], 4u + num_unicast * VIRTIO_NET_MAC_LEN};
    data[1] = (struct virtio_piece){lists[1], 4u + num_multicast * VIRTIO_NET_MAC_LEN};
    return run(net, VIRTIO_NET_F_CTRL_RX, CLASS_MAC, MAC_TABLE_SET, data, 2, timeout_us);
}

static int run_vlan(struct virtio_net *net, uint8_t command, uint16_t id, uint64_t timeout_us)
{
    const uint16_t wire = virtio_swap16(id, net->ctrl.vq.big_endian);
    const struct virtio_piece data = {&wire, sizeof(wire)};

    if (id > VLAN_ID_MAX) {
        return -EINVAL;
    }
    return run(net, VIRTIO_NET_F_CTRL_VLAN, CLASS_VLAN, command, &data, 1, timeout_us);
}

int virtio_net_vlan_add(struct virtio_net *net, uint16_t id, uint64_t timeout_us)
{
    return run_vlan(net, VLAN_ADD, id, timeout_us);
}

int virtio_net_vlan_del(struct virtio_net *net, uint16_t id, uint64_t timeout_us)
{
    return run_vlan(net, VLAN_DEL, id, timeout_us);
}

static bool mac_usable(const uint8_t mac[VIRTIO_NET_MAC_LEN])
{
    static const uint8_t zero[VIRTIO_NET_MAC_LEN];

    return (mac[0] & 1u) == 0 && memcmp(mac, zero, sizeof(zero)) != 0;
}

int virtio_net_set_mac(struct virtio_net *net, const uint8_t mac[VIRTIO_NET_MAC_LEN],
                       uint64_t timeout_us)
{
    const struct virtio_piece data = {mac, VIRTIO_NET_MAC_LEN};
    virtio_port_irqflags_t flags;
    int ret = 0;

    if (!mac_usable(mac)) {
        return -EINVAL;
    }
    if (net->has_ctrl && virtio_has_feature(&net->dev, VIRTIO_NET_F_CTRL_MAC_ADDR)) {
        ret = run(net, VIRTIO_NET_F_CTRL_MAC_ADDR, CLASS_MAC, MAC_ADDR_SET, &data, 1, timeout_us);
    } else if (!virtio_device_is_live(&net->dev)) {
        ret = -EIO;
    } else if (virtio_is_legacy(&net->dev) && virtio_has_feature(&net->dev, VIRTIO_NET_F_MAC)) {
        for (unsigned i = 0; i < VIRTIO_NET_MAC_LEN; i++) {
            virtio_config_write8(&net->dev, i, mac[i]);
        }
    } else {
        ret = -ENOTSUP;
    }
    if (ret == 0) {
        flags = virtio_port_lock(&net->dev.lock);
        memcpy(net->info.mac, mac, VIRTIO_NET_MAC_LEN);
        net->info.mac_from_device = false;
        virtio_port_unlock(&net->dev.lock, flags);
    }
    return ret;
}

static void use_pairs(struct virtio_net *net, unsigned pairs)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);

    net->info.pairs = (uint16_t)pairs;
    virtio_port_unlock(&net->dev.lock, flags);
}

/* Fewer pairs are used from before the command on, more of them from after it: whatever becomes of
 * it, nothing is sent where the device may not look (section 5.1.6.5.6.1). */
int virtio_net_set_pairs(struct virtio_net *net, unsigned pairs, uint64_t timeout_us)
{
    const uint16_t wire = virtio_swap16((uint16_t)pairs, net->ctrl.vq.big_endian);
    const struct virtio_piece data = {&wire, sizeof(wire)};
    int ret;

    if (pairs == 0 || (net->num_pairs != 0 && pairs > net->info.pairs_max)) {
        return -EINVAL;
    }
    if (net->num_pairs != 0 && pairs < virtio_net_pairs(net)) {
        use_pairs(net, pairs);
    }
    ret = run(net, VIRTIO_NET_F_MQ, CLASS_MQ, MQ_PAIRS_SET, &data, 1, timeout_us);
    if (ret == 0) {
        use_pairs(net, pairs);
    }
    return ret;
}

int virtio_net_set_offloads(struct virtio_net *net, uint64_t offloads, uint64_t timeout_us)
{
    const uint64_t wire = virtio_swap64(offloads, net->ctrl.vq.big_endian);
    const struct virtio_piece data = {&wire, sizeof(wire)};

    if ((offloads & ~(net->dev.features & GUEST_OFFLOADS)) != 0) {
        return -EINVAL;
    }
    return run(net, VIRTIO_NET_F_CTRL_GUEST_OFFLOADS, CLASS_GUEST_OFFLOADS, GUEST_OFFLOADS_SET,
               &data, 1, timeout_us);
}

/* ---- commands that nobody waits for ---- */

static void tell_done(struct virtio_command_queue *q, void *cookie, int error, const void *answer,
                      uint32_t len)
{
    struct virtio_net *net = cookie;

    (void)q;
    if (error != 0 || ack_result(len != 0 ? *(const uint8_t *)answer : ACK_UNWRITTEN, len) != 0) {
        count_failure(net);
    }
}

static void announce_done(struct virtio_command_queue *q, void *cookie, int error,
                          const void *answer, uint32_t len)
{
    struct virtio_net *net = cookie;
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);

    net->announcing = false;
    virtio_port_unlock(&net->dev.lock, flags);
    tell_done(q, cookie, error, answer, len);
}

static int tell(struct virtio_net *net, uint8_t class, uint8_t command,
                const struct virtio_piece *data, virtio_command_done done)
{
    const uint8_t head[HEAD_LEN] = {class, command};
    struct virtio_piece pieces[2] = {{head, sizeof(head)}};
    int ret;

    if (data != NULL) {
        pieces[1] = *data;
    }
    ret = virtio_command_submit(&net->ctrl, pieces, data != NULL ? 2u : 1u, NULL, 1, done, net);
    if (ret == 0) {
        virtio_command_kick(&net->ctrl);
    } else if (ret != -EAGAIN) {
        count_failure(net);
    }
    return ret;
}

static void acknowledge(struct virtio_net *net)
{
    int ret = tell(net, CLASS_ANNOUNCE, ANNOUNCE_ACK, NULL, announce_done);
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);

    if (ret != 0) {
        net->ack_owed = ret == -EAGAIN; /* when a command comes back: ctrl_room */
        net->announcing = net->ack_owed;
    }
    virtio_port_unlock(&net->dev.lock, flags);
}

static void ctrl_room(struct virtio_command_queue *q)
{
    struct virtio_net *net =
        (struct virtio_net *)(void *)((unsigned char *)q - offsetof(struct virtio_net, ctrl));
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);
    bool owed = net->ack_owed;

    net->ack_owed = false;
    virtio_port_unlock(&net->dev.lock, flags);
    if (owed) {
        acknowledge(net);
    }
}

void virtio_net_announce(struct virtio_net *net)
{
    virtio_port_irqflags_t flags;
    bool first;

    if (!net->has_ctrl || net->params.announce == NULL) {
        return;
    }
    flags = virtio_port_lock(&net->dev.lock);
    first = !net->announcing;
    net->announcing = true;
    virtio_port_unlock(&net->dev.lock, flags);
    if (first) {
        net->params.announce(net);
        acknowledge(net);
    }
}

void virtio_net_tell_mac(struct virtio_net *net)
{
    const struct virtio_piece data = {net->info.mac, VIRTIO_NET_MAC_LEN};

    (void)tell(net, CLASS_MAC, MAC_ADDR_SET, &data, tell_done);
}

/* ---- life ---- */

int virtio_net_ctrl_setup(struct virtio_net *net, uint16_t index)
{
    const struct virtio_command_config cfg = {
        .index = index,
        .size = QUEUE_SIZE,
        .slots = SLOTS,
        .waiters = WAITERS,
        .out_max = COMMAND_MAX,
        .in_max = 1,
        .blank = ACK_UNWRITTEN,
        .legacy_len = true, /* section 5.1.6.1: to be ignored there */
        .room = ctrl_room,
    };

    net->announcing = false;
    net->ack_owed = false;
    return virtio_command_setup(&net->dev, &net->ctrl, &cfg);
}
