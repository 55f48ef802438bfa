/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device configuration space, v1.2 2.5 and 4.2.2.2: access widths by the field table of the
 * device type, fields that exist only with their feature, the generation bracket around wide reads.
 */
#include <string.h>

#include "bytes.h"
#include "device.h"

#define CONFIG_BASE   0x100u
#define REG_CONFIGGEN 0xfcu

static const struct config_field *field_at(const struct model_device *dev, uint32_t off)
{
    for (unsigned i = 0; i < dev->ops->n_fields; i++) {
        const struct config_field *f = &dev->ops->fields[i];
        if (off >= f->off && off < f->off + (uint32_t)f->width * f->count)
            return f;
    }
    return NULL;
}

/* The access covers one element as it has to: 64-bit fields in two halves; bytes too on v1. */
static bool width_right(const struct model_device *dev, const struct config_field *f, uint32_t off,
                        unsigned width)
{
    const unsigned unit = f->width < 4 ? f->width : 4;

    if (!dev_modern(dev) && width == 1)
        return true;
    if (f->flags & CFG_UNION)
        return width <= 4 && (off - f->off) % width == 0;
    return width == unit && (off - f->off) % unit == 0;
}

/* Offered as the driver knows it; as it is while the driver has not looked. */
static bool gate_open(const struct model_device *dev, unsigned bit)
{
    const uint64_t known = (dev->words_shown >> bit / 32 & 1) != 0 ? dev->shown : dev->offered;

    return (known >> bit & 1) != 0;
}

/* Judges an access; NULL when it does not touch a field at all. */
static const struct config_field *check_access(struct model_device *dev, uint32_t off,
                                               unsigned width, const char *verb)
{
    struct model_board *board = dev->board;
    const struct config_field *f = field_at(dev, off);

    if (!rule_check(board, MODEL_RULE_DRV_MMIO_001, f != NULL, dev->slot,
                    "config %s at %#x (%u bytes), which is no field of the device type", verb, off,
                    width))
        return NULL;
    rule_check(board, MODEL_RULE_DRV_MMIO_005, width_right(dev, f, off, width), dev->slot,
               "config %s of %s at %#x with %u bytes, expected aligned %u", verb, f->name, off,
               width, f->width < 4 ? f->width : 4);
    if (f->gate >= 0)
        rule_check(board, MODEL_RULE_DRV_CORE_017, gate_open(dev, (unsigned)f->gate), dev->slot,
                   "config %s of %s, whose feature %d is not offered", verb, f->name, f->gate);
    return f;
}

static uint64_t load_n(const uint8_t *p, unsigned width)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < width; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* Bytes of what is read as one value: an element, or of a union what is asked for. */
static unsigned element_width(const struct config_field *f, unsigned width)
{
    return (f->flags & CFG_UNION) != 0 && width <= 4 ? width : f->width;
}

/* The value of the field element as shown now, then the part of it that was asked for. */
static uint64_t shown_part(struct model_device *dev, const struct config_field *f, uint32_t off,
                           unsigned width)
{
    const unsigned unit = element_width(f, width);
    const uint32_t element = f->off + (off - f->off) / unit * unit;
    const unsigned part = (unsigned)(off - element);
    const unsigned index = (unsigned)(f - dev->ops->fields);
    uint64_t val = load_n(&dev->config[element], unit);

    val = config_faulty(dev, index, part == 0, val);
    if (dev->ops->config_shown)
        val = dev->ops->config_shown(dev, index, part == 0, val);
    val >>= 8 * part;
    if (width < 8)
        val &= (UINT64_C(1) << (8 * width)) - 1;
    if (dev->ops->config_was_read)
        dev->ops->config_was_read(dev, index, part, width, val);
    return val;
}

/* QEMU answers any width anywhere and 0xff behind the end. */
static uint64_t raw_read(const struct model_device *dev, uint32_t off, unsigned width)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < width; i++)
        v |= (uint64_t)(off + i < dev->config_len ? dev->config[off + i] : 0xff) << (8 * i);
    return v;
}

static void note_bracket(struct model_device *dev, const struct config_field *f)
{
    if (!dev_modern(dev) || f->width <= 4)
        return;
    rule_check(dev->board, MODEL_RULE_DRV_CORE_016, dev->gen_reads != 0, dev->slot,
               "%s read without ConfigGeneration before it", f->name);
    dev->wide_unclosed = true;
}

void config_bracket(struct model_device *dev, uint32_t off)
{
    if (off == REG_CONFIGGEN) {
        dev->gen_reads++;
        dev->wide_unclosed = false;
        return;
    }
    /* An interrupt handler may come in between. */
    if (dev->board->in_handler)
        return;
    dev->gen_reads = 0;
    if (!dev->wide_unclosed)
        return;
    dev->wide_unclosed = false;
    rule_check(dev->board, MODEL_RULE_DRV_CORE_016, false, dev->slot,
               "a 64-bit config field was read without ConfigGeneration after it");
}

uint64_t config_read(struct model_device *dev, uint32_t off, unsigned width)
{
    struct model_board *board = dev->board;
    uint64_t val;

    off -= CONFIG_BASE;
    dev->count.config_reads++;
    const struct config_field *f = check_access(dev, off, width, "read");
    if (!f) {
        val = off >= dev->config_len && dev_strict(dev) ? 0 : raw_read(dev, off, width);
    } else {
        if ((f->flags & CFG_AFTER_FEATURES) && dev_modern(dev))
            rule_check(board, dev->ops->early_read_rule, (dev->told & ST_FEATURES_OK) != 0,
                       dev->slot, "%s read with Status %#x, expected FEATURES_OK first", f->name,
                       dev->told);
        note_bracket(dev, f);
        const uint32_t unit = element_width(f, width);
        const uint32_t left = unit - (off - f->off) % unit;
        val = width <= left ? shown_part(dev, f, off, width) : raw_read(dev, off, width);
        if (fault(board, MODEL_FAULT_CFG_WIDTH) &&
            (dev_modern(dev) ? !width_right(dev, f, off, width) : width == 8))
            val = UINT64_MAX;
    }
    trace(board, dev->slot, "config r%u %s+%u -> %#llx", 8 * width, f ? f->name : "?",
          f ? off - f->off : off, (unsigned long long)val);
    return val;
}

void config_write(struct model_device *dev, uint32_t off, unsigned width, uint64_t val)
{
    struct model_board *board = dev->board;

    off -= CONFIG_BASE;
    const struct config_field *f = check_access(dev, off, width, "write");
    trace(board, dev->slot, "config w%u %s+%u <- %#llx", 8 * width, f ? f->name : "?",
          f ? off - f->off : off, (unsigned long long)val);
    if (!f)
        return;
    if (dev_modern(dev) && (f->flags & CFG_ANY_TIME) == 0)
        rule_check(board, MODEL_RULE_DRV_CORE_028, (dev->told & ST_FEATURES_OK) != 0, dev->slot,
                   "%s <- %#llx during feature negotiation", f->name, (unsigned long long)val);
    if (!rule_check(board, MODEL_RULE_DRV_MMIO_002, (f->flags & CFG_WRITABLE) != 0, dev->slot,
                    "%s <- %#llx, a read-only field", f->name, (unsigned long long)val))
        return;
    if (dev->ops->config_written)
        dev->ops->config_written(dev, off, width, val);
}
