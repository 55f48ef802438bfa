/* SPDX-License-Identifier: Apache-2.0 */
/* The part of RT-Thread's device framework that the component uses. */
#ifndef __RT_DEVICE_H__
#define __RT_DEVICE_H__

#include <rtthread.h>

#include "ipc/completion.h"

#define RT_DEVICE(device) ((rt_device_t)(device))

#endif
