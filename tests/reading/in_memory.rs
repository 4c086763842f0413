//! Models that lie in memory, for tests.

use std::collections::BTreeMap;
use std::path::Path;

use weighbridge::diagnostic::{Diagnostic, one_line};
use weighbridge::model::{FileError, Files, Model};
use weighbridge::source::Sources;
use weighbridge::syntax::MAX_FILE_BYTES;

/// Files by their path. A path that starts with `../` lies above the model: the workspace.
#[derive(Debug, Default, Clone)]
pub(crate) struct InMemory(pub(crate) BTreeMap<String, Vec<u8>>);

impl InMemory {
    /// Makes a directory of some texts.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }

    /// Takes in what lies in a real directory.
    pub(crate) fn load(directory: &Path) -> Self {
        let mut files = Self::default();
        files.add(directory, directory);
        files
    }

    fn add(&mut self, directory: &Path, root: &Path) {
        for entry in std::fs::read_dir(directory).expect("the directory is part of the repository") {
            let path = entry.expect("the directory can be listed").path();
            if path.is_dir() {
                self.add(&path, root);
            } else {
                let name = path.strip_prefix(root).expect("the path lies below its root").to_string_lossy().replace('\\', "/");
                self.0.insert(name, std::fs::read(&path).expect("the file can be read"));
            }
        }
    }
}

impl Files for InMemory {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let bytes = self.0.get(path).ok_or(FileError::NotFound)?;
        if bytes.len() > MAX_FILE_BYTES { Err(FileError::TooLarge(bytes.len() as u64)) } else { Ok(bytes.clone()) }
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let names = self.0.keys().filter_map(|path| path.strip_prefix(&prefix)).filter(|name| !name.contains('/'));
        Ok(names.map(str::to_owned).collect())
    }

    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }

    fn workspace(&self) -> Option<String> {
        self.0.contains_key("../weighbridge.toml").then(|| "../weighbridge.toml".to_owned())
    }
}

/// Writes a diagnostic as the tests expect it: the line that stands alone, then the second place, then the help.
pub(crate) fn shown(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut text = one_line(sources, diagnostic);
    if let Some(related) = &diagnostic.related {
        text.push_str(&format!("\n  and {}: {}", sources.place(related.span), related.text));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\n  help: {help}"));
    }
    text
}

/// Reads a model and writes all its diagnostics, one below the other.
pub(crate) fn diagnostics(files: &InMemory) -> String {
    let model = Model::read(files);
    let all: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
    all.join("\n")
}
