// JSON as plug-ins without a library read and write it: the input is read in place, byte by byte, and text is made in blocks.
#pragma once
#include <stdint.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define ENV(name) IMPORT("extism:host/env", name)

ENV("input_length") int64_t input_length(void);
ENV("input_load_u8") int32_t input_load_u8(int64_t index);
ENV("alloc") int64_t alloc(int64_t length);
ENV("length") int64_t block_length(int64_t block);
ENV("load_u8") int32_t load_u8(int64_t offset);
ENV("load_u64") int64_t load_u64(int64_t offset);
ENV("store_u8") void store_u8(int64_t offset, int32_t value);
ENV("free") void free_block(int64_t block);
ENV("output_set") void output_set(int64_t block, int64_t length);
ENV("error_set") void error_set(int64_t block);

// Bytes for the host. Without a block they are only counted, so whatever makes them runs twice.
typedef struct {
  int64_t block, length;
} Bytes;

static void put(Bytes *bytes, uint8_t byte) {
  if (bytes->block) store_u8(bytes->block + bytes->length, byte);
  bytes->length++;
}

static void put_text(Bytes *bytes, const char *text) {
  while (*text) put(bytes, *text++);
}

static void put_number(Bytes *bytes, uint64_t number) {
  char digits[20];
  int count = 0;
  do digits[count++] = '0' + number % 10; while (number /= 10);
  while (count) put(bytes, digits[--count]);
}

// A text of another block as it is in JSON, without quotes.
static void put_escaped(Bytes *bytes, int64_t text) {
  static const char hex[] = "0123456789abcdef";
  int64_t length = text ? block_length(text) : 0;
  for (int64_t index = 0; index < length; index++) {
    uint8_t byte = load_u8(text + index);
    if (byte == '"' || byte == '\\') put(bytes, '\\');
    if (byte >= ' ') {
      put(bytes, byte);
    } else {
      put_text(bytes, "\\u00");
      put(bytes, hex[byte >> 4]);
      put(bytes, hex[byte & 15]);
    }
  }
}

static void give_block(Bytes *bytes) {
  bytes->block = alloc(bytes->length);
  // There is no memory for it.
  if (bytes->length && !bytes->block) __builtin_trap();
  bytes->length = 0;
}

// What the input's JSON is read by. `failed` is set once, and nothing is read after it.
static int64_t at, end;
static int failed;

static void begin(void) {
  at = 0;
  end = input_length();
  failed = 0;
}

static int next(void) {
  return at < end ? input_load_u8(at) : -1;
}

static int token(void) {
  while (next() == ' ' || next() == '\n' || next() == '\r' || next() == '\t') at++;
  return next();
}

static int found(char expected) {
  if (failed || token() != expected) return 0;
  at++;
  return 1;
}

static void expect(char expected) {
  if (!found(expected)) failed = 1;
}

static uint64_t number(uint64_t most) {
  uint64_t value = 0;
  if (token() < '0' || next() > '9') failed = 1;
  for (; !failed && next() >= '0' && next() <= '9'; at++) {
    uint64_t digit = next() - '0';
    if (value > (most - digit) / 10) failed = 1;
    value = value * 10 + digit;
  }
  return value;
}

static uint32_t hexadecimal(void) {
  uint32_t value = 0;
  for (int digit = 0; digit < 4; digit++, at++) {
    int letter = next();
    int lower = letter | 32;
    if (letter >= '0' && letter <= '9') value = value * 16 + letter - '0';
    else if (lower >= 'a' && lower <= 'f') value = value * 16 + lower - 'a' + 10;
    else failed = 1;
  }
  return value;
}

static void put_character(Bytes *bytes, uint32_t character) {
  if (character < 0x80) {
    put(bytes, character);
  } else if (character < 0x800) {
    put(bytes, 0xc0 | character >> 6);
    put(bytes, 0x80 | (character & 0x3f));
  } else if (character < 0x10000) {
    put(bytes, 0xe0 | character >> 12);
    put(bytes, 0x80 | (character >> 6 & 0x3f));
    put(bytes, 0x80 | (character & 0x3f));
  } else {
    put(bytes, 0xf0 | character >> 18);
    put(bytes, 0x80 | (character >> 12 & 0x3f));
    put(bytes, 0x80 | (character >> 6 & 0x3f));
    put(bytes, 0x80 | (character & 0x3f));
  }
}

static void escape(Bytes *bytes) {
  static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
  int letter = next();
  at++;
  if (letter == '"' || letter == '\\' || letter == '/') return put(bytes, letter);
  for (int index = 0; letters[index]; index++)
    if (letter == letters[index]) return put(bytes, meanings[index]);
  uint32_t character = letter == 'u' ? hexadecimal() : 0;
  if (letter != 'u' || (character >= 0xdc00 && character < 0xe000)) failed = 1;
  if (character >= 0xd800 && character < 0xdc00) {
    // Two halves are one character.
    if (next() == '\\') at++;
    if (next() == 'u') at++;
    uint32_t second = hexadecimal();
    if (second < 0xdc00 || second >= 0xe000) failed = 1;
    character = 0x10000 + ((character - 0xd800) << 10) + (second - 0xdc00);
  }
  put_character(bytes, character);
}

static void put_string(Bytes *bytes) {
  expect('"');
  while (!failed && next() != '"') {
    int byte = next();
    if (byte < ' ') failed = 1;
    at++;
    if (byte == '\\') escape(bytes);
    else put(bytes, byte);
  }
  at++;
}

// A string as a block.
static int64_t string(void) {
  Bytes bytes = {0};
  int64_t start = at;
  put_string(&bytes);
  if (failed) return 0;
  at = start;
  give_block(&bytes);
  put_string(&bytes);
  return bytes.block;
}

// Passes over a value that this plug-in does not know.
static void skip(void) {
  Bytes nothing = {0};
  int depth = 0;
  do {
    int first = token();
    if (first == '"') put_string(&nothing);
    else if (first < 0) failed = 1;
    else at++;
    if (first == '[' || first == '{') depth++;
    if (first == ']' || first == '}') depth--;
    // The rest of a number or a word.
    int is_word = first == '-' || (first >= '0' && first <= '9') || (first >= 'a' && first <= 'z');
    while (is_word && next() > ' ' && next() != ',' && next() != ']' && next() != '}') at++;
  } while (!failed && depth > 0);
}

// Whether the next key of an object is this one.
static int is_key(const char *name) {
  int64_t key = string(), length = key ? block_length(key) : 0, index = 0;
  while (index < length && name[index] && load_u8(key + index) == name[index]) index++;
  int same = index == length && !name[index];
  if (key) free_block(key);
  expect(':');
  return same;
}
