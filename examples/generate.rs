//! Writes a generated model: `cargo run --release --example generate -- COMPONENTS DIR`. For measuring whole runs of the program.

#[path = "../benches/support/mod.rs"]
mod support;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, components, directory] = arguments.as_slice() else { return Err("usage: generate COMPONENTS DIR".into()) };
    std::fs::create_dir_all(directory)?;
    std::fs::write(std::path::Path::new(directory).join("system.toml"), support::system(components.parse()?, 50))?;
    Ok(())
}
