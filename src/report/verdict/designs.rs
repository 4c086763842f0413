//! The modelled designs beside the verdict: contradictions, vetoes, objectives and promises, and what each gives of each force.

use super::{all_that_lacks, label, signed, two};
use crate::decision::{Counts, GIVES, Judgement};
use crate::questionnaire::ForceKind;
use crate::report::sections::Section;
use crate::report::table::Table;
use crate::report::words::{design, distinct};
use crate::source::Sources;

/// The most places that are shown of one contradiction.
const MAX_PLACES: usize = 3;

/// Where the model contradicts the answers.
pub(super) fn contradictions(judgement: &Judgement, sources: Option<&Sources>) -> Option<Section> {
    if judgement.designs.is_empty() {
        return None;
    }
    let mut table = Table::new("The model contradicts the answers", &["question", "answered", "computed", "of", "where", "counts"]);
    for one in &judgement.contradictions {
        let places: Vec<String> = sources
            .map(|sources| {
                let shown = one.places.iter().take(MAX_PLACES);
                shown.map(|span| format!("`{}:{}`", sources.file(span.file).path, sources.start(*span).line)).collect()
            })
            .unwrap_or_default();
        table.row(vec![
            judgement.questionnaire.question(one.question).ask.clone(),
            one.answered.words(&judgement.questionnaire, one.question),
            one.computed.clone(),
            design(&one.design),
            places.join(", "),
            match one.counts {
                Counts::Model => "the model",
                Counts::Neither => "neither: open",
                Counts::Answer => "the answer",
            }
            .to_owned(),
        ]);
    }
    table.drop_empty_columns();
    if table.rows.is_empty() {
        table.title.clear();
        table.note("The model contradicts no answer.");
    } else {
        table.note("`check` fails until they agree. `--prefer model` weighs what is computed of the system as it is, where one answer fits it; `--prefer ask` leaves such a question open. A promise is never replaced.");
    }
    Some(Section::new("contradictions", table))
}

/// The designs as candidates: vetoes, what they meet and miss, score.
pub(super) fn designs(judgement: &Judgement) -> Option<Section> {
    if judgement.designs.is_empty() {
        return None;
    }
    let mut table =
        Table::new("The designs against the verdict", &["design", "stands for", "struck by", "meets", "misses", ">score", ">asks"]);
    for (at, row) in judgement.designs.iter().enumerate() {
        let vetoes: Vec<&str> = row.vetoed_by.iter().map(|veto| judgement.questionnaire.vetoes[*veto].id.as_str()).collect();
        let misses: Vec<String> = distinct(row.misses.iter().map(|miss| format!("`{}`", miss.what)));
        let mark = match judgement.advice.recommended {
            Some(recommended) if recommended == at => ", recommended",
            _ if row.is_rejected => ", rejected",
            _ if row.is_accepted => ", accepted",
            _ => "",
        };
        table.row(vec![
            format!("{}{mark}", design(&row.id)),
            row.candidate.map_or_else(
                || row.style.map_or_else(|| "no candidate".to_owned(), |style| format!("no candidate ({style})")),
                |candidate| label(judgement, candidate).to_owned(),
            ),
            vetoes.join(", "),
            row.n_met.to_string(),
            if misses.is_empty() { "none".to_owned() } else { misses.join(", ") },
            row.score.map(signed).unwrap_or_default(),
            row.asks.map(two).unwrap_or_default(),
        ]);
    }
    table.drop_empty_columns();
    for row in judgement.designs.iter().filter(|row| !row.misses.is_empty() || !row.veto_shows.is_empty()) {
        table.note(format!("Against {}: {}.", design(&row.id), all_that_lacks(judgement, row).join("; ")));
    }
    table.note("Recommended is the design whose candidate asks least, of those that no veto strikes and that miss no objective of the model and no promise of the answers. A figure that is not computed is not missed.");
    Some(Section::new("designs", table))
}

/// For each force: the need or the readiness, and what each design gives or asks of it, as far as it is computed.
pub(super) fn forces(judgement: &Judgement) -> Option<Section> {
    if judgement.designs.is_empty() {
        return None;
    }
    let mut heads = vec!["force".to_owned(), ">level".to_owned(), "computed".to_owned()];
    heads.extend(judgement.designs.iter().map(|row| if row.is_base { "today".to_owned() } else { row.id.clone() }));
    let mut table = Table::new("What each design gives of each force", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut silent = Vec::new();
    for level in &judgement.verdict.decision.forces {
        let force = judgement.questionnaire.force(level.force);
        let cells = &judgement.given[level.force.0];
        let row = GIVES.iter().find(|row| row.force == force.id);
        if cells.iter().all(Option::is_none) {
            silent.push(force.id.as_str());
            continue;
        }
        let mut line =
            vec![force.id.clone(), format!("{} {}", force.kind.word(), two(level.level)), row.map_or("", |row| row.what).to_owned()];
        line.extend(cells.iter().map(|cell| cell.clone().unwrap_or_else(|| "not computed".to_owned())));
        table.row(line);
    }
    if !silent.is_empty() {
        table.note(format!("Nothing is computed of {}.", silent.join(", ")));
    }
    let kinds = judgement.questionnaire.forces.iter().any(|force| force.kind == ForceKind::Ready);
    if kinds {
        table.note("Of a need: how much is needed, and what the design gives of it. Of a readiness: how ready you are, and what the design makes you carry.");
    }
    Some(Section::new("forces", table))
}
