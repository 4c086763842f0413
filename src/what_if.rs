//! *What if this place were down, or this fact another?* Nothing of the model is touched.
//!
//! A loss is asked two ways: what stops at once, with all else up; and how much of the time a journey fails while the loss lasts and everything else fails as it
//! does. A changed fact is asked by running everything twice: as the model says, and with the change, both at common inputs.

use crate::analysis::failure::{Availability, Detail, DomainKind, Loss, losable, loss, while_down};
use crate::assessment::{Assessed, assess_all};
use crate::comparison::{Comparison, SameInput, compare_by};
use crate::diagnostic::nearest;
use crate::model::{Model, Setting, System};

/// What was asked, and what would be.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// The places and parts that are down.
    pub down: Vec<String>,
    /// The facts that are changed.
    pub set: Vec<Setting>,
    /// The base and its alternatives, in this order.
    pub alternatives: Vec<Alternative>,
}

/// What would be of one alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Its id.
    pub id: String,
    /// What the loss does; none where nothing is down, or where the alternative has none of it.
    pub lost: Option<Lost>,
    /// What the changed facts change; none where none is.
    pub changes: Option<Comparison>,
}

/// What a loss does to an alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Lost {
    /// The places and parts that this alternative has.
    pub down: Vec<String>,
    /// What stops at once, with all else up.
    pub at_once: Loss,
    /// How available each journey is in the long run.
    pub always: Availability,
    /// The same while the loss lasts.
    pub meanwhile: Availability,
}

/// A place or part that no alternative has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDomain {
    /// As it was typed.
    pub id: String,
    /// What was probably meant.
    pub near: Option<String>,
}

/// Asks a model what would be. `changed` is the model with the changed facts, the model itself where none is.
///
/// # Errors
///
/// [`UnknownDomain`] if neither the base nor an alternative has what is to be down.
pub fn what_if(model: &Model, changed: &Model, only: Option<&str>, down: &[String], set: &[Setting]) -> Result<WhatIf, UnknownDomain> {
    let is_chosen = |system: &&System| system.is_base() || only.is_none_or(|id| system.id == id);
    let chosen: Vec<&System> = changed.systems().filter(is_chosen).collect();
    let known: Vec<Vec<(String, DomainKind)>> = chosen.iter().map(|system| losable(system)).collect();
    for id in down {
        if !known.iter().flatten().any(|(other, _)| other == id) {
            let near = nearest(id, known.iter().flatten().map(|(id, _)| id.as_str())).map(str::to_owned);
            return Err(UnknownDomain { id: id.clone(), near });
        }
    }
    let mut comparisons = if set.is_empty() { Vec::new() } else { comparisons(model, changed, only) };
    let alternatives = chosen
        .iter()
        .zip(&known)
        .map(|(system, known)| {
            let found: Vec<&(String, DomainKind)> =
                down.iter().filter_map(|id| known.binary_search_by(|(other, _)| other.cmp(id)).ok().map(|at| &known[at])).collect();
            let lost = (!found.is_empty()).then(|| {
                let kinds: Vec<DomainKind> = found.iter().map(|(_, kind)| *kind).collect();
                Lost {
                    down: found.iter().map(|(id, _)| id.clone()).collect(),
                    at_once: loss(system, &kinds),
                    always: while_down(system, &[], Detail::Judged),
                    meanwhile: while_down(system, &kinds, Detail::Explained),
                }
            });
            let at = comparisons.iter().position(|comparison| comparison.id == system.id);
            Alternative { id: system.id.clone(), lost, changes: at.map(|at| comparisons.swap_remove(at)) }
        })
        .collect();
    Ok(WhatIf { down: down.to_vec(), set: set.to_vec(), alternatives })
}

/// Compares each alternative with itself, the facts changed. The places of facts differ, so inputs are the same by their paths.
fn comparisons(model: &Model, changed: &Model, only: Option<&str>) -> Vec<Comparison> {
    let (before, after) = (assess_all(model, only, None, None), assess_all(changed, only, None, None));
    let same = |one: &Assessed<'_>| {
        before.iter().find(|other| other.system.id == one.system.id).map(|other| compare_by(SameInput::Path, other, one))
    };
    after.iter().filter_map(same).collect()
}
