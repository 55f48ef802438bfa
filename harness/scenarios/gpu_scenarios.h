/* SPDX-License-Identifier: Apache-2.0 */
/* The runs behind the table of GPU scenarios. */
#ifndef GPU_SCENARIOS_H
#define GPU_SCENARIOS_H

#include "scn_gpu.h"

/* gpu_scenarios.c */
int scn_run_gpu_bring_up(struct scn_env *env);
int scn_run_gpu_displays(struct scn_env *env);
int scn_run_gpu_edid(struct scn_env *env);
int scn_run_gpu_bad_arguments(struct scn_env *env);
int scn_run_gpu_exhaust(struct scn_env *env);
int scn_run_gpu_no_memory(struct scn_env *env);
/* gpu_scenarios_draw.c */
int scn_run_gpu_draw(struct scn_env *env);
int scn_run_gpu_draw_large(struct scn_env *env);
int scn_run_gpu_formats(struct scn_env *env);
int scn_run_gpu_damage(struct scn_env *env);
int scn_run_gpu_flip(struct scn_env *env);
int scn_run_gpu_scatter(struct scn_env *env);
int scn_run_gpu_scanout(struct scn_env *env);
int scn_run_gpu_fences(struct scn_env *env);
int scn_run_gpu_async(struct scn_env *env);
int scn_run_gpu_order(struct scn_env *env);
int scn_run_gpu_back_pressure(struct scn_env *env);
int scn_run_gpu_cursor(struct scn_env *env);
int scn_run_gpu_cursor_burst(struct scn_env *env);
/* gpu_scenarios_life.c */
int scn_run_gpu_detach(struct scn_env *env);
int scn_run_gpu_display_event(struct scn_env *env);
int scn_run_gpu_two(struct scn_env *env);
int scn_run_gpu_wake_up(struct scn_env *env);
int scn_run_gpu_reset_busy(struct scn_env *env);
int scn_run_gpu_remove_busy(struct scn_env *env);
int scn_run_gpu_time_out(struct scn_env *env);
int scn_run_gpu_wrap(struct scn_env *env);

#endif
