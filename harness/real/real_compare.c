/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-real --compare: QEMU as a witness for the model. The same scenario runs on both; the model
 * takes QEMU's profile and offers what QEMU offered, and the driver's register accesses must come
 * out the same. Aside are addresses of rings, what is a matter of time (real_record.h), and per
 * device type what a device may choose (no_notify below).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model_backend.h"
#include "real_device.h"
#include "real_files.h"
#include "real_machine.h"
#include "real_modes.h"
#include "real_record.h"
#include "scn_gpu.h"
#include "sweep_device.h"
#include "virtio_model/model_blk.h"
#include "virtio_model/model_board.h"

#define CONFIG_BYTES 64u
#define ATTEMPTS     5u

/* ---- both sides ---- */

struct side {
    struct scn_env env; /* first: the environment's calls get it */
    const struct real_spec *spec;
    const struct real_device *real;   /* QEMU's ... */
    const struct sweep_device *swept; /* ... and the model's */
    void *state;                      /* of the one or the other */
    struct real_machine machine;
    struct model_board *board; /* NULL: QEMU */
    struct model_backend backend;
    struct {
        bool (*fn)(void *arg);
        void *arg;
    } irqs[SCN_DEVICES_MAX];
    struct real_record record;
    uint8_t scratch[SCN_SCRATCH];
    /* The model's disks, as QEMU's are. */
    struct virtio_blk blks[SCN_DEVICES_MAX];
    uint8_t *disks[SCN_DEVICES_MAX];
};

static void env_fail(struct scn_env *env, const char *file, int line, const char *text)
{
    (void)env;
    (void)printf("  %s:%d: expected %s\n", file, line, text);
}

static void env_irq(struct scn_env *env, unsigned window, bool (*fn)(void *arg), void *arg)
{
    struct side *side = (struct side *)env;

    if (side->board == NULL) {
        real_machine_connect(&side->machine, window, fn, arg);
        return;
    }
    side->irqs[window].fn = fn;
    side->irqs[window].arg = arg;
    model_irq_connect(side->board, window, fn != NULL);
}

static void on_model_interrupt(void *ctx, unsigned slot)
{
    struct side *side = ctx;

    if (slot < SCN_DEVICES_MAX && side->irqs[slot].fn != NULL) {
        (void)side->irqs[slot].fn(side->irqs[slot].arg);
    }
}

static const struct scn_env_ops env_ops = {.fail = env_fail, .irq = env_irq};

static bool is_polled(const struct real_spec *spec)
{
    return real_spec_scenario(spec)->needs.polled || real_spec_variant(spec)->polled;
}

/* Queues that wait for something to come in: of which of their buffers a device wants to hear is
 * its own choice. QEMU's network device hears of them when it has run out, other devices do so with
 * EVENT_IDX; the model always hears of them. */
static uint64_t no_notify(const struct real_spec *spec)
{
    static const uint64_t incoming[SCN_TYPES] = {
        [SCN_NET] = 1u, [SCN_CONSOLE] = UINT64_C(0x5555555555555555), [SCN_INPUT] = 1u};
    enum scn_type type = real_devices[spec->device]->type;
    bool event_idx = strstr(real_spec_variant(spec)->props, "event_idx=off") == NULL;

    return type == SCN_NET || event_idx ? incoming[type] : 0u;
}

static struct side *side_new(const struct real_spec *spec)
{
    struct side *side = calloc(1, sizeof(*side));
    const struct scenario *sc = real_spec_scenario(spec);

    if (side == NULL) {
        return NULL;
    }
    side->spec = spec;
    side->real = real_devices[spec->device];
    for (unsigned d = 0; d < sweep_device_count; d++) {
        if (sweep_devices[d]->type == side->real->type) {
            side->swept = sweep_devices[d];
        }
    }
    side->env.ops = &env_ops;
    side->env.scratch = side->scratch;
    side->env.num_windows = sc->needs.devices != 0 ? sc->needs.devices : 1u;
    side->env.count[side->real->type] = side->env.num_windows;
    /* What an input device says of itself is no more than an example on the model. */
    side->record.no_config = side->real->type == SCN_INPUT;
    /* Whether a frame and its answer share an interrupt depends on how fast the answer is. */
    side->record.no_interrupts = side->real->type == SCN_NET;
    side->record.no_notify = no_notify(spec);
    return side;
}

static void side_free(struct side *side)
{
    if (side == NULL) {
        return;
    }
    if (side->board != NULL) {
        model_board_destroy(side->board);
        if (side->state != NULL) {
            side->swept->destroy(side->state);
        }
        for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
            free(side->disks[i]);
        }
    } else if (side->state != NULL) {
        side->real->destroy(side->state);
    }
    free(side);
}

static int run_side(struct side *side, uint64_t base, uint64_t window_size, const char *name)
{
    const struct scenario *sc = real_spec_scenario(side->spec);
    int ret;

    real_record_begin(&side->record, base, window_size);
    ret = sc->run(&side->env);
    real_record_end();
    if (ret != 0 || side->env.failures != 0 || side->env.data_errors != 0 ||
        side->record.overflow) {
        real_complain("%s on %s: %s, %u expectations and %u items failed%s", sc->name, name,
                      real_error_name(ret), side->env.failures, side->env.data_errors,
                      side->record.overflow ? ", too many accesses to record" : "");
        return REAL_EXIT_FAILURES;
    }
    return REAL_EXIT_PASS;
}

