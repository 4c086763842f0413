//! Answers files on the disk: reading, saving after every answer, and the lock that keeps a second terminal from writing.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};

use super::disk;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::questionnaire::answers::{Answer, Answers};
use crate::questionnaire::{QuestionId, Questionnaire, read_answers, write_answers};
use crate::report::text::harmless;
use crate::source::{FileId, Sources};
use crate::survey::Survey;

/// The answers file of a model directory.
pub(super) const ANSWERS_FILE: &str = "answers.toml";

/// The directory of people's own answers, one file each.
const PEOPLE_DIRECTORY: &str = "answers";

/// The most people whose answers are put together.
const MAX_PEOPLE: usize = 100;

/// Returns the directory of people's own answers in a model directory.
pub(super) fn people_directory(directory: &Path) -> PathBuf {
    directory.join(PEOPLE_DIRECTORY)
}

/// Returns the model directory of an answers file: its own, or above `answers/` for one of a person's own.
pub(super) fn model_of(file: &Path) -> Option<&Path> {
    let directory = file.parent()?;
    if directory.file_name().is_some_and(|name| name == PEOPLE_DIRECTORY) { directory.parent() } else { Some(directory) }
}

/// Finds the files of people in a model directory, by name; none if there is no such directory.
pub(super) fn people(directory: &Path) -> Result<Vec<PathBuf>> {
    let folder = people_directory(directory);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let listed = || format!("cannot list the directory `{}`", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).with_context(listed)? {
        let path = entry.with_context(listed)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !is_hidden && path.extension().is_some_and(|extension| extension == "toml") {
            found.extend(disk::there(path)?);
        }
    }
    found.sort_unstable();
    each_once(&found)?;
    Ok(found)
}

/// Checks that nobody is heard twice, and that there are not too many to hear.
pub(super) fn each_once(files: &[PathBuf]) -> Result<()> {
    if files.len() > MAX_PEOPLE {
        bail!("{} people answered; the limit is {MAX_PEOPLE}", files.len());
    }
    let mut seen: Vec<PathBuf> = Vec::new();
    for file in files {
        let real = file.canonicalize().unwrap_or_else(|_| file.clone());
        if seen.contains(&real) {
            bail!("`{}` is named twice, and a person has one voice", file.display());
        }
        seen.push(real);
    }
    Ok(())
}

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
    let text = disk::there(path.to_owned())?.map_or_else(|| Ok(String::new()), |path| disk::read_text(&path))?;
    let mut sources = Sources::default();
    let file = sources.add(harmless(&path.display().to_string()), text.clone());
    let (answers, diagnostics) = understood(&sources, file, questionnaire);
    Ok(Found { text, sources, answers, diagnostics })
}

/// Understands an answers file; a blank one holds no answers.
pub(super) fn understood(sources: &Sources, file: FileId, questionnaire: &Questionnaire) -> (Answers, Vec<Diagnostic>) {
    if sources.file(file).text.trim().is_empty() {
        return (Answers::new(questionnaire), Vec::new());
    }
    read_answers(sources, file, questionnaire)
}

/// Returns some answers as their tables in an answers file.
fn as_tables(survey: &Survey<'_>, questions: &[QuestionId]) -> String {
    let mut some = Answers::new(survey.questionnaire());
    for (id, answer) in survey.answers().iter().filter(|(id, _)| questions.contains(id)) {
        some.set(id, Answer::clone(answer));
    }
    let text = write_answers("", survey.questionnaire(), &some).unwrap_or_default();
    text.find("[answers.").map_or_else(String::new, |start| text[start..].to_owned())
}

/// The file that a survey saves into.
#[derive(Debug, Clone)]
pub(super) struct Store {
    path: PathBuf,
    /// The text as it was last read or written.
    text: String,
    /// Answers that could not be saved yet.
    unsaved: Vec<QuestionId>,
    /// The same as text, to be given back. Held while the file is written, so that an interruption waits.
    given_back: Arc<Mutex<String>>,
}

impl Store {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), unsaved: Vec::new(), given_back: Arc::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Says whether all answers are in the file.
    pub(super) fn is_saved(&self) -> bool {
        self.unsaved.is_empty()
    }

    /// Returns what an interruption waits for: the answers that are in no file yet, as their tables.
    pub(super) fn given_back(&self) -> Arc<Mutex<String>> {
        Arc::clone(&self.given_back)
    }

    /// Saves after an answer changed. What somebody else has written meanwhile is taken over first; a file that is broken by now is left alone.
    ///
    /// # Errors
    /// When the file cannot be read or written; the answer stays in memory, and is tried again with the next one.
    pub(super) fn save(&mut self, survey: &mut Survey<'_>, changed: Option<QuestionId>) -> Result<()> {
        let given_back = Arc::clone(&self.given_back);
        let mut given_back = hold(&given_back);
        self.unsaved.extend(changed.filter(|id| !self.unsaved.contains(id)));
        // Until it is written it is in no file, whatever happens on the way.
        *given_back = as_tables(survey, &self.unsaved);
        self.write(survey)?;
        self.unsaved.clear();
        given_back.clear();
        Ok(())
    }

    fn write(&mut self, survey: &mut Survey<'_>) -> Result<()> {
        let questionnaire = survey.questionnaire();
        let found = read(&self.path, questionnaire)?;
        // A file that is gone, or empty, says nothing against what is known here: it is written again, whole.
        let is_gone = found.text.trim().is_empty();
        if !is_gone && found.text != self.text {
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
        if is_gone || text != self.text {
            disk::write_atomically(&self.path, &text)?;
            self.text = text;
        }
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
    // Whoever comes by a link writes the same file.
    let real = answers.canonicalize().unwrap_or_else(|_| answers.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = real.with_file_name(format!(".{name}.lock"));
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
