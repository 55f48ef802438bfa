/* SPDX-License-Identifier: Apache-2.0 */
/* What the console scenarios share: opening, byte streams that are accounted for, waiting. */
#ifndef SCN_CONSOLE_H
#define SCN_CONSOLE_H

#include "scenario.h"
#include "virtio/virtio_console.h"

#define SCN_CONSOLE_TIMEOUT_US UINT64_C(1000000)
#define SCN_CONSOLE_PORTS      8u /* tracked */
#define SCN_CONSOLE_COLS       80u
#define SCN_CONSOLE_ROWS       25u

/* scn_needs.more; the default is port 0 alone, open at the other side. With MULTIPORT ports are
 * announced when the driver is ready. */
struct scn_console_needs {
    uint32_t max_nr_ports;
    uint32_t ports;    /* bit n: port n is there from the start; 0: port 0 */
    uint32_t consoles; /* of them, those that are nominated */
    const char *names[SCN_CONSOLE_PORTS];
};

/* What happens at the other side. */
struct scn_console_ops {
    /* Bytes for the driver: how many were taken. Bytes from the driver: how many there were. Or a
     * negative errno value: there is no such port. */
    int (*feed)(struct scn_env *env, unsigned i, unsigned port, const void *bytes, uint32_t len);
    int (*take)(struct scn_env *env, unsigned i, unsigned port, void *bytes, uint32_t len);
    /* NULL where the back end cannot: forgets what is on its way, in both directions. */
    void (*drop)(struct scn_env *env, unsigned i, unsigned port);
    void (*set_open)(struct scn_env *env, unsigned i, unsigned port, bool open);
    void (*resize)(struct scn_env *env, unsigned i, unsigned port, uint16_t cols, uint16_t rows);
    int (*add_port)(struct scn_env *env, unsigned i, unsigned port, const char *name, bool console);
    int (*remove_port)(struct scn_env *env, unsigned i, unsigned port);
    /* Nothing that is written is taken, until on again. */
    void (*hold_transmit)(struct scn_env *env, unsigned i, bool hold);
    /* A control message, however wrong; cut to its first `cut` bytes when that is not 0. */
    int (*control)(struct scn_env *env, unsigned i, uint32_t id, uint16_t event, uint16_t value,
                   const void *extra, uint32_t extra_len, uint32_t cut);
    /* Emergency characters so far; the last `size` of them into buf. */
    uint32_t (*emergency)(struct scn_env *env, unsigned i, char *buf, uint32_t size);
};

/* One direction of a port. The byte at a position is known from the position; `gen` tells the
 * bytes before a loss from those after it. */
struct scn_console_stream {
    uint32_t sent, got;
    unsigned gen;
    bool broken;  /* differed once: no use in comparing on */
    bool writing; /* the next bytes are being written: not now from a callback */
};
struct scn_console_track {
    struct scn_console_stream in[SCN_CONSOLE_PORTS], out[SCN_CONSOLE_PORTS];
    unsigned events[SCN_CONSOLE_PORTS][VIRTIO_CONSOLE_PORT_RESIZED + 1];
    unsigned rx_ready[SCN_CONSOLE_PORTS], tx_ready[SCN_CONSOLE_PORTS];
};

struct scn_console_env {
    const struct scn_console_ops *ops;
    struct virtio_console *cons;     /* SCN_DEVICES_MAX of them, zeroed */
    struct scn_console_track *track; /* SCN_DEVICES_MAX of them, zeroed */
};

struct virtio_console *scn_con(struct scn_env *env, unsigned i);
bool scn_con_multiport(struct scn_env *env, unsigned i);

/* Brings up device i with params (NULL: defaults) and connects its interrupt. */
int scn_con_open(struct scn_env *env, unsigned i, const struct virtio_console_params *params);
/* Ends a scenario that has come to `ret`: removes the device, or leaves it after an error when the
 * environment says so. Returns ret, or the error of the removal. */
