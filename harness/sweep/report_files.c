/* SPDX-License-Identifier: Apache-2.0 */
/* What machines read: JSON and JUnit. See report.h. */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct out {
    FILE *file;
    char tmp[4096];
    const char *path;
};

static int open_out(struct out *o, const char *path)
{
    o->path = path;
    if (snprintf(o->tmp, sizeof(o->tmp), "%s.tmp", path) >= (int)sizeof(o->tmp)) {
        return -ENAMETOOLONG;
    }
    o->file = fopen(o->tmp, "w");
    return o->file != NULL ? 0 : -errno;
}

static int close_out(struct out *o)
{
    int ret = ferror(o->file) != 0 ? -EIO : 0;

    if (fclose(o->file) != 0 && ret == 0) {
        ret = -errno;
    }
    if (ret == 0 && rename(o->tmp, o->path) != 0) {
        ret = -errno;
    }
    if (ret != 0) {
        remove(o->tmp);
    }
    return ret;
}

/* A string's inside for JSON (quote '"') or XML (quote '&'). */
static void put_text(FILE *f, const char *text, bool xml)
{
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;

        if (xml && strchr("<>&\"'", *p) != NULL) {
            fprintf(f, "&#%d;", c);
        } else if (!xml && (*p == '"' || *p == '\\')) {
            fprintf(f, "\\%c", *p);
        } else {
            fputc(c < 0x20 ? ' ' : c, f);
        }
    }
}

void report_forget_runs(const char *runs_file, unsigned jobs)
{
    char path[4096];

    for (unsigned i = 0; i < jobs; i++) {
        snprintf(path, sizeof(path), "%s.%u", runs_file, i);
        remove(path);
    }
}

/* Joins what the workers wrote, one record a line, into an array; removes the parts. */
static void put_runs(FILE *f, const char *runs_file, unsigned jobs)
{
    char path[4096];
    char line[RUN_ID_MAX + 2u * RUN_TEXT_MAX + 256u];
    bool first = true;

    fputs(",\n  \"runs\": [", f);
    for (unsigned i = 0; i < jobs; i++) {
        FILE *part;

        snprintf(path, sizeof(path), "%s.%u", runs_file, i);
        part = fopen(path, "r");
        if (part == NULL) {
            continue; /* a worker that had nothing to do */
        }
        while (fgets(line, sizeof(line), part) != NULL) {
            line[strcspn(line, "\n")] = '\0';
            fprintf(f, "%s\n    %s", first ? "" : ",", line);
            first = false;
        }
        fclose(part);
        remove(path);
    }
    fputs("\n  ]", f);
}

/* The cell with this number in the order of the array, and what it is of; NULL: nothing was run. */
static const struct pool_cell *cell_at(const struct pool_result *result, unsigned n,
                                       const char **fault, const char **device,
                                       const char **transport)
{
    unsigned f = n / (POOL_DEVICES_MAX * 2u);
    unsigned d = n / 2u % POOL_DEVICES_MAX;
    const struct model_fault_row *row = model_fault_row((enum model_fault_id)f);
    const struct pool_cell *cell = &result->cells[f][d][n % 2u];

    if (cell->runs == 0) {
        return NULL;
    }
    *fault = f == 0 ? "none" : row->id;
    *device = sweep_devices[d]->name;
    *transport = n % 2u == 1u ? "modern" : "legacy";
    return cell;
}
#define CELLS (POOL_FAULTS_MAX * POOL_DEVICES_MAX * 2u)

static void put_faults(FILE *f, const struct pool_result *result)
{
    bool first = true;

    fputs(",\n  \"faults\": [", f);
    for (unsigned i = 0; i < CELLS; i++) {
        const char *fault;
        const char *device;
        const char *transport;
        const struct pool_cell *c = cell_at(result, i, &fault, &device, &transport);

        if (c == NULL) {
            continue;
        }
        fprintf(f,
                "%s\n    {\"fault\": \"%s\", \"device\": \"%s\", \"transport\": \"%s\", "
                "\"runs\": %" PRIu64 ", \"struck\": %" PRIu64 ", \"failed\": %" PRIu64
                ", \"max_k\": %" PRIu32 "}",
                first ? "" : ",", fault, device, transport, c->runs, c->struck, c->failed,
                c->max_k);
        first = false;
    }
    fputs("\n  ]", f);
}

