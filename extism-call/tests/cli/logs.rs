//! Tests the log of plug-ins.

use crate::run::{Run, file, folder, guest, run};

fn log(options: &[&str]) -> Run {
    let guest = guest("kitchen_sink.wasm");
    run([guest.as_str(), "log_text", "-i", "text"].iter().chain(options))
}

#[test]
fn a_level_and_those_above_are_shown_on_standard_error() {
    let lines = ["TRACE", "DEBUG", "INFO ", "WARN ", "ERROR"];
    for (lowest, level) in ["trace", "debug", "info", "warn", "error"].into_iter().enumerate() {
        let stderr = lines[lowest..]
            .iter()
            .map(|line| format!("{line} kitchen_sink: {} text\n", line.trim().to_lowercase()))
            .collect::<Vec<_>>()
            .concat();
        let level_number = lowest.to_string();
        assert_eq!(log(&["--log-level", level]), Run { stderr, ..Run::output(&level_number) });
    }
}

#[test]
fn nothing_is_logged_unless_asked_for() {
    assert_eq!(log(&[]), Run::output("2147483647"));
}

#[test]
fn a_log_file_is_appended_to() {
    let folder = folder();
    let path = file(&folder, "log", "before\n");
    assert_eq!(log(&["--log-file", &path, "--log-level", "error"]), Run::output("4"));
    assert_eq!(log(&["--log-file", &path]), Run::output("2"), "info by default");
    let log = std::fs::read_to_string(&path).unwrap();
    let texts: Vec<_> = log.lines().map(|line| line.rsplit_once(' ').map_or(line, |(head, _)| head)).collect();
    assert_eq!(texts.len(), 5, "{log}");
    assert_eq!(texts[0], "before");
    let levels: Vec<_> = texts[1..].iter().map(|text| text.rsplit_once(' ').unwrap().1).collect();
    assert_eq!(levels, ["error", "info", "warn", "error"]);
}

#[test]
fn a_log_that_cannot_be_written_is_wrong_usage() {
    let message = "error: cannot write the log: cannot write `gone/log`: No such file or directory (os error 2)";
    assert_eq!(log(&["--log-file", "gone/log"]), Run::failure(64, &[message]));
}

#[test]
fn logged_control_characters_do_not_reach_the_terminal() {
    let given = run([&guest("kitchen_sink.wasm"), "log_bytes", "-i", "\x1b[2Jone\ntwo", "--log-level", "error"]);
    let stderr = "ERROR kitchen_sink: \\u{1b}[2Jone\nERROR kitchen_sink: two\n".to_owned();
    assert_eq!(given, Run { stderr, ..Run::output("") });
}

#[test]
fn an_empty_message_is_a_line() {
    let guest = guest("kitchen_sink.wasm");
    let given = run([guest.as_str(), "log_bytes", "-i", "", "--log-level", "error"]);
    assert_eq!(given, Run { stderr: "ERROR kitchen_sink: \n".to_owned(), ..Run::output("") });
}
