//! An HTTP server that responds as specified in `fixtures/http.json`, like the one in `record_official.py`.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use serde_json::Value;

use crate::{case::text, fixture};

/// Starts the server, which runs until the process ends; the address.
pub fn start() -> String {
    let answers = Arc::new(fixture("http.json"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            thread::spawn(move || answer(connection, &answers));
        }
    });
    address
}

fn answer(mut connection: TcpStream, answers: &Value) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let mut lines = reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty());
    let Some(request) = lines.next() else { return };
    let headers: HashMap<_, _> = lines
        .filter_map(|line| {
            line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (method, path) = request.split_once(' ').unwrap();
    let answer = &answers[path.split(' ').next().unwrap()];
    let visitor = headers.get("x-visitor").map_or("", String::as_str);
    let body = String::from_utf8(body).unwrap();
    let body = text(&answer["body"]).replace("{method}", method).replace("{visitor}", visitor).replace("{body}", &body);
    let body = body.repeat(answer["times"].as_u64().unwrap_or(1) as usize);
    let mut head = format!("HTTP/1.1 {} Fixed\r\n", answer["status"]);
    for (name, value) in answer["headers"].as_object().unwrap() {
        head += &format!("{name}: {}\r\n", text(value));
    }
    if answer["status"] != 204 {
        head += &format!("content-length: {}\r\n", body.len());
    }
    connection.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()).unwrap();
}
