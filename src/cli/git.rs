//! Model directories of a git revision, read through the user's own git: its configuration, its worktrees, its credentials.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use super::diagnostics::tally;
use super::disk::{self, Target, WORKSPACE_FILE};
use crate::diagnostic::Severity;
use crate::model::{BASE_FILE, FileError, Files, MAX_FILES, MAX_MODEL_BYTES, Model};
use crate::syntax::MAX_FILE_BYTES;

/// The most links that are followed one after another.
const MAX_LINKS: usize = 16;

/// A directory of a revision, by its path from the top of the repository: the same wherever the user stands.
#[derive(Debug)]
struct Place {
    /// What the user typed: `main:models/shop`.
    shown: String,
    /// Where git runs; none for where the user stands.
    at: Option<PathBuf>,
    /// The revision's whole tree.
    tree: String,
    /// The path of the directory in it; empty at its top.
    path: String,
}

/// What a tree has at a path.
struct Entry {
    mode: String,
    object: String,
    path: String,
    /// The bytes of a file.
    size: Option<u64>,
}

impl Entry {
    fn is_file(&self) -> bool {
        self.mode.starts_with("100")
    }

    fn is_link(&self) -> bool {
        self.mode == "120000"
    }
}

impl Place {
    fn of(revision: &str, directory: &str) -> Result<Self> {
        if revision.is_empty() || revision.starts_with('-') {
            bail!("`{revision}` is no revision");
        }
        let (at, path) = from_top(directory)?;
        let Ok(tree) = git_at(at.as_deref(), &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{tree}}")])
        else {
            bail!("git knows no revision `{revision}`; in a shallow clone it has to be fetched first");
        };
        let tree = String::from_utf8_lossy(&tree).trim().to_owned();
        Ok(Self { shown: format!("{revision}:{}", directory.trim_end_matches('/')), at, tree, path })
    }

    fn git(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        git_at(self.at.as_deref(), arguments).with_context(|| format!("cannot read `{}`", self.shown))
    }

    /// Returns what the tree has at some paths; what it does not have is left out.
    fn entries(&self, paths: &[&str]) -> Result<Vec<Entry>> {
        let listed = ["--literal-pathspecs", "ls-tree", "--full-tree", "-z", "-l", &self.tree, "--"];
        Ok(entries(&self.git(&[&listed[..], paths].concat())?))
    }

    /// Returns the object of the directory's own tree; none where the revision has no such directory, which is no mistake of git's.
    fn directory(&self) -> Result<Option<String>> {
        if self.path.is_empty() {
            return Ok(Some(self.tree.clone()));
        }
        let mut path = self.path.clone();
        for _ in 0..MAX_LINKS {
            match self.entries(&[&path])?.pop() {
                None => return Ok(None),
                Some(entry) if entry.mode == "040000" => return Ok(Some(entry.object)),
                Some(entry) if entry.is_link() => match lexical(&path, &self.link(&entry.object)?) {
                    Some(target) if target.is_empty() => return Ok(Some(self.tree.clone())),
                    Some(target) => path = target,
                    None => bail!("`{}` is a link that leads out of the repository", self.shown),
                },
                Some(entry) if entry.is_file() => return Ok(None),
                Some(_) => bail!("`{}` is a repository of its own in that revision", self.shown),
            }
        }
        bail!("`{}` is a link that leads to itself", self.shown)
    }

