//! *What should be measured next?* For each fact that might be otherwise: does the recommendation, the order of the designs, or a gate change, if it is?
//!
//! Every design is evaluated at the ends of the fact's range, all at common inputs. Facts of one key are tried together first, where the key moves all that is judged the
//! same way: where all of them at their low and at their high ends leave every gate, veto and miss of every design as it is, each of them does alone; else each half is
//! tried, down to single facts. What chooses between journeys (rates), what may go either way, and what stands on both sides of a quotient (a bill against today's) is
//! tried alone from the start. What is no range, such as a count, is read anew at each end. What is missing for a figure has no value to begin with: it is tried
//! together, at the better and at the worse ends of what is plausible.
//!
//! At most [`MAX_TRIALS`] evaluations of the model, fewer where it is large ([`MAX_TRIED_ELEMENTS`]); what is left untried is listed, and never called harmless.
//!
//! The ranges of what nobody has stated are judgement: `ends`. An answer that is open is tried at each of its options.

mod answers;
mod doubts;
mod ends;
mod trial;
mod tornado;

pub use tornado::{Bar, MAX_BARS, Tornado};

use crate::assessment::{Assessment, GateState};
use crate::decision::Inputs;
use crate::model::{Model, Setting, System};

/// The most evaluations of the model.
pub const MAX_TRIALS: usize = 160;

/// The most components, links and calls of journeys that all evaluations together look at: a large model is evaluated less often.
pub const MAX_TRIED_ELEMENTS: usize = 60_000;

/// Why a fact might be otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing is stated, and no value stands in for it.
    Unknown,
    /// Nothing is stated; a constant stands in for it.
    Assumed,
    /// Somebody guessed.
    Guess,
    /// Somebody estimated.
    Estimate,
    /// It is so many days older than the newest dated fact.
    Old(i64),
    /// It is stated as a range.
    Range,
}

impl Why {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Assumed => "assumed",
            Self::Guess => "guess",
            Self::Estimate => "estimate",
            Self::Old(_) => "old",
            Self::Range => "range",
        }
    }
}

/// A fact that might be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// Its path, as `--set` takes it.
    pub(crate) path: String,
    pub(crate) why: Why,
    /// The ends, for people.
    pub(crate) ends: (String, String),
    /// The range as a model file would state it; none where it does already.
    pub(crate) setting: Option<String>,
}

impl Doubt {
    fn new(path: String, why: Why, ends: (String, String), setting: Option<String>) -> Self {
        Self { path, why, ends, setting }
    }
}

/// What a fact changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Another design is recommended, or none.
    Recommendation {
        /// What is said now.
        from: String,
        /// What would be.
        to: String,
    },
    /// The answers justify another architecture.
    Verdict {
        /// What they justify now.
        from: String,
        /// What they would.
        to: String,
    },
    /// A gate is passed, or missed.
    Gate {
        /// The design.
        design: String,
        /// The objective, with its journey.
        gate: String,
        /// What it is now.
        from: GateState,
        /// What it would be.
        to: GateState,
    },
    /// The designs rank otherwise.
    Order {
        /// How they rank now.
        from: Vec<String>,
        /// How they would.
        to: Vec<String>,
    },
    /// A figure is computed at all.
    Computes {
        /// The figure.
        field: String,
    },
}

impl Effect {
    /// Says whether it changes what is decided.
    pub const fn decides(&self) -> bool {
        !matches!(self, Self::Computes { .. })
    }

    /// How much it matters: smaller is more.
    const fn rank(&self) -> u8 {
        match self {
            Self::Recommendation { .. } => 0,
            Self::Verdict { .. } => 1,
            Self::Gate { .. } => 2,
            Self::Order { .. } => 3,
            Self::Computes { .. } => 4,
        }
    }
}

