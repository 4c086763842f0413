//! *What does the model compute of what was asked?* One row per computed result that a question names with its key `model`.
//!
//! To add a result: one row in [`COUNTERPARTS`], one function from a [`Design`] to what it computes. The answers that the row knows are the ids of the options
//! of the program's questionnaire; an own questionnaire that uses the key is held against those of its options that have such an id.

mod data;
mod figures;
mod load;
mod promises;
mod today;

pub(super) use figures::critical_path;
pub(super) use today::{declared, owners, regions};

use crate::assessment::Assessment;
use crate::model::System;
use crate::questionnaire::Question;
use crate::questionnaire::answers::Response;
use crate::source::Span;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Status;

/// One modelled design with all that is computed about it.
#[derive(Debug, Clone, Copy)]
pub struct Design<'a> {
    /// The base, or an alternative.
    pub system: &'a System,
    /// Its assessment.
    pub assessment: &'a Assessment,
}

impl Design<'_> {
    /// Says whether somebody has decided for it.
    pub fn is_accepted(&self) -> bool {
        self.system.status == Fact::Stated(Status::Accepted)
    }

    /// Says whether somebody has decided against it.
    pub fn is_rejected(&self) -> bool {
        self.system.status == Fact::Stated(Status::Rejected)
    }
}

/// Of which designs a question speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Of the system as it is: the base.
    Today,
    /// Of what every design must give; the answer is a promise, and a design keeps it or does not.
    Promised,
    /// Of the alternatives that state the candidate that the answer names.
    Proposed,
}

/// What the model computes of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The result in words, with its numbers.
    pub words: String,
    /// Which answers fit it.
    pub fits: Fits,
    /// The places in the model that decide it, the most telling first.
    pub places: Vec<Span>,
}

/// Which answers fit a computed result.
#[derive(Debug, Clone, PartialEq)]
pub enum Fits {
    /// These options, the nearest first.
    Options(Vec<&'static str>),
    /// Numbers up to this one, such as a promise that is kept.
    AtMost(f64),
    /// Numbers from this one on, such as a budget that suffices.
    AtLeast(f64),
    /// Numbers near this one: within a factor, because both sides are rounded.
    About {
        /// The computed number.
        value: f64,
        /// The factor.
        factor: f64,
    },
}

/// One row: a computed result and the answers that it can contradict.
pub struct Counterpart {
    /// The name that questions give in `model`.
    pub key: &'static str,
    /// Of which designs it speaks.
    pub scope: Scope,
    /// The options that it knows; empty for numbers.
    pub knows: &'static [&'static str],
    /// Computes it; none where the model does not say enough.
    pub compute: fn(&Design<'_>) -> Option<Computed>,
}

macro_rules! counterparts {
    ($($key:tt $scope:ident $knows:expr, $compute:path;)*) => {
        &[$(Counterpart { key: $key, scope: Scope::$scope, knows: $knows, compute: $compute },)*]
    };
}

/// The load beside one machine.
pub(super) const LOAD: &str = "capacity";

/// Every result that can answer or contradict a question.
pub const COUNTERPARTS: &[Counterpart] = counterparts! {
    "classification" Today today::SHAPES, today::shape;
    "candidate" Proposed today::CANDIDATES, today::candidate;
    "step-modes" Today today::WORK_KINDS, today::work_kind;
    "objectives" Today today::TARGETS, today::targets;
    "latency-by-location" Today today::USER_PLACES, today::user_places;
    "replica-bounds" Today today::LOAD_SHAPES, today::load_shape;
    "owners" Today &[], today::engineers;
    "team-crossings" Today today::TEAMS, today::teams;
    "contracts" Today today::CONTRACTS, today::contracts;
    "owners-on-call" Today today::ON_CALL, today::on_call;
    "module-cycles" Today today::BOUNDARIES, today::boundaries;
    "shared-data" Today today::TOGETHER, today::shared_data;
    "remote-calls" Today &[], today::remote_calls;
    "retries-without-idempotence" Today today::TWICE, today::repeated;
    "dual-writes" Today today::ACROSS, today::across_parts;
    LOAD Today load::LOADS, load::load;
    "utilization" Today load::WAITS, load::backlog;
    "bytes" Today load::AMOUNTS, load::amounts;
    "profiles" Today load::PROFILES, load::profiles;
    "autoscale-bounds" Today load::STOPS, load::bounds;
    "depth-without-trace" Today data::TRACED, data::traces;
    "several-writers" Today data::ORDERED, data::ordered;
    "consistency-modes" Today data::CUT_OFF, data::cut_off;
    "cross-shard-links" Today data::SPLIT, data::split;
    "trust-zones" Today data::TRUSTED, data::zones;
    "single-points" Promised promises::SURVIVED, promises::survived;
    "replication" Promised promises::LOST, promises::lost_data;
    "partial-failure" Promised promises::PARTS, promises::parts_fail_alone;
    "rolling" Promised promises::STOPS, promises::stops;
    "replication-lag" Promised promises::STALE, promises::stale_reads;
    "availability" Promised &[], figures::availability;
    "latency-p95" Promised &[], figures::latency;
    "monthly-cost" Promised &[], figures::monthly_cost;
};

/// Finds the row of a question.
pub fn counterpart(question: &Question) -> Option<&'static Counterpart> {
    let key = question.model.as_deref()?;
    COUNTERPARTS.iter().find(|row| row.key == key)
}

