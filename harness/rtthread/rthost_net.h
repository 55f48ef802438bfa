/* SPDX-License-Identifier: Apache-2.0 */
/* The network side of the host kernel, for tests. */
#ifndef RTHOST_NET_H
#define RTHOST_NET_H

#include <netif/ethernetif.h>

/* Opens the interface's device, as the TCP/IP thread does; eth_device_init() calls it. */
rt_err_t rthost_eth_start(struct eth_device *dev);

/* The receive thread's turn: link changes, then, if the device said that it is ready, all frames
 * go to netif->input (NULL: freed). Returns the number of frames. */
unsigned rthost_eth_receive(struct eth_device *dev);

#endif
