//! How the rules grow with the model: up to 10,000 components with 30,000 links. The results that rules read are computed before the clock starts.

mod support;

use std::collections::BTreeSet;

use divan::Bencher;
use weighbridge::analysis::classification::classification;
use weighbridge::analysis::failure::blast_radius;
use weighbridge::analysis::guarantee::guarantees;
use weighbridge::hazard::{Figures, Inputs, Settings, lint};
use weighbridge::model::Model;

fn main() {
    divan::main();
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn all_rules(bencher: Bencher<'_, '_>, components: usize) {
    let model = Model::read(&support::Memory(support::system(components, 50)));
    assert!(!model.has_errors());
    let system = &model.base;
    let blast_radius = blast_radius(system);
    let (classification, figures, settings) = (classification(system, &blast_radius), Figures::default(), Settings::default());
    bencher.bench(|| {
        let guarantees = guarantees(system);
        let inputs = Inputs {
            system,
            base: None,
            blast_radius: Some(&blast_radius),
            classification: Some(&classification),
            guarantees: &guarantees,
            figures: &figures,
        };
        lint(&inputs, &settings, &BTreeSet::new())
    });
}
