/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The errno values that the driver returns, negated. A platform whose port header brings <errno.h>
 * keeps its own numbers; a bare-metal one gets Linux' generic numbers.
 */
#ifndef VIRTIO_ERRNO_H
#define VIRTIO_ERRNO_H

#ifndef ENOENT
#define ENOENT 2 /* there is no such entry */
#endif
#ifndef EIO
#define EIO 5 /* the device reported an error, or broke the protocol */
#endif
#ifndef ENXIO
#define ENXIO 6 /* empty slot: DeviceID 0 */
#endif
#ifndef EAGAIN
#define EAGAIN 11 /* no room now; try again after a completion */
#endif
#ifndef ENOMEM
#define ENOMEM 12
#endif
#ifndef EBUSY
#define EBUSY 16 /* not from this context, or still in use */
#endif
#ifndef EEXIST
#define EEXIST 17 /* somebody has it already */
#endif
#ifndef ENODEV
#define ENODEV 19 /* no virtio device here, or not one for this driver */
#endif
#ifndef EINVAL
#define EINVAL 22 /* the caller's argument */
#endif
#ifndef ENOSPC
#define ENOSPC 28 /* no more of them can be kept */
#endif
#ifndef EROFS
#define EROFS 30
#endif
#ifndef EPIPE
#define EPIPE 32 /* the other side is not there */
#endif
#ifndef ERANGE
#define ERANGE 34 /* beyond the capacity or the window */
#endif
#ifndef EPROTO
#define EPROTO 71 /* the device's config contradicts the specification */
#endif
#ifndef EMSGSIZE
#define EMSGSIZE 90 /* more segments than a chain can have */
#endif
#ifndef ENOTSUP
#define ENOTSUP 95
#endif
#ifndef ENETDOWN
#define ENETDOWN 100
#endif
#ifndef ETIMEDOUT
#define ETIMEDOUT 110
#endif
#ifndef ECANCELED
#define ECANCELED 125
#endif

#endif
