/* A guest in C without a PDK, which calls the environment as Extism's PDK for C does: that one frees nothing, and returns
 * handles to its user, which are used again after they were passed on. Its exports are those of all the `pdk_*` guests:
 * README.md says what they do. */
#include "text.h"

static text input, key, value, made, greeting, visitors, headers, answer;

static handle block_of(const char *from) {
    text_clear(&made);
    text_add(&made, from);
    return text_block(&made);
}

static void output(const text *from) {
    handle block = text_block(from);
    env_output_set(block, env_length_unsafe(block));
}

/* What `get` has for a key, by its handle: "none" where that is 0. */
static void look(text *into, handle (*get)(handle), handle name) {
    handle found = get(name);
    text_clear(into);
    if (found == 0) {
        text_add(into, "none");
    } else {
        text_load(into, found, env_length_unsafe(found));
    }
}

static void log_as(void (*log)(handle), const char *what, const text *rest) {
    text_clear(&made);
    text_add(&made, what);
    text_join(&made, rest);
    log(text_block(&made));
}

static uint32_t send(handle *body, const char *method, const text *visitor, handle sent) {
    text_request(&made, method, &input, visitor);
    *body = env_http_request(text_block(&made), sent);
    uint32_t status = (uint32_t)env_http_status_code();
    handle all = env_http_headers();
    text_clear(&headers);
    text_load(&headers, all, env_length_unsafe(all));
    return status;
}

static void add_header(const char *label, const char *name) {
    text_add(&answer, label);
    text_header(&value, &headers, name);
    text_join(&answer, &value);
}

EXPORT(report) int32_t report(void) {
    text_clear(&input);
    text_input(&input);
    look(&greeting, env_config_get, block_of("greeting"));
    look(&visitors, env_var_get, block_of("visitors"));
    uint32_t count = text_value(&visitors) + 1;
    text_clear(&visitors);
    text_number(&visitors, count);
    handle stored = text_block(&visitors);
    env_var_set(block_of("visitors"), stored);
    log_as(env_log_info, "visitor ", &visitors);
    text_clear(&value);
    text_join(&value, &greeting);
    text_byte(&value, ' ');
    /* The variable's value again, by the handle that was handed over. */
    text_load(&value, stored, visitors.length);
    handle body;
    uint32_t status = send(&body, "POST", &visitors, text_block(&value));
    text_clear(&value);
    text_number(&value, status);
    log_as(env_log_debug, "status ", &value);
    look(&visitors, env_var_get, block_of("visitors"));
    log_as(env_log_warn, "done with ", &visitors);
    text_clear(&answer);
    text_add(&answer, "greeting=");
    text_join(&answer, &greeting);
    text_add(&answer, "\nvisitors=");
    text_join(&answer, &visitors);
    text_add(&answer, "\nstatus=");
    text_number(&answer, status);
    add_header("\nx-answer=", "x-answer");
    add_header("\ntype=", "content-type");
    text_add(&answer, "\nbody=");
    text_load(&answer, body, env_length_unsafe(body));
    if (status >= 400) {
        env_error_set(text_block(&answer));
        return (int32_t)(status / 100);
    }
    output(&answer);
    return 0;
}

EXPORT(forward) int32_t forward(void) {
    text_clear(&input);
    text_input(&input);
    text_clear(&visitors);
    text_byte(&visitors, 'f');
    handle body;
    uint32_t status = send(&body, "GET", &visitors, 0);
    text_clear(&value);
    log_as(env_log_info, "a line as long as it takes to fill the place of the request that was given back, or of its headers", &value);
    log_as(env_log_info, "short", &value);
    text_number(&value, status);
    env_var_set(block_of("forwarded"), text_block(&value));
    look(&value, env_var_get, block_of("forwarded"));
    log_as(env_log_info, "forwarded ", &value);
    env_output_set(body, env_length_unsafe(body));
    return 0;
}

EXPORT(settings) int32_t settings(void) {
    text_clear(&input);
    text_input(&input);
    text_clear(&answer);
    for (int round = 0; round < 2; round++) {
        for (size_t at = 0; at < input.length;) {
            text_until(&key, &input, at, '\n', &at);
            look(&value, env_config_get, text_block(&key));
            text_join(&answer, &key);
            text_byte(&answer, '=');
            text_join(&answer, &value);
            text_byte(&answer, '\n');
            log_as(env_log_debug, "read ", &key);
        }
    }
    output(&answer);
    return 0;
}

static bool holds(const text *from, char byte) {
    for (size_t i = 0; i < from->length; i++) {
        if (from->bytes[i] == byte) {
            return true;
        }
    }
    return false;
}

static void remember_line(const text *line) {
    size_t at;
    text_until(&key, line, 0, '=', &at);
    text_clear(&value);
    if (!holds(line, '=')) {
        look(&value, env_var_get, text_block(&key));
        text_join(&answer, &key);
        text_byte(&answer, '=');
        text_join(&answer, &value);
        text_byte(&answer, '\n');
        return;
    }
    text_until(&value, line, at, '\n', &at);
    handle stored = value.length == 0 ? 0 : text_block(&value);
    env_var_set(text_block(&key), stored);
}

EXPORT(remember) int32_t remember(void) {
    text_clear(&input);
    text_input(&input);
    text_clear(&answer);
    for (size_t at = 0; at < input.length;) {
        text_until(&visitors, &input, at, '\n', &at);
        remember_line(&visitors);
    }
    output(&answer);
    return 0;
}

EXPORT(refuse) int32_t refuse(void) {
    text_clear(&input);
    text_input(&input);
    look(&greeting, env_config_get, block_of("greeting"));
    env_var_set(block_of("refused"), text_block(&input));
    text_clear(&value);
    text_add(&value, "not seen");
    output(&value);
    log_as(env_log_warn, "about to refuse ", &input);
    text_add(&greeting, " refused: ");
    text_join(&greeting, &input);
    env_error_set(text_block(&greeting));
    return 3;
}

EXPORT(stop) int32_t stop(void) {
    text_clear(&input);
    text_input(&input);
    env_var_set(block_of("stopped"), text_block(&input));
    log_as(env_log_error, "stops: ", &input);
    __builtin_trap();
}
