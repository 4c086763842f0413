//! `check`: every mistake of every model, what the rules find, and the gates.

mod compared;
mod exports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use self::compared::{Compared, Said, items, with_absent, with_gates, without_old};
use super::diagnostics::Item;
use super::disk::{DiskFiles, Target};
use super::git::{Checkout, Since};
use super::output::{Color, Look};
use super::side::Side;
use super::weighing::{PreferArgument, WeighingArguments, judge_assessed, read_weighing};
use super::{DayArgument, Outcome, diagnostics, disk, output};
use crate::assessment::{
    Against, Assessment, Gate, GateState, against, assess_to_find, assess_to_judge, at_common_inputs, has_gates_of_time, judge_increases,
    judged,
};
use crate::decision::{Design, Inputs, Judgement, contradictions};
use crate::diagnostic::{Diagnostic, Severity, has_errors};
use crate::hazard::{Answers, Baseline, Difference, Finding, Hazards, difference, read_policy};
use crate::model::{BASE_FILE, BASE_ID, Model, System};
use crate::parallel;
use crate::quantity::{Date, Probability, percent};
use crate::report::text::harmless;
use crate::report::{machine, shell};
use crate::source::Span;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Model directories, folders of them, or files of alternatives
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// How to print what was found
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    format: CheckFormat,

    /// Which side counts where the model contradicts an answer in answers.toml
    #[arg(long, value_enum, default_value_t)]
    prefer: PreferArgument,

    /// Gates apply to every alternative, not only to the base and the accepted one
    #[arg(long)]
    gate_all: bool,

    #[command(flatten)]
    day: DayArgument,

    /// Fail only on what is worse than in another state of the model, a directory or a git revision: new findings, and gates missed by more at today's objectives, assumptions and prices
    #[arg(long, value_name = "BASE")]
    against: Option<String>,

    /// Fail only on findings that this file does not have; see `baseline`
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    baseline: Option<PathBuf>,

    #[command(flatten)]
    since: Since,
}

/// The formats of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// With source lines, for people.
    Human,
    /// The machine contract; an array of it for several models.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub workflow commands.
    Github,
    /// JUnit, a case per gate, and one for findings.
    Junit,
    /// GitLab's Code Quality report.
    Codequality,
}

