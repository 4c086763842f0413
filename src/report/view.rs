//! The report as finished strings: everything that is shown, already rounded and worded.

use super::call_tree::call_tree;
use super::charts::{self, Chart};
use super::machine::tool;
use super::next_facts;
use super::pictures::{MAX_SEQUENCES, pictures_of};
use super::screen::{Point, Screen, screen};
use super::sections::{self, Section};
use super::verdict::{self, VerdictView};
use super::words::shell;
use crate::analysis::classification::{Distributed, listed};
use crate::assessment::{Assessed, Assessment, assess_all};
use crate::comparison::{Comparison, compare};
use crate::decision::Judgement;
use crate::diagram::{Matrix, Scene, matrix};
use crate::model::Model;
use crate::model::assumptions::ASSUMPTION_SET;
use crate::next_facts::NextFacts;
use crate::quantity::{self, Probability};
use crate::source::Sources;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Vocabulary;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The system.
    pub title: String,
    /// The answer in one sentence.
    pub headline: String,
    /// What a reader needs before anything else; none where a report is about one thing only.
    pub screen: Option<Screen>,
    /// What is said below it: what the system is, and how to answer where nobody has.
    pub lead: Vec<String>,
    /// The verdict on the answers.
    pub verdict: VerdictView,
    /// What stands before the alternatives: these side by side.
    pub opening: Vec<Section>,
    /// The same as charts, where pictures are included.
    pub charts: Vec<Chart>,
    /// Each alternative.
    pub alternatives: Vec<AlternativeView>,
    /// The commands that make this report again.
    pub reproduce: Vec<String>,
    /// The tool and its version.
    pub tool: String,
    /// The set of assumptions.
    pub assumption_set: String,
}

/// One alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct AlternativeView {
    /// The id.
    pub id: String,
    /// The name, with the status.
    pub heading: String,
    /// What it is, in the team's words.
    pub summary: Vec<String>,
    /// What it is, in ours, and why.
    pub because: Vec<String>,
    /// What was computed, in the report's order.
    pub sections: Vec<Section>,
    /// What the figures rest on.
    pub trust: Vec<Section>,
    /// How much of what was asked is known.
    pub coverage: String,
    /// Pictures.
    pub diagrams: Vec<DiagramView>,
    /// Charts.
    pub charts: Vec<Chart>,
    /// Who depends on whom.
    pub matrix: Option<Matrix>,
    /// Call trees, per journey.
    pub calls: Vec<CallsView>,
}

impl AlternativeView {
    /// Says whether it is too large for one picture: no picture shows every arrow then.
    pub fn is_divided(&self) -> bool {
        self.diagrams.iter().any(|diagram| diagram.name == "deployment-overview")
    }
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct DiagramView {
    /// What it shows.
    pub title: String,
    /// Its name, which is made of ids.
    pub name: String,
    /// The picture, in no language yet.
    pub scene: Scene,
}

impl DiagramView {
    /// Says whether it shows a part of what another one shows.
    pub fn is_detail(&self) -> bool {
        self.name.contains("-group-")
    }
}

/// The calls of a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct CallsView {
    /// The journey.
    pub journey: String,
    /// One line per call.
    pub lines: Vec<String>,
}

/// What a report includes besides figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// Diagrams and call trees.
    Included,
    /// Figures only.
    Left,
}

/// Makes the report of a model, with the verdict where it is judged; of the base and one alternative where one is named. `path` is what the user typed.
pub fn view(model: &Model, only: Option<&str>, pictures: Pictures, path: &str, judgement: Option<&Judgement>) -> View {
    let answers = judgement.map(Judgement::for_rules);
    view_of(model, &assess_all(model, only, None, answers.as_ref()), pictures, path, judgement)
}

