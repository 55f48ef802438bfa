/* SPDX-License-Identifier: Apache-2.0 */
/* See board_compare.h. */
#include "board_compare.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "board_rings.h"
#include "host_backend.h"
#include "real_files.h"
#include "real_record.h"

#define ATTEMPTS 5u

/* What the driver did on one side. */
struct side {
    struct real_record record;
    struct real_record interrupts; /* of them, those that serve interrupts */
    struct board_rings rings;
    char *text; /* of the rings */
    size_t text_bytes;
    bool incomplete;
    char why[128]; /* it is */
};

static const char *const names[2] = {"here", "board"};

static struct side *side_new(const struct real_spec *spec, bool big_endian)
{
    enum scn_type type = real_devices[spec->device]->type;
    struct side *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        return NULL;
    }
    /* When something comes in, how much of it one interrupt finds, and of which buffers for more of
     * it QEMU wants to hear is a matter of time. */
    s->record.no_interrupts = type == SCN_NET || type == SCN_INPUT;
    s->record.no_notify = s->record.no_interrupts ? 1u : 0u;
    s->rings.modern = spec->modern;
    s->rings.big_endian = big_endian;
    s->rings.out = open_memstream(&s->text, &s->text_bytes);
    return s;
}

static void side_free(struct side *s)
{
    if (s != NULL) {
        if (s->rings.out != NULL) {
            (void)fclose(s->rings.out);
        }
        free(s->text);
        free(s);
    }
}

/* ---- here ---- */

struct here {
    struct scn_env env; /* first: the environment's calls get it */
    struct real_machine machine;
    const struct real_device *device;
    void *state;
    struct side *side;
    void (*write)(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val);
    void (*dma_free)(struct host_backend *be, void *ptr, size_t size, uint64_t dma);
};

static struct here *here_watched;

static void env_fail(struct scn_env *env, const char *file, int line, const char *text)
{
    (void)env;
    (void)printf("  %s:%d: expected %s\n", file, line, text);
}

static void env_irq(struct scn_env *env, unsigned window, bool (*fn)(void *arg), void *arg)
{
    real_machine_connect(&((struct here *)env)->machine, window, fn, arg);
}

static const struct scn_env_ops env_ops = {.fail = env_fail, .irq = env_irq};

static void watched_write(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val)
{
    uint64_t rel = bus_addr - qemu_backend_window(0);

    board_rings_write(&here_watched->side->rings, (unsigned)(rel / qemu_backend_window_size()),
                      (unsigned)(rel % qemu_backend_window_size()), val);
    here_watched->write(be, bus_addr, width, val);
}

static void watched_free(struct host_backend *be, void *ptr, size_t size, uint64_t dma)
{
    if (ptr != NULL) {
        board_rings_given_back(&here_watched->side->rings, dma, ptr, size);
    }
    here_watched->dma_free(be, ptr, size, dma);
}

static int add_args(void *ctx, struct qemu_args *args)
{
    struct here *h = ctx;
    int ret = 0;

    for (unsigned i = 0; i < h->env.num_windows && ret == 0; i++) {
        ret = h->device->args(h->state, args, i);
    }
    return ret;
}

static int play_here(struct here *h, const struct scenario *sc)
{
    int ret;

    here_watched = h;
    h->write = host_current->mmio_write;
    h->dma_free = host_current->dma_free;
    host_current->mmio_write = watched_write;
    host_current->dma_free = watched_free;
    real_record_begin(&h->side->record, qemu_backend_window(0), qemu_backend_window_size());
    ret = sc->run(&h->env);
    ret = ret != 0 ? ret : h->device->recover(&h->env, sc);
    real_record_end();
    host_current->mmio_write = h->write;
    host_current->dma_free = h->dma_free;
    if (ret != 0 || h->env.failures != 0 || h->env.data_errors != 0) {
        (void)printf("  %s here: %s, %u expectations and %u items failed\n", sc->name,
                     real_error_name(ret), h->env.failures, h->env.data_errors);
        return -EIO;
    }
    return 0;
}

static enum board_code start_and_play(struct here *h, const struct real_spec *spec)
{
    const struct scenario *sc = real_spec_scenario(spec);
    const struct real_machine_config cfg = {.modern = spec->modern, .args = add_args, .ctx = h};
    bool polled = sc->needs.polled || real_spec_variant(spec)->polled;
    enum board_code code = BOARD_FAILURES;
    char why[256] = "";

