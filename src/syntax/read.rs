//! Reads a TOML tree into a [`Document`] by the key table. Reading never stops at the first mistake.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::document::{Document, DocumentKind, Item, LinkEnds, word_of_part};
use super::facts::{merge_same_layer, toml_string};
use super::keys::{Table, file};
use super::link_key::{self, Arrow};
use super::toml_text::{self, type_name};
use super::value::{Facts, LayerId, State, Value, Word};
use crate::diagnostic::{Code, Diagnostic, MAX_DIAGNOSTICS, has_errors, nearest};
use crate::source::{FileId, Sources, Span};

/// The most elements that one model may have.
pub const MAX_ELEMENTS: usize = 200_000;

/// The most bytes of model text that list targets, defaults and layers may repeat.
pub const MAX_EXPANDED_BYTES: usize = 64 * 1024 * 1024;

/// The tables of a file that hold elements by id, as they are called in a file.
pub const ITEM_TABLES: &[(&str, Table)] = &[
    ("teams", Table::Team),
    ("locations", Table::Location),
    ("components", Table::Component),
    ("links", Table::Link),
    ("journeys", Table::Journey),
    ("entities", Table::Entity),
    ("shared-fate", Table::SharedFate),
    ("network", Table::Network),
];

/// The tables of a file that exist once.
pub const SINGLE_TABLES: &[(&str, Table)] =
    &[("system", Table::System), ("alternative", Table::Alternative), ("objectives", Table::Objectives), ("cost", Table::Cost)];

/// The ids that no element may have.
pub const RESERVED_IDS: &[&str] = &["remove", "system"];

/// Reads one file.
pub fn read(sources: &Sources, file: FileId, kind: DocumentKind, layer: LayerId) -> (Document, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let text = &sources.file(file).text;
    let prepared = toml_text::prepare(text);
    let tree = toml_text::parse(file, text, &prepared, &mut diagnostics);
    let mut document = Document::new(file, kind);
    tree.unread.iter().for_each(|id| document.unread.insert(id.as_str()));
    if tree.is_lost {
        document.unread.insert_anything();
    }
    let mut reader = Reader { file, layer, text, wrong: &tree.wrong, document, diagnostics, expandable: MAX_EXPANDED_BYTES };
    match kind {
        DocumentKind::Policy => reader.policy(tree.root.get_ref()),
        _ => reader.model(tree.root.get_ref(), tree.is_whole),
    }
    let Reader { mut document, diagnostics, .. } = reader;
    document.is_whole = !has_errors(&diagnostics);
    (document, diagnostics)
}

pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    pub(super) layer: LayerId,
    pub(super) text: &'a str,
    /// Where single values are no TOML, rising: what is said of such a value beyond that would be a consequence.
    wrong: &'a [usize],
    pub(super) document: Document,
    diagnostics: Vec<Diagnostic>,
    /// The bytes that list targets may still repeat.
    expandable: usize,
}

/// Returns the pairs of a table in the order of the file.
pub(super) fn in_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(&'t Spanned<DeString<'a>>, &'t Spanned<DeValue<'a>>)> {
    let mut pairs: Vec<_> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    pairs
}