/// One model, checked.
struct Checked {
    target: Target,
    model: Model,
    /// The gated systems with a failed gate, and the answers that the model contradicts, in words.
    failed: Vec<Failed>,
    /// The contradictions that `--prefer` has settled, in words.
    settled: Vec<String>,
    /// The gates that were missed as much before the change.
    as_before: Vec<Failed>,
    /// Every gate of the gated systems, reached or not, and whether it fails the check.
    gates: Vec<(String, Gate, bool)>,
    /// Whether there are answers, which the model was held against.
    has_answers: bool,
    /// The verdict on its answers, where there are any and the format has room for it.
    judgement: Option<Judgement>,
    /// The share of the facts that rules and analyses ask of the base that are known.
    coverage: Option<f64>,
    /// The findings of each alternative, in the model's order; none where a mistake refuses the model.
    found: Vec<(String, Hazards)>,
    /// How it stands against what it was before, where that was asked for.
    compared: Option<Compared>,
    /// The findings that fail, of each gated system.
    failing: BTreeMap<String, BTreeSet<String>>,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let mut checked = Vec::new();
    let mut compared = BTreeMap::new();
    for path in &arguments.paths {
        for target in arguments.since.retain(disk::targets(path)?)? {
            let before = before(arguments, path, &target, &mut compared)?;
            let mut model = Model::read(&target.files);
            let wanted = WeighingArguments { prefer: arguments.prefer, ..WeighingArguments::default() };
            let weighing = read_weighing(Some(target.files.directory()), &wanted, &mut model.sources)?;
            model.diagnostics.extend(weighing.diagnostics);
            crate::diagnostic::sort(&mut model.diagnostics);
            if let Some(id) = &target.alternative
                && !model.has_errors()
                && !model.alternatives.iter().any(|system| system.id == *id)
            {
                bail!("`{}` is no alternative of its model", path.display());
            }
            let (policy, mistakes) = read_policy(&model, arguments.day.today);
            model.diagnostics.extend(mistakes);
            let sound = !model.has_errors();
            let mut failed = Vec::new();
            let mut as_before = Vec::new();
            let mut mended = Vec::new();
            let mut gates = Vec::new();
            let mut found = Vec::new();
            let mut late = Vec::new();
            let mut gated = BTreeSet::new();
            // Gates, findings and the answers are held against the same results. Only the verdict asks for the gates of alternatives that nobody has accepted.
            let has_room = arguments.format == CheckFormat::Json;
            let is_gated = |system: &System| arguments.gate_all || system.is_gated();
            let is_judged = |system: &System| has_room || is_gated(system);
            let has_answers = weighing.inputs.is_some();
            let mut assessed = assess_each(model.systems().filter(|_| sound).collect(), &is_judged, has_answers);
            judge_increases(assessed.iter_mut().map(|(system, assessment)| (*system, assessment)), policy.max_increase);
            let inputs = weighing.inputs.filter(|_| sound);
            let has_answers = inputs.is_some();
            let before = before.filter(|_| sound).map(|before| before.at_common_inputs(&model, &is_gated, arguments.day.today));
            let held = inputs.as_ref().map(|inputs| held_against(inputs, &assessed)).unwrap_or_default();
            let Held { contradicted, settled, answers } = held;
            for (system, assessment) in &assessed {
                if is_gated(system) {
                    let ratchet = before.as_ref().and_then(|before| before.gates(&system.id));
                    for gate in &assessment.gates {
                        let missed = missed(system, gate, policy.requires_evaluated);
                        let stands = missed.as_ref().map(|_| ratchet.map_or(Against::New, |was| against(was, gate)));
                        let is_old = stands == Some(Against::AsBefore);
                        gates.push((system.id.clone(), gate.clone(), missed.is_some() && !is_old));
                        let missed = missed.map(|missed| Failed { stands: stands.filter(|_| arguments.is_compared()), ..missed });
                        if is_old { as_before.extend(missed) } else { failed.extend(missed) }
                    }
                    mended.extend(
                        ratchet.into_iter().flatten().filter(|was| was.is_mended(&assessment.gates)).map(|was| Failed::of(system, was)),
                    );
                    gated.insert(system.id.clone());
                }
                let (hazards, mistakes) = judged(&model, system, assessment, &policy, answers.as_ref());
                late.extend(mistakes);
                found.push((system.id.clone(), hazards));
            }
            let systems: BTreeMap<&str, &System> = assessed.iter().map(|(system, _)| (system.id.as_str(), *system)).collect();
            late.extend(policy.unmet_expectations(found.iter().filter_map(|(id, hazards)| Some((*systems.get(id.as_str())?, hazards)))));
            let coverage =
                assessed.first().zip(found.first()).and_then(|((_, assessment), (_, hazards))| assessment.coverage_with(hazards));
            let judgement = inputs.filter(|_| has_room).map(|inputs| judge_assessed(inputs, &assessed));
            drop(assessed);
            model.diagnostics.extend(late);
            crate::diagnostic::sort(&mut model.diagnostics);
            failed.extend(contradicted);
            let fails = |finding: &Finding| finding.allowed.is_none() && finding.severity <= policy.fail_on;
            let mut compared = (sound && arguments.is_compared()).then(Compared::default);
            if let Some((compared, before)) = compared.as_mut().zip(before) {
                compared.findings = found.iter().map(|(id, hazards)| (id.clone(), before.compare(id, hazards))).collect();
                compared.said = before.said();
                compared.mended = mended;
            }
            let mut failing = BTreeMap::new();
            for (id, hazards) in found.iter().filter(|(id, _)| gated.contains(id)) {
                let new = compared.as_ref().and_then(|compared| Some(&compared.findings.get(id)?.new));
                let counts = |one: &&Finding| fails(one) && new.is_none_or(|new| new.contains_key(&one.id()));
                failing.insert(id.clone(), hazards.open().filter(counts).map(Finding::id).collect());
            }
            checked.push(Checked {
                target,
                model,
                failed,
                settled,
                as_before,
                gates,
                has_answers,
                judgement,
                coverage,
                found,
                compared,
                failing,
            });
        }
    }
    print(arguments, &checked, color)?;
    if matches!(arguments.format, CheckFormat::Sarif | CheckFormat::Github | CheckFormat::Codequality) {
        // These formats place what they say in a file; what has no place must not fail without a word.
        for failed in checked.iter().flat_map(|one| &one.failed).filter(|failed| failed.place.is_none()) {
            output::narrate(&harmless(&format!("gate failed: {}", failed.words)));
        }
    }
    let invalid = checked.iter().any(|one| has_errors(&one.model.diagnostics));
    let fails = checked.iter().any(|one| !one.failed.is_empty() || one.failing.values().any(|failing| !failing.is_empty()));
    Ok(if invalid {
        Outcome::Invalid
    } else if fails {
        Outcome::Fail
    } else {
        Outcome::Pass
    })
}