static void put_failures(FILE *f, const struct report *report)
{
    fputs(",\n  \"failures\": [", f);
    for (size_t i = 0; i < report->count; i++) {
        fprintf(f, "%s\n    {\"id\": \"", i == 0 ? "" : ",");
        put_text(f, report->failures[i].id, false);
        fputs("\", \"text\": \"", f);
        put_text(f, report->failures[i].text, false);
        fputs("\"}", f);
    }
    fputs("\n  ]", f);
}

int report_json(const char *path, const struct pool_result *result, const struct report *report,
                const char *runs_file, unsigned jobs)
{
    struct out o;
    int ret = open_out(&o, path);

    if (ret != 0) {
        return ret;
    }
    fprintf(o.file,
            "{\n  \"scenarios\": %" PRIu64 ",\n  \"failed\": %" PRIu64 ",\n  \"crashed\": %" PRIu64
            ",\n  \"hung\": %" PRIu64 ",\n  \"seconds\": %.3f,\n  \"rate\": %.0f",
            result->runs, result->failed, result->crashed, result->hung, result->seconds,
            result->seconds > 0 ? (double)result->runs / result->seconds : 0.0);
    put_faults(o.file, result);
    put_failures(o.file, report);
    if (runs_file != NULL) {
        put_runs(o.file, runs_file, jobs);
    }
    fputs("\n}\n", o.file);
    return close_out(&o);
}

/* One test case a cell of the matrix; failures carry their replay ids. */
static void put_case(FILE *f, const struct pool_result *result, unsigned n,
                     const struct report *report)
{
    const char *fault;
    const char *device;
    const char *transport;
    const struct pool_cell *c = cell_at(result, n, &fault, &device, &transport);
    char start[64];
    char needle[64];

    if (c == NULL) {
        return;
    }
    snprintf(start, sizeof(start), "%s:%s:", device, transport);
    snprintf(needle, sizeof(needle), strcmp(fault, "none") == 0 ? ":%s:" : ":%s/", fault);
    fprintf(f, "  <testcase classname=\"sweep.%s.%s\" name=\"%s\">", device, transport, fault);
    if (c->failed != 0) {
        fprintf(f, "<failure message=\"%" PRIu64 " of %" PRIu64 " scenarios failed\">", c->failed,
                c->runs);
        for (size_t i = 0; i < report->count; i++) {
            const char *id = report->failures[i].id;

            if (strncmp(id, start, strlen(start)) == 0 && strstr(id, needle) != NULL) {
                put_text(f, id, true);
                fputs(": ", f);
                put_text(f, report->failures[i].text, true);
                fputc('\n', f);
            }
        }
        fputs("</failure>", f);
    }
    fputs("</testcase>\n", f);
}

int report_junit(const char *path, const struct pool_result *result, const struct report *report)
{
    struct out o;
    unsigned cases = 0;
    unsigned failed = 0;
    int ret = open_out(&o, path);

    if (ret != 0) {
        return ret;
    }
    for (unsigned i = 0; i < CELLS; i++) {
        const struct pool_cell *cell = &result->cells[0][0][0] + i;

        cases += cell->runs != 0 ? 1u : 0u;
        failed += cell->failed != 0 ? 1u : 0u;
    }
    fprintf(o.file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"virtio-sweep\" "
            "tests=\"%u\" failures=\"%u\" time=\"%.3f\">\n",
            cases, failed, result->seconds);
    for (unsigned i = 0; i < CELLS; i++) {
        put_case(o.file, result, i, report);
    }
    fputs("</testsuite>\n", o.file);
    return close_out(&o);
}
