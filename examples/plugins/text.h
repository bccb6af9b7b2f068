/* Texts for the guests in C that have no libc: one buffer for each, cut where it is full. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "extism_env.h"

enum { TEXT_SIZE = 1 << 15 };

typedef struct {
    size_t length;
    char bytes[TEXT_SIZE];
} text;

static inline void text_clear(text *into) { into->length = 0; }

static inline void text_byte(text *into, char byte) {
    if (into->length < TEXT_SIZE) {
        into->bytes[into->length++] = byte;
    }
}

static inline void text_add(text *into, const char *from) {
    for (; *from; from++) {
        text_byte(into, *from);
    }
}

static inline void text_join(text *into, const text *from) {
    for (size_t i = 0; i < from->length; i++) {
        text_byte(into, from->bytes[i]);
    }
}

static inline void text_number(text *into, uint32_t number) {
    if (number >= 10) {
        text_number(into, number / 10);
    }
    text_byte(into, (char)('0' + number % 10));
}

/* The number that a text begins with. */
static inline uint32_t text_value(const text *from) {
    uint32_t value = 0;
    for (size_t i = 0; i < from->length && from->bytes[i] >= '0' && from->bytes[i] <= '9'; i++) {
        value = value * 10 + (uint32_t)(from->bytes[i] - '0');
    }
    return value;
}

/* What a block of the kernel's memory holds, added to a text. */
static inline void text_load(text *into, handle block, uint64_t length) {
    uint64_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t word = env_load_u64(block + at);
        for (int i = 0; i < 8; i++) {
            text_byte(into, (char)(word >> (8 * i)));
        }
    }
    for (; at < length; at++) {
        text_byte(into, (char)env_load_u8(block + at));
    }
}

static inline void text_input(text *into) { text_load(into, env_input_offset(), env_input_length()); }

/* A new block with a text in it. */
static inline handle text_block(const text *from) {
    handle block = env_alloc(from->length);
    size_t at = 0;
    for (; at + 8 <= from->length; at += 8) {
        uint64_t word = 0;
        for (int i = 0; i < 8; i++) {
            word |= (uint64_t)(uint8_t)from->bytes[at + i] << (8 * i);
        }
        env_store_u64(block + at, word);
    }
    for (; at < from->length; at++) {
        env_store_u8(block + at, (uint8_t)from->bytes[at]);
    }
    return block;
}

/* The part of a text up to a byte; `after` is where it goes on, or its length. */
static inline void text_until(text *into, const text *from, size_t start, char stop, size_t *after) {
    text_clear(into);
    size_t at = start;
    for (; at < from->length && from->bytes[at] != stop; at++) {
        text_byte(into, from->bytes[at]);
    }
    *after = at < from->length ? at + 1 : at;
}

/* The value of a header in the JSON object of all; those of these guests hold no quotes. */
static inline void text_header(text *into, const text *headers, const char *name) {
    text_clear(into);
    for (size_t start = 0; start < headers->length; start++) {
        size_t at = start, i = 0;
        if (headers->bytes[at++] != '"') {
            continue;
        }
        for (; name[i] && at < headers->length && headers->bytes[at] == name[i]; i++) {
            at++;
        }
        if (!name[i] && at + 3 <= headers->length && headers->bytes[at] == '"') {
            size_t after;
            text_until(into, headers, at + 3, '"', &after);
            return;
        }
    }
    text_add(into, "none");
}

/* The JSON of a request. */
static inline void text_request(text *into, const char *method, const text *url, const text *visitor) {
    text_clear(into);
    text_add(into, "{\"url\":\"");
    text_join(into, url);
    text_add(into, "\",\"method\":\"");
    text_add(into, method);
    text_add(into, "\",\"headers\":{\"x-visitor\":\"");
    text_join(into, visitor);
    text_add(into, "\"}}");
}

#endif
