//! A guest in Zig without a PDK, which calls the environment as Extism's PDK for Zig does: it frees values once they are
//! read, and an answer's body and headers together at the end. Its exports are those of all the `pdk_*` guests:
//! README.md says what they do.

const std = @import("std");

const env = struct {
    extern "extism:host/env" fn input_length() u64;
    extern "extism:host/env" fn input_load_u8(index: u64) u8;
    extern "extism:host/env" fn input_load_u64(index: u64) u64;
    extern "extism:host/env" fn length(handle: u64) u64;
    extern "extism:host/env" fn length_unsafe(handle: u64) u64;
    extern "extism:host/env" fn alloc(length: u64) u64;
    extern "extism:host/env" fn free(handle: u64) void;
    extern "extism:host/env" fn load_u8(offset: u64) u8;
    extern "extism:host/env" fn load_u64(offset: u64) u64;
    extern "extism:host/env" fn store_u8(offset: u64, value: u8) void;
    extern "extism:host/env" fn store_u64(offset: u64, value: u64) void;
    extern "extism:host/env" fn output_set(offset: u64, length: u64) void;
    extern "extism:host/env" fn error_set(handle: u64) void;
    extern "extism:host/env" fn config_get(key: u64) u64;
    extern "extism:host/env" fn var_get(key: u64) u64;
    extern "extism:host/env" fn var_set(key: u64, value: u64) void;
    extern "extism:host/env" fn http_request(request: u64, body: u64) u64;
    extern "extism:host/env" fn http_status_code() i32;
    extern "extism:host/env" fn http_headers() u64;
    extern "extism:host/env" fn get_log_level() i32;
    extern "extism:host/env" fn log_debug(handle: u64) void;
    extern "extism:host/env" fn log_info(handle: u64) void;
    extern "extism:host/env" fn log_warn(handle: u64) void;
    extern "extism:host/env" fn log_error(handle: u64) void;
};

var room: [1 << 17]u8 = undefined;
/// Where a call's texts are; made anew at each call.
var texts: std.heap.FixedBufferAllocator = undefined;

fn print(comptime format: []const u8, values: anytype) []const u8 {
    return std.fmt.allocPrint(texts.allocator(), format, values) catch unreachable;
}

/// A block of the kernel's memory.
const Memory = struct {
    offset: u64,
    length: u64,

    fn of(data: []const u8) Memory {
        const block = Memory{ .offset = env.alloc(data.len), .length = data.len };
        var at: usize = 0;
        while (at + 8 <= data.len) : (at += 8) {
            env.store_u64(block.offset + at, std.mem.readInt(u64, data[at..][0..8], .little));
        }
        while (at < data.len) : (at += 1) {
            env.store_u8(block.offset + at, data[at]);
        }
        return block;
    }

    fn load(self: Memory) []const u8 {
        const data = texts.allocator().alloc(u8, @intCast(self.length)) catch unreachable;
        var at: usize = 0;
        while (at + 8 <= data.len) : (at += 8) {
            std.mem.writeInt(u64, data[at..][0..8], env.load_u64(self.offset + at), .little);
        }
        while (at < data.len) : (at += 1) {
            data[at] = env.load_u8(self.offset + at);
        }
        return data;
    }

    fn output(self: Memory) void {
        env.output_set(self.offset, self.length);
    }
};

fn input() []const u8 {
    texts = std.heap.FixedBufferAllocator.init(&room);
    const data = texts.allocator().alloc(u8, @intCast(env.input_length())) catch unreachable;
    var at: usize = 0;
    while (at + 8 <= data.len) : (at += 8) {
        std.mem.writeInt(u64, data[at..][0..8], env.input_load_u64(at), .little);
    }
    while (at < data.len) : (at += 1) {
        data[at] = env.input_load_u8(at);
    }
    return data;
}

fn look(comptime get: fn (u64) callconv(.c) u64, key: []const u8) ?[]const u8 {
    const offset = get(Memory.of(key).offset);
    const length = env.length(offset);
    if (offset == 0 or length == 0) return null;
    defer env.free(offset);
    return (Memory{ .offset = offset, .length = length }).load();
}

fn setting(key: []const u8) []const u8 {
    return look(configGet, key) orelse "none";
}

fn variable(key: []const u8) []const u8 {
    return look(varGet, key) orelse "none";
}

fn configGet(key: u64) callconv(.c) u64 {
    return env.config_get(key);
}

fn varGet(key: u64) callconv(.c) u64 {
    return env.var_get(key);
}

fn setVariable(key: []const u8, value: []const u8) void {
    const name = Memory.of(key);
    env.var_set(name.offset, Memory.of(value).offset);
}

