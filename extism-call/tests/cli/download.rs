//! Tests URLs: of plug-ins, and those that plug-ins request.

use crate::{
    run::{Run, guest, repository, run},
    server::serve,
};

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(repository().join(guest(file))).unwrap()
}

#[test]
fn a_plug_in_is_downloaded() {
    let url = serve("200 OK", bytes("echo.wasm"));
    assert_eq!(run([format!("{url}/echo.wasm").as_str(), "echo", "-i", "x"]), Run::output("x"));
    let upper = url.replace("http", "HTTP");
    assert_eq!(run([upper.as_str(), "echo", "-i", "x"]), Run::output("x"));
}

#[test]
fn a_linked_module_is_downloaded() {
    let link = format!("math={}/math.wat", serve("200 OK", bytes("linking_math.wat")));
    let given = run([&guest("linking_main.wat"), "shout", "-i", "loud", "--link", &link]);
    assert_eq!(given, Run::output("LOUD"));
}

#[test]
fn a_download_that_fails_is_a_plug_in_that_cannot_be_loaded() {
    let url = serve("404 Not Found", "gone");
    let given = run([format!("{url}/gone.wasm").as_str(), "run"]);
    assert_eq!(given.code, 1);
    assert!(given.cause().contains("404") && given.cause().contains(&url), "{given:?}");
    let url = serve("200 OK", "<html>");
    let given = run([url.as_str(), "run"]);
    assert_eq!(given.code, 1);
    assert!(given.cause().contains("it starts with \"<html>\""), "{given:?}");
    assert_eq!(run(["http://127.0.0.1:1/x.wasm", "run"]).code, 1);
    assert_eq!(run(["https://", "run"]).code, 1);
}

#[test]
fn passwords_do_not_get_into_messages() {
    let given = run(["http://user:secret@127.0.0.1:1/x.wasm", "run"]);
    assert_eq!(given.code, 1);
    assert!(!given.stderr.contains("secret"), "{given:?}");
}

fn request(url: &str, options: &[&str]) -> Run {
    let (guest, input) = (guest("kitchen_sink.wasm"), format!(r#"{{"url": "{url}"}}"#));
    run([guest.as_str(), "http_request", "-i", &input].iter().chain(options))
}

#[test]
fn a_plug_in_reaches_the_hosts_that_are_allowed() {
    let url = serve("200 OK", "hello");
    for allowed in [&["--allow-host", "127.0.0.1"][..], &["--allow-host", "example.com", "--allow-host", "127.*"]] {
        let given = request(&url, allowed);
        assert_eq!((given.code, given.stderr.as_str()), (0, ""), "{allowed:?}");
        assert!(given.stdout.contains(r#""status":200"#) && given.stdout.contains("hello"), "{given:?}");
    }
    for refused in [&[][..], &["--allow-host", "example.com"]] {
        let given = request(&url, refused);
        assert_eq!((given.code, given.stdout.as_str()), (2, ""), "{refused:?}");
        assert!(given.cause().contains("127.0.0.1"), "{given:?}");
    }
}

#[test]
fn a_response_has_no_more_bytes_than_allowed() {
    let url = serve("200 OK", "x".repeat(1000));
    assert_eq!(request(&url, &["--allow-host", "*", "--http-response-max", "1000"]).code, 0);
    let given = request(&url, &["--allow-host", "*", "--http-response-max", "999"]);
    assert_eq!(given.code, 2);
    assert!(given.cause().contains("999 bytes"), "{given:?}");
}
