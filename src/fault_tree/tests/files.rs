//! Open-PSA files, sound and not.

use super::random::{Dice, Tree};
use crate::fault_tree::open_psa::{Model, Stated, read, write};
use crate::fault_tree::{Graph, Limits, Solved};
use crate::source::Sources;

fn model(text: &str) -> Result<Model, Vec<String>> {
    let mut sources = Sources::default();
    let file = sources.add("tree.xml", text);
    read(&sources, &[file], None)
        .map_err(|diagnostics| diagnostics.iter().map(|diagnostic| crate::diagnostic::one_line(&sources, diagnostic)).collect())
}

fn tree(body: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<opsa-mef>\n<define-fault-tree name=\"t\">\n{body}\n</define-fault-tree>\n</opsa-mef>\n")
}

fn probability(body: &str) -> f64 {
    let model = model(&tree(body)).expect("a sound file");
    let probabilities: Vec<f64> = model.events.iter().map(|named| named.event.probability).collect();
    Solved::of(&model.graph, model.tops[0].formula, Limits::default()).expect("small").probability(&probabilities)
}

const EVENTS: &str = "<define-basic-event name=\"a\"><float value=\"0.5\"/></define-basic-event>
<define-basic-event name=\"b\"><float value=\"0.25\"/></define-basic-event>
<define-basic-event name=\"c\"><float value=\"0.125\"/></define-basic-event>
<define-house-event name=\"on\"><constant value=\"true\"/></define-house-event>";

/// Every connective over events of 1/2, 1/4 and 1/8.
#[test]
fn every_connective_says_what_the_format_says() {
    for (formula, expected) in [
        ("<and><event name=\"a\"/><event name=\"b\"/></and>", 0.125),
        ("<or><event name=\"a\"/><event name=\"b\"/></or>", 0.625),
        ("<not><basic-event name=\"a\"/></not>", 0.5),
        ("<nand><event name=\"a\"/><event name=\"b\"/></nand>", 0.875),
        ("<nor><event name=\"a\"/><event name=\"b\"/></nor>", 0.375),
        ("<xor><event name=\"a\"/><event name=\"b\"/></xor>", 0.5),
        ("<iff><event name=\"a\"/><event name=\"c\"/></iff>", 0.5),
        ("<imply><event name=\"b\"/><event name=\"a\"/></imply>", 0.875),
        ("<atleast min=\"2\"><event name=\"a\"/><event name=\"b\"/><event name=\"c\"/></atleast>", 0.187_5),
        ("<cardinality min=\"0\" max=\"1\"><event name=\"a\"/><event name=\"b\"/><event name=\"c\"/></cardinality>", 0.812_5),
        ("<and><house-event name=\"on\"/><constant value=\"true\"/><or><event name=\"c\"/><constant value=\"false\"/></or></and>", 0.125),
    ] {
        let found = probability(&format!("<define-gate name=\"g\">{formula}</define-gate>{EVENTS}"));
        assert!((found - expected).abs() < 1e-15, "{formula}: {found} instead of {expected}");
    }
}

