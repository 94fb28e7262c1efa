//! What stands in the files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command::Cmd;
use crate::workspace::Workspace;

/// Past this a file has a second idea in it, or says in a `// long:` line why not.
const LINES_MAX: usize = 600;
/// Below the heading, a front page of fewer lines says nothing.
const README_LINES_MIN: usize = 5;
/// Where packages come from is a matter of each machine's settings; npm writes it after this word unless told not to.
const FETCHED_FROM: &str = r#""resolved":"#;
const TOKENS: &str = "tokens.css";

#[derive(Default)]
pub struct Found {
    pub problems: Vec<String>,
    pub warnings: Vec<String>,
}

pub fn check(workspace: &Workspace) -> Result<Found> {
    let mut found = Found::default();
    front_pages(workspace, &mut found);
    let mut styles = Styles::default();
    for path in tracked_files(workspace)? {
        // A list may name a file that was just removed; a picture is not text.
        if let Ok(text) = fs::read_to_string(workspace.path(&path)) {
            check_text(&path, &text, &mut found);
            if path.ends_with(".css") {
                found.problems.extend(styles.add(&path, &text));
            }
        }
    }
    Ok(found)
}

fn front_pages(workspace: &Workspace, found: &mut Found) {
    for package in &workspace.packages {
        let page = fs::read_to_string(package.folder().join("README.md")).unwrap_or_default();
        let lines = page.lines().skip(1).filter(|line| !line.trim().is_empty()).count();
        if lines < README_LINES_MIN {
            let name = &package.name;
            found.problems.push(format!(
                "{name}: its README.md is its front page: what it is, its invariants, what is absent"
            ));
        }
        found.problems.extend(blocks_without_a_language(&page).map(|line| {
            let name = &package.name;
            format!(
                "{name}: README.md:{line}: the documentation tests take a block without a language for Rust: ```text or the like"
            )
        }));
    }
}

/// The lines on which such blocks begin.
fn blocks_without_a_language(page: &str) -> impl Iterator<Item = usize> {
    let fences = page.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("```"));
    fences.step_by(2).filter(|(_, line)| line.trim() == "```").map(|(i, _)| i + 1)
}

fn tracked_files(workspace: &Workspace) -> Result<Vec<String>> {
    let list =
        Cmd::new("git", &workspace.root).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let list = list.read().context("listing the files of the repository")?;
    Ok(list.lines().map(str::to_owned).collect())
}

fn check_text(path: &str, text: &str, found: &mut Found) {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    match extension {
        Some("rs") if text.lines().count() > LINES_MAX && !text.contains("// long:") => {
            found
                .warnings
                .push(format!("{path}: more than {LINES_MAX} lines; is there a second idea in it?"));
        }
        Some("css") if !path.ends_with(TOKENS) => found.problems.extend(literal_colours(path, text)),
        _ => {}
    }
    if path.ends_with("package-lock.json") && text.contains(FETCHED_FROM) {
        found.problems.push(format!("{path}: names hosts; lock with omit-lockfile-registry-resolved=true"));
    }
}

/// Which file says what a class looks like. All styles end up in one page, where a second file that uses the same name for
/// something of its own changes what the first has drawn.
#[derive(Default)]
struct Styles(BTreeMap<String, String>);

impl Styles {
    fn add(&mut self, path: &str, css: &str) -> Vec<String> {
        let mut problems = Vec::new();
        for class in css.lines().filter_map(class_of_its_own) {
            let first = self.0.entry(class.to_owned()).or_insert_with(|| path.to_owned());
            if first != path {
                problems.push(format!(
                    "{path}: {class} is styled in {first} too: one of them needs another name"
                ));
            }
        }
        problems
    }
}

/// `.kl-note` of `.kl-note { … }`. Within other rules and with conditions, a file may well refine another's class.
fn class_of_its_own(line: &str) -> Option<&str> {
    let (selector, _) = line.split_once(" {")?;
    let name = selector.strip_prefix('.')?;
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then_some(selector)
}

fn literal_colours(path: &str, css: &str) -> Vec<String> {
    let lines = css.lines().enumerate().filter(|(_, line)| has_literal_colour(line));
    lines
        .map(|(i, line)| format!("{path}:{}: colours are literal only in {TOKENS}: {}", i + 1, line.trim()))
        .collect()
}

/// `#fff` in a value, or a colour function; a selector may hold a `#id`, a comment may hold anything.
fn has_literal_colour(line: &str) -> bool {
    let code = line.split("/*").next().unwrap_or_default();
    let Some((_, value)) = code.split_once(':') else {
        return false;
    };
    let functions =
        ["rgb(", "rgba(", "hsl(", "hsla(", "oklch("].iter().any(|function| value.contains(function));
    functions || value.split(['#']).skip(1).any(starts_like_a_colour)
}

fn starts_like_a_colour(rest: &str) -> bool {
    let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
    let next = rest.chars().nth(digits);
    [3, 4, 6, 8].contains(&digits) && !next.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_outside_the_tokens_is_found() {
        assert!(has_literal_colour("  color: #0a0;"));
        assert!(has_literal_colour(".a { background: rgba(0 0 0 / 0.2) }"));
        assert!(has_literal_colour("  border: 1px solid #a0b1c2;"));
    }

    #[test]
    fn what_only_looks_like_a_colour_is_left_alone() {
        assert!(!has_literal_colour("#add { display: grid }"));
        assert!(!has_literal_colour("  color: var(--ink); /* was #fff */"));
        assert!(!has_literal_colour("  background: url(#fade-out);"));
        assert!(!has_literal_colour("  fill: url(#faded);"));
    }

    #[test]
    fn a_class_that_two_files_style_is_found() {
        let mut styles = Styles::default();
        assert!(
            styles
                .add("field.css", ".kl-note { color: var(--ink) }\n.kl-note:empty { display: none }")
                .is_empty()
        );
        assert!(
            styles
                .add("page.css", ".kl-row .kl-note { display: none }\n  .kl-note { display: none }")
                .is_empty()
        );
        assert_eq!(styles.add("canvas.css", ".kl-note { position: absolute }").len(), 1);
    }

    #[test]
    fn a_long_file_is_a_question_and_a_reason_answers_it() {
        let mut found = Found::default();
        let long = "//\n".repeat(LINES_MAX + 1);
        check_text("a.rs", &long, &mut found);
        check_text("b.rs", &format!("// long: one table\n{long}"), &mut found);
        assert_eq!(found.warnings.len(), 1);
        assert!(found.warnings[0].starts_with("a.rs"));
    }

    #[test]
    fn a_block_on_a_front_page_says_what_it_is() {
        let page = "# a\n```text\ntree\n```\n\n  ```\n  cargo\n  ```\n```rust\n```\n";
        assert_eq!(blocks_without_a_language(page).collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn a_lock_file_names_no_host() {
        let mut found = Found::default();
        check_text("tests/e2e/package-lock.json", r#""resolved": "https://packages.example/x""#, &mut found);
        assert_eq!(found.problems.len(), 1);
    }
}
