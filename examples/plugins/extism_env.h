/* The functions of `extism:host/env` that the guests in C use, imported directly: no PDK. */
#ifndef EXTISM_ENV_H
#define EXTISM_ENV_H

#include <stdint.h>

/* An offset into the kernel's memory; 0 is null. */
typedef uint64_t handle;

#define FROM_ENV(name) __attribute__((import_module("extism:host/env"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

FROM_ENV(input_length) uint64_t env_input_length(void);
FROM_ENV(input_load_u8) uint8_t env_input_load_u8(uint64_t index);
FROM_ENV(input_load_u64) uint64_t env_input_load_u64(uint64_t index);
FROM_ENV(alloc) handle env_alloc(uint64_t length);
FROM_ENV(free) void env_free(handle block);
FROM_ENV(length) uint64_t env_length(handle block);
FROM_ENV(load_u8) uint8_t env_load_u8(uint64_t offset);
FROM_ENV(load_u64) uint64_t env_load_u64(uint64_t offset);
FROM_ENV(store_u8) void env_store_u8(uint64_t offset, uint8_t value);
FROM_ENV(store_u64) void env_store_u64(uint64_t offset, uint64_t value);
FROM_ENV(output_set) void env_output_set(uint64_t offset, uint64_t length);
FROM_ENV(error_set) void env_error_set(handle message);
FROM_ENV(input_offset) handle env_input_offset(void);
FROM_ENV(length_unsafe) uint64_t env_length_unsafe(handle block);
FROM_ENV(config_get) handle env_config_get(handle key);
FROM_ENV(var_get) handle env_var_get(handle key);
FROM_ENV(var_set) void env_var_set(handle key, handle value);
FROM_ENV(http_request) handle env_http_request(handle request, handle body);
FROM_ENV(http_status_code) int32_t env_http_status_code(void);
FROM_ENV(http_headers) handle env_http_headers(void);
FROM_ENV(log_debug) void env_log_debug(handle text);
FROM_ENV(log_info) void env_log_info(handle text);
FROM_ENV(log_warn) void env_log_warn(handle text);
FROM_ENV(log_error) void env_log_error(handle text);

#endif
