//! Diagnostics as data: what is wrong, where, and what to do. Nothing here prints.

use crate::source::{Sources, Span};

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input is refused.
    Error,
    /// The input is taken, but is probably not what was meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Returns the word that every format prints.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! codes {
    ($($variant:ident = $name:literal, $severity:ident, $explanation:literal;)*) => {
        /// The stable code of a diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl Code {
            /// All codes, in the order of the reference page.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the kebab-case name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns how bad a diagnostic of this code is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Returns why this is checked and what to do: the text of `explain CODE` and of the reference page.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    TomlSyntax = "toml-syntax", Error, "The file is not TOML. Everything that could still be read was checked; a table that could not be read silences the mistakes that would only follow from it.";
    TomlVersion = "toml-version", Warning, "The file uses a form of TOML 1.1 (an inline table over several lines or with a trailing comma, `\\e`, `\\xHH`, a time without seconds). It is read, but many editors refuse it. `weighbridge fmt` rewrites it as TOML 1.0.";
    UnreadableFile = "unreadable-file", Error, "The file could not be read as UTF-8 text within the size limit, or the system refused it.";
    UnknownSchema = "unknown-schema", Error, "The first key of a model file is `schema = 1`. A file of another version needs another release of this tool.";
    UnknownKey = "unknown-key", Error, "No key of this name exists in this table. A misspelt key would otherwise be a fact that silently does not count; free keys belong into `meta`.";
    WrongType = "wrong-type", Error, "The key exists, but takes another type of value. Quantities are strings with a unit, counts are integers.";
    UnknownValue = "unknown-value", Error, "The key takes one of a fixed set of words, and this is none of them.";
    MissingKind = "missing-kind", Error, "A component or a location says what it is with `kind`; every analysis depends on it.";
    MissingKey = "missing-key", Error, "This item says nothing without that key.";
    MalformedId = "malformed-id", Error, "An id starts with a lower-case letter and goes on with lower-case letters, digits and hyphens. `remove` and `system` are reserved.";
    MalformedLink = "malformed-link", Error, "A link's key is `a -> b` (call), `a ~> b` (message), `a => b` (replication) or `a <-> b` (calls both ways), with a space on both sides of the arrow; several targets are separated by commas; a second link of one kind between the same two takes a name: `a -> b #reports`.";
    MalformedQuantity = "malformed-quantity", Error, "A quantity is a number and a unit without a space, such as `200ms`, `4KB`, `50/s`, `99.95%`; money has a space before its currency: `2500 EUR/month`. A range is `30..120/s` or, with the likely value, `30..50..120/s`. Quantities are never negative.";
    ReversedRange = "reversed-range", Error, "The ends of a range stand in rising order, and the likely value between them.";
    LimitExceeded = "limit-exceeded", Error, "A limit keeps time and memory bounded on any input. The message names it.";
    DuplicateKey = "duplicate-key", Error, "A key was set twice in one layer, so that neither value can be preferred. All parts of a base are one layer.";
    UnknownComponent = "unknown-component", Error, "The id is declared by no component of this alternative.";
    UnknownLocation = "unknown-location", Error, "The id is declared by no location of this alternative.";
    UnknownTeam = "unknown-team", Error, "The id is declared by no team of this alternative.";
    UnknownEntity = "unknown-entity", Error, "The id is declared by no entity of this alternative.";
    UnknownId = "unknown-id", Error, "The id is declared by no component, location or shared fate of this alternative.";
    UnknownJourney = "unknown-journey", Error, "The id is declared by no journey of this alternative.";
    UnknownLinkInStep = "unknown-link-in-step", Error, "A step of a journey is a link of the same alternative. An alternative that removes a link restates the steps that used it.";
    UnknownAssumption = "unknown-assumption", Error, "`[assumptions]` overrides a constant by its name; `weighbridge explain assumptions` lists them.";
    MalformedStep = "malformed-step", Error, "A step is the key of a call or a message, or one of the tables `call`, `parallel`, `choice`, `first-of`.";
    UnreachedStep = "unreached-step", Error, "A step belongs to the latest earlier step whose callee is its caller. No earlier step of this journey reaches this caller.";
    UnconditionalStep = "unconditional-step", Warning, "A step belongs to the latest earlier step that calls its caller. Where that one stands before the group, the step runs whichever branch is taken, and even after a cache hit.";
    UnlinkedFallback = "unlinked-fallback", Error, "A fallback names another component that the caller links to: it is called while the callee is down.";
    CyclicLocations = "cyclic-locations", Error, "A location lies, through `in`, inside itself.";
    CyclicExtends = "cyclic-extends", Error, "A file extends, through others, itself.";
    CyclicHosts = "cyclic-hosts", Error, "A component stands, through `of` or `hosted-on`, on itself.";
    PathOutsideModel = "path-outside-model", Error, "Paths of a model stay inside its directory, so that a model can be checked out and reviewed alone.";
    MissingFile = "missing-file", Error, "The file that this path names does not exist.";
    NothingToRemove = "nothing-to-remove", Error, "`remove` names what the layers below declare. A misspelt id would otherwise leave the element in place without a word.";
    RemovedButUsed = "removed-but-used", Error, "An alternative removes what its own model still names: the place of a component, a link of a journey's steps. Links, modules, sidecars and list entries go with a removed component; a place and the steps of a journey are restated.";
    UnlistedDiagnostics = "unlisted-diagnostics", Note, "A model with that many mistakes is not mended line by line: errors are listed before warnings and notes, and the rest is left out.";
    MisplacedKey = "misplaced-key", Error, "The key or table exists, but not in this kind of file: `[alternative]` and `extends` belong together, an alternative has no `include`.";
    DuplicateId = "duplicate-id", Error, "An id is unique among components, locations and shared fates together.";
    SharesDoNotSum = "shares-do-not-sum", Error, "The shares of shards, and those of a choice, add up to 1 (within 1e-9).";
    NeedsExceedsReplicas = "needs-exceeds-replicas", Error, "More replicas are needed than there are, so the component can never be up.";
    QuorumExceedsReplicas = "quorum-exceeds-replicas", Error, "A read or write quorum is larger than the number of replicas, or a step waits for more parallel members than it has.";
    SpreadExceedsDomains = "spread-exceeds-domains", Error, "`spread` asks for different domains of a kind, and `on` reaches none of that kind, or only one for several replicas.";
    ContradictoryFacts = "contradictory-facts", Error, "Two facts of one element exclude each other.";
    TooManyRanges = "too-many-ranges", Note, "Every ranged key without a known direction doubles the evaluations of a figure. Above the limit no range is printed for such a figure, only its likely value.";
    EmptyModel = "empty-model", Warning, "No component is declared, so there is nothing to assess.";
    JourneyWithoutRate = "journey-without-rate", Warning, "Without `rate` the journey has no traffic: bytes per second, capacity and cost leave it out, and traffic shares count all journeys alike.";
    PeakBelowRate = "peak-below-rate", Warning, "`rate` is the mean over the day, `peak` the highest of its hours: a peak cannot lie below the mean, so one of the two is mistaken. What follows from the peak is too low until that is mended.";
    UnusedConsumption = "unused-consumption", Note, "Messages leave this queue on a link that no journey's steps use; only listed steps count.";
    UnusedAllow = "unused-allow", Warning, "An `allow` says nothing, or expects a finding that no longer occurs.";
    UnknownRule = "unknown-rule", Error, "No rule has this name. A misspelt name would otherwise accept or turn off nothing without a word; `weighbridge explain rules` lists the rules.";
    ForbiddenAllow = "forbidden-allow", Error, "A finding is accepted whose acceptance a policy forbids with `forbid`. What is forbidden stays a finding.";
    ExpiredAllow = "expired-allow", Warning, "The acceptance of a finding has an `until`, and the day given with `--today` lies behind it. The finding counts again.";
    // Price books and bills.
    TiersOutOfOrder = "tiers-out-of-order", Error, "The tiers of a price start at 0, and each starts above the one before: a quantity belongs to one tier. Their prices need not fall.";
    MissingColumn = "missing-column", Error, "A price list or a bill is read by the names in its first line, and this one has no such column.";
    MalformedRow = "malformed-row", Error, "A row of a price list or of a bill has another number of fields than the first line, or a field that is no amount.";
    // Questionnaires and answers.
    UnknownFormat = "unknown-format", Error, "A questionnaire or an answers file begins with `format = 1`. A file of another format needs another release of this tool.";
    UnknownForce = "unknown-force", Error, "The id is declared by no force of this questionnaire, or by one of the other side: candidates give needs and ask for readiness.";
    UnknownCandidate = "unknown-candidate", Error, "The id is declared by no candidate of this questionnaire.";
    UnknownQuestion = "unknown-question", Error, "The id is declared by no question of this questionnaire.";
    UnknownOption = "unknown-option", Error, "The question has no option of this id.";
    UnknownFact = "unknown-fact", Error, "A condition compares `model.NAME`, or a question names `model`, and nothing is computed under that name: the veto would never strike, the answer would never be contradicted.";
    MalformedCondition = "malformed-condition", Error, "A condition compares questions with options or numbers: `load == 'flat'`, `size < 10`, `where in ['here', 'there']`, `answered(load)`, joined by `and`, `or`, `not` and parentheses. `model.NAME` is a computed fact.";
    CyclicQuestions = "cyclic-questions", Error, "Whether a question is asked depends, through the conditions of others, on its own answer.";
    OutOfBounds = "out-of-bounds", Error, "The number lies outside the bounds of its key: levels, and what a candidate gives or asks, lie between 0 and 1.";
    OptionWithoutLevel = "option-without-level", Error, "Other options of the question set a level of this force, and this one does not: choosing it would look like not answering.";
    IncompleteCandidate = "incomplete-candidate", Error, "A candidate says for each need what it gives, and for each readiness what it asks. A missing cell would count as nothing, in its favour or against it.";
    CollidingIds = "colliding-ids", Error, "Two elements, or an element and a former id of another, have the same id, so that an answer could belong to either.";
    UndrivenForce = "undriven-force", Warning, "No question sets a level of this force, so it decides nothing.";
    DominatedCandidate = "dominated-candidate", Warning, "The candidate wins for no answers at all: whatever is answered, another one scores higher or a veto strikes.";
    UnreachableQuestion = "unreachable-question", Warning, "No answers to the questions that its `show_if` speaks of make it true, so it is never asked.";
    CoreLength = "core-length", Warning, "The core questions are those that everybody answers: at least one, and few enough to be answered in one go.";
    MissingTranslation = "missing-translation", Note, "The file of translated texts lacks this one; the text of the questionnaire is shown instead.";
    OutdatedAnswer = "outdated-answer", Warning, "The answer was given to an earlier version of the questionnaire. It was carried over to a new id, set aside under `[orphans]`, or marked `stale` for review; nothing is deleted. `weighbridge answers upgrade` writes the file anew.";
    // Fault trees.
    MalformedXml = "malformed-xml", Error, "The file is not well-formed XML, or has a document type definition, whose entities could expand without end.";
    MalformedFaultTree = "malformed-fault-tree", Error, "The file is not a fault tree of the Open-PSA model exchange format, or uses a part of it that is not read.";
    UndefinedEvent = "undefined-event", Error, "No gate, event or parameter of this name is defined in the given files. Events are often defined in a file of their own: give both.";
    CyclicGates = "cyclic-gates", Error, "A gate stands, through others, in itself.";
}

