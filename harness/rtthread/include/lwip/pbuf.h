/* SPDX-License-Identifier: Apache-2.0 */
/* The part of lwIP 2.1's packet buffers that a network driver uses. */
#ifndef LWIP_HDR_PBUF_H
#define LWIP_HDR_PBUF_H

#include "lwip/err.h"
#include "lwip/opt.h"

/* Room for headers in front, in bytes. */
typedef enum {
    PBUF_TRANSPORT = 56,
    PBUF_IP = 36,
    PBUF_LINK = 16,
    PBUF_RAW_TX = 0,
    PBUF_RAW = 0
} pbuf_layer;

typedef enum { PBUF_RAM = 0x0280, PBUF_ROM = 0x01, PBUF_REF = 0x41, PBUF_POOL = 0x0182 } pbuf_type;

#define PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS 0x80
#define PBUF_TYPE_FLAG_DATA_VOLATILE          0x40
#define PBUF_NEEDS_COPY(p)                    ((p)->type_internal & PBUF_TYPE_FLAG_DATA_VOLATILE)

#define PBUF_FLAG_IS_CUSTOM 0x02U
#define PBUF_POOL_BUFSIZE   1516

struct pbuf {
    struct pbuf *next;
    void *payload;
    u16_t tot_len;
    u16_t len;
    u8_t type_internal;
    u8_t flags;
    u8_t ref;
    u8_t if_idx;
};

typedef void (*pbuf_free_custom_fn)(struct pbuf *p);
struct pbuf_custom {
    struct pbuf pbuf;
    pbuf_free_custom_fn custom_free_function;
};

struct pbuf *pbuf_alloc(pbuf_layer l, u16_t length, pbuf_type type);
struct pbuf *pbuf_alloced_custom(pbuf_layer l, u16_t length, pbuf_type type, struct pbuf_custom *p,
                                 void *payload_mem, u16_t payload_mem_len);
void pbuf_realloc(struct pbuf *p, u16_t size);
void pbuf_ref(struct pbuf *p);
u8_t pbuf_free(struct pbuf *p);
u16_t pbuf_clen(const struct pbuf *p);
void pbuf_cat(struct pbuf *head, struct pbuf *tail);
u16_t pbuf_copy_partial(const struct pbuf *p, void *dataptr, u16_t len, u16_t offset);
err_t pbuf_take(struct pbuf *buf, const void *dataptr, u16_t len);

#endif
