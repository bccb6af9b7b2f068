//! One export for each shape that a host function can have.

use extism_pdk::{FnResult, plugin_fn};

/// The imports, apart from the exports, so that both can have the same names.
mod host {
    use extism_pdk::host_fn;

    #[host_fn]
    extern "ExtismHost" {
        /// Several handles in, one out.
        pub(super) fn join(first: String, second: String, third: String) -> String;
        /// A handle in, nothing out.
        pub(super) fn notify(text: String);
        /// Nothing in, a handle out.
        pub(super) fn now() -> String;
        /// A handle in and out; the host may refuse.
        pub(super) fn check(text: String) -> String;
    }

    #[host_fn("example:math")]
    extern "ExtismHost" {
        /// From another namespace: eight bytes, a little-endian `i64`, in and out.
        pub(super) fn square(x: i64) -> i64;
    }

    #[link(wasm_import_module = "extism:host/user")]
    unsafe extern "C" {
        /// Plain Wasm values, no handles.
        pub(super) safe fn sum(a: i32, b: i64, c: f32, d: f64) -> f64;
    }
}

// SAFETY of all calls of `host` below: the host provides each function with the declared signature;
// linking checks it.

/// "a,b,c" in; the result of the host's `join` of the three parts out. Missing parts are empty.
#[plugin_fn]
pub fn join(text: String) -> FnResult<String> {
    let mut parts = text.splitn(3, ',').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    Ok(unsafe { host::join(next(), next(), next())? })
}

/// Text in; each word is passed to the host's `notify`.
#[plugin_fn]
pub fn notify(text: String) -> FnResult<()> {
    for word in text.split_whitespace() {
        unsafe { host::notify(word.to_owned())? };
    }
    Ok(())
}

/// The answer of the host's `now` out.
#[plugin_fn]
pub fn now() -> FnResult<String> {
    Ok(unsafe { host::now()? })
}

/// Text in; the answer of the host's `check` out. When the host's function fails, so does the call.
#[plugin_fn]
pub fn check(text: String) -> FnResult<String> {
    Ok(unsafe { host::check(text)? })
}

/// A little-endian `i64` in; out, the same from the host's `square`.
#[plugin_fn]
pub fn square(x: i64) -> FnResult<i64> {
    Ok(unsafe { host::square(x)? })
}

/// Decimal text in, an integer n; out, as a little-endian `f64`, the host's
/// `sum(n, 2 n, n / 2, n / 4)`.
#[plugin_fn]
pub fn sum(text: String) -> FnResult<f64> {
    let n: i32 = text.trim().parse()?;
    Ok(host::sum(
        n,
        2 * i64::from(n),
        n as f32 / 2.0,
        f64::from(n) / 4.0,
    ))
}
