//! The disk: model directories, their files, and the way from an argument to them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{BASE_FILE, FileError, Files, Model};
use crate::syntax::MAX_FILE_BYTES;

/// The file that makes a directory above several models a workspace.
pub(super) const WORKSPACE_FILE: &str = "weighbridge.toml";

/// The most directories that a folder is searched through for models.
const MAX_DIRECTORIES: usize = 100_000;

/// How far above an alternative's file its model may lie.
const MAX_LEVELS_ABOVE: usize = 4;

/// The most links that are followed one after another, to write what the last one names.
const MAX_LINKS: usize = 16;

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
        let workspace = workspace_above(&real)?;
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
fn workspace_above(real: &Path) -> Result<Option<(String, PathBuf)>> {
    let mut relative = String::new();
    let mut at = real;
    while !at.join(".git").exists() {
        let Some(above) = at.parent() else { break };
        at = above;
        relative.push_str("../");
        if let Some(file) = there(at.join(WORKSPACE_FILE))? {
            return Ok(Some((format!("{relative}{WORKSPACE_FILE}"), file)));
        }
    }
    Ok(None)
}

/// Returns the path of a file that may be left out, if it is there. A directory, a pipe or a broken link in its place is an error: passing over it would
/// leave out what somebody meant to be read.
pub(super) fn there(file: PathBuf) -> Result<Option<PathBuf>> {
    if file.symlink_metadata().is_err_and(|error| is_missing(&error)) {
        return Ok(None);
    }
    let metadata = match fs::metadata(&file) {
        Err(error) if is_missing(&error) => bail!("cannot read `{}`: it is a link that leads nowhere", file.display()),
        found => found.with_context(|| format!("cannot read `{}`", file.display()))?,
    };
    if !metadata.is_file() {
        bail!("cannot read `{}`: it is no regular file", file.display());
    }
    Ok(Some(file))
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

impl Files for DiskFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let other = |error: std::io::Error| {
            if is_missing(&error) { FileError::NotFound } else { FileError::Other(format!("the system refuses it: {error}")) }
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
        let mut bytes = sized(&metadata, MAX_FILE_BYTES);
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

/// Names a directory or a file as it is named from the top of its repository, wherever the user stands and before it is made. Where there is no repository it
/// is named from where the user stands; by its own name if that is not above it.
pub(super) fn from_the_top(path: &Path) -> String {
    let Some(real) = real(path) else { return tidy(path) };
    let repository = real.ancestors().find(|above| above.join(".git").exists());
    let here = || Path::new(".").canonicalize().ok().filter(|here| real != *here && real.starts_with(here));
    let top = repository.map(Path::to_owned).or_else(here).or_else(|| real.parent().map(Path::to_owned)).unwrap_or_else(|| real.clone());
    match tidy(real.strip_prefix(&top).unwrap_or(&real)) {
        same if same.is_empty() => ".".to_owned(),
        path => crate::report::text::harmless(&path),
    }
}

/// Returns where a path is, or will be once it is made, without links.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    path.ancestors().find_map(|above| will_be(path, above))
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
pub(super) fn tidy(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            // Above the root is the root.
            Component::ParentDir if parts.last().is_some_and(String::is_empty) => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            Component::CurDir => {}
            Component::RootDir => parts.push(String::new()),
            part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
        }
    }
    if parts == [""] { "/".to_owned() } else { parts.join("/") }
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
    if there(path.to_owned())?.is_none() {
        bail!("there is no file or directory `{}`", path.display());
    }
    if path.file_name().is_some_and(|name| name == BASE_FILE) {
        return Ok(Target { files: DiskFiles::open(parent(path))?, alternative: None });
    }
    let mut at = parent(path);
    for _ in 0..MAX_LEVELS_ABOVE {
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
    if there(path.join(BASE_FILE))?.is_none() && path.is_dir() {
        let found = models(path)?;
        if found.is_empty() {
            bail!("`{}` holds no model: neither it nor a directory inside has a `{BASE_FILE}`", path.display());
        }
        return found.iter().map(|directory| Ok(Target { files: DiskFiles::open(directory)?, alternative: None })).collect();
    }
    Ok(vec![target(path)?])
}

/// Finds the model directories in a folder, or the folder itself if it is one, in the order of their paths.
pub(super) fn models(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    let mut searched = 0;
    while let Some(directory) = open.pop() {
        searched += 1;
        if searched > MAX_DIRECTORIES {
            bail!(
                "`{}` has more than {MAX_DIRECTORIES} directories to search for models; name the folder that holds them",
                folder.display()
            );
        }
        if directory.join(BASE_FILE).is_file() {
            found.push(directory);
            continue;
        }
        let mut inner: Vec<PathBuf> = entries(&directory)?.into_iter().filter(|path| path.is_dir() && !path.is_symlink()).collect();
        inner.retain(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
        // The last is searched first.
        inner.reverse();
        open.extend(inner);
    }
    Ok(found)
}

/// Lists a directory, sorted.
fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let refused = || format!("cannot list the directory `{}`", directory.display());
    let entries = fs::read_dir(directory).with_context(refused)?;
    let mut paths = entries.map(|entry| Ok(entry.with_context(refused)?.path())).collect::<Result<Vec<PathBuf>>>()?;
    paths.sort_unstable();
    Ok(paths)
}

/// The files of a model that are its own.
pub(super) struct OwnFiles {
    /// Their paths, as the user reaches them.
    pub(super) paths: Vec<PathBuf>,
    /// What should be one of them and cannot be read, in words.
    pub(super) unreadable: Vec<String>,
}

/// Finds a model's own files; that of its workspace only where it lies in `folder`, too. Price books, answers and questionnaires have layouts of their own.
pub(super) fn own_files(files: &DiskFiles, folder: &Path) -> OwnFiles {
    let asked = Asked { files, paths: RefCell::default() };
    let model = Model::read(&asked);
    let layers: BTreeSet<&str> = model.layers.iter().map(|layer| layer.path.as_str()).collect();
    let own = |path: &String| {
        if !layers.contains(files.shown(path).as_str()) {
            return None;
        }
        match &files.workspace {
            Some((workspace, file)) if workspace == path => {
                let below = file.strip_prefix(folder.canonicalize().ok()?).ok()?;
                Some(folder.join(below))
            }
            _ => Some(files.shown.join(path)),
        }
    };
    let hides = |one: &&Diagnostic| matches!(one.code, Code::UnreadableFile | Code::PathOutsideModel | Code::LimitExceeded);
    let unreadable = model.diagnostics.iter().filter(hides).map(|one| format!("{}: {}", model.sources.place(one.label.span), one.message));
    OwnFiles { paths: asked.paths.borrow().iter().filter_map(own).collect(), unreadable: unreadable.collect() }
}

/// Files that remember what a model asked for and got.
struct Asked<'a> {
    files: &'a DiskFiles,
    paths: RefCell<BTreeSet<String>>,
}

