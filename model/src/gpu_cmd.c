/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the GPU, v1.2 5.7.6.7: their form, the order in which they are carried out, and the
 * answer. The answers of one queue may be given in any order, as for every device; the commands are
 * carried out in the order in which they were made available, because a 2D driver need not wait
 * between creating a resource and using it.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "gpu.h"

static const struct gpu_command_kind kinds[] = {
    {C_GET_DISPLAY_INFO,
     R_OK_DISPLAY_INFO,
     24,
     GPU_DISPLAY_INFO_BYTES,
     GPU_CONTROLQ,
     false,
     {0, 0},
     gpu_display_info,
     "GET_DISPLAY_INFO"},
    {C_GET_EDID,
     R_OK_EDID,
     32,
     GPU_EDID_ANSWER_BYTES,
     GPU_CONTROLQ,
     false,
     {28, 0},
     gpu_get_edid,
     "GET_EDID"},
    {C_CREATE_2D,
     R_OK_NODATA,
     40,
     24,
     GPU_CONTROLQ,
     true,
     {0, 0},
     gpu_create,
     "RESOURCE_CREATE_2D"},
    {C_UNREF, R_OK_NODATA, 32, 24, GPU_CONTROLQ, true, {28, 0}, gpu_unref, "RESOURCE_UNREF"},
    {C_SET_SCANOUT,
     R_OK_NODATA,
     48,
     24,
     GPU_CONTROLQ,
     true,
     {0, 0},
     gpu_set_scanout,
     "SET_SCANOUT"},
    {C_FLUSH, R_OK_NODATA, 48, 24, GPU_CONTROLQ, true, {44, 0}, gpu_flush, "RESOURCE_FLUSH"},
    {C_TRANSFER_2D,
     R_OK_NODATA,
     56,
     24,
     GPU_CONTROLQ,
     true,
     {52, 0},
     gpu_transfer,
     "TRANSFER_TO_HOST_2D"},
    {C_ATTACH,
     R_OK_NODATA,
     32,
     24,
     GPU_CONTROLQ,
     true,
     {0, 0},
     gpu_attach,
     "RESOURCE_ATTACH_BACKING"},
    {C_DETACH,
     R_OK_NODATA,
     32,
     24,
     GPU_CONTROLQ,
     true,
     {28, 0},
     gpu_detach,
     "RESOURCE_DETACH_BACKING"},
    {C_UPDATE_CURSOR,
     R_OK_NODATA,
     56,
     24,
     GPU_CURSORQ,
     true,
     {36, 52},
     gpu_update_cursor,
     "UPDATE_CURSOR"},
    {C_MOVE_CURSOR,
     R_OK_NODATA,
     56,
     24,
     GPU_CURSORQ,
     true,
     {36, 52},
     gpu_move_cursor,
     "MOVE_CURSOR"},
};

uint32_t gpu_peek(struct chain *chain, unsigned at, uint32_t *word)
{
    struct model_device_counters *count = &chain->q->dev->count;
    const uint64_t before = count->bytes_read;
    uint8_t raw[GPU_REQUEST_MAX] = {0};

    chain_read(chain, 0, raw, sizeof(raw));
    count->bytes_read = before; /* looking is no transfer */
    *word = load_le32(raw + at);
    return load_le32(raw);
}

/* ---- form ---- */

static bool parse(struct gpu_command *cmd)
{
    struct model_device *dev = &cmd->gpu->dev;
    struct chain *c = cmd->chain;

    if (!rule_check(dev->board, MODEL_RULE_DRV_GPU_032, c->readable_bytes >= GPU_HEADER_BYTES,
                    dev->slot, "queue %u chain %u: %llu readable bytes, expected a header of 24",
                    c->q->index, c->head, (unsigned long long)c->readable_bytes))
        return false;
    if (chain_read(c, 0, cmd->raw, sizeof(cmd->raw)) < GPU_HEADER_BYTES)
        return false;
    cmd->type = load_le32(cmd->raw);
    cmd->flags = load_le32(cmd->raw + 4);
    cmd->fence_id = load_le64(cmd->raw + 8);
    cmd->ctx_id = load_le32(cmd->raw + 16);
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].type == cmd->type)
            cmd->kind = &kinds[i];
    trace(dev->board, dev->slot, "gpu: %s (%#x), flags %u, fence %llu",
          cmd->kind ? cmd->kind->name : "command", cmd->type, cmd->flags,
          (unsigned long long)cmd->fence_id);
    return true;
}

