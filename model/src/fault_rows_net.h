/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the fault table for the network device; included inside the table of fault_table.c,
 * with its macros. OK stands for coped: a frame may be dropped and counted, the next one arrives.
 * ETIMEDOUT stands for a frame that was waited for and never came.
 */
/* clang-format off */
    ROW(NET_RX_SHORT) =
        {"NET-RX-SHORT", NET, ANY, EITHER, 4, ALLOW4(OK, ETIMEDOUT, EIO, EPROTO), "frame received",
         "used length of its first buffer: 0: 0; 1: 1; 2: one less than the header; 3: the header",
         "RT-Thread 11327", 0},
    ROW(NET_RX_LONG) =
        {"NET-RX-LONG", NET, ANY, EITHER, 3, ALLOW4(OK, ETIMEDOUT, EIO, EPROTO), "frame received",
         "used length of its first buffer: 0: one more than it holds; 1: 0xffffffff; 2: with bit "
         "31 set",
         "CVE-2021-38160 class", 0},
    ROW(NET_RX_STALE) =
        {"NET-RX-STALE", NET, ANY, EITHER, 2, ALLOW5(OK, DATA_MAY, ETIMEDOUT, EIO, EPROTO),
         "frame received",
         "used length right, what the driver left in the buffer stays but for: 0: nothing; 1: the "
         "header",
         "", 0},
    ROW(NET_MRG_NUM) =
        {"NET-MRG-NUM", NET, ANY, EITHER, 4, ALLOW5(OK, DATA_MAY, ETIMEDOUT, EIO, EPROTO),
         "frame received with a 12-byte header",
         "num_buffers: 0: 0; 1: one too many; 2: 65535; 3: seeded, too many; without MRG_RXBUF "
         "nobody needs it",
         "", 0},
    ROW(NET_MRG_SPLIT) =
        {"NET-MRG-SPLIT", NET, ANY, EITHER, 4, ALLOW4(OK, ETIMEDOUT, EIO, EPROTO),
         "frame received, MRG_RXBUF agreed and a second buffer posted",
         "the frame is cut in its middle and goes into two buffers: 0: the second one comes 50 us "
         "after the first; 1: its used entry has an id out of range; 2: the device stops after "
         "the first; 3: both come together, the first not filled",
         "", BIT(15)},
    ROW(NET_GSO) =
        {"NET-GSO", NET, ANY, EITHER, 6, ALLOW4(OK, ETIMEDOUT, EIO, EPROTO), "frame received",
         "gso_type: 0: 2, which nobody defines; 1: 0x7f; TCPV4 with: 2: gso_size 0; 3: hdr_len "
         "65535; 4: without NEEDS_CSUM; 5: both tunnel bits",
         "", 0},
    ROW(NET_CSUM) =
        {"NET-CSUM", NET, ANY, EITHER, 4, ALLOW4(OK, ETIMEDOUT, EIO, EPROTO), "frame received",
         "NEEDS_CSUM with: 0: csum_start behind the frame; 1: the field's second byte behind it; "
         "2: both 65535; 3: a sum that wraps 16 bits",
         "", 0},
    ROW(NET_HDR_10_12) =
        {"NET-HDR-10-12", NET, ANY, EITHER, 2, ALLOW5(OK, DATA_MAY, ETIMEDOUT, EIO, EPROTO),
         "0: frame received in one buffer; 1: frame transmitted",
         "the device uses the other header length, 12 for 10 and 10 for 12", "", 0},
    ROW(NET_RX_EMPTY) =
        {"NET-RX-EMPTY", NET, ANY, EITHER, 2, ALLOW2(OK, ETIMEDOUT), "frame arrives on the wire",
         "0: it is lost for want of a buffer; 1: before it come as many frames (64 bytes, to all, "
         "Ethertype 0x88b6) as the queue has entries and four more",
         "", 0},
    ROW(NET_TX_STUCK) =
        {"NET-TX-STUCK", NET, ANY, EITHER, 2,
         ALLOW6(OK, ETIMEDOUT, EAGAIN, ENOBUFS, EIO, ECANCELED), "transmit chain taken",
         "0: this chain is never served; 1: the queue is not served any more until reset", "", 0},
    ROW(NET_LINK_FLAP) =
        {"NET-LINK-FLAP", NET, ANY, EITHER, 3, ALLOW3(OK, ENETDOWN, ETIMEDOUT),
         "transmit chain taken, STATUS agreed",
         "the link goes down, with a configuration change interrupt: 0: and up again at once; 1: "
         "up again when a transmit chain is given back; 2: for good; frames meanwhile are lost",
         "", BIT(16)},
    ROW(NET_MAC_MULTICAST) =
        {"NET-MAC-MULTICAST", NET, ANY, EITHER, 3, ALLOW3(OK, EINVAL, EPROTO),
         "config read of the first byte of mac",
         "the address reads: 0: with the group bit; 1: all zero; 2: all ones", "", BIT(5)},
    ROW(NET_MTU) = {"NET-MTU", NET, MODERN, EITHER, 3,
                    ALLOW6(OK, EINVAL, EPROTO, ERANGE, ENOTSUP, ENOMEM), "config read of mtu",
                    "0: 0; 1: 67; 2: 65535", "", BIT(3)},
    ROW(NET_PAIRS) =
        {"NET-PAIRS", NET, ANY, EITHER, 2, ALLOW6(OK, EINVAL, EPROTO, ERANGE, ENOTSUP, ETIMEDOUT),
         "config read of max_virtqueue_pairs", "0: 0; 1: 32769", "", BIT(17) | BIT(22)},
    ROW(NET_CTRL_NAK) = {"NET-CTRL-NAK", NET, ANY, EITHER, 1, ALLOW2(OK, EIO),
                         "control command served", "not carried out, ack ERR (1)", "", BIT(17)},
    ROW(NET_CTRL_SILENT) = {"NET-CTRL-SILENT", NET, ANY, EITHER, 1, ALLOW2(OK, ETIMEDOUT),
                            "control chain taken", "never served", "", BIT(17)},
    ROW(NET_CTRL_GARBAGE) =
        {"NET-CTRL-GARBAGE", NET, ANY, EITHER, 4, ALLOW3(OK, EIO, EPROTO), "control command served",
         "carried out, ack: 0: 2; 1: 0x80; 2: 0xff; not carried out: 3: left as the driver gave it", "", BIT(17)},
    ROW(NET_HOSTILE) =
        {"NET-HOSTILE", NET, ANY, EITHER, 4, ALLOW5(OK, DATA_MAY, ETIMEDOUT, EIO, EPROTO),
         "0, 1, 2: frame received; 3: transmit or control chain served",
         "seeded: 0: every byte of the header; 1: the used length of the first buffer; 2: both; "
         "3: the used length",
         "", 0},
    ROW(NET_CORRUPT) = {"NET-CORRUPT", NET, ANY, EITHER, 1, ALLOW1(DATA), "frame received",
                        "one bit in the middle of its payload differs", "", 0},
