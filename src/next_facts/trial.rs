//! Evaluates all designs with some facts at an end, and says what is otherwise.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::doubts::{Doubts, Lacking, Stepped};
use super::ends::row;
use super::{Doubt, Effect, Harmless, MAX_TRIALS, MAX_TRIED_ELEMENTS, NextFact, NextFacts, Question, Together, Why, elements};
use crate::assessment::{Assessment, Gate, GateState, assess_again, assess_to_judge, judge_increase};
use crate::decision::{Design, Inputs, Outcome, Standing, standing};
use crate::hazard::read_policy;
use crate::model::{End, Model, RangedKey, Setting, System};
use crate::parallel;
use crate::quantity::Probability;
use crate::syntax::keys::{Figure, Mark};

/// The gate that holds a bill against the base's.
const INCREASE: &str = "max-increase";

/// A design with every doubt as a range.
pub(super) struct Ranged<'a> {
    pub(super) original: &'a System,
    pub(super) before: &'a Assessment,
    /// The model that the system stands in; the original's where nothing had to be set.
    system: Option<System>,
    pub(super) keys: Vec<RangedKey>,
}

impl Ranged<'_> {
    pub(super) fn system(&self) -> &System {
        self.system.as_ref().unwrap_or(self.original)
    }
}

/// What is decided.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decided {
    standing: Option<Standing>,
    /// By design, objective and journey.
    gates: BTreeMap<(usize, String), GateState>,
}

