/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule book as one X-macro list and the enumeration made from it, which the checks use:
 *     X(symbol, "id", "level", "section", KIND, "text", "note")
 * KIND is the tail of an enum model_rule_kind constant. The table itself is in rule_table.c.
 */
#ifndef MODEL_RULE_TABLE_H
#define MODEL_RULE_TABLE_H

#include "rule_rows_blk.h"
#include "rule_rows_console.h"
#include "rule_rows_core.h"
#include "rule_rows_gpu.h"
#include "rule_rows_input.h"
#include "rule_rows_legacy.h"
#include "rule_rows_legacy_types.h"
#include "rule_rows_mmio.h"
#include "rule_rows_net.h"
#include "rule_rows_split.h"

#define MODEL_RULES(X)                                                                             \
    MODEL_RULES_CORE(X)                                                                            \
    MODEL_RULES_SPLIT(X)                                                                           \
    MODEL_RULES_MMIO(X)                                                                            \
    MODEL_RULES_LMMIO(X)                                                                           \
    MODEL_RULES_LEGACY(X)                                                                          \
    MODEL_RULES_LEGACY_TYPES(X)                                                                    \
    MODEL_RULES_BLK(X)                                                                             \
    MODEL_RULES_NET(X)                                                                             \
    MODEL_RULES_CONSOLE(X)                                                                         \
    MODEL_RULES_GPU(X)                                                                             \
    MODEL_RULES_INPUT(X)                                                                           \
    MODEL_RULES_CONTRACT(X)

#define MODEL_RULE_ENUM_(sym, id, level, section, kind, text, note) MODEL_RULE_##sym,
enum model_rule_id { MODEL_RULES(MODEL_RULE_ENUM_) MODEL_RULE_COUNT };
#undef MODEL_RULE_ENUM_

#endif