impl Code {
    /// Finds a code by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// A span with a few words that say why this place is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Why this place; may be empty.
    pub text: String,
}

/// One mistake, its place, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of mistake.
    pub code: Code,
    /// One line, lower case, no full stop, the user's own word in backticks.
    pub message: String,
    /// The smallest place to blame.
    pub label: Label,
    /// The other place of a two-place mistake.
    pub related: Option<Label>,
    /// What to do, in the imperative.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Makes a diagnostic of one place.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: on_one_line(message.into()), label: Label { span, text: String::new() }, related: None, help: None }
    }

    /// Says why this place is underlined.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label.text = text.into();
        self
    }

    /// Shows a second place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related = Some(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(on_one_line(text.into()));
        self
    }

    /// Says what to do, if there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.map(on_one_line).or(self.help);
        self
    }

    /// Returns how bad it is.
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// The longest message or help, in characters; a user's own word can have kilobytes.
const MAX_MESSAGE: usize = 300;

/// Writes control characters as escapes and cuts what is too long, so that a message stays one line of a terminal, whatever word it quotes.
fn on_one_line(text: String) -> String {
    if text.len() <= MAX_MESSAGE && !text.chars().any(char::is_control) {
        return text;
    }
    let mut line = String::new();
    for letter in text.chars().take(MAX_MESSAGE) {
        if letter.is_control() { line.extend(letter.escape_default()) } else { line.push(letter) }
    }
    if text.chars().nth(MAX_MESSAGE).is_some() {
        line.push('…');
    }
    line
}