/// The designs, ready to be evaluated.
pub(super) struct Bench<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) designs: Vec<Ranged<'a>>,
    pub(super) now: Decided,
    trials_left: usize,
    /// What the policy lets an alternative cost more than the base.
    max_increase: Option<Probability>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(question: &'a Question<'a>, doubts: &Doubts) -> Self {
        let elements: usize = question.assessed.iter().map(|(system, _)| elements(system)).sum();
        let designs = ranged(question, doubts);
        let mut bench = Self {
            question,
            designs,
            now: Decided { standing: None, gates: BTreeMap::new() },
            trials_left: MAX_TRIALS.min(MAX_TRIED_ELEMENTS / elements.max(1)),
            // Whether a risk was accepted until some day plays no part in it.
            max_increase: read_policy(question.model, None).0.max_increase,
        };
        let as_they_are: Vec<Cow<'_, Assessment>> = question.assessed.iter().map(|(_, assessment)| Cow::Borrowed(*assessment)).collect();
        bench.now = bench.decided(&as_they_are);
        bench
    }

    /// Returns the index of the recommended design.
    pub(super) fn recommended(&self) -> Option<usize> {
        self.now.standing.as_ref()?.recommended
    }

    /// Says whether there is something to decide.
    pub(super) fn is_decidable(&self) -> bool {
        self.question.inputs.is_some() || !self.now.gates.is_empty()
    }

    /// Decides by assessments of all designs.
    pub(super) fn decided(&self, assessments: &[Cow<'_, Assessment>]) -> Decided {
        let systems = self.question.assessed.iter().map(|(system, _)| *system);
        decide(self.question.inputs, systems, assessments)
    }

    /// Decides by other answers.
    pub(super) fn decided_by(&self, inputs: &Inputs, assessments: &[Cow<'_, Assessment>]) -> Decided {
        decide(Some(inputs), self.question.assessed.iter().map(|(system, _)| *system), assessments)
    }

    /// Takes evaluations out of what the limit leaves; says whether there were so many.
    fn takes(&mut self, trials: usize) -> bool {
        let left = self.trials_left.checked_sub(trials);
        self.trials_left = left.unwrap_or(self.trials_left);
        left.is_some()
    }

    /// Evaluates all designs with each key at the end that `choose` says.
    fn at(&self, choose: &dyn Fn(&str) -> End) -> Decided {
        let (mut systems, mut assessments): (Vec<Cow<'_, System>>, Vec<Cow<'_, Assessment>>) = (Vec::new(), Vec::new());
        for design in &self.designs {
            let moved: Vec<&RangedKey> = design.keys.iter().filter(|key| choose(&key.path) != End::Likely).collect();
            if moved.is_empty() {
                systems.push(Cow::Borrowed(design.original));
                assessments.push(self.as_it_was(design.original, design.before, assessments.first()));
                continue;
            }
            let system = design.system().at(|key| choose(&key.path));
            let figures = figures_moved(&moved);
            let mut again = if figures.is_empty() { assess_to_judge(&system) } else { assess_again(&system, design.before, &figures) };
            if let Some(base) = assessments.first() {
                judge_increase(design.original, base, &mut again, self.max_increase);
            }
            systems.push(Cow::Owned(system));
            assessments.push(Cow::Owned(again));
        }
        // What is judged by a fact itself, such as which journey is the busiest, is judged by the fact as it was moved.
        decide(self.question.inputs, systems.iter().map(AsRef::as_ref), &assessments)
    }

    /// Returns the assessment of a design that no fact moved; its bill stands against the base's, which may have moved.
    fn as_it_was<'s>(&self, system: &System, before: &'s Assessment, base: Option<&Cow<'_, Assessment>>) -> Cow<'s, Assessment> {
        match base {
            Some(Cow::Owned(base)) if before.gates.iter().any(|gate| gate.id == INCREASE) => {
                let mut again = before.clone();
                again.gates.retain(|gate| gate.id != INCREASE);
                judge_increase(system, base, &mut again, self.max_increase);
                Cow::Owned(again)
            }
            _ => Cow::Borrowed(before),
        }
    }

    /// Evaluates all designs with some facts set; a design that has not what they name stays as it is.
    fn with(&self, settings: &[Setting]) -> Decided {
        let model = (self.question.read)(settings);
        let (mut systems, mut assessments): (Vec<&System>, Vec<Cow<'_, Assessment>>) = (Vec::new(), Vec::new());
        for (system, before) in self.question.assessed {
            let again = model.systems().find(|other| other.id == system.id);
            let Some(again) = again.filter(|_| settings.iter().any(|one| has_element(system, &one.key))) else {
                systems.push(*system);
                assessments.push(self.as_it_was(system, before, assessments.first()));
                continue;
            };
            systems.push(again);
            let mut own = assess_to_judge(again);
            if let Some(base) = assessments.first() {
                judge_increase(system, base, &mut own, self.max_increase);
            }
            assessments.push(Cow::Owned(own));
        }
        decide(self.question.inputs, systems.iter().copied(), &assessments)
    }

    fn name(&self, at: Option<usize>) -> String {
        at.map_or_else(|| "no design".to_owned(), |at| self.question.assessed[at].0.id.clone())
    }

    /// Returns the designs that lack something else, and which of them are recommended now or then.
    fn touched(&self, then: &Decided) -> [BTreeSet<usize>; 2] {
        let (Some(now), Some(then)) = (&self.now.standing, &then.standing) else { return Default::default() };
        let touched: BTreeSet<usize> = (0..now.lacks.len()).filter(|at| now.lacks.get(*at) != then.lacks.get(*at)).collect();
        let recommended = now.recommended.into_iter().chain(then.recommended).filter(|at| touched.contains(at)).collect();
        [touched, recommended]
    }

    /// Says what is decided otherwise.
    pub(super) fn effects(&self, then: &Decided) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let (Some(now), Some(then)) = (&self.now.standing, &then.standing) {
            let says = |one: &Standing| match one.outcome {
                Outcome::Stay => "to stay".to_owned(),
                Outcome::Move => format!("`{}`", self.name(one.recommended)),
                Outcome::Undecided => "nothing: open answers decide".to_owned(),
                Outcome::ModelFirst => "nothing: the verdict's winner is not modelled".to_owned(),
                Outcome::NoneHolds => format!("nothing: no design holds, `{}` is nearest", self.name(one.recommended)),
                Outcome::VerdictOnly => "the verdict alone".to_owned(),
            };
            if (now.outcome, now.recommended) != (then.outcome, then.recommended) {
                effects.push(Effect::Recommendation { from: says(now), to: says(then) });
            }
            if now.winner != then.winner {
                let label = |winner: Option<crate::questionnaire::CandidateId>| {
                    let questionnaire = self.question.inputs.map(|inputs| &inputs.questionnaire);
                    winner.zip(questionnaire).map_or_else(|| "none".to_owned(), |(winner, all)| all.candidate(winner).label.clone())
                };
                effects.push(Effect::Verdict { from: label(now.winner), to: label(then.winner) });
            }
            if now.order != then.order {
                let names = |order: &[usize]| order.iter().map(|at| self.name(Some(*at))).collect();
                effects.push(Effect::Order { from: names(&now.order), to: names(&then.order) });
            }
        }
        for (key, from) in &self.now.gates {
            let Some(to) = then.gates.get(key).filter(|to| *to != from) else { continue };
            effects.push(Effect::Gate { design: self.name(Some(key.0)), gate: key.1.clone(), from: *from, to: *to });
        }
        effects
    }
}

fn decide<'s>(inputs: Option<&Inputs>, systems: impl Iterator<Item = &'s System>, assessments: &[Cow<'_, Assessment>]) -> Decided {
    let designs: Vec<Design<'_>> = systems.zip(assessments).map(|(system, assessment)| Design { system, assessment }).collect();
    let gates = designs
        .iter()
        .enumerate()
        .flat_map(|(at, design)| design.assessment.gates.iter().map(move |gate| ((at, gate_name(gate)), gate.state)));
    Decided { gates: gates.collect(), standing: inputs.map(|inputs| standing(inputs, &designs)) }
}

/// The objective, with its journey.
fn gate_name(gate: &Gate) -> String {
    let of = gate.journey.as_ref().map(|id| format!(" of `{id}`")).unwrap_or_default();
    format!("{}{of}", gate.id)
}

/// Returns the figures that keys move; none where one of them moves what has no mark, so that everything is computed again.
fn figures_moved(keys: &[&RangedKey]) -> BTreeSet<Figure> {
    let of = |key: &RangedKey| Figure::ALL.iter().copied().filter(|figure| key.mark(*figure) != Mark::None).collect::<BTreeSet<_>>();
    let each: Vec<BTreeSet<Figure>> = keys.iter().map(|key| of(key)).collect();
    if each.iter().any(BTreeSet::is_empty) { BTreeSet::new() } else { each.into_iter().flatten().collect() }
}

/// Reads the designs once more, with every doubt as a range. A design that states such a fact itself keeps what it states.
fn ranged<'a>(question: &'a Question<'a>, doubts: &Doubts) -> Vec<Ranged<'a>> {
    let set = |doubt: &Doubt| Some(Setting { key: doubt.path.clone(), value: doubt.setting.clone()? });
    let settings: Vec<Setting> = doubts.all.iter().filter_map(set).collect();
    let mut read: BTreeMap<Vec<&str>, Model> = BTreeMap::new();
    let mut designs = Vec::new();
    for ((system, before), in_doubt) in question.assessed.iter().zip(&doubts.of_design) {
        // What this design does not doubt although another does: it states it.
        let is_stated = |one: &&Setting| !in_doubt.contains(&one.key) && has_element(system, &one.key);
        let stated: Vec<&str> = settings.iter().filter(is_stated).map(|one| one.key.as_str()).collect();
        let own: Vec<Setting> = settings.iter().filter(|one| !stated.contains(&one.key.as_str())).cloned().collect();
        let model = read.entry(stated).or_insert_with(|| (question.read)(&own));
        let found = model.systems().find(|other| other.id == system.id).filter(|_| !own.is_empty()).cloned();
        let keys = found.as_ref().unwrap_or(system).ranged_keys();
        designs.push(Ranged { original: system, before, system: found, keys });
    }
    designs
}

/// Says whether a design has what a path names: a setting of what it has not changes nothing.
fn has_element(system: &System, path: &str) -> bool {
    let Some((table, rest)) = path.split_once('.') else { return false };
    let id = rest.split('.').next().unwrap_or(rest);
    match table {
        "components" => system.find_component(id).is_some(),
        "links" => system.find_link(id).is_some(),
        "locations" => system.find_location(id).is_some(),
        "journeys" => system.find_journey(id).is_some(),
        "assumptions" => system.assumptions.is_overridden(rest),
        _ => false,
    }
}

/// In which round a fact is tried first, and with which others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Round<'a> {
    /// By itself, before all others: it decides which journey counts.
    Chooses(&'a str),
    /// With all of its key: they move everything that is judged the same way, so that together they move it furthest.
    Key(&'a str),
    /// By itself: what it moves it may move either way, or on both sides of what is judged.
    Alone(&'a str),
}

/// The keys that say which journey is the busiest, and how users are spread: what one of them raises, all of them together leave as it was.
const CHOOSING: &[&str] = &["rate", "peak", "share-of-users"];

impl Bench<'_> {
    fn round<'d>(&self, doubt: &'d Doubt) -> Round<'d> {
        let name = doubt.path.rsplit('.').next().unwrap_or(&doubt.path);
        if CHOOSING.contains(&name) {
            return Round::Chooses(&doubt.path);
        }
        // The increase of a bill over today's is a quotient: what raises both bills may lower it.
        let is_compared = self.now.gates.keys().any(|(_, gate)| gate == INCREASE);
        let is_either = |key: &RangedKey| {
            let mut marks = Figure::ALL.iter().map(|figure| key.mark(*figure));
            let is_unmarked = marks.clone().all(|mark| mark == Mark::None);
            is_unmarked || marks.any(|mark| mark == Mark::Either) || is_compared && key.mark(Figure::Cost) != Mark::None
        };
        let keys = self.designs.iter().filter_map(|design| design.keys.iter().find(|key| key.path == doubt.path));
        if keys.into_iter().any(is_either) { Round::Alone(&doubt.path) } else { Round::Key(name) }
    }
}

