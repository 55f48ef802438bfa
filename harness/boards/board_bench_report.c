/* SPDX-License-Identifier: Apache-2.0 */
/* See board_bench_report.h. */
#include "board_bench_report.h"

#include <errno.h>
#include <string.h>

#include "real_device.h"

static const char *const transports[] = {"legacy", "modern"};

/* ---- figures ---- */

static bool is_probe(const struct board_cost *c)
{
    return strncmp(c->name, "probe", 5) == 0;
}

static int collect_one(struct board_bench_figures *b, const char *board, unsigned d, unsigned t)
{
    const struct board_costs *plain = &b->plain->of[d][t];
    const struct board_costs *watched = &b->watched->of[d][t];
    uint32_t stack = 0;
    char name[sizeof(b->figures.all->name)];
    int ret = 0;

    for (unsigned i = 0; i < plain->count && ret == 0; i++) {
        const struct board_cost *p = &plain->costs[i];
        const struct board_cost *w = &watched->costs[i];

        stack = p->stack_bytes > stack ? p->stack_bytes : stack;
        if (is_probe(p)) {
            continue;
        }
        (void)snprintf(name, sizeof(name), "%s:%s:instructions", real_devices[d]->name, p->name);
        ret = board_figures_add(&b->figures, board, transports[t], name,
                                (double)(p->call + p->answer) / p->units);
        if (i >= watched->count || strcmp(w->name, p->name) != 0 || ret != 0) {
            continue;
        }
        (void)snprintf(name, sizeof(name), "%s:%s:accesses", real_devices[d]->name, p->name);
        ret = board_figures_add(&b->figures, board, transports[t], name,
                                (double)(w->reads + w->writes) / w->units);
    }
    if (ret == 0 && plain->ran) {
        (void)snprintf(name, sizeof(name), "%s:stack", real_devices[d]->name);
        ret = board_figures_add(&b->figures, board, transports[t], name, (double)stack);
    }
    return ret;
}

int board_bench_collect(struct board_bench_figures *b, const struct board *board)
{
    int ret = 0;

    for (unsigned t = 0; t < 2u; t++) {
        for (unsigned d = 0; d < real_device_count && ret == 0; d++) {
            ret = collect_one(b, board->name, d, t);
        }
    }
    return ret;
}

/* ---- report: operations ---- */

/* What is aimed at for a 4 KiB block request with interrupts: instructions, register accesses. */
#define AIM_INSTRUCTIONS  400.0
#define AIM_ACCESSES      3.0
#define AIM_BATCH_DIVISOR 3.0
/* RT-Thread's driver as it is today, for the same. */
#define TODAY_INSTRUCTIONS 1000.0
#define TODAY_ACCESSES     11.0

static void print_cost(const struct board_costs *plain, const struct board_costs *watched,
                       unsigned i, FILE *out)
{
    const struct board_cost *p = &plain->costs[i];
    const struct board_cost *w = &watched->costs[i];
    double units = p->units;

    if (i >= plain->count || is_probe(p)) {
        (void)fprintf(out, "  %37s", "");
        return;
    }
    (void)fprintf(out, "  %8.1f %8.1f %8.1f", (double)p->call / units, (double)p->answer / units,
                  (double)(p->call + p->answer) / units);
    if (i < watched->count) {
        (void)fprintf(out, " %4.2f+%4.2f", (double)w->reads / units, (double)w->writes / units);
    } else {
        (void)fprintf(out, " %9s", "");
    }
}

static void print_aim(const char *device, const char *name, FILE *out)
{
    if (strcmp(device, "blk") != 0) {
        return;
    }
    if (strcmp(name, "read-4k") == 0 || strcmp(name, "write-4k") == 0) {
        (void)fprintf(out, "  %.0f, %.0f (%.0f, %.0f)", AIM_INSTRUCTIONS, AIM_ACCESSES,
                      TODAY_INSTRUCTIONS, TODAY_ACCESSES);
    } else if (strcmp(name, "read-4k-x32") == 0 || strcmp(name, "write-4k-x32") == 0) {
        (void)fprintf(out, "  %.1f, %.1f", AIM_INSTRUCTIONS / AIM_BATCH_DIVISOR,
                      AIM_ACCESSES / AIM_BATCH_DIVISOR);
    }
}

