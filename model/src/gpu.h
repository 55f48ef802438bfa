/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU model inside: its state, and what its files give one another. */
#ifndef MODEL_GPU_INTERNAL_H
#define MODEL_GPU_INTERNAL_H

#include "device.h"
#include "virtio_model/model_gpu.h"

/* Feature bits, v1.2 5.7.3 and v1.4. */
#define G_VIRGL          0u
#define G_EDID           1u
#define G_RESOURCE_UUID  2u
#define G_RESOURCE_BLOB  3u
#define G_CONTEXT_INIT   4u
#define G_BLOB_ALIGNMENT 5u
#define G_NEVER                                                                                    \
    (FBIT(G_VIRGL) | FBIT(G_RESOURCE_UUID) | FBIT(G_RESOURCE_BLOB) | FBIT(G_CONTEXT_INIT) |        \
     FBIT(G_BLOB_ALIGNMENT)) /* nothing of it is modelled */
#define GPU_EVENT_DISPLAY 1u

/* Queues. */
#define GPU_CONTROLQ 0u
#define GPU_CURSORQ  1u

/* Commands and answers, v1.2 5.7.6.7. */
#define C_GET_DISPLAY_INFO 0x100u
#define C_CREATE_2D        0x101u
#define C_UNREF            0x102u
#define C_SET_SCANOUT      0x103u
#define C_FLUSH            0x104u
#define C_TRANSFER_2D      0x105u
#define C_ATTACH           0x106u
#define C_DETACH           0x107u
#define C_GET_CAPSET_INFO  0x108u
#define C_GET_CAPSET       0x109u
#define C_GET_EDID         0x10au
#define C_CREATE_BLOB      0x10cu
#define C_SET_SCANOUT_BLOB 0x10du
#define C_MAP_BLOB         0x208u
#define C_UPDATE_CURSOR    0x300u
#define C_MOVE_CURSOR      0x301u

#define R_OK_NODATA            0x1100u
#define R_OK_DISPLAY_INFO      0x1101u
#define R_OK_EDID              0x1104u
#define R_ERR_UNSPEC           0x1200u
#define R_ERR_OUT_OF_MEMORY    0x1201u
#define R_ERR_INVALID_SCANOUT  0x1202u
#define R_ERR_INVALID_RESOURCE 0x1203u
#define R_ERR_INVALID_PARAM    0x1205u

#define GPU_FLAG_FENCE 1u

/* Sizes of what travels. */
#define GPU_HEADER_BYTES       24u
#define GPU_REQUEST_MAX        56u /* without the entries of ATTACH_BACKING */
#define GPU_MODE_BYTES         24u
#define GPU_DISPLAY_INFO_BYTES (GPU_HEADER_BYTES + MODEL_GPU_SCANOUTS * GPU_MODE_BYTES)
#define GPU_EDID_AT            32u
#define GPU_EDID_ANSWER_BYTES  (GPU_EDID_AT + 1024u)
#define GPU_EDID_BYTES         128u
#define GPU_ENTRY_BYTES        16u
#define GPU_PIXEL_BYTES        4u
#define GPU_CURSOR_SIDE        64u

/* Indices into gpu_fields, first those that CFG-HOSTILE replaces. */
enum gpu_field {
    GF_EVENTS_READ,
    GF_NUM_SCANOUTS,
    GF_NUM_CAPSETS,
    GF_EVENTS_CLEAR,
    GF_BLOB_ALIGNMENT,
    GF_COUNT,
};
#define GPU_CONFIG_BYTES 20u

/* Where the colours lie in the four bytes of a pixel; alpha -1: none. */
struct gpu_format {
    uint8_t code, red, green, blue;
    int8_t alpha;
};

struct gpu_rect {
    uint32_t x, y, width, height;
};

/* A piece of guest memory behind a resource. */
struct gpu_entry {
    uint64_t gpa;
    uint32_t len;
};

struct gpu_resource {
    struct gpu_resource *next;
    uint32_t id, width, height;
    const struct gpu_format *format;
    uint8_t *pixels; /* in the resource's own format */
    bool attached;
    bool gone;     /* the driver took some of the backing away; said once */
    bool disputed; /* what the driver was told of the attachment is no matter of fact */
    struct gpu_entry *entry;
    uint32_t n_entries;
    uint64_t backing_bytes;
    struct gpu_rect loaded; /* smallest rectangle around everything transferred, asked for counts */
    bool load_fenced;       /* the last transfer was */
};

struct gpu_scanout {
    uint32_t resource_id; /* 0: shows nothing */
    struct gpu_rect shown;
    uint8_t *picture; /* R, G, B, 255 */
};

struct gpu_answer {
    uint32_t len;  /* bytes to write */
    uint32_t used; /* length to report */
    uint8_t bytes[GPU_EDID_ANSWER_BYTES];
};

/* A command that was carried out and is not answered yet. */
struct gpu_pending {
    const struct chain *chain;
    struct gpu_answer answer;
};

