//! What a check shows, and how each thing stands against the state that it is compared with: new, changed, as before, or gone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, Failed};
use crate::cli::diagnostics::{BaselineState, Item};
use crate::diagnostic::{Diagnostic, Severity};
use crate::hazard::{Difference, Finding, RULES};
use crate::model::{BASE_FILE, BASE_ID};
use crate::source::{Sources, Span};

/// How a model stands against what it is compared with. Empty where there was no such model: all of it is new then.
#[derive(Default)]
pub(super) struct Compared {
    /// How the findings of each alternative differ.
    pub(super) findings: BTreeMap<String, Difference>,
    /// What was said of the model before; a baseline's file does not know it.
    pub(super) said: Vec<Said>,
    /// Gates that were missed before and are reached now, in the words of then.
    pub(super) mended: Vec<Failed>,
}

/// What was said of one file of a model; lines move, and are not looked at.
pub(super) struct Said {
    /// The file's name: the directories of then and now are called differently.
    file: String,
    diagnostic: Diagnostic,
}

impl Said {
    pub(super) fn of(sources: &Sources, diagnostic: &Diagnostic) -> Self {
        let path = &sources.file(diagnostic.label.span.file).path;
        Self { file: path.rsplit('/').next().unwrap_or(path).to_owned(), diagnostic: diagnostic.clone() }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.file == other.file && self.diagnostic.code == other.diagnostic.code && self.diagnostic.message == other.diagnostic.message
    }
}

impl Compared {
    /// Says how a finding of an alternative stands; a cause that was known, at a place that was not, has changed.
    fn of_finding(&self, alternative: &str, finding: &Finding) -> BaselineState {
        let id = finding.id();
        let Some(difference) = self.findings.get(alternative) else { return BaselineState::New };
        if !difference.new.contains_key(&id) {
            BaselineState::Unchanged
        } else if difference.unchanged.contains_key(&id) || difference.fixed.contains_key(&id) {
            BaselineState::Updated
        } else {
            BaselineState::New
        }
    }

    /// Says how a diagnostic stands.
    fn of_diagnostic(&self, now: &Said) -> BaselineState {
        if self.said.iter().any(|said| said.is_same(now)) { BaselineState::Unchanged } else { BaselineState::New }
    }

    /// Returns in lines how the findings of an alternative differ.
    pub(super) fn lines(&self, alternative: &str) -> Vec<String> {
        let Some(difference) = self.findings.get(alternative) else { return Vec::new() };
        let Difference { new, fixed, unchanged } = difference;
        let mut lines = vec![format!("{alternative}: {} new, {} fixed, {} unchanged", new.len(), fixed.len(), unchanged.len())];
        for (sign, list) in [("new", new), ("fixed", fixed)] {
            lines.extend(list.iter().map(|(id, places)| format!("  {sign}: {id} ({})", listed(places))));
        }
        lines
    }

    /// Returns what was there before and is no more, at the model's own file: the place of then is gone.
    fn absent(&self, now: &[Said], place: Span) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        for said in self.said.iter().filter(|said| !now.iter().any(|now| said.is_same(now))) {
            items.push(Item::from(&said.diagnostic).gone(place));
        }
        let mut shown = BTreeSet::new();
        for (alternative, difference) in &self.findings {
            let is_gone = |id: &String| !difference.new.contains_key(id) && !difference.unchanged.contains_key(id);
            for (id, places) in difference.fixed.iter().filter(|(id, _)| is_gone(id)) {
                // A rule that another release had is known by its name only, and has no page to point to.
                let Some(rule) = RULES.iter().find(|rule| id.split(':').next() == Some(rule.name())) else { continue };
                if shown.insert((id, places)) {
                    let item = Item::of_absent(rule, id, &format!("not found any more: {id} ({})", listed(places)), place);
                    items.push(if alternative == BASE_ID { item } else { item.in_alternative(alternative) });
                }
            }
        }
        items.extend(self.mended.iter().filter_map(Item::of_gate).map(|item| item.in_state(Some(BaselineState::Absent))));
        items
    }
}

fn listed(places: &BTreeSet<String>) -> String {
    places.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Returns what a model is shown: its mistakes, and the open findings. An alternative's finding is shown where the base does not have the same.
pub(super) fn items(one: &Checked) -> Vec<Item> {
    let compared = one.compared.as_ref();
    let sources = &one.model.sources;
    let of_diagnostic =
        |one: &Diagnostic| Item::from(one).in_state(compared.map(|compared| compared.of_diagnostic(&Said::of(sources, one))));
    let mut items: Vec<Item> = one.model.diagnostics.iter().map(of_diagnostic).collect();
    let mut shown = BTreeSet::new();
    let only = one.target.alternative.as_deref();
    for (id, hazards) in &one.found {
        let is_shown = id == BASE_ID || only.is_none_or(|only| only == id);
        // What fails is shown, whichever alternative was named.
        for finding in hazards.open().filter(|finding| is_shown || one.fails(id, finding)) {
            let state = compared.map(|compared| compared.of_finding(id, finding));
            // What an alternative has anew is shown, though the base has had it all along.
            let is_old = state == Some(BaselineState::Unchanged);
            if shown.insert((finding.id(), finding.evidence.iter().map(|place| place.id.clone()).collect::<Vec<_>>(), is_old)) {
                let item = Item::from(finding).in_state(state);
                items.push(if id == BASE_ID { item } else { item.in_alternative(id) });
            }
        }
    }
    items
}

/// Returns what a server is told of a model: the missed gates that have a place, then what people are shown.
pub(super) fn with_gates(one: &Checked) -> Vec<Item> {
    let gates = one.failed.iter().chain(&one.as_before);
    gates.filter_map(Item::of_gate).chain(items(one)).collect()
}

/// Returns [`with_gates`], and what is there no more.
pub(super) fn with_absent(one: &Checked) -> Vec<Item> {
    let mut items = with_gates(one);
    let sources = &one.model.sources;
    let base = sources.ids().find(|id| sources.file(*id).path.ends_with(BASE_FILE));
    if let Some((compared, base)) = one.compared.as_ref().zip(base) {
        let now: Vec<Said> = one.model.diagnostics.iter().map(|one| Said::of(sources, one)).collect();
        items.extend(compared.absent(&now, Span::new(base, 0..0)));
    }
    items
}

/// Leaves out what was there before: nobody who reviews a change is to mend it. Says how much that was, in words. A mistake stays: it fails, however old it is.
pub(super) fn without_old(items: Vec<Item>) -> (Vec<Item>, Option<String>) {
    let (old, items): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| item.state() == Some(BaselineState::Unchanged) && !item.is_mistake());
    let severities: Vec<Severity> = old.iter().map(Item::severity).collect();
    (items, crate::cli::diagnostics::counted(&severities))
}