/// Tries the doubts: those that move everything the same way together first, the others one by one.
pub(super) fn search(bench: &mut Bench<'_>, doubts: &[Doubt]) -> NextFacts {
    let mut found = NextFacts {
        facts: Vec::new(),
        harmless: Vec::new(),
        untried: Vec::new(),
        together: Together::NotTried,
        is_decidable: false,
        tornadoes: Vec::new(),
    };
    let mut groups: BTreeMap<Round<'_>, Vec<&Doubt>> = BTreeMap::new();
    for doubt in doubts {
        groups.entry(bench.round(doubt)).or_default().push(doubt);
    }
    // The round of all groups before any group is taken apart: what is left untried is then a part of few groups.
    let mut open: Vec<Vec<&Doubt>> = groups.into_values().collect();
    while !open.is_empty() {
        let mut next = Vec::new();
        open.retain(|group| {
            let is_tried = bench.takes(2);
            if !is_tried {
                found.untried.extend(group.iter().map(|doubt| doubt.path.clone()));
            }
            is_tried
        });
        let bench = &*bench;
        let tried = parallel::map(&open, |group| {
            let paths: BTreeSet<&str> = group.iter().map(|doubt| doubt.path.as_str()).collect();
            let at = |end: End| bench.at(&|path| if paths.contains(path) { end } else { End::Likely });
            let then = [at(End::Low), at(End::High)];
            // Designs that lack something else each can rank as they did: then one fact alone may still change the order.
            (then.iter().all(|then| *then == bench.now), effects_of(bench, &then))
        });
        for (group, (is_same, effects)) in open.into_iter().zip(tried) {
            match group.as_slice() {
                [_] if effects.is_empty() => found.harmless.extend(group.into_iter().map(harmless)),
                _ if is_same => found.harmless.extend(group.into_iter().map(harmless)),
                [one] => found.facts.push(fact(one, effects)),
                several => {
                    let (first, second) = several.split_at(several.len() / 2);
                    next.extend([first.to_vec(), second.to_vec()]);
                }
            }
        }
        open = next;
    }
    found.harmless.sort();
    found.untried.sort();
    found
}

