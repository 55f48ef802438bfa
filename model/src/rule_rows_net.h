/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties concerning the network device (v1.2 section 5.1).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_NET_H
#define MODEL_RULE_ROWS_NET_H

#define MODEL_RULES_NET(X)                                                                         \
    X(DRV_NET_001, "DRV-NET-001", "MUST", "v1.2 5.1.2", CHECKED,                                   \
      "Use queue indices: receive n at 2(n-1), transmit n at 2(n-1)+1, control after all pairs",   \
      "")                                                                                          \
    X(DRV_NET_002, "DRV-NET-002", "MUST", "v1.2 5.1.2", CHECKED,                                   \
      "Use a control queue only when CTRL_VQ was agreed", "")                                      \
    X(DRV_NET_003, "DRV-NET-003", "MUST", "v1.2 5.1.3.1", CHECKED,                                 \
      "Honour feature prerequisites (TSO/UFO/USO need CSUM side, ECN needs TSO, control features " \
      "need CTRL_VQ, etc.)",                                                                       \
      "")                                                                                          \
    X(DRV_NET_004, "DRV-NET-004", "MUST NOT", "v1.2 5.1.4.2", CHECKED,                             \
      "Treat all net config fields as read-only", "reported as DRV-MMIO-002")                      \
    X(DRV_NET_005, "DRV-NET-005", "SHOULD", "v1.2 5.1.4.2", CHECKED, "Negotiate MAC if offered",   \
      "")                                                                                          \
    X(DRV_NET_006, "DRV-NET-006", "MUST", "v1.2 5.1.4.2", CHECKED,                                 \
      "With MAC agreed, adopt the address from config", "")                                        \
    X(DRV_NET_007, "DRV-NET-007", "SHOULD", "v1.2 5.1.4.2", SCENARIO,                              \
      "Without MAC use a locally administered address",                                            \
      "a device without MAC: the driver reports a locally administered address")                   \
    X(DRV_NET_008, "DRV-NET-008", "SHOULD", "v1.2 5.1.4.2", CHECKED,                               \
      "Without STATUS assume the link is up", "")                                                  \
    X(DRV_NET_009, "DRV-NET-009", "SHOULD", "v1.2 5.1.4.2", CHECKED,                               \
      "With STATUS agreed derive link state from status bit 0", "")                                \
    X(DRV_NET_010, "DRV-NET-010", "SHOULD", "v1.2 5.1.4.2", CHECKED, "Negotiate MTU if offered",   \
      "")                                                                                          \
    X(DRV_NET_011, "DRV-NET-011", "MUST", "v1.2 5.1.4.2", CHECKED,                                 \
      "With MTU agreed post receive buffers able to hold an mtu-sized frame plus link header", "") \
    X(DRV_NET_012, "DRV-NET-012", "MUST NOT", "v1.2 5.1.4.2", CHECKED,                             \
      "With MTU agreed never send unsegmented frames above mtu plus link header", "")              \
    X(DRV_NET_013, "DRV-NET-013", "SHOULD", "v1.2 5.1.4.2", UNUSED,                                \
      "Negotiate STANDBY if offered", "STANDBY")                                                   \
    X(DRV_NET_014, "DRV-NET-014", "MUST", "v1.2 5.1.4.2", SCENARIO,                                \
      "With SPEED_DUPLEX treat speed above 0x7fffffff and duplex other than 0/1 as unknown",       \
      "odd values of speed and duplex, fault CFG-HOSTILE")                                         \
    X(DRV_NET_015, "DRV-NET-015", "SHOULD", "v1.2 5.1.4.2", SCENARIO,                              \
      "With SPEED_DUPLEX re-read speed and duplex on config change",                               \
      "speed and duplex change with the link")                                                     \
    X(DRV_NET_016, "DRV-NET-016", "SHOULD NOT", "v1.2 5.1.4.2", UNUSED,                            \
      "Do not take HASH_REPORT without CTRL_VQ", "HASH_REPORT")                                    \
    X(DRV_NET_017, "DRV-NET-017", "SHOULD NOT", "v1.2 5.1.4.2", CHECKED,                           \
      "Do not take CTRL_RX_EXTRA without CTRL_VQ", "")                                             \
    X(DRV_NET_018, "DRV-NET-018", "SHOULD", "v1.2 5.1.5", CHECKED,                                 \
      "Fill receive queues with buffers during setup", "")                                         \
    X(DRV_NET_019, "DRV-NET-019", "MUST", "v1.2 5.1.5", CHECKED,                                   \
      "Use just the first queue pair until a pair-count command succeeds",                         \
      "reported as DRV-NET-087")                                                                   \
    X(DRV_NET_020, "DRV-NET-020", "MUST", "v1.2 5.1.6", CHECKED,                                   \
      "Prefix every packet with the net header: 12 bytes modern (20 with HASH_REPORT), 10 legacy " \
      "without MRG_RXBUF",                                                                         \
      "")                                                                                          \
    X(DRV_NET_021, "DRV-NET-021", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "Use the same header size on transmit as on receive", "reported as DRV-NET-020")             \
    X(DRV_NET_022, "DRV-NET-022", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "Set num_buffers to zero on transmit", "")                                                   \
    X(DRV_NET_023, "DRV-NET-023", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "Without CSUM set header flags to zero", "")                                                 \
    X(DRV_NET_024, "DRV-NET-024", "SHOULD", "v1.2 5.1.6.2.1", CHECKED,                             \
      "Without CSUM send completely checksummed packets", "")                                      \
    X(DRV_NET_025, "DRV-NET-025", "MAY", "v1.2 5.1.6.2.1", NOT_OBSERVABLE,                         \
      "With HOST_TSO4 request TCPv4 segmentation", "a permission, which nothing can breach")       \
    X(DRV_NET_026, "DRV-NET-026", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Without HOST_TSO4 never use gso type TCPV4", "")                                            \
    X(DRV_NET_027, "DRV-NET-027", "MAY", "v1.2 5.1.6.2.1", NOT_OBSERVABLE,                         \
      "With HOST_TSO6 request TCPv6 segmentation", "a permission, which nothing can breach")       \
    X(DRV_NET_028, "DRV-NET-028", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Without HOST_TSO6 never use gso type TCPV6", "")                                            \
    X(DRV_NET_029, "DRV-NET-029", "MAY", "v1.2 5.1.6.2.1", NOT_OBSERVABLE,                         \
      "With HOST_UFO request UDP fragmentation", "a permission, which nothing can breach")         \
    X(DRV_NET_030, "DRV-NET-030", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Without HOST_UFO never use gso type UDP", "")                                               \
    X(DRV_NET_031, "DRV-NET-031", "MAY", "v1.2 5.1.6.2.1", NOT_OBSERVABLE,                         \
      "With HOST_USO request UDP segmentation", "a permission, which nothing can breach")          \
    X(DRV_NET_032, "DRV-NET-032", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Without HOST_USO never use gso type UDP_L4", "")                                            \
    X(DRV_NET_033, "DRV-NET-033", "SHOULD NOT", "v1.2 5.1.6.2.1", CHECKED,                         \
      "Without HOST_ECN do not hand over segmentation packets with ECN set", "")                   \
    X(DRV_NET_034, "DRV-NET-034", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "With HOST_ECN flag ECN segmentation packets with the ECN bit", "")                          \
    X(DRV_NET_035, "DRV-NET-035", "MAY", "v1.2 5.1.6.2.1", NOT_OBSERVABLE,                         \
      "With CSUM the NEEDS_CSUM flag may be used for partial checksums",                           \
      "a permission, which nothing can breach")                                                    \
    X(DRV_NET_036, "DRV-NET-036", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "When NEEDS_CSUM is used, earlier checksums and the given one must already be valid", "")    \
    X(DRV_NET_037, "DRV-NET-037", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "When NEEDS_CSUM is used, seed the checksum field with the pseudo header sum", "")           \
    X(DRV_NET_038, "DRV-NET-038", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "When NEEDS_CSUM is used, set csum_start and csum_offset so completing the sum there gives " \
      "a valid packet",                                                                            \
      "")                                                                                          \
    X(DRV_NET_039, "DRV-NET-039", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "With no host segmentation feature agreed use gso type NONE", "")                            \
    X(DRV_NET_040, "DRV-NET-040", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "A segmentation packet also sets NEEDS_CSUM", "")                                            \
    X(DRV_NET_041, "DRV-NET-041", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "A segmentation packet carries the wanted segment size in gso_size", "")                     \
    X(DRV_NET_042, "DRV-NET-042", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "With HDRLEN agreed a segmentation packet gives the exact header length", "")                \
    X(DRV_NET_043, "DRV-NET-043", "SHOULD", "v1.2 5.1.6.2.1", CHECKED,                             \
      "Otherwise give a header length at least as large as the real headers", "")                  \
    X(DRV_NET_044, "DRV-NET-044", "SHOULD", "v1.2 5.1.6.2.1", NOT_OBSERVABLE,                      \
      "Accept GUEST_HDRLEN when offered and exact lengths can be supplied",                        \
      "whether exact lengths can be supplied is the driver's own knowledge")                       \
    X(DRV_NET_045, "DRV-NET-045", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Never set DATA_VALID on transmit", "")                                                      \
    X(DRV_NET_046, "DRV-NET-046", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Never set RSC_INFO on transmit", "")                                                        \
    X(DRV_NET_047, "DRV-NET-047", "MAY", "v1.2 5.1.6.2.1", UNUSED,                                 \
      "With OUT_NET_HEADER the outer network header offset may be supplied", "OUT_NET_HEADER")     \
    X(DRV_NET_048, "DRV-NET-048", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Use UDP tunnel GSO bits only with HOST_UDP_TUNNEL_GSO, never both families at once nor "    \
      "with gso UDP",                                                                              \
      "reported as DRV-NET-110")                                                                   \
    X(DRV_NET_049, "DRV-NET-049", "MUST", "v1.2 5.1.6.2.1", UNUSED,                                \
      "With a tunnel GSO bit set the matching inner family bit, outer transport offset and inner " \
      "network offset",                                                                            \
      "HOST_UDP_TUNNEL_GSO")                                                                       \
    X(DRV_NET_050, "DRV-NET-050", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Set the outer checksum flag only with the tunnel checksum feature and a tunnel GSO bit",    \
      "reported as DRV-NET-115")                                                                   \
    X(DRV_NET_051, "DRV-NET-051", "MUST NOT", "v1.2 5.1.6.2.1", UNUSED,                            \
      "Send tunnel segmentation with outer checksum offload only when both tunnel features are "   \
      "agreed",                                                                                    \
      "HOST_UDP_TUNNEL_GSO_CSUM")                                                                  \
    X(DRV_NET_052, "DRV-NET-052", "MUST", "v1.2 5.1.6.2.1", UNUSED,                                \
      "When the outer checksum flag is used, seed the outer UDP checksum with its pseudo header "  \
      "sum",                                                                                       \
      "HOST_UDP_TUNNEL_GSO_CSUM")                                                                  \
    X(DRV_NET_053, "DRV-NET-053", "MUST NOT", "v1.2 5.1.6.2.1", UNUSED,                            \
      "Without the tunnel checksum feature the outer UDP checksum is zero or already complete",    \
      "HOST_UDP_TUNNEL_GSO_CSUM")                                                                  \
    X(DRV_NET_054, "DRV-NET-054", "MUST NOT", "v1.2 5.1.6.2.1", CHECKED,                           \
      "Never combine DATA_VALID with tunnel GSO bits", "reported as DRV-NET-045")                  \
    X(DRV_NET_055, "DRV-NET-055", "MUST", "v1.2 5.1.6.2.1", CHECKED,                               \
      "The IPsec flag requires a created outbound SA object and its id in the header (needs "      \
      "admin commands, so not usable over mmio)",                                                  \
      "")                                                                                          \
    X(DRV_NET_056, "DRV-NET-056", "SHOULD", "v1.2 5.1.6.3.1", CHECKED,                             \
      "Without MRG_RXBUF but with guest segmentation features post receive buffers of at least "   \
      "65562 bytes (1.4 says 65601, plus 8 with HASH_REPORT)",                                     \
      "")                                                                                          \
    X(DRV_NET_057, "DRV-NET-057", "SHOULD", "v1.2 5.1.6.3.1", CHECKED,                             \
      "Without MRG_RXBUF and segmentation post receive buffers of at least 1526 bytes (1.4 says "  \
      "1534 with HASH_REPORT)",                                                                    \
      "")                                                                                          \
    X(DRV_NET_058, "DRV-NET-058", "MUST", "v1.2 5.1.6.3.1", CHECKED,                               \
      "With MRG_RXBUF every receive buffer holds at least one net header", "")                     \
    X(DRV_NET_059, "DRV-NET-059", "MUST", "v1.2 5.1.6.3.1", CHECKED,                               \
      "Size the header up to the last field enabled by agreed features (12, 20, 24 or 32 bytes)",  \
      "reported as DRV-NET-020")                                                                   \
    X(DRV_NET_060, "DRV-NET-060", "SHOULD", "v1.2 5.1.6.3.1", CHECKED,                             \
      "With MQ populate every receive queue that will be used", "")                                \
    X(DRV_NET_061, "DRV-NET-061", "MUST", "v1.2 5.1.6.4.2", SCENARIO,                              \
      "Ignore unknown flag bits on received headers", "fault NET-HOSTILE: unknown flags")          \
    X(DRV_NET_062, "DRV-NET-062", "MUST NOT", "v1.2 5.1.6.4.2", SCENARIO,                          \
      "Do not use csum fields unless NEEDS_CSUM is set and RSC_INFO clear",                        \
      "faults NET-CSUM, NET-HOSTILE")                                                              \
    X(DRV_NET_063, "DRV-NET-063", "MAY", "v1.2 5.1.6.4.2", NOT_OBSERVABLE,                         \
      "With guest segmentation use hdr_len as a hint only",                                        \
      "a permission, which nothing can breach")                                                    \
    X(DRV_NET_064, "DRV-NET-064", "MUST NOT", "v1.2 5.1.6.4.2", SCENARIO, "Never trust hdr_len",   \
      "fault NET-GSO: hdr_len 65535")                                                              \
    X(DRV_NET_065, "DRV-NET-065", "MUST NOT", "v1.2 5.1.6.4.2", NOT_OBSERVABLE,                    \
      "Without NEEDS_CSUM and DATA_VALID do not trust the packet checksum",                        \
      "what is trusted is decided by the reader of the frame")                                     \
    X(DRV_NET_066, "DRV-NET-066", "MUST NOT", "v1.2 5.1.6.4.2", SCENARIO,                          \
      "Reject received packets with inconsistent tunnel bits and ignore tunnel offsets when no "   \
      "tunnel bit is set",                                                                         \
      "faults NET-GSO (both tunnel bits), NET-HOSTILE")                                            \
    X(DRV_NET_067, "DRV-NET-067", "MUST NOT", "v1.2 5.1.6.4.2", UNUSED,                            \
      "Use outer_nh_offset only if OUT_NET_HEADER is agreed and the value is nonzero",             \
      "OUT_NET_HEADER")                                                                            \
    X(DRV_NET_068, "DRV-NET-068", "MUST", "v1.2 5.1.6.4", SCENARIO,                                \
      "With MRG_RXBUF gather num_buffers used buffers into one packet; only the first has a "      \
      "header",                                                                                    \
      "frames over several buffers")                                                               \
    X(DRV_NET_069, "DRV-NET-069", "MUST", "v1.2 5.1.6.4", SCENARIO,                                \
      "Validate num_buffers and used lengths against what was posted",                             \
      "faults NET-MRG-NUM, NET-MRG-SPLIT, NET-RX-LONG")                                            \
    X(DRV_NET_070, "DRV-NET-070", "MUST", "v1.4 5.1.9.4.4.5", CHECKED,                             \
      "Send the tunnel hash command only with HASH_TUNNEL agreed", "")                             \
    X(DRV_NET_071, "DRV-NET-071", "MUST NOT", "v1.4 5.1.9.4.4.5", UNUSED,                          \
      "Enable only tunnel types listed as supported", "HASH_TUNNEL")                               \
    X(DRV_NET_072, "DRV-NET-072", "MUST", "v1.4 5.1.9.4.4.5", UNUSED,                              \
      "Ignore undocumented bits of the supported tunnel mask", "HASH_TUNNEL")                      \
    X(DRV_NET_073, "DRV-NET-073", "MUST", "v1.2 5.1.6.5", CHECKED,                                 \
      "Control requests consist of class, command and data (readable) then a writable ack byte; "  \
      "treat ack other than 0 as failure",                                                         \
      "")                                                                                          \
    X(DRV_NET_074, "DRV-NET-074", "MUST NOT", "v1.2 5.1.6.5.1.2", CHECKED,                         \
      "Without CTRL_RX do not send PROMISC or ALLMULTI", "")                                       \
    X(DRV_NET_075, "DRV-NET-075", "MUST NOT", "v1.2 5.1.6.5.1.2", CHECKED,                         \
      "Without CTRL_RX_EXTRA do not send ALLUNI, NOMULTI, NOUNI or NOBCAST", "")                   \
    X(DRV_NET_076, "DRV-NET-076", "MUST NOT", "v1.2 5.1.6.5.2.2", CHECKED,                         \
      "Without CTRL_RX do not send MAC class commands", "")                                        \
    X(DRV_NET_077, "DRV-NET-077", "SHOULD", "v1.2 5.1.6.5.2.2", SCENARIO,                          \
      "With CTRL_RX set the default MAC by command if it differs from config mac",                 \
      "the address set by command")                                                                \
    X(DRV_NET_078, "DRV-NET-078", "MUST", "v1.2 5.1.6.5.2.2", CHECKED,                             \
      "Format the MAC table command as count plus unicast list then count plus multicast list "    \
      "(32-bit LE counts)",                                                                        \
      "")                                                                                          \
    X(DRV_NET_079, "DRV-NET-079", "MAY", "v1.2 5.1.6.5.2.2", NOT_OBSERVABLE,                       \
      "Either table of the MAC table command may be empty",                                        \
      "a permission, which nothing can breach")                                                    \
    X(DRV_NET_080, "DRV-NET-080", "MUST", "v1.2 5.1.6.5.3", CHECKED,                               \
      "VLAN add/delete commands need CTRL_VLAN and carry a 16-bit LE id", "")                      \
    X(DRV_NET_081, "DRV-NET-081", "SHOULD", "v1.2 5.1.6.5.4.1", SCENARIO,                          \
      "With GUEST_ANNOUNCE tell peers the new location when the announce status bit is seen",      \
      "the device asks for an announcement")                                                       \
    X(DRV_NET_082, "DRV-NET-082", "MUST", "v1.2 5.1.6.5.4.1", CHECKED,                             \
      "Then acknowledge with the ANNOUNCE_ACK control command", "")                                \
    X(DRV_NET_083, "DRV-NET-083", "MAY", "v1.2 5.1.6.5.5", NOT_OBSERVABLE,                         \
      "Negotiate MQ, RSS, both or neither as the device supports",                                 \
      "a permission, which nothing can breach")                                                    \
    X(DRV_NET_084, "DRV-NET-084", "MAY", "v1.2 5.1.6.5.6", NOT_OBSERVABLE,                         \
      "With MQ, transmit on any enabled queue and request receive steering",                       \
      "a permission, which nothing can breach")                                                    \
    X(DRV_NET_085, "DRV-NET-085", "MUST", "v1.2 5.1.6.5.6.1", CHECKED,                             \
      "Set up the extra queues before enabling them by the pair-count command", "")                \
    X(DRV_NET_086, "DRV-NET-086", "MUST NOT", "v1.2 5.1.6.5.6.1", CHECKED,                         \
      "Request between 1 and max_virtqueue_pairs pairs only", "")                                  \
    X(DRV_NET_087, "DRV-NET-087", "MUST", "v1.2 5.1.6.5.6.1", CHECKED,                             \
      "Transmit only on the first queue until the pair-count command", "")                         \
    X(DRV_NET_088, "DRV-NET-088", "MUST NOT", "v1.2 5.1.6.5.6.1", CHECKED,                         \
      "After issuing the pair-count command do not transmit on queues above the requested count",  \
      "")                                                                                          \
    X(DRV_NET_089, "DRV-NET-089", "MUST", "v1.2 5.1.6.5.6.4", UNUSED,                              \
      "Zero the reserved words of the hash config command", "HASH_REPORT")                         \
    X(DRV_NET_090, "DRV-NET-090", "MUST NOT", "v1.2 5.1.6.5.7.2", CHECKED,                         \
      "Without RSS never send the RSS config command", "")                                         \
    X(DRV_NET_091, "DRV-NET-091", "MUST", "v1.2 5.1.6.5.7.2", UNUSED,                              \
      "Fill the indirection table only with enabled receive queues", "RSS")                        \
    X(DRV_NET_092, "DRV-NET-092", "MUST", "v1.2 5.1.6.5.7.2", UNUSED,                              \
      "Use a power-of-two indirection table length", "RSS")                                        \
    X(DRV_NET_093, "DRV-NET-093", "MUST", "v1.2 5.1.6.5.7.2", UNUSED,                              \
      "Keep the indirection mask below the reported maximum table length", "RSS")                  \
    X(DRV_NET_094, "DRV-NET-094", "MUST NOT", "v1.2 5.1.6.5.7.2", UNUSED,                          \
      "Enable only hash types the device supports", "RSS")                                         \
    X(DRV_NET_095, "DRV-NET-095", "MUST", "v1.4 5.1.9.5.8.4", CHECKED,                             \
      "Send RSS context commands only with RSS_CONTEXT agreed", "")                                \
    X(DRV_NET_096, "DRV-NET-096", "MUST", "v1.4 5.1.9.5.8.4", UNUSED,                              \
      "Use RSS context ids from 1 to the reported maximum", "RSS_CONTEXT")                         \
    X(DRV_NET_097, "DRV-NET-097", "MUST NOT", "v1.4 5.1.9.5.8.4", UNUSED,                          \
      "Do not send the pair-count command while an RSS context is configured", "RSS_CONTEXT")      \
    X(DRV_NET_098, "DRV-NET-098", "MUST NOT", "v1.2 5.1.6.5.8.2", CHECKED,                         \
      "Enable no offload whose feature was not agreed", "")                                        \
    X(DRV_NET_099, "DRV-NET-099", "MUST", "v1.4 5.1.9.5.10.5", UNUSED,                             \
      "Name an enabled transmit or receive queue in per-queue coalescing commands",                \
      "VQ_NOTF_COAL")                                                                              \
    X(DRV_NET_100, "DRV-NET-100", "MUST", "v1.4 5.1.9.5.10.5", CHECKED,                            \
      "Send global coalescing commands only with NOTF_COAL agreed", "")                            \
    X(DRV_NET_101, "DRV-NET-101", "MUST", "v1.4 5.1.9.5.10.5", CHECKED,                            \
      "Send per-queue coalescing commands only with VQ_NOTF_COAL agreed", "")                      \
    X(DRV_NET_102, "DRV-NET-102", "MUST", "v1.4 5.1.9.5.10.5", UNUSED,                             \
      "Disregard coalescing values from a failed get command", "NOTF_COAL")                        \
    X(DRV_NET_103, "DRV-NET-103", "MUST", "v1.4 5.1.9.5.11.13", UNUSED,                            \
      "Request only statistic types learned by the query command", "DEVICE_STATS")                 \
    X(DRV_NET_104, "DRV-NET-104", "MUST", "v1.4 5.1.9.5.11.13", UNUSED,                            \
      "Request only types valid for the named queue", "DEVICE_STATS")                              \
    X(DRV_NET_105, "DRV-NET-105", "MUST", "v1.4 5.1.9.5.11.13", UNUSED,                            \
      "Provide a result buffer big enough for all reply headers", "DEVICE_STATS")                  \
    X(DRV_NET_106, "DRV-NET-106", "MUST", "v1.4 5.1.9.6.5", UNUSED,                                \
      "Flow filters need three capabilities enabled by admin commands, which mmio cannot carry; "  \
      "rule set not applicable to mmio",                                                           \
      "flow filters")                                                                              \
    X(DRV_NET_107, "DRV-NET-107", "MUST", "v1.4 5.1.9.7.5", UNUSED,                                \
      "IPsec offload needs capability admin commands, which mmio cannot carry; rule set not "      \
      "applicable to mmio",                                                                        \
      "IPSEC")                                                                                     \
    X(DRV_NET_108, "DRV-NET-108", "MAY", "v1.4 5.1.9.2", UNUSED,                                   \
      "When OUT_NET_HEADER is agreed the driver can hint the outer network header start; zero "    \
      "means no hint",                                                                             \
      "OUT_NET_HEADER")                                                                            \
    X(DRV_NET_109, "DRV-NET-109", "MAY", "v1.4 5.1.9.2.1", UNUSED,                                 \
      "With HOST_UDP_TUNNEL_GSO a tunnel family bit may be set to request inner segmentation",     \
      "HOST_UDP_TUNNEL_GSO")                                                                       \
    X(DRV_NET_110, "DRV-NET-110", "MUST NOT", "v1.4 5.1.9.2.1", CHECKED,                           \
      "Without HOST_UDP_TUNNEL_GSO no tunnel family bit appears", "")                              \
    X(DRV_NET_111, "DRV-NET-111", "MUST", "v1.4 5.1.9.2.1", UNUSED,                                \
      "The tunnel family bit follows the inner network protocol: IPv4 bit for inner IPv4, IPv6 "   \
      "bit for inner IPv6",                                                                        \
      "HOST_UDP_TUNNEL_GSO")                                                                       \
    X(DRV_NET_112, "DRV-NET-112", "MUST NOT", "v1.4 5.1.9.2.1", CHECKED,                           \
      "Tunnel family bits and legacy UDP fragmentation type exclude each other",                   \
      "reported as DRV-NET-110")                                                                   \
    X(DRV_NET_113, "DRV-NET-113", "MUST NOT", "v1.4 5.1.9.2.1", CHECKED,                           \
      "The two tunnel family bits exclude each other", "reported as DRV-NET-110")                  \
    X(DRV_NET_114, "DRV-NET-114", "MUST NOT", "v1.4 5.1.9.2.1", CHECKED,                           \
      "Outer checksum flag requires one tunnel family bit", "reported as DRV-NET-115")             \
    X(DRV_NET_115, "DRV-NET-115", "MUST NOT", "v1.4 5.1.9.2.1", CHECKED,                           \
      "Outer checksum flag requires HOST_UDP_TUNNEL_GSO_CSUM", "")                                 \
    X(DRV_NET_116, "DRV-NET-116", "MUST", "v1.4 5.1.9.2.1", UNUSED,                                \
      "For tunnel segmentation with header-length agreed, hdr_len covers everything through the "  \
      "inner transport header",                                                                    \
      "HOST_UDP_TUNNEL_GSO")                                                                       \
    X(DRV_NET_117, "DRV-NET-117", "MAY", "v1.4 5.1.9.2.1", UNUSED,                                 \
      "With the tunnel checksum feature the outer checksum flag may be set on tunnel "             \
      "segmentation packets",                                                                      \
      "HOST_UDP_TUNNEL_GSO_CSUM")                                                                  \
    X(DRV_NET_118, "DRV-NET-118", "MUST", "v1.4 5.1.9.2.1", CHECKED,                               \
      "An IPsec-flagged packet names a valid outbound SA id (needs admin commands; not over "      \
      "mmio)",                                                                                     \
      "reported as DRV-NET-055")                                                                   \
    X(DRV_NET_119, "DRV-NET-119", "MUST", "v1.4 5.1.9.3.1", CHECKED,                               \
      "With MRG_RXBUF the minimum receive buffer is 20 bytes under HASH_REPORT and 12 otherwise",  \
      "reported as DRV-NET-058")                                                                   \
    X(DRV_NET_120, "DRV-NET-120", "MAY", "v1.4 5.1.9.4.2", UNUSED,                                 \
      "With OUT_NET_HEADER a nonzero outer_nh_offset may be used to locate the outer network "     \
      "header",                                                                                    \
      "OUT_NET_HEADER")                                                                            \
    X(DRV_NET_121, "DRV-NET-121", "MUST NOT", "v1.4 5.1.9.4.2", SCENARIO,                          \
      "Drop received packets that carry both tunnel family bits", "faults NET-GSO, NET-HOSTILE")   \
    X(DRV_NET_122, "DRV-NET-122", "MUST NOT", "v1.4 5.1.9.4.2", SCENARIO,                          \
      "Drop tunnel packets that lack NEEDS_CSUM, have DATA_VALID or have no inner segmentation "   \
      "type",                                                                                      \
      "faults NET-GSO, NET-HOSTILE")                                                               \
    X(DRV_NET_123, "DRV-NET-123", "MUST NOT", "v1.4 5.1.9.4.2", SCENARIO,                          \
      "Drop packets with the outer checksum flag but no tunnel family bit",                        \
      "faults NET-GSO, NET-HOSTILE")                                                               \
    X(DRV_NET_124, "DRV-NET-124", "MUST NOT", "v1.4 5.1.9.4.2", SCENARIO,                          \
      "Ignore tunnel offsets when no tunnel family bit is set", "faults NET-GSO, NET-HOSTILE")     \
    X(DRV_NET_125, "DRV-NET-125", "SHOULD NOT", "v1.4 5.1.9.6.5", UNUSED,                          \
      "Flow filter objects should not be destroyed while rules depend on them (admin commands; "   \
      "not over mmio)",                                                                            \
      "flow filters")                                                                              \
    X(DRV_NET_126, "DRV-NET-126", "SHOULD", "v1.4 5.1.9.7.1", UNUSED,                              \
      "Cope with receive packets still in flight for an SA object being destroyed (not over "      \
      "mmio)",                                                                                     \
      "IPSEC")

#endif
