//! The page that starts the application.

use anyhow::{Result, bail};

/// The paths a page refers to, relative to the root of the site.
pub struct Names<'a> {
    pub css: &'a str,
    pub boot: &'a str,
    pub js: &'a str,
    pub wasm: &'a str,
    pub code: &'a str,
}

/// The only script the page names: a content security policy without inline scripts needs a file even for two lines.
pub fn boot(js: &str, wasm: &str) -> String {
    format!("import init from \"/{js}\";\nawait init({{ module_or_path: \"/{wasm}\" }});\n")
}

/// Puts the paths into the page.
pub fn fill(page: &str, names: &Names<'_>) -> Result<String> {
    for needed in ["{{css}}", "{{boot}}"] {
        if !page.contains(needed) {
            bail!("web/app/index.html has no {needed}: without it the page stays empty");
        }
    }
    let known = [
        ("{{css}}", names.css),
        ("{{boot}}", names.boot),
        ("{{js}}", names.js),
        ("{{wasm}}", names.wasm),
        ("{{code}}", names.code),
    ];
    let filled =
        known.iter().fold(page.to_owned(), |page, (mark, path)| page.replace(mark, &format!("/{path}")));
    if let Some(at) = filled.find("{{") {
        let mark: String = filled[at..].chars().take_while(|c| *c != '\n').take(24).collect();
        bail!(
            "web/app/index.html: {mark} is not one of {{{{css}}}}, {{{{boot}}}}, {{{{js}}}}, {{{{wasm}}}}, {{{{code}}}}"
        );
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names<'_> = Names { css: "a.css", boot: "b.js", js: "c.js", wasm: "d.wasm", code: "e.js" };

    #[test]
    fn a_page_names_its_files_from_the_root() {
        let page = fill(r#"<link href="{{css}}"><script src="{{boot}}">"#, &NAMES).unwrap();
        assert_eq!(page, r#"<link href="/a.css"><script src="/b.js">"#);
    }

    #[test]
    fn a_page_that_would_stay_empty_is_refused() {
        let error = fill("{{css}}", &NAMES).unwrap_err().to_string();
        assert!(error.contains("{{boot}}"), "{error}");
    }

    #[test]
    fn a_mistyped_mark_is_named() {
        let error = fill("{{css}} {{boot}} {{bot}}", &NAMES).unwrap_err().to_string();
        assert!(error.contains("{{bot}}"), "{error}");
    }
}
