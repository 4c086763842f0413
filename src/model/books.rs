//! The price books that a model names in `[cost] books`, laid over the embedded ones.

use std::collections::BTreeMap;

use super::load::resolve;
use super::system::System;
use super::{FileError, Files};
use crate::diagnostic::{Code, Diagnostic};
use crate::pricing::{Book, Prices, read};
use crate::source::{FileId, Sources};
use crate::syntax::decode;
use crate::syntax::keys::{Table, cost};
use crate::syntax::value::Word;

/// The most price books of one alternative.
const MAX_BOOKS: usize = 32;

/// Reads the books of each system, each file once, and gives every system its prices.
pub(super) fn stock<'s>(
    files: &dyn Files,
    paths: &BTreeMap<FileId, String>,
    systems: impl Iterator<Item = &'s mut System>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut known: BTreeMap<String, Option<Book>> = BTreeMap::new();
    let mut laid: BTreeMap<Vec<String>, Prices> = BTreeMap::new();
    for system in systems {
        let words: Vec<Word> = system.single(Table::Cost).map_or_else(Vec::new, |facts| facts.words(cost::BOOKS).to_vec());
        if let Some(word) = words.get(MAX_BOOKS) {
            let message = format!("the model names more than {MAX_BOOKS} price books");
            push_once(diagnostics, Diagnostic::new(Code::LimitExceeded, word.span, message));
            continue;
        }
        let mut named = Vec::new();
        for word in &words {
            let from = paths.get(&word.span.file).map_or("", String::as_str);
            let Some(path) = resolve(from, &word.text) else {
                let message = format!("`{}` leads out of the model's directory", word.text);
                push_once(diagnostics, Diagnostic::new(Code::PathOutsideModel, word.span, message));
                continue;
            };
            if !known.contains_key(&path) {
                let book = open(files, &path, word, sources, diagnostics);
                known.insert(path.clone(), book);
            }
            named.push(path);
        }
        if !named.is_empty() {
            let prices =
                laid.entry(named).or_insert_with_key(|named| Prices::with(named.iter().filter_map(|path| known[path].clone()).collect()));
            system.prices = prices.clone();
        }
    }
}

/// An alternative names the same books as its base, at the same place.
fn push_once(diagnostics: &mut Vec<Diagnostic>, diagnostic: Diagnostic) {
    if !diagnostics.contains(&diagnostic) {
        diagnostics.push(diagnostic);
    }
}

fn open(files: &dyn Files, path: &str, word: &Word, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> Option<Book> {
    let shown = files.shown(path);
    let text = match files.read(path) {
        Ok(bytes) => decode(bytes),
        Err(FileError::NotFound) => {
            let message = format!("the price book `{shown}` does not exist");
            diagnostics.push(Diagnostic::new(Code::MissingFile, word.span, message));
            return None;
        }
        Err(FileError::Outside) => {
            let message = format!("`{shown}` lies outside of the model's directory");
            diagnostics.push(Diagnostic::new(Code::PathOutsideModel, word.span, message));
            return None;
        }
        Err(FileError::TooLarge(size)) => Err(format!("the file has {size} bytes, the limit is {} (8 MiB)", crate::syntax::MAX_FILE_BYTES)),
        Err(FileError::Other(words)) => Err(words),
    };
    match text {
        Ok(text) => {
            let file = sources.add(shown, text);
            let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml").to_owned();
            let (book, found) = read(sources, file, &name);
            diagnostics.extend(found);
            Some(book)
        }
        Err(words) => {
            let message = format!("the price book `{shown}` cannot be read: {words}");
            diagnostics.push(Diagnostic::new(Code::UnreadableFile, word.span, message));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_BOOKS;
    use crate::diagnostic::Code;
    use crate::model::testing::model;

    /// The alternatives inherit the list, and the mistake is made once.
    #[test]
    fn too_many_books_are_reported_once() {
        let books = vec!["\"prices.toml\""; MAX_BOOKS + 1].join(", ");
        let system = format!("schema = 1\n[cost]\nbooks = [{books}]\n[components]\na = {{ kind = \"service\" }}\n");
        let alternative = "schema = 1\nextends = \"../system.toml\"\n";
        let model = model(&[("system.toml", &system), ("alternatives/a.toml", alternative), ("alternatives/b.toml", alternative)]);
        assert_eq!(model.alternatives.len(), 2);
        assert_eq!(model.diagnostics.iter().filter(|one| one.code == Code::LimitExceeded).count(), 1, "{:?}", model.diagnostics);
    }
}
