//! Functions of rows, an aggregate and a table function, from traits.
#![forbid(unsafe_code)]

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use extism_guest::{Error, Json, export_plugin, plugin_interface};
use serde::{Deserialize, Serialize};

/// What `report` says of a text, and `describe` of a report.
#[derive(Serialize, Deserialize)]
pub struct Report {
    /// The vowels.
    pub vowels: u32,
    /// The words.
    pub words: Vec<String>,
    /// The longest of them.
    pub longest: Option<String>,
}

/// A line of a log.
#[derive(Serialize)]
pub struct Line {
    /// Such as `INFO`.
    pub level: String,
    /// Milliseconds since the start.
    pub millis: u64,
    /// A code, if there is one in brackets.
    pub code: Option<i32>,
    /// The rest.
    pub text: String,
}

/// Sum and count.
type Sum = (f64, u64);

/// Scores, whose arguments are MessagePack.
#[plugin_interface]
pub trait Scores {
    /// The number of the text's vowels, times the weight.
    #[export(args = "msgpack")]
    fn score(&mut self, text: &str, weight: f64) -> f64;
}

/// One function for each kind of type. Several arguments are JSON.
#[plugin_interface]
pub trait Kinds {
    /// Greets somebody.
    fn greet(&mut self, name: &str) -> String;
    /// The sum, which is null if there is nothing to add.
    fn add(&mut self, left: i64, right: Option<i64>) -> Option<i64>;
    /// The same as `score`, with arguments in JSON.
    fn score_json(&mut self, text: &str, weight: f64) -> f64;
    /// Twice the number.
    fn double(&mut self, number: u32) -> u32;
    /// The opposite.
    fn negate(&mut self, flag: bool) -> bool;
    /// The bytes from the last to the first.
    fn reverse(&mut self, bytes: &[u8]) -> Vec<u8>;
    /// The day so many days later.
    fn later(&mut self, date: NaiveDate, days: u64) -> Json<Option<NaiveDate>>;
    /// The time so many seconds later.
    fn after(&mut self, time: DateTime<Utc>, seconds: i64) -> Json<DateTime<Utc>>;
    /// What is in a text.
    fn report(&mut self, text: &str) -> Json<Report>;
    /// A report as a sentence.
    fn describe(&mut self, report: Json<Report>) -> String;
    /// How many calls this instance has had, this one included.
    fn calls(&mut self, any: i64) -> i64;
    /// Refuses 7.
    fn not_seven(&mut self, number: i64) -> Result<i64, Error>;
}

/// The mean of numbers.
#[plugin_interface]
pub trait Mean {
    /// No number yet.
    fn mean_init(&mut self) -> Json<Sum>;
    /// Some numbers more.
    fn mean_update(&mut self, state: Sum, values: Vec<f64>) -> Json<Sum>;
    /// Two groups together.
    fn mean_merge(&mut self, left: Sum, right: Sum) -> Json<Sum>;
    /// The mean, if there are numbers.
    fn mean_finish(&mut self, state: Json<Sum>) -> Option<f64>;
}

/// Logs with lines such as `INFO 12 [404] not found`.
#[plugin_interface]
pub trait Logs {
    /// The lines of a log.
    fn read_log(&mut self, content: &str) -> Result<Json<Vec<Line>>, Error>;
}

/// The plug-in.
#[derive(Default)]
pub struct Plugin {
    calls: i64,
}

/// The vowels of a text, of either case: sixteen letters at a time, as in `columns_rust`.
fn vowels(text: &str) -> u32 {
    let is_vowel = |letter: &u8| {
        let lower = letter | 0x20;
        u8::from((lower == b'a') | (lower == b'e') | (lower == b'i') | (lower == b'o') | (lower == b'u'))
    };
    let (chunks, rest) = text.as_bytes().as_chunks::<16>();
    let of_chunks: u32 = chunks.iter().map(|chunk| u32::from(chunk.iter().map(is_vowel).sum::<u8>())).sum();
    of_chunks + rest.iter().map(|letter| u32::from(is_vowel(letter))).sum::<u32>()
}

#[export_plugin]
impl Scores for Plugin {
    fn score(&mut self, text: &str, weight: f64) -> f64 {
        f64::from(vowels(text)) * weight
    }
}

#[export_plugin]
impl Kinds for Plugin {
    fn greet(&mut self, name: &str) -> String {
        format!("Hello, {name}!")
    }

    fn add(&mut self, left: i64, right: Option<i64>) -> Option<i64> {
        right.map(|right| left + right)
    }

    fn score_json(&mut self, text: &str, weight: f64) -> f64 {
        self.score(text, weight)
    }

    fn double(&mut self, number: u32) -> u32 {
        2 * number
    }

    fn negate(&mut self, flag: bool) -> bool {
        !flag
    }

    fn reverse(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().rev().copied().collect()
    }

    fn later(&mut self, date: NaiveDate, days: u64) -> Json<Option<NaiveDate>> {
        Json(date.checked_add_days(Days::new(days)))
    }

    fn after(&mut self, time: DateTime<Utc>, seconds: i64) -> Json<DateTime<Utc>> {
        Json(time + TimeDelta::seconds(seconds))
    }

    fn report(&mut self, text: &str) -> Json<Report> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let longest = words.iter().max_by_key(|word| word.len()).cloned();
        Json(Report { vowels: vowels(text), words, longest })
    }

    fn describe(&mut self, Json(report): Json<Report>) -> String {
        let longest = report.longest.as_deref().unwrap_or("none");
        format!("{} words with {} vowels, the longest is {longest}", report.words.len(), report.vowels)
    }

    fn calls(&mut self, _: i64) -> i64 {
        self.calls += 1;
        self.calls
    }

    fn not_seven(&mut self, number: i64) -> Result<i64, Error> {
        if number == 7 { Err(Error::other("it is seven")) } else { Ok(number) }
    }
}

#[export_plugin]
impl Mean for Plugin {
    fn mean_init(&mut self) -> Json<Sum> {
        Json((0.0, 0))
    }

    fn mean_update(&mut self, state: Sum, values: Vec<f64>) -> Json<Sum> {
        Json((state.0 + values.iter().sum::<f64>(), state.1 + values.len() as u64))
    }

    fn mean_merge(&mut self, left: Sum, right: Sum) -> Json<Sum> {
        Json((left.0 + right.0, left.1 + right.1))
    }

    fn mean_finish(&mut self, Json((sum, count)): Json<Sum>) -> Option<f64> {
        (count > 0).then(|| sum / count as f64)
    }
}

#[export_plugin]
impl Logs for Plugin {
    fn read_log(&mut self, content: &str) -> Result<Json<Vec<Line>>, Error> {
        let lines = content.lines().enumerate().filter(|(_, line)| !line.is_empty());
        let read = lines.map(|(index, text)| {
            line(text).ok_or_else(|| Error::other(format!("line {}: there is no level and time", index + 1)))
        });
        read.collect::<Result<_, _>>().map(Json)
    }
}

fn line(line: &str) -> Option<Line> {
    let (level, rest) = line.split_once(' ')?;
    let (millis, mut text) = rest.split_once(' ')?;
    let mut code = None;
    if let Some((found, after)) = text.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        code = Some(found.parse().ok()?);
        text = after;
    }
    Some(Line { level: level.to_owned(), millis: millis.parse().ok()?, code, text: text.to_owned() })
}
