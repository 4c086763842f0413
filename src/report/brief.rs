//! The verdict on one screen: what a director needs to decide, or to know why not yet. Everything behind it is in the whole verdict.

use super::human::Look;
use super::text::{plain, wrap};
use super::verdict::perspective::detection;
use super::verdict::scores::struck_by;
use super::verdict::{advice_reason, answered, headline, label, sentences, signed, winner_label};
use crate::decision::{Judgement, joined};
use crate::diagnostic::Severity;
use crate::verdict::MAX_CHANGES;

/// The most lines of the whole, at 80 columns or more.
pub const MAX_LINES: usize = 40;

/// The columns of a screen; on a wider one there is no more text.
const WIDTH: usize = 80;

/// The most items of each part; fewer where the screen is full.
const MAX_ITEMS: usize = 3;

/// The smallest term that is a reason.
const SMALLEST_TERM: f64 = 0.005;

/// The verdict on one screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// The system.
    pub title: String,
    /// The answer, how sure it is, and what is recommended.
    pub lines: Vec<String>,
    /// Why, and what is to be known before it is acted on.
    pub parts: Vec<Part>,
    /// The commands that lead on.
    pub next: Vec<String>,
}

/// A part of it: the first of several items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What the items are.
    pub title: String,
    /// The items that are shown, the most telling first.
    pub items: Vec<String>,
    /// How many there are.
    pub of: usize,
}

impl Part {
    fn new(title: impl Into<String>, items: Vec<String>) -> Self {
        let of = items.len();
        Self { title: title.into(), items: items.into_iter().take(MAX_ITEMS).collect(), of }
    }
}

/// Makes the brief; `next` are the commands that lead on.
pub fn brief(title: &str, judgement: &Judgement, next: Vec<String>) -> Brief {
    let mut lines = vec![headline(judgement)];
    lines.extend(sentences::verdict_line(judgement));
    lines.extend(sentences::usual_in_short(judgement));
    if !judgement.designs.is_empty() {
        lines.push(advice_reason(judgement));
    }
    lines.extend(sentences::open_questions(judgement));
    let parts =
        [because(judgement), flips(judgement), contradictions(judgement), vetoes(judgement), proposal(judgement), people(judgement)];
    let parts = parts.into_iter().flatten().filter(|part| !part.items.is_empty()).collect();
    Brief { title: title.to_owned(), lines, parts, next }
}

pub(super) fn because(judgement: &Judgement) -> Option<Part> {
    let decision = &judgement.verdict.decision;
    let rival = decision.runner_up.filter(|_| decision.decided().is_some())?;
    let term = |term: f64, force| format!("{} {}", signed(term), judgement.questionnaire.force(force).label);
    let ahead = decision.because.iter().filter(|reason| reason.term >= SMALLEST_TERM);
    let mut part = Part::new(format!("Because, against {}", label(judgement, rival)), ahead.map(|one| term(one.term, one.force)).collect());
    // What speaks for the other belongs to an honest account.
    if let Some(against) = decision.because.last().filter(|reason| reason.term <= -SMALLEST_TERM) {
        part.items.push(format!("{}, which speaks for {}", term(against.term, against.force), label(judgement, rival)));
        part.of += decision.because.iter().filter(|reason| reason.term <= -SMALLEST_TERM).count();
    }
    Some(part)
}

pub(super) fn flips(judgement: &Judgement) -> Option<Part> {
    judgement.verdict.decision.decided()?;
    let trigger = |trigger: &crate::decision::Trigger| {
        let changes: Vec<String> = trigger
            .changes
            .iter()
            .map(|(question, responses)| {
                let words: Vec<String> =
                    responses.iter().map(|one| format!("“{}”", one.words(&judgement.questionnaire, *question))).collect();
                format!("`{}`: {}", judgement.questionnaire.question(*question).id, words.join(" or "))
            })
            .collect();
        format!("{} → {}", changes.join(" and "), winner_label(judgement, trigger.winner))
    };
    let title = match judgement.triggers.first() {
        None => format!("Nothing flips it: no {MAX_CHANGES} other answers do"),
        Some(first) if first.changes.len() == 1 => "Any one of these answers would flip it".to_owned(),
        Some(_) => "No single answer flips it; these together would".to_owned(),
    };
    let items: Vec<String> = judgement.triggers.iter().map(trigger).collect();
    Some(if items.is_empty() { Part::new("What would flip it", vec![title]) } else { Part::new(title, items) })
}

