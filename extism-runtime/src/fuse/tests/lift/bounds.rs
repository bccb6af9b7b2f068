//! Tests lifted loops at the edges: of memories, of the input, of numbers, and around the minimum number of
//! bytes that are copied at once.

use super::{Both, lifted_of, run, scene};

/// From the input to the guest's memory; three variables.
const FROM_INPUT: &str = "(block $out (loop $top
    (br_if $out (i64.eqz (local.get $n)))
    (i64.store (local.get $p) (call $input_load_u64 (local.get $o)))
    (local.set $o (i64.add (local.get $o) (i64.const 8)))
    (local.set $p (i32.add (local.get $p) (i32.const 8)))
    (local.set $n (i64.sub (local.get $n) (i64.const 1)))
    (br $top)))";

/// The same from the heap, to it, and within it.
fn loops() -> [(&'static str, String); 5] {
    let from_heap = FROM_INPUT.replace("input_load_u64", "load_u64");
    let store = "(i64.store (local.get $p) (call $load_u64 (local.get $o)))";
    let to_heap = from_heap.replace(store, "(call $store_u64 (local.get $o) (i64.load (local.get $p)))");
    let by_bytes = from_heap
        .replace(store, "(i32.store8 (local.get $p) (call $load_u8 (local.get $o)))")
        .replace("const 8", "const 1");
    let within =
        from_heap.replace(store, "(call $store_u64 (i64.extend_i32_u (local.get $p)) (call $load_u64 (local.get $o)))");
    [
        ("from the input", FROM_INPUT.to_owned()),
        ("from the heap", from_heap),
        ("to the heap", to_heap),
        ("by bytes", by_bytes),
        ("within the heap", within),
    ]
}

fn both(text: &str) -> Both {
    let signature = "(param $p i32) (param $o i64) (param $n i64) (result i32 i64 i64)";
    let both = Both::new(&run(signature, &format!("{text} (local.get $p) (local.get $o) (local.get $n)")));
    assert_eq!(both.copies(), 1, "{text}");
    both
}

/// Runs a loop with these arguments, and an input of this many bytes, lifted and unlifted.
fn same(name: &str, both: &mut Both, arguments: [i64; 3], input: u64) {
    let scene = scene(&arguments, input);
    both.run(&scene).unwrap_or_else(|error| panic!("{name}, {scene:?}: {error}"));
    both.compare_memories().unwrap_or_else(|error| panic!("{name}, {scene:?}: {error}"));
}

#[test]
fn lengths_around_the_fewest_bytes_at_once() {
    for (name, text) in loops() {
        let mut both = both(&text);
        for count in (0..20).chain(62..84) {
            same(name, &mut both, [20_000, 5000, count], 20_000);
        }
    }
}

#[test]
fn the_ends_of_memories_and_input() {
    for (name, text) in loops() {
        let mut both = both(&text);
        for distance in [0, 1, 7, 8, 9, 72, 79, 80, 81, 800, 801] {
            // Copies into the end of the guest's memory, of the kernel's, of the input, and past them.
            same(name, &mut both, [(2 << 16) - distance, 5000, 100], 20_000);
            same(name, &mut both, [1024, (16 << 16) - distance, 100], 900);
            same(name, &mut both, [1024, 1000 - distance, 100], 1000);
            same(name, &mut both, [1024, 628 - distance, 100], distance.cast_unsigned());
        }
    }
}

#[test]
fn addresses_that_wrap_around() {
    for (name, text) in loops() {
        let mut both = both(&text);
        for address in [-8, -80, -720, -800, i64::MIN, i64::MAX - 400, 1 << 32, (1 << 32) - 80, (1 << 32) + 5000] {
            same(name, &mut both, [1024, address, 100], 900);
            same(name, &mut both, [address, 5000, 100], 900);
        }
    }
}

/// All comparisons that can end a loop, of an index that grows or shrinks, signed and unsigned.
#[test]
fn comparisons_of_numbers_of_either_sign() {
    for operator in ["lt_s", "le_s", "gt_s", "ge_s", "lt_u", "le_u", "gt_u", "ge_u", "eq", "ne"] {
        for (ty, step) in [("i32", 8), ("i32", -8), ("i64", 8), ("i64", -8)] {
            let text = format!(
                "(block $out (loop $top
                (br_if $out (i64.eqz (local.get $c)))
                (br_if $out ({ty}.{operator} (local.get $i) (local.get $n)))
                (i64.store (local.get $p) (call $load_u64 (local.get $o)))
                (local.set $i ({ty}.add (local.get $i) ({ty}.const {step})))
                (local.set $o (i64.add (local.get $o) (i64.const 8)))
                (local.set $p (i32.add (local.get $p) (i32.const 8)))
                (local.set $c (i64.sub (local.get $c) (i64.const 1)))
                (br $top))) (local.get $p) (local.get $o) (local.get $c) (local.get $i)"
            );
            let parameters = format!("(param $p i32) (param $o i64) (param $c i64) (param $i {ty}) (param $n {ty})");
            let mut both = Both::new(&run(&format!("{parameters} (result i32 i64 i64 {ty})"), &text));
            let (min, max) = if ty == "i32" { (i32::MIN.into(), i32::MAX.into()) } else { (i64::MIN, i64::MAX) };
            for index in [0, 160, -160, min, min + 160, max, max - 160] {
                for bound in
                    [0, 240, -240, index.wrapping_add(step * 12), index.wrapping_add(step * 12 + 3), index, min, max]
                {
                    let scene = scene(&[20_000, 5000, 40, index, bound], 900);
                    both.run(&scene).unwrap_or_else(|error| panic!("{ty}.{operator} {step}, {scene:?}: {error}"));
                }
            }
            both.compare_memories().unwrap_or_else(|error| panic!("{ty}.{operator} {step}: {error}"));
        }
    }
}

