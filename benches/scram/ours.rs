//! Times this engine on Open-PSA files, as `benches/scram/compare.py` asks it to: reading apart, then calculation alone.

#![expect(clippy::print_stdout, reason = "a script reads what this prints")]

use std::time::Instant;

use weighbridge::fault_tree::open_psa::read;
use weighbridge::fault_tree::{Limits, Solved};
use weighbridge::source::Sources;

fn main() {
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if files.is_empty() {
        // `cargo bench` without files has nothing to time.
        return;
    }
    let mut sources = Sources::default();
    let ids: Vec<_> =
        files.iter().map(|file| sources.add(file.as_str(), std::fs::read_to_string(file).expect("an Open-PSA file"))).collect();
    let start = Instant::now();
    let model = read(&sources, &ids, None).expect("a fault tree");
    let read_in = start.elapsed();
    let probabilities: Vec<f64> = model.events.iter().map(|named| named.event.probability).collect();
    for top in &model.tops {
        let start = Instant::now();
        let solved = Solved::of(&model.graph, top.formula, Limits::default()).expect("within the limits");
        let diagram = start.elapsed();
        let start = Instant::now();
        let (probability, importances) = solved.importances(&probabilities);
        let importance = start.elapsed();
        let start = Instant::now();
        let cut_sets = solved.cut_sets().expect("within the limits");
        let products = start.elapsed();
        let (modules, nodes) = solved.size();
        let by_order: Vec<String> = cut_sets.by_order.iter().map(ToString::to_string).collect();
        println!(
            "{{\"top\": \"{}\", \"probability\": {probability:e}, \"by_order\": [{}], \"events\": {}, \"modules\": {modules}, \"nodes\": {nodes}, \"read_s\": {}, \"diagram_s\": {}, \"importance_s\": {}, \"cut_sets_s\": {}}}",
            top.name,
            by_order.join(", "),
            importances.len(),
            read_in.as_secs_f64(),
            diagram.as_secs_f64(),
            importance.as_secs_f64(),
            products.as_secs_f64(),
        );
    }
}
