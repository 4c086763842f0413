//! The generated pages under `docs/reference`.

use super::words::{self, CALL_KEYS, GROUP_KEYS};
use crate::diagnostic::Code;
use crate::model::assumptions::{AS_OF, ASSUMPTION_SET, CONSTANTS};
use crate::syntax::keys::Table;

/// Said at the top of every generated page.
const GENERATED: &str =
    "<!-- Generated from the program's tables; change them there, then run `UPDATE=1 cargo test --test reference`. -->\n\n";

/// Returns `docs/reference/keys.md`: every key of every table.
pub fn markdown_keys() -> String {
    let mut out = format!(
        "# Keys\n\n{GENERATED}\
         Every key of the model language. The command `weighbridge explain KEY` prints the same about one of them; [the language](../language.md) is taught elsewhere.\n\n\
         A key takes the form in its row. Where the row says so it also takes\n\n\
         - a **range**: `\"30..120/s\"`, or `\"30..50..120/s\"` with the likely value in the middle;\n\
         - a **measured value**: `{{ value = \"41/s\", source = \"prometheus, week 46\", on = 2026-11-20 }}`;\n\
         - **`false`**: the fact is stated to be absent;\n\
         - **`\"unknown\"`**: the fact is not known, whatever lower layers and defaults say.\n\n\
         All keys are of schema 1 unless a row names a later one.\n\n## Tables\n\n"
    );
    for table in Table::ALL {
        out.push_str(&format!("- [{}](#{}): {}\n", words::topic(*table), anchor(*table), words::about(*table)));
    }
    out.push_str(
        "- [steps](#steps): The steps of a journey.\n- [inside of values](#inside-of-values): The keys of values that are tables.\n",
    );
    for table in Table::ALL {
        let place = if words::is_policy(*table) { " in `policy.toml`" } else { "" };
        let header = if *table == Table::File { String::new() } else { format!("Header: `{}`{place}.\n\n", words::header(*table)) };
        out.push_str(&format!(
            "\n## {}\n\n{}\n\n{header}| key | takes | meaning | example |\n|---|---|---|---|\n",
            words::topic(*table),
            words::about(*table)
        ));
        for row in table.rows() {
            let mut takes = words::form(row.shape);
            if let Some(units) = words::units(row.shape) {
                takes.push_str(&format!(" ({units})"));
            }
            let also = words::also(*table, row);
            if !also.is_empty() {
                takes.push_str(&format!("; or {}", also.join(", ")));
            }
            let since = if row.since > 1 { format!(" Since schema {}.", row.since) } else { String::new() };
            out.push_str(&format!(
                "| `{}` | {} | {}{since} | `{}` |\n",
                row.name,
                cell(&takes),
                cell(row.doc),
                cell(&words::example(*table, row))
            ));
        }
    }
    out.push_str(
        "\n## steps\n\nA step is the key of a link (`\"app -> db\"`), or a table: a call with more to say (`call` and the keys below it), or a group (`parallel`, `choice`, `first-of`).\n\n\
         | key | takes | meaning |\n|---|---|---|\n",
    );
    for key in CALL_KEYS.iter().chain(GROUP_KEYS) {
        out.push_str(&format!("| `{}` | {} | {} |\n", key.name, cell(key.form), cell(key.doc)));
    }
    out.push_str("\n## Inside of values\n\n| key | in | takes | meaning |\n|---|---|---|---|\n");
    for key in words::inner_keys() {
        out.push_str(&format!("| `{}` | {} | {} | {} |\n", key.name, key.place, cell(key.form), cell(key.doc)));
    }
    out.push_str(
        "\n## Other tables\n\n\
         - `[defaults.<kind>]`: what an item states itself wins.\n\
         - `[assumptions]` overrides [constants](assumptions.md) by name; `assumptions = \"2026.1\"` at the top of the file pins their version.\n\
         - `forbid = [\"rule\", …]` at the top of a policy names rules whose findings nobody may accept.\n",
    );
    out
}

/// Returns `docs/reference/diagnostics.md`: every code that reading a model may report.
pub fn markdown_diagnostics() -> String {
    let mut out = format!(
        "# Diagnostics\n\n{GENERATED}What may be reported about the text of a model. An error refuses the model (exit code 2); a warning or a note does not.\n\
         `weighbridge explain CODE` prints one of these in the terminal.\n"
    );
    for code in Code::ALL {
        out.push_str(&format!("\n## {}\n\n*{}.* {}\n", code.name(), code.severity().word(), code.explanation()));
    }
    out
}

/// Returns `docs/reference/assumptions.md`: every constant that stands in for an unstated fact.
pub fn markdown_assumptions() -> String {
    let mut out = format!(
        "# Assumptions\n\n{GENERATED}Set **{ASSUMPTION_SET}**; sources last read on {AS_OF}.\n\n\
         Where a model says nothing, these constants stand in, and the report lists them. *assumed* marks a figure for which no source was found.\n\
         Override one by its name under `[assumptions]`; a key that an item states itself wins over both:\n\n\
         ```toml\n[assumptions]\nsame-zone             = \"0.6ms\"\ndatabase.availability = \"99.95%\"\n```\n\n\
         | constant | value | what it is | source |\n|---|---:|---|---|\n"
    );
    for constant in CONSTANTS {
        out.push_str(&format!("| `{}` | {} | {} | {} |\n", constant.name, constant.value, cell(constant.doc), cell(constant.source)));
    }
    out
}

/// Returns the fragment by which a page's heading is linked.
fn anchor(table: Table) -> String {
    words::topic(table).replace('.', "")
}

/// Keeps a text inside one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
