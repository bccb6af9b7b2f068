/* The orders of calls in which other PDKs use the environment, each under the name of its language: what they free,
 * and what they use again afterwards. Not those PDKs' code: the same calls of the kernel. README.md lists them. */
#include "text.h"

static text input, first, rest, made, headers;

static void read_input(void) {
    size_t after;
    text_clear(&input);
    text_input(&input);
    text_until(&first, &input, 0, '\n', &after);
    text_clear(&rest);
    for (; after < input.length; after++) {
        text_byte(&rest, input.bytes[after]);
    }
}

static handle block_of(const char *from) {
    text_clear(&made);
    text_add(&made, from);
    return text_block(&made);
}

static void output(const text *from) { env_output_set(text_block(from), from->length); }

static void label(const char *name, uint64_t number) {
    text_add(&made, name);
    text_byte(&made, ' ');
    text_number(&made, (uint32_t)number);
    text_byte(&made, ' ');
}

static handle request_of(const char *method) {
    text visitor;
    text_clear(&visitor);
    text_byte(&visitor, 'o');
    text_request(&made, method, &first, &visitor);
    return text_block(&made);
}

/* MoonBit frees the key at once, and asks for the value's length after that. */

static void moonbit_look(handle (*get)(handle)) {
    handle key = text_block(&first);
    handle value = get(key);
    env_free(key);
    uint64_t length = env_length(value);
    text_clear(&made);
    label("length", length);
    text_load(&made, value, length);
    env_free(value);
    output(&made);
}

EXPORT(moonbit_config) int32_t moonbit_config(void) {
    read_input();
    moonbit_look(env_config_get);
    return 0;
}

EXPORT(moonbit_var) int32_t moonbit_var(void) {
    read_input();
    handle key = text_block(&first), value = text_block(&rest);
    env_var_set(key, value);
    env_free(key);
    env_free(value);
    moonbit_look(env_var_get);
    return 0;
}

EXPORT(moonbit_log) int32_t moonbit_log(void) {
    read_input();
    void (*const logs[])(handle) = {env_log_debug, env_log_info, env_log_warn, env_log_error};
    handle kept = text_block(&input);
    for (int i = 0; i < 4; i++) {
        handle line = text_block(&input);
        logs[i](line);
        env_free(line);
    }
    env_output_set(kept, env_length(kept));
    return 0;
}

EXPORT(moonbit_http) int32_t moonbit_http(void) {
    read_input();
    handle request = request_of("POST"), body = text_block(&rest);
    handle response = env_http_request(request, body);
    uint64_t length = env_length(response);
    int32_t status = env_http_status_code();
    env_free(request);
    env_free(body);
    text_clear(&made);
    label("status", (uint64_t)status);
    handle line = text_block(&made);
    env_log_info(line);
    env_free(line);
    env_output_set(response, length);
    return 0;
}

/* .NET finds a value by its length and frees it at the end of its scope; of a request, the body first. */

EXPORT(dotnet_config) int32_t dotnet_config(void) {
    read_input();
    handle value = env_config_get(text_block(&first));
    uint64_t length = env_length(value);
    text_clear(&made);
    label("length", length);
    text_load(&made, value, length);
    if (length != 0) {
        env_free(value);
    }
    output(&made);
    return 0;
}

EXPORT(dotnet_http) int32_t dotnet_http(void) {
    read_input();
    handle request = request_of("POST"), body = text_block(&rest);
    handle response = env_http_request(request, body);
    uint64_t length = env_length(response);
    int32_t status = env_http_status_code();
    handle all = env_http_headers();
    uint64_t headers_length = env_length(all);
    text_clear(&headers);
    text_load(&headers, all, headers_length);
    if (headers_length != 0) {
        env_free(all);
    }
    env_free(body);
    env_free(request);
    /* The answer becomes a variable by its own block, and is read after that. */
    env_var_set(block_of("response"), response);
    env_log_info(block_of("the answer is kept"));
    text_header(&first, &headers, "x-answer");
    text_clear(&made);
    label("status", (uint64_t)status);
    label("length", length);
    text_join(&made, &first);
    text_byte(&made, ' ');
    text_load(&made, response, length);
    env_free(response);
    output(&made);
    return 0;
}

EXPORT(dotnet_var) int32_t dotnet_var(void) {
    read_input();
    handle key = text_block(&first);
    handle value = env_var_get(key);
    uint64_t length = env_length(value);
    text_clear(&made);
    label("length", length);
    text_load(&made, value, length);
    if (length != 0) {
        env_free(value);
    }
    handle again = env_var_get(text_block(&first));
    label(" again", env_length(again));
    text_load(&made, again, env_length(again));
    output(&made);
    return 0;
}

/* Haskell frees the value when it has read it, and goes on to log and to the next key. */

