/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's virtio-serial device: each port ends at a unix stream socket that we connect to. Ports
 * come and go by QMP.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "real_console.h"
#include "real_device.h"
#include "real_files.h"
#include "scn_console.h"

#define BOTH            .legacy = true, .modern = true
#define PORTS           16u    /* that a scenario may have from the start */
#define CONFIG_EMERG_WR 0x108u /* section 5.3.4 */
#define EMERGENCIES     16u
#define OTHERS          1024u
#define SETTLE_TRIES    2000u
#define SETTLE_US       500u

static const struct real_variant variants[] = {
    {"split+event_idx+indirect", "as QEMU offers it", "", 0, BOTH, .plain = true},
    {"split", "neither event index nor indirect descriptors", "event_idx=off,indirect_desc=off", 0,
     BOTH},
    {"polled", "no interrupt connected", "", 0, BOTH, .polled = true},
    {"many-ports", "multiport also where no scenario asks for it", "max_ports=31", 0, BOTH},
    {"no-emergency", "no emergency field", "emergency-write=off", VIRTIO_CONSOLE_F_EMERG_WRITE,
     BOTH},
    {"more-offered", "packed rings and IOMMU are offered, too", "packed=on,iommu_platform=on", 0,
     .modern = true},
};

struct state {
    struct scn_console_env env; /* first: the operations find the rest through it */
    struct virtio_console cons[SCN_DEVICES_MAX];
    struct scn_console_track track[SCN_DEVICES_MAX];
    const struct real_spec *spec;
    struct real_machine *machine;
    char dir[REAL_PATH_MAX];
    struct scn_env *scn; /* that this is a part of */
    unsigned devices;
    int fds[SCN_DEVICES_MAX][PORTS]; /* our ends; -1: there is none */
    unsigned plugs;                  /* makes names of what is plugged unique */
    struct emergency {
        uint8_t others[OTHERS]; /* came out of port 0 before, not taken yet */
        uint32_t num_others;
        char chars[EMERGENCIES];
        uint32_t count;
    } emergency[SCN_DEVICES_MAX];
    void (*write)(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val);
};

static struct state *state_of(struct scn_env *env)
{
    return (struct state *)env->console;
}

/* ---- sockets ---- */

static int socket_name(const struct state *s, unsigned i, unsigned port, struct sockaddr_un *addr)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "port%u.%u", i, port);
    return real_socket_name(addr, s->dir, name);
}

static int connect_port(struct state *s, unsigned i, unsigned port)
{
    struct sockaddr_un addr;
    int ret = socket_name(s, i, port, &addr);
    int fd;

    if (ret != 0 || s->fds[i][port] >= 0) {
        return ret;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) != 0) {
        ret = -errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return ret;
    }
    s->fds[i][port] = fd;
    return 0;
}

static void disconnect_port(struct state *s, unsigned i, unsigned port)
{
    if (s->fds[i][port] >= 0) {
        (void)close(s->fds[i][port]);
        s->fds[i][port] = -1;
    }
}

static int *fd_of(struct scn_env *env, unsigned i, unsigned port)
{
    struct state *s = state_of(env);

    return port < PORTS && s->fds[i][port] >= 0 ? &s->fds[i][port] : NULL;
}

/* ---- what happens at the other side ---- */