impl Counterpart {
    /// Says whether an answer fits what is computed; none where the row does not know the answer.
    pub fn fits(&self, question: &Question, response: &Response, computed: &Computed) -> Option<bool> {
        let fits = |option: usize| {
            let id = question.options.get(option)?.id.as_str();
            match &computed.fits {
                Fits::Options(fitting) if self.knows.contains(&id) => Some(fitting.contains(&id)),
                _ => None,
            }
        };
        match (response, &computed.fits) {
            (Response::Option(option), _) => fits(*option),
            (Response::Options(chosen), _) => {
                let known: Vec<bool> = chosen.iter().filter_map(|option| fits(*option)).collect();
                (!known.is_empty()).then(|| known.iter().all(|one| *one))
            }
            (Response::Number(number), Fits::AtMost(most)) => Some(*number <= *most),
            (Response::Number(number), Fits::AtLeast(least)) => Some(*number >= *least),
            (Response::Number(number), Fits::About { value, factor }) => Some(*number <= value * factor && *number >= value / factor),
            (Response::Number(_), Fits::Options(_)) | (Response::Rows(_) | Response::Text(_), _) => None,
        }
    }

    /// Returns the answer that the model would give: the nearest option that fits, or the number.
    pub fn response(&self, question: &Question, computed: &Computed) -> Option<Response> {
        match &computed.fits {
            Fits::Options(fitting) => fitting.iter().find_map(|id| question.find_option(id)).map(|option| match question.kind {
                crate::questionnaire::Kind::Multi => Response::Options(vec![option]),
                _ => Response::Option(option),
            }),
            Fits::AtMost(value) | Fits::AtLeast(value) | Fits::About { value, .. } => {
                let (low, high) = (question.min.unwrap_or(f64::MIN), question.max.unwrap_or(f64::MAX));
                Some(Response::Number(value.max(low).min(high)))
            }
        }
    }
}

/// Counts in words: `1 team`, `3 teams`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::COUNTERPARTS;
    use crate::questionnaire::{SHOULD_YOU_DISTRIBUTE, read};
    use crate::source::Sources;

    /// A row whose options are misspelt would never contradict anything.
    #[test]
    fn every_row_knows_the_options_of_its_question() {
        let mut sources = Sources::default();
        let file = sources.add("questionnaire.toml", SHOULD_YOU_DISTRIBUTE);
        let (questionnaire, _) = read(&sources, file);
        let page = include_str!("../../docs/verdict.md");
        for row in COUNTERPARTS {
            let questions: Vec<_> = questionnaire.questions.iter().filter(|question| question.model.as_deref() == Some(row.key)).collect();
            assert!(!questions.is_empty(), "no question names `{}`", row.key);
            for question in questions {
                let unknown: Vec<_> = row.knows.iter().filter(|id| question.find_option(id).is_none()).collect();
                assert!(unknown.is_empty(), "{}: {unknown:?}", question.id);
                // A question of options is held against none by a row of numbers.
                let is_held = !row.knows.is_empty() || question.options.is_empty();
                assert!(!is_held || page.contains(&format!("`{}`", question.id)), "docs/verdict.md has no row for `{}`", question.id);
            }
        }
    }
}
