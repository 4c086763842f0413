//! The disk: model directories, their files, and the way from an argument to them.

use std::fs;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::model::{BASE_FILE, FileError, Files};
use crate::syntax::MAX_FILE_BYTES;

/// The file that makes a directory above several models a workspace.
const WORKSPACE_FILE: &str = "weighbridge.toml";

/// How deep a folder is searched for model directories.
const MAX_SEARCH_DEPTH: usize = 4;

/// A model directory on the disk.
#[derive(Debug, Clone)]
pub(super) struct DiskFiles {
    /// The directory as the user reached it.
    shown: PathBuf,
    /// The directory without symbolic links.
    real: PathBuf,
    /// The path of the workspace's file, relative to the directory, and its real place.
    workspace: Option<(String, PathBuf)>,
}

impl DiskFiles {
    /// Opens a model directory.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let real = directory.canonicalize().with_context(|| format!("cannot open the directory `{}`", directory.display()))?;
        let workspace = workspace_above(&real);
        Ok(Self { shown: directory.to_owned(), real, workspace })
    }

    /// Returns the directory as the user reached it.
    pub(super) fn directory(&self) -> &Path {
        &self.shown
    }

    /// Says whether a file, by its real path, belongs to the model: it lies in the directory, or is the workspace's.
    pub(super) fn holds(&self, path: &Path) -> bool {
        path.starts_with(&self.real) || self.workspace.as_ref().is_some_and(|(_, file)| file == path)
    }
}

/// Finds `weighbridge.toml` in a directory above, up to the one that holds a repository.
fn workspace_above(real: &Path) -> Option<(String, PathBuf)> {
    let mut relative = String::new();
    let mut at = real;
    while !at.join(".git").exists() {
        at = at.parent()?;
        relative.push_str("../");
        let file = at.join(WORKSPACE_FILE);
        if file.is_file() {
            return Some((format!("{relative}{WORKSPACE_FILE}"), file));
        }
    }
    None
}

impl Files for DiskFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let other = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => FileError::NotFound,
            _ => FileError::Other(format!("the system refuses it: {error}")),
        };
        let (joined, root) = match &self.workspace {
            Some((relative, file)) if relative == path => (file.clone(), file.parent().unwrap_or(file).to_owned()),
            // What the workspace's file names lies in the workspace.
            Some((_, file)) if path.starts_with("../") => (self.real.join(path), file.parent().unwrap_or(file).to_owned()),
            _ => (self.real.join(path), self.real.clone()),
        };
        // What a symbolic link reaches must lie inside, too.
        let real = joined.canonicalize().map_err(other)?;
        if !real.starts_with(&root) {
            return Err(FileError::Outside);
        }
        let metadata = fs::metadata(&real).map_err(other)?;
        if !metadata.is_file() {
            return Err(FileError::Other("it is not a regular file".into()));
        }
        if metadata.len() > MAX_FILE_BYTES as u64 {
            return Err(FileError::TooLarge(metadata.len()));
        }
        let mut bytes = Vec::new();
        // The file may have grown meanwhile.
        fs::File::open(&real).map_err(other)?.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(other)?;
        Ok(bytes)
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let path = self.real.join(directory);
        let real = match path.canonicalize() {
            Ok(real) if real.starts_with(&self.real) => real,
            Ok(_) => return Err(FileError::Outside),
            Err(_) => return Ok(Vec::new()),
        };
        if !real.is_dir() {
            return Ok(Vec::new());
        }
        let refused = |error: std::io::Error| FileError::Other(format!("the system refuses it: {error}"));
        let mut names = Vec::new();
        for entry in fs::read_dir(real).map_err(refused)? {
            let name = entry.map_err(refused)?.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn shown(&self, path: &str) -> String {
        let joined = if self.shown == Path::new(".") { PathBuf::from(path) } else { self.shown.join(path) };
        crate::report::text::harmless(&tidy(&joined))
    }

    fn workspace(&self) -> Option<String> {
        self.workspace.as_ref().map(|(relative, _)| relative.clone())
    }
}

