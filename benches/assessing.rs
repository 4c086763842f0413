//! How the analyses grow with the model: 100 to 10,000 components, three links each.

mod support;

use divan::Bencher;
use weighbridge::assessment::assess;
use weighbridge::model::Model;

fn main() {
    divan::main();
}

const SIZES: &[usize] = &[100, 1_000, 3_000, 10_000];

fn model(components: usize) -> Model {
    Model::read(&support::Memory(support::system(components, 50)))
}

#[divan::bench(args = SIZES)]
fn read(bencher: Bencher<'_, '_>, components: usize) {
    let files = support::Memory(support::system(components, 50));
    bencher.bench(|| Model::read(&files));
}

#[divan::bench(args = SIZES)]
fn all_analyses(bencher: Bencher<'_, '_>, components: usize) {
    let model = model(components);
    assert!(!model.has_errors());
    bencher.bench(|| assess(&model.base));
}

#[divan::bench(args = SIZES)]
fn communication(bencher: Bencher<'_, '_>, components: usize) {
    let model = model(components);
    bencher.bench(|| weighbridge::analysis::communication::communication(&model.base));
}

#[divan::bench(args = &[100, 1_000])]
fn latency(bencher: Bencher<'_, '_>, components: usize) {
    let model = model(components);
    let depth = weighbridge::analysis::latency::Depth::Explained;
    bencher.bench(|| weighbridge::analysis::latency::latency(&model.base, depth));
}

#[divan::bench(args = SIZES)]
fn blast_radius(bencher: Bencher<'_, '_>, components: usize) {
    let model = model(components);
    bencher.bench(|| weighbridge::analysis::failure::blast_radius(&model.base));
}
