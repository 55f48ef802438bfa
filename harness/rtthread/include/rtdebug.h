/* SPDX-License-Identifier: Apache-2.0 */
/* RT_ASSERT: on the host a failed assertion ends the test. */
#ifndef __RTDEBUG_H__
#define __RTDEBUG_H__

#define RT_ASSERT(EX)                                                                              \
    if (!(EX)) {                                                                                   \
        rt_assert_handler(#EX, __func__, __LINE__);                                                \
    }

#endif
