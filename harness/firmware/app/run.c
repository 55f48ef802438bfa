/* SPDX-License-Identifier: Apache-2.0 */
/* See run.h. */
#include "run.h"

#include "board.h"
#include "trace.h"
#include "virtio_bare.h"

#define REG_STATUS 0x070u

static struct run {
    struct scn_env env;
    /* What is behind the interrupt of a window. */
    struct handler {
        unsigned window;
        bool (*fn)(void *arg);
        void *arg;
    } handlers[SCN_WINDOWS_MAX];
    char expect[sizeof(((struct mailbox_verdict *)NULL)->expect)];
} run;

static uint8_t scratch[SCN_SCRATCH] __attribute__((aligned(4096)));

/* ---- what scenarios ask of their environment ---- */

static const char *base_name(const char *path)
{
    const char *base = path;

    for (; *path != '\0'; path++) {
        base = *path == '/' ? path + 1 : base;
    }
    return base;
}

static void env_fail(struct scn_env *env, const char *file, int line, const char *text)
{
    trace_mark((uint32_t)line);
    board_printf("%s:%d: expected %s", base_name(file), line, text);
    if (env->failures == 1u) {
        (void)board_snprintf(run.expect, sizeof(run.expect), "%s:%d: expected %s", base_name(file),
                             line, text);
    }
}

static bool on_interrupt(void *arg)
{
    struct handler *h = arg;

    trace_interrupt(h->window);
    return h->fn(h->arg);
}

static void env_irq(struct scn_env *env, unsigned window, bool (*fn)(void *arg), void *arg)
{
    struct handler *h = &run.handlers[window];
    unsigned irq = env->windows[window].irq;

    if (env->windows[window].polled) {
        return;
    }
    board_irq_connect(irq, NULL, NULL); /* never a handler with the argument of another */
    h->window = window;
    h->fn = fn;
    h->arg = arg;
    if (fn != NULL) {
        board_irq_connect(irq, on_interrupt, h);
    }
}

static int env_play(struct scn_env *env, enum scn_play play)
{
    (void)env;
    (void)play;
    return -1;
}

/* QEMU's block devices are not acted upon: scenarios that need it are SCN_NO_QEMU. */
static const struct scn_env_ops env_ops = {.fail = env_fail, .irq = env_irq, .play = env_play};

/* ---- the run ---- */

static void set_up(const struct app_run *r, const struct app_args *args)
{
    struct scn_env *env = &run.env;

    env->ops = &env_ops;
    env->scratch = scratch;
    env->num_windows = r->num_windows;
    env->count[r->type->type] = r->num_windows;
    env->features_off = args->features_off;
    env->seed = args->seed;
    for (unsigned i = 0; i < r->num_windows; i++) {
        env->windows[i] = r->windows[i].window;
        env->windows[i].polled |= args->polled || r->scenario->needs.polled;
        (void)trace_window(r->windows[i].window.base, r->windows[i].window.size,
                           r->windows[i].version == VIRTIO_MMIO_VERSION_LEGACY);
    }
    r->type->attach(env, r->scenario);
}

/* Bytes of the stack that have ever been used: those above the untouched filling. */
static uint32_t stack_used(void)
{
    const uint32_t *lowest;
    size_t bytes;
    size_t words = 0;

    board_stack(&lowest, &bytes);
    while (words < bytes / sizeof(*lowest) && lowest[words] == BOARD_STACK_FILL) {
        words++;
    }
    return (uint32_t)(bytes - words * sizeof(*lowest));
}

static void collect(struct mailbox_verdict *v)
{
    struct virtio_bare_usage usage;
    struct trace_counts counts;

    v->failures = run.env.failures;
    v->data_errors = run.env.data_errors;
    for (unsigned i = 0; i < run.env.num_windows; i++) {
        v->status[i] = trace_peek32(i, REG_STATUS);
        memcpy(v->may[i], run.env.disks[i].may, sizeof(v->may[i]));
    }
    virtio_bare_usage(&usage);
    v->private_pieces = usage.private_pieces;
    v->dma_pieces = usage.dma_pieces;
    v->mapped = (uint32_t)usage.mapped;
    v->free_bytes_peak = (uint32_t)usage.peak_bytes;
    trace_count(&counts);
    v->reads = counts.reads;
    v->writes = counts.writes;
    v->interrupts = counts.interrupts;
    v->stack_bytes = stack_used();
    memcpy(v->expect, run.expect, sizeof(v->expect));
}

void app_run(const struct app_run *r, const struct app_args *args, struct mailbox_verdict *verdict)
{
    memset(verdict, 0, sizeof(*verdict));
    set_up(r, args);
    board_watchdog(virtio_port_now_us() + (uint64_t)args->watchdog_s * 1000000u);
    verdict->outcome = r->scenario->run(&run.env);
    verdict->recovery = r->type->recover(&run.env, r->scenario);
    board_watchdog(0);
    collect(verdict);
}

/* ---- the verdict ---- */

bool app_passed(const struct mailbox_verdict *v, char *why)
{
    why[0] = '\0';
    if (v->outcome != 0) {
        (void)board_snprintf(why, APP_WHY_MAX, "outcome %d, expected 0", (int)v->outcome);
    } else if (v->recovery != 0) {
        (void)board_snprintf(why, APP_WHY_MAX, "use after the scenario: %d, expected 0",
                             (int)v->recovery);
    } else if (v->failures != 0) {
        (void)board_snprintf(why, APP_WHY_MAX, "%s", v->expect);
    } else if (v->data_errors != 0) {
        (void)board_snprintf(why, APP_WHY_MAX, "%u items reported as good differ, expected none",
                             (unsigned)v->data_errors);
    } else if ((v->status[0] | v->status[1]) != 0) {
        (void)board_snprintf(why, APP_WHY_MAX, "Status 0x%x and 0x%x at the end, expected 0",
                             (unsigned)v->status[0], (unsigned)v->status[1]);
    } else if ((v->private_pieces | v->dma_pieces | v->mapped) != 0) {
        (void)board_snprintf(why, APP_WHY_MAX,
                             "left: %u alloc, %u dma_alloc, %d dma_map, expected none",
                             (unsigned)v->private_pieces, (unsigned)v->dma_pieces, (int)v->mapped);
    }
    return why[0] == '\0';
}
