//! Is it distributed?

use super::Section;
use crate::assessment::Assessment;
use crate::report::table::Table;

pub(super) fn characteristics(assessment: &Assessment) -> Section {
    let mut table = Table::new("Is it distributed?", &["characteristic", "holds", "witness"]);
    for one in &assessment.classification.characteristics {
        let holds = match one.holds {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        table.row(vec![one.title.to_owned(), holds.to_owned(), one.witness.clone()]);
    }
    Section::new("characteristics", table)
}
