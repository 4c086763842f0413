//! What `check` found in the forms that CI servers show: JUnit and GitLab's Code Quality.

use serde_json::{Value, json};

use super::Checked;
use super::compared::with_gates;
use crate::assessment::GateState;
use crate::cli::diagnostics::Item;
use crate::diagnostic::Severity;
use crate::report::text::harmless;
use crate::source::Sources;

/// A text as it stands in XML: between tags, or in quotes. What a terminal would obey is no character of XML, and is written as its code point.
struct XmlText(String);

impl XmlText {
    fn new(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        for letter in harmless(text).chars() {
            match letter {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                '\n' => out.push_str("&#10;"),
                // XML 1.0, production 2.
                '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
                letter => out.push(letter),
            }
        }
        Self(out)
    }
}

impl std::fmt::Display for XmlText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A suite per model: a case for its mistakes, a case per gate, a case for the findings of each gated system, and a case for the answers that it contradicts.
pub(super) fn junit(checked: &[Checked]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weighbridge\">\n");
    for one in checked {
        let suite = one.target.files.directory().display().to_string();
        let mut cases: Vec<String> = Vec::new();
        let errors: Vec<String> = (one.model.diagnostics.iter())
            .filter(|diagnostic| diagnostic.severity() == Severity::Error)
            .map(|diagnostic| format!("{}: {}", one.model.sources.place(diagnostic.label.span), diagnostic.message))
            .collect();
        let (mut failures, mut skipped) = (0, 0);
        let mut case = |class: &str, name: &str, failed: Option<&str>, skipped_because: Option<&str>| {
            let head = format!("    <testcase classname=\"{}\" name=\"{}\"", XmlText::new(class), XmlText::new(name));
            cases.push(match failed {
                Some(words) => {
                    failures += 1;
                    let first = words.lines().next().unwrap_or_default();
                    format!(
                        "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                        XmlText::new(first),
                        XmlText::new(words)
                    )
                }
                None => match skipped_because {
                    Some(because) => {
                        skipped += 1;
                        format!("{head}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", XmlText::new(because))
                    }
                    None => format!("{head}/>\n"),
                },
            });
        };
        case("model", "has no mistake", (!errors.is_empty()).then(|| errors.join("\n")).as_deref(), None);
        for (id, gate, fails) in &one.gates {
            let of = gate.journey.as_ref().map(|journey| format!(" of {journey}")).unwrap_or_default();
            let words = gate.sentence();
            let failed = fails.then_some(words.as_str());
            // A test that is known to fail is no success either.
            let as_before = format!("missed, as before the change: {words}");
            let skipped = match gate.state {
                GateState::Pass => None,
                GateState::Fail => Some(as_before.as_str()),
                GateState::NotEvaluated => Some(words.as_str()),
            };
            case(&format!("gates.{id}"), &format!("{}{of}", gate.id), failed, skipped);
        }
        // The findings of a model with a mistake are not known.
        for (id, failing) in &one.failing {
            let hazards = one.found.iter().find(|(own, _)| own == id).map(|(_, hazards)| hazards);
            let open = hazards.into_iter().flat_map(|hazards| hazards.open()).filter(|finding| failing.contains(&finding.id()));
            let words: Vec<String> = open
                .map(|finding| format!("{}: {}: {}", one.model.sources.place(finding.span), finding.rule.name(), finding.message))
                .collect();
            case(&format!("findings.{id}"), "none fails", (!words.is_empty()).then(|| words.join("\n")).as_deref(), None);
        }
        if one.has_answers {
            let words: Vec<&str> =
                one.failed.iter().filter(|failed| failed.identity.is_none()).map(|failed| failed.words.as_str()).collect();
            case("answers", "agree with the model", (!words.is_empty()).then(|| words.join("\n")).as_deref(), None);
        }
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n",
            XmlText::new(&suite),
            cases.len()
        ));
        out.push_str(&cases.concat());
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// GitLab's Code Quality: an issue per mistake, finding and missed gate that has a place. GitLab compares the reports of two branches by the fingerprints: what was
/// there before stays in it, or would pass for mended.
pub(super) fn code_quality(checked: &[Checked]) -> Value {
    let issue = |sources: &Sources, item: &Item| {
        let (rule, message, label) = item.parts();
        let severity = match item.severity() {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        };
        json!({
            "description": harmless(message).replace('\n', " "),
            "check_name": rule,
            "fingerprint": item.fingerprint(sources),
            "severity": severity,
            "location": { "path": sources.file(label.span.file).path, "lines": { "begin": sources.start(label.span).line } },
        })
    };
    let of = |one: &Checked| with_gates(one).iter().map(|item| issue(&one.model.sources, item)).collect::<Vec<_>>();
    Value::Array(checked.iter().flat_map(of).collect())
}