const Level = enum(i32) { debug = 1, info, warn, failure };

fn log(level: Level, comptime format: []const u8, values: anytype) void {
    if (@intFromEnum(level) < env.get_log_level()) return;
    const line = Memory.of(print(format, values));
    switch (level) {
        .debug => env.log_debug(line.offset),
        .info => env.log_info(line.offset),
        .warn => env.log_warn(line.offset),
        .failure => env.log_error(line.offset),
    }
}

const Answer = struct {
    body: Memory,
    headers: Memory,
    status: i32,

    /// A header's value; those of these tests hold no quotes.
    fn header(self: Answer, name: []const u8) []const u8 {
        const all = self.headers.load();
        const key = print("\"{s}\":\"", .{name});
        const start = (std.mem.indexOf(u8, all, key) orelse return "none") + key.len;
        return all[start .. std.mem.indexOfScalarPos(u8, all, start, '"') orelse all.len];
    }

    fn free(self: Answer) void {
        env.free(self.body.offset);
        env.free(self.headers.offset);
    }
};

fn send(method: []const u8, url: []const u8, visitor: []const u8, body: []const u8) Answer {
    const meta = "{{\"url\":\"{s}\",\"method\":\"{s}\",\"headers\":{{\"x-visitor\":\"{s}\"}}}}";
    const request = Memory.of(print(meta, .{ url, method, visitor }));
    const sent = Memory.of(body);
    const offset = env.http_request(request.offset, sent.offset);
    const length = env.length_unsafe(offset);
    const status = env.http_status_code();
    const headers = env.http_headers();
    return .{
        .body = .{ .offset = offset, .length = length },
        .headers = .{ .offset = headers, .length = env.length_unsafe(headers) },
        .status = status,
    };
}

export fn report() i32 {
    const url = input();
    const greeting = setting("greeting");
    const before = std.fmt.parseInt(u32, variable("visitors"), 10) catch 0;
    const visitors = print("{d}", .{before + 1});
    setVariable("visitors", visitors);
    log(.info, "visitor {s}", .{visitors});
    const answer = send("POST", url, visitors, print("{s} {s}", .{ greeting, visitors }));
    defer answer.free();
    log(.debug, "status {d}", .{answer.status});
    const after = variable("visitors");
    const body = answer.body.load();
    log(.warn, "done with {s}", .{after});
    const format = "greeting={s}\nvisitors={s}\nstatus={d}\nx-answer={s}\ntype={s}\nbody={s}";
    const values = .{ greeting, after, answer.status, answer.header("x-answer"), answer.header("content-type"), body };
    const text = Memory.of(print(format, values));
    if (answer.status >= 400) {
        env.error_set(text.offset);
        return @divTrunc(answer.status, 100);
    }
    text.output();
    return 0;
}

export fn forward() i32 {
    const answer = send("GET", input(), "f", "");
    log(.info, "a line as long as it takes to fill the place of the request that was given back, or of its headers", .{});
    log(.info, "short", .{});
    setVariable("forwarded", print("{d}", .{answer.status}));
    log(.info, "forwarded {s}", .{variable("forwarded")});
    answer.body.output();
    // The output's block is freed before the export returns.
    answer.free();
    return 0;
}

export fn settings() i32 {
    const keys = input();
    var text: []const u8 = "";
    for (0..2) |_| {
        var each = std.mem.splitScalar(u8, keys, '\n');
        while (each.next()) |key| {
            text = print("{s}{s}={s}\n", .{ text, key, setting(key) });
            log(.debug, "read {s}", .{key});
        }
    }
    Memory.of(text).output();
    return 0;
}

export fn remember() i32 {
    var lines = std.mem.splitScalar(u8, input(), '\n');
    var text: []const u8 = "";
    while (lines.next()) |line| {
        const at = std.mem.indexOfScalar(u8, line, '=') orelse {
            text = print("{s}{s}={s}\n", .{ text, line, variable(line) });
            continue;
        };
        if (at + 1 == line.len) {
            env.var_set(Memory.of(line[0..at]).offset, 0);
        } else {
            setVariable(line[0..at], line[at + 1 ..]);
        }
    }
    Memory.of(text).output();
    return 0;
}

export fn refuse() i32 {
    const text = input();
    const greeting = setting("greeting");
    setVariable("refused", text);
    Memory.of("not seen").output();
    log(.warn, "about to refuse {s}", .{text});
    env.error_set(Memory.of(print("{s} refused: {s}", .{ greeting, text })).offset);
    return 3;
}

export fn stop() i32 {
    const text = input();
    setVariable("stopped", text);
    log(.failure, "stops: {s}", .{text});
    @trap();
}