impl Arguments {
    /// Says whether the models are compared with something.
    const fn is_compared(&self) -> bool {
        self.against.is_some() || self.baseline.is_some()
    }
}

impl Checked {
    /// Says whether a finding of an alternative fails the check.
    fn fails(&self, id: &str, finding: &Finding) -> bool {
        self.failing.get(id).is_some_and(|failing| failing.contains(&finding.id()))
    }
}

/// What failed, in words, and the place that asks for it.
pub(super) struct Failed {
    pub(super) words: String,
    pub(super) place: Option<Span>,
    /// What it is called, whatever its figures: the alternative, the gate and its journey. Nothing for an answer that the model contradicts, which is no gate.
    pub(super) identity: Option<String>,
    /// How a missed gate stands against what it was, where that was asked for.
    pub(super) stands: Option<Against>,
}

impl Failed {
    /// Makes one of a gate.
    fn of(system: &System, gate: &Gate) -> Self {
        let journey = gate.journey.as_ref().map(|id| format!(":journeys.{id}")).unwrap_or_default();
        Self {
            words: format!("{}: {}", system.id, gate.sentence()),
            place: gate.place(system),
            identity: Some(format!("{}:{}{journey}", system.id, gate.id)),
            stands: None,
        }
    }
}

/// What findings and gates are compared with.
enum Before {
    /// A model, and what was answered of it.
    Model(Box<Model>, Option<Box<Inputs>>),
    File(Baseline),
}

/// What a model was, held against what is asked, assumed and paid of it now: what differs then is the design alone.
enum AsItWas {
    Model { gates: BTreeMap<String, Vec<Gate>>, found: BTreeMap<String, Hazards>, said: Vec<Said> },
    File(Baseline),
}

impl Before {
    /// Judges each alternative as it was at the inputs of what it is now, `gated` ones with their gates. What these do not fit is judged as it stood, without gates.
    fn at_common_inputs(self, now: &Model, gated: &(dyn Fn(&System) -> bool + Sync), today: Option<Date>) -> AsItWas {
        let (model, inputs) = match self {
            Self::File(baseline) => return AsItWas::File(baseline),
            Self::Model(model, inputs) => (model, inputs),
        };
        let pairs = model.systems().map(|was| {
            let is = now.systems().find(|is| is.id == was.id);
            let fitting = is.and_then(|is| Some((at_common_inputs(was, is)?, gated(is))));
            fitting.map_or_else(|| (was.clone(), None), |(system, is_gated)| (system, Some(is_gated)))
        });
        let (systems, is_gated): (Vec<System>, Vec<Option<bool>>) = pairs.unzip();
        let judged: BTreeMap<&str, bool> =
            systems.iter().zip(&is_gated).map(|(system, is_gated)| (system.id.as_str(), is_gated.unwrap_or(false))).collect();
        let mut assessed = assess_each(systems.iter().collect(), &|system| judged[system.id.as_str()], inputs.is_some());
        let increase = read_policy(now, today).0.max_increase;
        judge_increases(assessed.iter_mut().map(|(system, assessment)| (*system, assessment)), increase);
        let (found, late) = findings(&model, &assessed, inputs.as_deref(), today);
        let said = model.diagnostics.iter().chain(&late).map(|one| Said::of(&model.sources, one)).collect();
        let fitting = assessed.into_iter().zip(is_gated).filter(|(_, is_gated)| is_gated.is_some());
        let gates = fitting.map(|((system, assessment), _)| (system.id.clone(), assessment.gates)).collect();
        AsItWas::Model { gates, found: found.into_iter().collect(), said }
    }
}

