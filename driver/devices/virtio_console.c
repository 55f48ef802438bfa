/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-console: life of the device, its configuration, what is known of its ports (virtio v1.2
 * sections 3.1, 5.3.2 to 5.3.5). */
#include "virtio_console_priv.h"

#define RX_BUFFERS_DEFAULT 16u
#define TX_SLOTS_DEFAULT   16u
#define BUF_BYTES_DEFAULT  256u
#define RING_MAX           1024u
#define BUF_BYTES_MAX      65536u

#define CON_FEATURES                                                                               \
    (VIRTIO_CONSOLE_F_SIZE | VIRTIO_CONSOLE_F_MULTIPORT | VIRTIO_CONSOLE_F_EMERG_WRITE)

static struct virtio_console *to_console(struct virtio_device *dev)
{
    return (struct virtio_console *)(void *)dev;
}

/* ---- config space, section 5.3.4 ---- */

struct con_config {
    uint16_t cols, rows;
    uint32_t max_nr_ports;
};

static void read_fields(struct virtio_device *dev, void *out)
{
    struct con_config *cfg = out;

    if (virtio_has_feature(dev, VIRTIO_CONSOLE_F_SIZE)) {
        cfg->cols = virtio_config_read16(dev, CON_CFG_COLS);
        cfg->rows = virtio_config_read16(dev, CON_CFG_ROWS);
    }
    if (virtio_has_feature(dev, VIRTIO_CONSOLE_F_MULTIPORT)) {
        cfg->max_nr_ports = virtio_config_read32(dev, CON_CFG_MAX_NR_PORTS);
    }
}

/* A size that has no area is no size. */
static void clean_size(struct con_config *cfg)
{
    if (cfg->cols == 0 || cfg->rows == 0) {
        cfg->cols = 0;
        cfg->rows = 0;
    }
}

static int read_config(struct virtio_console *con, struct con_config *cfg)
{
    struct con_config scratch;

    if (!virtio_has_feature(&con->dev, VIRTIO_CONSOLE_F_SIZE) &&
        !virtio_has_feature(&con->dev, VIRTIO_CONSOLE_F_MULTIPORT)) {
        memset(cfg, 0, sizeof(*cfg));
        return 0;
    }
    if (virtio_config_snapshot(&con->dev, read_fields, cfg, &scratch, sizeof(*cfg)) != 0) {
        return -EIO;
    }
    clean_size(cfg);
    return 0;
}

/* The size in the config space is that of port 0 (section 5.3.6). */
static void config_changed(struct virtio_device *dev)
{
    struct virtio_console *con = to_console(dev);
    struct virtio_console_port *port = &con->ports[0];
    virtio_port_irqflags_t flags;
    struct con_config cfg;
    bool changed;

    if (!virtio_has_feature(dev, VIRTIO_CONSOLE_F_SIZE) || read_config(con, &cfg) != 0) {
        return;
    }
    flags = virtio_port_lock(&dev->lock);
    changed = cfg.cols != 0 && (cfg.cols != con->cols || cfg.rows != con->rows);
    if (changed) {
        con->cols = cfg.cols;
        con->rows = cfg.rows;
        changed = port->present && (port->cols != cfg.cols || port->rows != cfg.rows);
    }
    if (changed) {
        port->cols = cfg.cols;
        port->rows = cfg.rows;
    }
    virtio_port_unlock(&dev->lock, flags);
    if (changed) {
        con_event(con, 0, VIRTIO_CONSOLE_PORT_RESIZED);
    }
}

/* ---- what the core calls ---- */

/* How many ports to make. */
static int count_ports(struct virtio_console *con, const struct con_config *cfg)
{
    con->multiport = virtio_has_feature(&con->dev, VIRTIO_CONSOLE_F_MULTIPORT);
    con->max_nr_ports = con->multiport ? cfg->max_nr_ports : 1u;
    if (con->max_nr_ports == 0) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-console: config field max_nr_ports 0, expected at least 1");
        con->num_ports = 0;
        return -EPROTO;
    }
    con->num_ports = con->params.max_ports;
    if (con->max_nr_ports < con->num_ports) {
        con->num_ports = con->max_nr_ports;
    }
    return 0;
}

/* A port of several that has no queues is done without; the only one is not. */
static int setup_ports(struct virtio_console *con)
{
    for (unsigned i = 0; i < con->num_ports; i++) {
        int ret = virtio_console_port_setup(con, i);

        if (ret != 0 && (ret != -ENOTSUP || !con->multiport)) {
            return ret;
        }
    }
    return 0;
}

/* Without MULTIPORT nobody announces the port: it is there, with both ends open. */
static void announce(struct virtio_console *con, const struct con_config *cfg)
{
    struct virtio_console_port *port = &con->ports[0];
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);

    con->cols = cfg->cols;
    con->rows = cfg->rows;
    con->owes_ready = con->multiport;
    con->send_again = false;
    if (!con->multiport) {
        port->present = true;
        port->host_open = true;
        port->guest_open = true;
        port->is_console = true;
        port->cols = cfg->cols;
        port->rows = cfg->rows;
    }
    virtio_port_unlock(&con->dev.lock, flags);
}

