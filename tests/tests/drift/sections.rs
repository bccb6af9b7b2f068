//! Sections that are missing, wrong, or not those of this version.

use extism_runtime::{
    Json,
    interface::{Description, MAX_BYTES, SECTION},
    plugin_interface,
};

use super::{WAT, compiled, reasons, stamped};

#[plugin_interface(version = "1.2.0")]
trait Shop {
    fn pay(&mut self, cart: Json<u32>) -> Json<String>;
}

mod strict {
    use super::{Json, plugin_interface};

    #[plugin_interface(require = "section")]
    pub(super) trait Shop {
        fn pay(&mut self, cart: Json<u32>) -> Json<String>;
    }
}

/// The module with a custom section of this content.
fn with_section(content: &[u8]) -> Vec<u8> {
    let mut section = vec![u8::try_from(SECTION.len()).unwrap()];
    section.extend(SECTION.as_bytes());
    section.extend(content);
    let mut module = wat::parse_str(WAT).unwrap();
    module.push(0);
    let mut length = section.len();
    while length >= 128 {
        module.push(u8::try_from(length & 127).unwrap() | 128);
        length >>= 7;
    }
    module.push(u8::try_from(length).unwrap());
    module.extend(section);
    module
}

fn of(content: &[u8]) -> Vec<String> {
    reasons(ShopPlugin::try_from(&compiled(with_section(content))))
}

fn strictly(module: Vec<u8>) -> Vec<String> {
    reasons(strict::ShopPlugin::try_from(&compiled(module)))
}

#[test]
fn without_a_section_exports_are_checked_as_ever_unless_it_is_required() {
    let bare = wat::parse_str(WAT).unwrap();
    assert_eq!(reasons(ShopPlugin::try_from(&compiled(bare.clone()))), [""; 0]);
    let reason = "it does not describe itself, which the interface requires: it has no section `extism:interface`, which \
                  `extism-call stamp` writes";
    assert_eq!(strictly(bare), [reason]);
    assert_eq!(strictly(stamped(ShopPlugin::interface())), [""; 0]);
}

#[test]
fn the_version_is_that_of_the_attribute_or_of_the_package() {
    assert_eq!(ShopPlugin::interface().version.as_deref(), Some("1.2.0"));
    assert_eq!(strict::ShopPlugin::interface().version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_section_that_cannot_be_read_is_told() {
    let rows: [(&[u8], &str); 5] = [
        (b"", "there is no interface in it"),
        (b"{\"name\": \"Shop\", \"meth", "EOF while parsing a string at line 1 column 22"),
        (b"\xff\xfe", "expected value at line 1 column 1"),
        (b"{\"name\": \"a\\u001b[2J\"}", "missing field `methods` at line 1 column 22"),
        (
            b"{\"name\": \"A\", \"methods\": [{\"export\": \"pay\"}]}{\"name\": \"B\", \"methods\": [{\"export\": \"pay\"}]}",
            "it describes `pay` twice",
        ),
    ];
    for (content, reason) in rows {
        let reason =
            format!("its section `extism:interface` cannot be read: {reason}; `extism-call stamp` writes it again");
        assert_eq!(of(content), [reason]);
    }
}

/// The compiler's own words are in `ui/interface/fail/wasm_section_differs.stderr`.
#[test]
fn the_compiler_reports_what_creating_the_client_reports() {
    mod compiled_in {
        use extism_runtime::{Error, Json, plugin_interface};

        #[plugin_interface]
        pub(super) trait Shop {
            fn pay(&mut self, cart: Json<u32>) -> Result<Json<String>, Error>;
            #[export(args = "json-object")]
            fn quote(&mut self, article: &str, pieces: u32) -> String;
        }
    }
    let described = Description::from_json(include_bytes!("../../fixtures/described.json")).unwrap();
    let module = described.stamp(&wat::parse_str(WAT).unwrap()).unwrap();
    let reasons = reasons(compiled_in::ShopPlugin::try_from(&compiled(module)));
    let compiler = include_str!("../../ui/interface/fail/wasm_section_differs.stderr");
    let errors = compiler.lines().filter_map(|line| line.strip_prefix("error: "));
    let errors = errors.map(|error| error.replace(", as the section `extism:interface` of `described.wasm` says", ""));
    assert_eq!(errors.collect::<Vec<_>>(), reasons);
    assert_eq!(reasons.len(), 3);
}

#[test]
fn a_section_of_a_newer_format_is_no_description() {
    let newer = br#"{"format": 2, "whatever": true}"#;
    assert_eq!(of(newer), [""; 0]);
    let reason = strictly(with_section(newer));
    assert!(reason[0].contains("it has format 2, and this version reads up to 1"), "{reason:?}");
}

#[test]
fn a_huge_a_deep_and_a_second_section_are_refused_in_bounded_time() {
    let huge = of(&vec![b' '; MAX_BYTES + 1]);
    assert!(huge[0].contains("at most 1048576 are read"), "{huge:?}");
    let deep = of(format!(r#"{{"name": "A", "methods": [], "$defs": {{"T": {}"#, "[".repeat(500_000)).as_bytes());
    assert!(deep[0].contains("recursion limit exceeded"), "{deep:?}");
    let once = stamped(ShopPlugin::interface());
    let section = &once[wat::parse_str(WAT).unwrap().len()..];
    let twice = reasons(ShopPlugin::try_from(&compiled([&once, section].concat())));
    assert!(twice[0].contains("has the section `extism:interface` twice"), "{twice:?}");
}

#[test]
fn names_in_a_section_are_escaped() {
    let forged = br#"{"name": "A", "methods": [{"export": "pay", "output": {"format": "x\u001b[31m\u202e"}}]}"#;
    let reason = of(forged);
    assert_eq!(reason, ["`pay`: `result`: the plug-in sends `x\\u{1b}[31m\\u{202e}`, the host reads JSON"]);
}

#[test]
fn a_plug_in_that_describes_more_is_accepted() {
    let other = r#"{"name": "Other", "methods": [{"export": "more", "output": {"format": "bytes"}}]}"#;
    let mut description = Description::from_json(other.as_bytes()).unwrap();
    description.interfaces.push(ShopPlugin::interface().clone());
    let module = description.stamp(&wat::parse_str(WAT).unwrap()).unwrap();
    assert_eq!(reasons(ShopPlugin::try_from(&compiled(module))), [""; 0]);
}

#[test]
fn an_interface_survives_its_json() {
    let interface = ShopPlugin::interface();
    let read = Description::from_json(interface.to_json().as_bytes()).unwrap();
    assert_eq!(read.interfaces, std::slice::from_ref(interface));
    let module = stamped(interface);
    assert_eq!(Description::from_module(&module).unwrap().unwrap().interfaces, std::slice::from_ref(interface));
}
