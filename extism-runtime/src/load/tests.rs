use std::path::{Path, PathBuf};

#[cfg(feature = "http")]
use super::DownloadProgress;
use super::{LoadError, LoadOptions, LoadedModules, Source, load};
use crate::manifest::{Manifest, ManifestError, Wasm};

/// An empty module.
const EMPTY: &[u8] = b"\0asm\x01\0\0\0";
/// Its SHA-256.
const EMPTY_HASH: &str = "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476";
/// An empty component.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

fn load_all(wasm: impl IntoIterator<Item = Wasm>) -> Result<LoadedModules, LoadError> {
    load(Manifest::new(wasm).wasm, &LoadOptions::default())
}

fn error(wasm: Wasm) -> LoadError {
    load_all([wasm]).unwrap_err()
}

/// The error's description of bytes that are not a module.
fn found(bytes: &[u8]) -> String {
    match error(Wasm::data(bytes)) {
        LoadError::NotWasm { module, origin, found } => {
            assert_eq!((module.as_str(), origin.as_str()), ("main", "memory"));
            found
        }
        other => panic!("{other:?}"),
    }
}

/// The names of the main and of the linked modules, where `-` is a module without a name.
fn names(names: &[&str]) -> Result<(String, Vec<String>), LoadError> {
    let wasm = |name: &str| {
        let wasm = Wasm::data(EMPTY);
        if name == "-" { wasm } else { wasm.with_name(name) }
    };
    let loaded = load_all(names.iter().map(|name| wasm(name)))?;
    Ok((loaded.main.name, loaded.linked.into_iter().map(|module| module.name).collect()))
}

#[test]
fn the_main_module_is_the_only_one_or_the_one_named_main_or_the_last() {
    let check = |given: &[&str], main: &str, linked: &[&str]| {
        let linked = linked.iter().map(ToString::to_string).collect();
        assert_eq!(names(given).unwrap(), (main.to_owned(), linked), "{given:?}");
    };
    check(&["-"], "main", &[]);
    check(&["a"], "a", &[]);
    check(&["a", "main", "b"], "main", &["a", "b"]);
    check(&["-", "b"], "main", &["b"]);
    check(&["a", "-"], "main", &["a"]);
    check(&["a", "b"], "b", &["a"]);
}

#[test]
fn names_are_unique_and_not_the_runtimes() {
    for (given, twice) in [(["a", "a"], "a"), (["-", "-"], "main"), (["main", "-"], "main")] {
        assert!(matches!(names(&given), Err(LoadError::DuplicateName { name }) if name == twice), "{given:?}");
    }
    for own in ["extism:host/env", "extism:kernel"] {
        assert!(matches!(names(&[own, "-"]), Err(LoadError::ReservedName { name }) if name == own));
    }
    assert!(matches!(names(&[]), Err(LoadError::NoModules)));
}

#[test]
fn a_module_keeps_its_bytes_and_says_where_it_came_from() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wasm");
    std::fs::write(&path, EMPTY).unwrap();
    let loaded = load_all([Wasm::file(&path).with_name("a"), Wasm::data(EMPTY)]).unwrap();

    let file = &loaded.linked[0];
    let expected = ("a", path.to_str().unwrap(), EMPTY);
    assert_eq!((file.name.as_str(), file.origin.as_str(), file.wasm.as_slice()), expected);
    let data = &loaded.main;
    assert_eq!((data.name.as_str(), data.origin.as_str(), data.wasm.as_slice()), ("main", "memory", EMPTY));
    assert_eq!(super::hash::hex(&data.sha256), EMPTY_HASH);
}

#[test]
fn text_becomes_binary() {
    let loaded = load_all([Wasm::data("\u{feff}  ;; text\n(module (func (export \"f\")))")]).unwrap();
    assert_eq!(*loaded.main.wasm, wat::parse_str("(module (func (export \"f\")))").unwrap());
    assert_eq!(*load_all([Wasm::data("(module)")]).unwrap().main.wasm, EMPTY);
}

