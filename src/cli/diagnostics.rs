//! Diagnostics for people, for SARIF readers and for GitHub.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use super::output::Look;
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::report::text::{harmless, is_harmful, wrap};
use crate::source::Sources;

/// The longest source line that is shown whole, in bytes.
const LONGEST_LINE: usize = 240;

/// The most diagnostics that are drawn for people; the rest is counted.
const MAX_SHOWN: usize = 200;

/// Draws diagnostics with their source lines, and ends with a line that counts them.
pub(super) fn human(sources: &Sources, diagnostics: &[Diagnostic], look: Look) -> String {
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

/// Counts diagnostics in words: `2 errors, 1 warning`.
pub(super) fn tally(diagnostics: &[Diagnostic]) -> String {
    let count = |severity: Severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity() == severity).count();
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (severity.word(), count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if parts.is_empty() { "no mistakes".into() } else { parts.join(", ") }
}

fn one(sources: &Sources, diagnostic: &Diagnostic, renderer: &Renderer, width: usize) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    // The renderer wraps nothing: what it sets behind `error[code]: ` and `help: ` is wrapped here.
    let before = diagnostic.severity().word().len() + diagnostic.code.name().len() + "[]: ".len();
    let message = wrapped(&diagnostic.message, width, before);
    let title = level.primary_title(&message).id(diagnostic.code.name());
    let mut group = add_label(Group::with_title(title), sources, &diagnostic.label, AnnotationKind::Primary);
    if let Some(related) = &diagnostic.related {
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

/// Returns the diagnostics as one SARIF 2.1.0 log. Every code is listed as a rule, whether it occurred or not.
pub(super) fn sarif(found: &[(&Sources, &[Diagnostic])]) -> Value {
    let level = |severity: Severity| severity.word();
    let rules: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": { "text": code.explanation() },
                "defaultConfiguration": { "level": level(code.severity()) },
            })
        })
        .collect();
    let location = |sources: &Sources, label: &Label, id: usize| {
        let (start, end) = (sources.start(label.span), sources.end(label.span));
        json!({
            "id": id,
            "message": { "text": label.text },
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&sources.file(label.span.file).path) },
                "region": { "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column },
            },
        })
    };
    let results: Vec<Value> = found
        .iter()
        .flat_map(|(sources, diagnostics)| diagnostics.iter().map(move |diagnostic| (sources, diagnostic)))
        .take(5_000)
        .map(|(sources, diagnostic)| {
            let index = Code::ALL.iter().position(|code| *code == diagnostic.code).unwrap_or(0);
            let text =
                diagnostic.help.as_ref().map_or_else(|| diagnostic.message.clone(), |help| format!("{}\n{help}", diagnostic.message));
            let related: Vec<Value> = diagnostic.related.iter().map(|label| location(sources, label, 1)).collect();
            json!({
                "ruleId": diagnostic.code.name(),
                "ruleIndex": index,
                "level": level(diagnostic.severity()),
                "message": { "text": text },
                "locations": [location(sources, &diagnostic.label, 0)],
                "relatedLocations": related,
            })
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

/// Writes a path as a relative URI reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Returns the diagnostics as GitHub workflow commands, one a line.
pub(super) fn github(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    diagnostics
        .iter()
        .map(|diagnostic| {
            let (start, end) = (sources.start(diagnostic.label.span), sources.end(diagnostic.label.span));
            let command = if diagnostic.severity() == Severity::Note { "notice" } else { diagnostic.severity().word() };
            let text =
                diagnostic.help.as_ref().map_or_else(|| diagnostic.message.clone(), |help| format!("{}\n{help}", diagnostic.message));
            format!(
                "::{command} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
                property(&sources.file(diagnostic.label.span.file).path),
                start.line,
                start.column,
                end.line,
                end.column,
                property(diagnostic.code.name()),
                data(&text),
            )
        })
        .collect()
}
