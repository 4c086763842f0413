//! Reads the steps of a journey.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::{Reader, in_order};
use super::shape::describe;
use super::value::{CallForm, FallbackForm, StepForm, Steps, Word};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::quantity::{Dimension, Ranged, significant};

/// The most steps of one journey, all branches counted.
pub const MAX_STEPS: usize = 100_000;

/// The most that `times` may be.
pub const MAX_TIMES: u64 = 1_000_000;

/// The most groups (`parallel`, `choice`, `first-of`, `else`) that stand inside each other.
pub const MAX_GROUPS: usize = 16;

/// What is left of a journey's limits.
struct Budget {
    steps: usize,
    groups: usize,
    too_deep: bool,
}

/// The keys of a call.
const CALL_KEYS: &[&str] = &[
    "call",
    "times",
    "when",
    "payload",
    "response",
    "hit",
    "else",
    "required",
    "fallback",
    "reads",
    "writes",
    "operation",
    "pivot",
    "refusable",
];

impl Reader<'_> {
    /// Reads a list of steps.
    pub(super) fn steps(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Steps> {
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type("steps", value, "a list of links such as [\"app -> db\"]");
            return None;
        };
        let mut budget = Budget { steps: MAX_STEPS, groups: MAX_GROUPS, too_deep: false };
        let steps = self.sequence(array.iter(), &mut budget);
        let message = if budget.too_deep {
            format!("groups of steps stand inside each other at most {MAX_GROUPS} deep")
        } else if budget.steps == 0 {
            format!("a journey has at most {MAX_STEPS} steps")
        } else {
            return Some(Steps(steps));
        };
        self.report(Diagnostic::new(Code::LimitExceeded, self.span(value.span()), message));
        None
    }

    /// Reads what stands one group deeper.
    fn deeper<T>(&mut self, budget: &mut Budget, read: impl FnOnce(&mut Self, &mut Budget) -> Vec<T>) -> Vec<T> {
        if budget.groups == 0 {
            budget.too_deep = true;
            return Vec::new();
        }
        budget.groups -= 1;
        let members = read(self, budget);
        budget.groups += 1;
        members
    }

    fn sequence<'t, 'a: 't>(&mut self, members: impl Iterator<Item = &'t Spanned<DeValue<'a>>>, budget: &mut Budget) -> Vec<StepForm> {
        let mut steps = Vec::new();
        for member in members {
            if budget.steps == 0 {
                break;
            }
            budget.steps -= 1;
            steps.push(self.step(member, budget).unwrap_or(StepForm::Refused));
        }
        steps
    }

    fn step(&mut self, value: &Spanned<DeValue<'_>>, budget: &mut Budget) -> Option<StepForm> {
        match value.get_ref() {
            DeValue::String(text) => Some(StepForm::Call(Box::new(plain_call(self.word(text, value.span()))))),
            DeValue::Table(table) => {
                if table.contains_key("call") {
                    self.call(table, value, budget)
                } else if table.contains_key("parallel") {
                    self.parallel(table, value, budget)
                } else if table.contains_key("choice") {
                    self.choice(table, value, budget)
                } else if table.contains_key("first-of") {
                    self.first_of(table, value, budget)
                } else {
                    let near = in_order(table)
                        .first()
                        .and_then(|(key, _)| nearest(key.get_ref(), ["call", "parallel", "choice", "first-of"]).map(str::to_owned));
                    let diagnostic =
                        Diagnostic::new(Code::MalformedStep, self.span(value.span()), "this step is neither a call nor a group of calls")
                            .help(near.map_or_else(
                                || "write `{ call = \"a -> b\", times = 3 }`".into(),
                                |near| format!("a key with a similar name exists: `{near}`"),
                            ));
                    self.report(diagnostic);
                    None
                }
            }
            other => {
                let diagnostic = Diagnostic::new(
                    Code::MalformedStep,
                    self.span(value.span()),
                    format!("a step is a link in quotes or a table, not {}", describe(other)),
                );
                self.report(diagnostic);
                None
            }
        }
    }

    fn call(&mut self, table: &DeTable<'_>, value: &Spanned<DeValue<'_>>, budget: &mut Budget) -> Option<StepForm> {
        let (mut has_hit, mut has_else) = (false, false);
        let mut form = plain_call(Word { text: String::new(), span: self.span(value.span()) });
        for (key, value) in in_order(table) {
            let name: &str = key.get_ref();
            match name {
                "call" => {
                    if let DeValue::String(text) = value.get_ref() {
                        form.link = self.word(text, value.span());
                    } else {
                        self.wrong_type("call", value, "a link in quotes");
                        return None;
                    }
                }
                "times" => {
                    if let Some(times) = self.count("times", value) {
                        if times == 0 || times > MAX_TIMES {
                            let code = if times == 0 { Code::MalformedQuantity } else { Code::LimitExceeded };
                            let diagnostic =
                                Diagnostic::new(code, self.span(value.span()), format!("`times` is 1 to {MAX_TIMES}, not {times}"))
                                    .help("leave a step that never happens out; state how often one happens with `when`");
                            self.report(diagnostic);
                        } else {
                            form.times = times;
                        }
                    }
                }
                "when" => form.when = self.quantity("when", Dimension::Share, value).unwrap_or(form.when),
                "payload" => form.payload = self.quantity("payload", Dimension::Bytes, value),
                "response" => form.response = self.quantity("response", Dimension::Bytes, value),
                "hit" => {
                    form.hit = self.quantity("hit", Dimension::Share, value);
                    has_hit = true;
                }
                "else" => {
                    if let DeValue::Array(array) = value.get_ref() {
                        form.otherwise = self.deeper(budget, |reader, budget| reader.sequence(array.iter(), budget));
                        has_else = true;
                    } else {
                        self.wrong_type("else", value, "a list of steps");
                        has_else = true;
                    }
                }
                "fallback" => {
                    form.fallback = match value.get_ref() {
                        DeValue::Boolean(true) => Some(FallbackForm::Answer),
                        DeValue::Boolean(false) => Some(FallbackForm::Absent),
                        DeValue::String(text) => Some(FallbackForm::Component(self.word(text, value.span()))),
                        _ => {
                            self.wrong_type("fallback", value, "true, false or the id of a component");
                            None
                        }
                    };
                }
                "required" | "pivot" | "refusable" => {
                    let DeValue::Boolean(flag) = value.get_ref() else {
                        self.wrong_type(name, value, "true or false");
                        continue;
                    };
                    match name {
                        "required" => form.required = Some(*flag),
                        "pivot" => form.pivot = Some(*flag),
                        _ => form.refusable = Some(*flag),
                    }
                }
                "reads" => form.reads = self.words("reads", value).unwrap_or_default(),
                "writes" => form.writes = self.words("writes", value).unwrap_or_default(),
                "operation" => {
                    if let DeValue::String(text) = value.get_ref() {
                        form.operation = Some(text.clone().into_owned());
                    } else {
                        self.wrong_type("operation", value, "a string");
                    }
                }
                other => self.unknown_inner(key, other, CALL_KEYS),
            }
        }
        if has_hit != has_else || has_else && form.otherwise.is_empty() && !budget.too_deep && array_is_empty(table.get("else")) {
            let diagnostic = Diagnostic::new(Code::MalformedStep, self.span(value.span()), "`hit` and `else` belong together")
                .help("write `{ call = \"app -> cache\", hit = 0.9, else = [\"app -> db\"] }`");
            self.report(diagnostic);
            return None;
        }
        if form.hit.is_none() || form.otherwise.is_empty() {
            // One of both was refused; the call itself stays.
            form.hit = None;
            form.otherwise.clear();
        }
        Some(StepForm::Call(Box::new(form)))
    }

    /// Reads the members of a group: each a step or a list of steps.
    fn members(&mut self, name: &str, value: &Spanned<DeValue<'_>>, budget: &mut Budget) -> Vec<Vec<StepForm>> {
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(name, value, "a list of steps");
            return Vec::new();
        };
        if array.is_empty() {
            let diagnostic = Diagnostic::new(Code::MalformedStep, self.span(value.span()), format!("`{name}` has no members"));
            self.report(diagnostic);
        }
        self.deeper(budget, |reader, budget| {
            let mut members = Vec::new();
            for member in array.iter() {
                let steps = match member.get_ref() {
                    DeValue::Array(branch) => reader.sequence(branch.iter(), budget),
                    _ => reader.sequence(std::iter::once(member), budget),
                };
                if !steps.is_empty() {
                    members.push(steps);
                }
            }
            members
        })
    }

    fn parallel(&mut self, table: &DeTable<'_>, value: &Spanned<DeValue<'_>>, budget: &mut Budget) -> Option<StepForm> {
        let (mut members, mut quorum) = (Vec::new(), None);
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "parallel" => members = self.members("parallel", value, budget),
                "quorum" => quorum = self.count("quorum", value).map(|count| (count, self.span(value.span()))),
                other => self.unknown_inner(key, other, &["parallel", "quorum"]),
            }
        }
        let span = self.span(value.span());
        if let Some((count, place)) = quorum {
            let most = u64::try_from(members.len()).unwrap_or(u64::MAX);
            // Without members there is nothing to wait for, which is said already.
            if most > 0 && (count > most || count == 0) {
                let diagnostic =
                    Diagnostic::new(Code::QuorumExceedsReplicas, place, format!("`quorum = {count}` of {most} parallel members"))
                        .help(format!("a quorum is 1 to {most}"));
                self.report(diagnostic);
                quorum = None;
            }
        }
        (!members.is_empty()).then_some(StepForm::Parallel { members, quorum, span })
    }

    fn choice(&mut self, table: &DeTable<'_>, value: &Spanned<DeValue<'_>>, budget: &mut Budget) -> Option<StepForm> {
        let mut branches: Vec<(Ranged<f64>, Vec<StepForm>)> = Vec::new();
        let mut is_whole = true;
        for (key, value) in in_order(table) {
            if key.get_ref() != "choice" {
                self.unknown_inner(key, key.get_ref(), &["choice"]);
                continue;
            }
            let DeValue::Array(array) = value.get_ref() else {
                self.wrong_type("choice", value, "a list of { share, steps }");
                continue;
            };
            for member in array.iter() {
                let DeValue::Table(branch) = member.get_ref() else {
                    self.wrong_type("a branch of choice", member, "a table { share, steps }");
                    is_whole = false;
                    continue;
                };
                let (mut share, mut steps) = (None, Vec::new());
                for (key, value) in in_order(branch) {
                    match (key.get_ref().as_ref(), value.get_ref()) {
                        ("share", _) => share = self.exact_share(value),
                        ("steps", DeValue::Array(array)) => {
                            steps = self.deeper(budget, |reader, budget| reader.sequence(array.iter(), budget))
                        }
                        ("steps", _) => self.wrong_type("steps", value, "a list of steps"),
                        (other, _) => self.unknown_inner(key, other, &["share", "steps"]),
                    }
                }
                match share {
                    Some(share) => branches.push((share, steps)),
                    None => {
                        is_whole = false;
                        if !branch.contains_key("share") {
                            let diagnostic = Diagnostic::new(Code::MissingKey, self.span(member.span()), "this branch has no share")
                                .help("write `{ share = 0.9, steps = [\"…\"] }`");
                            self.report(diagnostic);
                        }
                    }
                }
            }
        }
        let sum: f64 = branches.iter().map(|(share, _)| share.likely).sum();
        if is_whole && (sum - 1.0).abs() > 1e-9 {
            let diagnostic = Diagnostic::new(
                Code::SharesDoNotSum,
                self.span(value.span()),
                format!("the shares of this choice add up to {}, not to 1", significant(sum, 9)),
            );
            self.report(diagnostic);
        }
        (!branches.is_empty()).then(|| StepForm::Choice { branches, span: self.span(value.span()) })
    }

    fn first_of(&mut self, table: &DeTable<'_>, value: &Spanned<DeValue<'_>>, budget: &mut Budget) -> Option<StepForm> {
        let (mut members, mut switch) = (Vec::new(), None);
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "first-of" => members = self.members("first-of", value, budget),
                "switch" => switch = self.quantity("switch", Dimension::Duration, value),
                other => self.unknown_inner(key, other, &["first-of", "switch"]),
            }
        }
        (!members.is_empty()).then(|| StepForm::FirstOf { members, switch, span: self.span(value.span()) })
    }
}

fn array_is_empty(value: Option<&Spanned<DeValue<'_>>>) -> bool {
    matches!(value.map(Spanned::get_ref), Some(DeValue::Array(array)) if array.is_empty())
}

fn plain_call(link: Word) -> CallForm {
    CallForm {
        link,
        times: 1,
        when: Ranged::exactly(1.0),
        payload: None,
        response: None,
        hit: None,
        otherwise: Vec::new(),
        required: None,
        fallback: None,
        reads: Vec::new(),
        writes: Vec::new(),
        operation: None,
        pivot: None,
        refusable: None,
    }
}
