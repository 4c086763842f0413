//! The guide's console blocks run as transcripts, one after another in an empty directory.

#[test]
fn the_guide_is_a_transcript() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/first-decision.md");
    let text = std::fs::read_to_string(page).expect("the guide is text");
    assert!(text.matches("```console").count() >= 8, "the guide shows commands");
    let copy = scratch.path().join("guide.md");
    std::fs::write(&copy, text).expect("a copy");
    // Transcripts run where the test runs; this binary has one test, so nothing else depends on the directory.
    let empty = scratch.path().join("empty");
    std::fs::create_dir(&empty).expect("a directory");
    std::env::set_current_dir(&empty).expect("the directory is there");
    trycmd::TestCases::new().case(copy);
}