/// The most diagnostics that are kept of one model; a model with more is not read to be mended line by line.
pub const MAX_DIAGNOSTICS: usize = 10_000;

/// Sorts by file, place and code, and drops what was said twice of the same place.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.label.span, a.code, &a.message, &a.help).cmp(&(b.label.span, b.code, &b.message, &b.help)));
    diagnostics.dedup_by(|a, b| a.label.span == b.label.span && a.code == b.code && a.message == b.message);
}

/// Says whether any of the diagnostics refuses the input.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
}

/// Returns `path:line:column: severity[code]: message`, the line that stands alone.
pub fn one_line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    format!(
        "{}: {}[{}]: {}",
        sources.place(diagnostic.label.span),
        diagnostic.severity().word(),
        diagnostic.code.name(),
        diagnostic.message
    )
}

/// The longest word, in characters, that is compared with others.
const MAX_COMPARED: usize = 64;

/// Finds the candidate that a misspelt word most probably meant.
///
/// The edit distance (insert, delete, substitute, swap of neighbours) may be at most a third of the word's length, rounded up, and at least one letter stays;
/// ties go to the first candidate in the order given. A candidate whose length alone rules it out costs nothing; any other costs at most `64 × 64` steps.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(MAX_COMPARED + 1).collect();
    if word.len() > MAX_COMPARED {
        return None;
    }
    let mut limit = word.len().div_ceil(3).min(word.len().saturating_sub(1));
    let mut best = None;
    for candidate in candidates {
        // Bytes bound characters from above, so this rules out most candidates before any is decoded.
        if candidate.len() + limit < word.len() {
            continue;
        }
        if let Some(distance) = edit_distance(&word, candidate, limit)
            && (best.is_none() || distance < limit)
        {
            best = Some(candidate);
            limit = distance;
        }
    }
    best
}