impl Files for Asked<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let read = self.files.read(path);
        if read.is_ok() {
            self.paths.borrow_mut().insert(path.to_owned());
        }
        read
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        self.files.list(directory)
    }

    fn shown(&self, path: &str) -> String {
        self.files.shown(path)
    }

    fn workspace(&self) -> Option<String> {
        self.files.workspace()
    }
}

/// Returns room for what a file of a limited size says that it holds: one read fills it, and another finds its end.
fn sized(metadata: &fs::Metadata, limit: usize) -> Vec<u8> {
    Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).min(limit) + 1)
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
    let mut bytes = sized(&metadata, limit);
    // A device, or a pipe, says no length, and may have no end.
    fs::File::open(path).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes)).with_context(refused)?;
    if bytes.len() > limit {
        bail!("`{}` has more than {limit} bytes, which is the limit ({} MiB)", path.display(), limit >> 20);
    }
    crate::syntax::decode_any(bytes).map_err(|words| anyhow::anyhow!("cannot read `{}`: {words}", path.display()))
}

/// Writes a file so that readers see the old or the new one, never a part: a temporary file in the same folder, then a rename.
///
/// A symbolic link stays and its target is written, also one that is not there yet; the file's permissions stay. What is no regular file (a device, a pipe) is
/// written to as it is.
pub(super) fn write_atomically(path: &Path, text: &str) -> Result<()> {
    let failed = || format!("cannot write `{}`", path.display());
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => {
            let real = path.canonicalize().with_context(failed)?;
            replace(&real, text, Some(metadata.permissions())).with_context(failed)
        }
        Ok(_) => fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(text.as_bytes())).with_context(failed),
        Err(_) => replace(&end_of_links(path).with_context(failed)?, text, None).with_context(failed),
    }
}

/// Follows links to what the last of them names, which need not be there.
fn end_of_links(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        if !path.is_symlink() {
            return Ok(path);
        }
        path = parent(&path).join(fs::read_link(&path)?);
    }
    Err(std::io::Error::other("it is a link that leads to itself"))
}

fn replace(path: &Path, text: &str, permissions: Option<fs::Permissions>) -> std::io::Result<()> {
    let (temporary, mut file) = temporary(parent(path))?;
    let write = || {
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&temporary)))
}

/// Makes a file that was not there: nobody else's is written to, and no link that somebody has put there is followed. Its name is short whatever the name of
/// the file that it becomes, which may be as long as the system allows.
fn temporary(folder: &Path) -> std::io::Result<(PathBuf, fs::File)> {
    let mut number = 0_u32;
    loop {
        let path = folder.join(format!(".weighbridge-{}-{number}.tmp", std::process::id()));
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1_000 => number += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::tidy;

    #[test]
    fn a_path_is_tidied_without_a_disk() {
        for (path, expected) in [
            ("a/./b", "a/b"),
            ("a/../b", "b"),
            ("../../b", "../../b"),
            ("/a/../b", "/b"),
            ("/../x", "/x"),
            ("/../../x/..", "/"),
            ("a/..", ""),
        ] {
            assert_eq!(tidy(Path::new(path)), expected, "{path}");
        }
    }
}