    /// Reads where a link leads.
    fn link(&self, object: &str) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.git(&["cat-file", "blob", object])?).into_owned())
    }

    /// Reads the file at a path from the top; links may lead to another below `root`.
    fn file(&self, path: &str, root: &str) -> Result<Vec<u8>, FileError> {
        let other = |error: anyhow::Error| FileError::Other(format!("{error:#}"));
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            if !is_below(&path, root) {
                return Err(FileError::Outside);
            }
            let Some(entry) = self.entries(&[&path]).map_err(other)?.pop() else { return Err(FileError::NotFound) };
            if entry.is_link() {
                path = lexical(&path, &self.link(&entry.object).map_err(other)?).ok_or(FileError::Outside)?;
                continue;
            }
            let size = entry.size.filter(|_| entry.is_file()).ok_or_else(|| FileError::Other("it is not a regular file".into()))?;
            if size > MAX_FILE_BYTES as u64 {
                return Err(FileError::TooLarge(size));
            }
            return self.git(&["cat-file", "blob", &entry.object]).map_err(other);
        }
        Err(FileError::Other("it is a link that leads to itself".into()))
    }

    /// Finds the workspace's file in a directory above: the nearest counts.
    fn workspace(&self) -> Result<Option<Workspace>> {
        let above: Vec<&str> = std::iter::successors(parent(&self.path), |path| parent(path)).collect();
        let files: Vec<String> = above.iter().map(|path| joined(path, WORKSPACE_FILE)).collect();
        if files.is_empty() {
            return Ok(None);
        }
        let there = self.entries(&files.iter().map(String::as_str).collect::<Vec<_>>())?;
        let nearest = files.iter().position(|file| there.iter().any(|entry| entry.path == *file));
        Ok(nearest.map(|at| Workspace { file: format!("{}{WORKSPACE_FILE}", "../".repeat(at + 1)), directory: above[at].to_owned() }))
    }
}

/// Returns the entries that `ls-tree -z -l` lists: `MODE TYPE OBJECT SIZE`, a tab, and the path.
fn entries(listed: &[u8]) -> Vec<Entry> {
    let entry = |line: &[u8]| {
        let line = String::from_utf8_lossy(line);
        let (about, path) = line.split_once('\t')?;
        let about: Vec<&str> = about.split_whitespace().collect();
        let [mode, _, object, size] = about.as_slice() else { return None };
        Some(Entry { mode: (*mode).to_owned(), object: (*object).to_owned(), path: path.to_owned(), size: size.parse().ok() })
    };
    listed.split(|byte| *byte == 0).filter_map(entry).collect()
}

/// Returns the directory that holds a path from the top; none above the top.
fn parent(path: &str) -> Option<&str> {
    if path.is_empty() { None } else { Some(path.rsplit_once('/').map_or("", |(above, _)| above)) }
}

fn joined(directory: &str, path: &str) -> String {
    if directory.is_empty() { path.to_owned() } else { format!("{directory}/{path}") }
}

