/* SPDX-License-Identifier: Apache-2.0 */
/* Guest memory, the choices generator and the clock, without a device. */
#include <criterion/criterion.h>
#include <errno.h>

#include "hand.h"

static struct model_board *board(size_t mem)
{
    struct model_board *b;
    const struct model_board_config bc = {.mem_size = mem};

    cr_assert_eq(model_board_create(&b, &bc), 0);
    return b;
}

Test(memory, coherent_alignment_and_addresses)
{
    struct model_board *b = board(0);

    for (size_t align = 16; align <= 65536; align *= 2)
        for (size_t size = 1; size < 10000; size = size * 3 + 1) {
            uint64_t gpa;
            uint8_t *p = model_mem_alloc(b, size, align, &gpa);
            cr_assert_not_null(p);
            cr_assert_eq(gpa % align, 0u);
            cr_assert_eq((uintptr_t)p % align, 0u);
            cr_assert_geq(gpa, MODEL_MEM_BASE);
            cr_assert_neq(gpa, (uint64_t)(uintptr_t)p);
            for (size_t i = 0; i < size; i++)
                cr_assert_eq(p[i], MODEL_MEM_POISON);
            memset(p, 0, size);
            model_mem_free(b, p, size);
        }
    cr_assert_null(model_mem_alloc(b, 0, 16, NULL));
    cr_assert_null(model_mem_alloc(b, 16, 48, NULL));
    cr_assert_null(model_mem_alloc(b, 16, 1 << 17, NULL));
    cr_assert_null(model_mem_alloc(b, (size_t)64 << 20, 16, NULL));
    cr_assert_eq(model_board_finish(b), 0u);
    model_board_destroy(b);
}

Test(memory, blocks_do_not_overlap_and_come_back)
{
    struct model_board *b = board(1 << 20);
    uint8_t *p[200];
    unsigned total = 0;

    for (unsigned round = 0; round < 50; round++) {
        for (unsigned i = 0; i < 200; i++) {
            const size_t size = 1 + (i * 37 + round * 11) % 900;
            p[i] = i & 1 ? model_heap_alloc(b, size) : model_mem_alloc(b, size, 0, NULL);
            cr_assert_not_null(p[i]);
            memset(p[i], (int)i, size);
        }
        for (unsigned i = 0; i < 200; i++) {
            const size_t size = 1 + (i * 37 + round * 11) % 900;
            for (size_t k = 0; k < size; k++)
                cr_assert_eq(p[i][k], (uint8_t)i);
            if (i & 1)
                model_heap_free(b, p[i]);
            else
                model_mem_free(b, p[i], size);
            total++;
        }
    }
    struct model_mem_usage u;
    model_mem_usage(b, &u);
    cr_assert_eq(u.coherent_blocks + u.heap_blocks + u.mappings, 0u);
    cr_assert_eq(u.coherent_bytes + u.heap_bytes, 0u);
    cr_assert_gt(u.peak_heap_bytes, 10000u);
    cr_assert_eq(model_board_finish(b), 0u);
    cr_assert_eq(total, 10000u);
    model_board_destroy(b);
}

Test(memory, mapping_bounces)
{
    struct model_board *b = board(0);
    uint8_t buf[100];
    uint64_t gpa;

    memset(buf, 1, sizeof(buf));
    cr_assert_eq(model_mem_map(b, buf, 100, MODEL_DMA_FROM_DEVICE, &gpa), 0);
    cr_assert_eq(buf[0], 1); /* only at unmap, and then what the device left there */
    model_mem_unmap(b, gpa, buf, 100, MODEL_DMA_FROM_DEVICE);
    cr_assert_eq(buf[0], MODEL_MEM_POISON);
    cr_assert_eq(model_mem_map(b, buf, 100, MODEL_DMA_TO_DEVICE, &gpa), 0);
    model_mem_unmap(b, gpa, buf, 100, MODEL_DMA_TO_DEVICE);
    cr_assert_eq(model_mem_map(b, buf, 0, MODEL_DMA_BOTH, &gpa), -EINVAL);
    cr_assert_eq(model_mem_map(b, buf, 4, (enum model_dma_dir)4, &gpa), -EINVAL);
    cr_assert_eq(model_board_finish(b), 0u);
    model_board_destroy(b);
}

