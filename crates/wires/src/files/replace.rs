//! A file in the place of another, at servers that rename onto nothing that is there.

use super::{Files, Path};
use crate::words;
use connector::Error;

/// What was there goes aside, and comes back where the new file is refused: at no time is neither of them there.
pub async fn replace(files: &mut dyn Files, from: &Path, to: &Path) -> Result<(), Error> {
    if files.find(to).await?.is_none_or(|there| there.is_folder) {
        return files.rename(from, to, false).await;
    }
    let old = aside(to);
    // Left by an attempt that was cut off; the file has a successor by now.
    files.remove(&old).await?;
    files.rename(to, &old, false).await?;
    let Err(error) = files.rename(from, to, false).await else {
        // Should it stay, the next that replaces the file removes it.
        files.remove(&old).await.ok();
        return Ok(());
    };
    match files.rename(&old, to, false).await {
        Ok(()) => Err(error),
        Err(_) => Err(both_kept(error, from, to, &old)),
    }
}

/// Ends a write. What is left of a refused file is in nobody's way, but nobody's use either; unless the file that it was to
/// replace could not be put back.
pub async fn ended(
    files: &mut dyn Files,
    part: &Path,
    to: &Path,
    done: Result<(), Error>,
) -> Result<(), Error> {
    if matches!(done, Err(Error::Refused { .. })) && files.find(&aside(to)).await == Ok(None) {
        files.remove(part).await.ok();
    }
    done
}

fn aside(path: &Path) -> Path {
    path.beside(&format!(".khlong-{}.old", words::digest(path.real())))
}

fn both_kept(error: Error, from: &Path, to: &Path, old: &Path) -> Error {
    let kept = format!("; what was there as \"{to}\" is kept as \"{old}\", and the new file as \"{from}\"");
    match error {
        Error::Refused { message, .. } => Error::Refused {
            message: message + &kept,
            advice: "Rename one of the two by hand, and have the permission to rename given.".into(),
        },
        Error::Unanswered { host, message } => Error::Unanswered { host, message: message + &kept },
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Base, Entry, Write, missing, taken};
    use super::*;
    use async_trait::async_trait;
    use bytes::Bytes;
    use std::collections::BTreeMap;

    const NEW: &str = ".khlong-1.part";

    /// Renames onto nothing that is there, and gives no file one of these names.
    #[derive(Default)]
    struct Strict {
        base: Base,
        files: BTreeMap<String, &'static str>,
        refused: Vec<(String, &'static str)>,
    }

    #[async_trait]
    impl Files for Strict {
        fn base(&self) -> &Base {
            &self.base
        }

        async fn list(&mut self, _folder: &Path) -> Result<Vec<Entry>, Error> {
            Ok(Vec::new())
        }

        async fn find(&mut self, path: &Path) -> Result<Option<Entry>, Error> {
            let entry = |text: &&str| Entry {
                path: path.clone(),
                is_folder: false,
                bytes: text.len() as u64,
                modified: None,
                by_day: false,
                etag: None,
            };
            Ok(self.files.get(path.name()).map(entry))
        }

        async fn read(&mut self, path: &Path) -> Result<Bytes, Error> {
            Err(missing(path))
        }

        async fn write(&mut self, path: &Path, write: Write<'_>) -> Result<(), Error> {
            let part = path.beside(write.part);
            self.files.insert(part.name().into(), "new");
            let done = replace(self, &part, path).await;
            ended(self, &part, path, done).await
        }

        async fn rename(&mut self, from: &Path, to: &Path, _replaces: bool) -> Result<(), Error> {
            if self.files.contains_key(to.name()) {
                return Err(taken(to));
            }
            if self.refused.iter().any(|(name, onto)| name == from.name() && *onto == to.name()) {
                return Err(crate::files::forbidden(to, "Permission denied"));
            }
            let text = self.files.remove(from.name()).ok_or_else(|| missing(from))?;
            self.files.insert(to.name().into(), text);
            Ok(())
        }

        async fn remove(&mut self, path: &Path) -> Result<bool, Error> {
            Ok(self.files.remove(path.name()).is_some())
        }

        async fn has_folder(&mut self, _folder: &Path) -> Result<bool, Error> {
            Ok(true)
        }

        async fn make_folder(&mut self, _folder: &Path) -> Result<(), Error> {
            Ok(())
        }
    }

    fn path() -> Path {
        Base::default().path("in/a.csv").expect("a path")
    }

    fn there(files: &[(&str, &'static str)]) -> BTreeMap<String, &'static str> {
        files.iter().map(|(name, text)| ((*name).to_owned(), *text)).collect()
    }

    async fn write(strict: &mut Strict) -> Result<(), Error> {
        let write = Write { bytes: Bytes::new(), content_type: "text/csv", replaces: true, part: NEW };
        strict.write(&path(), write).await
    }

    #[tokio::test]
    async fn a_file_is_replaced_and_nothing_else_stays() {
        let old = aside(&path()).name().to_owned();
        for files in [there(&[]), there(&[("a.csv", "old")]), there(&[("a.csv", "old"), (&old, "older")])] {
            let mut strict = Strict { files, ..Strict::default() };
            write(&mut strict).await.expect("replaced");
            assert_eq!(strict.files, there(&[("a.csv", "new")]));
        }
    }

    #[tokio::test]
    async fn a_refused_file_leaves_the_one_that_was_there() {
        let refused = vec![(NEW.into(), "a.csv")];
        let mut strict = Strict { files: there(&[("a.csv", "old")]), refused, ..Strict::default() };
        write(&mut strict).await.expect_err("refused");
        assert_eq!(strict.files, there(&[("a.csv", "old")]));
    }

    #[tokio::test]
    async fn where_the_old_file_cannot_be_put_back_both_are_kept_and_named() {
        let old = aside(&path()).name().to_owned();
        let refused = vec![(NEW.into(), "a.csv"), (old.clone(), "a.csv")];
        let mut strict = Strict { files: there(&[("a.csv", "old")]), refused, ..Strict::default() };
        let error = write(&mut strict).await.expect_err("refused");
        assert_eq!(strict.files, there(&[(&old, "old"), (NEW, "new")]));
        assert!(error.to_string().contains(&old) && error.to_string().contains(NEW), "{error}");
    }
}
