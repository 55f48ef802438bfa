/* SPDX-License-Identifier: Apache-2.0 */
/* The fault engine: counts the opportunities of the armed fault and says when to strike. */
#include <string.h>

#include "board.h"

void model_fault_arm(struct model_board *board, const struct model_fault_plan *plan)
{
    board->fault = *plan;
    board->fault_opportunities = 0;
    board->fault_strikes = 0;
}

void model_fault_disarm(struct model_board *board)
{
    memset(&board->fault, 0, sizeof(board->fault));
    board->fault.id = MODEL_FAULT_NONE;
}

void model_fault_cease(struct model_board *board)
{
    board->fault.k = 0; /* opportunities are counted from 1 */
    board->fault.persistent = false;
}

bool model_fault_hit(struct model_board *board, enum model_fault_id id)
{
    const struct model_fault_plan *plan = &board->fault;

    if (plan->id != id || id == MODEL_FAULT_NONE)
        return false;
    uint32_t n = ++board->fault_opportunities;
    bool strike = plan->persistent ? n >= plan->k : n == plan->k;
    if (strike) {
        board->fault_strikes++;
        trace(board, NO_SLOT, "FAULT %s variant %u at opportunity %u",
              model_fault_row(id) ? model_fault_row(id)->id : "?", plan->variant, n);
    }
    return strike;
}

unsigned model_fault_variant(const struct model_board *board)
{
    return board->fault.variant;
}

uint32_t model_fault_opportunities(const struct model_board *board)
{
    return board->fault_opportunities;
}

uint32_t model_fault_strikes(const struct model_board *board)
{
    return board->fault_strikes;
}
