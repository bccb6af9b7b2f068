//! Tests Markdown files: links work, on a code host as well as in the documentation, and snippets are in the
//! language that they declare.
//!
//! `cargo test --doc` runs Rust snippets, so their file must be part of the documentation. The command line tool's own
//! tests run those of its README.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// Folders without Markdown of the project.
const SKIPPED: [&str; 5] = ["target", "node_modules", ".git", "corpus", "artifacts"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace's folder")
}

/// Returns the files below a folder that end in `ending`; links to other places of the workspace are omitted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let entry = entry.expect("a folder can be read");
        let (path, kind) = (entry.path(), entry.file_type().expect("a file has a type"));
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
            found.extend(files(&path, ending));
        } else if kind.is_file() && name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The checked parts of a Markdown file.
#[derive(Debug, Default, PartialEq)]
struct Page {
    /// The targets of links and images.
    links: Vec<String>,
    /// References that nothing defines, such as `[missing]`.
    undefined: Vec<String>,
    /// The anchors of headings.
    anchors: BTreeSet<String>,
    /// Fenced blocks: the language and the text.
    blocks: Vec<(String, String)>,
}

fn read(text: &str) -> Page {
    let mut undefined = Vec::new();
    let mut note = |link: BrokenLink<'_>| {
        undefined.push(link.reference.to_string());
        None::<(CowStr<'_>, CowStr<'_>)>
    };
    let mut page = Page::default();
    let (mut heading, mut block) = (None::<String>, None::<(String, String)>);
    for event in Parser::new_with_broken_link_callback(text, Options::ENABLE_TABLES, Some(&mut note)) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.to_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => page.anchors.extend(heading.take().map(|title| anchor(&title))),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                block = Some((language.to_string(), String::new()));
            }
            Event::End(TagEnd::CodeBlock) => page.blocks.extend(block.take()),
            Event::Text(text) | Event::Code(text) => {
                let open = block.as_mut().map(|(_, text)| text).or(heading.as_mut());
                open.map(|open| open.push_str(&text)).unwrap_or_default();
            }
            _ => {}
        }
    }
    page.undefined = undefined;
    page
}

/// Returns a heading's anchor, as code hosts and rustdoc generate it.
fn anchor(title: &str) -> String {
    let kept = title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
    kept.replace(' ', "-")
}

/// Returns what is wrong with a link in a file.
fn broken(file: &Path, link: &str) -> Option<String> {
    if link.starts_with("https://") || link.starts_with("http://") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() { file.to_owned() } else { file.with_file_name(path) };
    if !target.exists() {
        return Some(format!("`{link}`: there is no such file"));
    }
    let known = anchor.is_empty() || read(&fs::read_to_string(&target).ok()?).anchors.contains(anchor);
    (!known).then(|| format!("`{link}`: there is no such heading"))
}

/// Whether a file is part of the documentation, where rustdoc checks its links and runs its snippets.
fn is_documentation(file: &Path) -> bool {
    ["extism-runtime", "extism-guest"].iter().any(|package| file.starts_with(root().join(package).join("src/docs")))
}

/// The workspace of the SQL functions, whose README is its crate's documentation.
const SQL: &str = "extism-datafusion";

/// The plug-in of the guide, which `extism-guest` compiles.
const PLUGIN: &str = "extism-guest/doctests/plugin.md";

/// Whether rustdoc runs a file's Rust snippets: those of the front page, and of files that the sources include.
fn is_run(file: &Path, sources: &str) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let included = is_documentation(file) && sources.contains(&format!("include_str!(\"docs/{name}\")"));
    included
        || ["README.md", "SECURITY.md", "compat/README.md", "extism-datafusion/README.md", PLUGIN]
            .iter()
            .any(|name| *file == root().join(name))
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let files = files(&root(), ".md");
    assert!(files.len() > 8, "the Markdown files are found: {files:?}");
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !is_documentation(file)) {
        let page = read(&fs::read_to_string(file).expect("a page can be read"));
        let undefined = page.undefined.iter().map(|link| format!("`[{link}]`: nothing defines it"));
        let problems = page.links.iter().filter_map(|link| broken(file, link)).chain(undefined);
        wrong.extend(problems.map(|problem| format!("{}: {problem}", file.display())));
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn snippets_are_what_their_language_says() {
    let sources: String = files(&root().join("extism-runtime/src"), ".rs")
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .collect();
    let plugin = fs::read_to_string(root().join(PLUGIN)).expect("the file can be read");
    let mut wrong = Vec::new();
    for file in files(&root(), ".md") {
        let included = is_run(&file, &sources);
        for (language, text) in read(&fs::read_to_string(&file).expect("a page can be read")).blocks {
            let problem = match language.split(',').next().unwrap_or_default() {
                "json" => serde_json::from_str::<serde_json::Value>(&text).err().map(|error| error.to_string()),
                "toml" => toml::from_str::<toml::Table>(&text).err().map(|error| error.to_string()),
                "rust" if !included => Some("no documentation includes it, so nothing runs it".to_owned()),
                "rust" if language.contains("ignore") && !plugin.contains(&text) => {
                    Some("nothing compiles it".to_owned())
                }
                "console" => unknown_example(&file, &text),
                _ => None,
            };
            wrong.extend(problem.map(|problem| format!("{}: {problem}:\n{text}", file.display())));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// The guide's plug-in and host are compiled with this file.
#[test]
fn the_shared_crate_of_the_guide_is_the_one_that_its_other_snippets_use() {
    let file = |path: &str| fs::read_to_string(root().join("extism-runtime").join(path)).expect("the file can be read");
    let blocks = read(&file("src/docs/guide.md")).blocks;
    let shared = blocks.iter().find_map(|(_, text)| text.strip_prefix("// shop-interface/src/lib.rs\n"));
    assert_eq!(shared, Some(&*file("doctests/shop_interface.rs")));
}

/// Returns the first example that a command in a file runs and that does not exist.
fn unknown_example(file: &Path, commands: &str) -> Option<String> {
    let workspace = if file.starts_with(root().join(SQL)) { root().join(SQL) } else { root() };
    let names = commands.split("--example ").skip(1).filter_map(|rest| rest.split_whitespace().next());
    let missing = |name: &&str| {
        let examples = workspace.join("examples");
        !examples.join(format!("{name}.rs")).exists() && !examples.join(name).join("main.rs").exists()
    };
    names.clone().find(missing).map(|name| format!("there is no example `{name}`"))
}

#[test]
fn what_is_wrong_is_found() {
    let file = root().join("README.md");
    assert_eq!(broken(&file, "SECURITY.md#promises"), None);
    assert_eq!(broken(&file, "https://example.com/none"), None);
    assert_eq!(broken(&file, "NONE.md").as_deref(), Some("`NONE.md`: there is no such file"));
    assert_eq!(broken(&file, "README.md#none").as_deref(), Some("`README.md#none`: there is no such heading"));
    assert_eq!(unknown_example(&file, "$ cargo run --example none\n").as_deref(), Some("there is no example `none`"));
    let page = read("# A `b` c!\n\n[x][y] [z](w.md)\n\n```json\n{\n```\n");
    assert_eq!(page.undefined, ["y"]);
    assert_eq!(page.links, ["w.md"]);
    assert_eq!(page.anchors, BTreeSet::from(["a-b-c".to_owned()]));
    assert_eq!(page.blocks, [("json".to_owned(), "{\n".to_owned())]);
}