/* What nobody may send who has agreed on nothing but EDID. */
static void check_foreign(const struct gpu_command *cmd)
{
    struct model_device *dev = &cmd->gpu->dev;
    enum model_rule_id rule;

    switch (cmd->type) {
    case C_GET_CAPSET_INFO:
    case C_GET_CAPSET:
        rule = MODEL_RULE_DRV_GPU_021;
        break;
    case C_CREATE_BLOB:
        rule = MODEL_RULE_DRV_GPU_022;
        break;
    case C_SET_SCANOUT_BLOB:
        rule = MODEL_RULE_DRV_GPU_023;
        break;
    case C_MAP_BLOB:
        rule = MODEL_RULE_DRV_GPU_025;
        break;
    default:
        return;
    }
    rule_check(dev->board, rule, false, dev->slot,
               "queue %u chain %u: command %#x, whose feature is not agreed", cmd->chain->q->index,
               cmd->chain->head, cmd->type);
}

static void check_header(const struct gpu_command *cmd)
{
    struct model_device *dev = &cmd->gpu->dev;
    const uint32_t tail = load_le32(cmd->raw + 20);

    rule_check(dev->board, MODEL_RULE_DRV_GPU_013, (cmd->flags & ~GPU_FLAG_FENCE) == 0, dev->slot,
               "%s in chain %u: flags %#x, without CONTEXT_INIT expected at most 1", GPU_LABEL(cmd),
               cmd->flags);
    rule_check(dev->board, MODEL_RULE_DRV_GPU_020, tail == 0, dev->slot,
               "%s in chain %u: header padding %#x, expected 0", GPU_LABEL(cmd), tail);
    for (unsigned i = 0; i < 2; i++)
        if (cmd->kind->pad[i])
            rule_check(dev->board, MODEL_RULE_DRV_GPU_020,
                       load_le32(cmd->raw + cmd->kind->pad[i]) == 0, dev->slot,
                       "%s in chain %u: padding at %u is %#x, expected 0", GPU_LABEL(cmd),
                       cmd->kind->pad[i], load_le32(cmd->raw + cmd->kind->pad[i]));
}

/* Lengths and the queue; false: the command cannot be served. */
static bool check_layout(const struct gpu_command *cmd)
{
    struct model_device *dev = &cmd->gpu->dev;
    const struct chain *c = cmd->chain;
    const struct gpu_command_kind *k = cmd->kind;
    /* QEMU answers no cursor command, so that a driver may well leave the room out. */
    const bool mute = k->queue == GPU_CURSORQ && c->writable_bytes == 0;
    const bool whole = k->type == C_ATTACH ? c->readable_bytes >= k->request_bytes
                                           : c->readable_bytes == k->request_bytes;

    /* Told that the command was done, the driver may have put another one in its place. */
    if (ring_lied(c->q) && (!whole || c->writable_bytes < k->answer_bytes))
        return false;
    bool ok =
        rule_check(dev->board, MODEL_RULE_DRV_GPU_032, mute || c->writable_bytes >= k->answer_bytes,
                   dev->slot, "%s in chain %u: room for %llu bytes, the answer has %u",
                   GPU_LABEL(cmd), (unsigned long long)c->writable_bytes, k->answer_bytes);
    ok &= rule_check(dev->board, MODEL_RULE_DRV_GPU_032, whole, dev->slot,
                     "%s in chain %u: %llu readable bytes, expected %u", GPU_LABEL(cmd),
                     (unsigned long long)c->readable_bytes, k->request_bytes);
    ok &= rule_check(dev->board, MODEL_RULE_DRV_GPU_028, c->q->index == k->queue, dev->slot,
                     "%s in chain %u: sent to queue %u, expected %u", GPU_LABEL(cmd), c->q->index,
                     k->queue);
    return ok;
}

/* ---- the answer ---- */

static void answer_header(struct gpu_command *cmd, uint32_t type)
{
    struct gpu_answer *a = cmd->answer;

    store_le32(a->bytes, type);
    if (cmd->flags & GPU_FLAG_FENCE) {
        store_le32(a->bytes + 4, GPU_FLAG_FENCE);
        store_le64(a->bytes + 8, cmd->fence_id);
        store_le32(a->bytes + 16, cmd->ctx_id);
    }
    a->len = cmd->kind && type == cmd->kind->ok ? cmd->kind->answer_bytes : GPU_HEADER_BYTES;
    a->used = a->len;
}

/* What the driver has done its duty by, whatever becomes of it. */
static void note_question(const struct gpu_command *cmd)
{
    const uint32_t scanout = load_le32(cmd->raw + 24);

    if (cmd->type == C_GET_DISPLAY_INFO)
        cmd->gpu->display_asked = true;
    if (cmd->type == C_GET_EDID && scanout < MODEL_GPU_SCANOUTS)
        cmd->gpu->edid_asked |= UINT32_C(1) << scanout;
}

