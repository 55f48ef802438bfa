/* SPDX-License-Identifier: Apache-2.0 */
/* The input scenarios that stand in a file other than the table's. */
#ifndef INPUT_SCENARIOS_H
#define INPUT_SCENARIOS_H

#include "scn_input.h"

/* input_scenarios_flow.c: too much, too slow, too long. */
int scn_run_input_overflow(struct scn_env *env);
int scn_run_input_no_syn(struct scn_env *env);
int scn_run_input_storm(struct scn_env *env);
int scn_run_input_small_ring(struct scn_env *env);
int scn_run_input_wake_up(struct scn_env *env);
int scn_run_input_wrap(struct scn_env *env);
int scn_run_input_strict(struct scn_env *env);

/* input_scenarios_life.c: status events, resets, callbacks. */
int scn_run_input_leds(struct scn_env *env);
int scn_run_input_repeat(struct scn_env *env);
int scn_run_input_led_burst(struct scn_env *env);
int scn_run_input_status_stuck(struct scn_env *env);
int scn_run_input_two(struct scn_env *env);
int scn_run_input_reset_busy(struct scn_env *env);
int scn_run_input_remove_busy(struct scn_env *env);
int scn_run_input_callback_rules(struct scn_env *env);

#endif