pub(super) fn contradictions(judgement: &Judgement) -> Option<Part> {
    let mut found: Vec<_> = judgement.contradictions.iter().collect();
    // Those that fail a check first; a stable sort keeps the asking order.
    found.sort_by_key(|one| one.severity() != Severity::Error);
    let words = |one: &&crate::decision::Contradiction| {
        let id = &judgement.questionnaire.question(one.question).id;
        format!("`{id}`: answered “{}”, but {}", one.answered.words(&judgement.questionnaire, one.question), one.computed)
    };
    Some(Part::new("The model contradicts", found.iter().map(words).collect()))
}

fn vetoes(judgement: &Judgement) -> Option<Part> {
    let vetoes = judgement.questionnaire.vetoes.iter().enumerate();
    let words = vetoes.filter_map(|(at, veto)| {
        let struck = struck_by(judgement, at);
        let because: Vec<String> = judgement
            .struck_because_of(at)
            .into_iter()
            .map(|id| format!("`{}`: “{}”", judgement.questionnaire.question(id).id, answered(judgement, id)))
            .collect();
        (!struck.is_empty()).then(|| {
            let all = struck.len() == judgement.questionnaire.candidates.len();
            let struck = if all { "all".to_owned() } else { joined(&struck, 3) };
            format!("{} strikes {struck} ({}). To lift it: {}", veto.id, joined(&because, 2), veto.lift)
        })
    });
    Some(Part::new("Vetoes", words.collect()))
}

fn proposal(judgement: &Judgement) -> Option<Part> {
    let decision = &judgement.verdict.decision;
    let proposal = decision.proposal.filter(|_| decision.decided().is_some())?;
    let found = decision.detections.iter().map(|one| {
        let (what, why) = detection(judgement, one);
        format!("{what}: {why}")
    });
    Some(Part::new(format!("Against the proposal, {}", label(judgement, proposal)), found.collect()))
}

fn people(judgement: &Judgement) -> Option<Part> {
    let mut items: Vec<String> = judgement
        .talk_first
        .iter()
        .map(|one| {
            let who: Vec<String> = one.flips.iter().map(|(name, winner)| format!("{name}: {}", winner_label(judgement, *winner))).collect();
            format!("`{}`: one's own answer changes the winner ({})", judgement.questionnaire.question(one.question).id, joined(&who, 3))
        })
        .collect();
    let stale: Vec<String> = super::verdict::stale(judgement).iter().map(|id| format!("`{id}`")).collect();
    if !stale.is_empty() {
        items.push(format!("the questionnaire has changed since {} was answered: look at it again", joined(&stale, 6)));
    }
    Some(Part::new("Talk about this first", items))
}

/// Renders the brief: on at most [`MAX_LINES`] lines of 80 columns, and no more text on narrower ones; the longest parts give way first.
pub fn render(brief: &Brief, look: Look) -> String {
    let most = MAX_LINES * WIDTH / look.width.clamp(1, WIDTH);
    let mut brief = brief.clone();
    loop {
        let text = draw(&brief, look);
        let longest = brief.parts.iter().enumerate().filter(|(_, part)| part.items.len() > 1);
        // Of equally long parts the last gives way: the first are the more important.
        let longest = longest.max_by_key(|(_, part)| lines(part, look).len()).map(|(at, _)| at);
        match longest {
            Some(at) if text.lines().count() > most => drop(brief.parts[at].items.pop()),
            _ => return text,
        }
    }
}