Test(memory, faults_of_the_host)
{
    struct model_board *b = board(0);
    struct model_fault_plan plan = {.id = MODEL_FAULT_OOM, .variant = 1, .k = 2};
    uint64_t gpa;
    uint8_t buf[4096];

    model_fault_arm(b, &plan);
    void *one = model_heap_alloc(b, 8);
    cr_assert_not_null(one);
    cr_assert_null(model_heap_alloc(b, 8));
    cr_assert_eq(model_fault_strikes(b), 1u);
    model_heap_free(b, one);
    plan = (struct model_fault_plan){.id = MODEL_FAULT_DMA_HIGH, .variant = 0, .k = 1};
    model_fault_arm(b, &plan);
    cr_assert_eq(model_mem_map(b, buf, 4096, MODEL_DMA_BOTH, &gpa), 0);
    cr_assert_neq(gpa >> 32, (gpa + 4095) >> 32);
    model_mem_unmap(b, gpa, buf, 4096, MODEL_DMA_BOTH);
    plan.variant = 1;
    model_fault_arm(b, &plan);
    void *p = model_mem_alloc(b, 64, 64, &gpa);
    cr_assert_geq(gpa, UINT64_C(1) << 40);
    cr_assert_eq(gpa % 64, 0u);
    model_mem_free(b, p, 64);
    plan = (struct model_fault_plan){.id = MODEL_FAULT_Q_PFN_32BIT, .k = 1};
    model_fault_arm(b, &plan);
    p = model_mem_alloc(b, 64, 4096, &gpa);
    cr_assert_geq(gpa, UINT64_C(1) << 44);
    model_mem_free(b, p, 64);
    cr_assert_eq(model_board_finish(b), 0u);
    model_board_destroy(b);
}

Test(choices, odometer)
{
    struct model_choices c, again;
    char text[32];
    unsigned runs = 0, sum = 0;

    model_choices_begin(&c, 8);
    do {
        unsigned a = model_choose(&c, 3);
        unsigned b = a == 1 ? model_choose(&c, 2) : 0;
        sum += 10 * a + b;
        cr_assert_eq(model_choose(&c, 1), 0u);
        cr_assert_gt(model_choices_to_text(&c, text, sizeof(text)), 0);
        cr_assert_eq(model_choices_from_text(&again, text), 0);
        cr_assert_eq(model_choose(&again, 3), a);
        runs++;
    } while (model_choices_next(&c));
    cr_assert_eq(runs, 4u);
    cr_assert_eq(sum, 0u + 10 + 11 + 20);
    cr_assert_not(c.truncated);
    cr_assert_eq(model_choices_from_text(&again, "1..2"), -EINVAL);
    cr_assert_eq(model_choices_from_text(&again, ""), -EINVAL);
    cr_assert_eq(model_choices_from_text(&again, "1.256"), -EINVAL);
    cr_assert_eq(model_choices_from_text(&again, "-"), 0);
    cr_assert_eq(model_choices_to_text(&again, text, 1), -ENOSPC);
    cr_assert_eq(model_choices_to_text(&again, text, 2), 1);
    cr_assert_not(model_choices_next(&again));
}

Test(choices, truncation_is_said)
{
    struct model_choices c;
    unsigned runs = 0;

    model_choices_begin(&c, 2);
    do {
        for (unsigned i = 0; i < 4; i++)
            model_choose(&c, 2);
        runs++;
    } while (model_choices_next(&c));
    cr_assert_eq(runs, 4u);
    cr_assert(c.truncated);
}
