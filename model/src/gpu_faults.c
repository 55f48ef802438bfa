/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The faults of the GPU. Where the answer to a command is spoilt, the command is mostly not carried
 * out either, so that a driver that takes the answer for success shows the wrong picture.
 */
#include <string.h>

#include "bytes.h"
#include "gpu.h"

#define TIMEOUT_MARGIN_NS 5000u

/* ---- instead of serving ---- */

uint32_t gpu_fault_refusal(struct gpu_command *cmd)
{
    struct model_board *board = cmd->gpu->dev.board;
    const uint32_t type = fault_variant(board) == 0 ? C_CREATE_2D : C_ATTACH;

    if (fault(board, MODEL_FAULT_GPU_ERR))
        return R_ERR_UNSPEC + fault_variant(board) % 6;
    if (cmd->type == type && fault(board, MODEL_FAULT_GPU_NO_MEM))
        return R_ERR_OUT_OF_MEMORY;
    return 0;
}

/* ---- the answer ---- */

/* The command is a place for the armed fault, which is one of the answer. */
static bool has_place(const struct gpu_command *cmd, enum model_fault_id id, unsigned variant)
{
    const struct gpu_command_kind *k = cmd->kind;

    if (id == MODEL_FAULT_GPU_EVENT_STORM)
        return variant == 1 || k->changes;
    if (cmd->chain->writable_bytes < k->answer_bytes)
        return false;
    switch (id) {
    case MODEL_FAULT_GPU_TYPE:
        return true;
    case MODEL_FAULT_GPU_SHORT: /* cursor commands may go without an answer, see gpu_cmd.c */
        return k->queue == GPU_CONTROLQ;
    case MODEL_FAULT_GPU_FENCE:
        return (cmd->flags & GPU_FLAG_FENCE) != 0;
    case MODEL_FAULT_GPU_DISPLAY: /* 0 and 1 are in the configuration space */
        return variant >= 2 && cmd->type == C_GET_DISPLAY_INFO;
    case MODEL_FAULT_GPU_EDID:
        return cmd->type == C_GET_EDID;
    case MODEL_FAULT_GPU_HOSTILE:
        return variant != 1 || k->answer_bytes > GPU_HEADER_BYTES;
    default:
        return false;
    }
}

bool gpu_fault_skips(struct gpu_command *cmd)
{
    struct model_device *dev = &cmd->gpu->dev;
    struct model_board *board = dev->board;
    const enum model_fault_id id = board->fault.id;

    if (id == MODEL_FAULT_NONE || !has_place(cmd, id, fault_variant(board)) || !fault(board, id))
        return false;
    cmd->struck = id;
    switch (id) {
    case MODEL_FAULT_GPU_TYPE:
    case MODEL_FAULT_GPU_FENCE:
        return true;
    case MODEL_FAULT_GPU_SHORT:
        return dev_modern(dev);
    case MODEL_FAULT_GPU_HOSTILE:
        return fault_variant(board) == 0;
    default:
        return false;
    }
}

static void spoil_type(struct gpu_command *cmd, unsigned variant)
{
    const uint32_t ok = cmd->kind->ok;
    const uint32_t other = ok == R_OK_NODATA         ? R_OK_DISPLAY_INFO
                           : ok == R_OK_DISPLAY_INFO ? R_OK_EDID
                                                     : R_OK_NODATA;
    const uint32_t type[4] = {other, 0, cmd->type, UINT32_MAX};

    store_le32(cmd->answer->bytes, type[variant & 3]);
}

/* A modern device writes no more than it says. */
static void cut(struct gpu_command *cmd, unsigned variant)
{
    struct gpu_answer *a = cmd->answer;
    const uint32_t length[4] = {0, 1, GPU_HEADER_BYTES - 1, a->len - 1};

    a->used = length[variant & 3];
    if (dev_modern(&cmd->gpu->dev))
        a->len = a->used;
}

static void spoil_fence(struct gpu_answer *a, uint64_t id, unsigned variant)
{
    if (variant == 0)
        store_le64(a->bytes + 8, id + 1);
    else if (variant == 1)
        store_le64(a->bytes + 8, id ^ (UINT64_C(1) << 63));
    else
        store_le32(a->bytes + 4, 0);
    if (variant == 3)
        store_le64(a->bytes + 8, 0);
}

static void set_mode(uint8_t *p, uint32_t width, uint32_t height, uint32_t enabled)
{
    store_le32(p + 8, width);
    store_le32(p + 12, height);
    store_le32(p + 16, enabled);
}

static void spoil_modes(struct gpu_answer *a, unsigned variant)
{
    uint8_t *first = a->bytes + GPU_HEADER_BYTES;

    if (variant == 2)
        set_mode(first, 0, 0, 1);
    else if (variant == 3)
        set_mode(first, 65535, 65535, 1);
    else if (variant == 4)
        for (unsigned i = 0; i < MODEL_GPU_SCANOUTS; i++)
            store_le32(first + i * GPU_MODE_BYTES + 16, 0);
    else
        memcpy(first + GPU_MODE_BYTES, first, GPU_MODE_BYTES);
}

static void randomise(struct model_board *board, uint8_t *p, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        p[i] = (uint8_t)(board_random(board) >> 24);
}

