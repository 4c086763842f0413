//! A finding: what a rule found, where, how bad it is, and how sure that is.

use super::rules::Rule;
use crate::diagnostic::Severity;
use crate::model::{ComponentId, EntityId, JourneyId, LinkId, LocationId, SharedFateId, System, TeamId};
use crate::source::Span;
use crate::syntax::value::Facts;

/// How sure a finding is; severity says how bad it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It follows from stated facts.
    High,
    /// It rests on an assumed figure, or on a structure that usually means it.
    Medium,
    /// It is an opinion: a question to answer, not a mistake to mend.
    Low,
}

impl Confidence {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The system as a whole.
    System,
    /// `[defaults]` of components of a kind or links of an arrow: one missing default is one finding.
    Default(&'static str),
    /// A component.
    Component(ComponentId),
    /// A link.
    Link(LinkId),
    /// A journey.
    Journey(JourneyId),
    /// An entity.
    Entity(EntityId),
    /// A team.
    Team(TeamId),
    /// A location.
    Location(LocationId),
    /// A shared fate.
    SharedFate(SharedFateId),
}

impl Subject {
    /// Returns the id by which findings, baselines and `allow` name it: a component or a link as itself, others with their table.
    pub fn id(self, system: &System) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Default(of) => format!("defaults.{of}"),
            Self::Component(id) => system.component(id).id.clone(),
            Self::Link(id) => system.link(id).id.clone(),
            Self::Journey(id) => format!("journeys.{}", system.journeys[id.index()].id),
            Self::Entity(id) => format!("entities.{}", system.entities[id.index()].id),
            Self::Team(id) => format!("teams.{}", system.team(id).id),
            Self::Location(id) => format!("locations.{}", system.location(id).id),
            Self::SharedFate(id) => format!("shared-fate.{}", system.shared_fates[id.index()].id),
        }
    }

    /// Returns what is stated of it, and the place where it is declared; nothing of the system and of defaults.
    pub fn facts(self, system: &System) -> Option<(&Facts, Span)> {
        Some(match self {
            Self::System | Self::Default(_) => return None,
            Self::Component(id) => (&system.component(id).facts, system.component(id).span),
            Self::Link(id) => (&system.link(id).facts, system.link(id).span),
            Self::Journey(id) => (&system.journeys[id.index()].facts, system.journeys[id.index()].span),
            Self::Entity(id) => (&system.entities[id.index()].facts, system.entities[id.index()].span),
            Self::Team(id) => (&system.team(id).facts, system.team(id).span),
            Self::Location(id) => (&system.location(id).facts, system.location(id).span),
            Self::SharedFate(id) => (&system.shared_fates[id.index()].facts, system.shared_fates[id.index()].span),
        })
    }
}

/// One place that shows a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it is about.
    pub subject: Subject,
    /// The subject's id, for those who read findings without the system.
    pub id: String,
    /// The place.
    pub span: Span,
}

/// What a rule found, with all places that have the same cause.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The cause, or what the finding is about: with the rule, its identity.
    pub subjects: Vec<String>,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// One line, lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The first place.
    pub span: Span,
    /// All places, by the ids of what they are about.
    pub evidence: Vec<Evidence>,
    /// Who accepted it, and why.
    pub allowed: Option<Acceptance>,
}

/// Why a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The reason.
    pub reason: String,
    /// Who accepts it.
    pub owner: Option<String>,
    /// The last day of the acceptance.
    pub until: Option<String>,
    /// Where it is accepted: the id of the element, or `policy.toml: allow.<id>`.
    pub by: String,
}

impl Finding {
    /// Returns the identity: the rule and what it is about. No line, file, message or severity is part of it, so it survives moving, renaming and
    /// formatting, and nothing that is added elsewhere changes it.
    pub fn id(&self) -> String {
        format!("{}:{}", self.rule.name(), self.subjects.join("+"))
    }
}