/// A fact to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextFact {
    /// Its path, as `--set` takes it; of an answer, `answers.` and the question.
    pub path: String,
    /// Why it is in doubt.
    pub why: Why,
    /// Between which ends it was tried, for people; none where nothing says what is plausible.
    pub ends: Option<(String, String)>,
    /// What it changes at one of its ends, the weightiest first.
    pub effects: Vec<Effect>,
    /// Where such a figure is usually read.
    pub read: String,
}

impl NextFact {
    /// Says whether it can change what is decided.
    pub fn decides(&self) -> bool {
        self.effects.iter().any(Effect::decides)
    }
}

/// A fact that changes nothing, whatever it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Harmless {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// Between which ends that was found, for people.
    pub ends: (String, String),
}

/// What all of them change together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Nothing, whether all are at their better or at their worse ends.
    Nothing,
    /// Something, although no single one does.
    Something,
    /// It was not tried.
    NotTried,
}

/// What to measure next.
#[derive(Debug, Clone, PartialEq)]
pub struct NextFacts {
    /// The facts that change something, the weightiest first.
    pub facts: Vec<NextFact>,
    /// Those that change nothing anywhere in their range, by path.
    pub harmless: Vec<Harmless>,
    /// The paths of those that were not tried: the limit was reached.
    pub untried: Vec<String>,
    /// What those that are harmless alone change together.
    pub together: Together,
    /// Whether there is something to decide: answers, or a gate.
    pub is_decidable: bool,
    /// How far single facts move the figures of the design that is recommended, or runs today; empty where that was not wanted.
    pub tornadoes: Vec<Tornado>,
}

impl NextFacts {
    /// Says whether nothing that is left can change the decision.
    pub fn is_settled(&self) -> bool {
        self.is_decidable && self.untried.is_empty() && !self.facts.iter().any(NextFact::decides)
    }
}

/// What the search is about.
pub struct Question<'a> {
    /// The model as its files state it.
    pub model: &'a Model,
    /// Its designs, assessed: the base first.
    pub assessed: &'a [(&'a System, &'a Assessment)],
    /// The answers, where there are any.
    pub inputs: Option<&'a Inputs>,
    /// Reads the model with some facts changed.
    pub read: &'a (dyn Fn(&[Setting]) -> Model + Sync),
    /// Whether the bars are wanted, too: they take as long as the rest.
    pub with_tornadoes: bool,
}

/// Returns how many components, links and calls of journeys an evaluation of a system looks at.
fn elements(system: &System) -> usize {
    system.components.len() + system.links.len() + system.n_calls()
}

/// Finds what to measure next.
pub fn next_facts(question: &Question<'_>) -> NextFacts {
    let found = doubts::doubts(question.model, question.assessed);
    let lacking = doubts::lacking(question.assessed);
    let mut bench = trial::Bench::new(question, &found);
    let doubts::Doubts { all: doubts, stepped, .. } = found;
    // Where nothing is decided, no fact can change it: none is tried, and none is called harmless.
    let (tried, stepped) = if bench.is_decidable() { (&doubts[..], &stepped[..]) } else { (&[][..], &[][..]) };
    let mut found = trial::search(&mut bench, tried);
    trial::stepped(&mut bench, stepped, &mut found);
    found.facts.extend(trial::missing(&mut bench, &lacking));
    found.facts.extend(answers::open(&bench));
    found.together = trial::together(&mut bench, &doubts, &found);
    found.is_decidable = bench.is_decidable();
    if question.with_tornadoes {
        found.tornadoes = tornado::tornadoes(&bench, &doubts);
    }
    for fact in &mut found.facts {
        fact.effects.sort_by_key(Effect::rank);
    }
    // The weightiest first; of equals the one that moves more gates.
    let weight = |fact: &NextFact| {
        let first = fact.effects.first().map_or(u8::MAX, Effect::rank);
        let gates = fact.effects.iter().filter(|effect| matches!(effect, Effect::Gate { .. })).count();
        (first, usize::MAX - gates)
    };
    found.facts.sort_by(|a, b| weight(a).cmp(&weight(b)).then_with(|| a.path.cmp(&b.path)));
    found
}
