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

#endif
