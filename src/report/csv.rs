//! Figures as comma-separated values (RFC 4180), for a spreadsheet: a row per figure and alternative.

use std::fmt;

use crate::assessment::Assessed;

/// A text as it stands in a cell.
///
/// Spreadsheets run what begins with `=`, `+`, `-`, `@`, a tab or a carriage return, also behind quotes; an apostrophe before it makes it text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvText(String);

impl CsvText {
    /// Escapes a text.
    pub fn new(text: &str) -> Self {
        let text = super::text::harmless(&text.replace(['\n', '\r', '\t'], " "));
        let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']);
        let text = if is_formula { format!("'{text}") } else { text };
        if text.contains(['"', ',', '\'', ';']) || text.starts_with(' ') || text.ends_with(' ') {
            Self(format!("\"{}\"", text.replace('"', "\"\"")))
        } else {
            Self(text)
        }
    }
}

impl fmt::Display for CsvText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes the figures of systems that are assessed.
pub fn render(assessed: &[Assessed<'_>]) -> String {
    let mut out = String::from("system,alternative,figure,likely,low,high\r\n");
    for assessed in assessed {
        let system = assessed.system;
        for (path, (_, likely)) in &assessed.figures.0 {
            let (low, high) = assessed.ranges.get(path).copied().unwrap_or((*likely, *likely));
            // The shortest decimal that reads back as the same number; what is not finite has no cell.
            let number = |value: f64| if value.is_finite() { value.to_string() } else { String::new() };
            out.push_str(&format!(
                "{},{},{},{},{},{}\r\n",
                CsvText::new(&system.system_name),
                CsvText::new(&system.id),
                CsvText::new(path),
                number(*likely),
                number(low),
                number(high)
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::CsvText;

    #[test]
    fn no_cell_is_a_formula() {
        let escaped = |raw: &str| CsvText::new(raw).to_string();
        assert_eq!(escaped("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for raw in ["=1", "+1", "-1", "@x", "\t=1", " =1"] {
            assert!(escaped(raw).starts_with("\"'") || escaped(raw).starts_with("\"' "), "{raw:?}");
        }
        assert_eq!(escaped("a,b"), "\"a,b\"");
        assert_eq!(escaped("journey.order"), "journey.order");
    }
}
