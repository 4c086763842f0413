//! Pictures by the user's own PlantUML, where its look is wanted: `plantuml -tsvg -pipe`, which reads a diagram and writes a picture.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The largest picture that is taken.
const MAX_PICTURE_BYTES: u64 = 64 << 20;

/// Draws a diagram. The command is split at spaces, so that `java -jar plantuml.jar` is one, too.
///
/// PlantUML runs in its sandbox: it reads no file and asks no server, whatever a name in the model says.
pub(super) fn draw(command: &str, text: &str) -> Result<String> {
    let mut words = command.split_whitespace();
    let Some(program) = words.next() else { bail!("`--plantuml` names no command") };
    let failed = || format!("cannot run `{command}`, which draws PlantUML");
    let mut child = Command::new(program)
        .args(words)
        .args(["-tsvg", "-pipe"])
        .env("PLANTUML_SECURITY_PROFILE", "SANDBOX")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(failed)?;
    // All three pipes are bounded: who only writes waits for a reader, and the other way round.
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let diagram = text.as_bytes().to_vec();
    let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&diagram)));
    let complaint = std::thread::spawn(move || {
        let mut said = Vec::new();
        stderr.map(|stderr| stderr.take(64 << 10).read_to_end(&mut said));
        said
    });
    let mut picture = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(MAX_PICTURE_BYTES + 1).read_to_end(&mut picture).with_context(failed)?;
    }
    if picture.len() as u64 > MAX_PICTURE_BYTES {
        let _ = child.kill();
        bail!("`{command}` writes a picture of more than {} MiB, which is the limit", MAX_PICTURE_BYTES >> 20);
    }
    let status = child.wait().with_context(failed)?;
    let _ = writer.join();
    let said = complaint.join().unwrap_or_default();
    let picture = String::from_utf8_lossy(&picture).into_owned();
    // A mistake in a diagram arrives as a picture of it, and a status.
    if !status.success() || !picture.contains("<svg") {
        let said = String::from_utf8_lossy(&said).lines().find(|line| !line.trim().is_empty()).map(|line| format!(": {}", line.trim()));
        bail!("`{command}` drew nothing ({status}){}", said.unwrap_or_default());
    }
    Ok(picture)
}