EXPORT(haskell_config) int32_t haskell_config(void) {
    read_input();
    text_clear(&headers);
    for (size_t at = 0; at < input.length;) {
        text_until(&first, &input, at, '\n', &at);
        handle key = text_block(&first);
        handle value = env_config_get(key);
        if (value != 0) {
            uint64_t length = env_length(value);
            text_load(&headers, value, length);
            env_free(value);
        }
        env_free(key);
        text_byte(&headers, ';');
        env_log_info(block_of("read"));
    }
    output(&headers);
    return 0;
}

EXPORT(haskell_http) int32_t haskell_http(void) {
    read_input();
    handle body = text_block(&rest), request = request_of("PUT");
    handle response = env_http_request(request, body);
    int32_t status = env_http_status_code();
    handle all = env_http_headers();
    text_clear(&headers);
    text_load(&headers, all, env_length(all));
    env_free(all);
    uint64_t length = env_length_unsafe(response);
    text_clear(&first);
    text_load(&first, response, length);
    env_free(response);
    text_clear(&made);
    label("status", (uint64_t)status);
    text_header(&rest, &headers, "x-answer");
    text_join(&made, &rest);
    text_byte(&made, ' ');
    text_join(&made, &first);
    output(&made);
    return 0;
}

/* Go defers: everything that a request was made of is freed when the answer's headers have been read. */

EXPORT(go_http) int32_t go_http(void) {
    read_input();
    handle request = request_of("POST"), body = text_block(&rest);
    handle response = env_http_request(request, body);
    uint64_t length = env_length_unsafe(response);
    handle all = env_http_headers();
    text_clear(&headers);
    text_load(&headers, all, env_length_unsafe(all));
    env_free(all);
    env_free(body);
    env_free(request);
    text_join(&input, &headers);
    env_log_info(text_block(&input));
    env_log_info(text_block(&rest));
    env_output_set(response, length);
    return 0;
}

EXPORT(go_var) int32_t go_var(void) {
    read_input();
    env_var_set(text_block(&first), text_block(&rest));
    handle key = text_block(&first);
    handle value = env_var_get(key);
    uint64_t length = env_length(value);
    handle other = text_block(&first);
    text_clear(&made);
    label("length", length);
    text_load(&made, value, length);
    env_free(key);
    text_byte(&made, ' ');
    text_load(&made, other, first.length);
    output(&made);
    return 0;
}

/* Rust logs by reference: the block is read and given out after that. */

EXPORT(rust_log) int32_t rust_log(void) {
    read_input();
    handle line = text_block(&input);
    env_log_info(line);
    env_log_warn(text_block(&input));
    env_log_error(text_block(&rest));
    env_output_set(line, input.length);
    return 0;
}

EXPORT(rust_var) int32_t rust_var(void) {
    read_input();
    handle value = text_block(&rest), key = text_block(&first);
    env_var_set(key, value);
    handle other = text_block(&input);
    env_log_info(other);
    env_output_set(value, rest.length);
    return 0;
}

/* C keeps handles: the value's and the key's bytes are used after both were handed over. */

EXPORT(c_handles) int32_t c_handles(void) {
    read_input();
    handle key = text_block(&first), value = text_block(&rest);
    env_var_set(key, value);
    handle found = env_var_get(block_of("none"));
    text_clear(&headers);
    text_load(&headers, key, first.length);
    text_byte(&headers, ' ');
    text_load(&headers, value, rest.length);
    text_byte(&headers, ' ');
    text_load(&headers, found, env_length_unsafe(found));
    output(&headers);
    return 0;
}

/* What the official runtime does not take either: a handle that was handed over, handed over again. */

EXPORT(log_twice) int32_t log_twice(void) {
    read_input();
    handle line = text_block(&input);
    env_log_info(line);
    env_log_warn(line);
    return 0;
}

EXPORT(value_for_two_keys) int32_t value_for_two_keys(void) {
    read_input();
    handle value = text_block(&rest);
    env_var_set(text_block(&first), value);
    env_var_set(block_of("second"), value);
    return 0;
}

/* An error's block is freed, and others take places, before the export returns. */

EXPORT(error_then_free) int32_t error_then_free(void) {
    read_input();
    handle message = text_block(&input);
    env_error_set(message);
    env_free(message);
    env_log_warn(text_block(&rest));
    env_var_set(text_block(&first), text_block(&rest));
    return 2;
}

EXPORT(output_then_free) int32_t output_then_free(void) {
    read_input();
    handle message = text_block(&input);
    env_output_set(message, input.length);
    env_free(message);
    env_log_warn(text_block(&rest));
    env_var_set(text_block(&first), text_block(&rest));
    return 0;
}

EXPORT(free_twice) int32_t free_twice(void) {
    read_input();
    handle block = text_block(&first);
    env_free(block);
    env_free(block);
    handle one = text_block(&first), two = text_block(&rest);
    text_clear(&made);
    label("length", env_length(block));
    text_load(&made, one, env_length(one));
    text_byte(&made, ' ');
    text_load(&made, two, env_length(two));
    output(&made);
    return 0;
}
