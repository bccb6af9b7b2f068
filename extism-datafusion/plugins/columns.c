/* Batch functions in C: no PDK, no libc, no Arrow library. Each export takes the columns of its arguments as an Arrow IPC
 * stream and gives the column of its results as one. README.md lists them. */
#include "arrow_ipc.h"
#include "extism_env.h"
#include <wasm_simd128.h>

/* What can be read behind the end of the input: `vowels` looks at 16 bytes at a time. */
#define SLACK 16

/* ---- Memory: one call's, given back at the next call. ---- */

extern uint8_t __heap_base;
static uint32_t heap;

static void *take(uint64_t bytes) {
    uint64_t start = (heap + 7) / 8 * 8, end = start + bytes;
    uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) << 16;
    if (end > have && (end >= UINT32_MAX || __builtin_wasm_memory_grow(0, (end - have + 0xFFFF) >> 16) == (size_t)-1)) {
        __builtin_trap();
    }
    heap = (uint32_t)end;
    return (void *)(uintptr_t)start;
}

static int32_t fail(const char *message) {
    uint64_t length = arrow_length(message);
    handle block = env_alloc(length);
    for (uint64_t i = 0; i < length; i++) {
        env_store_u8(block + i, (uint8_t)message[i]);
    }
    env_error_set(block);
    return 1;
}

/* Copies in steps of eight bytes; what is behind the end of `from` is never used. */
static void store(handle to, const void *from, uint32_t length) {
    const uint64_t *words = from;
    uint32_t i = 0;
    for (; i + 8 <= length; i += 8) {
        env_store_u64(to + i, words[i / 8]);
    }
    for (; i < length; i++) {
        env_store_u8(to + i, ((const uint8_t *)from)[i]);
    }
}

static const char *read_input(arrow_batch *batch) {
    heap = (uint32_t)(uintptr_t)&__heap_base;
    uint64_t length = env_input_length();
    if (length >= UINT32_MAX) {
        return "the batch has more than 4 GiB";
    }
    uint64_t *words = take(length + SLACK);
    uint64_t i = 0;
    for (; i + 8 <= length; i += 8) {
        words[i / 8] = env_input_load_u64(i);
    }
    for (; i < length; i++) {
        ((uint8_t *)words)[i] = env_input_load_u8(i);
    }
    return arrow_read((const uint8_t *)words, (uint32_t)length, batch);
}

/* Gives a column: `parts` are its bitmap, its offsets if it is of texts, and its values. */
static int32_t give(arrow_type type, uint32_t rows, uint32_t nulls, const arrow_part *parts, uint32_t count) {
    static uint8_t metadata[ARROW_METADATA_SIZE] __attribute__((aligned(8)));
    fb_writer out = {metadata, 0};
    arrow_write_schema(&out, "result", type);
    arrow_write_batch(&out, rows, nulls, parts, count);
    uint64_t length = out.length + 8;
    for (uint32_t i = 0; i < count; i++) {
        length += arrow_padded(parts[i].length);
    }
    handle block = env_alloc(length);
    store(block, metadata, out.length);
    handle at = block + out.length;
    for (uint32_t i = 0; i < count; i++) {
        store(at, parts[i].bytes, parts[i].length);
        at += arrow_padded(parts[i].length);
    }
    env_store_u64(at, UINT32_MAX); /* The end of the stream: a mark, and no metadata. */
    env_output_set(block, length);
    return 0;
}

/* ---- What the functions share ---- */

/* The values that are null in one of the columns are null in the result. Returns the bitmap, and counts the nulls. */
static uint8_t *nulls_of(const arrow_batch *batch, uint32_t *nulls) {
    uint32_t bytes = (batch->rows + 7) / 8;
    uint8_t *valid = take(bytes);
    for (uint32_t i = 0; i < bytes; i++) {
        valid[i] = 0xFF;
        for (uint32_t column = 0; column < batch->columns; column++) {
            if (batch->column[column].valid != NULL) {
                valid[i] &= batch->column[column].valid[i];
            }
        }
    }
    *nulls = batch->rows;
    for (uint32_t row = 0; row < batch->rows; row++) {
        *nulls -= valid[row / 8] >> (row % 8) & 1;
    }
    return valid;
}

static arrow_part bitmap(const uint8_t *valid, uint32_t rows, uint32_t nulls) {
    return (arrow_part){valid, nulls == 0 ? 0 : (rows + 7) / 8};
}

static const char *expect(arrow_batch *batch, uint32_t columns, const arrow_type *types, const char *otherwise) {
    const char *problem = read_input(batch);
    if (problem != NULL) {
        return problem;
    }
    bool same = batch->columns == columns;
    for (uint32_t i = 0; i < columns && same; i++) {
        same = batch->column[i].type == types[i];
    }
    return same ? NULL : otherwise;
}

/* ---- The functions ---- */

