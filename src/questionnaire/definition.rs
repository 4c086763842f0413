//! The types of a questionnaire, after reading: every reference is an index into one of its lists.

use super::condition::Condition;
use crate::source::Span;

/// The most forces of a questionnaire.
pub const MAX_FORCES: usize = 32;

/// The most candidates of a questionnaire.
pub const MAX_CANDIDATES: usize = 32;

/// The most questions of a questionnaire.
pub const MAX_QUESTIONS: usize = 512;

/// The most options of a question.
pub const MAX_OPTIONS: usize = 64;

/// The most vetoes of a questionnaire.
pub const MAX_VETOES: usize = 128;

/// The most core questions: what is answered in one go.
pub const LONGEST_CORE: usize = 20;

/// The most answers that the search for another design changes together; `verdict` searches by it.
pub const MAX_SEARCHED: usize = 4;

/// The most sets of other answers that this search may have to try, over all candidates: some seconds.
pub const MAX_SEARCH: u64 = 4_000_000;

/// The most levels that all options set together; each weighing looks at them.
pub const MAX_LEVELS: usize = 8_192;

/// The most bytes of all conditions together; each weighing evaluates them.
pub const MAX_CONDITIONS: usize = 16_384;

/// The index of a force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForceId(pub usize);

/// The index of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CandidateId(pub usize);

/// The index of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId(pub usize);

/// A questionnaire's version.
///
/// A higher major number says that ids were removed or mean something else, a minor one that some were added, a patch that only words changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version {
    /// Ids were removed, or their meaning changed.
    pub major: u32,
    /// Something was added.
    pub minor: u32,
    /// Words changed.
    pub patch: u32,
}

impl Version {
    /// Reads `MAJOR.MINOR.PATCH`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| if part.starts_with('+') { None } else { part.parse().ok() });
        let version = Self { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(version)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A whole questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: Version,
    /// The language of its texts, such as `en`.
    pub locale: String,
    /// Its title.
    pub title: String,
    /// What is added to each unreadiness, so that the ready are not sent to what they do not need.
    pub floor: f64,
    /// Needs and readiness, in the order of the file.
    pub forces: Vec<Force>,
    /// What can be chosen, in the order of the file.
    pub candidates: Vec<Candidate>,
    /// The parts of the questionnaire.
    pub sections: Vec<Section>,
    /// The questions, in asking order.
    pub questions: Vec<Question>,
    /// What strikes a candidate out.
    pub vetoes: Vec<Veto>,
    /// The questions that decide, in the asking order of the quick walk.
    pub core: Vec<QuestionId>,
    /// The place of the list of core questions.
    pub core_span: Span,
    /// The questions in an order in which every condition speaks of earlier ones only.
    pub(crate) visiting_order: Vec<QuestionId>,
    /// How random answer sets are drawn for base rates.
    pub sample: Sample,
}

impl Questionnaire {
    /// Returns a question.
    pub fn question(&self, id: QuestionId) -> &Question {
        &self.questions[id.0]
    }

    /// Returns a force.
    pub fn force(&self, id: ForceId) -> &Force {
        &self.forces[id.0]
    }

    /// Returns a candidate.
    pub fn candidate(&self, id: CandidateId) -> &Candidate {
        &self.candidates[id.0]
    }

    /// Finds a question by its id.
    pub fn find_question(&self, id: &str) -> Option<QuestionId> {
        self.questions.iter().position(|question| question.id == id).map(QuestionId)
    }

    /// Finds a candidate by its id.
    pub fn find_candidate(&self, id: &str) -> Option<CandidateId> {
        self.candidates.iter().position(|candidate| candidate.id == id).map(CandidateId)
    }

    /// Finds a force by its id.
    pub fn find_force(&self, id: &str) -> Option<ForceId> {
        self.forces.iter().position(|force| force.id == id).map(ForceId)
    }

    /// Says whether an open core question counts as the interval of its options.
    pub fn must_be_answered(&self, id: QuestionId) -> bool {
        self.core.contains(&id) && !self.question(id).optional
    }

    /// Returns the core questions of the quick walk: all but the optional ones.
    pub fn quick_walk(&self) -> impl Iterator<Item = QuestionId> {
        self.core.iter().copied().filter(|id| !self.question(*id).optional)
    }

    /// Returns all question ids in asking order.
    pub fn question_ids(&self) -> impl Iterator<Item = QuestionId> + use<> {
        (0..self.questions.len()).map(QuestionId)
    }

    /// Returns all candidate ids in the order of the file.
    pub fn candidate_ids(&self) -> impl Iterator<Item = CandidateId> + use<> {
        (0..self.candidates.len()).map(CandidateId)
    }

    /// Returns all force ids in the order of the file.
    pub fn force_ids(&self) -> impl Iterator<Item = ForceId> + use<> {
        (0..self.forces.len()).map(ForceId)
    }
}

/// Which side of the scale a force is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForceKind {
    /// What a candidate can give; the highest answered level counts.
    Need,
    /// What a candidate asks of its owners; the mean of the answered levels counts.
    Ready,
}

impl ForceKind {
    /// Returns the word of the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Ready => "ready",
        }
    }
}

/// One need or one kind of readiness.
#[derive(Debug, Clone, PartialEq)]
pub struct Force {
    /// Its id.
    pub id: String,
    /// Need or readiness.
    pub kind: ForceKind,
    /// Its name in a sentence.
    pub label: String,
    /// The first step to more of a readiness; empty where none is stated.
    pub first_step: String,
    /// The place of its id.
    pub span: Span,
}