/// The second access has the lower address, before its offset is added: where the first one's has wrapped around to the
/// start of the memory, that one is out of bounds.
#[test]
fn addresses_of_which_only_one_wraps_around() {
    let text = "(block $out (loop $top
        (br_if $out (i64.eqz (local.get $n)))
        (i64.store (i32.add (local.get $p) (i32.const 16)) (call $load_u64 (local.get $o)))
        (i64.store offset=24 (local.get $p) (call $load_u64 (i64.add (local.get $o) (i64.const 8))))
        (local.set $o (i64.add (local.get $o) (i64.const 16)))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $top)))";
    let signature = "(param $p i32) (param $o i64) (param $n i64) (result i32 i64 i64)";
    let text = run(signature, &format!("{text} (local.get $p) (local.get $o) (local.get $n)"));
    assert_eq!(lifted_of(&text), 0);
    // The other way round it is lifted.
    let swapped = text.replace("(i32.add (local.get $p) (i32.const 16)) (call", "(local.get $p) (call");
    let swapped = swapped.replace("offset=24 (local.get $p)", "(i32.add (local.get $p) (i32.const 8))");
    for (text, copies) in [(text, 0), (swapped, 1)] {
        let mut both = Both::new(&text);
        assert_eq!(both.copies(), copies);
        for start in [-16, -8, -24, -32, -800, 1024] {
            same("two accesses", &mut both, [start, 5000, 50], 900);
        }
    }
}

#[test]
fn ranges_that_overlap_in_either_direction() {
    let (name, text) = &loops()[4];
    let mut both = both(text);
    for distance in [0, 1, 7, 8, 9, 71, 72, 80, 792, 799, 800, 801, 4096, 4097, 4108] {
        for (to, from) in [(20_000 + distance, 20_000), (20_000, 20_000 + distance)] {
            for count in [9, 100, 600, 1100] {
                same(name, &mut both, [to, from, count], 900);
            }
        }
    }
}

