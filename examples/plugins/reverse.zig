//! A guest in Zig without a PDK: returns its input's bytes in reverse order.

const env = struct {
    extern "extism:host/env" fn input_length() u64;
    extern "extism:host/env" fn input_load_u8(index: u64) u8;
    extern "extism:host/env" fn alloc(length: u64) u64;
    extern "extism:host/env" fn store_u8(offset: u64, value: u8) void;
    extern "extism:host/env" fn output_set(offset: u64, length: u64) void;
};

/// Bytes in, the same bytes out, the last one first.
export fn reverse() i32 {
    const length = env.input_length();
    const output = env.alloc(length);
    if (output == 0 and length != 0) return 1;
    for (0..@intCast(length)) |i| {
        env.store_u8(output + length - 1 - i, env.input_load_u8(i));
    }
    env.output_set(output, length);
    return 0;
}
