/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches of the register window, Status, features and configuration space. */
#include "breach.h"

#define B(name) static void name(struct hand *h)

B(gap_read)
{
    hand_rd(h, 0x18);
}
B(no_device)
{
    model_mmio_read(h->board, 0x4000, 4);
}
B(v1_register_on_v2)
{
    hand_wr(h, 0x28, 4096);
}
B(config_gap)
{
    hand_cfg(h, 96, 1);
}
B(write_read_only)
{
    hand_wr(h, 0x34, 1);
}
B(config_write_read_only)
{
    model_mmio_write(h->board, model_window_base(0) + 0x100, 4, 1);
}
B(read_write_only)
{
    hand_rd(h, 0x30);
}
B(byte_access)
{
    model_mmio_read(h->board, model_window_base(0) + 0x70, 1);
}
B(misaligned)
{
    model_mmio_read(h->board, model_window_base(0) + 0x6e, 4);
}
B(config_width_v2)
{
    hand_rd(h, 0xfc);
    hand_cfg(h, 0, 1);
    hand_rd(h, 0xfc);
}
B(config_wide_v2)
{
    hand_rd(h, 0xfc);
    hand_cfg(h, 0, 8);
    hand_rd(h, 0xfc);
}
B(config_wide_v1)
{
    hand_cfg(h, 0, 8);
}
static void after_bad_id(struct hand *h, enum model_fault_id id)
{
    const struct model_fault_plan plan = {.id = id, .k = 1};
    model_fault_arm(h->board, &plan);
    hand_rd(h, 0);
    hand_rd(h, 4);
    hand_rd(h, 8);
    hand_wr(h, 0x70, 0);
}
B(after_bad_magic)
{
    after_bad_id(h, MODEL_FAULT_ID_MAGIC);
}
B(after_bad_version)
{
    after_bad_id(h, MODEL_FAULT_ID_VERSION);
}
B(after_zero_id)
{
    after_bad_id(h, MODEL_FAULT_ID_ZERO);
}
B(device_features_unselected)
{
    hand_rd(h, 0x10);
}
B(driver_features_unselected)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    hand_wr(h, 0x20, 0);
}
B(ack_undefined)
{
    hand_wr(h, 0x64, 4);
}
B(ack_unseen)
{
    hand_wr(h, 0x64, 1);
}
B(one_feature_word)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    hand_wr(h, 0x14, 1);
    hand_rd(h, 0x10);
    hand_wr(h, 0x24, 1);
    hand_wr(h, 0x20, 1);
    hand_wr(h, 0x70, 0xb);
}
B(no_reset_first)
{
    hand_wr(h, 0x70, 1);
}
B(version_first)
{
    hand_rd(h, 4);
}
B(id_before_version)
{
    hand_rd(h, 0);
    hand_rd(h, 8);
}
B(status_before_id)
{
    hand_rd(h, 0);
    hand_rd(h, 4);
    hand_rd(h, 0x70);
}
B(shm)
{
    hand_rd(h, 0xb0);
}

/* Status */
B(two_stages)
{
    hand_wr(h, 0x70, 3);
}
B(bit_taken_back)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 2);
}
B(on_after_failed)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 0x81);
    hand_wr(h, 0x70, 0x83);
}
B(driver_ok_early)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    hand_wr(h, 0x70, 7);
}
B(suspend)
{
    hand_wr(h, 0x70, 0x11);
}
B(not_read_back)
{
    hand_wr(h, 0x70, 0);
    hand_wr(h, 0x70, 1);
}
B(access_before_reset_done)
{
    hand_wr(h, 0x70, 0);
    hand_wr(h, 0x30, 0);
}
B(fok_not_read_back)
{
    hand_queue_memory(h, 8);
    hand_wr(h, 0x70, 0);
    hand_rd(h, 0x70);
    h->read_back = false;
    hand_negotiate(h, 0);
    hand_queue_program(h);
}
B(fok_refused)
{
    const struct model_fault_plan plan = {.id = MODEL_FAULT_FOK_REJECT, .k = 1};
    model_fault_arm(h->board, &plan);
    hand_negotiate(h, 0);
    hand_wr(h, 0x70, 0xf);
}
B(no_queues)
{
    hand_wr(h, 0x70, 0xf);
}
B(gives_up_silently)
{
    hand_wr(h, 0x70, 0);
    h->told = 0;
}
B(fok_on_legacy)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    hand_wr(h, 0x70, 0xb);
}

