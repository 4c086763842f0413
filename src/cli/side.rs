//! What models are compared with: directories, or directories of git revisions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::disk;
use super::git::{self, GitFiles};
use crate::model::Model;

/// A side of a comparison: what is a directory is one, else what is before the first colon is a revision.
#[derive(Debug, Clone)]
pub(super) enum Side {
    Disk(PathBuf),
    Git { revision: String, directory: String },
}

impl Side {
    pub(super) fn of(typed: &str) -> Result<Self> {
        if Path::new(typed).is_dir() {
            return Ok(Self::Disk(PathBuf::from(typed)));
        }
        let Some((revision, directory)) = typed.split_once(':') else {
            bail!("`{typed}` is no directory; a revision is written `{typed}:DIRECTORY`, such as `main:models/shop`");
        };
        Ok(Self::Git { revision: revision.to_owned(), directory: directory.to_owned() })
    }

    /// The side as it is typed.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Disk(directory) => directory.display().to_string(),
            Self::Git { revision, directory } => format!("{revision}:{directory}"),
        }
    }

    /// Finds the models of the side by their places below it; a model that is the side itself is at the empty one.
    pub(super) fn models(&self) -> Result<BTreeSet<PathBuf>> {
        match self {
            Self::Git { revision, directory } => git::models(revision, directory),
            Self::Disk(folder) => {
                let below = |path: PathBuf| path.strip_prefix(folder).map(Path::to_owned).unwrap_or(path);
                Ok(disk::models(folder)?.into_iter().map(below).collect())
            }
        }
    }

    /// Returns what is at a place below.
    pub(super) fn below(&self, place: &Path) -> Self {
        if place.as_os_str().is_empty() {
            return self.clone();
        }
        match self {
            Self::Disk(folder) => Self::Disk(folder.join(place)),
            Self::Git { revision, directory } => {
                let parts: Vec<_> = place.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                let directory = if directory.is_empty() { String::new() } else { format!("{}/", directory.trim_end_matches('/')) };
                Self::Git { revision: revision.clone(), directory: format!("{directory}{}", parts.join("/")) }
            }
        }
    }

    /// Says whether both name one place, at different times.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Git { directory, .. }, Self::Disk(path)) | (Self::Disk(path), Self::Git { directory, .. }) => {
                git::is_same_place(directory, path)
            }
            (Self::Git { directory, .. }, Self::Git { directory: other, .. }) => git::is_same_place(directory, Path::new(other)),
            (Self::Disk(_), Self::Disk(_)) => false,
        }
    }

    /// Reads the model that the side is.
    pub(super) fn read(&self) -> Result<Model> {
        match self {
            Self::Disk(directory) => Ok(Model::read(&disk::DiskFiles::open(directory)?)),
            Self::Git { revision, directory } => {
                let files = GitFiles::open(revision, directory)?;
                Ok(Model::read(&files.with_context(|| format!("`{revision}:{directory}` is no model"))?))
            }
        }
    }
}