static int start(struct virtio_device *dev, uint64_t timeout_us)
{
    struct virtio_console *con = to_console(dev);
    struct con_config cfg;
    int ret = virtio_device_negotiate(dev, CON_FEATURES, 0, 0, timeout_us);

    ret = ret != 0 ? ret : read_config(con, &cfg);
    ret = ret != 0 ? ret : count_ports(con, &cfg);
    ret = ret != 0 ? ret : setup_ports(con);
    if (ret == 0 && con->multiport) {
        ret = virtio_console_control_setup(con);
    }
    if (ret != 0) {
        return ret;
    }
    announce(con, &cfg);
    ret = virtio_device_ready(dev);
    if (ret == 0 && con->multiport) {
        virtio_console_control_send(con);
    }
    return ret;
}

static void release(struct virtio_device *dev)
{
    struct virtio_console *con = to_console(dev);

    for (unsigned i = 0; i < VIRTIO_CONSOLE_PORTS_MAX; i++) {
        virtio_console_port_free(&con->ports[i]);
    }
    virtio_buffers_free(&con->control_rx);
    virtio_command_free(&con->control_tx);
    con->num_ports = 0;
}

static void quiesced(struct virtio_device *dev, int error)
{
    struct virtio_console *con = to_console(dev);

    virtio_buffers_reclaim(&con->control_rx);
    virtio_command_fail(&con->control_tx, error);
    for (unsigned i = 0; i < con->num_ports; i++) {
        virtio_console_port_fail(&con->ports[i], error);
    }
}

static const struct virtio_driver_ops console_ops = {
    .name = "virtio-console",
    .device_id = VIRTIO_ID_CONSOLE,
    .start = start,
    .free = release,
    .config_changed = config_changed,
    .quiesced = quiesced,
};

/* ---- life ---- */

static bool is_ring_size(uint16_t size)
{
    return size != 0 && size <= RING_MAX && (size & (size - 1u)) == 0;
}

static int check_params(struct virtio_console *con, const struct virtio_console_params *params)
{
    struct virtio_console_params *p = &con->params;

    if (params != NULL) {
        *p = *params;
    }
    p->rx_buffers = p->rx_buffers != 0 ? p->rx_buffers : RX_BUFFERS_DEFAULT;
    p->tx_slots = p->tx_slots != 0 ? p->tx_slots : TX_SLOTS_DEFAULT;
    p->buf_bytes = p->buf_bytes != 0 ? p->buf_bytes : BUF_BYTES_DEFAULT;
    p->max_ports = p->max_ports != 0 ? p->max_ports : VIRTIO_CONSOLE_PORTS_MAX;
    if (!is_ring_size(p->rx_buffers) || !is_ring_size(p->tx_slots)) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-console: rx_buffers %u, tx_slots %u, expected powers of two up to "
                        "%u",
                        (unsigned)p->rx_buffers, (unsigned)p->tx_slots, RING_MAX);
        return -EINVAL;
    }
    if (p->buf_bytes > BUF_BYTES_MAX || p->max_ports > VIRTIO_CONSOLE_PORTS_MAX) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-console: buf_bytes %u, max_ports %u, expected at most %u and %u",
                        (unsigned)p->buf_bytes, (unsigned)p->max_ports, BUF_BYTES_MAX,
                        VIRTIO_CONSOLE_PORTS_MAX);
        return -EINVAL;
    }
    return 0;
}

int virtio_console_probe(struct virtio_console *con, const struct virtio_window *window,
                         const struct virtio_console_params *params)
{
    int ret;

    if (con->dev.state != VIRTIO_STATE_ABSENT) {
        return -EINVAL;
    }
    memset(con, 0, sizeof(*con));
    ret = check_params(con, params);
    return ret != 0 ? ret
                    : virtio_driver_probe(&con->dev, window, &console_ops, con->params.features_off,
                                          con->params.reset_timeout_us);
}

int virtio_console_remove(struct virtio_console *con, uint64_t timeout_us)
{
    return virtio_driver_remove(&con->dev, timeout_us);
}

int virtio_console_reset(struct virtio_console *con, uint64_t timeout_us)
{
    return virtio_driver_reset(&con->dev, timeout_us);
}

/* ---- what is known ---- */

int virtio_console_get_port(struct virtio_console *con, unsigned nr,
                            struct virtio_console_port_info *info)
{
    const struct virtio_console_port *port;
    virtio_port_irqflags_t flags;

    memset(info, 0, sizeof(*info));
    if (con->dev.state == VIRTIO_STATE_ABSENT || nr >= con->num_ports || !con->ports[nr].set_up) {
        return -ENODEV;
    }
    port = &con->ports[nr];
    flags = virtio_port_lock(&con->dev.lock);
    if (port->present) {
        info->present = true;
        info->host_open = port->host_open;
        info->guest_open = port->guest_open;
        info->is_console = port->is_console;
        info->cols = port->cols;
        info->rows = port->rows;
        memcpy(info->name, port->name, sizeof(info->name));
    }
    virtio_port_unlock(&con->dev.lock, flags);
    return 0;
}

void virtio_console_get_stats(struct virtio_console *con, struct virtio_console_stats *stats)
{
    virtio_port_irqflags_t flags;

    memset(stats, 0, sizeof(*stats));
    if (con->dev.state == VIRTIO_STATE_ABSENT) {
        return; /* never probed: there is no lock yet */
    }
    flags = virtio_port_lock(&con->dev.lock);
    *stats = con->stats;
    virtio_port_unlock(&con->dev.lock, flags);
}