fn is_below(path: &str, directory: &str) -> bool {
    directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// Returns where a link leads, from the top; none where that is out of the repository.
fn lexical(link: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = parent(link)?.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Names a directory by its path from the top of its repository, whether or not it is there today; and says where git has to run for that.
fn from_top(directory: &str) -> Result<(Option<PathBuf>, String)> {
    let typed = Path::new(if directory.is_empty() { "." } else { directory });
    let below = |top: Vec<u8>, real: &Path| {
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end()).canonicalize().ok()?;
        Some(disk::tidy(real.strip_prefix(top).ok()?))
    };
    let real = disk::real(typed).map(|real| PathBuf::from(disk::tidy(&real)));
    let own = git(&["rev-parse", "--show-toplevel"]);
    if let (Some(real), Ok(top)) = (&real, &own)
        && let Some(path) = below(top.clone(), real)
    {
        return Ok((None, path));
    }
    let outside = || format!("`{directory}` lies outside of the repository");
    // A repository without files of its own has nothing but paths from its top.
    if typed.is_relative() && own.is_err() && git(&["rev-parse", "--git-dir"]).is_ok() {
        return Ok((None, lexical("x", directory).with_context(outside)?));
    }
    // It lies in another repository than the user stands in.
    let there = real.as_deref().and_then(|real| real.ancestors().find(|above| above.is_dir()));
    let top = git_at(there, &["rev-parse", "--show-toplevel"])?;
    let path = real.as_deref().and_then(|real| below(top, real)).with_context(outside)?;
    Ok((there.map(Path::to_owned), path))
}

/// Says whether a directory of a revision is the same place as one on the disk.
pub(super) fn is_same_place(directory: &str, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (from_top(directory), from_top(&other.to_string_lossy())) else { return false };
    one == other
}

/// Finds the models below a directory of a revision, by their paths from there; empty for the directory itself.
pub(super) fn models(revision: &str, directory: &str) -> Result<BTreeSet<PathBuf>> {
    let place = Place::of(revision, directory)?;
    let Some(tree) = place.directory()? else { return Ok(BTreeSet::new()) };
    let listed = place.git(&["ls-tree", "--full-tree", "-r", "-z", "--name-only", &tree])?;
    let names = listed.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let found = names.filter_map(|name| match name.rsplit_once('/') {
        Some((directory, BASE_FILE)) => Some(directory.to_owned()),
        None if name == BASE_FILE => Some(String::new()),
        _ => None,
    });
    let mut models: BTreeSet<PathBuf> = BTreeSet::new();
    // What lies in a model is the model's, and a folder with a dot is nobody's: as on the disk. A directory comes before what is in it.
    for path in found.filter(|path| !path.split('/').any(|part| part.starts_with('.'))).map(PathBuf::from).collect::<BTreeSet<_>>() {
        if !path.ancestors().any(|above| models.contains(above)) {
            models.insert(path);
        }
    }
    Ok(models)
}

/// The file of a workspace.
#[derive(Debug)]
struct Workspace {
    /// Its path as seen from the model.
    file: String,
    /// The directory that holds it, from the top.
    directory: String,
}

/// A model directory as it was in a revision. Its files are read at once, through one process; what the workspace names is read when it is asked for.
#[derive(Debug)]
pub(super) struct GitFiles {
    place: Place,
    /// The files by their path below the directory.
    files: BTreeMap<String, Vec<u8>>,
    /// The links that lead out of the directory.
    outside: BTreeSet<String>,
    workspace: Option<Workspace>,
    /// What was read of the workspace, by its path as seen from the model.
    above: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl GitFiles {
    /// Reads a directory of a revision; nothing where the revision has no model there.
    pub(super) fn open(revision: &str, directory: &str) -> Result<Option<Self>> {
        let place = Place::of(revision, directory)?;
        let Some(tree) = place.directory()? else { return Ok(None) };
        let shown = &place.shown;
        // Without `--full-tree` git lists what is below the user's place in that tree, which is another tree.
        let listed = place.git(&["ls-tree", "--full-tree", "-r", "-z", "-l", &tree])?;
        let (mut found, mut links) = (BTreeMap::new(), Vec::new());
        let mut bytes = 0_u64;
        for entry in entries(&listed) {
            if entry.is_link() {
                links.push((entry.path, entry.object));
            } else if entry.is_file() && entry.path.ends_with(".toml") {
                bytes += entry.size.unwrap_or(0);
                found.insert(entry.path, entry.object);
            }
        }
        if found.len() > MAX_FILES || bytes > MAX_MODEL_BYTES as u64 {
            bail!("`{shown}` holds more than {MAX_FILES} files or {MAX_MODEL_BYTES} bytes of TOML");
        }
        if links.len() > MAX_FILES {
            bail!("`{shown}` holds more than {MAX_FILES} links");
        }
        let targets = place.blobs(links.iter().map(|(_, object)| object.clone()).collect())?;
        let links: Vec<(String, String)> = links
            .into_iter()
            .zip(targets)
            .filter_map(|((path, _), target)| Some((path, String::from_utf8_lossy(&target?).into_owned())))
            .collect();
        let outside = follow(&links, &mut found);
        if found.len() > MAX_FILES {
            bail!("`{shown}` holds more than {MAX_FILES} files, links included");
        }
        if !found.contains_key(BASE_FILE) && !outside.contains(BASE_FILE) {
            return Ok(None);
        }
        let objects = place.blobs(found.values().cloned().collect())?;
        let mut files = BTreeMap::new();
        for (name, bytes) in found.into_keys().zip(objects) {
            let bytes = bytes.with_context(|| format!("git does not have `{name}` of `{shown}`"))?;
            files.insert(name, bytes);
        }
        let workspace = place.workspace()?;
        Ok(Some(Self { place, files, outside, workspace, above: RefCell::default() }))
    }
}

/// Adds what links stand for, to files by their paths below a directory, and returns the links that lead out of it.
fn follow(links: &[(String, String)], files: &mut BTreeMap<String, String>) -> BTreeSet<String> {
    let mut outside = BTreeSet::new();
    // A link may lead to another one.
    for _ in 0..MAX_LINKS {
        let before = files.len();
        for (link, target) in links {
            let Some(target) = lexical(link, target) else {
                outside.insert(link.clone());
                continue;
            };
            if let Some(object) = files.get(&target).filter(|_| link.ends_with(".toml")).cloned() {
                files.insert(link.clone(), object);
            } else if !target.is_empty() && !is_below(link, &target) && *link != target {
                // A link to a directory above itself has no end.
                let inner: Vec<(String, String)> = files
                    .iter()
                    .filter(|(path, _)| is_below(path, &target))
                    .map(|(path, object)| (format!("{link}{}", &path[target.len()..]), object.clone()))
                    .collect();
                files.extend(inner);
            }
        }
        if files.len() == before || files.len() > MAX_FILES {
            break;
        }
    }
    outside
}

impl Place {
    /// Reads many objects through one process, in order; none for one that git does not have.
    fn blobs(&self, wanted: Vec<String>) -> Result<Vec<Option<Vec<u8>>>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut child = command(self.at.as_deref(), &["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdin = child.stdin.take();
        let count = wanted.len();
        // Both pipes are bounded: who only writes waits for a reader, and the other way round.
        let writer = std::thread::spawn(move || {
            let mut stdin = stdin?;
            wanted.iter().try_for_each(|name| writeln!(stdin, "{name}")).ok()
        });
        let mut found = Vec::with_capacity(count);
        if let Some(stdout) = child.stdout.take() {
            let mut stdout = BufReader::new(stdout);
            for _ in 0..count {
                found.push(blob(&mut stdout)?);
            }
        }
        let wrote = writer.join().ok().flatten().is_some();
        if !child.wait()?.success() || !wrote {
            bail!("git could not read its objects");
        }
        Ok(found)
    }
}

/// Reads one answer of `cat-file --batch`: `OBJECT blob SIZE`, the bytes and a line break; or `NAME missing`.
fn blob(from: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    from.read_until(b'\n', &mut head)?;
    let head = String::from_utf8_lossy(&head);
    let Some((kind, size)) = head.trim_end().rsplit_once(' ') else { bail!("git ended early") };
    let Ok(size) = size.parse::<usize>() else { return Ok(None) };
    if size > MAX_MODEL_BYTES {
        bail!("git has an object of {size} bytes where a file of a model should be; the most are {MAX_MODEL_BYTES}");
    }
    let mut bytes = vec![0; size + 1];
    from.read_exact(&mut bytes)?;
    bytes.pop();
    Ok(kind.ends_with(" blob").then_some(bytes))
}

/// A model directory of a revision, written out for a time: what reads questionnaires and answers reads the disk.
pub(super) struct Checkout {
    root: PathBuf,
    directory: PathBuf,
}

impl Checkout {
    /// Writes a directory of a revision out, and what its model names above it; nothing where the revision has no model there.
    pub(super) fn of(revision: &str, directory: &str) -> Result<Option<Self>> {
        let Some(found) = GitFiles::open(revision, directory)? else { return Ok(None) };
        // What the model asks for is what has to be there; what it cannot be is told by its own name.
        let model = Model::read(&found);
        if model.has_errors() {
            let mistakes: Vec<_> = model.diagnostics.iter().filter(|one| one.severity() == Severity::Error).collect();
            let first = mistakes.first().map(|one| format!(", first {}: {}", model.sources.place(one.label.span), one.message));
            bail!("`{}` has mistakes: {}{}", found.place.shown, tally(&model.diagnostics), first.unwrap_or_default());
        }
        // Where the workspace's file is named with `../`, the model lies as deep.
        let depth = found.workspace.as_ref().map_or(0, |workspace| workspace.file.matches("../").count());
        let root = scratch()?;
        let directory = (0..depth).fold(root.join("top"), |path, _| path.join("model"));
        let checkout = Self { root, directory };
        let failed = || format!("cannot write `{}`", checkout.root.display());
        fs::create_dir_all(&checkout.directory).with_context(failed)?;
        // A search for a workspace ends at a repository's top.
        fs::write(checkout.root.join("top/.git"), "").with_context(failed)?;
        for (path, bytes) in found.files.iter().chain(found.above.borrow().iter()) {
            let file = checkout.directory.join(path);
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder).with_context(failed)?;
            }
            fs::write(&file, bytes).with_context(failed)?;
        }
        Ok(Some(checkout))
    }

    /// Returns where it is.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }
}

/// Makes a directory that nobody else has, in the system's folder for such, where anybody may have put anything.
fn scratch() -> Result<PathBuf> {
    let folder = std::env::temp_dir();
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    loop {
        let path = folder.join(format!("weighbridge-{}-{}", std::process::id(), CHECKOUTS.fetch_add(1, Ordering::Relaxed)));
        match builder.create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot write `{}`", path.display())),
        }
    }
}