static int feed(struct scn_env *env, unsigned i, unsigned port, const void *bytes, uint32_t len)
{
    const int *fd = fd_of(env, i, port);
    ssize_t n;

    if (fd == NULL) {
        return -ENODEV;
    }
    n = send(*fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n >= 0 ? (int)n : errno == EAGAIN ? 0 : -errno;
}

static int take_others(struct emergency *e, void *bytes, uint32_t len)
{
    uint32_t n = len < e->num_others ? len : e->num_others;

    memcpy(bytes, e->others, n);
    memmove(e->others, e->others + n, e->num_others - n);
    e->num_others -= n;
    return (int)n;
}

static int take(struct scn_env *env, unsigned i, unsigned port, void *bytes, uint32_t len)
{
    const int *fd = fd_of(env, i, port);
    ssize_t n;

    if (fd == NULL) {
        return -ENODEV;
    }
    if (port == 0 && state_of(env)->emergency[i].num_others != 0) {
        return take_others(&state_of(env)->emergency[i], bytes, len);
    }
    n = recv(*fd, bytes, len, MSG_DONTWAIT);
    return n >= 0 ? (int)n : errno == EAGAIN ? 0 : -errno;
}

/* What the socket says of the port, by QMP: false until QEMU has seen what we did to it. */
static bool connected_is(struct state *s, unsigned i, unsigned port, bool connected)
{
    char text[64];
    const char *reply;

    (void)snprintf(text, sizeof(text), "\"label\": \"end%u.%u\"", i, port);
    for (unsigned tries = 0; tries < SETTLE_TRIES; tries++) {
        const char *entry;
        const char *open;

        if (real_machine_qmp(s->machine, &reply, "{\"execute\":\"query-chardev\"}") != 0) {
            return false;
        }
        /* {"frontend-open": ..., "filename": "disconnected:unix:...", "label": "end0.0"} */
        entry = strstr(reply, text);
        open = entry;
        while (open != NULL && open > reply && *open != '{') {
            open--;
        }
        if (open == NULL) {
            return false;
        }
        open = strstr(open, "\"disconnected:");
        if ((open == NULL || open > entry) == connected) {
            return true;
        }
        (void)usleep(SETTLE_US);
    }
    return false;
}

/* Output has left QEMU when the driver's notification returned. Input that QEMU has not fetched
 * goes with the connection. */
static void drop(struct scn_env *env, unsigned i, unsigned port)
{
    struct state *s = state_of(env);
    const int *fd = fd_of(env, i, port);
    uint8_t bytes[256];
    int unread = 0;

    if (fd == NULL) {
        return;
    }
    while (recv(*fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0) {
    }
    if (ioctl(*fd, SIOCOUTQ, &unread) == 0 && unread != 0) {
        disconnect_port(s, i, port);
        (void)connected_is(s, i, port, false);
        (void)connect_port(s, i, port);
        (void)connected_is(s, i, port, true);
    }
}

static void set_open(struct scn_env *env, unsigned i, unsigned port, bool open)
{
    if (open) {
        (void)connect_port(state_of(env), i, port);
    } else {
        disconnect_port(state_of(env), i, port);
    }
}

/* A name as a JSON string, without the characters that would end it. */
static void put_name(char *out, size_t size, const char *name)
{
    size_t n = 0;

    for (; name != NULL && *name != '\0' && n + 1u < size; name++) {
        if (*name >= ' ' && *name <= '~' && *name != '"' && *name != '\\') {
            out[n++] = *name;
        }
    }
    out[n] = '\0';
}

static int add_port(struct scn_env *env, unsigned i, unsigned port, const char *name, bool console)
{
    struct state *s = state_of(env);
    struct sockaddr_un addr;
    char text[64];
    int ret = port < PORTS ? socket_name(s, i, port, &addr) : -EINVAL;

    put_name(text, sizeof(text), name);
    s->plugs++;
    (void)unlink(ret == 0 ? addr.sun_path : "");
    ret = ret != 0 ? ret
                   : real_machine_qmp(s->machine, NULL,
                                      "{\"execute\":\"chardev-add\",\"arguments\":{\"id\":"
                                      "\"plug%u\",\"backend\":{\"type\":\"socket\",\"data\":{"
                                      "\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\"%s\"}},"
                                      "\"server\":true,\"wait\":false}}}}",
                                      s->plugs, addr.sun_path);
    ret = ret != 0 ? ret : connect_port(s, i, port);
    return ret != 0 ? ret
                    : real_machine_qmp(s->machine, NULL,
                                       "{\"execute\":\"device_add\",\"arguments\":{\"driver\":"
                                       "\"%s\",\"id\":\"port%u.%u\",\"bus\":\"ser%u.0\","
                                       "\"nr\":%u,\"chardev\":\"plug%u\"%s%s%s}}",
                                       console ? "virtconsole" : "virtserialport", i, port, i, port,
                                       s->plugs, name != NULL ? ",\"name\":\"" : "", text,
                                       name != NULL ? "\"" : "");
}

static int remove_port(struct scn_env *env, unsigned i, unsigned port)
{
    struct state *s = state_of(env);
    int ret = real_machine_qmp(s->machine, NULL,
                               "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"port%u.%u\"}}",
                               i, port);

    if (ret == 0 && port < PORTS) {
        disconnect_port(s, i, port);
    }
    return ret;
}

/* ---- emergency characters ---- */

/* They come out where port 0 does, between its other bytes: each is picked out as it is written. */
void real_console_around_emergency(struct scn_env *env, unsigned i, bool after)
{
    struct state *s = state_of(env);
    struct emergency *e = &s->emergency[i];

    if (s->fds[i][0] < 0) {
        return;
    }
    if (after) {
        e->count +=
            recv(s->fds[i][0], &e->chars[e->count % EMERGENCIES], 1, MSG_DONTWAIT) == 1 ? 1u : 0u;
        return;
    }
    while (e->num_others < OTHERS &&
           recv(s->fds[i][0], &e->others[e->num_others], 1, MSG_DONTWAIT) == 1) {
        e->num_others++;
    }
}

static struct scn_env *watching;

static void watched_write(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val)
{
    const struct state *s = state_of(watching);
    unsigned i = 0;

    while (i < s->devices && bus_addr != qemu_backend_window(i) + CONFIG_EMERG_WR) {
        i++;
    }
    if (i < s->devices) {
        real_console_around_emergency(watching, i, false);
    }
    s->write(be, bus_addr, width, val);
    if (i < s->devices) {
        real_console_around_emergency(watching, i, true);
    }
}

static uint32_t emergency(struct scn_env *env, unsigned i, char *buf, uint32_t size)
{
    const struct emergency *e = &state_of(env)->emergency[i];

    for (uint32_t n = 0; n < size && n < e->count && n < EMERGENCIES; n++) {
        uint32_t some = size < e->count ? size : e->count;

        buf[n] = e->chars[(e->count - some + n) % EMERGENCIES];
    }
    return e->count;
}

static const struct scn_console_ops ops = {.feed = feed,
                                           .take = take,
                                           .drop = drop,
                                           .emergency = emergency,
                                           .set_open = set_open,
                                           .add_port = add_port,
                                           .remove_port = remove_port};

/* ---- what the run asks for ---- */

static void destroy(void *state)
{
    struct state *s = state;

    for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
        for (unsigned port = 0; port < PORTS; port++) {
            disconnect_port(s, i, port);
        }
    }
    free(s);
}

static int create(void **state, struct scn_env *env, const struct real_spec *spec, const char *dir,
                  char *why, size_t why_size)
{
    struct state *s = calloc(1, sizeof(*s));
    struct sockaddr_un addr;

    if (s == NULL) {
        (void)snprintf(why, why_size, "no memory for a run");
        return -ENOMEM;
    }
    *state = s;
    s->env = (struct scn_console_env){&ops, s->cons, s->track};
    s->spec = spec;
    s->scn = env;
    s->devices = env->num_windows;
    (void)snprintf(s->dir, sizeof(s->dir), "%s", dir);
    memset(s->fds, -1, sizeof(s->fds));
    env->console = &s->env;
    if (socket_name(s, SCN_DEVICES_MAX, PORTS, &addr) != 0) {
        (void)snprintf(why, why_size, "sockets in %s: %s", dir, strerror(ENAMETOOLONG));
        return -ENAMETOOLONG;
    }
    return 0;
}

/* Ports that are there from the start, a bit each. */
static uint32_t ports_of(const struct state *s)
{
    const struct scn_console_needs *more = real_spec_scenario(s->spec)->needs.more;

    if (more != NULL && more->ports != 0) {
        return more->ports;
    }
    return strstr(real_spec_variant(s->spec)->props, "max_ports") != NULL ? 3u : 1u;
}

static void port_args(const struct state *s, struct qemu_args *out, unsigned i, unsigned port)
{
    const struct scn_console_needs *more = real_spec_scenario(s->spec)->needs.more;
    const char *name = more != NULL && port < SCN_CONSOLE_PORTS ? more->names[port] : NULL;
    bool console = more == NULL ? port == 0 : (more->consoles >> port & 1u) != 0;
    struct sockaddr_un addr;
    char path[2u * sizeof(addr.sun_path)];

    (void)socket_name(s, i, port, &addr);
    (void)qemu_escape_option(addr.sun_path, path, sizeof(path));
    qemu_args_add(out, "-chardev");
    qemu_args_add(out, "socket,id=end%u.%u,path=%s,server=on,wait=off", i, port, path);
    qemu_args_add(out, "-device");
    qemu_args_add(out, "%s,id=port%u.%u,bus=ser%u.0,nr=%u,chardev=end%u.%u%s%s",
                  console ? "virtconsole" : "virtserialport", i, port, i, port, i, port,
                  name != NULL ? ",name=" : "", name != NULL ? name : "");
}

static int args(void *state, struct qemu_args *out, unsigned i)
{
    const struct state *s = state;
    const struct scn_needs *needs = &real_spec_scenario(s->spec)->needs;
    const struct scn_console_needs *more = needs->more;
    char props[REAL_PROPS_MAX];
    uint32_t most = more != NULL && more->max_nr_ports != 0 ? more->max_nr_ports : 1u;

    qemu_args_add(out, "-device");
    qemu_args_add(out,
                  "virtio-serial-device,id=ser%u,bus=virtio-mmio-bus.%u,max_ports=%" PRIu32 "%s", i,
                  i, most, real_variant_props(s->spec, props, sizeof(props)));
    for (unsigned port = 0; port < PORTS; port++) {
        if ((ports_of(s) >> port & 1u) != 0) {
            port_args(s, out, i, port);
        }
    }
    return 0;
}

static int started(void *state, struct real_machine *m, char *why, size_t why_size)
{
    struct state *s = state;
    int ret = 0;

    s->machine = m;
    if (real_machine_driver_is_here(m)) {
        watching = s->scn;
        s->write = host_current->mmio_write;
        host_current->mmio_write = watched_write;
    }
    for (unsigned i = 0; i < s->devices; i++) {
        for (unsigned port = 0; port < PORTS && ret == 0; port++) {
            ret = (ports_of(s) >> port & 1u) != 0 ? connect_port(s, i, port) : 0;
        }
    }
    if (ret != 0) {
        (void)snprintf(why, why_size, "the other side of QEMU's ports: %s", strerror(-ret));
    }
    return ret;
}

const struct real_device real_console = {
    .name = "console",
    .type = SCN_CONSOLE,
    .scenarios = scn_console_scenarios,
    .num_scenarios = &scn_console_count,
    .variants = variants,
    .num_variants = sizeof(variants) / sizeof(variants[0]),
    .create = create,
    .args = args,
    .started = started,
    .recover = scn_console_recover,
    .destroy = destroy,
};
