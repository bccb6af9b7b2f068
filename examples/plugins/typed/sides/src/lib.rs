//! A plug-in of all interfaces that the tests of both sides have: it says what it received.
#![forbid(unsafe_code)]

use std::future;

use extism_guest::{Error, Json, export_plugin, host::Scalar};
use sides_interface::{
    Asks, Asynchronous, Base, Coded, Derived, Failing, Failures, Named, Optional, Packed, Plain, Point, Several, host,
};

#[derive(Default)]
struct Sides {
    count: u32,
}

#[export_plugin]
impl Plain for Sides {
    fn nothing(&mut self) {
        self.count += 1;
    }

    fn text(&mut self, text: &str) -> String {
        format!("<{text}>")
    }

    fn bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().rev().copied().collect()
    }

    fn number(&mut self, number: i64) -> i64 {
        -number
    }

    fn maybe(&mut self, number: Option<u32>) -> Option<u32> {
        number.map(|number| number + 1)
    }

    fn point(&mut self, point: Point) -> Point {
        Point { x: point.x + 1, ..point }
    }

    fn by_reference(&mut self, point: &Point) -> String {
        point.name.clone()
    }

    fn json_of_reference(&mut self, Json(words): Json<&[String]>) -> Json<usize> {
        Json(words.len())
    }

    fn json_of_text(&mut self, Json(text): Json<&str>) -> String {
        text.to_owned()
    }

    fn unit_or_error(&mut self, fail: bool) -> Result<(), Error> {
        if fail { Err(Error::other("as asked").with_code(4)) } else { Ok(()) }
    }

    fn count(&mut self) -> u32 {
        self.count
    }
}

#[export_plugin]
impl Several for Sides {
    fn join(&mut self, first: &str, second: &str) -> String {
        format!("{first}{second}")
    }

    fn total(&mut self, numbers: &[u32], factor: u32, point: &Point) -> u64 {
        let sum: u64 = numbers.iter().map(|number| u64::from(*number)).sum();
        sum * u64::from(factor) + u64::from(point.x.unsigned_abs())
    }

    fn one(&mut self, text: &str) -> String {
        text.to_uppercase()
    }
}

#[export_plugin]
impl Named for Sides {
    fn join_words(&mut self, first_word: &str, second_word: Option<String>) -> String {
        format!("{first_word} {}", second_word.as_deref().unwrap_or("nothing"))
    }

    fn other_words(&mut self, words: Vec<String>) -> u32 {
        words.len() as u32
    }
}

#[export_plugin]
impl Packed for Sides {
    fn pack(&mut self, text: &str, point: Point) -> String {
        format!("{text} {} {} {}", point.x, point.y, point.name)
    }
}

#[export_plugin]
impl Coded for Sides {
    fn coded_text(&mut self, text: &str) -> String {
        text.to_owned()
    }

    fn coded_list(&mut self, words: &[String]) -> Vec<usize> {
        words.iter().map(String::len).collect()
    }

    fn coded_pair(&mut self, left: u8, right: &str) -> (u8, String) {
        (left, right.to_owned())
    }

    fn coded_result(&mut self, number: i32) -> Result<Option<i32>, Failing> {
        if number < 0 { Err(Failing::Unit) } else { Ok(Some(number).filter(|number| *number > 0)) }
    }
}

#[export_plugin]
impl Optional for Sides {
    fn put_in(&mut self) -> Result<String, Error> {
        Ok("put in".to_owned())
    }

    fn with_other_body(&mut self) -> Result<String, Error> {
        Ok("the plug-in's".to_owned())
    }
}

#[export_plugin]
impl Base for Sides {
    fn base(&mut self) -> Result<String, Error> {
        Ok(format!("base {}", self.count))
    }
}

#[export_plugin]
impl Derived for Sides {
    fn derived(&mut self) -> Result<String, Error> {
        self.base()
    }
}

#[export_plugin]
impl Asynchronous for Sides {
    async fn later(&mut self, text: &str) -> Result<String, Error> {
        Ok(future::ready(text.len()).await.to_string())
    }

    async fn never(&mut self) -> Result<(), Error> {
        future::pending().await
    }
}

#[export_plugin]
impl Failures for Sides {
    fn fail(&mut self, how: &str) -> Result<String, Failing> {
        Err(match how {
            "unit" => Failing::Unit,
            "fields" => Failing::Fields { text: "why \"so\"".to_owned(), number: u64::MAX },
            other => Failing::Other(Error::other(other).with_code(6)),
        })
    }

    fn fail_as_text(&mut self) -> Result<String, Error> {
        Err(Error::other(String::new()))
    }

    fn panics(&mut self, text: &str) -> Result<String, Failing> {
        self.count += 1;
        panic!("{text}")
    }
}

#[export_plugin]
impl Asks for Sides {
    fn ask(&mut self, what: &str) -> Result<String, Failing> {
        let host = host();
        Ok(match what {
            "echo" => host.echo("a\u{e4}\n"),
            "bytes_back" => format!("{:?}", host.bytes_back(&[0, 255, 1, 2, 3, 4, 5, 6, 7])),
            "add" => host.add(Scalar(-1), Scalar(1 << 40)).0.to_string(),
            "forget" => format!("{:?}", host.forget(Point { x: 1, y: 0.5, name: "p".to_owned() })),
            "find" => format!("{:?} {:?}", host.find("known"), host.find("unknown")),
            "half" => format!("{:?} {:?}", host.half(8), host.half(7)),
            "check" => format!("{:?} {:?}", host.check(8), host.check(7)),
            "wait" => host.wait(1).0,
            "other" => host.other().to_string(),
            "coded" => host.coded(vec!["a".to_owned(), "b".to_owned()], "-", &2)?.join(","),
            "passed on" => host.half(7)?.to_string(),
            other => host.half(u32::MAX).map(|_| other.to_owned())?,
        })
    }
}
