//! Which files may be opened: those below a folder that the operator names, and no way out of it.

use connector::{Connection, Error};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Lets connections open the SQLite files below a folder. Said once, when the process starts; without it there are none.
pub fn allow_below(folder: PathBuf) {
    FOLDER.set(folder).ok();
}

/// The file of a connection.
pub fn file(connection: &Connection) -> Result<PathBuf, Error> {
    below(FOLDER.get().map(PathBuf::as_path), connection.need("file")?)
}

fn below(folder: Option<&Path>, file: &str) -> Result<PathBuf, Error> {
    let folder = folder.ok_or_else(|| Error::Connection {
        message: "this server opens no SQLite files".into(),
        advice: "Let whoever runs the server name the folder of such files, with --sqlite-dir or KHLONG_SQLITE_DIR.".into(),
    })?;
    let wrong = |why: &str| Error::Connection {
        message: format!("the file \"{}\" cannot be opened: {why}", connector::http::shorten(file)),
        advice: "Name a database file below the folder that the operator allows, such as shop/orders.db."
            .into(),
    };
    let parts = Path::new(file).components().map(|part| match part {
        Component::Normal(name) => Ok(name),
        _ => Err(wrong("its path leaves the folder")),
    });
    let mut path = folder.canonicalize().map_err(|_| wrong("the operator's folder is not there"))?;
    for part in parts {
        path.push(part?);
        let found = path.symlink_metadata().map_err(|_| wrong("it is not there"))?;
        if found.is_symlink() {
            return Err(wrong("its path has a symbolic link in it"));
        }
    }
    match path.is_file() {
        true => Ok(path),
        false => Err(wrong("it is no file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_the_folder_is_opened() {
        let outside = tempfile::tempdir().expect("a folder");
        let folder = outside.path().join("allowed");
        std::fs::create_dir_all(folder.join("shop")).expect("made");
        std::fs::write(folder.join("shop/a.db"), "").expect("written");
        std::fs::write(outside.path().join("secret.db"), "").expect("written");
        std::os::unix::fs::symlink("../secret.db", folder.join("link.db")).expect("linked");
        std::os::unix::fs::symlink("..", folder.join("up")).expect("linked");
        let opens = |file: &str| below(Some(&folder), file).is_ok();
        assert!(opens("shop/a.db"));
        assert!(opens("shop/./a.db"), "a dot leads nowhere");
        let whole = folder.join("shop/a.db");
        for wrong in [
            "../secret.db",
            "shop/../../secret.db",
            "link.db",
            "up/secret.db",
            "shop",
            "b.db",
            whole.to_str().expect("a path"),
        ] {
            assert!(!opens(wrong), "{wrong}");
        }
        assert!(below(None, "shop/a.db").is_err());
    }
}