static void report_operations(const struct board_bench_figures *b, unsigned d, FILE *out)
{
    const struct board_costs *any =
        b->plain->of[d][0].ran ? &b->plain->of[d][0] : &b->plain->of[d][1];

    for (unsigned i = 0; i < any->count; i++) {
        if (is_probe(&any->costs[i])) {
            continue;
        }
        (void)fprintf(out, "%-8s%-20s", real_devices[d]->name, any->costs[i].name);
        for (unsigned t = 0; t < 2u; t++) {
            print_cost(&b->plain->of[d][t], &b->watched->of[d][t], i, out);
        }
        print_aim(real_devices[d]->name, any->costs[i].name, out);
        (void)fputc('\n', out);
    }
}

static void report_stack(const struct board_bench_figures *b, const char *board, FILE *out)
{
    char name[64];

    (void)fprintf(out, "\nstack below the driver's caller, bytes (legacy, modern):");
    for (unsigned d = 0; d < real_device_count; d++) {
        (void)snprintf(name, sizeof(name), "%s:stack", real_devices[d]->name);
        (void)fprintf(out, "%s %s", d != 0 ? "," : "", real_devices[d]->name);
        for (unsigned t = 0; t < 2u; t++) {
            const struct board_figure *f =
                board_figures_find(&b->figures, board, transports[t], name);

            if (f != NULL) {
                (void)fprintf(out, " %.0f", f->value);
            }
        }
    }
    (void)fputc('\n', out);
}

/* ---- report: sizes ---- */

static const struct {
    const char *part, *what, *aim;
} parts[] = {
    {"core", "core", ""},
    {"shared", "shared (commands, buffers, sync)", ""},
    {"blk", "blk", ""},
    {"net", "net", ""},
    {"console", "console", ""},
    {"gpu", "gpu", ""},
    {"input", "input", ""},
    {"core+blk", "core + blk", "9216"},
    {"all", "driver, all five", "28672 (RT-Thread today: 12.6 KB, legacy only)"},
    {"discovery", "discovery, without libfdt", ""},
    {"port", "bare-metal port", ""},
    {"linked-blk", "linked, blk only", ""},
};
static const char *const builds[] = {"Os", "Os-nolog", "O2", "O2-nolog"};

/* text, data and bss of a part in a build; false: not measured. */
static bool print_size(const struct board_figures *f, const char *board, const char *build,
                       const char *part, FILE *out)
{
    static const char *const sections[] = {"text", "data", "bss"};

    for (unsigned s = 0; s < 3u; s++) {
        const struct board_figure *figure;
        char name[64];

        (void)snprintf(name, sizeof(name), "size:%s:%s:%s", build, part, sections[s]);
        figure = board_figures_find(f, board, "-", name);
        if (figure == NULL) {
            return false;
        }
        (void)fprintf(out, "%s%.0f", s != 0 ? "/" : "  ", figure->value);
    }
    return true;
}

static void report_sizes(const struct board_figures *f, const char *board, FILE *out)
{
    (void)fprintf(out, "\nbytes, text/data/bss: -Os, -Os without log texts, -O2, -O2 without log "
                       "texts; aim for text at -Os on riscv64\n");
    for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
        (void)fprintf(out, "%-34s", parts[p].what);
        for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
            if (!print_size(f, board, builds[i], parts[p].part, out)) {
                (void)fprintf(out, "  -");
            }
        }
        (void)fprintf(out, "%s%s\n", parts[p].aim[0] != '\0' ? "  aim " : "", parts[p].aim);
    }
}

static bool has_sizes(const struct board_figures *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strncmp(f->all[i].name, "size:", 5) == 0) {
            return true;
        }
    }
    return false;
}

void board_bench_report(const struct board_bench_figures *b, const struct board *board,
                        const char *firmware, FILE *out)
{
    bool ran = false;

    (void)fprintf(out, "Board %s (%s)\n", board->name, board->what);
    for (unsigned d = 0; d < real_device_count; d++) {
        ran = ran || b->plain->of[d][0].ran || b->plain->of[d][1].ran;
    }
    if (ran) {
        (void)fprintf(
            out,
            "\n%s on QEMU's devices, per request, frame, write, update or event; waiting and "
            "trap code left out:\ninstructions of the call, of interrupt handler and "
            "callbacks, together; register reads+writes; aim (RT-Thread's driver of "
            "today)\n%-28s  %-37s  %s\n",
            firmware, "", transports[0], transports[1]);
        for (unsigned d = 0; d < real_device_count; d++) {
            report_operations(b, d, out);
        }
        report_stack(b, board->name, out);
    }
    if (has_sizes(&b->figures)) {
        report_sizes(&b->figures, board->name, out);
    }
}