/* features */
static void negotiate_exactly(struct hand *h, uint64_t f)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    for (unsigned w = 0; w < h->version; w++) {
        hand_wr(h, 0x14, w);
        hand_rd(h, 0x10);
        hand_wr(h, 0x24, w);
        hand_wr(h, 0x20, w ? (uint32_t)(f >> 32) : (uint32_t)f);
    }
    if (h->version == 2) {
        hand_wr(h, 0x70, 0xb);
        hand_rd(h, 0x70);
    } else {
        hand_queue_memory(h, 8);
        hand_queue_program(h);
        hand_wr(h, 0x70, 7);
    }
}
B(not_offered)
{
    negotiate_exactly(h, HF_VERSION_1 | HB(6));
}
B(dependency)
{
    const struct model_fault_plan plan = {
        .id = MODEL_FAULT_FEAT_ALL_ONES, .variant = 1, .k = 1, .persistent = true};
    model_fault_arm(h->board, &plan);
    negotiate_exactly(h, HB(35));
}
static void all_offered(struct hand *h, uint64_t f)
{
    const struct model_fault_plan plan = {
        .id = MODEL_FAULT_FEAT_ALL_ONES, .variant = 1, .k = 1, .persistent = true};
    model_fault_arm(h->board, &plan);
    negotiate_exactly(h, f);
}
B(undefined_bit)
{
    all_offered(h, HF_VERSION_1 | HB(20));
}
B(sr_iov)
{
    all_offered(h, HF_VERSION_1 | HB(37));
}
B(notif_config_data)
{
    all_offered(h, HF_VERSION_1 | HB(39));
}
B(admin_vq)
{
    all_offered(h, HF_VERSION_1 | HB(41));
}
B(legacy_bit_on_modern)
{
    all_offered(h, HF_VERSION_1 | HB(7));
}
B(no_version_1)
{
    negotiate_exactly(h, 0);
}
B(features_without_driver)
{
    hand_wr(h, 0x24, 0);
    hand_wr(h, 0x20, 0);
}
B(features_unread)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    hand_wr(h, 0x24, 0);
    hand_wr(h, 0x20, 0x40);
}
B(features_late)
{
    hand_wr(h, 0x20, 1);
}
B(features_running)
{
    hand_wr(h, 0x24, 0);
    hand_wr(h, 0x20, 0);
}
B(nothing_accepted)
{
    negotiate_exactly(h, HF_VERSION_1);
}
B(legacy_nothing_accepted)
{
    negotiate_exactly(h, 0);
}
B(legacy_bit_30)
{
    negotiate_exactly(h, HB(30));
}
B(legacy_word_1)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    hand_wr(h, 0x24, 1);
    hand_wr(h, 0x20, 1);
}

/* config */
B(field_not_offered)
{
    hand_cfg(h, 20, 4);
}
B(no_generation_before)
{
    hand_cfg(h, 0, 4);
    hand_cfg(h, 4, 4);
    hand_rd(h, 0xfc);
}
B(no_generation_after)
{
    hand_rd(h, 0xfc);
    hand_cfg(h, 0, 4);
    hand_cfg(h, 4, 4);
    hand_rd(h, 0x70);
}
B(config_write_early)
{
    model_mmio_write(h->board, model_window_base(0) + 0x120, 1, 1);
}
B(writeback_early)
{
    hand_cfg(h, 32, 1);
}
B(writeback_value)
{
    model_mmio_write(h->board, model_window_base(0) + 0x120, 1, 2);
}

