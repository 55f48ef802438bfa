/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EDID of a scanout: one 128-byte block of version 1.4 (VESA E-EDID), made from the current
 * mode, with a checksum.
 */
#include <string.h>

#include "bytes.h"
#include "gpu.h"

#define REFRESH_HZ      60u
#define ACTIVE_MAX      4095u  /* 12 bits in a detailed timing */
#define CLOCK_10KHZ     10000u /* unit of the pixel clock */
#define CLOCK_MAX       65535u
#define H_BLANK         160u
#define H_FRONT         48u
#define H_SYNC          32u
#define V_BLANK         23u
#define V_FRONT         3u
#define V_SYNC          5u
#define PIXELS_PER_INCH 96u

static uint32_t at_most(uint32_t v, uint32_t max)
{
    return v < max ? v : max;
}

static uint32_t millimetres(uint32_t pixels)
{
    return at_most(pixels, 65535) * 254 / (10 * PIXELS_PER_INCH);
}

/* Bytes 54-71: the preferred mode, with reduced blanking. */
static void detailed_timing(uint8_t *p, const struct model_gpu_mode *m)
{
    const uint32_t w = at_most(m->width, ACTIVE_MAX), h = at_most(m->height, ACTIVE_MAX);
    const uint32_t w_mm = at_most(millimetres(w), ACTIVE_MAX);
    const uint32_t h_mm = at_most(millimetres(h), ACTIVE_MAX);
    const uint64_t clock = (uint64_t)(w + H_BLANK) * (h + V_BLANK) * REFRESH_HZ / CLOCK_10KHZ;

    store_le16(p, clock < CLOCK_MAX ? (uint16_t)clock : CLOCK_MAX);
    p[2] = (uint8_t)w;
    p[3] = (uint8_t)H_BLANK;
    p[4] = (uint8_t)(w >> 8 << 4 | H_BLANK >> 8);
    p[5] = (uint8_t)h;
    p[6] = (uint8_t)V_BLANK;
    p[7] = (uint8_t)(h >> 8 << 4 | V_BLANK >> 8);
    p[8] = (uint8_t)H_FRONT;
    p[9] = (uint8_t)H_SYNC;
    p[10] = (uint8_t)((V_FRONT & 15) << 4 | (V_SYNC & 15));
    p[12] = (uint8_t)w_mm;
    p[13] = (uint8_t)h_mm;
    p[14] = (uint8_t)(w_mm >> 8 << 4 | h_mm >> 8);
    p[17] = 0x18; /* digital, separate sync */
}

/* A descriptor of text, at most 12 characters, ended by a line feed and filled with spaces. */
static void text(uint8_t *p, uint8_t tag, const char *s)
{
    p[3] = tag;
    memset(p + 5, ' ', 13);
    for (p += 5; *s; p++, s++)
        *p = (uint8_t)*s;
    *p = '\n';
}

static void make_edid(const struct model_gpu_mode *m, unsigned scanout, uint8_t *edid)
{
    static const uint8_t magic[8] = {0, 255, 255, 255, 255, 255, 255, 0};
    static const uint8_t srgb[10] = {0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54};
    uint8_t sum = 0;

    memset(edid, 0, GPU_EDID_BYTES);
    memcpy(edid, magic, sizeof(magic));
    edid[8] = 0x4a; /* "RTV", five bits a letter, big-endian */
    edid[9] = 0x96;
    edid[10] = 1; /* product */
    store_le32(edid + 12, scanout + 1);
    edid[16] = 1; /* week and year since 1990 */
    edid[17] = 35;
    edid[18] = 1; /* version 1.4 */
    edid[19] = 4;
    edid[20] = 0xa5; /* digital, 8 bits a colour, DisplayPort */
    edid[21] = (uint8_t)at_most(millimetres(m->width) / 10, 255);
    edid[22] = (uint8_t)at_most(millimetres(m->height) / 10, 255);
    edid[23] = 120;  /* gamma 2.2 */
    edid[24] = 0x06; /* sRGB, the first timing is the preferred one */
    memcpy(edid + 25, srgb, sizeof(srgb));
    memset(edid + 38, 1, 16); /* no standard timings */
    detailed_timing(edid + 54, m);
    text(edid + 72, 0xfc, "rt-virtio");
    text(edid + 90, 0xff, "model");
    text(edid + 108, 0xfe, "GPU 2D");
    for (unsigned i = 0; i < GPU_EDID_BYTES - 1; i++)
        sum = (uint8_t)(sum + edid[i]);
    edid[GPU_EDID_BYTES - 1] = (uint8_t)(0x100u - sum);
}

uint32_t gpu_get_edid(struct gpu_command *cmd)
{
    const struct model_gpu *gpu = cmd->gpu;
    const uint32_t scanout = load_le32(cmd->raw + 24);

    if (scanout >= gpu->num_scanouts)
        return R_ERR_INVALID_SCANOUT;
    store_le32(cmd->answer->bytes + GPU_HEADER_BYTES, GPU_EDID_BYTES);
    make_edid(&gpu->mode[scanout], scanout, cmd->answer->bytes + GPU_EDID_AT);
    return R_OK_EDID;
}
