/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-real --compare: QEMU as a witness for the model. The same scenario runs on both; the model
 * takes QEMU's profile and offers what QEMU offered, and the driver's register accesses must come
 * out the same. Addresses of rings are aside, and looks at InterruptStatus that found nothing,
 * because those are a matter of time.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model_backend.h"
#include "real_blk.h"
#include "real_device.h"
#include "real_files.h"
#include "real_machine.h"
#include "real_modes.h"
#include "virtio_model/model_blk.h"
#include "virtio_model/model_board.h"

#define ACCESSES_MAX 1024u
#define DISK_SECTORS 256u
#define CONFIG_BYTES 64u
#define ATTEMPTS     3u

enum {
    REG_DEVICE_FEATURES = 0x010,
    REG_DEVICE_FEATURES_SEL = 0x014,
    REG_QUEUE_NUM_MAX = 0x034,
    REG_QUEUE_PFN = 0x040,
    REG_INTERRUPT_STATUS = 0x060,
    REG_QUEUE_DESC = 0x080,
    REG_QUEUE_DEVICE_HIGH = 0x0a4,
    REG_CONFIG = 0x100,
};

struct access {
    uint8_t window;
    bool write;
    uint8_t width;
    uint16_t offset;
    uint64_t value;
};

/* What the driver did on one back end. */
struct record {
    struct access accesses[ACCESSES_MAX];
    unsigned count;
    bool overflow;
    uint64_t base, window_size;
    uint64_t (*read)(struct host_backend *be, uint64_t bus_addr, unsigned width);
    void (*write)(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val);
};

static struct record *recording;

/* ---- recording ---- */

static void note(struct record *rec, bool write, uint64_t bus_addr, unsigned width, uint64_t value)
{
    uint64_t rel = bus_addr - rec->base;
    struct access a = {.window = (uint8_t)(rel / rec->window_size),
                       .write = write,
                       .width = (uint8_t)width,
                       .offset = (uint16_t)(rel % rec->window_size),
                       .value = value};

    if (!write && a.offset == REG_INTERRUPT_STATUS && value == 0) {
        return;
    }
    if (rec->count == ACCESSES_MAX) {
        rec->overflow = true;
        return;
    }
    rec->accesses[rec->count++] = a;
}

/* A write is noted before it is done: what it brings about comes after it. */
static uint64_t recorded_read(struct host_backend *be, uint64_t bus_addr, unsigned width)
{
    struct record *rec = recording;
    unsigned place = rec->count;
    uint64_t value = rec->read(be, bus_addr, width);
    struct access moved;

    note(rec, false, bus_addr, width, value);
    /* The back end may have run the interrupt handler behind the read: in front of it again. */
    if (rec->count > place + 1u) {
        moved = rec->accesses[rec->count - 1u];
        memmove(&rec->accesses[place + 1u], &rec->accesses[place],
                (rec->count - 1u - place) * sizeof(moved));
        rec->accesses[place] = moved;
    }
    return value;
}

static void recorded_write(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val)
{
    note(recording, true, bus_addr, width, val);
    recording->write(be, bus_addr, width, val);
}

/* Puts the recorder in front of the current back end. */
static void record_current(struct record *rec, uint64_t base, uint64_t window_size)
{
    rec->base = base;
    rec->window_size = window_size;
    rec->read = host_current->mmio_read;
    rec->write = host_current->mmio_write;
    host_current->mmio_read = recorded_read;
    host_current->mmio_write = recorded_write;
    recording = rec;
}

/* ---- both sides ---- */

struct side {
    struct scn_env env; /* first: the environment's calls get it */
    struct real_machine machine;
    struct model_board *board; /* NULL: QEMU */
    struct model_backend backend;
    struct {
        bool (*fn)(void *arg);
        void *arg;
    } irqs[SCN_DEVICES_MAX];
    struct virtio_blk blks[SCN_DEVICES_MAX];
    struct record record;
    uint8_t scratch[SCN_SCRATCH];
    uint8_t ram[SCN_DEVICES_MAX][DISK_SECTORS * VIRTIO_BLK_SECTOR_SIZE];
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

static struct side *side_new(const struct scenario *sc)
{
    struct side *side = calloc(1, sizeof(*side));