/// Keeps the checkouts of one run apart.
static CHECKOUTS: AtomicUsize = AtomicUsize::new(0);

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// The models that a change touched.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Since {
    /// Only the models with a file that differs from this git revision, or that git does not track yet
    #[arg(long, value_name = "REVISION")]
    pub(super) changed_since: Option<String>,
}

impl Since {
    /// Leaves the models that were touched; all where no revision is named.
    pub(super) fn retain(&self, targets: Vec<Target>) -> Result<Vec<Target>> {
        let Some(changed) = self.changed()? else { return Ok(targets) };
        let is_touched = |target: &Target| changed.iter().any(|path| target.files.holds(path));
        Ok(targets.into_iter().filter(is_touched).collect())
    }

    /// Returns the files that were touched, by their real paths; nothing where no revision is named.
    pub(super) fn changed(&self) -> Result<Option<Vec<PathBuf>>> {
        let Some(revision) = &self.changed_since else { return Ok(None) };
        if revision.is_empty() || revision.starts_with('-') {
            bail!("`{revision}` is no revision");
        }
        let top = git(&["rev-parse", "--show-toplevel"])?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end()).canonicalize()?;
        let mut changed = git(&["diff", "--name-only", "-z", "--no-renames", "--end-of-options", revision, "--", ":/"])
            .with_context(|| format!("cannot compare with `{revision}`"))?;
        changed.extend(git(&["ls-files", "--others", "--exclude-standard", "-z", "--full-name", "--", ":/"])?);
        let paths = changed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(Some(paths.map(|path| top.join(&*String::from_utf8_lossy(path))).collect()))
    }
}

