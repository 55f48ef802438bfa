/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz target of discovery: libFuzzer calls it, and so does fuzz_replay.c with any compiler. */
#ifndef FUZZ_FDT_H
#define FUZZ_FDT_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's names. The target ends the program when discovery breaks a promise. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t max_size);

#endif