/* The number of vowels, of either case. */
static uint32_t vowels(const uint8_t *letters, uint32_t count) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i += 16) {
        v128_t lower = wasm_v128_or(wasm_v128_load(letters + i), wasm_u8x16_splat(0x20));
        v128_t is = wasm_i8x16_eq(lower, wasm_u8x16_splat('a'));
        is = wasm_v128_or(is, wasm_i8x16_eq(lower, wasm_u8x16_splat('e')));
        is = wasm_v128_or(is, wasm_i8x16_eq(lower, wasm_u8x16_splat('i')));
        is = wasm_v128_or(is, wasm_i8x16_eq(lower, wasm_u8x16_splat('o')));
        is = wasm_v128_or(is, wasm_i8x16_eq(lower, wasm_u8x16_splat('u')));
        uint32_t bits = wasm_i8x16_bitmask(is), rest = count - i;
        found += (uint32_t)__builtin_popcount(rest < 16 ? bits & ((1u << rest) - 1) : bits);
    }
    return found;
}

/* The number of the text's vowels, times the weight. */
EXPORT(score) int32_t score(void) {
    static const arrow_type types[] = {ARROW_UTF8, ARROW_FLOAT64};
    static arrow_batch batch;
    const char *problem = expect(&batch, 2, types, "score takes a text and a number: Utf8, Float64");
    if (problem != NULL) {
        return fail(problem);
    }
    uint32_t nulls;
    uint8_t *valid = nulls_of(&batch, &nulls);
    double *results = take(8 * (uint64_t)batch.rows);
    const arrow_column *text = &batch.column[0];
    const double *weights = batch.column[1].values;
    const uint8_t *letters = text->values;
    for (uint32_t row = 0; row < batch.rows; row++) {
        uint32_t start = (uint32_t)text->offsets[row], end = (uint32_t)text->offsets[row + 1];
        results[row] = vowels(letters + start, end - start) * weights[row];
    }
    arrow_part parts[] = {bitmap(valid, batch.rows, nulls), {results, 8 * batch.rows}};
    return give(ARROW_FLOAT64, batch.rows, nulls, parts, 2);
}

/* The text with its ASCII letters in upper case. */
EXPORT(shout) int32_t shout(void) {
    static const arrow_type types[] = {ARROW_UTF8};
    static const int32_t none[1];
    static arrow_batch batch;
    const char *problem = expect(&batch, 1, types, "shout takes a text: Utf8");
    if (problem != NULL) {
        return fail(problem);
    }
    uint32_t nulls;
    uint8_t *valid = nulls_of(&batch, &nulls);
    const arrow_column *text = &batch.column[0];
    uint32_t bytes = batch.rows == 0 ? 0 : (uint32_t)text->offsets[batch.rows];
    const uint8_t *letters = text->values;
    uint8_t *loud = take(bytes);
    for (uint32_t i = 0; i < bytes; i++) {
        loud[i] = letters[i] >= 'a' && letters[i] <= 'z' ? (uint8_t)(letters[i] - 0x20) : letters[i];
    }
    const int32_t *offsets = batch.rows == 0 ? none : text->offsets;
    arrow_part parts[] = {bitmap(valid, batch.rows, nulls), {offsets, 4 * (batch.rows + 1)}, {loud, bytes}};
    return give(ARROW_UTF8, batch.rows, nulls, parts, 3);
}

/* ---- Functions that do it wrong, for tests ---- */

/* One result fewer than there are rows. */
EXPORT(too_few) int32_t too_few(void) {
    static arrow_batch batch;
    const char *problem = read_input(&batch);
    if (problem != NULL) {
        return fail(problem);
    }
    uint32_t rows = batch.rows == 0 ? 0 : batch.rows - 1;
    double *results = take(8 * (uint64_t)rows);
    for (uint32_t row = 0; row < rows; row++) {
        results[row] = row;
    }
    arrow_part parts[] = {{NULL, 0}, {results, 8 * rows}};
    return give(ARROW_FLOAT64, rows, 0, parts, 2);
}

/* Bytes that are no Arrow IPC stream. */
EXPORT(not_arrow) int32_t not_arrow(void) {
    handle block = env_alloc(16);
    env_store_u64(block, 0x776F7272612D6F6Eu);
    env_store_u64(block + 8, 0);
    env_output_set(block, 16);
    return 0;
}

/* Texts whose offsets go beyond their end. */
EXPORT(bad_offsets) int32_t bad_offsets(void) {
    static arrow_batch batch;
    const char *problem = read_input(&batch);
    if (problem != NULL) {
        return fail(problem);
    }
    int32_t *offsets = take(4 * ((uint64_t)batch.rows + 1));
    for (uint32_t row = 0; row <= batch.rows; row++) {
        offsets[row] = (int32_t)(1000 * row);
    }
    arrow_part parts[] = {{NULL, 0}, {offsets, 4 * (batch.rows + 1)}, {"short", 5}};
    return give(ARROW_UTF8, batch.rows, 0, parts, 3);
}

/* Texts that are not UTF-8. */
EXPORT(bad_utf8) int32_t bad_utf8(void) {
    static arrow_batch batch;
    const char *problem = read_input(&batch);
    if (problem != NULL) {
        return fail(problem);
    }
    int32_t *offsets = take(4 * ((uint64_t)batch.rows + 1));
    uint8_t *letters = take(batch.rows);
    for (uint32_t row = 0; row <= batch.rows; row++) {
        offsets[row] = (int32_t)row;
    }
    for (uint32_t row = 0; row < batch.rows; row++) {
        letters[row] = 0xFF;
    }
    arrow_part parts[] = {{NULL, 0}, {offsets, 4 * (batch.rows + 1)}, {letters, batch.rows}};
    return give(ARROW_UTF8, batch.rows, 0, parts, 3);
}