static void spoil_edid(struct model_board *board, struct gpu_answer *a, unsigned variant)
{
    static const uint32_t size[3] = {0, 1025, UINT32_MAX};
    uint8_t *edid = a->bytes + GPU_EDID_AT;

    if (variant < 3) {
        store_le32(a->bytes + GPU_HEADER_BYTES, size[variant]);
    } else if (variant == 3) {
        randomise(board, edid, GPU_EDID_BYTES);
    } else if (variant == 4) { /* says 128 bytes and gives half */
        a->len = a->used = GPU_EDID_AT + GPU_EDID_BYTES / 2;
    } else if (variant == 6) { /* more blocks than any answer has room for; all the sums fit */
        edid[126] = (uint8_t)(edid[126] + 8);
        edid[127] = (uint8_t)(edid[127] - 8);
    } else {
        edid[54] ^= 1; /* the checksum no longer fits */
    }
}

static void hostile(struct model_board *board, struct gpu_answer *a, unsigned variant)
{
    static const uint32_t types[] = {0x1100, 0x1101, 0x1102, 0x1103, 0x1104, 0x1105, 0x1106,
                                     0x1200, 0x1201, 0x1202, 0x1203, 0x1204, 0x1205};

    if (variant == 0)
        randomise(board, a->bytes, a->len);
    else if (variant == 1)
        randomise(board, a->bytes + GPU_HEADER_BYTES, a->len - GPU_HEADER_BYTES);
    else if (variant == 2)
        store_le32(a->bytes, types[board_random(board) % (sizeof(types) / sizeof(types[0]))]);
    else
        randomise(board, a->bytes + 4, GPU_HEADER_BYTES - 4);
}

void gpu_fault_answer(struct gpu_command *cmd)
{
    struct model_board *board = cmd->gpu->dev.board;
    struct gpu_answer *a = cmd->answer;
    const unsigned v = fault_variant(board);

    switch (cmd->struck) {
    case MODEL_FAULT_GPU_TYPE:
        spoil_type(cmd, v);
        break;
    case MODEL_FAULT_GPU_SHORT:
        cut(cmd, v);
        break;
    case MODEL_FAULT_GPU_FENCE:
        spoil_fence(a, cmd->fence_id, v);
        break;
    case MODEL_FAULT_GPU_DISPLAY:
        spoil_modes(a, v);
        break;
    case MODEL_FAULT_GPU_EDID:
        if (a->len == GPU_EDID_ANSWER_BYTES) /* not for an error */
            spoil_edid(board, a, v);
        break;
    case MODEL_FAULT_GPU_HOSTILE:
        hostile(board, a, v);
        break;
    case MODEL_FAULT_GPU_EVENT_STORM:
        gpu_display_event(cmd->gpu);
        break;
    default:
        break;
    }
}

/* ---- elsewhere ---- */

/* GPU-RESIZE-MID-FLUSH: the display that shows the resource changes under the flush. */
static void resize(struct model_gpu *gpu, uint32_t resource)
{
    const unsigned v = fault_variant(gpu->dev.board);
    unsigned i = 0;

    while (i < gpu->num_scanouts && gpu->scanout[i].resource_id != resource)
        i++;
    struct model_gpu_mode *m = &gpu->mode[i < gpu->num_scanouts ? i : 0];
    if (v == 0) {
        m->width = m->width > 1 ? m->width / 2 : 1;
        m->height = m->height > 1 ? m->height / 2 : 1;
    } else if (v == 1) {
        m->enabled = false;
    } else {
        m->width = m->width < 4096 ? m->width * 2 : m->width;
        m->height = m->height < 4096 ? m->height * 2 : m->height;
    }
    gpu_display_event(gpu);
}

/* GPU-TIMEOUT: the answer comes after the driver has given up. */
static void put_off(struct model_board *board, struct chain *chain)
{
    const uint64_t deadline = board->cfg.deadline_ns;
    const uint64_t after = fault_variant(board) == 0 ? deadline + TIMEOUT_MARGIN_NS : 10 * deadline;

    chain->due_ns = chain->not_before_ns = chain->taken_ns + after;
}

void gpu_fault_taken(struct model_gpu *gpu, struct chain *chain)
{
    struct model_board *board = gpu->dev.board;
    uint32_t resource;

    if (fault(board, MODEL_FAULT_GPU_TIMEOUT))
        put_off(board, chain);
    if (board->fault.id == MODEL_FAULT_GPU_RESIZE_MID_FLUSH &&
        gpu_peek(chain, 40, &resource) == C_FLUSH && fault(board, MODEL_FAULT_GPU_RESIZE_MID_FLUSH))
        resize(gpu, resource);
}

void gpu_fault_corrupt(struct model_gpu *gpu, struct gpu_resource *res, const struct gpu_rect *r)
{
    if (!fault(gpu->dev.board, MODEL_FAULT_GPU_CORRUPT))
        return;
    const size_t at = (size_t)(r->y + r->height / 2) * res->width + r->x + r->width / 2;
    res->pixels[at * GPU_PIXEL_BYTES + res->format->green] ^= 0x10;
}

uint64_t gpu_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value)
{
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    if (!first || field != GF_NUM_SCANOUTS || v > 1 || !fault(board, MODEL_FAULT_GPU_DISPLAY))
        return value;
    const uint64_t wrong = v == 0 ? 0 : MODEL_GPU_SCANOUTS + 1;
    config_hold(dev, field, wrong);
    return wrong;
}