/* Carries the command out unless a fault or its form is against it; the type of the answer. */
static uint32_t serve(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;

    if (!cmd->kind) {
        check_foreign(cmd);
        return R_ERR_UNSPEC;
    }
    check_header(cmd);
    if (!check_layout(cmd))
        return R_ERR_UNSPEC;
    if (!rule_check(gpu->dev.board, MODEL_RULE_DRV_GPU_019,
                    cmd->type != C_GET_EDID || dev_has(&gpu->dev, G_EDID), gpu->dev.slot,
                    "%s in chain %u: without EDID agreed", GPU_LABEL(cmd)))
        return R_ERR_UNSPEC;
    note_question(cmd);
    const uint32_t refusal = gpu_fault_refusal(cmd);
    if (refusal || (gpu_fault_skips(cmd) && cmd->kind->changes)) {
        gpu->refused = true;
        return refusal ? refusal : cmd->kind->ok;
    }
    gpu->stats.fences += cmd->flags & GPU_FLAG_FENCE;
    return cmd->kind->serve(cmd);
}

/* Does the command and prepares its answer. */
static void process(struct model_gpu *gpu, struct chain *chain, struct gpu_answer *answer)
{
    struct gpu_command cmd = {.gpu = gpu, .chain = chain, .answer = answer};

    memset(answer, 0, sizeof(*answer));
    gpu->stats.commands++;
    const uint32_t type = parse(&cmd) ? serve(&cmd) : R_ERR_UNSPEC;
    answer_header(&cmd, type);
    if (type != (cmd.kind ? cmd.kind->ok : 0))
        gpu->stats.errors++;
    if (cmd.kind)
        gpu_fault_answer(&cmd);
    if (chain->writable_bytes < answer->len ||
        (chain->q->index == GPU_CURSORQ && !dev_strict(&gpu->dev)))
        answer->len = answer->used = 0; /* QEMU answers no cursor command */
    trace(gpu->dev.board, gpu->dev.slot, "gpu: answer %#x, %u bytes", load_le32(answer->bytes),
          answer->used);
}

/* ---- order ---- */

static struct gpu_pending *find_pending(struct model_gpu *gpu, const struct chain *chain)
{
    for (unsigned i = 0; i < gpu->n_pending; i++)
        if (gpu->pending[i].chain == chain)
            return &gpu->pending[i];
    return NULL;
}

void gpu_forget_chain(struct model_gpu *gpu, const struct chain *chain)
{
    struct gpu_pending *p = find_pending(gpu, chain);

    if (p)
        *p = gpu->pending[--gpu->n_pending];
}

static struct gpu_pending *add_pending(struct model_gpu *gpu, const struct chain *chain)
{
    if (gpu->n_pending == gpu->cap_pending) {
        const unsigned cap = gpu->cap_pending ? gpu->cap_pending * 2 : 8;
        struct gpu_pending *grown = realloc(gpu->pending, cap * sizeof(*grown));
        if (!grown)
            return NULL;
        gpu->pending = grown;
        gpu->cap_pending = cap;
    }
    gpu->pending[gpu->n_pending].chain = chain;
    return &gpu->pending[gpu->n_pending++];
}

/* Everything of the queue that was taken before this chain. */
static void process_earlier(struct model_gpu *gpu, const struct chain *chain)
{
    struct model_device *dev = &gpu->dev;
    unsigned end = 0;

    while (end < dev->n_inflight && dev->inflight[end] != chain)
        end++;
    if (end == dev->n_inflight) /* kept aside for the end of a reset: the oldest anyway */
        return;
    for (unsigned i = 0; i < end; i++) {
        struct chain *c = dev->inflight[i];
        if (c->q != chain->q || find_pending(gpu, c))
            continue;
        struct gpu_pending *p = add_pending(gpu, c);
        if (p)
            process(gpu, c, &p->answer);
    }
}

uint32_t gpu_execute(struct model_device *dev, struct chain *chain)
{
    struct model_gpu *gpu = to_gpu(dev);
    struct gpu_pending *p = find_pending(gpu, chain);
    struct gpu_answer answer;

    if (p) {
        answer = p->answer;
        gpu_forget_chain(gpu, chain);
    } else {
        process_earlier(gpu, chain);
        process(gpu, chain, &answer);
    }
    chain_write(chain, 0, answer.bytes, answer.len);
    return answer.used;
}
