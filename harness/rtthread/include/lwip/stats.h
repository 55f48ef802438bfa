/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's counters of the link layer; read by tests. */
#ifndef LWIP_HDR_STATS_H
#define LWIP_HDR_STATS_H

#include "lwip/arch.h"

#define STAT_COUNTER u16_t

struct stats_proto {
    STAT_COUNTER xmit, recv, fw, drop, chkerr, lenerr, memerr, rterr, proterr, opterr, err,
        cachehit;
};
struct stats_ {
    struct stats_proto link;
};
extern struct stats_ lwip_stats;

#define STATS_INC(x)      ++lwip_stats.x
#define LINK_STATS_INC(x) STATS_INC(x)

#endif