/// The lines of a part.
fn lines(part: &Part, look: Look) -> Vec<String> {
    let bold = |text: &str| if look.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let shown = if part.items.len() < part.of { format!(" ({} of {})", part.items.len(), part.of) } else { String::new() };
    let mut lines: Vec<String> = wrap(&plain(&format!("{}{shown}", part.title)), look.width).lines().map(bold).collect();
    for item in &part.items {
        let wrapped = wrap(&plain(item), look.width.saturating_sub(4).max(1));
        lines.extend(wrapped.lines().enumerate().map(|(at, line)| format!("{}{line}", if at == 0 { "  - " } else { "    " })));
    }
    lines
}

fn draw(brief: &Brief, look: Look) -> String {
    let bold = |text: &str| if look.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let title = plain(&brief.title);
    let mut drawn: Vec<String> = wrap(&title, look.width).lines().map(bold).collect();
    drawn.push("─".repeat(title.chars().count().min(look.width)));
    let paragraph = |text: &String| wrap(&plain(text), look.width).lines().map(str::to_owned).collect::<Vec<_>>();
    drawn.extend(brief.lines.iter().flat_map(paragraph));
    drawn.extend(brief.parts.iter().flat_map(|part| lines(part, look)));
    drawn.extend(brief.next.iter().flat_map(paragraph));
    drawn.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::{Brief, MAX_LINES, Part, brief, render};
    use crate::decision::{Inputs, Prefer, judge};
    use crate::questionnaire::cases::{PUBLISHED_CASES, read_cases};
    use crate::questionnaire::{SHOULD_YOU_DISTRIBUTE, read};
    use crate::report::human::Look;
    use crate::source::Sources;

    const LOOK: Look = Look { color: false, width: 80 };

    /// Every published case, with and without a proposal, and with nothing settled: one screen of 80 columns, on which no line is longer.
    #[test]
    fn every_verdict_fits_one_screen() {
        let mut sources = Sources::default();
        let file = sources.add("questionnaire.toml", SHOULD_YOU_DISTRIBUTE);
        let (questionnaire, _) = read(&sources, file);
        let file = sources.add("cases.toml", PUBLISHED_CASES);
        let (cases, _) = read_cases(&sources, file, &questionnaire);
        for case in &cases {
            for settings in [&[][..], &["proposal=microservices", "nfr-written=none"], &["change-stop=unknown", "platform=unknown"]] {
                let mut answers = case.answers.clone();
                for setting in settings {
                    answers.set_from_text(&questionnaire, setting).expect("an option");
                }
                let inputs = Inputs { questionnaire: questionnaire.clone(), answers, people: Vec::new(), prefer: Prefer::Answers };
                let next = vec!["Next: `weighbridge adr models/shop` writes it down as a decision record.".to_owned()];
                let shown = render(&brief(&case.name, &judge(inputs, &[]), next), LOOK);
                assert!(shown.lines().count() <= MAX_LINES, "{} {settings:?}:\n{shown}", case.id);
                assert!(shown.lines().all(|line| line.chars().count() <= 80), "{} {settings:?}:\n{shown}", case.id);
                assert!(shown.ends_with("decision record.\n"), "what leads on is never cut: {shown}");
            }
        }
    }

    /// What does not fit gives way, the longest part first, and the title counts what is left; the first item of each part stays.
    #[test]
    fn the_longest_part_gives_way_first() {
        let part = |title: &str, lines: usize| Part::new(title, vec![vec!["word"; lines * 15].join(" "); 3]);
        let whole = Brief {
            title: "Shop".into(),
            lines: vec!["One.".into()],
            parts: vec![part("Short", 1), part("Long", 15)],
            next: vec!["Next.".into()],
        };
        let shown = render(&whole, LOOK);
        assert!(shown.contains("Short\n") && shown.contains("Long (2 of 3)\n"), "{shown}");
        assert_eq!(shown.matches("  - ").count(), 5, "{shown}");
        assert!(shown.lines().count() <= MAX_LINES && shown.ends_with("Next.\n"), "{shown}");
    }
}