/// Names a directory or a file as it is named from the top of its repository, or by its own name where there is none: the same wherever the user stands, and
/// before it is made.
pub(super) fn from_the_top(path: &Path) -> String {
    let Some(real) = path.ancestors().find_map(|above| will_be(path, above)) else { return tidy(path) };
    let top = real.ancestors().find(|above| above.join(".git").exists()).or_else(|| real.parent()).unwrap_or(&real);
    match tidy(real.strip_prefix(top).unwrap_or(&real)) {
        same if same.is_empty() => ".".to_owned(),
        path => crate::report::text::harmless(&path),
    }
}

/// Returns where a path will be once it is made, from a part of it that is there.
fn will_be(path: &Path, above: &Path) -> Option<PathBuf> {
    let there = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    let (real, rest) = (there.canonicalize().ok()?, path.strip_prefix(above).ok()?);
    Some(if rest.as_os_str().is_empty() { real } else { real.join(rest) })
}

/// Names a file as seen from a directory, however both were typed.
pub(super) fn seen_from(directory: &Path, file: &Path) -> String {
    let (Ok(directory), Ok(real)) = (directory.canonicalize(), file.canonicalize()) else { return tidy(file) };
    let shared = directory.ancestors().find(|above| real.starts_with(above)).unwrap_or(Path::new(""));
    let up = directory.strip_prefix(shared).map_or(0, |below| below.components().count());
    crate::report::text::harmless(&format!("{}{}", "../".repeat(up), tidy(real.strip_prefix(shared).unwrap_or(&real))))
}

/// Writes a path with `/`, and without `x/..` where both parts are plain.
fn tidy(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir if parts.last().is_some_and(|last| last != ".." && last != "/") => {
                parts.pop();
            }
            Component::CurDir => {}
            Component::RootDir => parts.push(String::new()),
            part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts.join("/")
}

/// What a `PATH` argument names.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The model directory.
    pub(super) files: DiskFiles,
    /// The alternative, where a file of one was named.
    pub(super) alternative: Option<String>,
}

