/* Arrow IPC streams of one record batch, read and written without a library: the columns of a batch function's arguments,
 * and the column of its results. Types: Int64, Float64, Boolean and Utf8; no dictionaries, no compression.
 *
 * A stream is a schema message, record batch messages, and an end. A message is 0xFFFFFFFF, the length of its metadata, the
 * metadata (a flatbuffer), and a body with the columns' buffers. Every length and offset is checked before it is used. */
#ifndef ARROW_IPC_H
#define ARROW_IPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { ARROW_NONE, ARROW_INT64, ARROW_FLOAT64, ARROW_BOOL, ARROW_UTF8 } arrow_type;

/* A column. `valid` is a bitmap, or null where no value is null. `offsets` (of Utf8 only) has a number more than rows. */
typedef struct {
    arrow_type type;
    uint32_t rows;
    const uint8_t *valid;
    const int32_t *offsets;
    const void *values;
    uint32_t value_bytes;
} arrow_column;

enum { ARROW_MAX_COLUMNS = 16 };

typedef struct {
    uint32_t rows;
    uint32_t columns;
    arrow_column column[ARROW_MAX_COLUMNS];
} arrow_batch;

/* ---- Flatbuffers, reading. A table is known by its position; 0 is none. ---- */

typedef struct {
    const uint8_t *bytes;
    uint32_t length;
    bool bad;
} fb_reader;

static inline uint64_t fb_load(fb_reader *in, uint32_t at, uint32_t size) {
    if (at > in->length || in->length - at < size) {
        in->bad = true;
        return 0;
    }
    uint64_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value |= (uint64_t)in->bytes[at + i] << (8 * i);
    }
    return value;
}

/* Where the table, vector or text is that a place refers to. */
static inline uint32_t fb_follow(fb_reader *in, uint32_t at) {
    uint64_t target = (uint64_t)at + fb_load(in, at, 4);
    if (target >= in->length) {
        in->bad = true;
        return 0;
    }
    return (uint32_t)target;
}

/* Where a field of a table is, by its number in the schema; 0 where the table lacks it. */
static inline uint32_t fb_field(fb_reader *in, uint32_t table, uint32_t number) {
    if (table == 0) {
        return 0;
    }
    int64_t vtable = (int64_t)table - (int32_t)fb_load(in, table, 4);
    if (vtable < 0 || vtable >= in->length) {
        in->bad = true;
        return 0;
    }
    uint32_t entry = 4 + 2 * number;
    if (entry >= fb_load(in, (uint32_t)vtable, 2)) {
        return 0;
    }
    uint32_t offset = (uint32_t)fb_load(in, (uint32_t)vtable + entry, 2);
    return offset == 0 ? 0 : table + offset;
}

static inline uint64_t fb_number(fb_reader *in, uint32_t table, uint32_t number, uint32_t size) {
    uint32_t at = fb_field(in, table, number);
    return at == 0 ? 0 : fb_load(in, at, size);
}

static inline uint32_t fb_child(fb_reader *in, uint32_t table, uint32_t number) {
    uint32_t at = fb_field(in, table, number);
    return at == 0 ? 0 : fb_follow(in, at);
}

/* ---- The stream, reading ---- */

enum { MESSAGE_SCHEMA = 1, MESSAGE_BATCH = 3 };
enum { TYPE_INT = 2, TYPE_FLOAT = 3, TYPE_UTF8 = 5, TYPE_BOOL = 6 };

static inline arrow_type arrow_type_of(fb_reader *in, uint32_t field) {
    uint32_t type = fb_child(in, field, 3);
    switch (fb_number(in, field, 2, 1)) {
    case TYPE_INT:
        return fb_number(in, type, 0, 4) == 64 && fb_number(in, type, 1, 1) == 1 ? ARROW_INT64 : ARROW_NONE;
    case TYPE_FLOAT:
        return fb_number(in, type, 0, 2) == 2 ? ARROW_FLOAT64 : ARROW_NONE;
    case TYPE_UTF8:
        return ARROW_UTF8;
    case TYPE_BOOL:
        return ARROW_BOOL;
    default:
        return ARROW_NONE;
    }
}

