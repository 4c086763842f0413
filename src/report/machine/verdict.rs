//! The verdict's part of the machine contract.

use serde_json::{Map, Value, json};

use super::fields;
use crate::decision::{DesignRow, Judgement, Miss, Must, Scope, Trigger};
use crate::questionnaire::answers::{Confidence, Response, Status};
use crate::questionnaire::{CandidateId, ForceId, QuestionId, Questionnaire};
use crate::report::verdict::{advice_reason, headline, trigger_words};
use crate::source::{Sources, Span};
use crate::verdict::{AnswerFlip, CellFlip, Change, Detection, Kept, MatrixRobustness, NearestCase, Path, TalkFirst, WeightFlip};

/// Writes a figure of the sum with twelve decimals: its inputs have two, so what is cut off is the noise of adding them.
fn number(value: f64) -> Value {
    const DECIMALS: f64 = 1e12;
    fields::number((value * DECIMALS).round() / DECIMALS)
}

/// Returns the verdict; `sources` are the model's files, for places.
pub(super) fn verdict(judgement: &Judgement, sources: Option<&Sources>) -> Value {
    let ids = Ids(&judgement.questionnaire);
    let verdict = &judgement.verdict;
    let decision = &verdict.decision;
    let flips: Vec<Value> = decision.answer_flips.iter().chain(&decision.pair_flips).map(|flip| ids.flip(flip)).collect();
    let possible: Vec<&str> = decision.possible_winners.candidates.iter().map(|one| ids.candidate(*one)).collect();
    let because: Vec<Value> =
        decision.because.iter().map(|one| json!({ "force": ids.force(one.force), "term": number(one.term) })).collect();
    let closing = judgement.closing.iter().map(|one| json!({ "id": one.name, "question": one.asks, "answer": one.answer }));
    let mut fields = Map::new();
    let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    add("questionnaire", format!("{}@{}", judgement.questionnaire.id, judgement.questionnaire.version).into());
    add("headline", headline(judgement).into());
    add("outcome", judgement.advice.outcome.word().into());
    add("winner", ids.optional(decision.winner));
    add("modular", decision.modular.into());
    add("grade", decision.grade.word().into());
    add("grade_capped_by", decision.grade_capped_by.map(|id| ids.question(id)).into());
    add("runner_up", ids.optional(decision.runner_up));
    add("margin", decision.margin.map_or(Value::Null, number));
    add("weight_share", number(decision.weight_share.share()));
    add("weightings", json!({ "kept": decision.weight_share.kept, "of": decision.weight_share.of }));
    add("possible_winners", possible.into());
    add("possible_winners_exact", decision.possible_winners.is_exact.into());
    add("open", decision.open.iter().map(|id| ids.question(*id)).collect());
    add("answers", answers(judgement).into());
    add("forces", forces(judgement).into());
    add("scores", scores(judgement).into());
    add("vetoes", vetoes(judgement).into());
    add("because", because.into());
    add("flips", flips.into());
    add("paths", verdict.paths.iter().map(|path| ids.path(path)).collect());
    add("freeing", verdict.freeing.as_ref().map_or(Value::Null, |path| ids.path(path)));
    add("weight_flips", decision.weight_flips.iter().map(|flip| weight_flip(ids, flip)).collect());
    add("proposal", ids.optional(decision.proposal));
    add("detectors", decision.detections.iter().map(|one| detection(ids, one)).collect());
    add("findings", findings(judgement));
    add("contradictions", contradictions(judgement, sources).into());
    add("disagreements", disagreements(judgement));
    add("robustness", verdict.robustness.as_ref().map_or(Value::Null, |one| robustness(ids, one)));
    add("base_rate", decision.decided().map_or(Value::Null, |winner| number(verdict.base_rates.share(winner))));
    add("base_rates", base_rates(judgement));
    add("nearest_cases", nearest_cases(judgement));
    add("alternatives", judgement.designs.iter().map(|row| design(ids, row)).collect());
    add("recommended", recommended(judgement));
    add("revisit_when", revisit_when(judgement));
    add("avoidable", judgement.avoidable.clone().into());
    add("closing_questions", closing.collect());
    Value::Object(fields)
}

fn weight_flip(ids: Ids<'_>, flip: &WeightFlip) -> Value {
    json!({ "force": ids.force(flip.force), "factor": number(flip.factor), "above": flip.is_above, "winner": ids.candidate(flip.winner) })
}

