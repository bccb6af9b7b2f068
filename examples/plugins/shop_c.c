// The shop's plug-in in C, without a PDK: written from the page `shop_c.md` alone, which is made of the interface.
#include "shop_json.h"

#define EXPORT(name) __attribute__((export_name(name)))
#define SHOP(name) IMPORT("extism:host/user", name)

SHOP("price") int64_t price(int64_t article);
SHOP("reserve") int64_t reserve(int64_t article, int64_t pieces);

static const uint64_t MINIMUM = 1000;

static uint32_t times_asked;

typedef void (*Writer)(Bytes *bytes, int64_t article);

static Bytes written(Writer write, int64_t article) {
  Bytes bytes = {0};
  write(&bytes, article);
  give_block(&bytes);
  write(&bytes, article);
  return bytes;
}

static void set_output(Writer write, int64_t article) {
  Bytes bytes = written(write, article);
  output_set(bytes.block, bytes.length);
}

static void bad_input(Bytes *bytes, int64_t article) {
  (void)article;
  put_text(bytes, "the input is not the expected JSON");
}

static int32_t fail(Writer text, int64_t article) {
  error_set(written(text, article).block);
  return 1;
}

static void unknown_article_text(Bytes *bytes, int64_t article) {
  put_text(bytes, "there is no article `");
  put_escaped(bytes, article);
  put(bytes, '`');
}

static void unknown_article(Bytes *bytes, int64_t article) {
  put_text(bytes, "{\"extism:error\":{\"UnknownArticle\":{\"article\":\"");
  put_escaped(bytes, article);
  put_text(bytes, "\"}}}");
}

static void sold_out_text(Bytes *bytes, int64_t article) {
  put_text(bytes, "there are not enough pieces of `");
  put_escaped(bytes, article);
  put(bytes, '`');
}

static void sold_out(Bytes *bytes, int64_t article) {
  put_text(bytes, "{\"extism:error\":{\"SoldOut\":\"");
  sold_out_text(bytes, article);
  put_text(bytes, "\"}}");
}

static void too_cheap_text(Bytes *bytes, int64_t article) {
  (void)article;
  put_text(bytes, "there is no discount below ");
  put_number(bytes, MINIMUM);
  put_text(bytes, " cents");
}

static void too_cheap(Bytes *bytes, int64_t article) {
  (void)article;
  put_text(bytes, "{\"extism:error\":{\"TooCheap\":{\"minimum\":");
  put_number(bytes, MINIMUM);
  put_text(bytes, "}}}");
}

static int32_t fail_with(Writer value, Writer text, int64_t article) {
  set_output(value, article);
  return fail(text, article);
}

static int32_t reserve_pieces(int64_t article, uint32_t pieces) {
  int64_t argument = alloc(4);
  for (int index = 0; index < 4; index++) store_u8(argument + index, pieces >> (8 * index) & 0xff);
  int64_t result = reserve(article, argument);
  int is_reserved = result && load_u8(result) == 0;
  free_block(argument);
  if (result) free_block(result);
  return is_reserved;
}

static uint64_t total;

// Adds the price of an item, `["mug", 2]`. What is not 0 is what the export returns.
static int32_t add_item(void) {
  expect('[');
  int64_t article = string();
  expect(',');
  uint64_t pieces = number(UINT32_MAX);
  expect(']');
  if (failed) return fail(bad_input, 0);
  int64_t result = price(article);
  if (!result || block_length(result) != 8) return fail_with(unknown_article, unknown_article_text, article);
  uint64_t cents = load_u64(result);
  free_block(result);
  if (!reserve_pieces(article, pieces)) return fail_with(sold_out, sold_out_text, article);
  if (pieces && cents > (UINT64_MAX - total) / pieces) return fail(bad_input, 0);
  total += cents * pieces;
  if (article) free_block(article);
  return 0;
}

static int32_t add_items(void) {
  expect('[');
  if (found(']')) return 0;
  do {
    int32_t code = add_item();
    if (code) return code;
  } while (found(','));
  expect(']');
  return 0;
}

static void discounted(Bytes *bytes, int64_t article) {
  (void)article;
  put_text(bytes, "{\"cents\":");
  put_number(bytes, total / 10);
  put_text(bytes, ",\"reason\":\"a tenth\"}");
}

EXPORT("discount") int32_t discount(void) {
  int has_items = 0;
  times_asked++;
  total = 0;
  begin();
  expect('{');
  if (!found('}')) {
    do {
      if (is_key("items")) {
        has_items = 1;
        int32_t code = add_items();
        if (code) return code;
      } else {
        skip();
      }
    } while (found(','));
    expect('}');
  }
  if (failed || !has_items || token() >= 0) return fail(bad_input, 0);
  if (total < MINIMUM) return fail_with(too_cheap, too_cheap_text, 0);
  set_output(discounted, 0);
  return 0;
}

static void asked_bytes(Bytes *bytes, int64_t article) {
  (void)article;
  for (int index = 0; index < 4; index++) put(bytes, times_asked >> (8 * index) & 0xff);
}

EXPORT("asked") int32_t asked(void) {
  set_output(asked_bytes, 0);
  return 0;
}

static int64_t customer;
static uint64_t saved;

static void receipt_line(Bytes *bytes, int64_t article) {
  (void)article;
  int64_t length = customer ? block_length(customer) : 0;
  for (int64_t index = 0; index < length; index++) put(bytes, load_u8(customer + index));
  put_text(bytes, ": -");
  put_number(bytes, saved);
}

EXPORT("receipt") int32_t receipt(void) {
  begin();
  expect('[');
  customer = string();
  expect(',');
  saved = number(UINT64_MAX);
  expect(']');
  if (failed || token() >= 0) return fail(bad_input, 0);
  set_output(receipt_line, 0);
  if (customer) free_block(customer);
  return 0;
}