int scn_con_close(struct scn_env *env, unsigned i, int ret);

/* Lets time pass, so that the device gets on; the driver looks after it, or does not. */
void scn_con_pass(struct scn_env *env, unsigned i, uint64_t us);
void scn_con_sleep(uint64_t us);
/* Waits until what is known of a port fulfils the condition. -ENODEV: the device has no such port;
 * -EIO: it is not live; -ETIMEDOUT. */
typedef bool (*scn_con_condition)(const struct virtio_console_port_info *info);
int scn_con_wait(struct scn_env *env, unsigned i, unsigned port, scn_con_condition condition);
bool scn_con_is_present(const struct virtio_console_port_info *info);
bool scn_con_is_absent(const struct virtio_console_port_info *info);
bool scn_con_is_host_open(const struct virtio_console_port_info *info);
bool scn_con_is_host_closed(const struct virtio_console_port_info *info);
/* Waits until the port is there and open at the other side, and opens it at this one. */
int scn_con_ready(struct scn_env *env, unsigned i, unsigned port);

/* The other side sends. Not all taken: -EAGAIN. */
int scn_con_feed(struct scn_env *env, unsigned i, unsigned port, uint32_t len);
/* Reads len bytes, at most `chunk` at a time, and compares them. */
int scn_con_read(struct scn_env *env, unsigned i, unsigned port, uint32_t len, uint32_t chunk);
/* Writes len bytes, `chunk` at a time. */
int scn_con_write(struct scn_env *env, unsigned i, unsigned port, uint32_t len, uint32_t chunk);
/* Waits until the other side has all that was written, and compares it. */
int scn_con_taken(struct scn_env *env, unsigned i, unsigned port);
/* All of it, once, in both directions. */
int scn_con_exchange(struct scn_env *env, unsigned i, unsigned port, uint32_t len);
/* The next bytes to be written, without writing; and that `len` of them were. */
void scn_con_fill(struct scn_env *env, unsigned i, unsigned port, uint8_t *buf, uint32_t len);
void scn_con_wrote(struct scn_env *env, unsigned i, unsigned port, uint32_t len);
/* That the next bytes were read. */
void scn_con_check(struct scn_env *env, unsigned i, unsigned port, const uint8_t *buf,
                   uint32_t len);
/* What is on its way does not arrive any more. */
void scn_con_forget(struct scn_env *env, unsigned i);

/* Requests in place, each completing exactly once. */
#define SCN_CON_ASYNC_MAX 24u
struct scn_con_async {
    struct scn_env *env;
    unsigned count, completed;
    int first_error;
    struct scn_con_req {
        struct virtio_console_tx tx; /* first */
        struct scn_con_async *owner;
        unsigned calls;
    } reqs[SCN_CON_ASYNC_MAX];
};
struct scn_con_async *scn_con_async_begin(struct scn_env *env, unsigned i);
/* A second set, for scn_console_plays.c: the scenario's own may be in flight. */
struct scn_con_async *scn_con_async_begin_play(struct scn_env *env, unsigned i);
/* Submits the next `len` bytes from scratch memory at `offset`. What the driver says. */
int scn_con_async_submit(struct scn_con_async *a, unsigned i, unsigned port, uint32_t offset,
                         uint32_t len);
/* Waits until all completed: the first error, or -ETIMEDOUT. */
int scn_con_async_wait(struct scn_con_async *a, unsigned i);
/* After a reset or removal: everything accepted has completed, once. */
void scn_con_async_expect_all(struct scn_con_async *a);

/* scn_console_plays.c: the faults of the caller's side; as in scn_blk.h. */
int scn_con_play_after_open(struct scn_env *env, unsigned i);
int scn_con_play_before_read(struct scn_env *env, unsigned i, unsigned port);
int scn_con_play_before_close(struct scn_env *env, unsigned i);
void scn_con_play_event(struct scn_env *env, unsigned i, unsigned port); /* from a callback */

#endif