#[test]
fn a_loop_that_traps_midway_has_copied_as_much_as_it_would_have() {
    let (name, text) = &loops()[1];
    let mut both = both(text);
    let before = both.guest().to_vec();
    let scene = scene(&[(2 << 16) - 4004, 5000, 100_000], 900);
    let outcome = both.run(&scene).unwrap();
    assert!(outcome.trap.is_some_and(|trap| trap.contains("out of bounds")), "{name}");
    let start = (2 << 16) - 4004;
    assert!(both.guest()[start..start + 4000] == both.kernel()[5000..9000], "{name}");
    assert!(both.guest()[start + 4000..] == before[start + 4000..], "{name}");
    both.compare_memories().unwrap();
}

/// The second of two bounds allows no iteration: the iteration that is left for the loop to set temporaries
/// must not be subtracted from zero.
#[test]
fn no_iteration_is_left_over_for_temporaries_where_there_is_none() {
    let text = "(block $out (loop $top
        (br_if $out (i64.eqz (local.get $n)))
        (br_if $out (i64.eqz (local.get $m)))
        (i64.store (local.get $p) (local.tee $t (call $input_load_u64 (local.get $o))))
        (local.set $o (i64.add (local.get $o) (i64.const 8)))
        (local.set $p (i32.add (local.get $p) (i32.const 8)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (local.set $m (i64.sub (local.get $m) (i64.const 1)))
        (br $top))) (local.get $p) (local.get $o) (local.get $n) (local.get $m) (local.get $t)";
    let signature =
        "(param $p i32) (param $o i64) (param $n i64) (param $m i64) (result i32 i64 i64 i64 i64) (local $t i64)";
    let mut both = Both::new(&run(signature, text));
    assert_eq!(both.copies(), 1);
    for (n, m) in [(100, 0), (0, 100), (100, 1), (1, 100), (100, 9), (9, 10), (10, 11), (100, 100)] {
        let scene = scene(&[20_000, 8, n, m], 900);
        both.run(&scene).unwrap_or_else(|error| panic!("{n} {m}: {error}"));
        both.compare_memories().unwrap_or_else(|error| panic!("{n} {m}: {error}"));
    }
}

/// Where the destination lies a few bytes after the source modulo 4096, a copy is made in pieces.
#[test]
fn copies_in_pieces() {
    for (name, text) in loops() {
        let mut both = both(&text);
        for to in [9096, 9097, 9104, 9111, 9112] {
            for count in [255, 256, 257, 511, 512, 513, 1025] {
                same(name, &mut both, [to, 5000, count], 20_000);
                same(name, &mut both, [to - 3096, 1000, count], 9000);
            }
        }
    }
}

#[test]
fn copies_within_a_guests_own_memory_in_pieces() {
    let text = run(
        "(param $to i32) (param $from i32) (param $length i32)",
        "(memory.copy (local.get $to) (local.get $from) (local.get $length))
        (if (i64.eqz (call $input_length)) (then (drop (call $load_u8 (i64.const 0)))))",
    );
    let mut both = Both::new(&text);
    for length in
        [0, 1, 2047, 2048, 2049, 4088, 4095, 4096, 4097, 6143, 6144, 6145, 20_000, 65_536, 100_000, 131_072, -1]
    {
        for from in [0, 1, 5000, 30_000, 131_072 - 6144, 131_072 - 6143, 131_072, -1] {
            for distance in
                [1, 8, 15, 16, 0, 4096 + 1, 8192 + 8, 24_576 + 15, 65_536 + 4, -4092, -8184, -20_476, -65_528]
            {
                let scene = scene(&[from + distance, from, length], 9);
                both.run(&scene).unwrap_or_else(|error| panic!("{scene:?}: {error}"));
            }
        }
        both.compare_memories().unwrap_or_else(|error| panic!("{length}: {error}"));
    }
}
