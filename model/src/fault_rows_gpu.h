/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the fault table for the GPU; included inside the table of fault_table.c, with its
 * macros, which clang-format cannot know. "not carried out" makes a driver that takes the answer
 * for success show a wrong picture, so that OK stands only for one that did without the command: a
 * mode of its own instead of display information, no EDID. Memory that a command did not detach
 * stays attached.
 */
/* clang-format off */
    ROW(GPU_ERR) =
        {"GPU-ERR", GPU, ANY, EITHER, 6, ALLOW5(OK, EIO, ENOMEM, EINVAL, EPROTO), "command served",
         "not carried out, the answer is: 0: UNSPEC; 1: OUT_OF_MEMORY; 2: INVALID_SCANOUT_ID; "
         "3: INVALID_RESOURCE_ID; 4: INVALID_CONTEXT_ID; 5: INVALID_PARAMETER",
         "", 0},
    ROW(GPU_TYPE) =
        {"GPU-TYPE", GPU, ANY, EITHER, 4, ALLOW3(OK, EIO, EPROTO), "command served",
         "not carried out, the type of the answer is: 0: success of another command; 1: 0; "
         "2: the command's own; 3: 0xffffffff",
         "", 0},
    ROW(GPU_SHORT) =
        {"GPU-SHORT", GPU, ANY, EITHER, 4, ALLOW3(OK, EIO, EPROTO), "command of the control queue",
         "used length: 0: 0; 1: 1; 2: 23; 3: one less than the answer has; modern: not carried "
         "out, nothing is written beyond it; legacy: carried out and all is written, which a "
         "driver for old devices may bear",
         "", 0},
    ROW(GPU_FENCE) =
        {"GPU-FENCE", GPU, ANY, EITHER, 4, ALLOW3(OK, EIO, EPROTO), "command with a fence served",
         "not carried out, the answer has: 0: the next fence id; 1: its top bit turned over; 2: no "
         "fence flag; 3: neither flag nor id",
         "", 0},
    ROW(GPU_DISPLAY) =
        {"GPU-DISPLAY", GPU, ANY, EITHER, 6,
         ALLOW6(OK, EPROTO, EINVAL, ERANGE, ENOMEM, ENODEV) | ALLOW1(ENOTSUP),
         "0, 1: config read of num_scanouts; 2-5: GET_DISPLAY_INFO served",
         "num_scanouts: 0: 0; 1: 17; scanout 0 is enabled with 2: 0 x 0; 3: 65535 x 65535; "
         "4: none is enabled; 5: scanout 1 is the same as scanout 0",
         "", 0},
    ROW(GPU_EDID) =
        {"GPU-EDID", GPU, ANY, EITHER, 7, ALLOW4(OK, EIO, EPROTO, EINVAL), "GET_EDID served",
         "size: 0: 0; 1: 1025; 2: 0xffffffff; 3: 128 random bytes; 4: 64 bytes come of the 128 "
         "announced; 5: the checksum is wrong; 6: eight more blocks are announced than come",
         "", BIT(1)},
    ROW(GPU_EVENT_STORM) =
        {"GPU-EVENT-STORM", GPU, ANY, EITHER, 2, ALLOW1(OK), "command served",
         "a display event and its interrupt come with: 0: every command that changes something; "
         "1: every command, GET_DISPLAY_INFO and GET_EDID too",
         "", 0},
    ROW(GPU_TIMEOUT) =
        {"GPU-TIMEOUT", GPU, ANY, EITHER, 2, ALLOW2(OK, ETIMEDOUT), "command taken",
         "the answer comes: 0: just after the deadline that the harness uses; 1: at ten times it",
         "", 0},
    ROW(GPU_NO_MEM) =
        {"GPU-NO-MEM", GPU, ANY, EITHER, 2, ALLOW2(OK, ENOMEM),
         "0: RESOURCE_CREATE_2D; 1: RESOURCE_ATTACH_BACKING served",
         "not carried out, the answer is OUT_OF_MEMORY", "", 0},
    ROW(GPU_RESIZE_MID_FLUSH) =
        {"GPU-RESIZE-MID-FLUSH", GPU, ANY, EITHER, 3, ALLOW1(OK),
         "RESOURCE_FLUSH taken, before it is served",
         "with a display event, the mode of the scanout becomes: 0: half in both directions; "
         "1: disabled; 2: double",
         "", 0},
    ROW(GPU_HOSTILE) =
        {"GPU-HOSTILE", GPU, ANY, EITHER, 4,
         ALLOW6(OK, EIO, EPROTO, EINVAL, ENOMEM, ERANGE) | ALLOW2(ENODEV, ENOTSUP),
         "command served",
         "seeded: 0: not carried out, every byte of the answer; 1: display information or EDID "
         "behind a right header; 2: a type of any answer there is; 3: flags, fence, context and "
         "padding",
         "", 0},
    ROW(GPU_CORRUPT) =
        {"GPU-CORRUPT", GPU, ANY, EITHER, 1, ALLOW1(DATA), "TRANSFER_TO_HOST_2D served",
         "one bit of the pixel in the middle differs, the answer is OK", "", 0},
