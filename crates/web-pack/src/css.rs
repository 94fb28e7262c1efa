//! One style sheet of many: the tokens first, then the rest in the order of their paths.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Joins all style sheets below `web/ui` and `web/app`.
pub fn collect(web: &Path) -> Result<String> {
    let mut paths = Vec::new();
    for part in ["ui", "app"] {
        find(&web.join(part), &mut paths)?;
    }
    paths
        .sort_by_key(|path| (!path.ends_with("tokens.css"), path.starts_with(web.join("app")), path.clone()));
    let mut css = String::new();
    for path in paths {
        css += &std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        css.push('\n');
    }
    Ok(css)
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            // What lies in `static` is served as it is.
            if path.file_name().is_some_and(|name| name != "static" && name != "target") {
                find(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "css") {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_first_and_pages_after_parts() {
        let web = tempfile::tempdir().unwrap();
        let files =
            ["app/src/a.css", "ui/src/z.css", "ui/tokens.css", "ui/src/button/b.css", "app/static/not.css"];
        for file in files {
            let path = web.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        let css = collect(web.path()).unwrap();
        let order: Vec<_> = css.split_whitespace().collect();
        assert_eq!(order, ["ui/tokens.css", "ui/src/button/b.css", "ui/src/z.css", "app/src/a.css"]);
    }
}
