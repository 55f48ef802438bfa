/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the VirtIO specification that callers may need: device ids, feature bits, status. */
#ifndef VIRTIO_SPEC_H
#define VIRTIO_SPEC_H

#include <stdint.h>

/* Device types, section 5. */
#define VIRTIO_ID_NONE    0u
#define VIRTIO_ID_NET     1u
#define VIRTIO_ID_BLOCK   2u
#define VIRTIO_ID_CONSOLE 3u
#define VIRTIO_ID_GPU     16u
#define VIRTIO_ID_INPUT   18u

/* Version register of the MMIO transport, section 4.2.2. */
#define VIRTIO_MMIO_VERSION_LEGACY 1u
#define VIRTIO_MMIO_VERSION_MODERN 2u

/* Device status field, section 2.1. */
#define VIRTIO_STATUS_ACKNOWLEDGE 0x01u
#define VIRTIO_STATUS_DRIVER      0x02u
#define VIRTIO_STATUS_DRIVER_OK   0x04u
#define VIRTIO_STATUS_FEATURES_OK 0x08u
#define VIRTIO_STATUS_NEEDS_RESET 0x40u
#define VIRTIO_STATUS_FAILED      0x80u

/* Feature bits are masks of a 64-bit word on every architecture. */
#define VIRTIO_FEATURE(bit) (UINT64_C(1) << (bit))

/* Transport and ring features, section 6. */
#define VIRTIO_F_NOTIFY_ON_EMPTY   VIRTIO_FEATURE(24)
#define VIRTIO_F_ANY_LAYOUT        VIRTIO_FEATURE(27)
#define VIRTIO_F_INDIRECT_DESC     VIRTIO_FEATURE(28)
#define VIRTIO_F_EVENT_IDX         VIRTIO_FEATURE(29)
#define VIRTIO_F_VERSION_1         VIRTIO_FEATURE(32)
#define VIRTIO_F_ACCESS_PLATFORM   VIRTIO_FEATURE(33)
#define VIRTIO_F_RING_PACKED       VIRTIO_FEATURE(34)
#define VIRTIO_F_IN_ORDER          VIRTIO_FEATURE(35)
#define VIRTIO_F_ORDER_PLATFORM    VIRTIO_FEATURE(36)
#define VIRTIO_F_NOTIFICATION_DATA VIRTIO_FEATURE(38)
#define VIRTIO_F_RING_RESET        VIRTIO_FEATURE(40)

/* Block device features, section 5.2.3. */
#define VIRTIO_BLK_F_SIZE_MAX     VIRTIO_FEATURE(1)
#define VIRTIO_BLK_F_SEG_MAX      VIRTIO_FEATURE(2)
#define VIRTIO_BLK_F_GEOMETRY     VIRTIO_FEATURE(4)
#define VIRTIO_BLK_F_RO           VIRTIO_FEATURE(5)
#define VIRTIO_BLK_F_BLK_SIZE     VIRTIO_FEATURE(6)
#define VIRTIO_BLK_F_FLUSH        VIRTIO_FEATURE(9)
#define VIRTIO_BLK_F_TOPOLOGY     VIRTIO_FEATURE(10)
#define VIRTIO_BLK_F_CONFIG_WCE   VIRTIO_FEATURE(11)
#define VIRTIO_BLK_F_MQ           VIRTIO_FEATURE(12)
#define VIRTIO_BLK_F_DISCARD      VIRTIO_FEATURE(13)
#define VIRTIO_BLK_F_WRITE_ZEROES VIRTIO_FEATURE(14)
#define VIRTIO_BLK_F_LIFETIME     VIRTIO_FEATURE(15)
#define VIRTIO_BLK_F_SECURE_ERASE VIRTIO_FEATURE(16)

/* Network device features, section 5.1.3. */
#define VIRTIO_NET_F_CSUM                VIRTIO_FEATURE(0)
#define VIRTIO_NET_F_GUEST_CSUM          VIRTIO_FEATURE(1)
#define VIRTIO_NET_F_CTRL_GUEST_OFFLOADS VIRTIO_FEATURE(2)
#define VIRTIO_NET_F_MTU                 VIRTIO_FEATURE(3)
#define VIRTIO_NET_F_MAC                 VIRTIO_FEATURE(5)
#define VIRTIO_NET_F_GUEST_TSO4          VIRTIO_FEATURE(7)
#define VIRTIO_NET_F_GUEST_TSO6          VIRTIO_FEATURE(8)
#define VIRTIO_NET_F_GUEST_ECN           VIRTIO_FEATURE(9)
#define VIRTIO_NET_F_GUEST_UFO           VIRTIO_FEATURE(10)
#define VIRTIO_NET_F_HOST_TSO4           VIRTIO_FEATURE(11)
#define VIRTIO_NET_F_HOST_TSO6           VIRTIO_FEATURE(12)
#define VIRTIO_NET_F_HOST_ECN            VIRTIO_FEATURE(13)
#define VIRTIO_NET_F_HOST_UFO            VIRTIO_FEATURE(14)
#define VIRTIO_NET_F_MRG_RXBUF           VIRTIO_FEATURE(15)
#define VIRTIO_NET_F_STATUS              VIRTIO_FEATURE(16)
#define VIRTIO_NET_F_CTRL_VQ             VIRTIO_FEATURE(17)
#define VIRTIO_NET_F_CTRL_RX             VIRTIO_FEATURE(18)
#define VIRTIO_NET_F_CTRL_VLAN           VIRTIO_FEATURE(19)
#define VIRTIO_NET_F_GUEST_ANNOUNCE      VIRTIO_FEATURE(21)
#define VIRTIO_NET_F_MQ                  VIRTIO_FEATURE(22)
#define VIRTIO_NET_F_CTRL_MAC_ADDR       VIRTIO_FEATURE(23)
#define VIRTIO_NET_F_SPEED_DUPLEX        VIRTIO_FEATURE(63)

/* Console features, section 5.3.3. */
#define VIRTIO_CONSOLE_F_SIZE        VIRTIO_FEATURE(0)
#define VIRTIO_CONSOLE_F_MULTIPORT   VIRTIO_FEATURE(1)
#define VIRTIO_CONSOLE_F_EMERG_WRITE VIRTIO_FEATURE(2)

/* GPU features, section 5.7.3. */
#define VIRTIO_GPU_F_EDID VIRTIO_FEATURE(1)

#endif