fn harmless(doubt: &Doubt) -> Harmless {
    Harmless { path: doubt.path.clone(), ends: doubt.ends.clone() }
}

/// Returns what several outcomes change, each change once.
fn effects_of(bench: &Bench<'_>, outcomes: &[Decided]) -> Vec<Effect> {
    let mut effects: Vec<Effect> = outcomes.iter().flat_map(|then| bench.effects(then)).collect();
    effects.sort();
    effects.dedup();
    effects
}

/// Tries what is no range, each alone: the model is read again with it.
pub(super) fn stepped(bench: &mut Bench<'_>, stepped: &[Stepped], found: &mut NextFacts) {
    let (tried, untried): (Vec<&Stepped>, Vec<&Stepped>) = stepped.iter().partition(|_| bench.takes(2));
    found.untried.extend(untried.into_iter().map(|one| one.path.clone()));
    found.untried.sort();
    let bench = &*bench;
    let effects = parallel::map(&tried, |one| {
        let then = one.settings.clone().map(|value| bench.with(&[Setting { key: one.path.clone(), value }]));
        effects_of(bench, &then)
    });
    for (one, effects) in tried.into_iter().zip(effects) {
        let Stepped { path, why, ends, .. } = one.clone();
        if effects.is_empty() {
            found.harmless.push(Harmless { path, ends });
        } else {
            let read = row(&path).read.to_owned();
            found.facts.push(NextFact { path, why, ends: Some(ends), effects, read });
        }
    }
    found.harmless.sort();
}