impl AsItWas {
    /// Compares the findings of an alternative; of one that was not there before, what the base already had is not new.
    fn compare(&self, id: &str, hazards: &Hazards) -> Difference {
        match self {
            Self::File(baseline) => baseline.difference(id, hazards),
            Self::Model { found, .. } => match (found.get(id), found.get(BASE_ID)) {
                (Some(was), _) => difference(was, hazards),
                (None, Some(base)) => Difference { fixed: BTreeMap::new(), ..difference(base, hazards) },
                (None, None) => difference(&Hazards::default(), hazards),
            },
        }
    }

    /// Returns the gates of an alternative as it was.
    fn gates(&self, id: &str) -> Option<&[Gate]> {
        match self {
            Self::File(_) => None,
            Self::Model { gates, .. } => gates.get(id).map(Vec::as_slice),
        }
    }

    /// Returns what was said of the model; a baseline's file does not know it.
    fn said(self) -> Vec<Said> {
        match self {
            Self::File(_) => Vec::new(),
            Self::Model { said, .. } => said,
        }
    }
}

/// Finds what a model is compared with; `compared` holds what is compared with what so far.
fn before(arguments: &Arguments, path: &Path, target: &Target, compared: &mut BTreeMap<String, PathBuf>) -> Result<Option<Before>> {
    if let Some(path) = &arguments.baseline {
        let text = disk::read_text(path)?;
        let baseline = Baseline::read(&text).map_err(|words| anyhow::anyhow!("`{}` is no baseline: {words}", path.display()))?;
        return Ok(Some(Before::File(baseline)));
    }
    let Some(base) = &arguments.against else { return Ok(None) };
    let own = target.files.directory();
    let below = own.strip_prefix(path).unwrap_or(Path::new(""));
    // A revision alone means the same directory.
    let is_named = Path::new(base).is_dir() || base.contains(':');
    let side = if is_named { Side::of(base)? } else { Side::Git { revision: base.clone(), directory: own.display().to_string() } };
    // A directory that is no model itself holds one for each, at the place that it has here.
    let is_folder = is_named && !below.as_os_str().is_empty() && !side.models()?.contains(Path::new(""));
    let side = if is_folder { side.below(below) } else { side };
    let name = side.name();
    if compared.insert(name.clone(), own.to_owned()).is_some_and(|other| other != own) {
        bail!("`--against {base}` is one model, and several are checked: name one of them, or a folder that holds the same models");
    }
    let found = match &side {
        Side::Disk(directory) if is_folder && disk::there(directory.join(BASE_FILE))?.is_none() => None,
        Side::Disk(directory) => Some(read(&disk::DiskFiles::open(directory)?, &name)?),
        Side::Git { revision, directory } => match Checkout::of(revision, directory)? {
            Some(checkout) => Some(read(&disk::DiskFiles::open(checkout.directory())?, &name)?),
            None => None,
        },
    };
    if found.is_none() {
        output::narrate(&harmless(&format!("there is no model `{name}`: all of it is new")));
    }
    Ok(found.map(|(model, inputs)| Before::Model(Box::new(model), inputs.map(Box::new))))
}

/// Returns the findings of every alternative of the model of a directory, as its policy judges them.
pub(super) fn found_in(files: &DiskFiles, today: Option<Date>) -> Result<Vec<(String, Hazards)>> {
    let (model, inputs) = read(files, &files.directory().display().to_string())?;
    let assessed = assess_each(model.systems().collect(), &System::is_gated, inputs.is_some());
    Ok(findings(&model, &assessed, inputs.as_ref(), today).0)
}

