//! Journeys: from steps to call trees.

use std::cell::RefCell;

use super::{Ids, Items, Lowering};
use crate::diagnostic::{Code, Diagnostic, has_errors, nearest};
use crate::model::calls::{self, CallTree, Lookup};
use crate::model::limits::{Limits, MAX_CALLS_OF_ALL, MAX_RUNS};
use crate::model::system::{ComponentId, Journey, System};
use crate::syntax::keys::{Table, journey};
use crate::syntax::link_key::{canonical, parse as parse_link};
use crate::syntax::value::{CallForm, StepForm, Value};
use crate::syntax::vocabulary::ComponentKind;
use crate::syntax::{Item, Unread};

impl Lowering<'_> {
    /// Builds the call trees of all declared journeys. A journey with a mistake is left out.
    pub(super) fn journeys(&mut self, items: Items, system: &System) -> Vec<Journey> {
        let mut journeys = Vec::new();
        for item in items.into_values() {
            self.references(Table::Journey, &item.facts);
            let Some(tree) = self.tree(&item, system) else { continue };
            if let Some(actor) = self.resolve_component(&item.facts, journey::ACTOR) {
                self.check_actor(actor, &tree, system, &item);
            }
            journeys.push(Journey { calls: tree, implied: false, span: item.id.span, id: item.id.text, facts: item.facts });
        }
        journeys
    }

    fn tree(&mut self, item: &Item, system: &System) -> Option<CallTree> {
        let entry = item.facts.entry_of(journey::STEPS);
        let steps: &[StepForm] = match item.facts.value(journey::STEPS) {
            Some(Value::Steps(steps)) if !steps.0.is_empty() => &steps.0,
            // Steps that were refused are reported where they stand.
            None if entry.is_some() || self.unread.contains(&item.id.text) => return None,
            _ => {
                let place = entry.map_or(item.id.span, |entry| entry.value);
                self.report(
                    Diagnostic::new(Code::MissingKey, place, format!("the journey `{}` has no steps", item.id.text))
                        .help("add `steps = [\"a -> b\"]`"),
                );
                return None;
            }
        };
        let mut found = Vec::new();
        let (ids, unread) = (&self.ids, &self.unread);
        let limits = RefCell::new(&mut *self.limits);
        let (removed, still_named) = (&self.removed, RefCell::new(&mut self.still_named));
        let lookup = Lookup {
            link: &|key| ids.links.get(key).copied().or_else(|| ids.links.get(&canonical_step(key)?).copied()),
            links: &system.links,
            component: &|id| ids.components.get(id).copied(),
            entity: &|id| ids.entities.get(id).copied(),
            is_unread: &|id| unread.contains(id),
            beside: &|link| system.is_beside(system.link(link).from, system.link(link).to),
            unknown_link: &|form| {
                let canonical = canonical_step(&form.link.text);
                if let Some((id, place)) = canonical.and_then(|id| removed.get_key_value(&id)) {
                    still_named.borrow_mut().entry(*place).or_default().entry(id.clone()).or_insert(form.link.span);
                    return None;
                }
                unknown_link(form, system, ids, unread, &mut limits.borrow_mut())
            },
            calls: &|from, to| system.calls(from, to),
            name: &|id| system.component(id).id.as_str(),
        };
        let tree = calls::build(steps, &lookup, &mut found);
        let is_whole = !has_errors(&found);
        found.into_iter().for_each(|one| self.report(one));
        let tree = tree.filter(|_| is_whole)?;
        if tree.nodes.len() > self.limits.calls {
            let message = format!("the journeys of the base and its alternatives have more than {MAX_CALLS_OF_ALL} calls together");
            self.report(Diagnostic::new(Code::LimitExceeded, item.id.span, message));
            return None;
        }
        self.limits.calls -= tree.nodes.len();
        if let Some(call) = tree.runs_more_often_than(MAX_RUNS) {
            let message = format!("with the repetitions around it, this call runs more than {MAX_RUNS:e} times for one request");
            self.report(Diagnostic::new(Code::LimitExceeded, call.span, message).help("state `times` where the call is repeated only"));
            return None;
        }
        Some(tree)
    }

    /// `actor` names who starts the journey where the first step does not: it must agree with a first step that does.
    fn check_actor(&mut self, actor: ComponentId, tree: &CallTree, system: &System, item: &Item) {
        let root = system.component(tree.root);
        let Some(entry) = item.facts.entry_of(journey::ACTOR) else { return };
        if root.kind == ComponentKind::Actor && tree.root != actor {
            let message = format!("`actor` is `{}`, but the first step starts at `{}`", system.component(actor).id, root.id);
            self.report(
                Diagnostic::new(Code::ContradictoryFacts, entry.value, message)
                    .help("leave `actor` out, or start the steps with a link of the actor"),
            );
        }
    }
}

