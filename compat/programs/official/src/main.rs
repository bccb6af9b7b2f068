//! Compares what the programs of `tests/both` print over the official crate with `tests/both/printed`. Names of programs as
//! arguments select some.

#[path = "../../../tests/both/programs/mod.rs"]
mod programs;

fn main() {
    let chosen: Vec<_> = std::env::args().skip(1).collect();
    let mut differences = 0;
    for (name, run) in programs::PROGRAMS {
        if !chosen.is_empty() && !chosen.iter().any(|chosen| chosen == name) {
            continue;
        }
        let mut official = String::new();
        run(&mut official);
        let path = format!("{}/../../tests/both/printed/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let ours = std::fs::read_to_string(path).expect("it was recorded");
        let (official, ours): (Vec<_>, Vec<_>) = (official.lines().collect(), ours.lines().collect());
        for line in 0..official.len().max(ours.len()) {
            if official.get(line) != ours.get(line) {
                differences += 1;
                println!("{name}, line {}\n  official: {:?}\n  ours:     {:?}", line + 1, official.get(line), ours.get(line));
            }
        }
    }
    println!("{differences} differences");
    std::process::exit(i32::from(differences > 0));
}