/// Reads a sound model and what is answered of it; it is called what it is called where the user knows it.
fn read(files: &DiskFiles, name: &str) -> Result<(Model, Option<Inputs>)> {
    let mut model = Model::read(files);
    let weighing = read_weighing(Some(files.directory()), &WeighingArguments::default(), &mut model.sources)?;
    model.diagnostics.extend(weighing.diagnostics);
    if model.has_errors() {
        let shown = diagnostics::tally(&model.diagnostics);
        // A revision has no directory that could be checked.
        let lists = if Path::new(name).is_dir() { format!("; `weighbridge check {}` lists them", shell(name)) } else { String::new() };
        bail!("`{name}` has mistakes: {shown}{lists}");
    }
    Ok((model, weighing.inputs))
}

/// Returns the findings of assessed alternatives, as the policy of their model judges them, and the mistakes of that policy.
fn findings(
    model: &Model,
    assessed: &[(&System, Assessment)],
    inputs: Option<&Inputs>,
    today: Option<Date>,
) -> (Vec<(String, Hazards)>, Vec<Diagnostic>) {
    let (policy, mut mistakes) = read_policy(model, today);
    let answers = inputs.and_then(|inputs| held_against(inputs, assessed).answers);
    let mut found = Vec::new();
    for (system, assessment) in assessed {
        let (hazards, late) = judged(model, system, assessment, &policy, answers.as_ref());
        mistakes.extend(late);
        found.push((system.id.clone(), hazards));
    }
    mistakes.extend(policy.unmet_expectations(assessed.iter().zip(&found).map(|((system, _), (_, hazards))| (*system, hazards))));
    (found, mistakes)
}

/// Assesses systems, all at once, each as far as it is needed.
fn assess_each<'a>(
    systems: Vec<&'a System>,
    is_judged: &(dyn Fn(&System) -> bool + Sync),
    has_answers: bool,
) -> Vec<(&'a System, Assessment)> {
    let found = parallel::map(&systems, |system| assess_as_needed(system, is_judged(system), has_answers));
    systems.into_iter().zip(found).collect()
}

/// Assesses a system as far as its gates, the rules and the answers ask: times, which take longest, only where an objective, an answer or
/// what was measured may speak of them.
fn assess_as_needed(system: &System, is_judged: bool, has_answers: bool) -> Assessment {
    if is_judged && (has_answers || has_gates_of_time(system) || !system.observed.is_empty()) {
        assess_to_judge(system)
    } else {
        assess_to_find(system)
    }
}

/// What answers and designs say of each other.
#[derive(Default)]
struct Held {
    /// The answers that the model contradicts.
    contradicted: Vec<Failed>,
    /// Those of them that the policy has settled in favour of the model, in words.
    settled: Vec<String>,
    /// What the rest says of designs.
    answers: Option<Answers>,
}

/// Holds answers and designs against each other. Weighing the answers takes far longer, and nothing here depends on it.
fn held_against(inputs: &Inputs, assessed: &[(&System, Assessment)]) -> Held {
    let questionnaire = &inputs.questionnaire;
    let designs: Vec<Design<'_>> = assessed.iter().map(|(system, assessment)| Design { system, assessment }).collect();
    let (contradictions, weighed) = contradictions(questionnaire, &inputs.answers, &designs, inputs.prefer);
    let mut held = Held { answers: Some(Answers::of(questionnaire, &weighed)), ..Held::default() };
    for one in &contradictions {
        let id = &questionnaire.question(one.question).id;
        let answered = one.answered.setting(questionnaire, one.question);
        let words = format!("{}: contradiction: `{id}` is answered `{answered}`, but {}", one.design, one.computed);
        if one.severity() == Severity::Error {
            held.contradicted.push(Failed { words, place: None, identity: None, stands: None });
        } else {
            held.settled.push(words);
        }
    }
    held
}