fn findings(judgement: &Judgement) -> Value {
    let finding = |(question, option): &(QuestionId, usize)| {
        let asked = judgement.questionnaire.question(*question);
        json!({ "question": asked.id, "option": asked.options[*option].id, "message": asked.options[*option].finding })
    };
    judgement.verdict.decision.findings.iter().map(finding).collect()
}

fn disagreements(judgement: &Judgement) -> Value {
    let ids = Ids(&judgement.questionnaire);
    let one = |one: &TalkFirst| {
        let flips = one.flips.iter().map(|(by, winner)| json!({ "by": by, "winner": ids.optional(*winner) }));
        json!({ "question": ids.question(one.question), "score_spread": number(one.score_spread), "flips": flips.collect::<Vec<_>>() })
    };
    judgement.talk_first.iter().map(one).collect()
}

fn robustness(ids: Ids<'_>, one: &MatrixRobustness) -> Value {
    let cell = |flip: &CellFlip| {
        json!({
            "candidate": ids.candidate(flip.candidate),
            "force": ids.force(flip.force),
            "by": number(flip.by),
            "winner": ids.candidate(flip.winner),
        })
    };
    json!({
        "one_cell": one.one_cell.iter().map(kept).collect::<Vec<_>>(),
        "all_cells": one.all_cells.iter().map(kept).collect::<Vec<_>>(),
        "cells": one.flips.iter().map(cell).collect::<Vec<_>>(),
        "safe_radius": one.safe_radius.map(number),
    })
}

fn base_rates(judgement: &Judgement) -> Value {
    let ids = Ids(&judgement.questionnaire);
    let rates = &judgement.verdict.base_rates;
    let one = |one: CandidateId| json!({ "candidate": ids.candidate(one), "share": number(rates.share(one)) });
    judgement.questionnaire.candidate_ids().map(one).collect()
}

fn nearest_cases(judgement: &Judgement) -> Value {
    let ids = Ids(&judgement.questionnaire);
    let differing = |(id, theirs): &(QuestionId, Response)| {
        json!({
            "question": ids.question(*id),
            "here": judgement.weighed.response(*id).map(|response| ids.response(*id, response)),
            "there": ids.response(*id, theirs),
        })
    };
    let one = |near: &NearestCase| {
        let case = &judgement.cases[near.case];
        json!({
            "id": case.id,
            "name": case.name,
            "distance": number(near.distance),
            "verdicts": case.verdicts.iter().map(|one| ids.candidate(*one)).collect::<Vec<_>>(),
            "differing": near.differing.iter().map(differing).collect::<Vec<_>>(),
        })
    };
    judgement.verdict.nearest_cases.iter().map(one).collect()
}

fn revisit_when(judgement: &Judgement) -> Value {
    let ids = Ids(&judgement.questionnaire);
    let change = |(id, responses): &(QuestionId, Vec<Response>)| {
        json!({
            "question": ids.question(*id),
            "any_of": responses.iter().map(|response| ids.response(*id, response)).collect::<Vec<_>>(),
            "watch": judgement.questionnaire.question(*id).watch,
        })
    };
    let one = |one: &Trigger| {
        json!({
            "changes": one.changes.iter().map(change).collect::<Vec<_>>(),
            "winner": ids.optional(one.winner),
            "message": trigger_words(judgement, one),
        })
    };
    judgement.triggers.iter().map(one).collect()
}

/// Turns indices into the ids of the questionnaire.
#[derive(Clone, Copy)]
struct Ids<'a>(&'a Questionnaire);

impl<'a> Ids<'a> {
    fn candidate(self, id: CandidateId) -> &'a str {
        &self.0.candidate(id).id
    }

    fn optional(self, id: Option<CandidateId>) -> Value {
        id.map_or(Value::Null, |id| Value::from(self.candidate(id)))
    }

    fn force(self, id: ForceId) -> &'a str {
        &self.0.force(id).id
    }

    fn question(self, id: QuestionId) -> &'a str {
        &self.0.question(id).id
    }

    /// An answer as its file writes it.
    fn response(self, question: QuestionId, response: &Response) -> Value {
        let asked = self.0.question(question);
        let option = |option: &usize| Value::from(asked.options[*option].id.as_str());
        match response {
            Response::Option(chosen) => option(chosen),
            Response::Options(chosen) => chosen.iter().map(option).collect(),
            Response::Rows(rows) => {
                Value::Object(rows.iter().map(|(force, chosen)| (self.force(*force).to_owned(), option(chosen))).collect::<Map<_, _>>())
            }
            Response::Number(value) => fields::number(*value),
            Response::Text(text) => Value::from(text.as_str()),
        }
    }

    fn changes(self, changes: &[Change]) -> Vec<Value> {
        changes
            .iter()
            .map(|change| json!({ "question": self.question(change.question), "to": self.response(change.question, &change.to) }))
            .collect()
    }

    fn path(self, path: &Path) -> Value {
        json!({ "candidate": self.candidate(path.candidate), "changes": self.changes(&path.changes) })
    }

    fn flip(self, flip: &AnswerFlip) -> Value {
        json!({ "changes": self.changes(&flip.changes), "winner": self.optional(flip.winner) })
    }
}

