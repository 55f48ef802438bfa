/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the fault table for the input device; included inside the table of fault_table.c,
 * with its macros, which clang-format cannot know. Events may be dropped and counted, so that OK
 * stands for: the driver coped, and nothing was handed on that the device cannot have meant.
 */
/* clang-format off */
/* An answer that differs in what nobody can check. */
#define MAY_MISLEAD (ALLOW6(OK, EIO, EPROTO, EINVAL, ERANGE, ENOTSUP) | MODEL_OUT_DATA_MAY)
    ROW(INP_SIZE) = {"INP-SIZE", INP, ANY, EITHER, 3,
                     MAY_MISLEAD,
                     "size read for a query that has an answer", "0: 129; 1: 255; 2: 0", "", 0},
    ROW(INP_ABS) = {"INP-ABS", INP, ANY, EITHER, 4,
                    MAY_MISLEAD,
                    "size read for the abs info of an axis",
                    "resolution 0, and the range from min to max: 0: 32767 to 0; 1: 7 to 7; 2: all "
                    "of int32; 3: 0 to -1",
                    "", 0},
    ROW(INP_BITS) = {"INP-BITS", INP, ANY, EITHER, 2,
                     MAY_MISLEAD,
                     "size read for the codes of an event type",
                     "a bitmap of 128 bytes: 0: every bit; 1: codes from 768 on only", "", 0},
    ROW(INP_STORM) = {"INP-STORM", INP, ANY, EITHER, 2, ALLOW1(OK), "event delivered",
                      "more events than the queue has buffers come after it, at once: 0: empty "
                      "reports; 1: of a type that the device has not",
                      "", 0},
    ROW(INP_NO_SYN) = {"INP-NO-SYN", INP, ANY, EITHER, 1, ALLOW1(OK), "report ends",
                       "its SYN_REPORT never comes", "", 0},
    ROW(INP_TYPE) = {"INP-TYPE", INP, ANY, EITHER, 4, ALLOW1(OK), "event delivered",
                     "another one comes before it: 0: type 0x7f; 1: all ones; 2: key 0xffff; 3: "
                     "relative axis 0x3ff",
                     "", 0},
    ROW(INP_STATUS_STUCK) = {"INP-STATUS-STUCK", INP, ANY, EITHER, 1,
                             ALLOW5(OK, EIO, ETIMEDOUT, EAGAIN, EBUSY), "status event taken",
                             "never completed", "", 0},
    ROW(INP_SEL_IGNORED) =
        {"INP-SEL-IGNORED", INP, ANY, EITHER, 2, MAY_MISLEAD,
         "select or subsel written",
         "size and u stay those of the query before; 0: the field reads back as written; 1: it does "
         "not",
         "", 0},
    ROW(INP_SHORT) = {"INP-SHORT", INP, ANY, EITHER, 7, ALLOW3(OK, EIO, EPROTO), "event delivered",
                      "variant v writes only 1+v bytes and says so", "", 0},
    ROW(INP_HOSTILE) =
        {"INP-HOSTILE", INP, ANY, EITHER, 3, MAY_MISLEAD,
         "0, 1: event delivered; 2: size read",
         "seeded: 0: an event of random type, code and value comes before it; 1: any used length; "
         "2: size and all of u",
         "", 0},
    ROW(INP_CORRUPT) = {"INP-CORRUPT", INP, ANY, EITHER, 1, ALLOW1(DATA),
                        "event delivered that ends no report", "the lowest bit of its value differs",
                        "", 0},
#undef MAY_MISLEAD