const struct breach_case breach_register[] = {
    {"DRV-MMIO-001", 2, START_ID, 0, 0, gap_read, false},
    {"DRV-MMIO-001", 2, START_ID, 0, 0, no_device, false},
    {"DRV-MMIO-001", 2, START_ID, 0, 0, v1_register_on_v2, false},
    {"DRV-MMIO-001", 2, START_ID, 0, 0, config_gap, false},
    {"DRV-MMIO-002", 2, START_ID, 0, 0, write_read_only, false},
    {"DRV-MMIO-002", 2, START_FEAT, 0, 0, config_write_read_only, false},
    {"DRV-MMIO-003", 2, START_ID, 0, 0, read_write_only, false},
    {"DRV-MMIO-004", 2, START_ID, 0, 0, byte_access, false},
    {"DRV-MMIO-004", 1, START_ID, 0, 0, misaligned, false},
    {"DRV-MMIO-005", 2, START_ID, 0, 0, config_width_v2, false},
    {"DRV-MMIO-005", 2, START_ID, 0, 0, config_wide_v2, false},
    {"DRV-MMIO-005", 1, START_ID, 0, 0, config_wide_v1, false},
    {"DRV-MMIO-006", 2, START_RAW, 0, 0, after_bad_magic, false},
    {"DRV-MMIO-008", 2, START_RAW, 0, 0, after_bad_version, false},
    {"DRV-MMIO-033", 2, START_RAW, 0, 0, after_zero_id, false},
    {"DRV-MMIO-012", 2, START_ID, 0, 0, device_features_unselected, false},
    {"DRV-MMIO-013", 2, START_ID, 0, 0, driver_features_unselected, false},
    {"DRV-MMIO-019", 2, START_ID, 0, 0, ack_unseen, false},
    {"DRV-MMIO-020", 2, START_ID, 0, 0, ack_undefined, false},
    {"DRV-MMIO-026", 2, START_ID, 0, 0, one_feature_word, false},
    {"DRV-MMIO-028", 2, START_RAW, 0, 0, no_reset_first, true},
    {"DRV-MMIO-031", 2, START_RAW, 0, 0, version_first, false},
    {"DRV-MMIO-032", 2, START_RAW, 0, 0, id_before_version, false},
    {"DRV-MMIO-032", 2, START_RAW, 0, 0, status_before_id, false},
    {"DRV-MMIO-034", 2, START_ID, 0, 0, shm, false},
    {"DRV-MMIO-045", 2, START_ID, 0, 0, admin_vq, false},
    {"DRV-CORE-001", 2, START_ID, 0, 0, two_stages, false},
    {"DRV-CORE-002", 2, START_ID, 0, 0, bit_taken_back, false},
    {"DRV-CORE-003", 2, START_ID, 0, 0, on_after_failed, false},
    {"DRV-CORE-005", 2, START_LIVE, 0, 0, features_running, false},
    {"DRV-CORE-006", 2, START_ID, 0, 0, not_offered, false},
    {"DRV-CORE-007", 2, START_ID, 0, 0, dependency, true},
    {"DRV-CORE-010", 2, START_ID, HB(6), 0, features_unread, false},
    {"DRV-CORE-011", 2, START_ID, 0, 0, undefined_bit, false},
    {"DRV-CORE-013", 2, START_ID, 0, 0, not_read_back, false},
    {"DRV-CORE-013", 2, START_ID, 0, 0, access_before_reset_done, false},
    {"DRV-CORE-016", 2, START_ID, 0, 0, no_generation_before, false},
    {"DRV-CORE-016", 2, START_ID, 0, 0, no_generation_after, false},
    {"DRV-CORE-017", 2, START_ID, 0, 0, field_not_offered, false},
    {"DRV-CORE-017", 1, START_ID, 0, 0, field_not_offered, false},
    {"DRV-CORE-026", 2, START_ID, 0, 0, driver_ok_early, false},
    {"DRV-CORE-026", 2, START_ID, 0, 0, features_without_driver, false},
    {"DRV-CORE-028", 2, START_ID, HB(11), 0, config_write_early, true},
    {"DRV-CORE-029", 2, START_FEAT, 0, 0, features_late, false},
    {"DRV-CORE-030", 2, START_ID, 0, 0, fok_not_read_back, true},
    {"DRV-CORE-030", 2, START_ID, 0, 0, fok_refused, true},
    {"DRV-CORE-031", 2, START_FEAT, 0, 0, no_queues, false},
    {"DRV-CORE-032", 2, START_FEAT, 0, 0, gives_up_silently, false},
    {"DRV-CORE-038", 2, START_ID, 0, 0, suspend, false},
    {"DRV-CORE-044", 2, START_ID, 0, 0, no_version_1, false},
    {"DRV-CORE-046", 2, START_ID, HB(33), 0, nothing_accepted, false},
    {"DRV-CORE-050", 2, START_ID, HB(36), 0, nothing_accepted, false},
    {"DRV-CORE-052", 2, START_ID, 0, 0, sr_iov, false},
    {"DRV-CORE-053", 2, START_ID, 0, 0, notif_config_data, false},
    {"DRV-LEG-013", 1, START_ID, 0, 0, fok_on_legacy, false},
    {"DRV-LEG-014", 1, START_ID, HB(27), 0, legacy_nothing_accepted, true},
    {"DRV-LEG-015", 1, START_ID, HB(30), 0, legacy_bit_30, true},
    {"DRV-LEG-040", 2, START_ID, 0, 0, legacy_bit_on_modern, false},
    {"DRV-LMMIO-015", 1, START_ID, 0, 0, legacy_word_1, false},
    {"DRV-BLK-007", 2, START_ID, HB(11), 0, writeback_early, false},
    {"DRV-BLK-020", 2, START_ID, HB(5), 0, nothing_accepted, false},
    {"DRV-BLK-029", 2, START_LIVE, HB(11), HB(11), writeback_value, false},
};
const size_t breach_register_count = sizeof(breach_register) / sizeof(breach_register[0]);