/// Optimal string alignment distance, where it is at most `limit`.
fn edit_distance(a: &[char], b: &str, limit: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().take(MAX_COMPARED + 1).collect();
    if b.len() > MAX_COMPARED || a.len().abs_diff(b.len()) > limit {
        return None;
    }
    // What both begin or end with does not count, and most similar words differ in few letters.
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![0; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitution = last[j] + usize::from(x != y);
            row[j + 1] = substitution.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        // A swap reaches back two rows, so only two rows beyond the limit rule the candidate out.
        if row.iter().chain(&last).all(|distance| *distance > limit) {
            return None;
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    (last[b.len()] <= limit).then_some(last[b.len()])
}

#[cfg(test)]
mod tests {
    use super::{Code, nearest};

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("bd", ["app", "db"]), Some("db"));
        assert_eq!(nearest("timout", ["retries", "timeout"]), Some("timeout"));
        assert_eq!(nearest("payments", ["app", "db"]), None);
        assert_eq!(nearest("abcdef", ["abxxef", "abcxef", "abcyef"]), Some("abcxef"), "the nearest, and of equals the first");
        assert_eq!(nearest("", ["a"]), None);
        assert_eq!(nearest("x", ["a"]), None, "no letter is left of the word");
        assert_eq!(nearest(&"x".repeat(65), [format!("{}y", "x".repeat(64)).as_str()]), None, "long words are not compared");
    }

    #[test]
    fn a_message_stays_on_one_line() {
        let mut sources = crate::source::Sources::default();
        let span = crate::source::Span::new(sources.add("a", ""), 0..0);
        assert_eq!(super::Diagnostic::new(Code::UnknownKey, span, "no key `a\n\u{1b}[31mb`").message, "no key `a\\n\\u{1b}[31mb`");
        assert_eq!(super::Diagnostic::new(Code::UnknownKey, span, "ö".repeat(1_000)).message.chars().count(), 301);
    }

    #[test]
    fn code_names_are_unique_kebab_case() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
