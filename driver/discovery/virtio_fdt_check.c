/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a blob is a device tree (Devicetree Specification v0.4 chapter 5), before anything is
 * read from it. libfdt's own fdt_check_full is not part of every copy of libfdt, and that of
 * version 1.6.1 accepts a property that is longer than the blob.
 */
#include "virtio_fdt_priv.h"

#include <string.h>

#define VERSION     17u /* since 2007; earlier ones do not say how long their structure is */
#define HEADER_SIZE 40u
#define PROP_HEADER 12u /* tag, length, name */
#define PROP_NAME_MAX                                                                              \
    255u /* the specification has 31; unbounded, each look at it would be a walk */

/* ---- the header ---- */

static bool is_inside(uint32_t offset, uint32_t size, uint32_t total)
{
    return offset >= HEADER_SIZE && offset <= total && size <= total - offset;
}

static unsigned field(uint32_t value)
{
    return (unsigned)value;
}

static int check_blocks(const void *blob, const struct vfdt_why *why)
{
    uint32_t total = fdt_totalsize(blob);
    uint32_t structure = fdt_off_dt_struct(blob);
    uint32_t strings = fdt_off_dt_strings(blob);
    uint32_t rsvmap = fdt_off_mem_rsvmap(blob);

    if (structure % 4u != 0 || !is_inside(structure, fdt_size_dt_struct(blob), total)) {
        return vfdt_refuse(why, -EINVAL,
                           "off_dt_struct 0x%x, size 0x%x, expected it aligned and inside",
                           field(structure), field(fdt_size_dt_struct(blob)));
    }
    if (!is_inside(strings, fdt_size_dt_strings(blob), total)) {
        return vfdt_refuse(why, -EINVAL, "off_dt_strings 0x%x, size 0x%x, expected it inside",
                           field(strings), field(fdt_size_dt_strings(blob)));
    }
    if (rsvmap % 8u != 0 || !is_inside(rsvmap, 16, total)) {
        return vfdt_refuse(why, -EINVAL, "off_mem_rsvmap 0x%x, expected it aligned and inside",
                           field(rsvmap));
    }
    if (fdt_check_header(blob) != 0) {
        return vfdt_refuse(why, -EINVAL, "header that libfdt refuses, error %d",
                           -fdt_check_header(blob));
    }
    if (fdt_num_mem_rsv(blob) < 0) {
        return vfdt_refuse(why, -EINVAL, "memory reservation block at 0x%x, without an end",
                           field(rsvmap));
    }
    return 0;
}

static int check_header(const void *blob, size_t size, const struct vfdt_why *why)
{
    if (blob == NULL) {
        return vfdt_refuse(why, -EINVAL, "NULL");
    }
    if ((uintptr_t)blob % 8u != 0) {
        return vfdt_refuse(why, -EINVAL, "address that ends in %u, expected a multiple of 8",
                           (unsigned)((uintptr_t)blob % 8u));
    }
    if (size < HEADER_SIZE) {
        return vfdt_refuse(why, -EINVAL, "size %u, expected at least the header of %u bytes",
                           (unsigned)size, HEADER_SIZE);
    }
    if (fdt_magic(blob) != FDT_MAGIC) {
        return vfdt_refuse(why, -EINVAL, "magic 0x%x, expected 0x%x", field(fdt_magic(blob)),
                           FDT_MAGIC);
    }
    if (fdt_totalsize(blob) > size || fdt_totalsize(blob) >= (uint32_t)INT32_MAX) {
        return vfdt_refuse(why, -EINVAL, "totalsize %u, expected at most the %llu bytes there are",
                           field(fdt_totalsize(blob)), (unsigned long long)size);
    }
    if (fdt_version(blob) < VERSION || fdt_last_comp_version(blob) > VERSION) {
        return vfdt_refuse(why, -EINVAL, "version %u, compatible with %u, expected %u",
                           field(fdt_version(blob)), field(fdt_last_comp_version(blob)), VERSION);
    }
    return check_blocks(blob, why);
}

/* ---- the structure ---- */

static int check_prop(const void *blob, int offset, int next, const struct vfdt_why *why)
{
    const char *name = NULL;
    int len = 0;

    if (fdt_getprop_by_offset(blob, offset, &name, &len) == NULL || name == NULL) {
        return vfdt_refuse(why, -EINVAL, "structure: property at 0x%x without a name, error %d",
                           (unsigned)offset, -len);
    }
    if (len < 0 || (unsigned)(next - offset) < PROP_HEADER ||
        (unsigned)len > (unsigned)(next - offset) - PROP_HEADER) {
        return vfdt_refuse(why, -EINVAL,
                           "structure: property at 0x%x of %u bytes, more than there are",
                           (unsigned)offset, (unsigned)len);
    }
    if (memchr(name, '\0', PROP_NAME_MAX + 1u) == NULL) {
        return vfdt_refuse(why, -EINVAL,
                           "structure: name of the property at 0x%x, expected at most %u bytes",
                           (unsigned)offset, PROP_NAME_MAX);
    }
    return 0;
}

struct nesting {
    int depth;
    bool has_root, may_have_props;
};

static bool is_nameless(const void *blob, int node)
{
    const char *name = fdt_get_name(blob, node, NULL);

    return name != NULL && name[0] == '\0';
}

/* There is one root, without a name and with nothing around it: libfdt takes that for granted.
 * Below it tags nest, and properties come before subnodes. */
static bool fits(const void *blob, int offset, uint32_t tag, struct nesting *n)
{
    switch (tag) {
    case FDT_BEGIN_NODE:
        if (n->depth == 0 && (n->has_root || !is_nameless(blob, offset))) {
            return false;
        }
        n->depth++;
        n->has_root = true;
        n->may_have_props = true;
        return true;
    case FDT_END_NODE:
        n->may_have_props = false;
        return n->depth-- > 0;
    case FDT_PROP:
        return n->may_have_props;
    case FDT_END:
        return n->depth == 0 && n->has_root;
    default:
        return n->depth > 0;
    }
}

/* Each turn moves on or ends. */
static int check_structure(const void *blob, const struct vfdt_why *why)
{
    struct nesting nesting = {0, false, false};
    uint32_t tag = FDT_NOP;
    int ret = 0;

    for (int offset = 0, next = 0; tag != FDT_END && ret == 0; offset = next) {
        tag = fdt_next_tag(blob, offset, &next);
        if (next <= offset) {
            return vfdt_refuse(why, -EINVAL, "structure: broken or cut at 0x%x of 0x%x bytes",
                               (unsigned)offset, field(fdt_size_dt_struct(blob)));
        }
        if (!fits(blob, offset, tag, &nesting)) {
            return vfdt_refuse(why, -EINVAL, "structure: tag %u at 0x%x, out of place", field(tag),
                               (unsigned)offset);
        }
        if (tag == FDT_PROP) {
            ret = check_prop(blob, offset, next, why);
        }
    }
    return ret;
}

int virtio_fdt_check(const void *blob, size_t size, char *why)
{
    const struct vfdt_why blame = {NULL, why};
    int ret = check_header(blob, size, &blame);

    ret = ret != 0 ? ret : check_structure(blob, &blame);
    if (ret == 0 && why != NULL) {
        why[0] = '\0';
    }
    return ret;
}