/// When a candidate is advised to be modular inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Modular {
    /// The need that decides.
    pub force: ForceId,
    /// From which level on.
    pub at_least: f64,
}

/// One architecture that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// Its name in a sentence.
    pub label: String,
    /// What it belongs to; free text.
    pub family: String,
    /// What it gives of each need or asks of each readiness, by force.
    pub cells: Vec<f64>,
    /// When it should be modular inside.
    pub modular: Option<Modular>,
    /// The place of its id.
    pub span: Span,
}

/// A part of the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The place of its id.
    pub span: Span,
}

/// What sort of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One option.
    Choice,
    /// Yes or no: two options with these ids.
    YesNo,
    /// Several options, ranked by their order.
    Multi,
    /// One option for each need.
    Scale,
    /// A number.
    Number,
    /// Free text.
    Text,
}

impl Kind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[Self::Choice, Self::YesNo, Self::Multi, Self::Scale, Self::Number, Self::Text];

    /// Returns the word of the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Choice => "choice",
            Self::YesNo => "yes-no",
            Self::Multi => "multi",
            Self::Scale => "scale",
            Self::Number => "number",
            Self::Text => "text",
        }
    }
}

/// The highest grade that a verdict may have after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GradeCap {
    /// No better than leaning.
    Leaning,
    /// No better than contested.
    Contested,
}

/// A level for each number: linear between break points, constant beyond the first and the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Ramp {
    /// The force that it drives.
    pub force: ForceId,
    /// `(number, level)`, the numbers rising.
    pub points: Vec<(f64, f64)>,
    /// Whether it bounds the force's level from above instead of raising it.
    pub is_bound: bool,
}

impl Ramp {
    /// Returns the level at a number.
    pub fn level(&self, number: f64) -> f64 {
        let after = self.points.partition_point(|(x, _)| *x <= number);
        match (after.checked_sub(1).and_then(|at| self.points.get(at)), self.points.get(after)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (number - x0) / (x1 - x0),
            (Some((_, level)), None) | (None, Some((_, level))) => *level,
            (None, None) => 0.0,
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// The index of its section.
    pub section: usize,
    /// What sort of answer it takes.
    pub kind: Kind,
    /// The question.
    pub ask: String,
    /// Why it is asked, in one line.
    pub why: String,
    /// More help.
    pub help: String,
    /// What can be watched to notice that the answer has changed; empty where nothing is stated.
    pub watch: String,
    /// The part of the article on distributed systems that it comes from.
    pub article: String,
    /// Which computed result may answer or contradict it.
    pub model: Option<String>,
    /// When it is asked; a question is hidden only if this is surely false.
    pub show_if: Option<Condition>,
    /// Ids that it had before.
    pub formerly: Vec<String>,
    /// Whether a core question has no effect without an answer, and stays out of the quick walk.
    pub optional: bool,
    /// Its options.
    pub options: Vec<Choice>,
    /// What its number drives.
    pub ramps: Vec<Ramp>,
    /// The smallest number.
    pub min: Option<f64>,
    /// The largest number.
    pub max: Option<f64>,
    /// Whether it is a whole number: what is counted has no halves.
    pub whole: bool,
    /// What the number counts.
    pub unit: Option<String>,
    /// The most options that may be chosen.
    pub at_most: Option<usize>,
    /// What each further choice adds to the highest level of the chosen options.
    pub each_further: f64,
    /// The factor on the weight of the forces that chosen options name.
    pub weight: Option<f64>,
    /// The place of its id.
    pub span: Span,
}

impl Question {
    /// Finds an option by its id.
    pub fn find_option(&self, id: &str) -> Option<usize> {
        self.options.iter().position(|option| option.id == id)
    }

    /// Returns the options that the first answer can be chosen from: none for numbers and texts.
    pub fn is_single_choice(&self) -> bool {
        matches!(self.kind, Kind::Choice | Kind::YesNo)
    }

    /// Returns the forces that an answer can move, rising.
    pub fn drives(&self) -> Vec<ForceId> {
        let levels = self.options.iter().flat_map(|option| option.levels.iter().map(|(force, _)| *force));
        let mut forces: Vec<ForceId> = levels.chain(self.ramps.iter().map(|ramp| ramp.force)).collect();
        forces.sort_unstable();
        forces.dedup();
        forces
    }
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its words.
    pub label: String,
    /// The levels that it sets.
    pub levels: Vec<(ForceId, f64)>,
    /// The forces whose weight it changes.
    pub weighs: Vec<ForceId>,
    /// The factor on the needs for which it is chosen (questions of kind `scale`).
    pub horizon: Option<f64>,
    /// A floor that replaces the questionnaire's.
    pub floor: Option<f64>,
    /// The best grade after this answer.
    pub grade_at_most: Option<GradeCap>,
    /// The candidate that it names.
    pub candidate: Option<CandidateId>,
    /// A finding that this answer is: what to say about it.
    pub finding: Option<String>,
    /// Ids that it had before.
    pub formerly: Vec<String>,
    /// The place of its id.
    pub span: Span,
}

/// A condition that strikes candidates out, whatever their scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Veto {
    /// Its id.
    pub id: String,
    /// When it strikes.
    pub when: Condition,
    /// What it strikes.
    pub candidates: Vec<CandidateId>,
    /// Why.
    pub because: String,
    /// What lifts it.
    pub lift: String,
    /// Whether it stands for a need that the candidate cannot meet.
    pub from_need: bool,
    /// The place of its id.
    pub span: Span,
}

/// How random answer sets are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// How many.
    pub size: usize,
    /// Which ones count; all if absent.
    pub given: Option<Condition>,
    /// That condition in words.
    pub given_label: String,
}
