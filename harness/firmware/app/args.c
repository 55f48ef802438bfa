/* SPDX-License-Identifier: Apache-2.0 */
/* See args.h. */
#include "args.h"

#include <stddef.h>
#include <string.h>

#include "board.h"
#include "scenario.h"

#define WORD_MAX   128u
#define WATCHDOG_S 30u

static bool digit_of(char c, unsigned base, unsigned *digit)
{
    if (c >= '0' && c <= '9') {
        *digit = (unsigned)(c - '0');
    } else if (c >= 'a' && c <= 'f') {
        *digit = (unsigned)(c - 'a') + 10u;
    } else if (c >= 'A' && c <= 'F') {
        *digit = (unsigned)(c - 'A') + 10u;
    } else {
        return false;
    }
    return *digit < base;
}

static bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
    unsigned base = 10;
    unsigned digit;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    *value = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (!digit_of(*text, base, &digit) || digit > max || *value > (max - digit) / base) {
            return false;
        }
        *value = *value * base + digit;
    }
    return true;
}

static bool copy_name(char *out, const char *text, size_t len)
{
    if (len == 0 || len >= ARGS_NAME_MAX) {
        return false;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

static bool set_scenario(struct app_args *args, const char *value)
{
    const char *colon = strchr(value, ':');

    return colon != NULL && copy_name(args->type, value, (size_t)(colon - value)) &&
           copy_name(args->scenario, colon + 1, strlen(colon + 1));
}

/* ---- the words ---- */

enum key {
    KEY_SCENARIO,
    KEY_POLLED,
    KEY_HOST,
    KEY_DEVICES,
    KEY_OFF,
    KEY_SEED,
    KEY_WATCHDOG,
    KEY_PROVOKE,
};

static const struct {
    const char *name;
    enum key key;
    uint64_t max;
    const char *expected;
} keys[] = {
    {"scenario", KEY_SCENARIO, 0, "scenario=<type>:<name>"},
    {"polled", KEY_POLLED, 1, "polled=0 or polled=1"},
    {"host", KEY_HOST, 1, "host=0 or host=1"},
    {"devices", KEY_DEVICES, SCN_DEVICES_MAX, "devices=1 or devices=2"},
    {"off", KEY_OFF, UINT64_MAX, "off=<64-bit number>"},
    {"seed", KEY_SEED, UINT32_MAX, "seed=<32-bit number>"},
    {"watchdog", KEY_WATCHDOG, 86400, "watchdog=<seconds, 1 to 86400>"},
    {"provoke", KEY_PROVOKE, 2, "provoke=1 or provoke=2"},
};

static bool set(struct app_args *args, enum key key, uint64_t number)
{
    switch (key) {
    case KEY_POLLED:
        args->polled = number != 0;
        return true;
    case KEY_HOST:
        args->host = number != 0;
        return true;
    case KEY_DEVICES:
        args->devices = (unsigned)number;
        return number != 0;
    case KEY_OFF:
        args->features_off = number;
        return true;
    case KEY_SEED:
        args->seed = (uint32_t)number;
        return true;
    case KEY_WATCHDOG:
        args->watchdog_s = (uint32_t)number;
        return number != 0;
    case KEY_PROVOKE:
        args->provoke = (unsigned)number;
        return number != 0;
    default:
        return false;
    }
}

static bool parse_word(struct app_args *args, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t len = equals != NULL ? (size_t)(equals - word) : 0;

    for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]) && equals != NULL; k++) {
        uint64_t number;
        bool good;

        if (strlen(keys[k].name) != len || memcmp(keys[k].name, word, len) != 0) {
            continue;
        }
        good = keys[k].key == KEY_SCENARIO ? set_scenario(args, equals + 1)
                                           : parse_number(equals + 1, keys[k].max, &number) &&
                                                 set(args, keys[k].key, number);
        if (!good) {
            board_printf("boot arguments: '%s', expected %s", word, keys[k].expected);
        }
        return good;
    }
    board_printf("boot arguments: '%s' is unknown, expected scenario=, polled=, host=, devices=, "
                 "off=, seed=, watchdog= or provoke=",
                 word);
    return false;
}

bool args_parse(const char *text, struct app_args *args)
{
    char word[WORD_MAX];

    *args = (struct app_args){.host = true, .watchdog_s = WATCHDOG_S};
    while (*text != '\0') {
        size_t len = 0;

        if (*text == ' ' || *text == '\t' || *text == '\n') {
            text++;
            continue;
        }
        for (; *text != '\0' && *text != ' ' && *text != '\t' && *text != '\n'; text++) {
            if (len < sizeof(word) - 1u) {
                word[len++] = *text;
            }
        }
        word[len] = '\0';
        if (!parse_word(args, word)) {
            return false;
        }
    }
    if (args->scenario[0] == '\0') {
        board_printf("boot arguments: no scenario, expected scenario=<type>:<name>");
        return false;
    }
    return true;
}
