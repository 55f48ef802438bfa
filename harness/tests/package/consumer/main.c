/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that a user of the installed model does: make a board with a disk, look at its
 * registers as a driver would (virtio v1.2 section 4.2.2), and ask the rule book.
 */
#include <stdio.h>

#include <virtio_model/model_blk.h>
#include <virtio_model/model_board.h>
#include <virtio_model/model_fault.h>
#include <virtio_model/model_rules.h>

static uint8_t image[64 * 512];

static int expect(const char *what, uint64_t got, uint64_t wanted)
{
    if (got == wanted)
        return 0;
    printf("%s: got 0x%llx, wanted 0x%llx\n", what, (unsigned long long)got,
           (unsigned long long)wanted);
    return 1;
}

static int look_at_disk(struct model_board *board)
{
    const uint64_t base = model_window_base(0);
    int bad = 0;

    bad += expect("MagicValue", model_mmio_read(board, base + 0x000, 4), 0x74726976);
    bad += expect("Version", model_mmio_read(board, base + 0x004, 4), 2);
    bad += expect("DeviceID", model_mmio_read(board, base + 0x008, 4), 2);
    model_mmio_write(board, base + 0x070, 4, 0);
    bad += expect("Status", model_mmio_read(board, base + 0x070, 4), 0);
    bad += expect("breaches", model_board_finish(board), 0);
    return bad;
}

int main(void)
{
    const struct model_board_config board_cfg = {.seed = 1};
    const struct model_blk_config blk_cfg = {
        .dev = {.version = 2}, .ram = image, .capacity_sectors = sizeof(image) / 512};
    struct model_board *board = NULL;
    struct model_blk *blk = NULL;

    if (model_fault_count() == 0 || model_rule_count() == 0)
        return 1;
    if (model_board_create(&board, &board_cfg) != 0)
        return 1;
    int bad = model_blk_add(board, 0, &blk_cfg, &blk) != 0 || look_at_disk(board) != 0;
    model_board_destroy(board);
    return bad;
}