/// Returns a gate that is missed, in words.
fn missed(system: &System, gate: &Gate, requires_evaluated: bool) -> Option<Failed> {
    let is_missed = gate.state == GateState::Fail || requires_evaluated && gate.state == GateState::NotEvaluated;
    is_missed.then(|| Failed::of(system, gate))
}

fn print(arguments: &Arguments, checked: &[Checked], color: Color) -> Result<()> {
    match arguments.format {
        CheckFormat::Human => {
            for one in checked {
                human(one, color)?;
            }
        }
        CheckFormat::Json => {
            let mut values: Vec<Value> = checked
                .iter()
                .map(|one| machine::value(&one.model, one.target.alternative.as_deref(), one.judgement.as_ref(), arguments.day.today))
                .collect();
            let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
            output::print(&format!("{}\n", serde_json::to_string_pretty(&value)?))?;
        }
        CheckFormat::Sarif => {
            let found: Vec<_> = checked.iter().map(|one| (&one.model.sources, with_absent(one))).collect();
            output::print(&format!("{}\n", serde_json::to_string_pretty(&diagnostics::sarif(&found))?))?;
        }
        CheckFormat::Github => {
            for one in checked {
                let (items, old) = without_old(with_gates(one));
                output::print(&diagnostics::github(&one.model.sources, &items))?;
                if let Some(old) = old {
                    let model = one.target.files.directory().display();
                    output::narrate(&harmless(&format!("{model}: as before the change, and not annotated: {old}")));
                }
            }
        }
        CheckFormat::Junit => output::print(&exports::junit(checked))?,
        CheckFormat::Codequality => {
            output::print(&format!("{}\n", serde_json::to_string_pretty(&exports::code_quality(checked))?))?;
        }
    }
    Ok(())
}

/// Diagnostics go to standard error, the line that sums up to standard output.
fn human(one: &Checked, color: Color) -> Result<()> {
    let look = Look::of(&std::io::stderr(), color);
    let items = items(one);
    let severities: Vec<Severity> = items[one.model.diagnostics.len()..].iter().map(Item::severity).collect();
    let (items, old) = without_old(items);
    if !items.is_empty() {
        output::narrate(diagnostics::human_items(&one.model.sources, &items, look).trim_end_matches('\n'));
        output::narrate("");
    }
    let mut line = format!("{}: {}", one.target.files.directory().display(), diagnostics::tally(&one.model.diagnostics));
    if !has_errors(&one.model.diagnostics) {
        let findings = diagnostics::counted(&severities).map_or_else(|| "no findings".to_owned(), |counted| format!("findings: {counted}"));
        let accepted: usize = one.found.first().map_or(0, |(_, hazards)| hazards.accepted().count());
        let alternatives = one.model.alternatives.len();
        let plural = if alternatives == 1 { "" } else { "s" };
        let accepted = if accepted > 0 { format!(", {accepted} accepted") } else { String::new() };
        // Silence about a hazard is worth as much as what is known.
        let coverage = one.coverage.map(|share| format!("; coverage {}", percent(Probability::new(share)))).unwrap_or_default();
        line.push_str(&format!("; {findings}{accepted}{coverage}; {alternatives} alternative{plural}"));
    }
    line.push('\n');
    for difference in one.compared.iter().flat_map(|compared| one.found.iter().flat_map(|(id, _)| compared.lines(id))) {
        line.push_str(&format!("  {difference}\n"));
    }
    if let Some(old) = old {
        line.push_str(&format!("  as before the change, and not shown again: {old}\n"));
    }
    for failed in &one.failed {
        line.push_str(&format!("  gate failed: {}\n", failed.words));
    }
    for missed in &one.as_before {
        line.push_str(&format!("  gate missed, as before the change: {}\n", missed.words));
    }
    for (system, gate, _) in one.gates.iter().filter(|(_, gate, fails)| gate.state == GateState::NotEvaluated && !fails) {
        line.push_str(&format!("  gate not evaluated: {system}: {}\n", gate.sentence()));
    }
    for words in &one.settled {
        line.push_str(&format!("  warning: {words}; the model counts\n"));
    }
    output::print(&harmless(&line))
}
