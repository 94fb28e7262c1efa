//! Where files are, as flows name them and as a system knows them.

use crate::failure;
use connector::Error;
use std::fmt;

const CHARS_MAX: usize = 1_000;

/// A connection's base folder; nothing outside of it is touched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Base {
    /// Without a slash at its end; empty where there is none.
    folder: String,
}

/// A path below a base.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// As flows name it.
    shown: String,
    /// As the system knows it; empty is where a session begins.
    real: String,
}

impl Base {
    pub fn new(folder: &str) -> Result<Self, Error> {
        let absolute = folder.trim().starts_with('/');
        let parts = parts(folder)?;
        Ok(Self { folder: joined(absolute, &parts) })
    }

    /// A path of a flow: below the base, or absolute and still below it. An empty one is the base itself.
    pub fn path(&self, given: &str) -> Result<Path, Error> {
        let absolute = given.trim().starts_with('/');
        let shown = joined(absolute, &parts(given)?);
        if !absolute {
            let real = join(&self.folder, &shown);
            return Ok(Path { shown, real });
        }
        let inside = match self.folder.as_str() {
            "" | "/" => true,
            folder => shown == folder || shown.starts_with(&format!("{folder}/")),
        };
        match inside {
            true => Ok(Path { real: shown.clone(), shown }),
            false => Err(outside(given)),
        }
    }
}

impl Path {
    pub fn child(&self, name: &str) -> Self {
        Self { shown: join(&self.shown, name), real: join(&self.real, name) }
    }

    /// What is in the same folder under another name.
    pub fn beside(&self, name: &str) -> Self {
        let cut = |text: &str| text[..text.len() - self.name().len()].to_owned() + name;
        Self { shown: cut(&self.shown), real: cut(&self.real) }
    }

    /// The folder it is in; nothing for the root, and for where a session begins.
    pub fn parent(&self) -> Option<Self> {
        let up = |text: &str| match text.rfind('/') {
            Some(0) if text.len() > 1 => "/".to_owned(),
            Some(at) => text[..at].to_owned(),
            None => String::new(),
        };
        let real = up(&self.real);
        if self.real.is_empty() || self.real == "/" || real.is_empty() {
            return None;
        }
        Some(Self { shown: up(&self.shown), real })
    }

    pub fn name(&self) -> &str {
        self.shown.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that it is in, as flows name it.
    pub fn folder(&self) -> &str {
        self.shown.rfind('/').map_or("", |at| if at == 0 { "/" } else { &self.shown[..at] })
    }

    pub fn shown(&self) -> &str {
        &self.shown
    }

    pub fn real(&self) -> &str {
        &self.real
    }

    /// A file has a name.
    pub fn named(self) -> Result<Self, Error> {
        match self.name().is_empty() {
            true => Err(failure::input("the path names no file", "Fill in the file's path.")),
            false => Ok(self),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.shown.is_empty() { "." } else { &self.shown })
    }
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        ("/", name) => format!("/{name}"),
        (folder, name) => format!("{folder}/{name}"),
    }
}

fn joined(absolute: bool, parts: &[&str]) -> String {
    let text = parts.join("/");
    if absolute { format!("/{text}") } else { text }
}

/// The names in a path, with `.` and `..` done away with.
fn parts(text: &str) -> Result<Vec<&str>, Error> {
    let text = text.trim();
    if text.chars().count() > CHARS_MAX {
        return Err(failure::input("the path is longer than 1,000 letters", "Shorten it."));
    }
    if text.chars().any(char::is_control) {
        return Err(failure::input("the path holds a line break or another control character", "Remove it."));
    }
    if text.contains('\\') {
        return Err(failure::input("the path holds a backslash", "Write / between folders."));
    }
    let mut parts = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or_else(|| outside(text))?),
            part => parts.push(part),
        }
    }
    Ok(parts)
}

fn outside(path: &str) -> Error {
    failure::input(
        format!("the path \"{}\" leads out of the connection's base folder", path.trim()),
        "Name a path below it, without .. at its beginning.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(base: &str, path: &str) -> Result<String, &'static str> {
        let base = Base::new(base).map_err(|error| error.code())?;
        base.path(path).map(|path| path.real).map_err(|error| error.code())
    }

    #[test]
    fn a_path_is_below_the_base_whichever_way_it_is_written() {
        for (base, path, wanted) in [
            ("", "in/ใบสั่งซื้อ วันนี้.csv", "in/ใบสั่งซื้อ วันนี้.csv"),
            ("", "/in//a.csv", "/in/a.csv"),
            ("", "", ""),
            ("/data/", "in/./a.csv", "/data/in/a.csv"),
            ("/data", "in/../out/a.csv", "/data/out/a.csv"),
            ("/data", "/data/a.csv", "/data/a.csv"),
            ("/data", "/data", "/data"),
            ("/data", "", "/data"),
            ("/", "/etc", "/etc"),
            ("shop/", "a.csv", "shop/a.csv"),
        ] {
            assert_eq!(real(base, path).as_deref(), Ok(wanted), "{base} {path}");
        }
    }

    #[test]
    fn nothing_leads_out_of_it() {
        for (base, path) in [
            ("/data", "../etc/passwd"),
            ("/data", "/etc/passwd"),
            ("/data", "/database/a"),
            ("/data", "/data/../etc/passwd"),
            ("", "../a"),
            ("shop", "/a"),
            ("", "a\r\nDELE b"),
            ("", "..\\..\\a"),
        ] {
            assert_eq!(real(base, path), Err("E0301"), "{base} {path}");
        }
    }

    #[test]
    fn a_path_knows_its_folder_and_its_neighbours() {
        let base = Base::new("/data").expect("a base");
        let file = base.path("in/new/a.csv").expect("a path");
        assert_eq!((file.name(), file.folder()), ("a.csv", "in/new"));
        assert_eq!(file.beside(".part").real, "/data/in/new/.part");
        let above: Vec<String> =
            std::iter::successors(file.parent(), Path::parent).map(|path| path.real).collect();
        assert_eq!(above, ["/data/in/new", "/data/in", "/data", "/"]);
        let plain = Base::default().path("in/a.csv").expect("a path");
        let above: Vec<String> =
            std::iter::successors(plain.parent(), Path::parent).map(|path| path.real).collect();
        assert_eq!(above, ["in"]);
        assert_eq!(plain.parent().expect("a folder").child("b.csv").shown, "in/b.csv");
    }
}
