//! The kernel's source.

use wasmparser::{Operator, Validator};

use crate::{fuse::program::Program, kernel};

#[test]
fn the_text_is_a_valid_module() {
    let text = kernel::wat();
    assert!(!text.contains('%'), "each constant is known");
    let wasm = wat::parse_str(&text).unwrap();
    Validator::new().validate_all(&wasm).unwrap();
}

/// Code that replaces a call must not need anything of a function's frame.
#[test]
fn inlined_functions_are_expressions() {
    let program = Program::get().unwrap();
    let mut inlined = 0;
    for index in 0..program.len() {
        let function = program.function(index);
        if !function.inlined {
            continue;
        }
        inlined += 1;
        let body = program.body(function);
        assert_eq!(body.get_locals_reader().unwrap().get_count(), 0);
        for operator in body.get_operators_reader().unwrap() {
            let operator = operator.unwrap();
            let needs_a_frame = matches!(
                operator,
                Operator::Return
                    | Operator::Br { .. }
                    | Operator::BrIf { .. }
                    | Operator::Call { .. }
                    | Operator::LocalSet { .. }
                    | Operator::LocalTee { .. }
                    | Operator::Loop { .. }
            );
            assert!(!needs_a_frame, "{operator:?}");
        }
    }
    assert_eq!(inlined, 8);
}
