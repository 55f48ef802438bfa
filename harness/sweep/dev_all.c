/* SPDX-License-Identifier: Apache-2.0 */
/* The board with every type of device: it has no device of its own, run.c places those of all
 * types. */
#include "sweep_device.h"

const struct sweep_device sweep_all = {
    .name = "all",
    .type = SCN_TYPES,
    .area = MODEL_AREA_CORE,
    .scenarios = scn_all_scenarios,
    .num_scenarios = &scn_all_count,
    .recover = scn_all_recover,
};
