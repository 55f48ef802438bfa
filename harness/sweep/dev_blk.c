/* SPDX-License-Identifier: Apache-2.0 */
/* The block device in the sweep: disks in memory whose every sector is accounted for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dev_blk.h"
#include "virtio_model/model_blk.h"

#define DISK_SECTORS 256u
#define DISK_BYTES   (DISK_SECTORS * VIRTIO_BLK_SECTOR_SIZE)

struct dev_blk {
    struct model_blk *models[SCN_DEVICES_MAX];
    uint8_t *ram[SCN_DEVICES_MAX];      /* image of each disk, as the device sees it */
    uint8_t *pristine[SCN_DEVICES_MAX]; /* generation 0 of all sectors */
    struct virtio_blk blks[SCN_DEVICES_MAX];
};

static void destroy(void *state)
{
    struct dev_blk *d = state;

    for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
        free(d->ram[i]);
        free(d->pristine[i]);
    }
    free(d);
}

static int create(void **state)
{
    struct dev_blk *d = calloc(1, sizeof(*d));

    if (d == NULL) {
        return -ENOMEM;
    }
    for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
        d->ram[i] = malloc(DISK_BYTES);
        d->pristine[i] = malloc(DISK_BYTES);
        if (d->ram[i] == NULL || d->pristine[i] == NULL) {
            destroy(d);
            return -ENOMEM;
        }
        for (uint32_t s = 0; s < DISK_SECTORS; s++) {
            scn_pattern(i, s, 0, d->pristine[i] + (size_t)s * VIRTIO_BLK_SECTOR_SIZE);
        }
        memcpy(d->ram[i], d->pristine[i], DISK_BYTES);
    }
    *state = d;
    return 0;
}

static uint32_t or_default(uint32_t value, uint32_t fallback)
{
    return value != 0 ? value : fallback;
}

#define DEFAULT_FEATURES                                                                           \
    (VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_GEOMETRY | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH |   \
     VIRTIO_BLK_F_TOPOLOGY | VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_DISCARD |                      \
     VIRTIO_BLK_F_WRITE_ZEROES | VIRTIO_BLK_F_LIFETIME | VIRTIO_BLK_F_SECURE_ERASE |               \
     VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM)

static int add(void *state, struct scn_env *env, struct model_board *board,
               const struct model_device_config *dev, const struct scenario *sc, unsigned i,
               unsigned slot)
{
    struct dev_blk *d = state;
    const struct scn_needs *needs = &sc->needs;
    const struct model_blk_config cfg = {
        .dev = *dev,
        .ram = d->ram[i],
        .capacity_sectors = DISK_SECTORS,
        .size_max = or_default(needs->size_max, 4096),
        .seg_max = or_default(needs->seg_max, 16),
        .blk_size = or_default(needs->blk_size, 512),
        .physical_block_exp = 1,
        .min_io_size = 1,
        .opt_io_size = 8,
        .writeback = 1,
        .num_queues = needs->num_queues,
        .max_discard_sectors = or_default(needs->max_erase_sectors, 128),
        .max_discard_seg = or_default(needs->max_erase_seg, 4),
        .discard_sector_alignment = 1,
        .max_write_zeroes_sectors = or_default(needs->max_erase_sectors, 128),
        .max_write_zeroes_seg = or_default(needs->max_erase_seg, 4),
        .max_secure_erase_sectors = or_default(needs->max_erase_sectors, 128),
        .max_secure_erase_seg = or_default(needs->max_erase_seg, 4),
        .secure_erase_sector_alignment = 1,
        .cylinders = 1,
        .heads = 4,
        .sectors = 64,
        .id = "rt-virtio model disk",
        .pre_eol_info = 1,
        .lifetime_a = 2,
        .lifetime_b = 3,
    };

    memset(&d->blks[i], 0, sizeof(d->blks[i]));
    env->blks = d->blks;
    scn_disk_init(&env->disks[i], i, DISK_SECTORS);
    return model_blk_add(board, slot, &cfg, &d->models[i]);
}

void dev_blk_set_capacity(void *state, unsigned i, uint64_t sectors)
{
    model_blk_set_capacity(((struct dev_blk *)state)->models[i], sectors);
}

static void calm(void *state, unsigned i)
{
    dev_blk_set_capacity(state, i, DISK_SECTORS);
}

/* Sectors of the image that are none of what they may be. */
static unsigned verify(void *state, struct scn_env *env, unsigned i, bool last)
{
    struct dev_blk *d = state;
    unsigned wrong = 0;

    for (uint32_t s = 0; s < DISK_SECTORS; s++) {
        uint8_t *now = d->ram[i] + (size_t)s * VIRTIO_BLK_SECTOR_SIZE;
        const uint8_t *before = d->pristine[i] + (size_t)s * VIRTIO_BLK_SECTOR_SIZE;
        bool same = memcmp(now, before, VIRTIO_BLK_SECTOR_SIZE) == 0;

        if (same && env->disks[i].may[s] == 1u) {
            continue; /* never written, never changed */
        }
        wrong += scn_disk_holds(&env->disks[i], s, now) ? 0u : 1u;
        if (!same && last) {
            memcpy(now, before, VIRTIO_BLK_SECTOR_SIZE);
        }
    }
    return wrong;
}

const struct sweep_device sweep_blk = {
    .name = "blk",
    .type = SCN_BLK,
    .area = MODEL_AREA_BLK,
    .scenarios = scn_blk_scenarios,
    .num_scenarios = &scn_blk_count,
    .features = DEFAULT_FEATURES,
    .hostile_variants = 88,
    .create = create,
    .destroy = destroy,
    .add = add,
    .calm = calm,
    .recover = scn_blk_recover,
    .verify = verify,
};
