use crate::value::{ExternType, FuncType, ValType};

/// A function of a module that is called once per instance, before the first call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InitCall {
    /// `() -> ()`: the module's start function, `_initialize` or `__wasm_call_ctors`.
    Plain(String),
    /// Haskell's `hs_init(argc, argv)`.
    Haskell,
}

/// An export that initializes a language's runtime, if its type matches its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Initializer {
    pub(crate) name: String,
    pub(crate) ty: ExternType,
}

impl Initializer {
    /// The names of all initializers.
    pub(super) const NAMES: [&str; 3] = ["_initialize", "__wasm_call_ctors", "hs_init"];

    /// Returns the signature that the initializer should have, if its actual one rules out calling it. As in the
    /// official runtime, `__wasm_call_ctors` is not called with another signature, and `hs_init` may return a number.
    pub(crate) fn expected_instead(&self) -> Option<FuncType> {
        let expected = match (self.name.as_str(), &self.ty) {
            ("_initialize", _) => FuncType::new([], []),
            ("hs_init", ExternType::Func(_)) => FuncType::new([ValType::I32, ValType::I32], []),
            _ => return None,
        };
        (!self.takes(&expected)).then_some(expected)
    }

    fn takes(&self, expected: &FuncType) -> bool {
        let ExternType::Func(ty) = &self.ty else { return false };
        let numbers = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];
        let ignored = self.name == "hs_init" && matches!(&*ty.results, [result] if numbers.contains(result));
        ty.params == expected.params && (ty.results == expected.results || ignored)
    }
}

/// Returns what to call in a module with these exports: its start function first, then what its language's runtime
/// needs.
pub(super) fn init_calls(start: Option<&str>, exports: &[Initializer]) -> Vec<InitCall> {
    let plain = |name: &str| InitCall::Plain(name.to_owned());
    let callable = |name: &str, params: usize| {
        let expected = FuncType::new(vec![ValType::I32; params], []);
        exports.iter().any(|export| export.name == name && export.takes(&expected))
    };
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

    fn function(name: &str, params: usize, results: usize) -> Initializer {
        let ty = FuncType::new(vec![ValType::I32; params], vec![ValType::I32; results]);
        Initializer { name: name.to_owned(), ty: ExternType::Func(ty) }
    }

    fn calls(exports: &[(&str, usize)]) -> Vec<InitCall> {
        init_calls(None, &exports.iter().map(|(name, params)| function(name, *params, 0)).collect::<Vec<_>>())
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
    fn what_hs_init_returns_does_not_matter() {
        let exports = [function("hs_init", 2, 1), function("_initialize", 0, 0)];
        assert_eq!(init_calls(None, &exports), [InitCall::Plain("_initialize".into()), InitCall::Haskell]);
        assert!(exports.iter().all(|export| export.expected_instead().is_none()));
    }

    #[test]
    fn a_function_of_another_signature_is_no_initializer() {
        assert_eq!(calls(&[("hs_init", 0), ("_initialize", 1)]), vec![]);
    }
}
