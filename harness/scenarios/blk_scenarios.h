/* SPDX-License-Identifier: Apache-2.0 */
/* The runs behind the table of block scenarios. */
#ifndef BLK_SCENARIOS_H
#define BLK_SCENARIOS_H

#include "scn_blk.h"

/* blk_scenarios.c */
int scn_run_bring_up(struct scn_env *env);
int scn_run_read_1(struct scn_env *env);
int scn_run_read_4k(struct scn_env *env);
int scn_run_write_read(struct scn_env *env);
int scn_run_flush(struct scn_env *env);
int scn_run_erase(struct scn_env *env);
int scn_run_identify(struct scn_env *env);
int scn_run_writeback(struct scn_env *env);
int scn_run_read_only(struct scn_env *env);
int scn_run_block_4096(struct scn_env *env);
int scn_run_bad_arguments(struct scn_env *env);
/* blk_scenarios_async.c */
int scn_run_batch(struct scn_env *env);
int scn_run_order(struct scn_env *env);
int scn_run_order_5(struct scn_env *env);
int scn_run_scatter(struct scn_env *env);
int scn_run_split(struct scn_env *env);
int scn_run_ring_full(struct scn_env *env);
int scn_run_small_queue(struct scn_env *env);
int scn_run_multi_queue(struct scn_env *env);
int scn_run_two_disks(struct scn_env *env);
int scn_run_resubmit(struct scn_env *env);
int scn_run_wake_up(struct scn_env *env);
int scn_run_callback_rules(struct scn_env *env);
int scn_run_cancel(struct scn_env *env);
/* blk_scenarios_life.c */
int scn_run_reset_busy(struct scn_env *env);
int scn_run_remove_busy(struct scn_env *env);
int scn_run_queue_reset(struct scn_env *env);
int scn_run_time_out(struct scn_env *env);
int scn_run_capacity(struct scn_env *env);
int scn_run_wrap(struct scn_env *env);

#endif
