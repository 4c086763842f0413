//! Models in memory, for tests.

use std::collections::BTreeMap;

use super::{FileError, Files, Model, System};
use crate::diagnostic::{has_errors, one_line};

/// Files of a model directory by their path.
#[derive(Debug, Default)]
pub(crate) struct MemoryFiles(pub(crate) BTreeMap<String, Vec<u8>>);

impl MemoryFiles {
    /// Makes a directory of some files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.0.get(path).cloned().ok_or(FileError::NotFound)
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

/// Reads a model of several files.
pub(crate) fn model(files: &[(&str, &str)]) -> Model {
    Model::read(&MemoryFiles::new(files))
}

/// Reads the base of a model that has one file and no mistake; `schema = 1` is put first.
pub(crate) fn system(text: &str) -> System {
    let text = format!("schema = 1\n{text}");
    let model = model(&[("system.toml", &text)]);
    let shown: Vec<String> = model.diagnostics.iter().map(|diagnostic| one_line(&model.sources, diagnostic)).collect();
    assert!(!has_errors(&model.diagnostics), "{shown:#?}");
    model.base
}
