/* SPDX-License-Identifier: Apache-2.0 */
/* See outcome.h. */
#include "outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "virtio_model/model_fault.h"

static const struct {
    int ret;
    uint32_t bit;
    const char *name;
} outcomes[] = {
    {0, MODEL_OUT_OK, "OK"},
    {-EIO, MODEL_OUT_EIO, "EIO"},
    {-ETIMEDOUT, MODEL_OUT_ETIMEDOUT, "ETIMEDOUT"},
    {-ENODEV, MODEL_OUT_ENODEV, "ENODEV"},
    {-ENOTSUP, MODEL_OUT_ENOTSUP, "ENOTSUP"},
    {-ENXIO, MODEL_OUT_ENXIO, "ENXIO"},
    {-ENOMEM, MODEL_OUT_ENOMEM, "ENOMEM"},
    {-EINVAL, MODEL_OUT_EINVAL, "EINVAL"},
    {-EROFS, MODEL_OUT_EROFS, "EROFS"},
    {-EAGAIN, MODEL_OUT_EAGAIN, "EAGAIN"},
    {-ERANGE, MODEL_OUT_ERANGE, "ERANGE"},
    {-EBUSY, MODEL_OUT_EBUSY, "EBUSY"},
    {-EPROTO, MODEL_OUT_EPROTO, "EPROTO"},
    {-ECANCELED, MODEL_OUT_ECANCELED, "ECANCELED"},
    {-EOVERFLOW, MODEL_OUT_EOVERFLOW, "EOVERFLOW"},
    {-EMSGSIZE, MODEL_OUT_EMSGSIZE, "EMSGSIZE"},
    {-ENETDOWN, MODEL_OUT_ENETDOWN, "ENETDOWN"},
    {-EPIPE, MODEL_OUT_EPIPE, "EPIPE"},
    {-ENOBUFS, MODEL_OUT_ENOBUFS, "ENOBUFS"},
};
#define OUTCOMES (sizeof(outcomes) / sizeof(outcomes[0]))

uint32_t outcome_bit(int ret)
{
    for (size_t i = 0; i < OUTCOMES; i++) {
        if (outcomes[i].ret == ret) {
            return outcomes[i].bit;
        }
    }
    return 0;
}

const char *outcome_name(int ret)
{
    for (size_t i = 0; i < OUTCOMES; i++) {
        if (outcomes[i].ret == ret) {
            return outcomes[i].name;
        }
    }
    return "an unknown error";
}

void outcome_set_text(uint32_t set, char *buf, size_t size)
{
    size_t used = 0;

    buf[0] = '\0';
    for (size_t i = 0; i < OUTCOMES && used < size; i++) {
        if ((set & outcomes[i].bit) != 0) {
            int n = snprintf(buf + used, size - used, "%s%s", used != 0 ? " or " : "",
                             outcomes[i].name);

            used += n > 0 ? (size_t)n : 0u;
        }
    }
}
