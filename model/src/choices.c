/* SPDX-License-Identifier: Apache-2.0 */
/* Depth-first enumeration of choices: an odometer over the picks of the last run. */
#include "virtio_model/model_choices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void model_choices_begin(struct model_choices *c, unsigned max_depth)
{
    memset(c, 0, sizeof(*c));
    c->max_depth = max_depth < MODEL_CHOICES_MAX ? max_depth : MODEL_CHOICES_MAX;
}

unsigned model_choose(struct model_choices *c, unsigned n)
{
    if (n < 2 || c->frozen)
        return 0;
    if (n > 255)
        n = 255;
    if (c->depth >= c->max_depth) {
        c->truncated = true;
        return 0;
    }
    unsigned i = c->depth++;
    if (i >= c->fixed)
        c->pick[i] = 0;
    else if (c->pick[i] >= n) /* only with a path made by hand */
        c->pick[i] = (uint8_t)(n - 1);
    c->bound[i] = (uint8_t)n;
    return c->pick[i];
}

void model_choices_freeze(struct model_choices *c)
{
    c->frozen = true;
}

bool model_choices_next(struct model_choices *c)
{
    c->frozen = false;
    while (c->depth > 0 && c->pick[c->depth - 1] + 1u >= c->bound[c->depth - 1])
        c->depth--;
    if (c->depth == 0)
        return false;
    c->pick[c->depth - 1]++;
    c->fixed = c->depth;
    c->depth = 0;
    return true;
}

int model_choices_to_text(const struct model_choices *c, char *buf, size_t size)
{
    size_t len = 0;

    if (c->depth == 0) {
        if (size < 2)
            return -ENOSPC;
        memcpy(buf, "-", 2);
        return 1;
    }
    for (unsigned i = 0; i < c->depth; i++) {
        int n = snprintf(buf + len, size - len, i ? ".%u" : "%u", c->pick[i]);
        if (n < 0 || (size_t)n >= size - len)
            return -ENOSPC;
        len += (size_t)n;
    }
    return (int)len;
}

int model_choices_from_text(struct model_choices *c, const char *text)
{
    struct model_choices out;

    memset(&out, 0, sizeof(out));
    if (strcmp(text, "-") != 0) {
        for (;;) {
            unsigned value = 0, digits = 0;
            while (*text >= '0' && *text <= '9' && digits < 3) {
                value = value * 10 + (unsigned)(*text++ - '0');
                digits++;
            }
            if (digits == 0 || value > 254 || out.fixed >= MODEL_CHOICES_MAX)
                return -EINVAL;
            out.pick[out.fixed++] = (uint8_t)value;
            if (*text == '\0')
                break;
            if (*text++ != '.')
                return -EINVAL;
        }
    }
    /* Nothing beyond the given path is recorded, so the run is single. */
    out.max_depth = out.fixed;
    *c = out;
    return 0;
}
