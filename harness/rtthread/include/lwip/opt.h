/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the host's lwIP. */
#ifndef LWIP_HDR_OPT_H
#define LWIP_HDR_OPT_H

#ifndef LWIP_SUPPORT_CUSTOM_PBUF
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#endif
#define ETH_PAD_SIZE 0

#endif