/// Makes the report of a model whose systems are assessed already, the base first.
pub fn view_of(model: &Model, assessed: &[Assessed<'_>], pictures: Pictures, path: &str, judgement: Option<&Judgement>) -> View {
    let comparisons: Vec<Comparison> = assessed.iter().skip(1).map(|one| compare(&assessed[0], one)).collect();
    let classified = headline(assessed);
    let (headline, lead, verdict) = match judgement {
        Some(judgement) => (verdict::headline(judgement), vec![classified], verdict::view(judgement, Some(&model.sources))),
        None => {
            let how = format!(
                "Nobody has answered yet whether it should be: `weighbridge ask {}` asks, and this report then opens with the verdict.",
                shell(path)
            );
            (classified, vec![how], VerdictView::default())
        }
    };
    View {
        title: model.base.system_name.clone(),
        headline,
        screen: screen(assessed, &comparisons, judgement, path),
        lead,
        verdict,
        opening: sections::opening(assessed, &comparisons),
        charts: if pictures == Pictures::Included { charts::of_all(assessed, judgement) } else { Vec::new() },
        alternatives: assessed.iter().map(|one| alternative(one, assessed.first().filter(|_| !one.system.is_base()), pictures)).collect(),
        reproduce: vec![format!(
            "`weighbridge report {0}` makes this report, `weighbridge assess --format json {0}` all its figures.",
            shell(path)
        )],
        tool: tool(),
        assumption_set: ASSUMPTION_SET.to_owned(),
    }
}

impl View {
    /// Says what to measure next: a line on the first screen, and a section behind what was measured.
    pub fn take_next_facts(&mut self, next: &NextFacts) {
        match &mut self.screen {
            // Before what to do next: it is what to know before doing it.
            Some(screen) => {
                let before = screen.points.len().saturating_sub(1);
                screen.points.insert(before, Point { label: "Measure", text: next_facts::line(next) });
            }
            None => self.lead.push(next_facts::line(next)),
        }
        let behind = self.opening.iter().position(|section| section.id != "observed").unwrap_or(self.opening.len());
        self.opening.insert(behind, next_facts::section(next));
    }
}

/// Makes the view of a verdict alone; `again` are the commands that make it again.
pub fn verdict_view(title: &str, judgement: &Judgement, sources: Option<&Sources>, again: Vec<String>) -> View {
    View {
        title: title.to_owned(),
        headline: verdict::headline(judgement),
        screen: None,
        lead: Vec::new(),
        verdict: verdict::view(judgement, sources),
        opening: Vec::new(),
        charts: Vec::new(),
        alternatives: Vec::new(),
        reproduce: again,
        tool: tool(),
        assumption_set: ASSUMPTION_SET.to_owned(),
    }
}

/// The answer in one sentence: what the base is, and what each alternative makes of it.
fn headline(assessed: &[Assessed<'_>]) -> String {
    let word = |assessment: &Assessment| match assessment.classification.distributed {
        Distributed::None => "not distributed",
        Distributed::Edge => "distributed at its edge",
        Distributed::DataStore => "distributed by its data store",
        Distributed::Replicated => "distributed by copies",
        Distributed::Full => "fully distributed",
        Distributed::Unknown => "not decided by the places that it states",
    };
    let Some(Assessed { system: base, assessment: first, .. }) = assessed.first() else { return String::new() };
    if base.components.is_empty() {
        return format!("{} declares no component yet: there is nothing to weigh.", base.system_name);
    }
    let needed: Vec<&str> = first.classification.needs_place_of.iter().map(String::as_str).collect();
    let mut sentence = if first.classification.distributed == Distributed::Unknown {
        format!("Whether {} is distributed today cannot be told before `on` of {} is stated", base.system_name, listed(&needed, 4))
    } else {
        format!("{} is {} today", base.system_name, word(first))
    };
    let others: Vec<String> = assessed[1..].iter().map(|one| format!("`{}` is {}", one.system.id, word(&one.assessment))).collect();
    match others.as_slice() {
        [] => {}
        [one] => sentence.push_str(&format!("; {one}")),
        [others @ .., last] => sentence.push_str(&format!("; {} and {last}", others.join(", "))),
    }
    format!("{sentence}.")
}

fn alternative(assessed: &Assessed<'_>, base: Option<&Assessed<'_>>, pictures: Pictures) -> AlternativeView {
    let Assessed { system, assessment, .. } = assessed;
    let status = if let Fact::Stated(status) = system.status { format!(" ({})", status.word()) } else { String::new() };
    let heading = if system.is_base() { format!("{}: today", system.name) } else { format!("{}: `{}`{status}", system.name, system.id) };
    let coverage = assessment.coverage.map_or_else(
        || "No fact was asked for.".to_owned(),
        |coverage| {
            format!(
                "{} of the facts that the analyses asked for are stated; the rest is assumed as listed, or left out.",
                quantity::percent(Probability::new(coverage))
            )
        },
    );
    let drawn = pictures == Pictures::Included;
    AlternativeView {
        id: system.id.clone(),
        heading,
        summary: system.summary.clone().into_iter().collect(),
        because: assessment.classification.because.clone(),
        sections: sections::of_alternative(assessed, base),
        trust: sections::trust(assessed),
        coverage,
        diagrams: if drawn { pictures_of(system, &assessment.blast_radius) } else { Vec::new() },
        charts: if drawn { charts::of_one(assessed) } else { Vec::new() },
        matrix: drawn.then(|| matrix(system)),
        calls: if drawn {
            system
                .journeys
                .iter()
                .take(MAX_SEQUENCES)
                .map(|journey| CallsView { journey: journey.id.clone(), lines: call_tree(system, journey) })
                .collect()
        } else {
            Vec::new()
        },
    }
}
