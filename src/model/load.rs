//! From a model directory to its documents: which files belong to a model, and in which order they are layered.
//!
//! This module sees files only through [`Files`]; the command line implements it over the disk, tests over a map.

use std::collections::BTreeMap;

use super::limits::{MAX_ELEMENTS_OF_ALL, MAX_MODEL_BYTES};
use crate::diagnostic::{Code, Diagnostic, MAX_DIAGNOSTICS, nearest};
use crate::source::{FileId, Sources, Span};
use crate::syntax::glob::matches;
use crate::syntax::keys::{Table, file};
use crate::syntax::link_key::{is_id, suggest_id};
use crate::syntax::value::{LayerId, Word};
use crate::syntax::{Document, DocumentKind, MAX_FILE_BYTES, RESERVED_IDS, decode, read};

/// The most files that one model may have.
pub const MAX_FILES: usize = 1_000;

/// The base's id.
pub const BASE_ID: &str = "system";

/// The base's file.
pub const BASE_FILE: &str = "system.toml";

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// There is none.
    NotFound,
    /// It lies, perhaps through a symbolic link, outside of the directory.
    Outside,
    /// It is larger than [`MAX_FILE_BYTES`]; the size in bytes.
    TooLarge(u64),
    /// The system's own words.
    Other(String),
}

/// The files of one model directory. Paths are relative to it, with `/` between the parts.
pub trait Files {
    /// Reads a file of at most [`MAX_FILE_BYTES`].
    ///
    /// # Errors
    /// When there is none, it lies outside, is too large, or the system refuses it.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError>;

    /// Lists the names of the files in a directory, sorted; a directory that does not exist is empty.
    ///
    /// # Errors
    /// When the system refuses it.
    fn list(&self, directory: &str) -> Result<Vec<String>, FileError>;

    /// Returns the path as diagnostics show it.
    fn shown(&self, path: &str) -> String;

    /// Returns the path of the workspace's `weighbridge.toml`, if this model lies in a workspace.
    fn workspace(&self) -> Option<String>;
}

/// One layer of a model: a file, or all parts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// What kind of file.
    pub kind: DocumentKind,
    /// The file's path as it is shown.
    pub path: String,
}

/// All documents of a model.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) sources: Sources,
    pub(super) layers: Vec<Layer>,
    /// The documents of the base, lowest first.
    pub(super) base: Vec<Document>,
    /// The alternatives, each behind the one that it extends.
    pub(super) alternatives: Vec<Alternative>,
    pub(super) policies: Vec<Document>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The file to blame for what no other place shows.
    pub(super) main: FileId,
    /// Where each file lies, relative to the model's directory.
    pub(super) paths: BTreeMap<FileId, String>,
}

/// One alternative's own document.
#[derive(Debug)]
pub(super) struct Alternative {
    /// The id; none where the file's name is no id.
    pub(super) id: Option<String>,
    pub(super) document: Document,
    /// The alternative that it extends, by its place in the list; none where that is the base.
    pub(super) parent: Option<usize>,
}

impl Loaded {
    /// Adds the layer of what was typed for this run, and returns it.
    pub(super) fn top_layer(&mut self) -> LayerId {
        self.layers.push(Layer { kind: DocumentKind::Base, path: "--set".to_owned() });
        LayerId(u16::try_from(self.layers.len() - 1).expect("files are limited to MAX_FILES"))
    }
}

struct Loader<'a> {
    files: &'a dyn Files,
    sources: Sources,
    layers: Vec<Layer>,
    diagnostics: Vec<Diagnostic>,
    count: usize,
    bytes: usize,
    elements: usize,
    /// Whether a limit was exceeded; nothing more is read then.
    is_full: bool,
    paths: BTreeMap<FileId, String>,
}