#[test]
fn an_error_in_the_text_has_a_place() {
    match error(Wasm::data("(module\n  (fnuc))").with_name("a")) {
        LoadError::Wat { module, origin, line: 2, column: 4, message } => {
            assert_eq!((module.as_str(), origin.as_str()), ("a", "memory"));
            assert_eq!(message, "expected valid module field");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(error(Wasm::data("(module")), LoadError::Wat { line: 1, column: 8, .. }));
    let deep = "(".repeat(200_000);
    assert!(matches!(error(Wasm::data(deep)), LoadError::Wat { .. }));
}

#[test]
fn the_hash_is_checked() {
    for hash in [EMPTY_HASH.to_owned(), EMPTY_HASH.to_uppercase()] {
        assert!(load_all([Wasm::data(EMPTY).with_hash(hash)]).is_ok());
    }
    let wrong = EMPTY_HASH.replace('9', "0");
    match error(Wasm::data(EMPTY).with_hash(wrong.clone()).with_name("a")) {
        LoadError::HashMismatch { module, origin, expected, actual } => {
            assert_eq!((module.as_str(), origin.as_str()), ("a", "memory"));
            assert_eq!((expected, actual.as_str()), (wrong, EMPTY_HASH));
        }
        other => panic!("{other:?}"),
    }
    // The hash is checked before the bytes are examined.
    assert!(matches!(error(Wasm::data("x").with_hash(EMPTY_HASH)), LoadError::HashMismatch { .. }));
    let odd = error(Wasm::data(EMPTY).with_hash("abc"));
    assert!(matches!(odd, LoadError::HashFormat { module, hash } if module == "main" && hash == "abc"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    use std::io::ErrorKind;
    let dir = tempfile::tempdir().unwrap();
    for (path, kind) in [(dir.path().join("no"), ErrorKind::NotFound), (dir.path().into(), ErrorKind::IsADirectory)] {
        match error(Wasm::file(&path)) {
            LoadError::File { module, path: named, source } => {
                assert_eq!((module.as_str(), named, source.kind()), ("main", path, kind));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_file_is_read_up_to_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wasm");
    std::fs::write(&path, EMPTY).unwrap();
    let limited = |max_module_bytes| {
        let options = LoadOptions { max_module_bytes, ..LoadOptions::default() };
        load(vec![Wasm::file(&path)], &options)
    };
    assert_eq!(*limited(8).unwrap().main.wasm, EMPTY);
    assert!(matches!(limited(7), Err(LoadError::TooLarge { limit: 7, .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_too_large() {
    let options = LoadOptions { max_module_bytes: 1 << 16, ..LoadOptions::default() };
    let result = load(vec![Wasm::file("/dev/zero")], &options);
    assert!(matches!(result, Err(LoadError::TooLarge { limit: 65536, .. })), "{result:?}");
}

#[test]
fn what_is_no_module_is_described() {
    assert_eq!(found(b""), "it is empty");
    assert_eq!(found(b" \n"), "it contains only white space");
    assert_eq!(found(b"\0as"), "its header is truncated");
    assert_eq!(found(&EMPTY[..7]), "its header is truncated");
    assert_eq!(found(b"\0asm\x02\0\0\0"), "its version is 2 (layer 0), which is not supported");
    assert_eq!(found(b"\0asm\x01\0\x02\0"), "its version is 1 (layer 2), which is not supported");
    let component = found(COMPONENT);
    assert!(component.starts_with("it is a component, not a core module"), "{component}");
    assert_eq!(found(b"(component)"), component);
    assert_eq!(found(b"{}"), "it looks like a manifest, not a module");
    assert_eq!(
        found(b"<html>\xff\0<p class='x'>"),
        "it starts with \"<html>\\xff\\x00<p class\", which is neither the binary nor the text format of WebAssembly"
    );
    assert!(found("<p a='b'>".as_bytes()).starts_with("it starts with"));
}

#[cfg(not(feature = "http"))]
#[test]
fn without_http_a_download_is_refused() {
    let error = error(Wasm::url("https://user:secret@example.com/a.wasm"));
    assert!(matches!(error, LoadError::HttpDisabled { url, .. } if url == "https://example.com/a.wasm"));
}

fn manifest(source: impl Into<Source>) -> Manifest {
    source.into().into_manifest().unwrap()
}

#[test]
fn bytes_are_told_apart() {
    for module in [EMPTY, COMPONENT, b"(module)", b";; x\n(module)", b"", b" ", b"hello", b"\xff\xfe", b"\0asm"] {
        assert_eq!(manifest(module), Manifest::new([Wasm::data(module)]), "{}", module.escape_ascii());
    }
    let expected = Manifest::new([Wasm::file("a.wasm")]);
    let texts = [
        " {\"wasm\": [{\"path\": \"a.wasm\"}]}",
        "\u{feff}{\"wasm\": [{\"path\": \"a.wasm\"}]}",
        "[[wasm]]\npath = 'a.wasm'",
        "# comment\n\nwasm = [{path = 'a.wasm'}]",
    ];
    for text in texts {
        assert_eq!(manifest(text.as_bytes()), expected, "{text}");
    }
    let wrong = Source::from(b"{\"wasm\": 1}").into_manifest();
    assert!(matches!(wrong, Err(ManifestError::Field { path, .. }) if path == "wasm"));
}

#[test]
fn text_is_content_or_a_path() {
    for content in ["(module)", " (module)", ";; x", "\0asm\u{1}\0\0\0"] {
        assert_eq!(manifest(content), Manifest::new([Wasm::data(content)]), "{content}");
    }
    assert_eq!(manifest("{\"timeout_ms\": 1}").timeout_ms, Some(1));
    assert_eq!(manifest(String::from("\n[memory]\nmax_pages = 1\n")).memory.max_pages, Some(1));
    for path in ["", "a.wasm", "dir x/(a)", "wasm=1", "[a]"] {
        assert_eq!(manifest(path), Manifest::new([Wasm::file(path)]), "{path}");
    }
}

#[test]
fn files_are_told_apart_by_name_or_start() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let json = b"{\"wasm\": [{\"path\": \"a.wasm\"}]}";
    let long = [b"# ".to_vec(), "\u{e9}".repeat(5000).into_bytes(), b"\nwasm = [{path = 'a.wasm'}]".to_vec()].concat();
    for path in [write("m.json", json), write("m", json), write("m.txt", &long)] {
        assert_eq!(manifest(path.as_path()), Manifest::new([Wasm::file("a.wasm")]), "{}", path.display());
    }
    for path in [write("json.wasm", json), write("json.WAT", json), write("a", EMPTY), dir.path().join("none")] {
        assert_eq!(manifest(&path), Manifest::new([Wasm::file(&path)]), "{}", path.display());
    }
    let wrong = write("e.json", b"");
    let error = Source::from(wrong.clone()).into_manifest();
    assert!(matches!(error, Err(ManifestError::Syntax { file, .. }) if file == Some(wrong)));
    let missing = Source::from(dir.path().join("none.toml")).into_manifest();
    assert!(matches!(missing, Err(ManifestError::Read { .. })));
}

#[test]
fn a_source_is_a_manifest_or_a_module() {
    let expected = Manifest::new([Wasm::file("a.wasm")]);
    assert_eq!(manifest(&expected), expected);
    assert_eq!(manifest(expected.clone()), expected);
    assert_eq!(manifest(Wasm::file("a.wasm")), expected);
    assert_eq!(manifest(EMPTY.to_vec()), Manifest::new([Wasm::data(EMPTY)]));
}

#[test]
fn debug_leaves_out_the_content_of_bytes() {
    assert_eq!(format!("{:?}", Source::from("(module)")), "[8 bytes]");
    assert_eq!(format!("{:?}", Source::from("a.wasm")), "\"a.wasm\"");
}

#[test]
fn a_file_gives_a_name() {
    assert_eq!(Source::from("dir/count.wasm").file_stem().as_deref(), Some("count"));
    assert_eq!(Source::from(PathBuf::from("count")).file_stem().as_deref(), Some("count"));
    assert_eq!(Source::from(Path::new("/")).file_stem(), None);
    assert_eq!(Source::from(EMPTY).file_stem(), None);
    assert_eq!(Source::from(Wasm::file("a.wasm")).file_stem(), None);
}
#[cfg(feature = "http")]
mod downloads {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::TcpListener,
        sync::{Arc, Mutex},
        thread,
        time::Duration,
    };

    use super::*;
    use crate::http::HttpError;

    /// Starts a server that sends the same response to every request, and returns its address.
    fn server(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let request = BufReader::new(&stream).lines().map_while(Result::ok);
                request.take_while(|line| !line.is_empty()).for_each(drop);
                let _ = stream.write_all(answer);
            }
        });
        address
    }

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n\0asm\x01\0\0\0";

    #[test]
    fn a_module_is_downloaded() {
        let address = server(ANSWER);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let progress = {
            let seen = Arc::clone(&seen);
            move |progress: &DownloadProgress<'_>| {
                let DownloadProgress { module, url, received, total } = *progress;
                seen.lock().unwrap().push((module.to_owned(), url.to_owned(), received, total));
            }
        };
        let options = LoadOptions { progress: Some(Arc::new(progress)), ..LoadOptions::default() };
        let wasm = Wasm::url(format!("http://user:secret@{address}/a.wasm")).with_name("a").with_hash(EMPTY_HASH);
        let loaded = load(vec![wasm], &options).unwrap();

        let url = format!("http://{address}/a.wasm");
        assert_eq!((loaded.main.wasm.as_slice(), &loaded.main.origin), (EMPTY, &url));
        let seen = seen.lock().unwrap();
        let expected = |received| ("a".to_owned(), url.clone(), received, Some(8));
        assert_eq!((seen.first(), seen.last()), (Some(&expected(0)), Some(&expected(8))));
    }

    #[test]
    fn the_hash_of_a_download_is_checked() {
        let wasm = Wasm::url(format!("http://{}/", server(ANSWER))).with_hash("0".repeat(64));
        assert!(matches!(error(wasm), LoadError::HashMismatch { actual, .. } if actual == EMPTY_HASH));
    }

    #[test]
    fn a_download_that_fails_says_why() {
        let url = format!("http://{}/", server(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"));
        let failed = error(Wasm::url(&url).with_name("a"));
        assert!(matches!(failed, LoadError::Status { module, url: u, status: 404 } if module == "a" && u == url));

        let failed = error(Wasm::url("ftp://example.com/"));
        let LoadError::Download { module, url, source } = failed else { panic!("{failed:?}") };
        assert_eq!((module.as_str(), url.as_str()), ("main", "ftp://example.com/"));
        assert!(matches!(source.downcast_ref(), Some(HttpError::Scheme { .. })));
    }

    #[test]
    fn a_download_is_bounded() {
        let modules = || vec![Wasm::url(format!("http://{}/", server(ANSWER)))];
        let small = LoadOptions { max_module_bytes: 7, ..LoadOptions::default() };
        assert!(matches!(load(modules(), &small), Err(LoadError::TooLarge { limit: 7, .. })));
        let short = LoadOptions { download_timeout: Duration::ZERO, ..LoadOptions::default() };
        let Err(LoadError::Download { source, .. }) = load(modules(), &short) else { panic!() };
        assert!(matches!(source.downcast_ref(), Some(HttpError::Timeout)));
    }
}
