use extism_runtime::plugin_interface;

#[plugin_interface]
pub fn count_vowels(text: &str) -> u32 {
    text.len() as u32
}

fn main() {
    count_vowels("the function is still there");
}
