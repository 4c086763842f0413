//! Diagnostics and findings for people, for SARIF readers and for GitHub.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::check::Failed;
use super::output::{self, Color, Look};
use crate::assessment::Against;
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::hazard::{self, Finding, RULES, Rule};
use crate::model::Model;
use crate::report::text::{harmless, is_harmful, percent_encoded, wrap};
use crate::source::{Sources, Span};

/// The longest source line that the renderer is given whole, in bytes; it cuts what the terminal is too narrow for.
const LONGEST_LINE: usize = 4_096;

/// The most diagnostics that are drawn for people; the rest is counted.
const MAX_SHOWN: usize = 200;

/// One thing to show at a place: a diagnostic, or a finding.
pub(super) struct Item {
    severity: Severity,
    code: &'static str,
    message: String,
    label: Label,
    related: Vec<Label>,
    help: Option<String>,
    /// The identity of a finding or a gate.
    identity: Option<String>,
    /// How it stands against what was there before, where that was asked for.
    state: Option<BaselineState>,
}

/// How a thing stands against what was there before.
///
/// Source of the words: SARIF 2.1.0, 3.27.24.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BaselineState {
    /// It was not there.
    New,
    /// It was there, and is otherwise: at more places, or missed by more.
    Updated,
    /// It was there.
    Unchanged,
    /// It was there, and is no more.
    Absent,
}

impl BaselineState {
    const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Absent => "absent",
        }
    }
}

impl Item {
    /// Says whether it is a mistake that refuses its model: neither a finding nor a gate.
    pub(super) const fn is_mistake(&self) -> bool {
        matches!(self.severity, Severity::Error) && self.identity.is_none()
    }
}

impl From<&Diagnostic> for Item {
    fn from(one: &Diagnostic) -> Self {
        Self {
            severity: one.severity(),
            code: one.code.name(),
            message: one.message.clone(),
            label: one.label.clone(),
            related: one.related.iter().cloned().collect(),
            help: one.help.clone(),
            identity: None,
            state: None,
        }
    }
}

/// The most other places of a finding that are shown with it.
const MAX_RELATED: usize = 3;

impl From<&Finding> for Item {
    fn from(one: &Finding) -> Self {
        let others = one.evidence.iter().filter(|other| other.span != one.span);
        Self {
            severity: one.severity,
            code: one.rule.name(),
            message: one.message.clone(),
            label: Label { span: one.span, text: String::new() },
            related: others.take(MAX_RELATED).map(|other| Label { span: other.span, text: String::new() }).collect(),
            help: Some(one.help.clone()),
            identity: Some(one.id()),
            state: None,
        }
    }
}

impl Item {
    /// Makes one of a missed gate, where its objective has a place.
    pub(super) fn of_gate(failed: &Failed) -> Option<Self> {
        Some(Self {
            severity: Severity::Error,
            code: GATE,
            message: failed.words.clone(),
            label: Label { span: failed.place?, text: String::new() },
            related: Vec::new(),
            help: None,
            identity: failed.identity.clone(),
            state: failed.stands.map(|stands| match stands {
                Against::New => BaselineState::New,
                Against::Worse => BaselineState::Updated,
                Against::AsBefore => BaselineState::Unchanged,
            }),
        })
    }

    /// Makes one of what a rule has found before and finds no more.
    pub(super) fn of_absent(rule: &Rule, identity: &str, message: &str, place: Span) -> Self {
        Self {
            severity: rule.severity,
            code: rule.name(),
            message: message.to_owned(),
            label: Label { span: place, text: String::new() },
            related: Vec::new(),
            help: None,
            identity: Some(identity.to_owned()),
            state: Some(BaselineState::Absent),
        }
    }

    /// Says how it stands against what was there before.
    pub(super) fn in_state(mut self, state: Option<BaselineState>) -> Self {
        self.state = state;
        self
    }

    /// Says that it was there before, and is no more; its place is gone with it.
    pub(super) fn gone(mut self, place: Span) -> Self {
        self.label = Label { span: place, text: String::new() };
        self.related.clear();
        self.in_state(Some(BaselineState::Absent))
    }

    /// How it stands against what was there before.
    pub(super) const fn state(&self) -> Option<BaselineState> {
        self.state
    }

    /// The code, the message and the place.
    pub(super) fn parts(&self) -> (&'static str, &str, &Label) {
        (self.code, &self.message, &self.label)
    }