/// Loads the model of a directory.
pub(super) fn load(files: &dyn Files) -> Loaded {
    let mut loader = Loader {
        files,
        sources: Sources::default(),
        layers: Vec::new(),
        diagnostics: Vec::new(),
        count: 0,
        bytes: 0,
        elements: 0,
        is_full: false,
        paths: BTreeMap::new(),
    };
    let (mut base, mut policies) = (Vec::new(), Vec::new());
    // Whatever a file that cannot be read declares is not unknown.
    let mut is_lost = false;
    if let Some(path) = files.workspace() {
        let document = loader.optional(&path, DocumentKind::Workspace, &mut is_lost);
        policies.extend(document.clone());
        base.extend(document);
    }
    base.extend(loader.optional("imported.toml", DocumentKind::Imported, &mut is_lost));

    let (main, mut system) = match loader.document(BASE_FILE, DocumentKind::Base, None) {
        Some((main, document)) => (main, document),
        None => {
            is_lost = true;
            let main = loader.sources.ids().last().unwrap_or_else(|| loader.sources.add(files.shown(BASE_FILE), ""));
            (main, Document::new(main, DocumentKind::Base))
        }
    };
    base.extend(loader.parts(&system, &mut is_lost));

    let mut documents: BTreeMap<String, Document> = BTreeMap::new();
    for name in loader.list("alternatives", Span::new(main, 0..0)) {
        let path = format!("alternatives/{name}");
        if name.ends_with(".toml")
            && let Some((_, document)) = loader.document(&path, DocumentKind::Alternative, None)
        {
            documents.insert(path, document);
        }
    }
    let alternatives = loader.chains(documents);
    policies.extend(loader.optional("policy.toml", DocumentKind::Policy, &mut false));
    if is_lost || loader.is_full {
        system.unread.insert_anything();
        system.is_whole = false;
    }
    base.push(system);
    let Loader { sources, layers, diagnostics, paths, .. } = loader;
    Loaded { sources, layers, base, alternatives, policies, diagnostics, main, paths }
}

