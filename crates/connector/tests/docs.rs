//! Each error has a code, each code a page. `UPDATE=1` writes the pages anew.

use connector::Error;
use connector::codes::PAGES;
use std::path::Path;

fn each_error() -> Vec<Error> {
    let (host, message, advice) = (String::new, String::new, String::new);
    vec![
        Error::Input { message: message(), advice: advice() },
        Error::Connection { message: message(), advice: advice() },
        Error::Unreachable { host: host(), message: message() },
        Error::Forbidden { host: host(), message: message() },
        Error::Unanswered { host: host(), message: message() },
        Error::RateLimited { host: host(), after: None },
        Error::Status { host: host(), status: 500, message: message(), after: None },
        Error::Refused { message: message(), advice: advice() },
        Error::Unreadable { host: host(), message: message() },
        Error::TooLarge { host: host(), limit: 0 },
        Error::TokenEnded { host: host(), message: message() },
        Error::SignedOut { message: message() },
    ]
}

#[test]
fn every_error_has_a_code_with_a_page() {
    let codes: Vec<&str> = each_error().iter().map(Error::code).collect();
    let pages: Vec<&str> = PAGES.iter().map(|page| &*page.code.0).collect();
    assert_eq!(codes, pages);
}

#[test]
fn the_pages_are_as_fresh_as_the_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for page in PAGES {
        let path = folder.join(format!("{}.md", page.code));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page.markdown()).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, page.markdown(), "{} is stale: UPDATE=1 writes it anew", path.display());
    }
}

#[test]
fn an_error_that_may_have_been_done_is_never_one_that_says_nothing_was() {
    let harmless = ["E0301", "E0302", "E0303", "E0304", "E0306", "E0308", "E0312"];
    for error in each_error() {
        assert!(!(error.may_have_happened() && harmless.contains(&error.code())), "{error:?}");
    }
}
