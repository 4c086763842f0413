//! What to measure next, for people and for scripts.

use serde_json::{Value, json};

use super::machine::number;
use super::sections::Section;
use super::table::Table;
use super::words;
use crate::assessment::GateState;
use crate::next_facts::{Effect, NextFact, NextFacts, Together, Tornado, Why};

/// The most facts that the report shows; the rest is counted.
const MAX_FACTS: usize = 12;

/// The most effects of one fact that are written out.
const MAX_EFFECTS: usize = 3;

/// The most paths that a sentence names.
const MAX_NAMED: usize = 3;

/// Says in one line what to look up next, or that nothing is left that matters.
pub fn line(next: &NextFacts) -> String {
    if next.is_settled() {
        return match next.together {
            Together::Nothing => "Nothing left to measure can change the decision.".to_owned(),
            Together::Something | Together::NotTried => "No single fact that is left to measure can change the decision.".to_owned(),
        };
    }
    let of = |what: &dyn Fn(&Effect) -> bool| next.facts.iter().filter(|fact| fact.effects.iter().any(what)).collect::<Vec<_>>();
    let recommending = of(&|effect| matches!(effect, Effect::Recommendation { .. } | Effect::Verdict { .. }));
    let deciding = of(&Effect::decides);
    let (what, named) = if !recommending.is_empty() {
        ("Look up next, it can change what is recommended:".to_owned(), recommending)
    } else if !deciding.is_empty() {
        (format!("Look up next; it changes no recommendation, but can change {}:", changed_words(&deciding)), deciding)
    } else {
        ("Figures wait for".to_owned(), next.facts.iter().collect())
    };
    if named.is_empty() {
        return match (next.is_decidable, next.untried.len()) {
            (true, untried) => format!("No fact that was tried can change the decision; {untried} were not tried."),
            (false, _) => {
                "Nothing is decided here yet: state what must be reached under `[objectives]`, or answer the questions.".to_owned()
            }
        };
    }
    let names: Vec<String> = named.iter().take(MAX_NAMED).map(|fact| format!("`{}`", fact.path)).collect();
    let more = named.len().saturating_sub(MAX_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{what} {}{more}.", names.join(", "))
}

/// What facts change that change no recommendation: whose gates, and whether the order.
fn changed_words(facts: &[&NextFact]) -> String {
    let mut designs: Vec<String> = Vec::new();
    let mut is_order = false;
    for effect in facts.iter().flat_map(|fact| &fact.effects) {
        match effect {
            Effect::Gate { design, .. } if !designs.contains(&words::design(design)) => designs.push(words::design(design)),
            Effect::Order { .. } => is_order = true,
            _ => {}
        }
    }
    designs.sort();
    let gates = (!designs.is_empty()).then(|| format!("an objective of {}", crate::decision::joined(&designs, MAX_NAMED)));
    let order = is_order.then(|| "the order of the designs".to_owned());
    gates.into_iter().chain(order).collect::<Vec<_>>().join(" and ")
}

/// The section of the report.
pub fn section(next: &NextFacts) -> Section {
    let mut table = Table::new("What to measure next", &["fact", "why", "between", "changes", "usually read from"]);
    for fact in &next.facts {
        let effects: Vec<String> = fact.effects.iter().take(MAX_EFFECTS).map(effect_words).collect();
        let more = fact.effects.len().saturating_sub(MAX_EFFECTS);
        let more = if more > 0 { format!("; {more} more") } else { String::new() };
        table.row(vec![
            format!("`{}`", fact.path),
            why_words(fact.why),
            fact.ends.as_ref().map_or_else(|| "not known".to_owned(), |(low, high)| format!("{low} and {high}")),
            format!("{}{more}", effects.join("; ")),
            fact.read.clone(),
        ]);
    }
    table.limit(MAX_FACTS, "facts");
    let counts = |fact: &&NextFact| fact.why == Why::Unknown && fact.decides() && !fact.path.starts_with("answers.");
    if next.facts.iter().filter(counts).count() > 1 {
        table.note(
            "What is not stated was tried together, all at the better and all at the worse ends: one of these facts alone may change less.",
        );
    }
    if !next.is_decidable {
        table.note(
            "Nothing is held against anything yet, so no fact can change a decision: state what must be reached under `[objectives]`, or answer the questions (`weighbridge ask`).",
        );
    } else if !next.harmless.is_empty() {
        let together = match next.together {
            Together::Nothing => "nor do all of them together, at their better or at their worse ends",
            Together::Something => "but all of them together do, at their better or at their worse ends",
            Together::NotTried => "all of them together were not tried",
        };
        table.note(format!(
            "{} facts in doubt change no recommendation, no order and no gate anywhere between their ends; {together}.",
            next.harmless.len()
        ));
    }
    if !next.untried.is_empty() {
        let named: Vec<String> = next.untried.iter().take(MAX_NAMED).map(|path| format!("`{path}`")).collect();
        table.note(format!(
            "{} facts were not tried, {} among them: at most {} evaluations are made, and fewer of a large model.",
            next.untried.len(),
            named.join(", "),
            crate::next_facts::MAX_TRIALS
        ));
    }
    Section::new("next-facts", table)
}

fn why_words(why: Why) -> String {
    match why {
        Why::Unknown => "not stated".to_owned(),
        Why::Assumed => "assumed".to_owned(),
        Why::Guess => "a guess".to_owned(),
        Why::Estimate => "an estimate".to_owned(),
        Why::Old(days) => format!("{days} days older than the newest"),
        Why::Range => "a range".to_owned(),
    }
}

fn effect_words(effect: &Effect) -> String {
    let state = |state: GateState| match state {
        GateState::Pass => "passes",
        GateState::Fail => "fails",
        GateState::NotEvaluated => "is not evaluated",
    };
    match effect {
        Effect::Recommendation { from, to } => format!("recommended is {from}, would be {to}"),
        Effect::Verdict { from, to } => format!("the answers justify {from}, would justify {to}"),
        Effect::Gate { design, gate, from, to } => format!("{gate} in {} {}, then {}", words::design(design), state(*from), state(*to)),
        Effect::Order { to, .. } => {
            format!("the designs would rank {}", to.iter().map(|id| words::design(id)).collect::<Vec<_>>().join(", "))
        }
        Effect::Computes { field } => format!("`{field}` is not computed without it"),
    }
}

/// The part of the machine contract.
pub fn value(next: &NextFacts) -> Value {
    let fact = |fact: &NextFact| {
        json!({
            "path": fact.path,
            "why": fact.why.word(),
            "older_by_days": if let Why::Old(days) = fact.why { Value::from(days) } else { Value::Null },
            "between": fact.ends.as_ref().map(|(low, high)| json!([low, high])),
            "decides": fact.decides(),
            "effects": fact.effects.iter().map(effect_value).collect::<Vec<_>>(),
            "read_from": fact.read,
        })
    };
    json!({
        "settled": next.is_settled(),
        "decidable": next.is_decidable,
        "facts": next.facts.iter().map(fact).collect::<Vec<_>>(),
        "harmless": next.harmless.iter().map(|one| json!({ "path": one.path, "between": [one.ends.0, one.ends.1] })).collect::<Vec<_>>(),
        "harmless_together": match next.together {
            Together::Nothing => Value::Bool(true),
            Together::Something => Value::Bool(false),
            Together::NotTried => Value::Null,
        },
        "untried": next.untried,
        "tornadoes": next.tornadoes.iter().map(tornado_value).collect::<Vec<_>>(),
    })
}

fn effect_value(effect: &Effect) -> Value {
    match effect {
        Effect::Recommendation { from, to } => json!({ "kind": "recommendation", "from": from, "to": to }),
        Effect::Verdict { from, to } => json!({ "kind": "verdict", "from": from, "to": to }),
        Effect::Gate { design, gate, from, to } => {
            json!({ "kind": "gate", "design": design, "gate": gate, "from": from.word(), "to": to.word() })
        }
        Effect::Order { from, to } => json!({ "kind": "order", "from": from, "to": to }),
        Effect::Computes { field } => json!({ "kind": "computes", "field": field }),
    }
}

fn tornado_value(tornado: &Tornado) -> Value {
    json!({
        "design": tornado.design,
        "figure": tornado.figure,
        "likely": number(tornado.likely),
        "bars": tornado.bars.iter().map(|bar| json!({
            "path": bar.path,
            "between": [bar.ends.0, bar.ends.1],
            "at_low": number(bar.at_low),
            "at_high": number(bar.at_high),
        })).collect::<Vec<_>>(),
    })
}
