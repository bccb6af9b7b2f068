//! Generates loops that copy, or nearly so.

#![allow(clippy::format_push_string, clippy::many_single_char_names, reason = "texts of tests; the loops' variables")]

use super::{
    addresses::{GuestAddress, KernelAddress},
    chance, pick,
};
use crate::fuzzing_numbers::Numbers;

/// The copy that a loop makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    FromInput,
    FromHeap,
    ToHeap,
    WithinHeap,
    InputToHeap,
}

/// Returns a module whose function `run` has a loop that copies. Its parameters are the variables of the loop, and most
/// of them are its results. A counter ends each loop.
pub(crate) fn module(numbers: &mut Numbers<'_>) -> String {
    let the_loop = Loop::read(numbers);
    let (body, top) = (the_loop.body(numbers), chance(numbers, 50));
    let body = with_exits(numbers, &body, &the_loop, top);
    format!(
        r#"(module
 (import "extism:host/env" "load_u64" (func $load_u64 (param i64) (result i64)))
 (import "extism:host/env" "load_u8" (func $load_u8 (param i64) (result i32)))
 (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
 (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
 (import "extism:host/env" "input_load_u64" (func $input_load_u64 (param i64) (result i64)))
 (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
 (import "extism:host/env" "input_length" (func $input_length (result i64)))
 (memory (export "memory") 2 2)
 (global $state (mut i32) (i32.const {state}))
 (func $identity (param i32) (result i32) (local.get 0))
 (func (export "run") (param $p i32) (param $i i32) (param $j i64) (param $o i64) (param $c i64) (param $n i32)
  (param $m i64) (param $b i32) (param $a i64) (param $a2 i64) (param $k i32) (param $q i32)
  (result i32 i32 i64 i64 i64 i32 i32 i64) (local $t i32) (local $w i64)
  (block $out (loop $top
{body}  ))
{copy}  (local.get $p) (local.get $i) (local.get $j) (local.get $o) (local.get $c) (local.get $k) (local.get $t) (local.get $w)))"#,
        state = i32::from(chance(numbers, 20)),
        copy = own_copy(numbers),
    )
}

/// Returns a copy within the guest's memory, in some cases.
fn own_copy(numbers: &mut Numbers<'_>) -> &'static str {
    pick(
        numbers,
        &[
            "",
            "",
            "",
            "(memory.copy (local.get $b) (local.get $p) (local.get $n))\n",
            "(memory.copy (local.get $p) (i32.sub (local.get $p) (i32.const 8)) (local.get $n))\n",
            "(memory.copy (local.get $p) (i32.add (local.get $p) (i32.const 4092)) (local.get $n))\n",
            "(memory.copy (local.get $p) (i32.sub (local.get $p) (i32.const 40961)) (i32.mul (local.get $n) (i32.const 2)))\n",
            "(memory.copy (i32.const 40001) (i32.const 23600) (i32.and (local.get $n) (i32.const 0x3fff)))\n",
        ],
    )
}

struct Loop {
    direction: Direction,
    /// The bytes of an access, and of all accesses in an iteration.
    width: u32,
    bytes: u32,
    guest: GuestAddress,
    kernel: KernelAddress,
}

impl Loop {
    fn read(numbers: &mut Numbers<'_>) -> Self {
        use Direction::{FromHeap, FromInput, InputToHeap, ToHeap, WithinHeap};
        let directions =
            [FromInput, FromInput, FromHeap, FromHeap, FromHeap, ToHeap, ToHeap, ToHeap, WithinHeap, InputToHeap];
        let width = pick(numbers, &[8, 8, 1]);
        let bytes = width * pick(numbers, &[1, 1, 1, 1, 1, 2, 3, 4]);
        let (guest, kernel) = (GuestAddress::read(numbers), KernelAddress::read(numbers));
        Self { direction: pick(numbers, &directions), width, bytes, guest, kernel }
    }

    /// Returns the code of an iteration: accesses, between steps of the variables.
    fn body(&self, numbers: &mut Numbers<'_>) -> String {
        let mut steps = self.steps(numbers);
        let early = if chance(numbers, 60) { 0 } else { usize::from(numbers.u8()) % (steps.len() + 1) };
        let late = steps.split_off(early);
        let mut body = steps.concat();
        let mut order: Vec<u32> = (0..self.bytes / self.width).map(|access| access * self.width).collect();
        if chance(numbers, 20) {
            order.reverse();
        }
        for distance in order {
            body += &self.access(distance, numbers);
        }
        body += &late.concat();
        if chance(numbers, 25) {
            body += "(local.set $t (i32.add (local.get $i) (i32.const 5)))\n";
        }
        if chance(numbers, 5) {
            body += "(local.set $w (i64.add (local.get $w) (local.get $j)))\n";
        }
        if chance(numbers, 3) {
            body += "(global.set $state (i32.const 0))\n";
        }
        body
    }

    /// Returns how the variables advance, in any order.
    fn steps(&self, numbers: &mut Numbers<'_>) -> Vec<String> {
        let mut step = || {
            if chance(numbers, 92) { i64::from(self.bytes) } else { pick(numbers, &[1, 8, -8, -1, 16, 4, 0, 2]) }
        };
        let (p, i, j, o) = (step(), step(), step(), step());
        let k = self.bytes.div_ceil(8);
        let mut steps = vec![
            format!("(local.set $p (i32.add (local.get $p) (i32.const {p})))\n"),
            format!("(local.set $i (i32.add (local.get $i) (i32.const {i})))\n"),
            format!("(local.set $j (i64.add (local.get $j) (i64.const {j})))\n"),
            format!("(local.set $o (i64.add (local.get $o) (i64.const {o})))\n"),
            format!("(local.set $k (i32.add (local.get $k) (i32.const {k})))\n"),
            "(local.set $c (i64.add (local.get $c) (i64.const -1)))\n".to_owned(),
        ];
        for at in (1..steps.len()).rev() {
            steps.swap(at, usize::from(numbers.u8()) % (at + 1));
        }
        steps
    }

    fn access(&self, distance: u32, numbers: &mut Numbers<'_>) -> String {
        let bits = 8 * self.width;
        let loaded = if chance(numbers, 97) { distance } else { distance + self.width };
        let from_kernel = match self.direction {
            Direction::FromInput | Direction::InputToHeap => {
                format!("(call $input_load_u{bits} {})", self.kernel.at(loaded))
            }
            _ => format!("(call $load_u{bits} {})", self.kernel.at(loaded)),
        };
        match self.direction {
            Direction::FromInput | Direction::FromHeap => self.to_guest(distance, &from_kernel, numbers),
            Direction::ToHeap => {
                let (offset, address) = self.guest.at(loaded, numbers);
                let load = if self.width == 8 { "i64.load" } else { pick(numbers, &["i32.load8_u", "i32.load8_s"]) };
                format!("(call $store_u{bits} {} ({load} offset={offset} {address}))\n", self.kernel.at(distance))
            }
            Direction::WithinHeap | Direction::InputToHeap => {
                let address =
                    format!("(i64.add (i64.sub (local.get $a2) (local.get $a)) {})", self.kernel.at(distance));
                format!("(call $store_u{bits} {address} {from_kernel})\n")
            }
        }
    }

    /// Stores a value to the guest's memory, in most cases as it is.
    fn to_guest(&self, distance: u32, value: &str, numbers: &mut Numbers<'_>) -> String {
        let (offset, address) = self.guest.at(distance, numbers);
        let form = match (self.width, numbers.u8() % 16) {
            (8, 0) => "(i32.store offset=O A (i32.wrap_i64 V))",
            (8, 1) => "(i64.store offset=O A (i64.and V (i64.const 0xffffff)))",
            (8, 2) => "(i64.store offset=O A (i64.extend_i32_u (i32.wrap_i64 V)))",
            (8, 3) => {
                "(local.set $w V)(i32.store offset=O A (i32.wrap_i64 (local.get $w)))\
                       (i64.store32 offset=P A (i64.shr_u (local.get $w) (i64.const 32)))"
            }
            (8, 4) => {
                "(local.set $w V)(i64.store32 offset=P A (i64.shr_u (local.get $w) (i64.const 32)))\
                       (i64.store32 offset=O A (local.get $w))"
            }
            (8, 5) => "(i64.store offset=O A (i64.and V (i64.const -1)))",
            (8, 6..=8) => "(local.set $w V)(i64.store offset=O A (local.get $w))",
            (8, _) => "(i64.store offset=O A V)",
            (_, 0) => "(i32.store16 offset=O A V)",
            (_, 1) => "(i32.store8 offset=O A (i32.and V (i32.const 127)))",
            (_, 2) => "(i32.store8 offset=O A (i32.and V (i32.const 255)))",
            (_, 3) => "(i64.store8 offset=O A (i64.extend_i32_u V))",
            (_, 4 | 5) => "(local.set $t V)(i32.store8 offset=O A (local.get $t))",
            _ => "(i32.store8 offset=O A V)",
        };
        let end = offset.saturating_add(4);
        let form = form.replace('O', &offset.to_string()).replace('P', &end.to_string());
        form.replace(" A", &format!(" {address}")).replace(" V", &format!(" {value}")) + "\n"
    }
}

/// Adds where the loop ends: always where the counter is zero, and in other places.
fn with_exits(numbers: &mut Numbers<'_>, body: &str, the_loop: &Loop, top: bool) -> String {
    const COUNTED: &str = "(br_if $out (i64.eqz (local.get $c)))\n";
    let bytes = the_loop.bytes;
    let mut text = String::new();
    let early = chance(numbers, 60);
    if early {
        text += COUNTED;
    }
    for likely in [top, chance(numbers, 20)] {
        if likely {
            text += &format!("(br_if $out {})\n", condition(numbers, bytes));
        }
    }
    if chance(numbers, 8) {
        // Like code that asyncify generates.
        text += "(if (i32.eqz (global.get $state)) (then\n";
        text += body;
        text += "))\n(if (i32.and (global.get $state) (i32.eqz (i32.and (local.get $i) (i32.const 0)))) (then (local.set $c (i64.const 0))))\n";
    } else if chance(numbers, 10) {
        text += &format!("(if {} (then (br $out)) (else\n{body}))\n", condition(numbers, bytes));
    } else {
        text += body;
    }
    if !early {
        text += COUNTED;
    }
    let last = condition(numbers, bytes);
    match if top { 0 } else { 1 + numbers.u8() % 3 } {
        1 => text + &format!("(br_if $top (i32.eqz {last}))\n"),
        2 => text + &format!("(br_if $out {last}) (br $top)\n"),
        _ => text + "(br $top)\n",
    }
}

/// Returns a condition under which a loop ends.
fn condition(numbers: &mut Numbers<'_>, bytes: u32) -> String {
    let operator = pick(numbers, &["eq", "ge_u", "ge_s", "gt_u", "gt_s", "le_s", "lt_u"]);
    match numbers.u8() % 14 {
        0 | 1 => format!("(i32.{operator} (local.get $i) (local.get $n))"),
        2 | 3 => format!("(i64.{operator} (local.get $j) (local.get $m))"),
        4 | 5 => "(i64.eqz (local.get $c))".to_owned(),
        6 => {
            let operator = pick(numbers, &["lt_u", "lt_s", "le_u"]);
            format!("(i32.{operator} (i32.sub (local.get $n) (local.get $i)) (i32.const {bytes}))")
        }
        7 => format!("(i32.gt_u (i32.add (local.get $i) (i32.const {bytes})) (local.get $n))"),
        8 => "(i32.or (i64.eqz (local.get $c)) (i32.eq (local.get $i) (local.get $n)))".to_owned(),
        9 => "(select (i32.eq (local.get $i) (local.get $n)) (i64.eqz (local.get $c)) (global.get $state))".to_owned(),
        10 => format!("(i32.{operator} (local.get $k) (local.get $q))"),
        11 => "(i64.ge_u (i64.extend_i32_u (local.get $i)) (call $input_length))".to_owned(),
        12 => format!("(i64.{operator} (local.get $c) (i64.const 3))"),
        _ => "(i32.eqz (i64.ne (local.get $j) (local.get $m)))".to_owned(),
    }
}