    for (unsigned i = 0; i < h->env.num_windows; i++) {
        h->env.windows[i] = real_machine_window(i, polled);
    }
    if (real_machine_open(&h->machine, &cfg) != 0) {
        (void)printf("%s\n", h->machine.message.text);
        return BOARD_NO_QEMU;
    }
    if (h->device->started != NULL &&
        h->device->started(h->state, &h->machine, why, sizeof(why)) != 0) {
        (void)printf("%s\n", why);
    } else if (play_here(h, sc) == 0) {
        code = BOARD_PASS;
    }
    if (real_machine_close(&h->machine) != 0) {
        (void)printf("%s\n", h->machine.message.text);
        code = BOARD_FAILURES;
    }
    return code;
}

static enum board_code run_here(struct side *side, const struct real_spec *spec, const char *dir)
{
    struct here *h = calloc(1, sizeof(*h));
    uint8_t devices = real_spec_scenario(spec)->needs.devices;
    enum board_code code = BOARD_FAILURES;
    char why[256] = "no memory for a run";

    if (h == NULL || (h->env.scratch = malloc(SCN_SCRATCH)) == NULL) {
        free(h);
        return BOARD_FAILURES;
    }
    h->side = side;
    h->env.ops = &env_ops;
    h->device = real_devices[spec->device];
    h->env.num_windows = devices != 0 ? devices : 1u;
    h->env.count[h->device->type] = h->env.num_windows;
    if (h->device->create(&h->state, &h->env, spec, dir, why, sizeof(why)) != 0) {
        (void)printf("%s\n", why);
    } else {
        code = start_and_play(h, spec);
    }
    if (h->state != NULL) {
        h->device->destroy(h->state);
    }
    free(h->env.scratch);
    free(h);
    return code;
}

/* ---- on the board ---- */

/* The pieces of memory that were given back, in order, up to `now` in the trace. */
struct pieces {
    const struct mailbox *mb;
    uint32_t at, len;
};

static void give_back(struct side *s, struct pieces *p, uint32_t now)
{
    while (p->len - p->at >= sizeof(struct mailbox_ring)) {
        struct mailbox_ring head;
        uint32_t bytes;

        memcpy(&head, &p->mb->rings[p->at], sizeof(head));
        bytes = le32toh(head.bytes);
        if (le32toh(head.serial) > now || bytes > p->len - p->at - sizeof(head)) {
            return;
        }
        board_rings_given_back(&s->rings, le64toh(head.dma), &p->mb->rings[p->at + sizeof(head)],
                               bytes);
        p->at += (uint32_t)sizeof(head) + ((bytes + 7u) & ~7u);
        p->at = p->at < p->len ? p->at : p->len;
    }
}

static void replay_access(struct side *s, const struct mailbox_access *a)
{
    const struct real_access access = {.window = a->window,
                                       .write = (a->kind & 0x80u) != 0,
                                       .width = a->kind & 0xfu,
                                       .offset = a->offset,
                                       .value = a->value};

    if (a->kind == MAILBOX_INTERRUPT || a->kind == MAILBOX_MARK) {
        return;
    }
    (void)real_record_add(&s->record, &access);
    if (access.write) {
        board_rings_write(&s->rings, a->window, a->offset, a->value);
    }
}

static void look(void *ctx, const struct board_machine *m)
{
    struct side *s = ctx;
    struct pieces pieces = {.mb = m->mailbox};
    uint32_t count;
    uint32_t lost;

    if (m->mailbox == NULL) {
        return;
    }
    count = board_trace_count(m->mailbox);
    lost = le32toh(m->mailbox->rings_lost);
    pieces.len = le32toh(m->mailbox->rings_len);
    pieces.len = pieces.len <= MAILBOX_RINGS ? pieces.len : MAILBOX_RINGS;
    if (board_trace_first(m->mailbox) != 0 || lost != 0) {
        s->incomplete = true;
        (void)snprintf(s->why, sizeof(s->why),
                       "%" PRIu32 " accesses and %" PRIu32
                       " pieces of memory too many for the mailbox",
                       board_trace_first(m->mailbox), lost);
        return;
    }
    for (uint32_t n = 0; n < count; n++) {
        struct mailbox_access a = board_trace_at(m->mailbox, n);

        give_back(s, &pieces, n);
        replay_access(s, &a);
    }
    give_back(s, &pieces, count);
}

/* ---- both ---- */

struct outcome {
    unsigned accesses[2], rings[2], differences;
};

/* Fields of the config space of legacy devices are in the CPU's byte order, so that the halves of
 * wider ones change places: what the driver makes of their values the scenarios check. */