/// Says why a step's link does not exist; nothing where the link could only not be read.
fn unknown_link(form: &CallForm, system: &System, ids: &Ids, unread: &Unread, limits: &mut Limits) -> Option<Diagnostic> {
    let key = &form.link.text;
    let parsed = match parse_link(key) {
        Err(error) => {
            let is_plain = form.link.span.range().len() == key.len() + 2;
            let span = if is_plain { form.link.span.inside_quotes(error.range) } else { form.link.span };
            return Some(Diagnostic::new(Code::MalformedLink, span, format!("the step `{key}` {}", error.message)).maybe_help(error.help));
        }
        Ok(parsed) => parsed,
    };
    if parsed.to.len() > 1 || parsed.both_ways {
        return Some(
            Diagnostic::new(Code::MalformedStep, form.link.span, format!("the step `{key}` names several links"))
                .help("write one step per link; `{ parallel = [\"a -> b\", \"a -> c\"] }` where they run at the same time"),
        );
    }
    let ends = [parsed.from.text.as_str(), parsed.to[0].text.as_str()];
    let is_unread = unread.contains(key) || canonical_step(key).is_some_and(|key| unread.contains(&key));
    if is_unread || ends.iter().any(|end| unread.contains(end)) {
        return None;
    }
    if limits.may_compare(unread.ids().len()) && unread.ids().any(|id| is_misspelt(id, key, ends)) {
        return None;
    }
    let unknown_end = ends.iter().find(|end| !ids.components.contains_key(**end));
    let help = match unknown_end {
        Some(end) => limits.nearest(end, system.components.iter().map(|component| component.id.as_str())).map_or_else(
            || Some(format!("no component has the id `{end}` in this alternative; restate the journey's steps")),
            |near| Some(format!("a component with a similar id exists: `{near}`")),
        ),
        None => similar_link(key, ends, system, limits).map(|near| format!("a link with a similar key exists: `{near}`")),
    };
    Some(
        Diagnostic::new(Code::UnknownLinkInStep, form.link.span, format!("no link has the key `{key}`"))
            .label("not a link of this alternative")
            .maybe_help(help),
    )
}

/// Says whether a link that could not be read is the step's, but for a blank or for a slip in one of its ends: that mistake is told where the link stands.
fn is_misspelt(unread: &str, key: &str, [from, to]: [&str; 2]) -> bool {
    let without_blanks = |text: &str| text.chars().filter(|one| *one != ' ').collect::<String>();
    let is_slip = |written: &str, meant: &str| written == meant || nearest(written, [meant]).is_some();
    without_blanks(unread) == without_blanks(key)
        || parse_link(unread).is_ok_and(|written| {
            let (own_from, own_to) = (written.from.text.as_str(), written.to.first().map_or("", |end| end.text.as_str()));
            (own_from == from && is_slip(own_to, to)) || (own_to == to && is_slip(own_from, from))
        })
}

/// Finds another link between the same two, else one with a similar key.
fn similar_link<'s>(key: &str, ends: [&str; 2], system: &'s System, limits: &mut Limits) -> Option<&'s str> {
    if !limits.may_compare(2 * system.links.len()) {
        return None;
    }
    let [from, to] = ends.map(|end| system.find_component(end));
    let between = system.links.iter().find(|link| Some(link.from) == from && Some(link.to) == to);
    between.map(|link| link.id.as_str()).or_else(|| nearest(key, system.links.iter().map(|link| link.id.as_str())))
}

/// Returns the canonical form of a step's key, so that extra blanks around a name do not matter.
pub(in crate::model) fn canonical_step(key: &str) -> Option<String> {
    let parsed = parse_link(key).ok()?;
    (parsed.to.len() == 1 && !parsed.both_ways)
        .then(|| canonical(&parsed.from.text, parsed.arrow, &parsed.to[0].text, parsed.name.as_deref()))
}
