//! Tests the texts of errors, whatever the length of their parts.

use std::{error::Error as StdError, io, path::Path, ptr, time::Duration};

use super::*;
use crate::{ValType, codec::CodecError, error::MissingHint, load::LoadError, manifest::Manifest, value::FuncType};

/// The longest text that an error shows, including what surrounds it.
const MOST: usize = (1 << 20) + (16 << 10);

/// One error of each variant, with this text.
fn errors(text: &str) -> Vec<Error> {
    let (at, text) = (|| Site::new(text, text), || text.to_owned());
    let ty = || FuncType { params: vec![ValType::I64; 1000], results: vec![ValType::I64; 1000] };
    let problem = || LinkProblem::Missing {
        module: text(),
        namespace: text(),
        name: text(),
        expected: ty(),
        hint: MissingHint::NoSuchExport { module: text(), nearest: Some(text()) },
    };
    let mismatch = || Mismatch { export: text(), kind: MismatchKind::Signature(ty()) };
    let frame = Frame::new(Some(text()), 0, FramePlaces::new(&Trace::new(Vec::new()), 0));
    let trap = TrapError { message: text(), guest_error: Some(text()), backtrace: vec![frame; 20] };
    let manifest = Manifest::from_json(format!(r#"{{"wasm": [], "timeout_ms": {}}}"#, serde_json::json!(text())));
    let file = io::Error::other("no");
    vec![
        Error::Manifest(manifest.expect_err("a text is not a number")),
        Error::Load(LoadError::NotWasm { module: text(), origin: text(), found: "text".into() }),
        Error::compile(text(), text()),
        LinkError { plugin: text(), problems: (0..100).map(|_| problem()).collect(), states: Vec::new() }.into(),
        InterfaceError {
            plugin: text(),
            interface: Some("I".into()),
            mismatches: (0..100).map(|_| mismatch()).collect(),
        }
        .into(),
        Error::Encode { at: at(), source: CodecError::new(text()) },
        Error::Decode { at: at(), source: CodecError::new(text()) },
        Error::OutputTooLarge { at: at(), length: 1, limit: 0 },
        Error::Guest { at: at(), code: 1, message: text(), value: None },
        Error::HostFunction { at: at(), name: "f".into(), source: HostPanic::new(&text()).into() },
        Error::Trap { at: at(), trap },
        Error::Timeout { at: at(), limit: Duration::ZERO },
        Error::Cancelled { at: at() },
        Error::OutOfMemory { at: at(), detail: "no".into() },
        Error::OutOfFuel { at: at(), limit: 0 },
        Error::Exit { at: at(), code: 1, guest_error: Some(text()) },
        Error::engine(text(), text()),
        Error::Output { path: "file".into(), source: file },
        Error::LogTooLong { at: at(), limit: 0 },
        Error::Busy { plugin: text(), instances: 1, waited: Duration::ZERO },
        SetError::new(&text(), Path::new(&text()), SetProblem::Disabled).into(),
        Error::other(text()),
    ]
}

/// A number for each variant: a new variant must be added here, and to [`errors`].
fn variant(error: &Error) -> usize {
    match error {
        Error::Manifest(_) => 0,
        Error::Load(_) => 1,
        Error::Compile { .. } => 2,
        Error::Link(_) => 3,
        Error::Interface(_) => 4,
        Error::Encode { .. } => 5,
        Error::Decode { .. } => 6,
        Error::OutputTooLarge { .. } => 7,
        Error::Guest { .. } => 8,
        Error::HostFunction { .. } => 9,
        Error::Trap { .. } => 10,
        Error::Timeout { .. } => 11,
        Error::Cancelled { .. } => 12,
        Error::OutOfMemory { .. } => 13,
        Error::OutOfFuel { .. } => 14,
        Error::Exit { .. } => 15,
        Error::Engine { .. } => 16,
        Error::Output { .. } => 17,
        Error::LogTooLong { .. } => 18,
        Error::Busy { .. } => 19,
        Error::Set(_) => 20,
        Error::Other(_) => 21,
    }
}

#[test]
fn no_error_shows_much_more_than_a_megabyte() {
    for part in ["x", "\x1b", "ä", "\u{202e}", "\n"] {
        let errors = errors(&part.repeat((3 << 20) / part.len()));
        let variants: Vec<_> = errors.iter().map(variant).collect();
        assert_eq!(variants, (0..variants.len()).collect::<Vec<_>>(), "one of each");
        for error in errors {
            let shown = error.to_string().len();
            assert!(shown <= MOST, "variant {} shows {shown} bytes of {part:?}", variant(&error));
            let mut cause = error.source();
            while let Some(source) = cause {
                assert!(source.to_string().len() <= MOST, "a cause of variant {}", variant(&error));
                cause = source.source();
            }
        }
    }
}

type Cause = dyn StdError + 'static;

/// Returns whether the error's source is this value itself, so that programs can downcast it.
#[track_caller]
fn assert_source(error: &dyn StdError, cause: &Cause) {
    let source = error.source().unwrap_or_else(|| panic!("no source: {error}"));
    assert!(ptr::addr_eq(ptr::from_ref(source), ptr::from_ref(cause)), "the source is another value: {error}");
}

#[test]
fn each_error_that_has_a_cause_has_it_as_its_source() {
    for error in errors("x") {
        match &error {
            Error::Compile { source, .. }
            | Error::HostFunction { source, .. }
            | Error::Engine { source, .. }
            | Error::Other(source) => {
                assert_source(&error, &**source);
            }
            Error::Encode { source, .. } | Error::Decode { source, .. } => assert_source(&error, source),
            Error::Trap { trap, .. } => assert_source(&error, trap),
            Error::Output { source, .. } => assert_source(&error, source),
            // These are the errors that they hold, whose causes are below.
            Error::Manifest(_) | Error::Load(_) | Error::Link(_) | Error::Interface(_) | Error::Set(_) => {}
            _ => assert!(error.source().is_none(), "{error}"),
        }
    }
}

#[test]
fn what_other_errors_hold_is_their_source() {
    let text = || "x".to_owned();
    let read = ManifestError::Read { path: "file".into(), source: io::Error::other("no") };
    let ManifestError::Read { source, .. } = &read else { unreachable!() };
    assert_source(&read, source);
    let file = LoadError::File { module: text(), path: "file".into(), source: io::Error::other("no") };
    let LoadError::File { source, .. } = &file else { unreachable!() };
    assert_source(&file, source);
    let whole = Error::from(file);
    let source = whole.source().and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.map(ToString::to_string).as_deref(), Some("no"), "the source of the error itself");

    // A codec's error shows its cause's text, so its source is the cause's own.
    let codec = MemoryError::from(CodecError::new(read));
    let source = codec.source().and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.map(ToString::to_string).as_deref(), Some("no"));
}

#[cfg(feature = "http")]
#[test]
fn what_http_errors_hold_is_their_source() {
    let text = || "x".to_owned();
    let io = || io::Error::other("no");
    let (resolve, connect) =
        (HttpError::Resolve { host: text(), source: io() }, HttpError::Connect { host: text(), source: io() });
    for error in [resolve, connect, HttpError::Io { url: text(), source: io() }] {
        let (HttpError::Resolve { source, .. } | HttpError::Connect { source, .. } | HttpError::Io { source, .. }) =
            &error
        else {
            unreachable!()
        };
        assert_source(&error, source);
        let download = LoadError::Download { module: text(), url: text(), source: error.into() };
        let LoadError::Download { source, .. } = &download else { unreachable!() };
        assert_source(&download, &**source);
        assert!(download.source().is_some_and(|source| source.downcast_ref::<HttpError>().is_some()));
    }
}
