//! Times this engine on Open-PSA files, as `benches/scram/compare.py` asks it to: reading apart, then calculation alone.

#![expect(clippy::print_stdout, reason = "a script reads what this prints")]

use std::time::Instant;

use weighbridge::fault_tree::open_psa::read;
use weighbridge::fault_tree::{Limits, ORDER_WHERE_TOO_MANY, Solved, bounds, cut_sets_to_order};
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
        let limits = Limits::default();
        // As `fault-tree` does: an interval where the diagram is too large, cut sets to an order where all are too many.
        let Ok(solved) = Solved::of(&model.graph, top.formula, limits) else {
            let interval = bounds(&model.graph, top.formula, &probabilities, 1 << 28);
            println!(
                "{{\"top\": \"{}\", \"interval\": [{:e}, {:e}], \"seconds\": {}}}",
                top.name,
                interval.low,
                interval.high,
                start.elapsed().as_secs_f64()
            );
            continue;
        };
        let diagram = start.elapsed();
        let start = Instant::now();
        let (probability, importances) = solved.importances(&probabilities);
        let importance = start.elapsed();
        let start = Instant::now();
        let to_order = |_| cut_sets_to_order(&model.graph, top.formula, ORDER_WHERE_TOO_MANY, limits.one_by_one());
        let cut_sets = solved.cut_sets().or_else(to_order).ok();
        let products = start.elapsed();
        let (modules, nodes) = solved.size();
        let by_order: Vec<String> = cut_sets.iter().flat_map(|sets| &sets.by_order).map(ToString::to_string).collect();
        let counted_to = cut_sets.map_or(Some(0), |sets| (sets.counted_to != usize::MAX).then_some(sets.counted_to));
        let counted_to = counted_to.map_or_else(|| "null".to_owned(), |order| order.to_string());
        println!(
            "{{\"top\": \"{}\", \"probability\": {probability:e}, \"by_order\": [{}], \"counted_to\": {counted_to}, \"events\": {}, \"modules\": {modules}, \"nodes\": {nodes}, \"read_s\": {}, \"diagram_s\": {}, \"importance_s\": {}, \"cut_sets_s\": {}}}",
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