static int add_args(void *ctx, struct qemu_args *args)
{
    struct side *side = ctx;
    int ret = 0;

    for (unsigned i = 0; i < side->env.num_windows && ret == 0; i++) {
        ret = side->real->args(side->state, args, i);
    }
    return ret;
}

static int run_qemu(struct side *side, const char *dir, FILE *trace)
{
    const struct real_machine_config cfg = {
        .modern = side->spec->modern, .args = add_args, .ctx = side, .trace = trace};
    char why[512] = "";
    int code = REAL_EXIT_FAILURES;

    if (side->real->create(&side->state, &side->env, side->spec, dir, why, sizeof(why)) != 0) {
        real_complain("%s", why);
        return REAL_EXIT_FAILURES;
    }
    for (unsigned i = 0; i < side->env.num_windows; i++) {
        side->env.windows[i] = real_machine_window(i, is_polled(side->spec));
    }
    if (real_machine_open(&side->machine, &cfg) != 0) {
        real_complain("%s", side->machine.message.text);
        return REAL_EXIT_NO_QEMU;
    }
    if (side->real->started != NULL &&
        side->real->started(side->state, &side->machine, why, sizeof(why)) != 0) {
        real_complain("%s", why);
    } else {
        code = run_side(side, qemu_backend_window(0), qemu_backend_window_size(), "QEMU");
    }
    if (real_machine_close(&side->machine) != 0) {
        real_complain("%s", side->machine.message.text);
        code = REAL_EXIT_FAILURES;
    }
    return code;
}

/* ---- the model in the likeness of what was seen on QEMU ---- */

struct likeness {
    uint64_t features;
    uint16_t queue_num_max;
    uint8_t config[CONFIG_BYTES];
};

static void look(const struct real_record *rec, unsigned window, struct likeness *seen)
{
    uint64_t selector = 0;

    memset(seen, 0, sizeof(*seen));
    for (unsigned i = 0; i < rec->count; i++) {
        const struct real_access *a = &rec->accesses[i];
        unsigned at = (unsigned)a->offset - REG_CONFIG;

        if (a->window != window) {
            continue;
        }
        if (a->write && a->offset == REG_DEVICE_FEATURES_SEL) {
            selector = a->value;
        } else if (a->offset == REG_DEVICE_FEATURES && selector < 2u) {
            seen->features |= a->value << (32u * (unsigned)selector);
        } else if (a->offset == REG_QUEUE_NUM_MAX && seen->queue_num_max == 0) {
            seen->queue_num_max = (uint16_t)a->value;
        } else if (!a->write && a->offset >= REG_CONFIG && at + a->width <= CONFIG_BYTES) {
            for (unsigned b = 0; b < a->width; b++) {
                seen->config[at + b] = (uint8_t)(a->value >> (8u * b));
            }
        }
    }
}

static uint64_t field(const struct likeness *seen, unsigned offset, unsigned width)
{
    uint64_t value = 0;

    for (unsigned b = 0; b < width; b++) {
        value |= (uint64_t)seen->config[offset + b] << (8u * b);
    }
    return value;
}

#define U8(offset)  ((uint8_t)field(seen, offset, 1))
#define U16(offset) ((uint16_t)field(seen, offset, 2))
#define U32(offset) ((uint32_t)field(seen, offset, 4))

static int make_disk(struct side *side, unsigned i, uint32_t sectors)
{
    side->disks[i] = malloc((size_t)sectors * VIRTIO_BLK_SECTOR_SIZE);
    if (sectors > SCN_SECTORS_MAX || side->disks[i] == NULL) {
        return -ENOMEM;
    }
    for (uint32_t n = 0; n < sectors; n++) {
        scn_pattern(i, n, 0, side->disks[i] + (size_t)n * VIRTIO_BLK_SECTOR_SIZE);
    }
    scn_disk_init(&side->env.disks[i], i, sectors);
    side->env.blks = side->blks;
    return 0;
}

/* A disk in the likeness of QEMU's, whose config space is compared, too. Offsets: struct
 * virtio_blk_config, section 5.2.4. */
static int add_disk(struct side *side, const struct model_device_config *dev, unsigned i,
                    const struct likeness *seen)
{
    uint32_t sectors = U32(0);
    int ret = make_disk(side, i, sectors);
    const struct model_blk_config cfg = {
        .dev = *dev,
        .ram = side->disks[i],
        .capacity_sectors = sectors,
        .size_max = U32(8),
        .seg_max = U32(12),
        .cylinders = U16(16),
        .heads = U8(18),
        .sectors = U8(19),
        .blk_size = U32(20),
        .physical_block_exp = U8(24),
        .alignment_offset = U8(25),
        .min_io_size = U16(26),
        .opt_io_size = U32(28),
        .writeback = 1,
        .num_queues = U16(34),
        .max_discard_sectors = U32(36),
        .max_discard_seg = U32(40),
        .discard_sector_alignment = U32(44),
        .max_write_zeroes_sectors = U32(48),
        .max_write_zeroes_seg = U32(52),
        .write_zeroes_may_unmap = U8(56),
        .id = "rt-virtio",
    };
    struct model_blk *blk;

    return ret != 0 ? ret : model_blk_add(side->board, i, &cfg, &blk);
}

