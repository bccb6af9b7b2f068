/// A function of a module that is called once per instance, before the first call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InitCall {
    /// `() -> ()`: the module's start function, `_initialize` or `__wasm_call_ctors`.
    Plain(String),
    /// Haskell's `hs_init(argc, argv)`.
    Haskell,
}

/// What is to be called of a module with these exports: its start function first, then what its language's runtime
/// needs. `callable` tells whether it exports a function of this name with that many `i32` parameters.
pub(super) fn init_calls(start: Option<&str>, callable: impl Fn(&str, usize) -> bool) -> Vec<InitCall> {
    let plain = |name: &str| InitCall::Plain(name.to_owned());
    let mut calls: Vec<_> = start.into_iter().map(plain).collect();
    let initialize = callable("_initialize", 0);
    if callable("hs_init", 2) {
        calls.extend(initialize.then(|| plain("_initialize")));
        calls.push(InitCall::Haskell);
    } else if callable("__wasm_call_ctors", 0) {
        calls.push(plain("__wasm_call_ctors"));
    } else if initialize {
        calls.push(plain("_initialize"));
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(exports: &[(&str, usize)]) -> Vec<InitCall> {
        init_calls(None, |name, params| exports.contains(&(name, params)))
    }

    #[test]
    fn haskell_is_initialized_after_the_reactor() {
        let expected = vec![InitCall::Plain("_initialize".into()), InitCall::Haskell];
        assert_eq!(calls(&[("hs_init", 2), ("_initialize", 0)]), expected);
    }

    #[test]
    fn constructors_come_before_a_reactor_which_then_is_not_called() {
        let expected = vec![InitCall::Plain("__wasm_call_ctors".into())];
        assert_eq!(calls(&[("__wasm_call_ctors", 0), ("_initialize", 0)]), expected);
    }

    #[test]
    fn a_function_of_another_signature_is_no_initializer() {
        assert_eq!(calls(&[("hs_init", 0), ("_initialize", 1)]), vec![]);
    }
}
