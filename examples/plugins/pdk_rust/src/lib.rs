//! A guest by the PDK for Rust, with the exports of all the `pdk_*` guests: `../README.md` says what they do. This PDK
//! frees nothing but the headers of an HTTP answer, and makes a variable's value before its key.

use std::fmt::Write as _;

use extism_pdk::{
    Error, FnResult, HttpRequest, LogLevel, Memory, ToMemory, WithReturnCode, config, http,
    plugin_fn, var,
};

/// Logs at any level: the PDK's `log!` asks for the level first.
fn log(level: LogLevel, text: &str) -> Result<(), Error> {
    text.to_memory()?.log(level);
    Ok(())
}

fn setting(key: &str) -> Result<String, Error> {
    Ok(config::get(key)?.unwrap_or_else(|| "none".to_owned()))
}

fn variable(key: &str) -> Result<String, Error> {
    Ok(var::get::<String>(key)?.unwrap_or_else(|| "none".to_owned()))
}

#[plugin_fn]
pub fn report(url: String) -> FnResult<String> {
    let greeting = setting("greeting")?;
    let visitors = (variable("visitors")?.parse().unwrap_or(0) + 1).to_string();
    var::set("visitors", &visitors)?;
    log(LogLevel::Info, &format!("visitor {visitors}"))?;
    let request = HttpRequest::new(url)
        .with_method("POST")
        .with_header("x-visitor", &visitors);
    let answer = http::request(&request, Some(format!("{greeting} {visitors}")))?;
    log(LogLevel::Debug, &format!("status {}", answer.status_code()))?;
    let after = variable("visitors")?;
    log(LogLevel::Warn, &format!("done with {after}"))?;
    let header = |name| answer.headers().get(name).map_or("none", String::as_str);
    let text = format!(
        "greeting={greeting}\nvisitors={after}\nstatus={}\nx-answer={}\ntype={}\nbody={}",
        answer.status_code(),
        header("x-answer"),
        header("content-type"),
        String::from_utf8_lossy(&answer.body())
    );
    match i32::from(answer.status_code()) {
        status @ 400.. => Err(WithReturnCode::new(Error::msg(text), status / 100)),
        _ => Ok(text),
    }
}

#[plugin_fn]
pub fn forward(url: String) -> FnResult<Memory> {
    let answer = http::request::<()>(&HttpRequest::new(url).with_header("x-visitor", "f"), None)?;
    log(
        LogLevel::Info,
        "a line as long as it takes to fill the place of the request that was given back, or of its headers",
    )?;
    log(LogLevel::Info, "short")?;
    var::set("forwarded", answer.status_code().to_string())?;
    log(LogLevel::Info, &format!("forwarded {}", variable("forwarded")?))?;
    Ok(answer.into_memory())
}

#[plugin_fn]
pub fn settings(keys: String) -> FnResult<String> {
    let mut text = String::new();
    for _ in 0..2 {
        for key in keys.split('\n') {
            writeln!(text, "{key}={}", setting(key)?)?;
            log(LogLevel::Debug, &format!("read {key}"))?;
        }
    }
    Ok(text)
}

#[plugin_fn]
pub fn remember(lines: String) -> FnResult<String> {
    let mut text = String::new();
    for line in lines.split('\n') {
        match line.split_once('=') {
            Some((key, "")) => var::remove(key)?,
            Some((key, value)) => var::set(key, value)?,
            None => writeln!(text, "{line}={}", variable(line)?)?,
        }
    }
    Ok(text)
}

#[plugin_fn]
pub fn refuse(text: String) -> FnResult<()> {
    let greeting = setting("greeting")?;
    var::set("refused", &text)?;
    extism_pdk::output("not seen")?;
    log(LogLevel::Warn, &format!("about to refuse {text}"))?;
    Err(WithReturnCode::new(Error::msg(format!("{greeting} refused: {text}")), 3))
}

#[plugin_fn]
pub fn stop(text: String) -> FnResult<()> {
    var::set("stopped", &text)?;
    log(LogLevel::Error, &format!("stops: {text}"))?;
    panic!("stopped")
}
