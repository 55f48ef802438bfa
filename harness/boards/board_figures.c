/* SPDX-License-Identifier: Apache-2.0 */
/* See board_figures.h. */
#include "board_figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 256

static int copy(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len >= size) {
        return -EINVAL;
    }
    memcpy(out, text, len + 1u);
    return 0;
}

int board_figures_add(struct board_figures *f, const char *board, const char *transport,
                      const char *name, double value)
{
    struct board_figure *figure;

    if (f->count == f->room) {
        size_t room = f->room != 0 ? 2u * f->room : 64u;
        struct board_figure *all = realloc(f->all, room * sizeof(*all));

        if (all == NULL) {
            return -ENOMEM;
        }
        f->all = all;
        f->room = room;
    }
    figure = &f->all[f->count];
    *figure = (struct board_figure){.value = value};
    if (copy(figure->board, sizeof(figure->board), board) != 0 ||
        copy(figure->transport, sizeof(figure->transport), transport) != 0 ||
        copy(figure->name, sizeof(figure->name), name) != 0) {
        return -EINVAL;
    }
    f->count++;
    return 0;
}

struct board_figure *board_figures_find(const struct board_figures *f, const char *board,
                                        const char *transport, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        struct board_figure *figure = &f->all[i];

        if (strcmp(figure->name, name) == 0 && strcmp(figure->board, board) == 0 &&
            strcmp(figure->transport, transport) == 0) {
            return figure;
        }
    }
    return NULL;
}

/* ---- files ---- */

static int read_line(struct board_figures *f, char *line)
{
    char *fields[4];
    char *rest = line;
    char *end;
    double value;

    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '#' || line[0] == '\0') {
        return 0;
    }
    for (unsigned i = 0; i < 4u; i++) {
        fields[i] = strsep(&rest, "\t");
        if (fields[i] == NULL || fields[i][0] == '\0') {
            return -EINVAL;
        }
    }
    value = strtod(fields[3], &end);
    if (rest != NULL || *end != '\0' || !(value >= 0.0) ||
        board_figures_find(f, fields[0], fields[1], fields[2]) != NULL) {
        return -EINVAL;
    }
    return board_figures_add(f, fields[0], fields[1], fields[2], value);
}

int board_figures_read(struct board_figures *f, const char *path, char *why, size_t why_size)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char line[LINE_MAX_BYTES];
    unsigned number = 0;
    int ret = 0;

    if (in == NULL) {
        ret = -errno;
        (void)snprintf(why, why_size, "figures '%s': %s", path, strerror(-ret));
        return ret;
    }
    while (ret == 0 && fgets(line, sizeof(line), in) != NULL) {
        number++;
        ret = read_line(f, line);
    }
    if (ret == 0 && ferror(in)) {
        ret = -EIO;
    }
    if (in != stdin) {
        (void)fclose(in);
    }
    if (ret != 0) {
        (void)snprintf(why, why_size,
                       "figures '%s', line %u: %s; expected board, transport, figure and value "
                       "with tabs between them, each figure once",
                       path, number, strerror(-ret));
    }
    return ret;
}

void board_figures_print(const struct board_figures *f, FILE *out)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct board_figure *figure = &f->all[i];
        double whole = (double)(long long)figure->value;

        (void)fprintf(out, "%s\t%s\t%s\t%.*f\n", figure->board, figure->transport, figure->name,
                      whole == figure->value ? 0 : 2, figure->value);
    }
}

void board_figures_free(struct board_figures *f)
{
    free(f->all);
    *f = (struct board_figures){NULL, 0, 0};
}

/* ---- budget ---- */

static bool is_size(const struct board_figure *figure)
{
    return strncmp(figure->name, "size:", 5) == 0;
}

/* Values are kept with two decimals. */
static bool is_over(double value, double budget)
{
    return value > budget * (1.0 + FIGURES_OVER_PERCENT / 100.0) + 0.005;
}

unsigned board_figures_compare(const struct board_figures *measured, struct board_figures *budget,
                               const char *board, bool sizes, FILE *out)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < measured->count; i++) {
        const struct board_figure *m = &measured->all[i];
        struct board_figure *b;

        if (is_size(m) != sizes || strcmp(m->board, board) != 0) {
            continue;
        }
        b = board_figures_find(budget, m->board, m->transport, m->name);
        if (b == NULL) {
            wrong++;
            (void)fprintf(out, "FAIL %s %s %s: measured %.2f, no budget\n", m->board, m->transport,
                          m->name, m->value);
            continue;
        }
        b->seen = true;
        if (is_over(m->value, b->value)) {
            wrong++;
            (void)fprintf(out,
                          "FAIL %s %s %s: measured %.2f, budget %.2f, %.1f %% of it; expected at "
                          "most %.0f %%\n",
                          m->board, m->transport, m->name, m->value, b->value,
                          b->value > 0.0 ? 100.0 * m->value / b->value : 999.9,
                          100.0 + FIGURES_OVER_PERCENT);
        }
    }
    for (size_t i = 0; i < budget->count; i++) {
        const struct board_figure *b = &budget->all[i];

        if (!b->seen && is_size(b) == sizes && strcmp(b->board, board) == 0) {
            wrong++;
            (void)fprintf(out, "FAIL %s %s %s: budget %.2f, not measured\n", b->board, b->transport,
                          b->name, b->value);
        }
    }
    return wrong;
}