impl Loader<'_> {
    /// Reads a file that may be absent.
    fn optional(&mut self, path: &str, kind: DocumentKind, is_lost: &mut bool) -> Option<Document> {
        match self.files.read(path) {
            Err(FileError::NotFound) => None,
            bytes => {
                let document = self.document_of(bytes, path, kind, None).map(|(_, document)| document);
                *is_lost |= document.is_none();
                document
            }
        }
    }

    /// Lists a directory; a failure is blamed on `place`.
    fn list(&mut self, directory: &str, place: Span) -> Vec<String> {
        match self.files.list(directory) {
            Ok(names) => names,
            Err(error) => {
                let words = match error {
                    FileError::Other(words) => words,
                    FileError::NotFound | FileError::Outside | FileError::TooLarge(_) => {
                        "it lies outside of the model's directory".to_owned()
                    }
                };
                self.report(Diagnostic::new(Code::UnreadableFile, place, format!("the directory `{directory}` cannot be listed: {words}")));
                Vec::new()
            }
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() <= MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Says why no more files are read, once.
    fn full(&mut self, place: Span, message: String) {
        if !std::mem::replace(&mut self.is_full, true) {
            self.report(Diagnostic::new(Code::LimitExceeded, place, message));
        }
    }

    /// Reads a file; a failure is blamed on `named_at`, or on the file's own first line.
    fn document(&mut self, path: &str, kind: DocumentKind, named_at: Option<Span>) -> Option<(FileId, Document)> {
        if self.is_full {
            return None;
        }
        self.count += 1;
        if self.count > MAX_FILES {
            let place = named_at.unwrap_or_else(|| self.empty(&self.files.shown(path)));
            self.full(place, format!("a model has at most {MAX_FILES} files"));
            return None;
        }
        self.document_of(self.files.read(path), path, kind, named_at)
    }

    fn document_of(
        &mut self,
        bytes: Result<Vec<u8>, FileError>,
        path: &str,
        kind: DocumentKind,
        named_at: Option<Span>,
    ) -> Option<(FileId, Document)> {
        let shown = self.files.shown(path);
        let text = match bytes {
            Ok(bytes) => decode(bytes),
            Err(FileError::NotFound) => {
                let place = named_at.unwrap_or_else(|| self.empty(&shown));
                let mut diagnostic = Diagnostic::new(Code::MissingFile, place, format!("the file `{shown}` does not exist"));
                if path == BASE_FILE {
                    diagnostic = diagnostic.help("a model directory holds a `system.toml`; `weighbridge init DIR` writes a first one");
                } else if let Some((directory, name)) = path.rsplit_once('/') {
                    let there = self.files.list(directory).unwrap_or_default();
                    diagnostic = diagnostic.maybe_help(
                        nearest(name, there.iter().map(String::as_str))
                            .map(|near| format!("a file with a similar name exists: `{directory}/{near}`")),
                    );
                }
                self.report(diagnostic);
                return None;
            }
            Err(FileError::Outside) => {
                let place = named_at.unwrap_or_else(|| self.empty(&shown));
                self.report(Diagnostic::new(Code::PathOutsideModel, place, format!("`{shown}` lies outside of the model's directory")));
                return None;
            }
            Err(FileError::TooLarge(size)) => Err(format!("the file has {size} bytes, the limit is {MAX_FILE_BYTES} (8 MiB)")),
            Err(FileError::Other(words)) => Err(format!("the file cannot be read: {words}")),
        };
        match text {
            Ok(text) => {
                self.bytes += text.len();
                let file = self.sources.add(shown.clone(), text);
                self.paths.insert(file, path.to_owned());
                let start = Span::new(file, 0..0);
                if self.bytes > MAX_MODEL_BYTES {
                    self.full(start, format!("the files of the model have more than {} MiB together", MAX_MODEL_BYTES / 1_048_576));
                    return None;
                }
                let layer = self.layer(kind, shown);
                let (document, diagnostics) = read(&self.sources, file, kind, layer);
                diagnostics.into_iter().for_each(|one| self.report(one));
                self.elements += document.items.values().map(BTreeMap::len).sum::<usize>();
                if self.elements > MAX_ELEMENTS_OF_ALL {
                    self.full(start, format!("the files of the model have more than {MAX_ELEMENTS_OF_ALL} elements together"));
                    return None;
                }
                Some((file, document))
            }
            Err(words) => {
                let place = self.empty(&shown);
                self.report(Diagnostic::new(Code::UnreadableFile, place, words));
                None
            }
        }
    }

    fn layer(&mut self, kind: DocumentKind, path: String) -> LayerId {
        self.layers.push(Layer { kind, path });
        LayerId(u16::try_from(self.layers.len() - 1).expect("files are limited to MAX_FILES"))
    }

    /// Makes the place of a file that has no text.
    fn empty(&mut self, shown: &str) -> Span {
        let file = self.sources.add(shown, "");
        Span::new(file, 0..0)
    }

    /// Reads the parts that the base includes, in the order of their names.
    ///
    /// `is_lost` says afterwards whether any part could not be read.
    fn parts(&mut self, base: &Document, is_lost: &mut bool) -> Vec<Document> {
        let Some(header) = base.single(Table::File) else { return Vec::new() };
        let mut paths: BTreeMap<String, Span> = BTreeMap::new();
        for word in header.words(file::INCLUDE).to_vec() {
            let Some(path) = self.inside(BASE_FILE, &word) else {
                *is_lost = true;
                continue;
            };
            if !path.contains('*') {
                paths.insert(path, word.span);
                continue;
            }
            let (directory, pattern) = path.rsplit_once('/').unwrap_or(("", &path));
            if directory.contains('*') {
                self.report(
                    Diagnostic::new(Code::MissingFile, word.span, format!("`{}` has a `*` in a directory", word.text))
                        .help("`*` stands in the file name only: `parts/*.toml`"),
                );
                *is_lost = true;
                continue;
            }
            let names = self.list(directory, word.span);
            let matching: Vec<&String> = names.iter().filter(|name| matches(pattern, name) && name.ends_with(".toml")).collect();
            if matching.is_empty() {
                self.report(Diagnostic::new(Code::MissingFile, word.span, format!("no file matches `{}`", word.text)));
                *is_lost = true;
            }
            for name in matching {
                let path = if directory.is_empty() { name.clone() } else { format!("{directory}/{name}") };
                paths.insert(path, word.span);
            }
        }
        paths.remove(BASE_FILE);
        let count = paths.len();
        let parts: Vec<Document> = paths
            .into_iter()
            .filter_map(|(path, span)| self.document(&path, DocumentKind::Part, Some(span)).map(|(_, document)| document))
            .collect();
        *is_lost |= parts.len() < count;
        parts
    }

    /// Resolves a path that a file names, lexically; reports one that leaves the directory.
    fn inside(&mut self, from: &str, word: &Word) -> Option<String> {
        let resolved = resolve(from, &word.text);
        if resolved.is_none() {
            self.report(
                Diagnostic::new(Code::PathOutsideModel, word.span, format!("`{}` leaves the model's directory", word.text))
                    .help("name a file inside the model's directory by a relative path with `/`"),
            );
        }
        resolved
    }

    /// Follows `extends` of every alternative down to the base.
    fn chains(&mut self, documents: BTreeMap<String, Document>) -> Vec<Alternative> {
        let lower: BTreeMap<String, Lower> =
            documents.iter().map(|(path, document)| (path.clone(), self.lower(path, document, &documents))).collect();
        let mut depths: Vec<(usize, String)> = Vec::new();
        for path in documents.keys() {
            match depth(path, &lower) {
                Some(depth) => depths.push((depth, path.clone())),
                None => self.report_cycle(path, &lower, &documents[path]),
            }
        }
        // What an alternative extends is less deep, so it stands before it.
        depths.sort();
        let places: BTreeMap<&str, usize> = depths.iter().enumerate().map(|(at, (_, path))| (path.as_str(), at)).collect();
        let mut documents = documents;
        let mut alternatives = Vec::new();
        for (_, path) in &depths {
            let Some(document) = documents.remove(path) else { continue };
            let parent = match &lower[path] {
                Lower::Alternative(parent) => places.get(parent.as_str()).copied(),
                Lower::Base | Lower::Refused => None,
            };
            alternatives.push(Alternative { id: self.id(path, document.file), document, parent });
        }
        alternatives
    }

    /// Finds what an alternative extends, and reports where that cannot be.
    fn lower(&mut self, path: &str, document: &Document, documents: &BTreeMap<String, Document>) -> Lower {
        let header = document.single(Table::File);
        let Some(word) = header.and_then(|facts| facts.words(file::EXTENDS).first()).cloned() else {
            let is_refused = header.is_some_and(|facts| facts.entry_of(file::EXTENDS).is_some());
            if !is_refused && !document.unread.contains(file::EXTENDS.row().name) {
                let start = Span::new(document.file, 0..0);
                self.report(
                    Diagnostic::new(Code::MissingKey, start, "an alternative does not say what it extends")
                        .help("add `extends = \"../system.toml\"` below `schema = 1`"),
                );
            }
            return Lower::Refused;
        };
        match self.inside(path, &word) {
            Some(target) if target == BASE_FILE => Lower::Base,
            Some(target) if documents.contains_key(&target) => Lower::Alternative(target),
            Some(target) => {
                let is_there = self.files.list("alternatives").is_ok_and(|names| names.contains(&target.replace("alternatives/", "")));
                if !is_there {
                    let names = documents.keys().map(String::as_str).chain([BASE_FILE]);
                    let help = nearest(&target, names).map(|near| format!("a file with a similar name exists: `{near}`"));
                    let message = format!("the file `{target}` is neither the base nor an alternative");
                    self.report(Diagnostic::new(Code::MissingFile, word.span, message).maybe_help(help));
                }
                Lower::Refused
            }
            None => Lower::Refused,
        }
    }

    /// Reports a circle of `extends` once, at the first of the files in it: to mend any one of them is enough.
    fn report_cycle(&mut self, path: &str, lower: &BTreeMap<String, Lower>, document: &Document) {
        let mut names = vec![stem(path)];
        let mut at = path;
        let mut is_first = true;
        while let Some(Lower::Alternative(next)) = lower.get(at) {
            names.push(stem(next));
            is_first &= path <= next.as_str();
            if next == path {
                if !is_first {
                    return;
                }
                let extends = document.single(Table::File).and_then(|facts| facts.words(file::EXTENDS).first());
                let span = extends.map_or_else(|| Span::new(document.file, 0..0), |word| word.span);
                let message = format!("`{}` extends itself: {}", stem(path), names.join(" → "));
                return self.report(Diagnostic::new(Code::CyclicExtends, span, message));
            }
            if names.len() > lower.len() {
                // The file leads into a circle without being part of it.
                return;
            }
            at = next;
        }
    }

    /// Returns the id of an alternative's file, and reports a name that is none.
    fn id(&mut self, path: &str, file: FileId) -> Option<String> {
        let id = stem(path);
        if is_id(id) && !RESERVED_IDS.contains(&id) {
            return Some(id.to_owned());
        }
        let help = if RESERVED_IDS.contains(&id) {
            Some(format!("rename the file: `{id}` is a reserved id, `system` names the base"))
        } else {
            suggest_id(id).map(|id| format!("rename the file to `{id}.toml`"))
        };
        self.report(
            Diagnostic::new(Code::MalformedId, Span::new(file, 0..0), format!("the file's name `{id}` is no id for an alternative"))
                .maybe_help(help),
        );
        None
    }
}

/// What an alternative extends.
enum Lower {
    Base,
    /// An alternative, by its path.
    Alternative(String),
    /// Nothing that could be read.
    Refused,
}

/// Returns how many alternatives lie below one; none where they do not lead down to the base.
fn depth(path: &str, lower: &BTreeMap<String, Lower>) -> Option<usize> {
    let mut at = path;
    for depth in 0..=lower.len() {
        match lower.get(at)? {
            Lower::Base => return Some(depth),
            Lower::Alternative(next) => at = next,
            Lower::Refused => return None,
        }
    }
    None
}

/// Returns a path's file name without `.toml`.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// Resolves `relative`, as named by the file `from`, without looking at a disk; `None` when it leaves the directory.
pub fn resolve(from: &str, relative: &str) -> Option<String> {
    if relative.is_empty() || relative.starts_with('/') || relative.contains(['\\', ':', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            // Out of a directory above, as the workspace's file is, nothing leads further up.
            ".." if parts.last().is_none_or(|last| *last == "..") => return None,
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(resolve("alternatives/a.toml", "../system.toml").as_deref(), Some("system.toml"));
        assert_eq!(resolve("alternatives/a.toml", "b.toml").as_deref(), Some("alternatives/b.toml"));
        assert_eq!(resolve("system.toml", "parts/./x.toml").as_deref(), Some("parts/x.toml"));
        for path in ["../x.toml", "a/../../x.toml", "/etc/passwd", "C:\\x", "..", ""] {
            assert_eq!(resolve("system.toml", path), None, "{path}");
        }
        // What the workspace's file names lies beside it, or below.
        assert_eq!(resolve("../../weighbridge.toml", "prices/ours.toml").as_deref(), Some("../../prices/ours.toml"));
        assert_eq!(resolve("../../weighbridge.toml", "prices/../ours.toml").as_deref(), Some("../../ours.toml"));
        for path in ["../prices.toml", "a/../../prices.toml", "../../../prices.toml"] {
            assert_eq!(resolve("../../weighbridge.toml", path), None, "{path}");
        }
    }
}
