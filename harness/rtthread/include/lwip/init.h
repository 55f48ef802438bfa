/* SPDX-License-Identifier: Apache-2.0 */
/* The version of lwIP whose declarations these are. */
#ifndef LWIP_HDR_INIT_H
#define LWIP_HDR_INIT_H

#include "lwip/opt.h"

#define LWIP_VERSION_MAJOR    2U
#define LWIP_VERSION_MINOR    1U
#define LWIP_VERSION_REVISION 2U

#endif
