//! What a verdict is made from, as commands find it: questionnaire, answers, people's own answers, the settings of one run.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;

use super::answers_file::{self, ANSWERS_FILE};
use super::questionnaire::questionnaire_file;
use super::{disk, output};
use crate::assessment::{Assessment, assess_to_judge};
use crate::decision::{Design, Inputs, Judgement, Prefer, judge};
use crate::diagnostic::{Diagnostic, has_errors};
use crate::model::{Model, System};
use crate::questionnaire::answers::{Answers, Status, shown};
use crate::questionnaire::{Questionnaire, SHOULD_YOU_DISTRIBUTE, merge, read};
use crate::report::shell;
use crate::source::Sources;

/// Which side counts where the model contradicts an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum PreferArgument {
    /// What the model computes of the system as it is; a warning.
    Model,
    /// What was answered; an error.
    #[default]
    Answers,
    /// Neither: the question is open until somebody settles it; an error.
    Ask,
}

impl PreferArgument {
    /// Returns the policy.
    pub(super) const fn policy(self) -> Prefer {
        match self {
            Self::Model => Prefer::Model,
            Self::Answers => Prefer::Answers,
            Self::Ask => Prefer::Ask,
        }
    }
}

impl WeighingArguments {
    /// Returns the arguments as they are typed, so that another command reads the same.
    pub(super) fn typed(&self) -> String {
        self.with_paths(&|path| path.display().to_string())
    }

    /// Returns the arguments as they are typed at the top of the repository, so that what is written down is the same wherever the user stands.
    pub(super) fn typed_at_the_top(&self) -> String {
        self.with_paths(&|path| disk::from_the_top(path))
    }

    fn with_paths(&self, shown: &dyn Fn(&Path) -> String) -> String {
        let mut typed = String::new();
        let mut add = |option: &str, value: &str| typed.push_str(&format!(" --{option} {}", shell(value)));
        self.answers.iter().for_each(|file| add("answers", &shown(file)));
        self.questionnaire.iter().for_each(|file| add("questionnaire", &shown(file)));
        self.set.iter().for_each(|setting| add("set", setting));
        if self.prefer != PreferArgument::default() {
            self.prefer.to_possible_value().iter().for_each(|value| add("prefer", value.get_name()));
        }
        typed
    }
}

/// Where the answers of a run come from.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct WeighingArguments {
    /// A file of answers instead of MODEL_DIR/answers.toml; several files are several people, whose median counts
    #[arg(long, value_name = "FILE")]
    pub(super) answers: Vec<PathBuf>,

    /// A questionnaire of your own instead of MODEL_DIR/questionnaire.toml or the built-in one
    #[arg(long, value_name = "FILE")]
    pub(super) questionnaire: Option<PathBuf>,

    /// Answer a question for this run; may be repeated: --set budget=tight
    #[arg(long, value_name = "ID=OPTION")]
    pub(super) set: Vec<String>,

    /// Which side counts where the model contradicts an answer
    #[arg(long, value_enum, default_value_t)]
    pub(super) prefer: PreferArgument,
}

