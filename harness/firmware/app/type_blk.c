/* SPDX-License-Identifier: Apache-2.0 */
/* Block devices. Their images are the host's: it lays down generation 0 and looks at what is left.
 */
#include "type.h"

#include "le.h"
#include "mailbox_client.h"

#define SECTORS_BY_HAND 256u

static struct virtio_blk blks[SCN_DEVICES_MAX];

/* Bytes 4 * i.. of the answer to HELLO. */
static uint32_t sectors_of(unsigned i)
{
    const uint8_t *p;
    size_t len = mailbox_answer(&p);

    return len >= (size_t)4u * (i + 1u) ? le32_at(p + (size_t)4u * i) : 0;
}

static void attach(struct scn_env *env, const struct scenario *sc)
{
    (void)sc;
    env->blks = blks;
    for (unsigned i = 0; i < env->num_windows; i++) {
        struct scn_disk *disk = &env->disks[i];

        scn_disk_init(disk, i, mailbox_has_host() ? sectors_of(i) : SECTORS_BY_HAND);
        /* Without a host an empty image will do. */
        for (uint32_t s = 0; s < disk->sectors && !mailbox_has_host(); s++) {
            disk->may[s] |= 1u << SCN_GEN_ZERO;
        }
    }
}

const struct app_type app_blk = {
    .name = "blk",
    .type = SCN_BLK,
    .device_id = VIRTIO_ID_BLOCK,
    .scenarios = scn_blk_scenarios,
    .num_scenarios = &scn_blk_count,
    .attach = attach,
    .recover = scn_blk_recover,
};
