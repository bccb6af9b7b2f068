use extism_runtime::{Error, plugin_interface};

pub struct Report;

type ReportResult = Result<Report, Error>;

#[plugin_interface]
trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> Report;
    async fn count_all(&mut self) -> Option<Report>;
    async fn count_some(&mut self) -> ReportResult;
    async fn count_none(&mut self, number: Report) -> Result<Report, std::fmt::Error>;
}

fn main() {}
