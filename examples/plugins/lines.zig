//! Traps at known lines: built with debug information, for backtraces with files and lines. The tests name these lines,
//! so keep them where they are. No PDK.

const env = struct {
    extern "extism:host/env" fn input_length() u64;
    extern "extism:host/env" fn input_load_u8(index: u64) u8;
    extern "extism:host/env" fn alloc(length: u64) u64;
    extern "extism:host/env" fn store_u8(offset: u64, value: u8) void;
    extern "extism:host/env" fn output_set(offset: u64, length: u64) void;
};

/// The input's last byte, once for each of its bytes, out; a trap where there is none.
export fn pick() i32 {
    const length = env.input_length();
    const byte = outer(length);
    const output = env.alloc(length);
    for (0..@intCast(length)) |i| {
        env.store_u8(output + i, byte);
    }
    env.output_set(output, length);
    return 0;
}

noinline fn outer(length: u64) u8 {
    return checked(length);
}

inline fn checked(length: u64) u8 {
    if (length == 0) {
        @trap();
    }
    return env.input_load_u8(length - 1);
}