/// Makes a call of git; where it is none, where the user stands.
fn command(at: Option<&Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    if let Some(at) = at {
        command.arg("-C").arg(at);
    }
    // Messages of git are shown; they must not change with the user's language.
    command.args(arguments).env("LC_ALL", "C");
    command
}

/// Runs git and returns what it prints.
fn git(arguments: &[&str]) -> Result<Vec<u8>> {
    git_at(None, arguments)
}

/// The same in another place.
fn git_at(at: Option<&Path>, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = command(at, arguments).stdin(Stdio::null()).output().context("cannot run `git`, which reads revisions")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

impl Files for GitFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if self.outside.contains(path) {
            return Err(FileError::Outside);
        }
        let Some(workspace) = self.workspace.as_ref().filter(|_| path.starts_with("../")) else {
            return self.files.get(path).cloned().ok_or(FileError::NotFound);
        };
        if let Some(bytes) = self.above.borrow().get(path) {
            return Ok(bytes.clone());
        }
        // What the workspace's file names lies in the workspace.
        let from_top = lexical(&joined(&self.place.path, "x"), path).ok_or(FileError::Outside)?;
        let bytes = self.place.file(&from_top, &workspace.directory)?;
        self.above.borrow_mut().insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let below = self.files.keys().chain(&self.outside).filter_map(|path| path.strip_prefix(&prefix));
        // A directory is listed once, by the first of its files.
        let mut names: Vec<String> = below.filter_map(|path| path.split('/').next()).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| !name.starts_with('.'));
        Ok(names)
    }

    fn shown(&self, path: &str) -> String {
        crate::report::text::harmless(&format!("{}/{path}", self.place.shown))
    }

    fn workspace(&self) -> Option<String> {
        self.workspace.as_ref().map(|workspace| workspace.file.clone())
    }
}
