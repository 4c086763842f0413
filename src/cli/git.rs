//! Model directories of a git revision, read through the user's own git: its configuration, its worktrees, its credentials.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::model::{FileError, Files, MAX_FILES, MAX_MODEL_BYTES};

/// The file that makes a directory above several models a workspace.
const WORKSPACE_FILE: &str = "weighbridge.toml";

/// A model directory as it was in a revision; all its files are read at once.
#[derive(Debug)]
pub(super) struct GitFiles {
    /// What the user typed: `main:models/shop`.
    shown: String,
    /// The files by their path below the directory, and the workspace's by `../`.
    files: BTreeMap<String, Vec<u8>>,
    workspace: Option<String>,
}

impl GitFiles {
    /// Reads a directory of a revision.
    pub(super) fn open(revision: &str, directory: &str) -> Result<Self> {
        if revision.is_empty() || revision.starts_with('-') {
            bail!("`{revision}` is no revision");
        }
        let directory = directory.trim_end_matches('/');
        let at = |path: &str| {
            // `./` makes git resolve a path from where the user stands.
            let path = if path.is_empty() { String::new() } else { format!("/{path}") };
            format!("{revision}:./{}{path}", if directory.is_empty() { "." } else { directory })
        };
        let listed = git(&["ls-tree", "-r", "-z", "-l", &at("")]).with_context(|| format!("cannot list `{revision}:{directory}`"))?;
        let mut names = Vec::new();
        let mut bytes = 0_u64;
        for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            // MODE TYPE OBJECT SIZE<tab>PATH
            let line = String::from_utf8_lossy(line);
            let Some((about, path)) = line.split_once('\t') else { continue };
            let mut about = about.split_whitespace();
            let is_file = about.next().is_some_and(|mode| mode.starts_with("100"));
            let size = about.nth(2).and_then(|size| size.parse::<u64>().ok());
            if let Some(size) = size.filter(|_| is_file && path.ends_with(".toml")) {
                bytes += size;
                names.push(path.to_owned());
            }
        }
        if names.len() > MAX_FILES || bytes > MAX_MODEL_BYTES as u64 {
            bail!("`{revision}:{directory}` holds more than {MAX_FILES} files or {MAX_MODEL_BYTES} bytes of TOML");
        }
        let mut files = BTreeMap::new();
        for name in names {
            files.insert(name.clone(), git(&["cat-file", "blob", &at(&name)])?);
        }
        if !files.contains_key(crate::model::BASE_FILE) {
            bail!("`{revision}:{directory}` has no `{}`", crate::model::BASE_FILE);
        }
        let mut this = Self { shown: format!("{revision}:{directory}"), files, workspace: None };
        this.find_workspace(directory, &at)?;
        Ok(this)
    }

    /// Finds the workspace's file above the directory, up to the top of the repository.
    fn find_workspace(&mut self, directory: &str, at: &dyn Fn(&str) -> String) -> Result<()> {
        let prefix = git(&["rev-parse", "--show-prefix"])?;
        let prefix = String::from_utf8_lossy(&prefix);
        let below = |path: &str| path.trim().split('/').filter(|part| !part.is_empty() && *part != ".").count();
        let mut relative = String::new();
        for _ in 0..below(&prefix) + below(directory) {
            relative.push_str("../");
            let path = format!("{relative}{WORKSPACE_FILE}");
            if let Ok(bytes) = git(&["cat-file", "blob", &at(&path)]) {
                self.files.insert(path.clone(), bytes);
                self.workspace = Some(path);
                break;
            }
        }
        Ok(())
    }
}

/// Runs git and returns what it prints.
fn git(arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git")
        .args(arguments)
        .stdin(Stdio::null())
        // Messages of git are shown; they must not change with the user's language.
        .env("LC_ALL", "C")
        .output()
        .context("cannot run `git`, which reads revisions")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

impl Files for GitFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.files.get(path).cloned().ok_or(FileError::NotFound)
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let below = self.files.keys().filter_map(|path| path.strip_prefix(&prefix));
        // A directory is listed once, by the first of its files.
        let mut names: Vec<String> = below.filter_map(|path| path.split('/').next()).map(str::to_owned).collect();
        names.dedup();
        names.retain(|name| !name.starts_with('.'));
        Ok(names)
    }

    fn shown(&self, path: &str) -> String {
        crate::report::text::harmless(&format!("{}/{path}", self.shown))
    }

    fn workspace(&self) -> Option<String> {
        self.workspace.clone()
    }
}
