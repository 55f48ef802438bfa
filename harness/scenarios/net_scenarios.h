/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of the network scenarios; the table that names them is in net_scenarios.c. */
#ifndef NET_SCENARIOS_H
#define NET_SCENARIOS_H

#include "scn_net.h"

/* net_scenarios.c: the plain life of an interface. */
int scn_run_net_bring_up(struct scn_env *env);
int scn_run_net_ping(struct scn_env *env);
int scn_run_net_echo(struct scn_env *env);
int scn_run_net_tiny(struct scn_env *env);
int scn_run_net_batch(struct scn_env *env);
int scn_run_net_info(struct scn_env *env);
int scn_run_net_plain(struct scn_env *env);
int scn_run_net_two(struct scn_env *env);
int scn_run_net_bad_arguments(struct scn_env *env);

/* net_scenarios_rx.c */
int scn_run_net_merged(struct scn_env *env);
int scn_run_net_merged_burst(struct scn_env *env);
int scn_run_net_flood(struct scn_env *env);
int scn_run_net_one_buffer(struct scn_env *env);
int scn_run_net_held(struct scn_env *env);
int scn_run_net_wake_up(struct scn_env *env);
int scn_run_net_filters(struct scn_env *env);

/* net_scenarios_tx.c */
int scn_run_net_order(struct scn_env *env);
int scn_run_net_scatter(struct scn_env *env);
int scn_run_net_ring_full(struct scn_env *env);
int scn_run_net_small_queue(struct scn_env *env);
int scn_run_net_csum(struct scn_env *env);
int scn_run_net_tso(struct scn_env *env);
int scn_run_net_stream(struct scn_env *env);

/* net_scenarios_ctrl.c */
int scn_run_net_control(struct scn_env *env);
int scn_run_net_pairs(struct scn_env *env);
int scn_run_net_offloads(struct scn_env *env);
int scn_run_net_announce(struct scn_env *env);
int scn_run_net_link(struct scn_env *env);
int scn_run_net_time_out(struct scn_env *env);
int scn_run_net_reset_busy(struct scn_env *env);
int scn_run_net_remove_busy(struct scn_env *env);

#endif
