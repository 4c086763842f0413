//! Model directories of a git revision, read through the user's own git: its configuration, its worktrees, its credentials.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use super::disk::Target;
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
        // Without `--full-tree` git lists what is below the user's place in that tree, which is another tree.
        let listed =
            git(&["ls-tree", "--full-tree", "-r", "-z", "-l", &at("")]).with_context(|| format!("cannot list `{revision}:{directory}`"))?;
        let mut names = Vec::new();
        let mut bytes = 0_u64;
        for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            // MODE TYPE OBJECT SIZE<tab>PATH
            let line = String::from_utf8_lossy(line);
            let Some((about, path)) = line.split_once('\t') else { continue };
            let about: Vec<&str> = about.split_whitespace().collect();
            let [mode, _, object, size] = about.as_slice() else { continue };
            if let Ok(size) = size.parse::<u64>()
                && mode.starts_with("100")
                && path.ends_with(".toml")
            {
                bytes += size;
                names.push((path.to_owned(), (*object).to_owned()));
            }
        }
        if names.len() > MAX_FILES || bytes > MAX_MODEL_BYTES as u64 {
            bail!("`{revision}:{directory}` holds more than {MAX_FILES} files or {MAX_MODEL_BYTES} bytes of TOML");
        }
        let workspaces = workspaces_above(directory)?;
        let mut wanted: Vec<String> = names.iter().map(|(_, object)| object.clone()).collect();
        wanted.extend(workspaces.iter().map(|path| at(path)));
        let mut found = blobs(wanted)?.into_iter();
        let mut files = BTreeMap::new();
        for (name, _) in names {
            let bytes = found.next().flatten().with_context(|| format!("git does not have `{name}` of `{revision}:{directory}`"))?;
            files.insert(name, bytes);
        }
        if !files.contains_key(crate::model::BASE_FILE) {
            bail!("`{revision}:{directory}` has no `{}`", crate::model::BASE_FILE);
        }
        // The nearest above counts.
        let workspace = workspaces.into_iter().zip(found).find_map(|(path, bytes)| Some((path, bytes?)));
        let workspace = workspace.map(|(path, bytes)| {
            files.insert(path.clone(), bytes);
            path
        });
        Ok(Self { shown: format!("{revision}:{directory}"), files, workspace })
    }
}

/// The places where a workspace's file can be above a directory, the nearest first, up to the top of the repository.
fn workspaces_above(directory: &str) -> Result<Vec<String>> {
    let prefix = git(&["rev-parse", "--show-prefix"])?;
    let prefix = String::from_utf8_lossy(&prefix);
    let below = |path: &str| path.trim().split('/').filter(|part| !part.is_empty() && *part != ".").count();
    let depth = below(&prefix) + below(directory);
    Ok((1..=depth).map(|up| format!("{}{WORKSPACE_FILE}", "../".repeat(up))).collect())
}

/// Reads many objects through one process, in order; none for one that git does not have.
fn blobs(wanted: Vec<String>) -> Result<Vec<Option<Vec<u8>>>> {
    if wanted.iter().any(|name| name.contains('\n')) {
        bail!("git reads no name with a line break");
    }
    let mut child = command(&["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
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
    /// Writes a directory of a revision out; nothing where the revision has no model there.
    pub(super) fn of(revision: &str, directory: &str) -> Result<Option<Self>> {
        git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])
            .with_context(|| format!("git knows no revision `{revision}`"))?;
        let Ok(found) = GitFiles::open(revision, directory) else { return Ok(None) };
        let root = std::env::temp_dir().join(format!("weighbridge-{}-{}", std::process::id(), CHECKOUTS.fetch_add(1, Ordering::Relaxed)));
        // Where the workspace's file is named with `../`, the model lies as deep.
        let depth = found.workspace.as_ref().map_or(0, |path| path.matches("../").count());
        let directory = (0..depth).fold(root.join("top"), |path, _| path.join("model"));
        let checkout = Self { root, directory };
        let failed = || format!("cannot write `{}`", checkout.root.display());
        fs::create_dir_all(&checkout.directory).with_context(failed)?;
        // A search for a workspace ends at a repository's top.
        fs::write(checkout.root.join("top/.git"), "").with_context(failed)?;
        for (path, bytes) in &found.files {
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
        let Some(revision) = &self.changed_since else { return Ok(targets) };
        if revision.is_empty() || revision.starts_with('-') {
            bail!("`{revision}` is no revision");
        }
        let top = git(&["rev-parse", "--show-toplevel"])?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end()).canonicalize()?;
        let mut changed = git(&["diff", "--name-only", "-z", "--no-renames", "--end-of-options", revision, "--", ":/"])
            .with_context(|| format!("cannot compare with `{revision}`"))?;
        changed.extend(git(&["ls-files", "--others", "--exclude-standard", "-z", "--full-name", "--", ":/"])?);
        let changed: Vec<PathBuf> = changed
            .split(|byte| *byte == 0)
            .filter(|path| !path.is_empty())
            .map(|path| top.join(&*String::from_utf8_lossy(path)))
            .collect();
        let is_touched = |target: &Target| changed.iter().any(|path| target.files.holds(path));
        Ok(targets.into_iter().filter(is_touched).collect())
    }
}

/// Makes a call of git.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    // Messages of git are shown; they must not change with the user's language.
    command.args(arguments).env("LC_ALL", "C");
    command
}

/// Runs git and returns what it prints.
fn git(arguments: &[&str]) -> Result<Vec<u8>> {
    let output = command(arguments).stdin(Stdio::null()).output().context("cannot run `git`, which reads revisions")?;
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
