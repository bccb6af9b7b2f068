//! Core dumps tell places in the module as it was loaded, where debuggers find the lines.

use std::fs;

use extism_runtime::{Plugin, PluginBuilder};
use extism_tests::guest;
use wasmparser::{KnownCustom, Operator, Parser, Payload};

/// The function and the place in its body of each frame of a core dump.
fn frames(dump: &[u8]) -> Vec<(u32, u32)> {
    for payload in Parser::new(0).parse_all(dump) {
        if let Payload::CustomSection(section) = payload.unwrap()
            && let KnownCustom::CoreDumpStack(stack) = section.as_known()
        {
            return stack.frames.iter().map(|frame| (frame.funcidx, frame.codeoffset)).collect();
        }
    }
    panic!("a core dump has a stack")
}

/// The name of the instruction there.
fn instruction(module: &[u8], function: u32, offset: u32) -> String {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.unwrap() {
            Payload::ImportSection(section) => imported = section.into_imports().count(),
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let body = &bodies[function as usize - imported];
    let place = body.range().start + offset as usize;
    let mut operators = body.get_operators_reader().unwrap();
    while !operators.eof() {
        let (operator, at) = operators.read_with_offset().unwrap();
        if at == place {
            return match operator {
                Operator::Call { .. } => "call".to_owned(),
                other => format!("{other:?}").split(' ').next().unwrap().to_owned(),
            };
        }
    }
    panic!("no instruction at {offset} of function {function}")
}

#[test]
fn the_places_in_a_core_dump_are_those_of_the_module_as_it_was_loaded() {
    let folder = tempfile::tempdir().unwrap();
    for (file, export, input, expected) in [
        ("lines_c.wasm", "divide", "0", &["Unreachable", "call"][..]),
        ("lines_zig.wasm", "pick", "", &["Unreachable", "call"]),
        ("lines_rust.wasm", "look_up", "abc", &["Unreachable", "call", "call"]),
    ] {
        let core = folder.path().join(file);
        let mut plugin: Plugin = PluginBuilder::new(guest(file)).with_coredump(&core).build().unwrap();
        plugin.call::<_, ()>(export, input).unwrap_err();
        let module = fs::read(guest(file)).unwrap();
        let found: Vec<_> = frames(&fs::read(&core).unwrap())
            .into_iter()
            .map(|(function, offset)| instruction(&module, function, offset))
            .collect();
        assert_eq!(found[..expected.len()], *expected, "{file}: {found:?}");
        assert!(found[1..].iter().all(|instruction| instruction == "call"), "{file}: {found:?}");
    }
}