static const struct scn_gpu_needs one_screen = {.scanouts = 1};

static int add_model(struct side *side, unsigned i, const struct likeness *seen)
{
    const struct model_device_config dev = {
        .version = side->spec->modern ? 2 : 1,
        .profile = MODEL_PROFILE_QEMU,
        .features = seen->features,
        .queue_num_max = seen->queue_num_max,
    };

    struct scenario sc = *real_spec_scenario(side->spec);

    if (side->real->type == SCN_BLK) {
        return add_disk(side, &dev, i, seen);
    }
    if (side->real->type == SCN_GPU && sc.needs.more == NULL) {
        sc.needs.more = &one_screen;
    }
    return side->swept->add(side->state, &side->env, side->board, &dev, &sc, i, i);
}

static int run_model(struct side *side, const struct real_record *qemu)
{
    /* QEMU does its work inside the notification, but for disks, whose files take their time. */
    const struct model_board_config cfg = {
        .schedule = side->real->type == SCN_BLK ? MODEL_SCHED_LAZY : MODEL_SCHED_SYNC};
    int ret = model_board_create(&side->board, &cfg);
    int code;

    ret = ret != 0 ? ret : side->swept->create(&side->state);
    for (unsigned i = 0; i < side->env.num_windows && ret == 0; i++) {
        struct likeness seen;

        look(qemu, i, &seen);
        side->env.windows[i] = (struct virtio_window){.base = (uintptr_t)model_window_base(i),
                                                      .size = MODEL_WINDOW_SIZE,
                                                      .irq = i,
                                                      .polled = is_polled(side->spec)};
        model_irq_connect(side->board, i, false);
        ret = add_model(side, i, &seen);
    }
    if (ret != 0) {
        real_complain("the model could not be set up: %s", strerror(-ret));
        return REAL_EXIT_FAILURES;
    }
    model_backend_use(&side->backend, side->board);
    model_set_irq_handler(side->board, on_model_interrupt, side);
    code = run_side(side, model_window_base(0), MODEL_WINDOW_SIZE, "the model");
    host_current = NULL;
    return code;
}

/* One run on each; *differences says how far apart they are. */
static int compare_once(const struct real_spec *spec, FILE *trace, bool last, unsigned *differences)
{
    static const char *const names[2] = {"model", "QEMU"};
    struct side *model = side_new(spec);
    struct side *qemu = side_new(spec);
    char dir[REAL_PATH_MAX] = "";
    char id[REAL_ID_MAX];
    int code = REAL_EXIT_FAILURES;

    if (model == NULL || qemu == NULL || real_dir_make(dir, sizeof(dir)) != 0) {
        real_complain("no memory, or no temporary directory");
    } else {
        code = run_qemu(qemu, dir, trace);
    }
    if (code == REAL_EXIT_PASS) {
        code = run_model(model, &qemu->record);
    }
    if (code == REAL_EXIT_PASS) {
        *differences = real_record_differences(&model->record, &qemu->record, last ? names : NULL);
        if (*differences == 0 || last) {
            real_id_format(spec, id, sizeof(id));
            (void)printf("%s %-48s %u accesses on the model, %u on QEMU, %u only on one\n",
                         *differences != 0 ? "FAIL" : "PASS", id, model->record.count,
                         qemu->record.count, *differences);
        }
    }
    real_dir_remove(dir);
    side_free(model);
    side_free(qemu);
    return code;
}

/* QEMU runs in real time: on a busy machine the driver's wait may look at the device in between,
 * which the model's does not. What is systematic is there every time. */
static int compare_one(const struct real_spec *spec, FILE *trace)
{
    unsigned differences = 1;
    int code = REAL_EXIT_PASS;

    for (unsigned n = 1; n <= ATTEMPTS && differences != 0 && code == REAL_EXIT_PASS; n++) {
        code = compare_once(spec, trace, n == ATTEMPTS, &differences);
    }
    return code == REAL_EXIT_PASS && differences != 0 ? REAL_EXIT_FAILURES : code;
}

int real_compare(const struct real_filter *filter, FILE *trace)
{
    struct real_filter f = *filter;
    struct real_spec spec;
    int code = REAL_EXIT_PASS;

    f.scenario = f.scenario != NULL ? f.scenario : "bring-up,read-4k";
    f.variant = f.variant != NULL ? f.variant : real_blk.variants[0].name;
    for (bool more = real_plan_first(&f, &spec); more; more = real_plan_next(&f, &spec)) {
        int one = compare_one(&spec, trace);

        code = one > code ? one : code;
    }
    return code;
}
