//! One file, read: facts by table and id, before layers are merged.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::Table;
use super::link_key::{Arrow, Part};
use super::value::{Facts, LayerId, Word};
use crate::source::{FileId, Span};

/// What a file is, and so which tables it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    /// `weighbridge.toml` above several models.
    Workspace,
    /// `imported.toml`.
    Imported,
    /// A part that the base includes.
    Part,
    /// `system.toml`.
    Base,
    /// A file with `extends`.
    Alternative,
    /// `policy.toml`.
    Policy,
}

/// The ends of a link's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkEnds {
    /// The left end, with its place.
    pub from: Word,
    /// The right end, with its place.
    pub to: Word,
    /// The arrow.
    pub arrow: Arrow,
    /// The name behind `#`.
    pub name: Option<String>,
}

/// One element with its facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The id, or a link's canonical key.
    pub id: Word,
    /// What is stated.
    pub facts: Facts,
    /// A link's ends.
    pub ends: Option<LinkEnds>,
}

/// The value of an assumption, to be read as its constant's type.
#[derive(Debug, Clone, PartialEq)]
pub struct AssumptionForm {
    /// The name's place.
    pub key: Span,
    /// The value as text; numbers as written.
    pub value: Word,
    /// The layer.
    pub layer: LayerId,
}

/// One file, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The file.
    pub file: FileId,
    /// What the file is.
    pub kind: DocumentKind,
    /// Tables that exist once.
    pub singles: BTreeMap<Table, Facts>,
    /// Elements by table and id.
    pub items: BTreeMap<Table, BTreeMap<String, Item>>,
    /// `[defaults]` by component kind or arrow.
    pub defaults: BTreeMap<String, Facts>,
    /// `remove` lists by table.
    pub removals: BTreeMap<Table, Vec<Word>>,
    /// Overridden constants by name.
    pub assumptions: BTreeMap<String, AssumptionForm>,
    /// The pinned set of assumptions.
    pub assumption_set: Option<Word>,
    /// Rules that a policy forbids to allow.
    pub forbid: Vec<Word>,
    /// What is there but could not be read: nothing is called unknown because of it.
    pub unread: Unread,
    /// Whether the file was read without an error.
    pub is_whole: bool,
}

/// What was written but could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unread {
    ids: BTreeSet<String>,
    anything: bool,
}

impl Unread {
    /// Takes an id in.
    pub fn insert(&mut self, id: impl Into<String>) {
        self.ids.insert(id.into());
    }

    /// Takes in that anything may be declared in what could not be read.
    pub fn insert_anything(&mut self) {
        self.anything = true;
    }

    /// Takes all of another in.
    pub fn extend(&mut self, other: &Self) {
        self.ids.extend(other.ids.iter().cloned());
        self.anything |= other.anything;
    }

    /// Returns the ids.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// Says whether an id may be declared in what could not be read.
    pub fn contains(&self, id: &str) -> bool {
        self.anything || self.ids.contains(id)
    }
}

impl Document {
    /// Makes an empty document.
    pub const fn new(file: FileId, kind: DocumentKind) -> Self {
        Self {
            file,
            kind,
            singles: BTreeMap::new(),
            items: BTreeMap::new(),
            defaults: BTreeMap::new(),
            removals: BTreeMap::new(),
            assumptions: BTreeMap::new(),
            assumption_set: None,
            forbid: Vec::new(),
            unread: Unread { ids: BTreeSet::new(), anything: false },
            is_whole: true,
        }
    }

    /// Returns the facts of a table that exists once, if the file has it.
    pub fn single(&self, table: Table) -> Option<&Facts> {
        self.singles.get(&table)
    }
}

/// Makes a word of a key's part; escapes in the key make it the whole key's place.
pub(super) fn word_of_part(part: &Part, key: &str, span: Span) -> Word {
    let quotes = span.range().len() == key.len() + 2;
    let span = if quotes { span.inside_quotes(part.range.clone()) } else { span };
    Word { text: part.text.clone(), span }
}