fn fact(doubt: &Doubt, effects: Vec<Effect>) -> NextFact {
    NextFact { path: doubt.path.clone(), why: doubt.why, ends: Some(doubt.ends.clone()), effects, read: row(&doubt.path).read.to_owned() }
}

/// Tries what is missing for a figure: all of it at its better ends, then all at its worse ones.
pub(super) fn missing(bench: &mut Bench<'_>, lacking: &[Lacking]) -> Vec<NextFact> {
    let settings = |worse: bool| -> Vec<Setting> {
        let end = |ends: &(String, String)| if worse { ends.1.clone() } else { ends.0.clone() };
        lacking.iter().filter_map(|one| Some(Setting { key: one.path.clone(), value: end(one.ends.as_ref()?) })).collect()
    };
    let mut effects = Vec::new();
    let (mut touched, mut recommended) = (BTreeSet::new(), BTreeSet::new());
    if bench.is_decidable() && !lacking.is_empty() && bench.takes(2) {
        let then = parallel::map(&[false, true], |worse| bench.with(&settings(*worse)));
        effects = effects_of(bench, &then);
        for [all, of_them] in then.iter().map(|then| bench.touched(then)) {
            touched.extend(all);
            recommended.extend(of_them);
        }
    }
    // A gate that is passed at both ends was waiting, and decides nothing.
    let passes = |effect: &Effect| matches!(effect, Effect::Gate { from: GateState::NotEvaluated, to: GateState::Pass, .. });
    let can_fail = effects.iter().any(|effect| effect.decides() && !passes(effect));
    if !can_fail {
        effects.clear();
    }
    let question = bench.question;
    lacking
        .iter()
        .map(|one| {
            // They are tried together: of what changes then, a fact has its part where a design lacks it, and where a gate does that waits.
            let waits = |at: usize, name: &str| {
                let mut gates = question.assessed[at].1.gates.iter();
                gates.any(|gate| gate_name(gate) == name && (gate.state != GateState::NotEvaluated || gate.needs.contains(&one.path)))
            };
            let has_part = |effect: &&Effect| match effect {
                Effect::Gate { design, gate, .. } => one.designs.iter().any(|at| bench.name(Some(*at)) == *design && waits(*at, gate)),
                Effect::Recommendation { .. } if !recommended.is_empty() => !one.designs.is_disjoint(&recommended),
                _ => !one.designs.is_disjoint(&touched),
            };
            let computes = one.fields.iter().map(|field| Effect::Computes { field: field.clone() });
            let ends = one.ends.clone();
            NextFact {
                path: one.path.clone(),
                why: Why::Unknown,
                // As they are set, the low one first.
                ends: ends.map(
                    |(better, worse)| if row(&one.path).better == super::ends::Better::Low { (better, worse) } else { (worse, better) },
                ),
                effects: effects.iter().filter(has_part).filter(|_| one.ends.is_some()).cloned().chain(computes).collect(),
                read: row(&one.path).read.to_owned(),
            }
        })
        .collect()
}

/// Tries everything that is harmless alone, all of it at its better ends, then all at its worse ones.
pub(super) fn together(bench: &mut Bench<'_>, doubts: &[Doubt], found: &NextFacts) -> Together {
    let harmless: BTreeSet<&str> = found.harmless.iter().map(|one| one.path.as_str()).collect();
    if !doubts.iter().any(|doubt| harmless.contains(doubt.path.as_str())) {
        return Together::Nothing;
    }
    if !bench.takes(2) {
        return Together::NotTried;
    }
    let changes = |worse: bool| {
        let then = bench.at(&|path| {
            if !harmless.contains(path) {
                return End::Likely;
            }
            let lower = row(path).better == super::ends::Better::Low;
            if lower == worse { End::High } else { End::Low }
        });
        !bench.effects(&then).is_empty()
    };
    if changes(false) || changes(true) { Together::Something } else { Together::Nothing }
}
