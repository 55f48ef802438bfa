/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fuzz target without libFuzzer, for any compiler:
 *   fuzz_replay FILE...                 each file once, as with a crash that was found
 *   fuzz_replay --mutations N FILE...   and N mutations of each, always the same ones
 */
#include "fuzz_fdt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_ 65536u

static uint8_t data[SIZE_MAX_];
static uint32_t state = 1;

/* Stands in for libFuzzer's: some bytes changed, or the end cut. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t max_size)
{
    (void)max_size;
    for (unsigned i = 0; i < 3u && size > 0; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[(state >> 8) % size] = (uint8_t)(state >> 24);
    }
    return (state >> 12) % 16u == 0 && size > 0 ? (state >> 4) % size : size;
}

static size_t read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t size;

    if (file == NULL) {
        fprintf(stderr, "fuzz_replay: cannot open %s\n", name);
        exit(2);
    }
    size = fread(data, 1, sizeof(data), file);
    (void)fclose(file);
    return size;
}

int main(int argc, char **argv)
{
    unsigned long mutations = 0;
    unsigned long runs = 0;
    int first = 1;

    if (argc > 2 && strcmp(argv[1], "--mutations") == 0) {
        mutations = strtoul(argv[2], NULL, 10);
        first = 3;
    }
    if (first >= argc) {
        fprintf(stderr, "usage: fuzz_replay [--mutations N] FILE...\n");
        return 2;
    }
    for (int i = first; i < argc; i++) {
        size_t size = read_file(argv[i]);

        (void)LLVMFuzzerTestOneInput(data, size);
        runs++;
        for (unsigned long n = 0; n < mutations; n++) {
            /* Every tenth starts from the file again. */
            size = n % 10u == 0 ? read_file(argv[i]) : size;
            size = LLVMFuzzerCustomMutator(data, size, sizeof(data), (unsigned)n * 2654435761u);
            (void)LLVMFuzzerTestOneInput(data, size);
            runs++;
        }
    }
    printf("%lu runs, every promise kept\n", runs);
    return 0;
}