static inline const char *arrow_schema(fb_reader *in, uint32_t schema, arrow_batch *into) {
    uint32_t fields = fb_child(in, schema, 1);
    into->columns = fields == 0 ? 0 : (uint32_t)fb_load(in, fields, 4);
    if (into->columns > ARROW_MAX_COLUMNS) {
        return "the batch has more than 16 columns";
    }
    for (uint32_t i = 0; i < into->columns && !in->bad; i++) {
        into->column[i].type = arrow_type_of(in, fb_follow(in, fields + 4 + 4 * i));
        if (into->column[i].type == ARROW_NONE) {
            return "a column is none of Int64, Float64, Boolean and Utf8";
        }
    }
    return NULL;
}

/* The next buffer of the body, if it has so many bytes. */
static inline const uint8_t *arrow_buffer(fb_reader *in, uint32_t *at, const uint8_t *body, uint64_t body_length,
                                          uint64_t needed, uint32_t *length) {
    uint64_t offset = fb_load(in, *at, 8), bytes = fb_load(in, *at + 8, 8);
    *at += 16;
    if (offset > body_length || body_length - offset < bytes || bytes < needed || bytes > UINT32_MAX) {
        in->bad = true;
        return NULL;
    }
    *length = (uint32_t)bytes;
    return body + offset;
}

static inline void arrow_text(fb_reader *in, arrow_column *column) {
    int32_t before = 0;
    for (uint32_t i = 0; i <= column->rows; i++) {
        int32_t offset = column->offsets[i];
        in->bad |= offset < before || (uint32_t)offset > column->value_bytes;
        before = offset;
    }
}

static inline void arrow_read_column(fb_reader *in, arrow_column *column, uint32_t node, uint32_t *buffer,
                                     const uint8_t *body, uint64_t body_length) {
    uint64_t rows = column->rows;
    in->bad |= fb_load(in, node, 8) != rows;
    bool nulls = fb_load(in, node + 8, 8) != 0;
    const uint8_t *valid =
        arrow_buffer(in, buffer, body, body_length, nulls ? (rows + 7) / 8 : 0, &column->value_bytes);
    column->valid = nulls ? valid : NULL;
    bool text = column->type == ARROW_UTF8;
    if (text) {
        /* Of no rows there may be no offsets. */
        column->offsets = (const int32_t *)arrow_buffer(in, buffer, body, body_length, rows == 0 ? 0 : 4 * (rows + 1),
                                                        &column->value_bytes);
    }
    uint64_t needed = text ? 0 : column->type == ARROW_BOOL ? (rows + 7) / 8 : 8 * rows;
    column->values = arrow_buffer(in, buffer, body, body_length, needed, &column->value_bytes);
    if (text && rows != 0 && !in->bad) {
        arrow_text(in, column);
    }
}

static inline const char *arrow_record_batch(fb_reader *in, uint32_t table, const uint8_t *body, uint64_t body_length,
                                             arrow_batch *into) {
    if (fb_field(in, table, 3) != 0) {
        return "the batch is compressed";
    }
    uint64_t rows = fb_number(in, table, 0, 8);
    uint32_t nodes = fb_child(in, table, 1), buffers = fb_child(in, table, 2);
    if (rows > UINT32_MAX / 16 || (into->columns != 0 && fb_load(in, nodes, 4) != into->columns)) {
        in->bad = true;
        return NULL;
    }
    into->rows = (uint32_t)rows;
    uint32_t buffer = buffers + 4;
    for (uint32_t i = 0; i < into->columns && !in->bad; i++) {
        into->column[i].rows = into->rows;
        arrow_read_column(in, &into->column[i], nodes + 4 + 16 * i, &buffer, body, body_length);
    }
    return NULL;
}