/// Parameters and laws of probability: `1 − e^(−λt)` at λt = 0.876, and the product of two parameters.
#[test]
fn expressions_are_computed() {
    let exponential = "<define-gate name=\"g\"><event name=\"a\"/></define-gate><define-basic-event name=\"a\"><exponential><parameter name=\"rate\"/><system-mission-time/></exponential></define-basic-event><define-parameter name=\"rate\"><float value=\"1e-4\"/></define-parameter>";
    assert!((probability(exponential) - 0.583_554_8).abs() < 1e-6);
    let product = "<define-gate name=\"g\"><event name=\"a\"/></define-gate><define-basic-event name=\"a\"><mul><parameter name=\"p\"/><float value=\"0.5\"/></mul></define-basic-event><define-parameter name=\"p\"><sub><float value=\"1\"/><float value=\"0.5\"/></sub></define-parameter>";
    assert!((probability(product) - 0.25).abs() < 1e-15);
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let gate = |formula: &str| format!("<define-gate name=\"g\">{formula}</define-gate>\n{EVENTS}");
    for (body, expected) in [
        (gate("<or><event name=\"aa\"/><event name=\"b\"/></or>"), "tree.xml:4:27: error[undefined-event]: no event or gate is called `aa`"),
        (gate("<maybe><event name=\"a\"/></maybe>"), "tree.xml:4:23: error[malformed-fault-tree]: `maybe` is no formula that is read"),
        (gate("<atleast><event name=\"a\"/></atleast>"), "tree.xml:4:23: error[malformed-fault-tree]: `atleast` needs `min`, a whole number"),
        (
            gate("<atleast min=\"3\"><event name=\"a\"/><event name=\"b\"/></atleast>"),
            "tree.xml:4:23: error[malformed-fault-tree]: `atleast` asks for 3 of 2 arguments",
        ),
        (gate("<xor><event name=\"a\"/></xor>"), "tree.xml:4:23: error[malformed-fault-tree]: `xor` does not take 1 arguments"),
        (gate(""), "tree.xml:4:1: error[malformed-fault-tree]: the gate `g` has no formula"),
        (
            gate("<event name=\"a\"/>") + "<define-gate name=\"g\"><event name=\"b\"/></define-gate>",
            "tree.xml:8:76: error[malformed-fault-tree]: `g` is defined twice",
        ),
        (
            "<define-gate name=\"g\"><event name=\"h\"/></define-gate>\n<define-gate name=\"h\"><or><event name=\"g\"/><event name=\"h\"/></or></define-gate>"
                .to_owned(),
            "tree.xml:5:27: error[cyclic-gates]: the gate `g` stands in itself",
        ),
        (
            "<define-gate name=\"g\"><event name=\"a\"/></define-gate><define-basic-event name=\"a\"><float value=\"1.5\"/></define-basic-event>"
                .to_owned(),
            "tree.xml:4:54: error[malformed-fault-tree]: the probability of `a` is 1.5",
        ),
        (
            "<define-gate name=\"g\"><event name=\"a\"/></define-gate><define-basic-event name=\"a\"/>".to_owned(),
            "tree.xml:4:54: error[malformed-fault-tree]: the basic event `a` has no probability",
        ),
        (
            format!("{}<define-CCF-group name=\"x\" model=\"beta-factor\"/>", gate("<event name=\"a\"/>")),
            "tree.xml:8:76: error[malformed-fault-tree]: `define-CCF-group` is not read, and would change the numbers",
        ),
    ] {
        let found = model(&tree(&body)).expect_err("a mistake");
        assert_eq!(found.first().map(String::as_str), Some(expected), "{found:?}");
    }
}

#[test]
fn what_is_no_fault_tree_is_refused() {
    let nested = "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><opsa-mef>&b;</opsa-mef>";
    for (text, expected) in [
        ("", "error[malformed-xml]"),
        ("<opsa-mef>", "error[malformed-xml]"),
        (nested, "error[malformed-xml]: the file has a document type definition"),
        ("<svg/>", "error[malformed-fault-tree]: the file starts with `svg`, not with `opsa-mef`"),
        ("<opsa-mef/>", "error[undefined-event]: the files define no gate"),
    ] {
        let found = model(text).expect_err("no fault tree");
        assert!(found[0].contains(expected), "{found:?}");
    }
}

/// What is written says the same when it is read: random formulas keep their probability.
#[test]
fn what_is_written_is_read_again() {
    for seed in 1..=200 {
        let mut dice = Dice::new(seed * 32_452_843);
        let tree = Tree::random(&mut dice, 8, 4, seed % 2 == 0, &mut Vec::new());
        let events: Vec<Stated> = (0..8).map(|at| Stated { id: format!("db/A & {at}"), probability: dice.probability() }).collect();
        let probabilities: Vec<f64> = events.iter().map(|event| event.probability).collect();
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        let expected = Solved::of(&graph, top, Limits::default()).expect("small").probability(&probabilities);
        let model = model(&write(&graph, top, &events, "a <b> & c")).unwrap_or_else(|mistakes| panic!("seed {seed}: {mistakes:?}"));
        let probabilities: Vec<f64> = model.events.iter().map(|named| named.event.probability).collect();
        let found = Solved::of(&model.graph, model.tops[0].formula, Limits::default()).expect("small").probability(&probabilities);
        assert!((found - expected).abs() < 1e-12, "seed {seed}: {found} instead of {expected}");
    }
}

/// Formulas nested 100,000 deep and a gate with 100,000 arguments.
#[test]
fn depth_and_width_do_not_matter() {
    let deep =
        format!("<define-gate name=\"g\">{}<event name=\"a\"/>{}</define-gate>{EVENTS}", "<not>".repeat(100_000), "</not>".repeat(100_000));
    assert!((probability(&deep) - 0.5).abs() < 1e-15);
    let wide = format!("<define-gate name=\"g\"><or>{}</or></define-gate>{EVENTS}", "<event name=\"b\"/>".repeat(100_000));
    assert!((probability(&wide) - 0.25).abs() < 1e-15);
}