static void forget_config_values(struct real_record *rec)
{
    for (unsigned i = 0; i < rec->count; i++) {
        if (rec->accesses[i].offset >= REG_CONFIG) {
            rec->accesses[i].value = 0;
        }
    }
}

/* Between which other accesses an interrupt comes is a matter of time: what serves it is compared
 * apart from them. */
static void part_interrupts(struct side *s)
{
    struct real_record *rec = &s->record;
    unsigned kept = 0;

    for (unsigned i = 0; i < rec->count; i++) {
        const struct real_access *a = &rec->accesses[i];
        bool interrupt = a->offset == REG_INTERRUPT_STATUS || a->offset == REG_INTERRUPT_ACK;

        if (interrupt) {
            s->interrupts.accesses[s->interrupts.count++] = *a;
        } else {
            rec->accesses[kept++] = *a;
        }
    }
    rec->count = kept;
}

static enum board_code judge(struct side *here, struct side *board, bool print, struct outcome *o)
{
    const char *const *shown = print ? names : NULL;

    (void)fflush(here->rings.out);
    (void)fflush(board->rings.out);
    *o = (struct outcome){
        {here->record.count, board->record.count}, {here->rings.found, board->rings.found}, 0};
    if (board->incomplete || here->record.overflow || board->record.overflow) {
        (void)printf("  %s\n", board->incomplete ? board->why : "too many accesses to record");
        return BOARD_FAILURES;
    }
    part_interrupts(here);
    part_interrupts(board);
    if (board->rings.big_endian && !board->rings.modern) {
        forget_config_values(&here->record);
        forget_config_values(&board->record);
    }
    o->differences = real_record_differences(&here->record, &board->record, shown);
    o->differences += real_record_differences(&here->interrupts, &board->interrupts, shown);
    o->differences += board_rings_differences(here->text, board->text, shown);
    return BOARD_PASS;
}

/* An empty directory by that name. */
static int renew(const char *dir)
{
    real_dir_remove(dir);
    return mkdir(dir, 0700) == 0 ? 0 : -errno;
}

static enum board_code compare_once(const struct board_options *opt, const struct real_spec *spec,
                                    const char *dir, bool print, struct outcome *o)
{
    struct side *here = side_new(spec, false);
    struct side *board = side_new(spec, opt->board->big_endian);
    struct board_watch watch = {.look = look, .ctx = board};
    struct board_result result = {.code = BOARD_FAILURES};
    enum board_code code = BOARD_FAILURES;

    if (here == NULL || board == NULL || here->rings.out == NULL || board->rings.out == NULL ||
        renew(dir) != 0) {
        (void)printf("  no memory, or no temporary directory\n");
    } else {
        code = run_here(here, spec, dir);
    }
    if (code == BOARD_PASS && renew(dir) == 0) {
        board_run(opt, spec, dir, &watch, stdout, &result);
        code = result.code;
    }
    if (code == BOARD_PASS) {
        code = judge(here, board, print, o);
    }
    side_free(here);
    side_free(board);
    return code;
}

/* Both run in real time: on a busy machine an interrupt comes in between other accesses, or a wait
 * looks at the device once more. What is systematic is there every time. */
void board_compare(const struct board_options *opt, const struct real_spec *spec, const char *dir,
                   struct board_result *result)
{
    struct outcome o = {.differences = 1};
    enum board_code code = BOARD_PASS;
    char id[BOARD_ID_MAX];

    for (unsigned n = 1; n <= ATTEMPTS && o.differences != 0 && code == BOARD_PASS; n++) {
        code = compare_once(opt, spec, dir, n == ATTEMPTS, &o);
    }
    if (code == BOARD_PASS && o.differences != 0) {
        code = BOARD_FAILURES;
    }
    if (code == BOARD_PASS && o.rings[1] == 0) {
        (void)printf("  no ring was found, expected some\n");
        code = BOARD_FAILURES;
    }
    board_id_format(opt->board, spec, id, sizeof(id));
    (void)printf("%s %-60s %u and %u accesses, %u and %u rings, %u differences\n",
                 code == BOARD_PASS ? "PASS" : "FAIL", id, o.accesses[0], o.accesses[1], o.rings[0],
                 o.rings[1], o.differences);
    if (code != BOARD_PASS) {
        (void)printf("     again: %s --board %s --firmware %s --compare --device %s --transport %s "
                     "--variant %s --scenario %s\n",
                     opt->program, opt->board->name, opt->firmware,
                     real_devices[spec->device]->name, spec->modern ? "modern" : "legacy",
                     real_spec_variant(spec)->name, real_spec_scenario(spec)->name);
    }
    *result = (struct board_result){.code = code};
}
