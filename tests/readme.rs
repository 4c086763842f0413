//! The README's console blocks run as transcripts, one after another in an empty directory.

#[test]
fn readme_blocks_are_transcripts() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(readme).expect("the README is text");
    assert!(text.matches("```console").count() >= 1, "the README shows commands");
    let copy = scratch.path().join("README.md");
    std::fs::write(&copy, text).expect("a copy");
    // Transcripts run where the test runs; this binary has one test, so nothing else depends on the directory.
    let empty = scratch.path().join("empty");
    std::fs::create_dir(&empty).expect("a directory");
    std::env::set_current_dir(&empty).expect("the directory is there");
    trycmd::TestCases::new().case(copy);
}
