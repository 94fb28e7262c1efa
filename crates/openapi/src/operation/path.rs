//! Paths as they are called, and the names in their braces.

use crate::document::Document;
use crate::note;

/// A path that begins with a slash, without what some documents put behind it to tell operations apart.
pub(super) fn called(document: &Document<'_>, written: &str, at: &str) -> String {
    let path = written.split(['?', '#']).next().unwrap_or_default().trim();
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    if path != written {
        document.note(&note::PATH, at, &[written, &path]);
    }
    path
}

/// What is in braces, in their order.
pub(crate) fn names(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_is_in_braces() {
        assert_eq!(names("/a/{b}/c-{d}.{e}/{b}"), ["b", "d", "e"]);
        assert_eq!(names("/a/{b"), Vec::<&str>::new());
    }
}
