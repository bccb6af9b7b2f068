//! The table.

use super::{compiled, reasons, stamped};

/// A row: the guest's types and the host's, and what the host says.
macro_rules! row {
    ($name:ident, guest { $($guest:item)* } host { $($host:item)* } $(=> $($expected:literal)+)?) => {
        #[test]
        fn $name() {
            #[allow(dead_code)]
            mod guest {
                #[allow(unused_imports)]
                use std::collections::{BTreeMap, HashMap};

                use extism_runtime::{Json, plugin_interface};
                use schemars::JsonSchema;
                use serde::{Deserialize, Serialize};

                $($guest)*

                #[plugin_interface(codec = Json)]
                pub(super) trait Shop {
                    fn pay(&mut self, cart: Cart) -> Receipt;
                }
            }
            #[allow(dead_code)]
            mod host {
                #[allow(unused_imports)]
                use std::collections::{BTreeMap, HashMap};

                use extism_runtime::{Json, plugin_interface};
                use schemars::JsonSchema;
                use serde::{Deserialize, Serialize};

                $($host)*

                #[plugin_interface(codec = Json)]
                pub(super) trait Shop {
                    fn pay(&mut self, cart: Cart) -> Receipt;
                }
            }
            let plugin = compiled(stamped(guest::ShopPlugin::interface()));
            let expected: &[&str] = &[$($($expected),+)?];
            let expected: Vec<String> = expected.iter().map(|text| format!("`pay`: {text}")).collect();
            assert_eq!(reasons(host::ShopPlugin::try_from(&plugin)), expected);
        }
    };
}