fn kept(kept: &Kept) -> Value {
    json!({ "radius": number(kept.radius), "kept": kept.kept, "of": kept.of })
}

fn answers(judgement: &Judgement) -> Vec<Value> {
    let ids = Ids(&judgement.questionnaire);
    judgement
        .weighed
        .iter()
        .map(|(id, answer)| {
            let (value, skip) = match &answer.status {
                Status::Given(response) => (ids.response(id, response), None),
                Status::Unknown => (Value::from("unknown"), None),
                Status::NotApplicable => (Value::Null, Some("n/a")),
                Status::Later => (Value::Null, Some("later")),
            };
            json!({
                "question": ids.question(id),
                "value": value,
                "skip": skip,
                "confidence": answer.confidence.map(Confidence::word),
                "by": answer.by,
                "on": answer.on.map(|day| day.to_string()),
                "evidence": answer.evidence,
                "note": answer.note,
                "stale": answer.stale,
            })
        })
        .collect()
}

fn forces(judgement: &Judgement) -> Vec<Value> {
    let ids = Ids(&judgement.questionnaire);
    judgement
        .verdict
        .decision
        .forces
        .iter()
        .map(|level| {
            let computed = judgement.designs.iter().zip(&judgement.given[level.force.0]);
            json!({
                "id": ids.force(level.force),
                "kind": judgement.questionnaire.force(level.force).kind.word(),
                "level": number(level.level),
                "interval": [number(level.low), number(level.high)],
                "weight": number(level.weight),
                "horizon": number(level.horizon),
                "bound": level.bound.map(|bound| json!({ "question": ids.question(bound.question), "at_most": number(bound.at_most), "without": number(bound.without) })),
                "set_by": level.set_by.iter().map(|id| ids.question(*id)).collect::<Vec<_>>(),
                "computed": computed.filter_map(|(row, words)| Some(json!({ "alternative": row.id, "gives": words.as_ref()? }))).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn scores(judgement: &Judgement) -> Vec<Value> {
    let ids = Ids(&judgement.questionnaire);
    let decision = &judgement.verdict.decision;
    let terms = |terms: &[f64]| {
        Value::Object(
            judgement.questionnaire.force_ids().map(|force| (ids.force(force).to_owned(), number(terms[force.0]))).collect::<Map<_, _>>(),
        )
    };
    decision
        .scores
        .iter()
        .map(|score| {
            let struck = decision.vetoes.iter().filter(|strike| strike.candidate == score.candidate);
            json!({
                "candidate": ids.candidate(score.candidate),
                "score": number(score.score),
                "gain": number(score.gain),
                "price": number(score.price),
                "behind_interval": [number(score.behind.0), number(score.behind.1)],
                "vetoed_by": struck.map(|strike| judgement.questionnaire.vetoes[strike.veto].id.as_str()).collect::<Vec<_>>(),
                "terms": terms(&score.terms),
            })
        })
        .collect()
}

fn vetoes(judgement: &Judgement) -> Vec<Value> {
    let ids = Ids(&judgement.questionnaire);
    let questionnaire = &judgement.questionnaire;
    let strikes = &judgement.verdict.decision.vetoes;
    let veto = |(at, veto): (usize, &crate::questionnaire::Veto)| {
        let struck: Vec<&str> = strikes.iter().filter(|strike| strike.veto == at).map(|strike| ids.candidate(strike.candidate)).collect();
        let questions: Vec<&str> = judgement.struck_because_of(at).into_iter().map(|id| ids.question(id)).collect();
        let designs: Vec<&str> =
            judgement.designs.iter().filter(|row| row.veto_shows.iter().any(|(one, _)| *one == at)).map(|row| row.id.as_str()).collect();
        (!struck.is_empty() || !designs.is_empty()).then(|| {
            json!({ "id": veto.id, "candidates": struck, "designs": designs, "questions": questions, "because": veto.because, "lift": veto.lift, "need": veto.from_need })
        })
    };
    questionnaire.vetoes.iter().enumerate().filter_map(veto).collect()
}

fn detection(ids: Ids<'_>, one: &Detection) -> Value {
    match one {
        Detection::Sledgehammer { gain, price, idle } => {
            json!({ "id": "sledgehammer", "gain": number(*gain), "price": number(*price), "idle": number(*idle) })
        }
        Detection::Heavy { gain, price, idle } => {
            json!({ "id": "heavy", "gain": number(*gain), "price": number(*price), "idle": number(*idle) })
        }
        Detection::UnderEngineered { force, need, gives } => {
            json!({ "id": "under-engineered", "force": ids.force(*force), "need": number(*need), "gives": number(*gives) })
        }
        Detection::VetoedByNeed { veto } => json!({ "id": "vetoed-by-need", "veto": ids.0.vetoes[*veto].id }),
        Detection::Overload { force, asks, ready, set_by } => json!({
            "id": "overload", "force": ids.force(*force), "asks": number(*asks), "ready": number(*ready), "set_by": set_by.map(|id| ids.question(id)),
        }),
    }
}

fn contradictions(judgement: &Judgement, sources: Option<&Sources>) -> Vec<Value> {
    let ids = Ids(&judgement.questionnaire);
    let place = |sources: &Sources, span: &Span| json!({ "file": sources.file(span.file).path, "line": sources.start(*span).line });
    judgement
        .contradictions
        .iter()
        .map(|one| {
            json!({
                "question": ids.question(one.question),
                "answered": ids.response(one.question, &one.answered),
                "computed": one.computed,
                "fitting": one.fitting.as_ref().map(|response| ids.response(one.question, response)),
                "alternative": one.design,
                "scope": match one.scope { Scope::Today => "today", Scope::Promised => "promise", Scope::Proposed => "proposal" },
                "severity": one.severity().word(),
                "prefer": one.prefer.word(),
                "counts": one.counts.word(),
                "places": sources.map_or_else(Vec::new, |sources| one.places.iter().map(|span| place(sources, span)).collect()),
            })
        })
        .collect()
}

fn design(ids: Ids<'_>, row: &DesignRow) -> Value {
    json!({
        "id": row.id,
        "candidate": ids.optional(row.candidate),
        "vetoed_by": row.vetoed_by.iter().map(|at| ids.0.vetoes[*at].id.as_str()).collect::<Vec<_>>(),
        "veto_shows": row.veto_shows.iter().map(|(at, words)| json!({ "veto": ids.0.vetoes[*at].id, "computed": words })).collect::<Vec<_>>(),
        "gates_missed": row.misses.iter().map(|one| miss(ids, one)).collect::<Vec<_>>(),
        "met": row.n_met,
        "not_evaluated": row.n_not_evaluated,
        "score": row.score.map(number),
        "asks": row.asks.map(number),
        "accepted": row.is_accepted,
        "rejected": row.is_rejected,
    })
}

fn miss(ids: Ids<'_>, miss: &Miss) -> Value {
    let (limit, promised) = match &miss.must {
        Must::Objective(limit) => (Value::from(limit.as_str()), false),
        Must::Promise(question, response) => (ids.response(*question, response), true),
    };
    json!({ "id": miss.what, "journey": miss.journey, "limit": limit, "promised": promised, "value": miss.is })
}

fn recommended(judgement: &Judgement) -> Value {
    let row = |at: Option<usize>| at.map(|at| &judgement.designs[at]);
    let advice = &judgement.advice;
    if judgement.designs.is_empty() {
        return Value::Null;
    }
    let ids = Ids(&judgement.questionnaire);
    let named = |rows: &[usize]| rows.iter().map(|at| judgement.designs[*at].id.as_str()).collect::<Vec<_>>();
    json!({
        "id": row(advice.recommended).map(|row| row.id.as_str()),
        "reason": advice_reason(judgement),
        "nearest": row(advice.nearest).map(|row| row.id.as_str()),
        "misses": row(advice.nearest).map_or_else(Vec::new, |row| row.misses.iter().map(|one| miss(ids, one)).collect()),
        "winner_is_not_modelled": advice.winner_is_not_modelled,
        "winner_rejected_as": named(&advice.winner_rejected_as),
        "winner_fails_as": named(&advice.winner_fails_as),
        "accepted_otherwise": named(&advice.accepted_otherwise),
        "against": judgement.against_recommended.iter().map(|one| detection(ids, one)).collect::<Vec<_>>(),
    })
}
