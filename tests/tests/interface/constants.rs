//! Tests constants of the program with names that a pattern would refer to.
#![allow(non_upper_case_globals, dead_code)]

use extism_runtime::{Error, plugin_interface};

use crate::echo;

const plugin: u8 = 1;
const exports: u8 = 1;
const source: u8 = 1;
const context: u8 = 1;
const formatter: u8 = 1;
const compiled: u8 = 1;
const export: u8 = 1;
const value: u8 = 1;
const error: u8 = 1;
static input: u8 = 1;
const METHODS: u8 = 1;
const ARGUMENTS: u8 = 1;
const MODULE: u8 = 1;

#[plugin_interface]
trait Named {
    fn first(&mut self, text: &str) -> String;
    fn second(&mut self, text: &str, number: u8) -> Result<String, Error> {
        Ok(format!("{text}{number}"))
    }
    fn third(&mut self) -> u8 {
        METHODS
    }
    #[export(optional)]
    fn fourth(&mut self) -> u8;
}

#[plugin_interface(extends(NamedPlugin))]
trait More {
    fn fifth(&mut self) -> String;
}

#[test]
fn constants_of_any_name_do_not_get_in_the_way() {
    let mut client = MorePlugin::try_from(echo(&["first", "fifth"])).unwrap();
    assert_eq!(client.first("a").unwrap(), "a");
    assert_eq!(client.with_context(context).first("a").unwrap(), "a");
    assert_eq!(client.second("a", 1).unwrap(), "a1");
    assert_eq!(client.third().unwrap(), 1);
    assert_eq!(client.fifth().unwrap(), "");
}