/* Reads a stream of one record batch. The columns borrow from `bytes`. Returns what is wrong, or null. */
static inline const char *arrow_read(const uint8_t *bytes, uint32_t length, arrow_batch *into) {
    static const char *const invalid = "the input is not an Arrow IPC stream of one record batch";
    bool schema = false;
    for (uint32_t at = 0; length - at >= 8;) {
        fb_reader in = {bytes + at, length - at, false};
        uint64_t mark = fb_load(&in, 0, 4), metadata = fb_load(&in, 4, 4);
        if (mark != UINT32_MAX || metadata > in.length - 8) {
            return invalid;
        }
        in = (fb_reader){bytes + at + 8, (uint32_t)metadata, false};
        uint32_t message = fb_follow(&in, 0), header = fb_child(&in, message, 2);
        uint64_t kind = fb_number(&in, message, 1, 1), body_length = fb_number(&in, message, 3, 8);
        at += 8 + (uint32_t)metadata;
        if (in.bad || body_length > length - at) {
            return invalid;
        }
        const char *problem = NULL;
        if (kind == MESSAGE_SCHEMA && !schema) {
            problem = arrow_schema(&in, header, into);
            schema = true;
        } else if (kind == MESSAGE_BATCH && schema) {
            problem = arrow_record_batch(&in, header, bytes + at, body_length, into);
            return in.bad ? invalid : problem;
        } else {
            return invalid;
        }
        if (in.bad || problem != NULL) {
            return in.bad ? invalid : problem;
        }
        at += (uint32_t)body_length;
    }
    return invalid;
}

static inline bool arrow_is_null(const arrow_column *column, uint32_t row) {
    return column->valid != NULL && (column->valid[row / 8] >> (row % 8) & 1) == 0;
}

/* ---- Flatbuffers, writing forwards: a table comes before what it refers to. ---- */

typedef struct {
    uint8_t *bytes;
    uint32_t length;
} fb_writer;

/* A table that is being written: where it is, and where its next field goes. */
typedef struct {
    uint32_t vtable, at, next;
} fb_table;

static inline void fb_store(fb_writer *out, uint32_t at, uint64_t value, uint32_t size) {
    for (uint32_t i = 0; i < size; i++) {
        out->bytes[at + i] = (uint8_t)(value >> (8 * i));
    }
}

/* So many zeros at a multiple of `align`; returns where they are. */
static inline uint32_t fb_zeros(fb_writer *out, uint32_t size, uint32_t align) {
    while (out->length % align != 0) {
        out->bytes[out->length++] = 0;
    }
    uint32_t at = out->length;
    for (uint32_t i = 0; i < size; i++) {
        out->bytes[out->length++] = 0;
    }
    return at;
}

/* The place of a reference now refers to what is written next. */
static inline void fb_refer(fb_writer *out, uint32_t place, uint32_t to) { fb_store(out, place, to - place, 4); }

/* A table of so many fields, whose values take up to `size` bytes, with `place` (0: none) referring to it. */
static inline fb_table fb_begin(fb_writer *out, uint32_t place, uint32_t fields, uint32_t size) {
    fb_table table;
    table.vtable = fb_zeros(out, 4 + 2 * fields, 8);
    table.at = fb_zeros(out, 4 + size, 8);
    table.next = table.at + 4;
    fb_store(out, table.vtable, 4 + 2 * fields, 2);
    fb_store(out, table.vtable + 2, 4 + size, 2);
    fb_store(out, table.at, table.at - table.vtable, 4);
    fb_refer(out, place, table.at);
    return table;
}

/* A field of a table; returns its place. */
static inline uint32_t fb_put(fb_writer *out, fb_table *table, uint32_t number, uint64_t value, uint32_t size) {
    table->next = (table->next + size - 1) / size * size;
    uint32_t at = table->next;
    fb_store(out, at, value, size);
    fb_store(out, table->vtable + 4 + 2 * number, at - table->at, 2);
    table->next += size;
    return at;
}

/* ---- The stream, writing ---- */

/* The body of the batch that is written: buffers, each at a multiple of 8 bytes. */
typedef struct {
    const void *bytes;
    uint32_t length;
} arrow_part;

static inline uint32_t arrow_padded(uint32_t length) { return (length + 7) / 8 * 8; }

