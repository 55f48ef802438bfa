/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capture files: classic pcap with nanosecond stamps and link type Ethernet, written little-endian
 * on every machine, so that one seed gives one file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "virtio_model/model_net.h"

#define PCAP_MAGIC_NS 0xa1b23c4du
#define PCAP_SNAPLEN  262144u
#define PCAP_ETHERNET 1u
#define NS_PER_S      1000000000u

struct model_pcap {
    FILE *file;
};

static int put(struct model_pcap *pcap, const void *p, size_t len)
{
    if (fwrite(p, 1, len, pcap->file) == len)
        return 0;
    return errno ? -errno : -EIO;
}

int model_pcap_open(struct model_pcap **out, const char *path)
{
    struct model_pcap *pcap = calloc(1, sizeof(*pcap));
    uint8_t header[24] = {0};
    int err;

    if (!pcap)
        return -ENOMEM;
    errno = 0;
    pcap->file = fopen(path, "wb");
    if (!pcap->file) {
        err = errno ? -errno : -EIO;
        free(pcap);
        return err;
    }
    store_le32(header, PCAP_MAGIC_NS);
    store_le16(header + 4, 2); /* version 2.4 */
    store_le16(header + 6, 4);
    store_le32(header + 16, PCAP_SNAPLEN);
    store_le32(header + 20, PCAP_ETHERNET);
    err = put(pcap, header, sizeof(header));
    if (err) {
        model_pcap_close(pcap);
        return err;
    }
    *out = pcap;
    return 0;
}

int model_pcap_write(struct model_pcap *pcap, uint64_t ns, const void *frame, size_t len)
{
    uint8_t record[16];

    errno = 0;
    store_le32(record, (uint32_t)(ns / NS_PER_S));
    store_le32(record + 4, (uint32_t)(ns % NS_PER_S));
    store_le32(record + 8, (uint32_t)len);
    store_le32(record + 12, (uint32_t)len);
    const int err = put(pcap, record, sizeof(record));
    return err ? err : put(pcap, frame, len);
}

int model_pcap_close(struct model_pcap *pcap)
{
    errno = 0;
    const int err = fclose(pcap->file) == 0 ? 0 : errno ? -errno : -EIO;
    free(pcap);
    return err;
}
