/* SPDX-License-Identifier: Apache-2.0 */
/* The rule book as data (see rule_table.h), and the two functions that read it. */
#include "virtio_model/model_rules.h"

#include "rule_table.h"

#define ROW(sym, id, level, section, kind, text, note)                                             \
    [MODEL_RULE_##sym] = {(id), (level), (section), (text), MODEL_RULE_##kind, (note)},

static const struct model_rule rule_table[MODEL_RULE_COUNT] = {MODEL_RULES(ROW)};

size_t model_rule_count(void)
{
    return MODEL_RULE_COUNT;
}

const struct model_rule *model_rule_at(size_t i)
{
    return i < MODEL_RULE_COUNT ? &rule_table[i] : NULL;
}
