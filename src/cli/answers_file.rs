//! Answers files on the disk: reading, saving after every answer, and the lock that keeps a second terminal from writing.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};

use super::disk;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::{QuestionId, Questionnaire, read_answers, write_answers};
use crate::report::text::harmless;
use crate::source::Sources;
use crate::survey::Survey;

/// The answers file of a model directory.
pub(super) const ANSWERS_FILE: &str = "answers.toml";

/// An answers file as it was read.
pub(super) struct Found {
    /// The text; empty if there is no file yet.
    pub(super) text: String,
    /// The text with its path, for diagnostics.
    pub(super) sources: Sources,
    /// What was understood.
    pub(super) answers: Answers,
    /// What was not, and what is out of date.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads an answers file; one that does not exist, or is blank, holds no answers.
pub(super) fn read(path: &Path, questionnaire: &Questionnaire) -> Result<Found> {
    let text = match path.try_exists().with_context(|| format!("cannot read `{}`", path.display()))? {
        true => disk::read_text(path)?,
        false => String::new(),
    };
    let mut sources = Sources::default();
    let file = sources.add(harmless(&path.display().to_string()), text.clone());
    let (answers, diagnostics) =
        if text.trim().is_empty() { (Answers::new(questionnaire), Vec::new()) } else { read_answers(&sources, file, questionnaire) };
    Ok(Found { text, sources, answers, diagnostics })
}

/// The file that a survey saves into.
#[derive(Debug, Clone)]
pub(super) struct Store {
    path: PathBuf,
    /// The text as it was last read or written.
    text: String,
    /// Answers that could not be saved yet.
    unsaved: Vec<QuestionId>,
    /// Held while the file is written, so that an interruption waits.
    busy: Arc<Mutex<()>>,
}

impl Store {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), unsaved: Vec::new(), busy: Arc::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the answers that are in no file yet.
    pub(super) fn unsaved(&self) -> &[QuestionId] {
        &self.unsaved
    }

    /// Returns what an interruption waits for.
    pub(super) fn busy(&self) -> Arc<Mutex<()>> {
        Arc::clone(&self.busy)
    }

    /// Saves after an answer changed. What somebody else has written meanwhile is taken over first; a file that is broken by now is left alone.
    ///
    /// # Errors
    /// When the file cannot be read or written; the answer stays in memory, and is tried again with the next one.
    pub(super) fn save(&mut self, survey: &mut Survey<'_>, changed: Option<QuestionId>) -> Result<()> {
        let busy = Arc::clone(&self.busy);
        let _busy = hold(&busy);
        self.unsaved.extend(changed.filter(|id| !self.unsaved.contains(id)));
        let questionnaire = survey.questionnaire();
        let found = read(&self.path, questionnaire)?;
        if found.text != self.text {
            if has_errors(&found.diagnostics) {
                bail!("`{}` was changed by somebody else and no longer reads; it is not overwritten", self.path.display());
            }
            for id in questionnaire.question_ids() {
                survey.adopt(id, found.answers.get(id));
            }
            self.text = found.text;
        }
        let text = write_answers(&self.text, questionnaire, survey.answers())
            .map_err(|message| anyhow::anyhow!("`{}` is not overwritten: {message}", self.path.display()))?;
        if text != self.text {
            disk::write_atomically(&self.path, &text)?;
            self.text = text;
        }
        self.unsaved.clear();
        Ok(())
    }
}

/// Waits for a mutex; whoever panicked with it left nothing half done that matters here.
pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps other terminals from writing the same answers.
///
/// The system's own lock on a file beside the answers decides, so that a terminal that died leaves nothing locked; the process id in it is for people.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// Holds the system's lock for as long as it is open.
    _file: File,
}

/// Whether the answers are ours to write.
#[derive(Debug)]
pub(super) enum Locking {
    /// They are.
    Ours(Lock),
    /// Another process has them open; its id, where it says so.
    Taken(Option<String>),
    /// The system knows no locks here.
    Impossible,
}

/// Locks an answers file.
///
/// # Errors
/// When nothing can be written beside the file: then the answers could not be saved either.
pub(super) fn lock(answers: &Path) -> Result<Locking> {
    let name = answers.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = answers.with_file_name(format!(".{name}.lock"));
    let failed = || format!("cannot write beside `{}`", answers.display());
    // Whoever held the lock takes its file away; then the next one is made. Each round needs another process to end, so few are enough.
    for _ in 0..100 {
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).with_context(failed)?;
        match file.try_lock() {
            Ok(()) if is_at(&file, &path) => {
                // The id is for people; a disk without room for it does not keep anybody from reading.
                let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
                return Ok(Locking::Ours(Lock { path, _file: file }));
            }
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                let read = file.take(32).read_to_string(&mut process);
                let process = process.trim().to_owned();
                return Ok(Locking::Taken(Some(process).filter(|process| read.is_ok() && !process.is_empty())));
            }
            Err(TryLockError::Error(_)) => {
                drop(fs::remove_file(&path));
                return Ok(Locking::Impossible);
            }
        }
    }
    Ok(Locking::Taken(None))
}

/// Says whether the open file is still the one at the path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
}

/// Elsewhere a file that is open cannot be taken away.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Taken away while it is locked, so that nobody else's is.
        drop(fs::remove_file(&self.path));
    }
}