    /// Names it so that it stays the same while lines move: a finding or a gate by its identity, what else by its rule, file and words.
    pub(super) fn fingerprint(&self, sources: &Sources) -> String {
        let words = self.identity.as_ref().unwrap_or(&self.message);
        let path = &sources.file(self.label.span.file).path;
        let digest = Sha256::digest(format!("{}\n{path}\n{words}", self.code).as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The rule that a failed gate breaks.
const GATE: &str = "gate";

/// The most results that code scanning shows of a file.
const MAX_RESULTS: usize = 5_000;

/// Returns diagnostics as things to show.
pub(super) fn items(diagnostics: &[Diagnostic]) -> Vec<Item> {
    diagnostics.iter().map(Item::from).collect()
}

/// Draws diagnostics with their source lines, and ends with a line that counts them.
pub(super) fn human(sources: &Sources, diagnostics: &[Diagnostic], look: Look) -> String {
    human_items(sources, &items(diagnostics), look)
}

/// Draws diagnostics and findings with their source lines.
pub(super) fn human_items(sources: &Sources, diagnostics: &[Item], look: Look) -> String {
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() }.term_width(look.width.max(40));
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(MAX_SHOWN) {
        out.push_str(&one(sources, diagnostic, &renderer, look.width));
        out.push_str("\n\n");
    }
    if diagnostics.len() > MAX_SHOWN {
        out.push_str(&format!("… and {} more (`--format json` lists all)\n\n", diagnostics.len() - MAX_SHOWN));
    }
    out
}

/// Shows the mistakes of a model that has some, and says what is left undone because of them; says whether it has.
pub(super) fn refuses(model: &Model, undone: &str, color: Color) -> bool {
    if model.has_errors() {
        output::narrate(human(&model.sources, &model.diagnostics, Look::of(&std::io::stderr(), color)).trim_end());
        output::narrate(&format!("{}; {undone}", tally(&model.diagnostics)));
    }
    model.has_errors()
}

/// Counts diagnostics in words: `2 errors, 1 warning`.
pub(super) fn tally(diagnostics: &[Diagnostic]) -> String {
    counted(&diagnostics.iter().map(Diagnostic::severity).collect::<Vec<_>>()).unwrap_or_else(|| "no mistakes".into())
}

/// Counts severities in words; none where there is nothing to count.
pub(super) fn counted(severities: &[Severity]) -> Option<String> {
    let count = |severity: Severity| severities.iter().filter(|one| **one == severity).count();
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (severity.word(), count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn one(sources: &Sources, diagnostic: &Item, renderer: &Renderer, width: usize) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    // The renderer wraps nothing: what it sets behind `error[code]: ` and `help: ` is wrapped here.
    let before = diagnostic.severity.word().len() + diagnostic.code.len() + "[]: ".len();
    let message = wrapped(&diagnostic.message, width, before);
    let title = level.primary_title(&message).id(diagnostic.code);
    let mut group = add_label(Group::with_title(title), sources, &diagnostic.label, AnnotationKind::Primary);
    for related in &diagnostic.related {
        group = add_label(group, sources, related, AnnotationKind::Context);
    }
    let mut groups = vec![group];
    let help = diagnostic.help.as_deref().map(|help| wrapped(help, width, "help: ".len()));
    if let Some(help) = &help {
        groups.push(Group::with_title(Level::HELP.secondary_title(help)));
    }
    renderer.render(&groups).clone()
}

/// Wraps a text that stands behind some columns; a pasteable line stays whole where there is no blank to break it at.
fn wrapped(text: &str, width: usize, before: usize) -> String {
    wrap(&harmless(text), width.saturating_sub(before).max(24))
}

/// Adds the lines of a label to a group; an overlong line is cut around the label.
fn add_label<'a>(group: Group<'a>, sources: &'a Sources, label: &'a Label, kind: AnnotationKind) -> Group<'a> {
    let file = sources.file(label.span.file);
    let start = sources.start(label.span);
    if file.text.is_empty() {
        return group.element(Origin::path(file.path.as_str()).line(start.line).char_column(start.column));
    }
    let bytes = file.text.as_bytes();
    let range = label.span.range();
    let range = range.start.min(bytes.len())..range.end.min(bytes.len()).max(range.start.min(bytes.len()));
    let line_start = bytes[..range.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line_end = bytes[range.start..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| range.start + at);
    let end = range.end.clamp(range.start, line_end.max(range.start));
    let whole = line_end - line_start <= LONGEST_LINE;
    let (from, to) = if whole {
        (line_start, line_end)
    } else {
        (
            boundary(&file.text, range.start.saturating_sub(60).max(line_start)),
            boundary(&file.text, (end.min(range.start + 100) + 60).min(line_end)),
        )
    };
    let window = visible(&file.text[from..to]);
    let marked = range.start - from..end.min(to).max(range.start) - from;
    let text = harmless(&label.text);
    let mut annotation: Annotation<'a> = kind.span(marked);
    if !text.is_empty() {
        annotation = annotation.label(text);
    }
    let snippet = Snippet::source(window).line_start(start.line).annotation(annotation);
    if whole {
        group.element(snippet.path(file.path.as_str()))
    } else {
        group.element(Origin::path(file.path.as_str()).line(start.line).char_column(start.column)).element(snippet)
    }
}

/// Moves an offset back to the start of a character.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Replaces what a terminal would obey by harmless characters of the same number of bytes, so that spans stay right.
fn visible(line: &str) -> String {
    line.chars()
        .map(|letter| match letter {
            '\t' => ' ',
            letter if !is_harmful(letter) => letter,
            letter => match letter.len_utf8() {
                1 => '?',
                2 => '¿',
                3 => '␦',
                _ => '\u{1F6D1}',
            },
        })
        .collect()
}

/// Returns diagnostics and findings as one SARIF 2.1.0 log. Every code and every rule is listed, whether it occurred or not.
pub(super) fn sarif(found: &[(&Sources, Vec<Item>)]) -> Value {
    let mut rules: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": { "text": code.explanation() },
                "defaultConfiguration": { "level": code.severity().word() },
            })
        })
        .collect();
    // A rule's metadata is its page.
    rules.extend(RULES.iter().map(|rule| {
        json!({
            "id": rule.name(),
            "shortDescription": { "text": rule.summary() },
            "fullDescription": { "text": hazard::section(rule.page, "Why it matters") },
            "help": { "text": rule.page, "markdown": rule.page },
            "defaultConfiguration": { "level": rule.severity.word() },
            "properties": { "tags": [rule.group.title()], "alias": rule.code },
        })
    }));
    rules.push(json!({
        "id": GATE,
        "shortDescription": { "text": "An objective is not reached." },
        "defaultConfiguration": { "level": "error" },
    }));
    let places: BTreeMap<&str, usize> =
        Code::ALL.iter().map(|code| code.name()).chain(RULES.iter().map(|rule| rule.name())).chain([GATE]).zip(0..).collect();
    let file = |sources: &Sources, label: &Label| json!({ "uri": percent_encoded(&sources.file(label.span.file).path) });
    let location = |sources: &Sources, label: &Label, id: usize| {
        let (start, end) = (sources.start(label.span), sources.end(label.span));
        json!({
            "id": id,
            "message": { "text": label.text },
            "physicalLocation": {
                "artifactLocation": file(sources, label),
                "region": { "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column },
            },
        })
    };
    let results: Vec<Value> = found
        .iter()
        .flat_map(|(sources, items)| items.iter().map(move |item| (sources, item)))
        .take(MAX_RESULTS)
        .map(|(sources, item)| {
            let related: Vec<Value> = (1..).zip(&item.related).map(|(id, label)| location(sources, label, id)).collect();
            let mut result = json!({
                "ruleId": item.code,
                "ruleIndex": places.get(item.code),
                "level": item.severity.word(),
                "message": { "text": item.text() },
                "locations": [location(sources, &item.label, 0)],
                "relatedLocations": related,
            });
            let identity = item.identity.clone().unwrap_or_else(|| item.fingerprint(sources));
            result["partialFingerprints"] = json!({ "weighbridge/v1": identity });
            if let Some(state) = item.state {
                result["baselineState"] = json!(state.word());
            }
            if item.state == Some(BaselineState::Absent) {
                // The lines are gone: what is left of the place is the file.
                result["locations"] = json!([{ "physicalLocation": { "artifactLocation": file(sources, &item.label) } }]);
            }
            result
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "weighbridge", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

impl Item {
    /// How bad it is.
    pub(super) const fn severity(&self) -> Severity {
        self.severity
    }

    /// Says that only an alternative has it.
    pub(super) fn in_alternative(mut self, id: &str) -> Self {
        self.message = format!("{}, in the alternative `{id}`", self.message);
        // What the base has as well, at other places, is another thing.
        self.identity = self.identity.map(|identity| format!("{id}: {identity}"));
        self
    }

    /// The message and, on a line of its own, what to do.
    fn text(&self) -> String {
        self.help.as_ref().map_or_else(|| self.message.clone(), |help| format!("{}\n{help}", self.message))
    }
}

/// Returns diagnostics and findings as GitHub workflow commands, one a line.
pub(super) fn github(sources: &Sources, items: &[Item]) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    items
        .iter()
        .map(|item| {
            let (start, end) = (sources.start(item.label.span), sources.end(item.label.span));
            let command = if item.severity == Severity::Note { "notice" } else { item.severity.word() };
            format!(
                "::{command} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
                property(&sources.file(item.label.span.file).path),
                start.line,
                start.column,
                end.line,
                end.column,
                property(item.code),
                data(&item.text()),
            )
        })
        .collect()
}