struct model_gpu {
    struct model_device dev; /* first */
    struct model_gpu_config cfg;
    uint32_t num_scanouts;
    uint64_t memory_limit, memory_used;
    struct model_gpu_mode configured[MODEL_GPU_SCANOUTS], mode[MODEL_GPU_SCANOUTS];
    uint32_t events;       /* events_read */
    uint32_t events_shown; /* every bit that the driver was shown since it cleared it last */
    struct gpu_resource *resources;
    struct gpu_scanout scanout[MODEL_GPU_SCANOUTS];
    struct gpu_pending *pending;
    unsigned n_pending, cap_pending;
    /* what the driver has asked for since the reset */
    bool display_asked, display_told;
    uint32_t first_enabled; /* bit per scanout, in the first answer */
    uint32_t edid_asked;    /* bit per scanout */
    /* Some command was not carried out for no fault of the driver's: what builds on it is not
     * blamed, as commands may be sent without waiting. */
    bool refused;
    struct model_gpu_cursor cursor; /* its pixels lie below */
    uint8_t cursor_pixels[GPU_CURSOR_SIDE * GPU_CURSOR_SIDE * GPU_PIXEL_BYTES];
    struct model_gpu_stats stats;
};

struct gpu_command;

struct gpu_command_kind {
    uint32_t type;
    uint32_t ok; /* type of the answer when it succeeds */
    uint16_t request_bytes, answer_bytes;
    uint8_t queue;
    bool changes;   /* has an effect beside its answer */
    uint8_t pad[2]; /* offsets of padding words, 0: none */
    uint32_t (*serve)(struct gpu_command *cmd);
    const char *name;
};

/* A command while it is carried out. */
struct gpu_command {
    struct model_gpu *gpu;
    struct chain *chain;
    const struct gpu_command_kind *kind; /* NULL: not one of 2D */
    uint32_t type, flags, ctx_id;
    uint64_t fence_id;
    uint8_t raw[GPU_REQUEST_MAX];
    enum model_fault_id struck; /* fault of the answer that strikes this command */
    struct gpu_answer *answer;
};
#define GPU_LABEL(cmd) (cmd)->kind->name, (cmd)->chain->head

static inline struct model_gpu *to_gpu(struct model_device *dev)
{
    return (struct model_gpu *)dev;
}

/* ---- gpu.c ---- */
void gpu_display_event(struct model_gpu *gpu);

/* ---- gpu_cmd.c ---- */
uint32_t gpu_execute(struct model_device *dev, struct chain *chain);
/* Type and, behind the header, word `at` of a chain's command, without any judgement. */
uint32_t gpu_peek(struct chain *chain, unsigned at, uint32_t *word);
void gpu_forget_chain(struct model_gpu *gpu, const struct chain *chain);

/* ---- gpu_resource.c ---- */
struct gpu_resource *gpu_find(const struct model_gpu *gpu, uint32_t id);
/* The same for a command that needs the resource; NULL after having recorded the breach. */
struct gpu_resource *gpu_known(struct gpu_command *cmd, uint32_t id, enum model_rule_id rule);
/* The rectangle at `at` of the command, and whether it lies within width x height and is none
 * without pixels. */
struct gpu_rect gpu_rect_at(const struct gpu_command *cmd, unsigned at);
bool gpu_inside(const struct gpu_rect *r, uint32_t width, uint32_t height);
void gpu_drop_all(struct model_gpu *gpu);
void gpu_memory_going(struct model_device *dev, uint64_t gpa, uint64_t len);
uint32_t gpu_create(struct gpu_command *cmd);
uint32_t gpu_unref(struct gpu_command *cmd);
uint32_t gpu_attach(struct gpu_command *cmd);
uint32_t gpu_detach(struct gpu_command *cmd);
uint32_t gpu_transfer(struct gpu_command *cmd);

/* ---- gpu_scanout.c ---- */
uint32_t gpu_set_scanout(struct gpu_command *cmd);
uint32_t gpu_flush(struct gpu_command *cmd);
void gpu_scanout_off(struct gpu_scanout *s);
uint32_t gpu_display_info(struct gpu_command *cmd);

/* ---- gpu_cursor.c ---- */
uint32_t gpu_update_cursor(struct gpu_command *cmd);
uint32_t gpu_move_cursor(struct gpu_command *cmd);
/* A chain of the cursor queue was taken: the resource that it names must be ready. */
void gpu_cursor_taken(struct model_gpu *gpu, struct chain *chain);

/* ---- gpu_edid.c ---- */
uint32_t gpu_get_edid(struct gpu_command *cmd);

/* ---- gpu_faults.c ---- */
/* The error that a fault answers with instead of serving the command, 0: none. */
uint32_t gpu_fault_refusal(struct gpu_command *cmd);
/* Chooses the fault of the answer; true: the command has no effect. */
bool gpu_fault_skips(struct gpu_command *cmd);
/* Plays it on the finished answer. */
void gpu_fault_answer(struct gpu_command *cmd);
void gpu_fault_taken(struct model_gpu *gpu, struct chain *chain);
/* GPU-CORRUPT: after pixels arrived. */
void gpu_fault_corrupt(struct model_gpu *gpu, struct gpu_resource *res, const struct gpu_rect *r);
uint64_t gpu_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value);

#endif
