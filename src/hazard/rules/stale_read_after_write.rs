//! Reads that get less than their journey needs.

use super::{Report, Run, Subject};
use crate::syntax::vocabulary::Vocabulary;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let session = &run.inputs.guarantees.journeys[id.index()].session;
        let of = Subject::Journey(id);
        if session.needs.is_empty() {
            continue;
        }
        if let Some((read, need)) = session.lost() {
            let text = format!(
                "`{}` needs {}, and reads `{}` from `{}`: {}",
                run.system.journeys[id.index()].id,
                need.word(),
                run.system.entities[read.entity.index()].id,
                run.name(read.store),
                read.because
            );
            run.report_with(&[of], vec![(Subject::Link(read.link), read.span)], Report::new(text, read.repair));
        }
        for read in session.reads.iter().filter(|read| read.got.is_none()) {
            run.needs(read.because.trim_start_matches("needs "), of);
        }
    }
}