/// Finds the model directory of an argument: the directory itself, or the one that holds an alternative's file.
pub(super) fn target(path: &Path) -> Result<Target> {
    if path.join(BASE_FILE).is_file() || path.is_dir() {
        return Ok(Target { files: DiskFiles::open(path)?, alternative: None });
    }
    if !path.is_file() {
        bail!("there is no file or directory `{}`", path.display());
    }
    if path.file_name().is_some_and(|name| name == BASE_FILE) {
        return Ok(Target { files: DiskFiles::open(parent(path))?, alternative: None });
    }
    let mut at = parent(path);
    for _ in 0..MAX_SEARCH_DEPTH {
        if at.join(BASE_FILE).is_file() {
            let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            return Ok(Target { files: DiskFiles::open(at)?, alternative: id });
        }
        at = parent(at);
    }
    bail!("`{}` belongs to no model: no directory above it holds a `{BASE_FILE}`", path.display());
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Finds the model directories of an argument: its own, or those in the folder.
pub(super) fn targets(path: &Path) -> Result<Vec<Target>> {
    let base = path.join(BASE_FILE);
    if base.symlink_metadata().is_ok() && !base.is_file() {
        bail!("`{}` is no regular file", base.display());
    }
    if path.is_dir() && !path.join(BASE_FILE).is_file() {
        let mut found = Vec::new();
        search(path, 0, &mut found)?;
        if found.is_empty() {
            bail!("`{}` holds no model: neither it nor a directory inside has a `{BASE_FILE}`", path.display());
        }
        return found.iter().map(|directory| Ok(Target { files: DiskFiles::open(directory)?, alternative: None })).collect();
    }
    Ok(vec![target(path)?])
}

fn search(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    if directory.join(BASE_FILE).is_file() {
        found.push(directory.to_owned());
        return Ok(());
    }
    if depth == MAX_SEARCH_DEPTH {
        return Ok(());
    }
    let mut inner: Vec<PathBuf> = fs::read_dir(directory)
        .with_context(|| format!("cannot list the directory `{}`", directory.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir() && !path.is_symlink())
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')))
        .collect();
    inner.sort_unstable();
    inner.iter().try_for_each(|path| search(path, depth + 1, found))
}

/// Returns all `*.toml` files of an argument; of a directory, answers are left out: `ask` writes them in a layout of their own.
pub(super) fn toml_files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    collect_toml(path, 0, &mut found)?;
    if found.is_empty() {
        bail!("`{}` holds no `.toml` file", path.display());
    }
    Ok(found)
}

fn collect_toml(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(directory)
        .with_context(|| format!("cannot list the directory `{}`", directory.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| !path.is_symlink() && !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')))
        .collect();
    entries.sort_unstable();
    for path in entries {
        // Answers and questionnaires have a layout of their own.
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_of_a_model = directory.join(BASE_FILE).is_file();
        if is_of_a_model && matches!(name.as_str(), "answers" | "answers.toml" | "questionnaire.toml") {
            continue;
        }
        if path.is_dir() && depth < MAX_SEARCH_DEPTH {
            collect_toml(&path, depth + 1, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    Ok(())
}

/// Reads a file of at most so many bytes as text; a larger one is refused before it is read.
pub(super) fn read_limited(path: &Path, limit: usize) -> Result<String> {
    let refused = || format!("cannot read `{}`", path.display());
    let metadata = fs::metadata(path).with_context(refused)?;
    if metadata.len() > limit as u64 {
        bail!("`{}` has {} bytes, the limit is {limit} ({} MiB)", path.display(), metadata.len(), limit >> 20);
    }
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes)).with_context(refused)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!("cannot read `{}`: byte {} in line {line} begins no character of UTF-8", path.display(), valid + 1)
    })
}

/// Reads a file of at most [`MAX_FILE_BYTES`] as text.
pub(super) fn read_text(path: &Path) -> Result<String> {
    read_text_up_to(path, MAX_FILE_BYTES)
}

/// Reads a text file of a limited size.
pub(super) fn read_text_up_to(path: &Path, limit: usize) -> Result<String> {
    let refused = || format!("cannot read `{}`", path.display());
    let metadata = fs::metadata(path).with_context(refused)?;
    if metadata.len() > limit as u64 {
        bail!("`{}` has {} bytes, the limit is {limit} ({} MiB)", path.display(), metadata.len(), limit >> 20);
    }
    let mut bytes = Vec::new();
    // A device, or a pipe, says no length, and may have no end.
    fs::File::open(path).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes)).with_context(refused)?;
    if bytes.len() > limit {
        bail!("`{}` has more than {limit} bytes, which is the limit ({} MiB)", path.display(), limit >> 20);
    }
    crate::syntax::decode(bytes).map_err(|words| anyhow::anyhow!("cannot read `{}`: {words}", path.display()))
}

/// Writes a file so that readers see the old or the new one, never a part: a temporary file in the same folder, then a rename.
///
/// A symbolic link stays and its target is written; the file's permissions stay. What is no regular file (a device, a pipe) is written to as it is.
pub(super) fn write_atomically(path: &Path, text: &str) -> Result<()> {
    let failed = || format!("cannot write `{}`", path.display());
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => {
            let real = path.canonicalize().with_context(failed)?;
            replace(&real, text, Some(metadata.permissions())).with_context(failed)
        }
        Ok(_) => fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(text.as_bytes())).with_context(failed),
        Err(_) => replace(path, text, None).with_context(failed),
    }
}

fn replace(path: &Path, text: &str, permissions: Option<fs::Permissions>) -> std::io::Result<()> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary = parent(path).join(format!(".{name}.{}.tmp", std::process::id()));
    let write = || {
        let mut file = fs::File::create(&temporary)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&temporary)))
}
