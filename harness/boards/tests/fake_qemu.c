/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for QEMU in the tests of virtio-board: says that it has the version FAKE_VERSION, or
 * takes a board's command line and plays the firmware over its console and the mailbox in the
 * shared RAM, as FAKE_GUEST says. It does nothing to its devices; that goes well with the scenario
 * bring-up of a disk.
 */
#include <endian.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <unistd.h>

#include "mailbox.h"

#define OFFSET 0x3000u /* of the mailbox in the RAM */

static int console;
static int go[2]; /* a pipe: a byte when the guest may run */
static struct mailbox *mailbox;

static _Noreturn void give_up(const char *what)
{
    perror(what);
    _exit(99);
}

/* The text behind `key` in an argument, up to a comma; NULL: not there. */
static char *value_of(const char *arg, const char *key)
{
    const char *at = strstr(arg, key);

    return at != NULL ? strndup(at + strlen(key), strcspn(at + strlen(key), ",")) : NULL;
}

static int connect_to(const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) != 0) {
        give_up(path);
    }
    return fd;
}

static void say(const char *text)
{
    if (write(console, text, strlen(text)) < 0) {
        give_up("console");
    }
}

/* Every command is answered; one of the answers has registers in it. */
static void *serve_qmp(void *arg)
{
    FILE *f = fdopen(*(int *)arg, "r+");
    char line[4096];

    while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
        const char *reply = strstr(line, "info registers") != NULL
                                ? "{\"return\": \" pc       0000000080001234\\r\\n\"}\n"
                                : "{\"return\": {}}\n";

        if (strstr(line, "\"cont\"") != NULL && write(go[1], "", 1) < 0) {
            give_up("pipe");
        }
        (void)fseek(f, 0, SEEK_CUR);
        (void)fputs(reply, f);
        (void)fflush(f);
    }
    return NULL;
}

/* ---- the firmware ---- */

static void ask(uint32_t op, uint32_t arg, uint32_t data_len, bool wait)
{
    uint32_t number = le32toh(mailbox->request) + 1u;

    mailbox->op = htole32(op);
    mailbox->args[0] = htole32(arg);
    mailbox->data_len = htole32(data_len);
    __atomic_store_n(&mailbox->request, htole32(number), __ATOMIC_RELEASE);
    say("\005");
    while (wait && __atomic_load_n(&mailbox->reply, __ATOMIC_ACQUIRE) != htole32(number)) {
        (void)usleep(100);
    }
}

static void announce(uint32_t magic, uint64_t at)
{
    char line[64];

    mailbox->bytes = htole32((uint32_t)sizeof(*mailbox));
    mailbox->magic = htole32(magic);
    (void)snprintf(line, sizeof(line), "fake firmware\r\nmailbox 0x%" PRIx64 "\r\n", at);
    say(line);
}

static void access_register(uint16_t offset, uint32_t value)
{
    uint32_t n = le32toh(mailbox->trace_count);

    mailbox->trace[n % MAILBOX_TRACE] = (struct mailbox_access){
        .kind = MAILBOX_WRITE32, .offset = htole16(offset), .value = htole32(value)};
    mailbox->trace_count = htole32(n + 1u);
}

static void verdict(int32_t outcome, uint32_t failures)
{
    struct mailbox_verdict v = {.outcome = (int32_t)htole32((uint32_t)outcome),
                                .failures = htole32(failures),
                                .reads = htole32(7),
                                .interrupts = htole32(1)};

    for (unsigned s = 0; s < 512u; s++) {
        v.may[0][s] = v.may[1][s] = htole16(1);
    }
    (void)snprintf(v.expect, sizeof(v.expect), "fake.c:12: expected a miracle");
    memcpy(mailbox->data, &v, sizeof(v));
    ask(MAILBOX_DONE, 0, sizeof(v), false);
}

static int play(const char *guest, uint64_t at)
{
    if (strncmp(guest, "exit-", 5) == 0) {
        say("fake firmware\r\n");
        return atoi(guest + 5);
    }
    if (strcmp(guest, "silent") == 0) {
        pause();
    }
    announce(strcmp(guest, "no-mailbox") == 0 ? 1 : MAILBOX_MAGIC,
             strcmp(guest, "far-mailbox") == 0 ? 0x1000 : at);
    ask(MAILBOX_HELLO, 1, 0, true);
    if (mailbox->result != 0 || le32toh(mailbox->data_len) != 4u || mailbox->data[0] != 0 ||
        mailbox->data[1] != 1u) { /* 256 sectors */
        return 1;
    }
    access_register(0x050, 0x1234);
    if (strcmp(guest, "hang") == 0) {
        pause();
    } else if (strcmp(guest, "nonsense") == 0) {
        ask(MAILBOX_NET_INJECT, 0, 0, true);
    } else if (strcmp(guest, "crash") == 0) {
        abort();
    } else if (strcmp(guest, "fail") == 0) {
        verdict(-5, 0);
        return 1;
    } else if (strcmp(guest, "expect") == 0) {
        verdict(0, 2);
        return 1;
    } else if (strcmp(guest, "no-verdict") != 0) {
        verdict(0, 0);
    }
    if (strcmp(guest, "no-end") == 0) {
        pause();
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *guest = getenv("FAKE_GUEST");
    const char *version = getenv("FAKE_VERSION");
    char *ram = NULL;
    struct stat st;
    pthread_t thread;
    uint64_t base = 0x80000000u;
    int qmp = -1;
    int fd;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--version") == 0) {
            (void)printf("%s\n", version != NULL ? version : "QEMU emulator version 7.2.0");
            return 0;
        }
        if (strstr(argv[i], "mem-path=") != NULL) {
            ram = value_of(argv[i], "mem-path=");
        } else if (strncmp(argv[i], "socket,id=console", 17) == 0) {
            console = connect_to(value_of(argv[i], "path="));
        } else if (strcmp(argv[i], "-qmp") == 0 && i + 1 < argc) {
            qmp = connect_to(argv[i + 1] + strlen("unix:"));
        } else if (strcmp(argv[i], "cortex-a53") == 0) {
            base = 0x40000000u;
        }
    }
    fd = ram != NULL ? open(ram, O_RDWR) : -1;
    if (fd < 0 || fstat(fd, &st) != 0 || guest == NULL) {
        give_up("mem-path");
    }
    mailbox = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mailbox == MAP_FAILED || pipe(go) != 0 ||
        pthread_create(&thread, NULL, serve_qmp, &qmp) != 0) {
        give_up("RAM");
    }
    mailbox = (struct mailbox *)(void *)((char *)mailbox + OFFSET);
    if (read(go[0], &(char){0}, 1) != 1) {
        give_up("pipe");
    }
    _exit(play(guest, base + OFFSET));
}
