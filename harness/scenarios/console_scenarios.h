/* SPDX-License-Identifier: Apache-2.0 */
/* The runs behind the table of console scenarios. */
#ifndef CONSOLE_SCENARIOS_H
#define CONSOLE_SCENARIOS_H

#include "scn_console.h"

/* console_scenarios.c */
int scn_run_con_bring_up(struct scn_env *env);
int scn_run_con_write_1(struct scn_env *env);
int scn_run_con_exchange(struct scn_env *env);
int scn_run_con_stream(struct scn_env *env);
int scn_run_con_pieces(struct scn_env *env);
int scn_run_con_in_place(struct scn_env *env);
int scn_run_con_deadline(struct scn_env *env);
int scn_run_con_back_pressure(struct scn_env *env);
int scn_run_con_wake_up(struct scn_env *env);
int scn_run_con_size(struct scn_env *env);
int scn_run_con_emergency(struct scn_env *env);
int scn_run_con_emergency_live(struct scn_env *env);
int scn_run_con_bad_arguments(struct scn_env *env);
/* console_scenarios_ports.c */
int scn_run_con_ports(struct scn_env *env);
int scn_run_con_plug(struct scn_env *env);
int scn_run_con_unplug_busy(struct scn_env *env);
int scn_run_con_other_side(struct scn_env *env);
int scn_run_con_orders(struct scn_env *env);
int scn_run_con_names(struct scn_env *env);
int scn_run_con_hostile(struct scn_env *env);
int scn_run_con_too_many(struct scn_env *env);
/* console_scenarios_life.c */
int scn_run_con_two(struct scn_env *env);
int scn_run_con_two_ports(struct scn_env *env);
int scn_run_con_reset_busy(struct scn_env *env);
int scn_run_con_reset_ports(struct scn_env *env);
int scn_run_con_remove_busy(struct scn_env *env);
int scn_run_con_wrap(struct scn_env *env);

#endif
