//! What a rule's page becomes: the text of `explain RULE`, the list of `explain rules`, and `docs/reference/rules.md`.

use super::page::{HEADINGS, section};
use super::rules::{Group, RULES, Rule, find};
use crate::diagnostic::nearest;

/// Explains a rule by its name or code, or lists all (`rules`); `None` where the topic is neither.
pub fn explain(topic: &str) -> Option<String> {
    let topic = topic.trim();
    if topic == "rules" {
        return Some(list());
    }
    find(topic).map(page)
}

/// Finds the rule that a misspelt name probably meant.
pub fn suggest(topic: &str) -> Option<&'static str> {
    nearest(topic.trim(), RULES.iter().map(Rule::name))
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.name().len()).max().unwrap_or(0);
    let mut out = format!("The {} rules; `explain RULE` says more of one.\n", RULES.len());
    for group in Group::ALL {
        out.push_str(&format!("\n{}\n", group.title()));
        for rule in RULES.iter().filter(|rule| rule.group == *group) {
            out.push_str(&format!("  {:width$}  {:7}  {}\n", rule.name(), rule.severity.word(), rule.summary()));
        }
    }
    out
}

/// The head of a rule: what it is, how bad, and its parameters.
fn head(rule: &Rule) -> String {
    let mut out = format!("{}, {}, also `{}`", rule.group.title(), rule.severity.word(), rule.code);
    for (name, value, doc) in rule.parameters {
        out.push_str(&format!("; parameter `{name}` = {value}: {doc}"));
    }
    out
}

fn page(rule: &Rule) -> String {
    let mut out = format!("{}\n  {}\n  {}\n", rule.name(), head(rule), rule.summary());
    for heading in HEADINGS {
        out.push_str(&format!("\n{heading}\n"));
        for line in section(rule.page, heading).lines().filter(|line| !line.starts_with("```")) {
            out.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
        }
    }
    out.push_str(&format!("\nTo accept a finding, with a reason\n  allow = {{ {} = {{ reason = \"…\" }} }}    on the element, or [allow.<id>] in policy.toml\n", rule.name()));
    out
}

/// Returns `docs/reference/rules.md`: every rule's page.
pub fn markdown_rules() -> String {
    let mut out = format!(
        "# Rules\n\n<!-- Generated from the rules' pages; change them there, then run `UPDATE=1 cargo test --test reference`. -->\n\n\
         The {} rules of `check`; `weighbridge explain RULE` prints one of them in the terminal. [Hazards](../hazards.md) says how findings are judged, accepted and compared.\n\
         Examples leave out `schema = 1`; a comment stands on each line of a finding, with its words.\n",
        RULES.len()
    );
    for group in Group::ALL {
        out.push_str(&format!("\n- {}: ", group.title()));
        let names: Vec<String> = RULES.iter().filter(|rule| rule.group == *group).map(|rule| format!("[{0}](#{0})", rule.name())).collect();
        out.push_str(&names.join(" · "));
    }
    out.push('\n');
    for group in Group::ALL {
        for rule in RULES.iter().filter(|rule| rule.group == *group) {
            out.push_str(&format!("\n## {}\n\n*{}.*\n\n{}\n", rule.name(), head(rule), rule.summary()));
            for heading in HEADINGS {
                out.push_str(&format!("\n### {heading}\n\n{}\n", section(rule.page, heading)));
            }
        }
    }
    out
}