/* Begins a message, at a multiple of 8 bytes; returns its start. `header` is the place that refers to the header. */
static inline uint32_t arrow_message(fb_writer *out, uint32_t kind, uint64_t body, uint32_t *header) {
    uint32_t start = fb_zeros(out, 12, 8);
    fb_store(out, start, UINT32_MAX, 4);
    fb_table message = fb_begin(out, start + 8, 5, 20);
    fb_put(out, &message, 0, 4, 2); /* Version 5. */
    fb_put(out, &message, 1, kind, 1);
    *header = fb_put(out, &message, 2, 0, 4);
    fb_put(out, &message, 3, body, 8);
    return start;
}

static inline void arrow_message_end(fb_writer *out, uint32_t start) {
    fb_zeros(out, 0, 8);
    fb_store(out, start + 4, out->length - start - 8, 4);
}

static inline void arrow_write_type(fb_writer *out, arrow_type type, uint32_t place) {
    fb_table table = fb_begin(out, place, 2, 8);
    if (type == ARROW_INT64) {
        fb_put(out, &table, 0, 64, 4);
        fb_put(out, &table, 1, 1, 1);
    } else if (type == ARROW_FLOAT64) {
        fb_put(out, &table, 0, 2, 2);
    }
}

static inline uint32_t arrow_length(const char *text) {
    uint32_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    return length;
}

static inline void arrow_write_schema(fb_writer *out, const char *name, arrow_type type) {
    static const uint8_t numbers[] = {0, TYPE_INT, TYPE_FLOAT, TYPE_BOOL, TYPE_UTF8};
    uint32_t header, start = arrow_message(out, MESSAGE_SCHEMA, 0, &header);
    fb_table schema = fb_begin(out, header, 4, 4);
    uint32_t fields = fb_put(out, &schema, 1, 0, 4);
    uint32_t vector = fb_zeros(out, 8, 4);
    fb_refer(out, fields, vector);
    fb_store(out, vector, 1, 4);
    fb_table field = fb_begin(out, vector + 4, 7, 16);
    uint32_t name_at = fb_put(out, &field, 0, 0, 4), type_at = fb_put(out, &field, 3, 0, 4);
    uint32_t children = fb_put(out, &field, 5, 0, 4);
    fb_put(out, &field, 1, 1, 1); /* It may have nulls. */
    fb_put(out, &field, 2, numbers[type], 1);
    uint32_t length = arrow_length(name), text = fb_zeros(out, 4 + length + 1, 4);
    fb_refer(out, name_at, text);
    fb_store(out, text, length, 4);
    for (uint32_t i = 0; i < length; i++) {
        out->bytes[text + 4 + i] = (uint8_t)name[i];
    }
    fb_refer(out, children, fb_zeros(out, 4, 4));
    arrow_write_type(out, type, type_at);
    arrow_message_end(out, start);
}

/* The metadata of a batch of one column whose body has these parts. */
static inline void arrow_write_batch(fb_writer *out, uint32_t rows, uint32_t nulls, const arrow_part *parts, uint32_t count) {
    uint64_t body = 0;
    for (uint32_t i = 0; i < count; i++) {
        body += arrow_padded(parts[i].length);
    }
    uint32_t header, start = arrow_message(out, MESSAGE_BATCH, body, &header);
    fb_table batch = fb_begin(out, header, 4, 20);
    uint32_t nodes = fb_put(out, &batch, 1, 0, 4), buffers = fb_put(out, &batch, 2, 0, 4);
    fb_put(out, &batch, 0, rows, 8);
    /* The vectors' elements are at multiples of 8, so that each length is just before one. */
    uint32_t vector = fb_zeros(out, 4 + 4 + 16, 8) + 4;
    fb_refer(out, nodes, vector);
    fb_store(out, vector, 1, 4);
    fb_store(out, vector + 4, rows, 8);
    fb_store(out, vector + 12, nulls, 8);
    vector = fb_zeros(out, 4 + 4 + 16 * count, 8) + 4;
    fb_refer(out, buffers, vector);
    fb_store(out, vector, count, 4);
    for (uint32_t i = 0, at = 0; i < count; i++) {
        fb_store(out, vector + 4 + 16 * i, at, 8);
        fb_store(out, vector + 12 + 16 * i, parts[i].length, 8);
        at += arrow_padded(parts[i].length);
    }
    arrow_message_end(out, start);
}

enum { ARROW_METADATA_SIZE = 1024 };

#endif
