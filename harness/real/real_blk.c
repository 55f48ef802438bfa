/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's virtio-blk device: images whose every sector is accounted for. */
#include "real_blk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "real_device.h"
#include "real_files.h"

#define DISK_SECTORS 256u
#define BOTH         .legacy = true, .modern = true

static const struct real_variant variants[] = {
    {"split+event_idx+indirect", "as QEMU offers it", "", 0, BOTH, .plain = true},
    {"split+event_idx", "no indirect descriptors", "indirect_desc=off", 0, BOTH},
    {"split+indirect", "no event index", "event_idx=off", 0, BOTH},
    {"split", "neither of the two", "event_idx=off,indirect_desc=off", 0, BOTH},
    {"polled", "no interrupt connected", "", 0, BOTH, .polled = true},
    {"write-through", "no write cache", "write-cache=off", 0, BOTH},
    {"fixed-cache", "the cache mode cannot be set", "config-wce=off", VIRTIO_BLK_F_CONFIG_WCE,
     BOTH},
    {"more-offered", "packed rings and IOMMU are offered, too", "packed=on,iommu_platform=on", 0,
     .modern = true},
};

struct state {
    struct virtio_blk blks[SCN_DEVICES_MAX];
    char paths[SCN_DEVICES_MAX][REAL_PATH_MAX];
    char props[REAL_PROPS_MAX];
    bool read_only;
};

/* The scenario's needs and the variant as properties of the virtio-blk device. DISCARD,
 * WRITE_ZEROES, FLUSH, CONFIG_WCE and BLK_SIZE are on without being asked for. */
void real_blk_props(const struct real_spec *spec, char *props, size_t size)
{
    const struct scn_needs *needs = &real_spec_scenario(spec)->needs;
    const struct real_variant *variant = real_spec_variant(spec);
    FILE *out = fmemopen(props, size, "w");

    props[0] = '\0';
    if (out == NULL) {
        return;
    }
    (void)fprintf(out, "serial=rt-virtio");
    if (needs->blk_size != 0) {
        (void)fprintf(out, ",logical_block_size=%" PRIu32 ",physical_block_size=%" PRIu32,
                      needs->blk_size, needs->blk_size);
    }
    if (needs->num_queues != 0) {
        (void)fprintf(out, ",num-queues=%u", needs->num_queues);
    }
    /* QueueNumMax stays 1024 on virtio-mmio whatever is asked for; seg_max follows it. */
    if (needs->queue_num_max != 0) {
        (void)fprintf(out, ",queue-size=%u", needs->queue_num_max);
    }
    if (needs->max_erase_sectors != 0) {
        (void)fprintf(out, ",max-discard-sectors=%" PRIu32 ",max-write-zeroes-sectors=%" PRIu32,
                      needs->max_erase_sectors, needs->max_erase_sectors);
    }
    (void)fprintf(out, "%s%s", variant->props[0] != '\0' ? "," : "", variant->props);
    (void)fclose(out);
}

static int create(void **state, struct scn_env *env, const struct real_spec *spec, const char *dir,
                  char *why, size_t why_size)
{
    struct state *s = calloc(1, sizeof(*s));
    int ret = 0;

    if (s == NULL) {
        return -ENOMEM;
    }
    *state = s;
    env->blks = s->blks;
    s->read_only = (real_spec_scenario(spec)->needs.features & VIRTIO_BLK_F_RO) != 0;
    real_blk_props(spec, s->props, sizeof(s->props));
    for (unsigned i = 0; i < env->num_windows && ret == 0; i++) {
        scn_disk_init(&env->disks[i], i, DISK_SECTORS);
        real_image_name(dir, i, s->paths[i], sizeof(s->paths[i]));
        ret = real_image_make(s->paths[i], &env->disks[i]);
    }
    if (ret != 0) {
        (void)snprintf(why, why_size, "images in %s: %s", dir, strerror(-ret));
    }
    return ret;
}

static int args(void *state, struct qemu_args *out, unsigned i)
{
    const struct state *s = state;
    const struct real_drive drive = {
        .path = s->paths[i], .read_only = s->read_only, .props = s->props};

    return real_machine_drive(out, &drive, i);
}

/* QEMU has written back its disks: they hold what the scenario says. */
static int judge(void *state, struct scn_env *env, char *why, size_t why_size)
{
    const struct state *s = state;

    for (unsigned i = 0; i < env->num_windows; i++) {
        struct real_image_verdict image;
        int ret = real_image_check(s->paths[i], &env->disks[i], &image);

        if (ret != 0) {
            (void)snprintf(why, why_size, "%s: %s", s->paths[i], strerror(-ret));
            return ret;
        }
        if (image.bytes != (uint64_t)DISK_SECTORS * VIRTIO_BLK_SECTOR_SIZE) {
            (void)snprintf(why, why_size, "image %u has %" PRIu64 " bytes, expected %u", i,
                           image.bytes, DISK_SECTORS * VIRTIO_BLK_SECTOR_SIZE);
            return -EIO;
        }
        if (image.wrong != 0) {
            (void)snprintf(
                why, why_size,
                "image %u: %u sectors hold something else, expected none; first %" PRIu64, i,
                image.wrong, image.first_wrong);
            return -EIO;
        }
    }
    return 0;
}

const struct real_device real_blk = {
    .name = "blk",
    .type = SCN_BLK,
    .scenarios = scn_blk_scenarios,
    .num_scenarios = &scn_blk_count,
    .variants = variants,
    .num_variants = sizeof(variants) / sizeof(variants[0]),
    .create = create,
    .args = args,
    .recover = scn_blk_recover,
    .judge = judge,
    .destroy = free,
};
