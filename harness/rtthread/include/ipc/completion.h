/* SPDX-License-Identifier: Apache-2.0 */
/* Completions, with the prototypes of RT-Thread v5.0.0. */
#ifndef COMPLETION_H_
#define COMPLETION_H_

#include <rtthread.h>

struct rt_completion {
    rt_uint32_t flag;
    rt_list_t suspended_list;
};

void rt_completion_init(struct rt_completion *completion);
rt_err_t rt_completion_wait(struct rt_completion *completion, rt_int32_t timeout);
void rt_completion_done(struct rt_completion *completion);

#endif
