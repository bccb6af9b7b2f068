//! Writes what the programs of `tests/both` print into `tests/both/recorded`. Names of programs as arguments select some.

#[path = "../../../tests/both/programs/mod.rs"]
mod programs;

fn main() -> std::io::Result<()> {
    let chosen: Vec<_> = std::env::args().skip(1).collect();
    for (name, run) in programs::PROGRAMS {
        if chosen.is_empty() || chosen.iter().any(|chosen| chosen == name) {
            let mut printed = String::new();
            run(&mut printed);
            let recorded = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/both/recorded");
            std::fs::write(format!("{recorded}/{name}.txt"), printed)?;
        }
    }
    Ok(())
}
