//! Traps and panics at known lines: built with line tables, for backtraces with files and lines. The tests name these
//! lines, so keep them where they are.

use extism_pdk::{FnResult, plugin_fn};

/// Divides 420 by the number that the input's text is.
#[plugin_fn]
pub fn divide(input: String) -> FnResult<String> {
    let divisor = input.trim().parse::<i32>().unwrap_or_default();
    Ok(outer(divisor).to_string())
}

#[inline(never)]
fn outer(divisor: i32) -> i32 {
    let quotient = inlined(divisor);
    std::hint::black_box(quotient)
}

#[inline(always)]
fn inlined(divisor: i32) -> i32 {
    if divisor == 0 {
        core::arch::wasm32::unreachable()
    }
    420 / divisor
}

/// Looks up the input in a list of two, and panics if the index is out of bounds.
#[plugin_fn]
pub fn look_up(input: String) -> FnResult<String> {
    Ok(place(input.len()).to_owned())
}

#[inline(never)]
fn place(index: usize) -> &'static str {
    let list = std::hint::black_box(vec!["first", "second"]);
    list[index]
}
