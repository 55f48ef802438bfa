/* SPDX-License-Identifier: Apache-2.0 */
/* Disks with known contents; see scenario.h. */
#include "scenario.h"

void scn_disk_init(struct scn_disk *disk, uint32_t number, uint32_t sectors)
{
    disk->number = number;
    disk->sectors = sectors < SCN_SECTORS_MAX ? sectors : SCN_SECTORS_MAX;
    for (uint32_t i = 0; i < disk->sectors; i++) {
        disk->may[i] = 1u;
    }
}

/* First word of a sector; the others count up from it by an odd step, so that every byte position
 * of every sector differs between sectors, generations and disks. */
static uint64_t first_word(uint32_t disk, uint64_t sector, unsigned gen)
{
    uint64_t z = (sector + 1u) * UINT64_C(0x9e3779b97f4a7c15) + ((uint64_t)gen << 56) +
                 ((uint64_t)disk << 48);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (z ^ (z >> 27)) | 1u;
}

#define STEP UINT64_C(0x0101010101010101)

static void put_le64(unsigned char *p, uint64_t v)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    memcpy(p, &v, sizeof(v));
}

void scn_pattern(uint32_t disk, uint64_t sector, unsigned gen, void *out)
{
    unsigned char *p = out;
    uint64_t v = gen == SCN_GEN_ZERO ? 0 : first_word(disk, sector, gen);
    uint64_t step = gen == SCN_GEN_ZERO ? 0 : STEP;

    for (unsigned i = 0; i < VIRTIO_BLK_SECTOR_SIZE; i += 8u) {
        put_le64(p + i, v);
        v += step;
    }
}

bool scn_disk_holds(const struct scn_disk *disk, uint64_t sector, const void *bytes)
{
    unsigned char want[VIRTIO_BLK_SECTOR_SIZE];

    if (sector >= disk->sectors || (disk->may[sector] & (1u << SCN_GEN_ANY)) != 0) {
        return true;
    }
    for (unsigned gen = 0; gen <= SCN_GEN_ZERO; gen++) {
        if ((disk->may[sector] & (1u << gen)) == 0) {
            continue;
        }
        scn_pattern(disk->number, sector, gen, want);
        if (memcmp(want, bytes, sizeof(want)) == 0) {
            return true;
        }
    }
    return false;
}