/// A structure that is sent and received.
macro_rules! data {
    ($(#[$attribute:meta])* $name:ident { $($fields:tt)* }) => {
        #[derive(Serialize, Deserialize, JsonSchema)]
        $(#[$attribute])*
        pub(super) struct $name { $($fields)* }
    };
}

/// An enum of the same kind.
macro_rules! choice {
    ($(#[$attribute:meta])* $name:ident { $($variants:tt)* }) => {
        #[derive(Serialize, Deserialize, JsonSchema)]
        $(#[$attribute])*
        pub(super) enum $name { $($variants)* }
    };
}

row!(the_same_types_are_accepted,
    guest { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
);

row!(a_field_that_the_guest_adds_to_its_result_is_ignored,
    guest { data!(Cart { total: u32 }); data!(Receipt { id: String, note: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
);

row!(a_field_that_the_host_requires_of_a_result_is_missing,
    guest { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String, currency: String }); }
    => "the plug-in's `Receipt` has no field `currency`, which the host requires"
);

row!(a_field_that_the_guest_requires_of_an_argument_is_missing,
    guest { data!(Cart { total: u32, currency: String }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
    => "the host's `Cart` has no field `currency`, which the plug-in requires"
);

row!(a_field_that_only_the_host_sends_is_ignored,
    guest { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32, currency: String }); data!(Receipt { id: String }); }
);

row!(an_optional_field_may_be_missing,
    guest { data!(Cart { total: u32, note: Option<String> }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String, note: Option<String> }); }
);

row!(a_field_with_a_default_may_be_missing,
    guest { data!(Cart { total: u32, #[serde(default)] count: u32 }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String, #[serde(default)] note: String }); }
);

row!(a_field_with_a_default_is_always_sent,
    guest { data!(Cart { total: u32, note: String }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32, #[serde(default)] note: String }); data!(Receipt { id: String }); }
);

row!(a_field_that_is_skipped_may_be_missing_where_it_is_required,
    guest { data!(Cart { total: u32 }); data!(Receipt { #[serde(default, skip_serializing_if = "String::is_empty")] id: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
    => "the plug-in's `Receipt` may leave out the field `id`, which the host requires"
);

row!(unknown_fields_are_refused_where_they_are_denied,
    guest { data!(#[serde(deny_unknown_fields)] Cart { total: u32 }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32, currency: String }); data!(Receipt { id: String }); }
    => "the plug-in's `Cart` refuses the field `currency`, which the host sends"
);

row!(an_optional_field_became_required,
    guest { data!(Cart { total: u32, note: String }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u32, note: Option<String> }); data!(Receipt { id: String }); }
    => "the host may send null, the plug-in requires a value (in `cart.note`)"
);

row!(numbers_of_an_argument_may_be_wider_in_the_guest,
    guest { data!(Cart { total: u64 }); data!(Receipt { id: u32 }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: i64 }); }
);

row!(numbers_may_not_be_narrower_where_they_are_read,
    guest { data!(Cart { total: u32 }); data!(Receipt { id: i64 }); }
    host { data!(Cart { total: u64 }); data!(Receipt { id: u32 }); }
    => "the host sends `u64`, the plug-in reads `u32` (in `cart.total`)"
    "the plug-in sends `i64`, the host reads `u32` (in `result.id`)"
);

row!(a_number_became_text,
    guest { data!(Cart { total: String }); data!(Receipt { id: String }); }
    host { data!(Cart { total: u64 }); data!(Receipt { id: String }); }
    => "the host sends an integer, the plug-in reads text (in `cart.total`)"
);

row!(a_field_was_renamed,
    guest { data!(Cart { total: u32 }); data!(Receipt { #[serde(rename = "receiptId")] id: String }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String }); }
    => "the plug-in's `Receipt` has no field `id`, which the host requires"
);

row!(a_list_became_a_map,
    guest { data!(Cart { items: BTreeMap<String, u32> }); data!(Receipt { id: String }); }
    host { data!(Cart { items: Vec<u32> }); data!(Receipt { id: String }); }
    => "the host sends a list, the plug-in reads an object (in `cart.items`)"
);

row!(elements_of_lists_are_compared,
    guest { data!(Item { sku: String, count: u32 }); data!(Cart { items: Vec<Item> }); data!(Receipt { id: String }); }
    host { data!(Item { sku: String }); data!(Cart { items: Vec<Item> }); data!(Receipt { id: String }); }
    => "the host's `Item` has no field `count`, which the plug-in requires (in `cart.items[]`)"
);

row!(a_tuple_got_an_element,
    guest { data!(Cart { at: (u32, u32, u32) }); data!(Receipt { id: String }); }
    host { data!(Cart { at: (u32, u32) }); data!(Receipt { id: String }); }
    => "the host sends 2 elements, the plug-in reads 3 elements (in `cart.at`)"
);

row!(the_guest_may_know_more_variants_of_an_argument,
    guest { choice!(Cart { Small, Large, Huge }); data!(Receipt { id: String }); }
    host { choice!(Cart { Small, Large }); data!(Receipt { id: String }); }
);

row!(the_guest_may_not_return_variants_that_the_host_does_not_know,
    guest { data!(Cart { total: u32 }); choice!(Receipt { Paid, Refused, Delayed(u32) }); }
    host { data!(Cart { total: u32 }); choice!(Receipt { Paid, Refused }); }
    => "the host's `Receipt` has no variant `Delayed`, and the plug-in may send it"
);

row!(the_data_of_a_variant_changed,
    guest { data!(Cart { total: u32 }); choice!(Receipt { Paid { id: u64 }, Refused(String) }); }
    host { data!(Cart { total: u32 }); choice!(Receipt { Paid { id: String }, Refused(String) }); }
    => "the plug-in sends an integer, the host reads text (in `result.Paid.id`)"
);

row!(variants_are_told_apart_by_their_tag,
    guest { data!(Cart { total: u32 }); choice!(#[serde(tag = "kind")] Receipt { Paid { id: u32 }, Refused { why: String } }); }
    host { data!(Cart { total: u32 }); choice!(#[serde(tag = "kind")] Receipt { Paid { id: u32 }, Delayed { why: String } }); }
    => "the host's `Receipt` has no variant `Refused`, and the plug-in may send it"
);

row!(the_same_variants_with_another_tagging_are_different,
    guest { data!(Cart { total: u32 }); choice!(#[serde(tag = "t", content = "c")] Receipt { Paid(u32), Refused(String) }); }
    host { data!(Cart { total: u32 }); choice!(#[serde(tag = "t", content = "c")] Receipt { Paid(u32), Refused(u32) }); }
    => "the plug-in sends text, the host reads an integer (in `result.c`)"
);

row!(an_untagged_enum_accepts_each_of_its_forms,
    guest { data!(Cart { total: u32 }); data!(Receipt { id: u32 }); }
    host { data!(Cart { total: u32 }); data!(Text { text: String }); data!(Number { id: u64 });
        choice!(#[serde(untagged)] Receipt { Text(Text), Number(Number) }); }
);

row!(flattened_fields_are_fields,
    guest { data!(Cart { total: u32 }); data!(Inner { id: String }); data!(Receipt { #[serde(flatten)] inner: Inner, paid: bool }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String, paid: bool }); }
);

row!(types_that_contain_themselves_are_compared,
    guest { data!(Cart { parts: Vec<Cart> }); data!(Receipt { parts: Vec<Receipt> }); }
    host { data!(Cart { parts: Vec<Cart> }); data!(Receipt { parts: Vec<Receipt>, id: u32 }); }
    => "the plug-in's `Receipt` has no field `id`, which the host requires"
);

row!(maps_have_keys_of_one_kind,
    guest { data!(Cart { total: u32 }); data!(Receipt { by: HashMap<String, u32> }); }
    host { data!(Cart { total: u32 }); data!(Receipt { by: HashMap<u32, u32> }); }
    => "the plug-in sends a map with other keys than the host reads (in `result.by`)"
);

row!(all_differences_are_told_at_once,
    guest { data!(Cart { total: u32, a: u32, b: u32 }); data!(Receipt { id: u32 }); }
    host { data!(Cart { total: u32 }); data!(Receipt { id: String, note: String }); }
    => "the host's `Cart` has no field `a`, which the plug-in requires"
    "the host's `Cart` has no field `b`, which the plug-in requires"
    "the plug-in's `Receipt` has no field `note`, which the host requires"
    "the plug-in sends an integer, the host reads text (in `result.id`)"
);
