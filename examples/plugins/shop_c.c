/* The plug-in of the shop in C, written from `shop_c.md`, the page that `extism-call schema --format markdown` makes of the
 * interface. The comments quote it. It gives a tenth of a cart of at least 1000 cents. No PDK, no libc. */
#include "extism_env.h"
#include "text.h"

__attribute__((import_module("extism:host/user"), import_name("price"))) handle shop_price(handle article);

static text input, name, output, message;
static uint32_t calls;

/* Output: a number, `u32`, little endian. Example: `e8 03 00 00` is 1000. */
static void give_number(uint32_t number) {
    text_clear(&output);
    for (int i = 0; i < 4; i++) {
        text_byte(&output, (char)(number >> (8 * i)));
    }
}

static void give(const text *from) { env_output_set(text_block(from), from->length); }

/* Error: JSON, as the value of `extism:error` in the output, besides the error's text and a result other than 0. */
static int32_t fail(int32_t code) {
    env_error_set(text_block(&message));
    give(&output);
    return code;
}

/* Result: no bytes, or a number, `u64`, little endian. The plug-in frees the blocks of its arguments and of the result. */
static bool price(uint64_t *cents) {
    handle article = text_block(&name);
    handle found = shop_price(article);
    env_free(article);
    if (env_length(found) != 8) {
        return false;
    }
    *cents = env_load_u64(found);
    env_free(found);
    return true;
}

static void add_large(text *into, uint64_t number) {
    if (number >= 10) {
        add_large(into, number / 10);
    }
    text_byte(into, (char)('0' + number % 10));
}

/* Input: {"items": [["mug", 2], ..]}. Output: {"cents": 1, "reason": "text"}. */
EXPORT(discount) int32_t discount(void) {
    calls++;
    text_clear(&input);
    text_input(&input);
    uint64_t total = 0;
    size_t at = 0;
    text_until(&name, &input, at, '[', &at);
    while (at < input.length) {
        text_until(&name, &input, at, '"', &at);
        if (at >= input.length) {
            break;
        }
        text_until(&name, &input, at, '"', &at);
        uint64_t cents = 0;
        if (!price(&cents)) {
            text_clear(&message);
            text_add(&message, "there is no article `");
            text_join(&message, &name);
            text_add(&message, "`");
            text_clear(&output);
            text_add(&output, "{\"extism:error\":{\"UnknownArticle\":{\"article\":\"");
            text_join(&output, &name);
            text_add(&output, "\"}}}");
            return fail(2);
        }
        static text count;
        text_until(&count, &input, at, ',', &at);
        text_until(&count, &input, at, ']', &at);
        total += cents * text_value(&count);
    }
    if (total < 1000) {
        text_clear(&message);
        text_add(&message, "there is no discount below 1000 cents");
        text_clear(&output);
        text_add(&output, "{\"extism:error\":{\"TooCheap\":{\"minimum\":1000}}}");
        return fail(1);
    }
    text_clear(&output);
    text_add(&output, "{\"cents\":");
    add_large(&output, total / 10);
    text_add(&output, ",\"reason\":\"a tenth\"}");
    give(&output);
    return 0;
}

/* Output: a number, `u32`. */
EXPORT(asked) int32_t asked(void) {
    give_number(calls);
    give(&output);
    return 0;
}

/* Input: ["customer", cents]. Output: text. */
EXPORT(receipt) int32_t receipt(void) {
    text_clear(&input);
    text_input(&input);
    size_t at = 0;
    text_until(&name, &input, at, '"', &at);
    text_until(&name, &input, at, '"', &at);
    text_until(&message, &input, at, ',', &at);
    text_until(&message, &input, at, ']', &at);
    text_clear(&output);
    text_join(&output, &name);
    text_add(&output, ": -");
    text_join(&output, &message);
    give(&output);
    return 0;
}