    if (side == NULL) {
        return NULL;
    }
    side->env.ops = &env_ops;
    side->env.blks = side->blks;
    side->env.scratch = side->scratch;
    side->env.num_windows = sc->needs.devices != 0 ? sc->needs.devices : 1u;
    for (unsigned i = 0; i < side->env.num_windows; i++) {
        scn_disk_init(&side->env.disks[i], i, DISK_SECTORS);
        for (uint32_t s = 0; s < DISK_SECTORS; s++) {
            scn_pattern(i, s, 0, side->ram[i] + (size_t)s * VIRTIO_BLK_SECTOR_SIZE);
        }
    }
    return side;
}

static int run_side(struct side *side, const struct scenario *sc, const char *name)
{
    int ret = sc->run(&side->env);

    if (ret != 0 || side->env.failures != 0 || side->env.data_errors != 0 ||
        side->record.overflow) {
        real_complain("%s on %s: %s, %u expectations and %u sectors failed%s", sc->name, name,
                      real_error_name(ret), side->env.failures, side->env.data_errors,
                      side->record.overflow ? ", too many accesses to record" : "");
        return REAL_EXIT_FAILURES;
    }
    return REAL_EXIT_PASS;
}

static int run_qemu(struct side *side, const struct real_spec *spec, const char *dir, FILE *trace)
{
    const struct scenario *sc = real_spec_scenario(spec);
    bool polled = sc->needs.polled || real_spec_variant(spec)->polled;
    struct real_machine_config cfg = {
        .modern = spec->modern, .num_drives = side->env.num_windows, .trace = trace};
    char paths[SCN_DEVICES_MAX][REAL_PATH_MAX];
    char props[REAL_PROPS_MAX];
    int code;

    real_blk_props(spec, props, sizeof(props));
    for (unsigned i = 0; i < side->env.num_windows; i++) {
        int ret;

        real_image_name(dir, i, paths[i], sizeof(paths[i]));
        ret = real_image_make(paths[i], &side->env.disks[i]);
        if (ret != 0) {
            real_complain("%s: %s", paths[i], strerror(-ret));
            return REAL_EXIT_FAILURES;
        }
        cfg.drives[i] =
            (struct real_drive){.path = paths[i],
                                .read_only = (sc->needs.features & VIRTIO_BLK_F_RO) != 0,
                                .props = props};
        side->env.windows[i] = real_machine_window(i, polled);
    }
    if (real_machine_open(&side->machine, &cfg) != 0) {
        real_complain("%s", side->machine.message.text);
        return REAL_EXIT_NO_QEMU;
    }
    record_current(&side->record, qemu_backend_window(0), qemu_backend_window_size());
    code = run_side(side, sc, "QEMU");
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

static void look(const struct record *rec, unsigned window, struct likeness *seen)
{
    uint64_t selector = 0;

    memset(seen, 0, sizeof(*seen));
    for (unsigned i = 0; i < rec->count; i++) {
        const struct access *a = &rec->accesses[i];
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

/* Offsets: struct virtio_blk_config, section 5.2.4. */
static int add_model(struct side *side, const struct real_spec *spec, unsigned i,
                     const struct likeness *seen)
{
    const struct model_blk_config cfg = {
        .dev.version = spec->modern ? 2 : 1,
        .dev.profile = MODEL_PROFILE_QEMU,
        .dev.features = seen->features,
        .dev.queue_num_max = seen->queue_num_max,
        .ram = side->ram[i],
        .capacity_sectors = DISK_SECTORS,
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

    return model_blk_add(side->board, i, &cfg, &blk);
}

static int run_model(struct side *side, const struct real_spec *spec, const struct record *qemu)
{
    const struct scenario *sc = real_spec_scenario(spec);
    bool polled = sc->needs.polled || real_spec_variant(spec)->polled;
    const struct model_board_config cfg = {.schedule = MODEL_SCHED_LAZY};
    int ret = model_board_create(&side->board, &cfg);
    int code;

    for (unsigned i = 0; i < side->env.num_windows && ret == 0; i++) {
        struct likeness seen;

        look(qemu, i, &seen);
        side->env.windows[i] = (struct virtio_window){.base = (uintptr_t)model_window_base(i),
                                                      .size = MODEL_WINDOW_SIZE,
                                                      .irq = i,
                                                      .polled = polled};
        model_irq_connect(side->board, i, false);
        ret = add_model(side, spec, i, &seen);
    }
    if (ret != 0) {
        real_complain("the model could not be set up: %s", strerror(-ret));
        return REAL_EXIT_FAILURES;
    }
    model_backend_use(&side->backend, side->board);
    model_set_irq_handler(side->board, on_model_interrupt, side);
    record_current(&side->record, model_window_base(0), MODEL_WINDOW_SIZE);
    code = run_side(side, sc, "the model");
    host_current = NULL;
    return code;
}

/* ---- comparison ---- */

static bool is_address(const struct access *a)
{
    return a->offset == REG_QUEUE_PFN ||
           (a->offset >= REG_QUEUE_DESC && a->offset <= REG_QUEUE_DEVICE_HIGH);
}

static bool same(const struct access *a, const struct access *b)
{
    bool both_zero = (a->value == 0) == (b->value == 0);

    return a->window == b->window && a->write == b->write && a->width == b->width &&
           a->offset == b->offset &&
           (a->value == b->value || (is_address(a) && (both_zero || a->offset != REG_QUEUE_PFN)));
}

static void print_access(bool print, const char *mark, const struct access *a)
{
    char name[24];

    if (!print) {
        return;
    }
    (void)printf("  %s %u %s%u %-18s 0x%" PRIx64 "\n", mark, a->window, a->write ? "W" : "R",
                 a->width, real_register_name(a->offset, name, sizeof(name)), a->value);
}

/* How many accesses only one of the two has, along a longest common subsequence; printed if so
 * wished. */
static unsigned differences_of(const struct record *model, const struct record *qemu, bool print)
{
    static uint16_t length[ACCESSES_MAX + 1u][ACCESSES_MAX + 1u];
    unsigned differences = 0;
    unsigned m = 0;
    unsigned q = 0;

    memset(length, 0, sizeof(length));
    for (unsigned i = model->count; i-- > 0;) {
        for (unsigned j = qemu->count; j-- > 0;) {
            uint16_t skip =
                length[i + 1u][j] > length[i][j + 1u] ? length[i + 1u][j] : length[i][j + 1u];

            length[i][j] = same(&model->accesses[i], &qemu->accesses[j])
                               ? (uint16_t)(length[i + 1u][j + 1u] + 1u)
                               : skip;
        }
    }
    while (m < model->count || q < qemu->count) {
        if (m < model->count && q < qemu->count && same(&model->accesses[m], &qemu->accesses[q])) {
            m++;
            q++;
        } else if (q == qemu->count ||
                   (m < model->count && length[m + 1u][q] >= length[m][q + 1u])) {
            print_access(print, "model", &model->accesses[m++]);
            differences++;
        } else {
            print_access(print, "QEMU ", &qemu->accesses[q++]);
            differences++;
        }
    }
    return differences;
}

/* One run on each; *differences says how far apart they are. */
static int compare_once(const struct real_spec *spec, FILE *trace, bool last, unsigned *differences)
{
    const struct scenario *sc = real_spec_scenario(spec);
    struct side *model = side_new(sc);
    struct side *qemu = side_new(sc);
    char dir[REAL_PATH_MAX] = "";
    char id[REAL_ID_MAX];
    int code = REAL_EXIT_FAILURES;

    if (model == NULL || qemu == NULL || real_dir_make(dir, sizeof(dir)) != 0) {
        real_complain("no memory, or no temporary directory");
    } else {
        code = run_qemu(qemu, spec, dir, trace);
    }
    if (code == REAL_EXIT_PASS) {
        code = run_model(model, spec, &qemu->record);
    }
    if (code == REAL_EXIT_PASS) {
        *differences = differences_of(&model->record, &qemu->record, last);
        if (*differences == 0 || last) {
            real_id_format(spec, id, sizeof(id));
            (void)printf("%s %-48s %u accesses on the model, %u on QEMU, %u only on one\n",
                         *differences != 0 ? "FAIL" : "PASS", id, model->record.count,
                         qemu->record.count, *differences);
        }
    }
    real_dir_remove(dir);
    if (model != NULL && model->board != NULL) {
        model_board_destroy(model->board);
    }
    free(model);
    free(qemu);
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

    f.scenario = f.scenario != NULL ? f.scenario : "read-4k";
    f.device = real_blk.name;
    f.variant = f.variant != NULL ? f.variant : real_blk.variants[0].name;
    for (bool more = real_plan_first(&f, &spec); more; more = real_plan_next(&f, &spec)) {
        int one = compare_one(&spec, trace);

        code = one > code ? one : code;
    }
    return code;
}
