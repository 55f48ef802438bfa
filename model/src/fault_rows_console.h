/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the fault table for the console; included inside the table of fault_table.c, with
 * its macros. Wrong control messages are sent ahead of a right one. */
/* clang-format off */
    ROW(CON_PORT_RANGE) =
        {"CON-PORT-RANGE", CON, ANY, EITHER, 8, ALLOW1(OK), "control message sent",
         "ahead of it one for a port that there cannot be: DEVICE_ADD of: 0: max_nr_ports; 1: 2^31; "
         "2: 2^32-1; of max_nr_ports: 3: DEVICE_REMOVE; 4: CONSOLE_PORT; 5: RESIZE; 7: PORT_NAME; "
         "6: PORT_OPEN of 2^32-1",
         "RT-Thread DM", BIT(1)},
    ROW(CON_PORT_DUP) =
        {"CON-PORT-DUP", CON, ANY, EITHER, 2, ALLOW1(OK), "control message sent",
         "DEVICE_ADD of a port that there is: 0: twice at once; 1: ahead of any message about it",
         "", BIT(1)},
    ROW(CON_REMOVE_UNKNOWN) =
        {"CON-REMOVE-UNKNOWN", CON, ANY, EITHER, 3, ALLOW1(OK), "control message sent",
         "ahead of it DEVICE_REMOVE of: 0: the port that it adds; 1: one that was not added; "
         "2: 2^32-1",
         "", BIT(1)},
    ROW(CON_OPEN_BEFORE_ADD) =
        {"CON-OPEN-BEFORE-ADD", CON, ANY, EITHER, 4, ALLOW1(OK), "DEVICE_ADD sent",
         "ahead of it, for the same port: 0: PORT_OPEN; 1: CONSOLE_PORT; 2: PORT_NAME; 3: RESIZE",
         "", BIT(1)},
    ROW(CON_NAME_LONG) =
        {"CON-NAME-LONG", CON, ANY, EITHER, 2, ALLOW1(OK),
         "PORT_NAME sent, or any message about a port without a name",
         "ahead of it another name, of: 0: 512 bytes; 1: none", "", BIT(1)},
    ROW(CON_NAME_NOTERM) =
        {"CON-NAME-NOTERM", CON, ANY, EITHER, 3, ALLOW1(OK),
         "PORT_NAME sent, or any message about a port without a name",
         "ahead of it the same name: 0: with the rest of the buffer full of other letters; 1: with a "
         "NUL at its end; 2: with a NUL and more behind that",
         "QEMU sends the NUL", BIT(1)},
    ROW(CON_NAME_CTRL) =
        {"CON-NAME-CTRL", CON, ANY, EITHER, 3, ALLOW1(OK),
         "PORT_NAME sent, or any message about a port without a name",
         "ahead of it another name: 0: control characters and conversion specifiers; 1: no UTF-8; "
         "2: a path",
         "", BIT(1)},
    ROW(CON_MANY) =
        {"CON-MANY", CON, ANY, EITHER, 2, ALLOW1(OK), "control message about a port in use",
         "ahead of it 60 at once: 0: PORT_OPEN as it is anyway; 1: events 8 to 67", "", BIT(1)},
    ROW(CON_RESIZE_0) =
        {"CON-RESIZE-0", CON, ANY, EITHER, 4, ALLOW1(OK),
         "RESIZE sent; 0, 1 also: config read of cols or rows",
         "reads, or ahead of it: 0: 0 by 0; 1: 65535 by 65535; 2: a message without the size; 3: with "
         "half of it",
         "", BIT(0)},
    ROW(CON_UNKNOWN_EVENT) =
        {"CON-UNKNOWN-EVENT", CON, ANY, EITHER, 4, ALLOW1(OK), "control message sent",
         "ahead of it the event: 0: 8; 1: 65535; or one that only a driver sends: 2: DEVICE_READY; "
         "3: PORT_READY",
         "", BIT(1)},
    ROW(CON_SHORT) =
        {"CON-SHORT", CON, ANY, EITHER, 4, ALLOW1(OK), "control message sent",
         "ahead of it the first bytes of a DEVICE_REMOVE: 0: 0; 1: 1; 2: 4; 3: 7", "", BIT(1)},
    ROW(CON_UNPLUG_WHILE_WRITING) =
        {"CON-UNPLUG-WHILE-WRITING", CON, ANY, EITHER, 3,
         ALLOW6(OK, EIO, ENODEV, EPIPE, ETIMEDOUT, ECANCELED),
         "0: transmit chain served; 1, 2: transmit chain taken",
         "the port is taken away until the next reset; its chains are: 0: given back; 1: given back, "
         "and their bytes dropped; 2: kept",
         "", BIT(1)},
    ROW(CON_MAXPORTS) = {"CON-MAXPORTS", CON, ANY, EITHER, 3,
                         ALLOW6(OK, EPROTO, EINVAL, ERANGE, ENODEV, ENOTSUP),
                         "config read of max_nr_ports", "0: 0; 1: 1; 2: 2^31", "", BIT(1)},
    ROW(CON_RX_LONG) =
        {"CON-RX-LONG", CON, ANY, EITHER, 3, ALLOW4(OK, EIO, EPROTO, ETIMEDOUT),
         "receive chain served",
         "the buffer is full of other bytes, and len is: 0: one more than it holds; 1: 4096 more; "
         "2: 0xffffffff; the data itself comes with the next buffer, or, struck for ever, not at all",
         "", 0},
    ROW(CON_TX_STUCK) =
        {"CON-TX-STUCK", CON, ANY, EITHER, 2, ALLOW4(OK, EIO, ETIMEDOUT, EAGAIN),
         "transmit chain taken",
         "the chain is never given back: 0: nor are those behind it; 1: those behind it are", "", 0},
    ROW(CON_HOSTILE) =
        {"CON-HOSTILE", CON, ANY, EITHER, 1, ALLOW6(OK, EIO, ENODEV, EPIPE, ETIMEDOUT, EPROTO),
         "control message sent",
         "ahead of it one with seeded id, event, value, length and payload, often nearly right", "",
         BIT(1)},
    ROW(CON_CORRUPT) = {"CON-CORRUPT", CON, ANY, EITHER, 1, ALLOW1(DATA), "receive chain served",
                        "one bit differs", "", 0},