/// What was read.
pub(super) struct Weighing {
    /// What to judge; none where nothing is answered.
    pub(super) inputs: Option<Inputs>,
    /// The mistakes in questionnaire and answers.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads questionnaire and answers of a directory, or those that the arguments name; their files go into `sources`.
pub(super) fn read_weighing(directory: Option<&Path>, arguments: &WeighingArguments, sources: &mut Sources) -> Result<Weighing> {
    let mut diagnostics = Vec::new();
    let own = questionnaire_file(directory, arguments.questionnaire.as_deref())?;
    let (together, apart) = files(directory, arguments)?;
    if own.is_none() && together.is_none() && apart.is_empty() && arguments.set.is_empty() {
        return Ok(Weighing { inputs: None, diagnostics });
    }
    let questionnaire = questionnaire(own.as_deref(), sources, &mut diagnostics)?;
    if has_errors(&diagnostics) {
        return Ok(Weighing { inputs: None, diagnostics });
    }
    let mut take = |path: &Path| -> Result<Answers> {
        let file = sources.add(shown_path(path), disk::read_text(path)?);
        let (answers, found) = answers_file::understood(sources, file, &questionnaire);
        diagnostics.extend(found);
        Ok(answers)
    };
    let mut people = Vec::new();
    for path in apart {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        people.push((name, take(&path)?));
    }
    let mut answers = match (together, people.is_empty()) {
        (Some(path), _) => take(&path)?,
        (None, false) => merge(&questionnaire, &people).answers,
        (None, true) if arguments.set.is_empty() => return Ok(Weighing { inputs: None, diagnostics }),
        (None, true) => Answers::new(&questionnaire),
    };
    let mut set = Vec::new();
    for setting in &arguments.set {
        set.push((setting, answers.set_from_text(&questionnaire, setting).map_err(|words| anyhow::anyhow!("--set {setting}: {words}"))?));
    }
    let visible = shown(&questionnaire, &answers);
    for (setting, id) in set.into_iter().filter(|(_, id)| !visible[id.0]) {
        let question = questionnaire.question(id);
        let condition = question.show_if.as_ref().map_or("", |condition| condition.text.as_str());
        output::narrate(&crate::report::text::harmless(&format!(
            "warning: `--set {setting}` has no effect: `{}` is asked only where `{condition}`",
            question.id
        )));
    }
    if has_errors(&diagnostics) {
        return Ok(Weighing { inputs: None, diagnostics });
    }
    if arguments.set.is_empty() && answers.iter().next().is_none() {
        return Ok(Weighing { inputs: None, diagnostics });
    }
    Ok(Weighing { inputs: Some(Inputs { questionnaire, answers, people, prefer: arguments.prefer.policy() }), diagnostics })
}

/// Reads a questionnaire of one's own, or the built-in one.
fn questionnaire(own: Option<&Path>, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> Result<Questionnaire> {
    let Some(path) = own else {
        let mut embedded = Sources::default();
        let file = embedded.add("should-you-distribute.toml", SHOULD_YOU_DISTRIBUTE);
        return Ok(read(&embedded, file).0);
    };
    let file = sources.add(shown_path(path), disk::read_text(path)?);
    let (questionnaire, found) = read(sources, file);
    diagnostics.extend(found);
    Ok(questionnaire)
}

/// Finds the file that people answered together, and those that they answered apart.
fn files(directory: Option<&Path>, arguments: &WeighingArguments) -> Result<(Option<PathBuf>, Vec<PathBuf>)> {
    match arguments.answers.as_slice() {
        [] => {}
        [one] => return Ok((Some(one.clone()), Vec::new())),
        several => {
            answers_file::each_once(several)?;
            return Ok((None, several.to_vec()));
        }
    }
    let Some(directory) = directory else { return Ok((None, Vec::new())) };
    Ok((disk::there(directory.join(ANSWERS_FILE))?, answers_file::people(directory)?))
}

fn shown_path(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    crate::report::text::harmless(&path.to_string_lossy().replace('\\', "/"))
}

/// Judges answers against all designs of a model.
pub(super) fn judge_model(inputs: Inputs, model: &Model) -> Judgement {
    let assessed: Vec<(&System, Assessment)> = model.systems().map(|system| (system, assess_to_judge(system))).collect();
    judge_assessed(inputs, &assessed)
}

/// Judges answers against designs that are assessed already.
pub(super) fn judge_assessed(inputs: Inputs, assessed: &[(&System, Assessment)]) -> Judgement {
    let designs: Vec<Design<'_>> = assessed.iter().map(|(system, assessment)| Design { system, assessment }).collect();
    judge(inputs, &designs)
}

/// Returns the ids of the core questions that nobody has answered, in asking order; `unknown` is an answer.
pub(super) fn unanswered(inputs: &Inputs) -> Vec<&str> {
    let visible = shown(&inputs.questionnaire, &inputs.answers);
    inputs
        .questionnaire
        .quick_walk()
        .filter(|id| visible[id.0])
        .filter(|id| matches!(inputs.answers.get(*id).map(|answer| &answer.status), None | Some(Status::Later)))
        .map(|id| inputs.questionnaire.question(id).id.as_str())
        .collect()
}
