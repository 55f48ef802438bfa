/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio network interface as RT-Thread's eth_device on lwIP: "virtio-net0", ...
 *
 * Receiving is in rt_virtio_net_rx.c, sending in rt_virtio_net_tx.c. This file brings an interface
 * up and passes on what the device says about its link.
 *
 * Memory: an instance stays for as long as the system runs. Context: thread, but where it says
 * otherwise.
 */
#include <rtthread.h>

#ifdef RT_USING_VIRTIO_NET

#include "rt_virtio_net_priv.h"

#define RX_BUFFER_BYTES 1524u /* a tagged frame of 1518, and 1536 with the header */

/* ---- mails to the receive thread; any context ---- */

/* RT-Thread's receive thread has one mailbox for all interfaces. When that is full, the mail is
 * lost, and rx_notice says that it is not: nothing would be received any more. Again, next tick. */
static void post_later(struct rt_virtio_nic *nic)
{
    nic->parent.rx_notice = RT_FALSE;
    (void)rt_timer_start(&nic->poke);
}

void rt_virtio_nic_poke(struct rt_virtio_nic *nic)
{
    if (nic->up && eth_device_ready(&nic->parent) != RT_EOK) {
        post_later(nic);
    }
}

static void poke_again(void *nic)
{
    rt_virtio_nic_poke(nic);
}

void rt_virtio_nic_tell_link(struct rt_virtio_nic *nic, bool link_up)
{
    /* What could not be posted is remembered in the eth_device, and goes with the next mail. */
    if (nic->up && eth_device_linkchange(&nic->parent, link_up ? RT_TRUE : RT_FALSE) != RT_EOK) {
        post_later(nic);
    }
}

static void link_changed(struct virtio_net *net, bool link_up)
{
    rt_virtio_nic_tell_link(net->params.cookie, link_up);
}

/* ---- as a device ---- */

/* lwIP has just added the interface. What came before found nobody to be told. */
static rt_err_t nic_init(rt_device_t dev)
{
    struct rt_virtio_nic *nic = rt_virtio_nic_of(dev);
    struct virtio_net_info info;

    nic->up = true;
    virtio_net_get_info(&nic->net, &info);
    rt_virtio_nic_tell_link(nic, info.link_up);
    rt_virtio_nic_poke(nic);
    return RT_EOK;
}

static rt_err_t nic_control(rt_device_t dev, int cmd, void *args)
{
    struct virtio_net_info info;

    if (cmd != NIOCTL_GADDR || args == RT_NULL) {
        return -RT_EINVAL;
    }
    virtio_net_get_info(&rt_virtio_nic_of(dev)->net, &info);
    rt_memcpy(args, info.mac, sizeof(info.mac));
    return RT_EOK;
}

#ifdef RT_USING_DEVICE_OPS
static const struct rt_device_ops nic_ops = {.init = nic_init, .control = nic_control};
#endif

/* ---- life ---- */

static void describe(struct rt_virtio_nic *nic)
{
    struct virtio_net_info info;

    virtio_net_get_info(&nic->net, &info);
    nic->mtu = info.mtu;
    nic->parent.parent.type = RT_Device_Class_NetIf;
#ifdef RT_USING_DEVICE_OPS
    nic->parent.parent.ops = &nic_ops;
#else
    nic->parent.parent.init = nic_init;
    nic->parent.parent.control = nic_control;
#endif
    nic->parent.eth_rx = rt_virtio_nic_rx;
    nic->parent.eth_tx = rt_virtio_nic_tx;
}

static rt_err_t publish(struct rt_virtio_nic *nic)
{
    char name[RT_NAME_MAX];
    rt_err_t result;

    describe(nic);
    rt_virtio_name("virtio-net", name);
    result = rt_virtio_irq_connect(&nic->net.dev, virtio_interrupt, name);
    if (result != RT_EOK) {
        return result;
    }
    result = eth_device_init(&nic->parent, name);
    if (result != RT_EOK) {
        rt_virtio_irq_disconnect(&nic->net.dev);
    }
    return result;
}

/* Everything of our own that the driver's callbacks need. */
static rt_err_t prepare(struct rt_virtio_nic *nic)
{
    virtio_port_lock_init(&nic->lock);
    rt_virtio_nic_rx_init(nic);
    rt_timer_init(&nic->poke, "vnet", poke_again, nic, 1, RT_TIMER_FLAG_ONE_SHOT);
    (void)rt_mutex_init(&nic->recovery, "vnet", RT_IPC_FLAG_PRIO);
    return rt_virtio_error(rt_virtio_nic_tx_init(nic));
}

/* A device that does not confirm its reset may still write: then the memory is never used again. */
static void discard(struct rt_virtio_nic *nic)
{
    if (virtio_net_remove(&nic->net, 0) != 0) {
        return;
    }
    (void)rt_timer_detach(&nic->poke);
    (void)rt_mutex_detach(&nic->recovery);
    rt_virtio_nic_tx_deinit(nic);
    rt_free(nic);
}

rt_err_t rt_virtio_net_attach(const struct virtio_window *window)
{
    struct rt_virtio_nic *nic = rt_calloc(1, sizeof(*nic));
    const struct virtio_net_params params = {
        .rx_buffers = RT_VIRTIO_NET_RX_BUFFERS,
        .rx_buf_bytes = RX_BUFFER_BYTES,
        .tx_entries = RT_VIRTIO_NET_TX_FRAMES,
        .segs_per_frame = NIC_TX_SEGS,
        .max_pairs = 1,
        .rx_ready = rt_virtio_nic_rx_ready,
        .tx_ready = rt_virtio_nic_tx_ready,
        .link_changed = link_changed,
        .cookie = nic,
    };
    rt_err_t result;

    if (nic == RT_NULL) {
        return -RT_ENOMEM;
    }
    result = prepare(nic);
    if (result == RT_EOK) {
        result = rt_virtio_error(virtio_net_probe(&nic->net, window, &params));
    }
    if (result == RT_EOK) {
        result = publish(nic);
    }
    if (result != RT_EOK) {
        discard(nic);
    }
    return result;
}

#endif
