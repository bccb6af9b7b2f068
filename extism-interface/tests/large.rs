//! Descriptions as large as they may be: nothing takes more than seconds.

use extism_interface::{Description, MAX_BYTES, diff, json_schema, markdown, rust};

/// As many functions as fit into a description, whose names all become the same one in Rust.
fn many(export: impl Fn(usize) -> String) -> Description {
    let mut json = r#"{"name": "A", "methods": ["#.to_owned();
    for index in 0.. {
        let method = format!(r#"{{"export":"{}"}}"#, export(index));
        if json.len() + method.len() + 3 > MAX_BYTES {
            break;
        }
        json = json + if index > 0 { "," } else { "" } + &method;
    }
    Description::from_json((json + "]}").as_bytes()).unwrap()
}

#[test]
fn the_most_functions_of_a_description() {
    let (old, new) = (
        many(|index| format!("e{}", "-".repeat(index % 50) + &"_".repeat(index / 50))),
        many(|index| format!("f-{index}")),
    );
    let functions = old.interfaces[0].methods.len();
    assert!(functions > 4_000, "{functions}");
    let source = rust::write(&old);
    assert!(source.contains(&format!("fn e{functions}(")), "each has a name of its own");
    let changes = diff::diff(&old, &new);
    assert_eq!(changes.breaks_hosts.len(), functions, "all were removed");
    assert_eq!(diff::diff(&new, &new).bump, diff::Bump::None);
    assert!(json_schema::write(&new).len() > functions && markdown::write(&new).len() > functions);
}

/// Each type refers to the next.
#[test]
fn the_longest_chain_of_types() {
    let types = 9_000;
    let chain = |last: &str| {
        let schema = |index: usize| format!(r##""T{index}":{{"$ref":"#/$defs/T{}"}}"##, index + 1);
        let schemas: Vec<String> = (0..types).map(schema).collect();
        let json = format!(
            r##"{{"name": "A", "methods": [{{"export": "e", "output": {{"format": "json", "schema": {{"$ref": "#/$defs/T0"}}}}}}],
                "$defs": {{{}, "T{types}": {{"type": "{last}"}}}}}}"##,
            schemas.join(",")
        );
        Description::from_json(json.as_bytes()).unwrap()
    };
    let (old, new) = (chain("string"), chain("integer"));
    assert!(rust::write(&old).contains("pub trait A"));
    assert!(diff::diff(&old, &new).breaks());
}

#[test]
fn another_interface_is_no_change_of_a_name() {
    let interface =
        |name: &str, export: &str| format!(r#"{{"name": "{name}", "methods": [{{"export": "{export}"}}]}}"#);
    let read = |json: String| Description::from_json(json.as_bytes()).unwrap();
    let (one, two) = (read(interface("A", "e")), read(interface("A", "e") + &interface("B", "f")));
    let texts = |old, new| diff::diff(old, new).compatible.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(texts(&one, &two), [""; 0]);
    assert_eq!(texts(&two, &one), [""; 0]);
    let typed = |name: &str| {
        let defs = format!(r#", "$defs": {{"{name}": {{"description": "A type."}}}}}}"#);
        interface(name, name).trim_end_matches('}').to_owned() + &defs
    };
    let (one, two) = (read(typed("A")), read(typed("A") + &typed("B")));
    assert_eq!(texts(&two, &one), [""; 0]);
    let other = read(typed("A").replace("A type.", "Another text."));
    assert_eq!(texts(&one, &other), ["the documentation of types changed"]);
    let renamed = read(interface("C", "e"));
    assert_eq!(texts(&one, &renamed), ["the name or the documentation of the interface changed"]);
}