impl Reader<'_> {
    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    pub(super) fn key_span(&self, key: &Spanned<DeString<'_>>) -> Span {
        self.span(key.span())
    }

    /// Takes a mistake in, unless it is about a value that is no TOML, or there are too many already.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let range = diagnostic.label.span.range();
        let at = self.wrong.partition_point(|wrong| *wrong < range.start);
        let is_consequence = self.wrong.get(at).is_some_and(|wrong| *wrong <= range.end);
        if !is_consequence && !self.is_full() {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Says whether no more mistakes are taken in, so that nobody needs to find out what was meant.
    pub(super) fn is_full(&self) -> bool {
        self.diagnostics.len() > MAX_DIAGNOSTICS
    }

    pub(super) fn word(&self, text: &str, range: std::ops::Range<usize>) -> Word {
        Word { text: text.to_owned(), span: self.span(range) }
    }

    fn model(&mut self, root: &DeTable<'_>, is_whole: bool) {
        let mut header = Facts::new(Table::File);
        for (key, value) in in_order(root) {
            let name: &str = key.get_ref();
            if let Some(index) = Table::File.find(name) {
                self.fact(&mut header, index, key, value);
            } else if let Some((_, table)) = SINGLE_TABLES.iter().find(|(known, _)| *known == name) {
                if let Some(inner) = self.table(name, key, value) {
                    let facts = self.facts(*table, inner);
                    self.document.singles.insert(*table, facts);
                }
            } else if let Some((_, table)) = ITEM_TABLES.iter().find(|(known, _)| *known == name) {
                match self.table(name, key, value) {
                    Some(inner) => self.items(*table, inner),
                    None => self.document.unread.insert_anything(),
                }
            } else {
                match name {
                    "defaults" => self.defaults(key, value),
                    "observed" => self.observed(key, value),
                    "assumptions" => self.assumptions(key, value),
                    "policy" if self.document.kind == DocumentKind::Workspace => {
                        if let Some(inner) = self.table(name, key, value) {
                            self.policy(inner);
                        }
                    }
                    _ => self.unknown_top_level(key, name, value),
                }
            }
            self.check_place(key, name);
        }
        self.check_schema(&header, root, is_whole);
        self.document.singles.insert(Table::File, header);
    }

    fn unknown_top_level(&mut self, key: &Spanned<DeString<'_>>, name: &str, value: &Spanned<DeValue<'_>>) {
        // What stands in a table whose name is misspelt is not unknown.
        if let DeValue::Table(inner) = value.get_ref() {
            inner.keys().for_each(|id| self.document.unread.insert(id.get_ref().as_ref()));
        }
        let known = SINGLE_TABLES
            .iter()
            .chain(ITEM_TABLES)
            .map(|(name, _)| *name)
            .chain(["defaults", "observed", "assumptions"])
            .chain(Table::File.rows().iter().map(|row| row.name));
        let mut help = nearest(name, known).map(|near| format!("a key with a similar name exists: `{near}`"));
        if help.is_none() {
            let owners: Vec<&str> =
                Table::ALL.iter().filter(|table| table.find(name).is_some()).map(|table| table.path()).take(3).collect();
            if !owners.is_empty() {
                help = Some(format!("`{name}` is a key of {}", owners.join(", ")));
            }
        }
        let span = self.key_span(key);
        self.report(
            Diagnostic::new(Code::UnknownKey, span, format!("no key `{name}` exists at the top of a model file"))
                .label("not a table or key of the language")
                .maybe_help(help),
        );
    }

    /// A workspace shares some tables only; `[alternative]` stands only beside `extends`.
    fn check_place(&mut self, key: &Spanned<DeString<'_>>, name: &str) {
        let kind = self.document.kind;
        let misplaced = match (kind, name) {
            (DocumentKind::Workspace, name)
                if !["schema", "locations", "teams", "defaults", "cost", "policy", "assumptions", "network"].contains(&name) =>
            {
                Some("a workspace shares locations, teams, defaults, network, cost (price books), policy and assumptions only")
            }
            (DocumentKind::Alternative, "include") => Some("an alternative has no `include`; put the parts into the base"),
            (DocumentKind::Alternative, "observed") => Some("`[observed]` is fact about the base; move it to `system.toml`"),
            (DocumentKind::Base, "extends") => Some("the base extends nothing; an alternative is a file in `alternatives/`"),
            (DocumentKind::Base | DocumentKind::Part | DocumentKind::Imported, "alternative") => {
                Some("`[alternative]` stands in a file that `extends` another")
            }
            (DocumentKind::Part | DocumentKind::Imported, "extends" | "include") => {
                Some("only the base includes, only an alternative extends")
            }
            _ => None,
        };
        if let Some(help) = misplaced {
            let known = Table::File.find(name).is_some()
                || SINGLE_TABLES.iter().chain(ITEM_TABLES).any(|(known, _)| *known == name)
                || name == "observed";
            if known {
                let span = self.key_span(key);
                self.report(Diagnostic::new(Code::MisplacedKey, span, format!("`{name}` does not belong into this file")).help(help));
            }
        }
    }

    fn check_schema(&mut self, header: &Facts, root: &DeTable<'_>, is_whole: bool) {
        let start = self.span(0..0);
        match header.entry_of(file::SCHEMA) {
            None => {
                let there = root.iter().any(|(key, _)| key.get_ref() == "schema");
                if !there && is_whole {
                    self.report(
                        Diagnostic::new(Code::UnknownSchema, start, "the file does not say its schema")
                            .help("add `schema = 1` as the first line"),
                    );
                }
            }
            Some(entry) => {
                if let State::Stated(Value::Count(version)) = entry.state
                    && version != 1
                {
                    self.check_version(version, entry.value);
                } else if root.iter().any(|(key, _)| key.span().start < entry.key.start as usize) {
                    let diagnostic = Diagnostic::new(Code::UnknownSchema, entry.key, "`schema` is not the first key of the file")
                        .help("move `schema = 1` to the first line");
                    self.report(diagnostic);
                }
            }
        }
    }

    pub(super) fn check_version(&mut self, version: u64, place: Span) {
        if version != 1 {
            let diagnostic = Diagnostic::new(Code::UnknownSchema, place, format!("schema `{version}` is unknown"))
                .label("this release reads schema 1")
                .help("install a newer weighbridge, or write `schema = 1`");
            self.report(diagnostic);
        }
    }

    /// Returns a value that must be a table.
    pub(super) fn table<'t, 'a>(
        &mut self,
        name: &str,
        key: &Spanned<DeString<'_>>,
        value: &'t Spanned<DeValue<'a>>,
    ) -> Option<&'t DeTable<'a>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        let diagnostic =
            Diagnostic::new(Code::WrongType, self.span(value.span()), format!("`{name}` is a table, not {}", type_name(value.get_ref())))
                .related(self.key_span(key), "this key takes a table");
        self.report(diagnostic);
        None
    }

    fn items(&mut self, table: Table, inner: &DeTable<'_>) {
        for (key, value) in in_order(inner) {
            let name: &str = key.get_ref();
            if name == "remove" && !matches!(table, Table::Network) {
                self.removals(table, key, value);
                continue;
            }
            match table {
                Table::Link => self.link(key, value),
                Table::Network => self.network(name, key, value),
                _ if !link_key::is_id(name) => self.malformed_id(key),
                _ if RESERVED_IDS.contains(&name) => {
                    let span = self.key_span(key);
                    self.document.unread.insert(name);
                    self.report(Diagnostic::new(Code::MalformedId, span, format!("`{name}` is a reserved id")).help("choose another id"));
                }
                _ => self.item(table, name, key, value, None),
            }
        }
    }

    /// Reads what lies between two places, or what a distance class is like.
    fn network(&mut self, name: &str, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let parsed = match link_key::parse(name) {
            Ok(parsed) if parsed.both_ways && parsed.to.len() == 1 && parsed.name.is_none() => parsed,
            _ => return self.item(Table::Network, name, key, value, None),
        };
        let span = self.key_span(key);
        let (mut from, mut to) = (word_of_part(&parsed.from, name, span), word_of_part(&parsed.to[0], name, span));
        // The same two places in either order are one entry.
        if to.text < from.text {
            std::mem::swap(&mut from, &mut to);
        }
        let id = format!("{} <-> {}", from.text, to.text);
        self.item(Table::Network, &id, key, value, Some(LinkEnds { from, to, arrow: Arrow::Call, name: None }));
    }

    fn malformed_id(&mut self, key: &Spanned<DeString<'_>>) {
        let name: &str = key.get_ref();
        let suggestion = link_key::suggest_id(name);
        if let Some(id) = &suggestion {
            self.document.unread.insert(id.as_str());
        }
        self.document.unread.insert(name);
        let diagnostic = Diagnostic::new(Code::MalformedId, self.key_span(key), format!("`{name}` is no id"))
            .label("ids are lower-case letters, digits and hyphens, a letter first")
            .maybe_help(suggestion.map(|id| format!("write `{id}`, and `name = {}` for what readers see", toml_string(name))));
        self.report(diagnostic);
    }

    /// Reads one element.
    pub(super) fn item(
        &mut self,
        table: Table,
        id: &str,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
        ends: Option<LinkEnds>,
    ) {
        let word = self.word(id, key.span());
        let Some(inner) = self.table(id, key, value) else {
            self.document.unread.insert(id);
            return;
        };
        let facts = self.facts(table, inner);
        self.add(table, Item { id: word, facts, ends });
    }

    /// Takes an element in; the same element may be written in several places of one layer, the same key of it may not.
    pub(super) fn add(&mut self, table: Table, item: Item) {
        let items = self.document.items.entry(table).or_default();
        match items.get_mut(&item.id.text) {
            None => {
                items.insert(item.id.text.clone(), item);
            }
            Some(first) => merge_same_layer(&mut first.facts, item.facts, &mut self.diagnostics),
        }
    }

    fn link(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let name: &str = key.get_ref();
        let span = self.key_span(key);
        let parsed = match link_key::parse(name) {
            Ok(parsed) => parsed,
            Err(error) => {
                let part = link_key::Part { text: String::new(), range: error.range };
                let span = word_of_part(&part, name, span).span;
                let diagnostic =
                    Diagnostic::new(Code::MalformedLink, span, format!("the link key `{name}` {}", error.message)).maybe_help(error.help);
                self.document.unread.insert(name);
                self.report(diagnostic);
                return;
            }
        };
        let Some(inner) = self.table(name, key, value) else {
            self.document.unread.insert(name);
            return;
        };
        let facts = self.facts(Table::Link, inner);
        let from = word_of_part(&parsed.from, name, span);
        let copies = parsed.to.len() * if parsed.both_ways { 2 } else { 1 };
        if !self.expand(copies * value.span().len(), span) {
            self.document.unread.insert_anything();
            return;
        }
        for target in &parsed.to {
            let to = word_of_part(target, name, span);
            let mut directions = vec![(from.clone(), to.clone(), parsed.arrow)];
            if parsed.both_ways {
                directions.push((to, from.clone(), Arrow::Call));
            }
            for (from, to, arrow) in directions {
                if from.text == to.text {
                    let diagnostic = Diagnostic::new(Code::MalformedLink, to.span, format!("`{}` is linked to itself", to.text))
                        .help("a link joins two components; work inside one is its service time");
                    self.report(diagnostic);
                    continue;
                }
                let id = Word { text: link_key::canonical(&from.text, arrow, &to.text, parsed.name.as_deref()), span };
                let ends = LinkEnds { from, to, arrow, name: parsed.name.clone() };
                self.add(Table::Link, Item { id, facts: facts.clone(), ends: Some(ends) });
            }
        }
    }

    /// Counts the bytes that list targets repeat.
    fn expand(&mut self, bytes: usize, place: Span) -> bool {
        if bytes > self.expandable {
            let limit = MAX_EXPANDED_BYTES / 1_048_576;
            let diagnostic =
                Diagnostic::new(Code::LimitExceeded, place, format!("the lists of targets in this file repeat more than {limit} MiB"))
                    .help("put what the links share into `[defaults]`");
            self.report(diagnostic);
            return false;
        }
        self.expandable -= bytes;
        true
    }

    fn removals(&mut self, table: Table, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        if self.document.kind != DocumentKind::Alternative {
            let span = self.key_span(key);
            self.report(
                Diagnostic::new(Code::MisplacedKey, span, "`remove` does not belong into this file")
                    .help("only an alternative removes what lies below it"),
            );
        }
        let words = self.words("remove", value).unwrap_or_default();
        let mut expanded = Vec::new();
        for word in words {
            match (table, link_key::parse(&word.text)) {
                (Table::Link, Ok(parsed)) => {
                    for target in &parsed.to {
                        let mut ends = vec![(&parsed.from.text, &target.text)];
                        if parsed.both_ways {
                            ends.push((&target.text, &parsed.from.text));
                        }
                        for (from, to) in ends {
                            let text = link_key::canonical(from, parsed.arrow, to, parsed.name.as_deref());
                            expanded.push(Word { text, span: word.span });
                        }
                    }
                }
                (Table::Link, Err(error)) => {
                    let diagnostic =
                        Diagnostic::new(Code::MalformedLink, word.span, format!("the link key `{}` {}", word.text, error.message))
                            .maybe_help(error.help);
                    self.report(diagnostic);
                }
                _ => expanded.push(word),
            }
        }
        self.document.removals.entry(table).or_default().extend(expanded);
    }
}
