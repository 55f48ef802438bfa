/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration space (virtio v1.2 section 2.5; legacy 2.5.3): consistent snapshots, right widths,
 * nothing outside the window. */
#include <criterion/criterion.h>

#include "fake.h"

static struct fake f;
static struct virtio_device dev;
static const struct virtio_driver_ops ops;
static unsigned rounds;   /* of the field reader */
static unsigned changes;  /* config changes still to come, one a round */
static bool generation;   /* a change steps ConfigGeneration */
static uint8_t next_fill; /* what the next change puts into all config bytes */

static void start(uint32_t version)
{
    const struct virtio_window window = fake_window();

    fake_init(&f, version);
    memset(&dev, 0, sizeof(dev));
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
    rounds = 0;
    changes = 0;
    generation = true;
    next_fill = 1;
    fake_forget(&f);
}

/* The device changes everything between the two halves of the 64-bit field. */
static void change_between_halves(struct fake *fake, const struct fake_access *a)
{
    if (a->reg == R_CONFIG + 4 && changes > 0) {
        changes--;
        memset(fake->config, next_fill++, sizeof(fake->config));
        fake->generation += generation ? 1u : 0u;
    }
}

static void read_wide(struct virtio_device *d, void *out)
{
    rounds++;
    *(uint64_t *)out = virtio_config_read64(d, 0);
}

static int snapshot(uint64_t *value)
{
    uint64_t scratch;

    f.on_read = change_between_halves;
    return virtio_config_snapshot(&dev, read_wide, value, &scratch, sizeof(scratch));
}

Test(config, quiet_device_is_read_once)
{
    uint64_t value;

    start(2);
    memcpy(f.config, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    cr_assert_eq(snapshot(&value), 0);
    cr_assert_eq(value, UINT64_C(0x0807060504030201));
    cr_assert_eq(rounds, 1u);
    cr_assert_eq(fake_count(&f, R_CONFIG_GENERATION, false), 2u);
}

Test(config, torn_read_is_repeated)
{
    uint64_t value;

    for (unsigned n = 1; n < VIRTIO_CONFIG_TRIES; n++) {
        start(2);
        changes = n;
        cr_assert_eq(snapshot(&value), 0);
        cr_assert_eq(value, n * UINT64_C(0x0101010101010101), "torn: 0x%llx",
                     (unsigned long long)value);
        cr_assert_eq(rounds, n + 1u);
    }
}

Test(config, for_ever_torn_is_eio_after_a_bound)
{
    uint64_t value;

    start(2);
    changes = UINT32_MAX;
    cr_assert_eq(snapshot(&value), -EIO);
    cr_assert_eq(rounds, VIRTIO_CONFIG_TRIES);
    cr_assert_not_null(strstr(f.last_line, "config"), "%s", f.last_line);
}

Test(config, legacy_reads_until_two_rounds_agree)
{
    uint64_t value;

    start(1);
    cr_assert_eq(snapshot(&value), 0);
    cr_assert_eq(rounds, 2u);
    start(1);
    changes = 3;
    cr_assert_eq(snapshot(&value), 0);
    cr_assert_eq(value, 3u * UINT64_C(0x0101010101010101));
    cr_assert_eq(rounds, 5u);
    cr_assert_eq(fake_count(&f, R_CONFIG_GENERATION, false), 0u, "legacy has no generation");
}

Test(config, legacy_for_ever_torn_is_eio)
{
    uint64_t value;

    start(1);
    changes = UINT32_MAX;
    cr_assert_eq(snapshot(&value), -EIO);
    cr_assert_eq(rounds, VIRTIO_CONFIG_TRIES + 1u);
}

/* A device that does not step the generation: nothing can be noticed, nothing may break. */
Test(config, generation_that_never_steps)
{
    uint64_t value;

    start(2);
    generation = false;
    changes = 1;
    cr_assert_eq(snapshot(&value), 0);
    cr_assert_eq(rounds, 1u);
}

static void read_first_byte(struct virtio_device *d, void *out)
{
    unsigned char *bytes = out;

    for (unsigned i = 0; i < 16u; i++) {
        cr_assert_eq(bytes[i], 0u, "byte %u left from the round before", i);
    }
    memset(out, 0xee, 16);
    bytes[0] = virtio_config_read8(d, 0);
}

Test(config, every_round_starts_from_zero)
{
    unsigned char out[16], scratch[16];

    for (uint32_t version = 1; version <= 2u; version++) {
        start(version);
        memset(out, 0x77, sizeof(out));
        memset(scratch, 0x77, sizeof(scratch));
        cr_assert_eq(virtio_config_snapshot(&dev, read_first_byte, out, scratch, sizeof(out)), 0);
    }
}

Test(config, fields_are_read_in_their_own_width)
{
    start(2);
    for (unsigned i = 0; i < 16u; i++) {
        f.config[i] = (uint8_t)(0x10u + i);
    }
    cr_assert_eq(virtio_config_read8(&dev, 3), 0x13u);
    cr_assert_eq(virtio_config_read16(&dev, 2), 0x1312u);
    cr_assert_eq(virtio_config_read32(&dev, 4), 0x17161514u);
    cr_assert_eq(virtio_config_read64(&dev, 8), UINT64_C(0x1f1e1d1c1b1a1918));
    cr_assert_eq(f.accesses, 5u);
    cr_assert_eq(f.log[0].width, 1u);
    cr_assert_eq(f.log[1].width, 2u);
    cr_assert_eq(f.log[2].width, 4u);
    cr_assert_eq(f.log[3].width, 4u);
    cr_assert_eq(f.log[4].width, 4u);
    virtio_config_write8(&dev, 9, 0xab);
    cr_assert_eq(f.config[9], 0xabu);
    cr_assert_eq(f.config[8], 0x18u);
    cr_assert_eq(f.config[10], 0x1au);
}

Test(config, beyond_the_window_reads_0_and_writes_nothing)
{
    static const unsigned offsets[] = {FAKE_CONFIG, FAKE_CONFIG + 1, 0xffff, 0x10000, 0xffffffff};

    start(2);
    memset(f.config, 0xff, sizeof(f.config));
    for (unsigned i = 0; i < 5u; i++) {
        cr_assert_eq(virtio_config_read8(&dev, offsets[i]), 0u);
        cr_assert_eq(virtio_config_read16(&dev, offsets[i]), 0u);
        cr_assert_eq(virtio_config_read32(&dev, offsets[i]), 0u);
        cr_assert_eq(virtio_config_read64(&dev, offsets[i]), 0u);
        virtio_config_write8(&dev, offsets[i], 0);
    }
    cr_assert_eq(virtio_config_read16(&dev, FAKE_CONFIG - 1), 0u);
    cr_assert_eq(virtio_config_read32(&dev, FAKE_CONFIG - 3), 0u);
    cr_assert_eq(f.accesses, 0u);
    cr_assert_eq(virtio_config_read8(&dev, FAKE_CONFIG - 1), 0xffu);
}
