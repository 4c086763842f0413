//! How many verdicts per second: the decision with lattice and pair flips, and what takes longer.

use divan::Bencher;
use weighbridge::questionnaire::answers::Answers;
use weighbridge::questionnaire::cases::{PUBLISHED_CASES, read_cases};
use weighbridge::questionnaire::{Questionnaire, SHOULD_YOU_DISTRIBUTE, read};
use weighbridge::source::Sources;
use weighbridge::verdict::{ComputedFacts, base_rates, decide, verdict};

fn main() {
    divan::main();
}

fn questionnaire() -> Questionnaire {
    let mut sources = Sources::default();
    let file = sources.add("questionnaire.toml", SHOULD_YOU_DISTRIBUTE);
    read(&sources, file).0
}

fn cases(questionnaire: &Questionnaire) -> Vec<Answers> {
    let mut sources = Sources::default();
    let file = sources.add("cases.toml", PUBLISHED_CASES);
    read_cases(&sources, file, questionnaire).0.into_iter().map(|case| case.answers).collect()
}

/// The twelve published cases, one after another: lattice, single and pair flips, intervals.
#[divan::bench]
fn twelve_decisions(bencher: Bencher<'_, '_>) {
    let questionnaire = questionnaire();
    let (cases, computed) = (cases(&questionnaire), ComputedFacts::default());
    bencher.counter(divan::counter::ItemsCount::new(cases.len())).bench_local(|| {
        for answers in &cases {
            divan::black_box(decide(&questionnaire, answers, &computed));
        }
    });
}

/// The twelve published cases with paths to each other design and robustness.
#[divan::bench]
fn twelve_whole_verdicts(bencher: Bencher<'_, '_>) {
    let questionnaire = questionnaire();
    let (cases, computed, rates) = (cases(&questionnaire), ComputedFacts::default(), base_rates(&questionnaire));
    bencher.counter(divan::counter::ItemsCount::new(cases.len())).bench_local(|| {
        for answers in &cases {
            divan::black_box(verdict(&questionnaire, answers, &computed, &[], &rates));
        }
    });
}

/// A decision in which nothing is answered: possible winners are bounded.
#[divan::bench]
fn an_empty_decision(bencher: Bencher<'_, '_>) {
    let questionnaire = questionnaire();
    let (answers, computed) = (Answers::new(&questionnaire), ComputedFacts::default());
    bencher.bench_local(|| decide(&questionnaire, &answers, &computed));
}

/// The base rates of the questionnaire: 20,000 answer sets.
#[divan::bench(sample_count = 20)]
fn twenty_thousand_base_rates(bencher: Bencher<'_, '_>) {
    let questionnaire = questionnaire();
    bencher.bench_local(|| base_rates(&questionnaire));
}

/// Reading the questionnaire.
#[divan::bench]
fn reading() -> Questionnaire {
    questionnaire()
}
