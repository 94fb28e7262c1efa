//! The master key: from the environment, or from a file that only its owner may read.

use super::Error;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use zeroize::Zeroizing;

/// In the data folder.
pub const KEY_FILE: &str = "master.key";
const KEY_BYTES: usize = 32;

/// Wraps the keys that secrets are sealed with. Wiped from memory when dropped.
pub struct MasterKey(pub(super) Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    pub fn random() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// 64 hex digits, as in the file and in `KHLONG_MASTER_KEY`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        hex::decode_to_slice(text.trim(), &mut *bytes)
            .map_err(|_| Error::Key("a master key has 64 hex digits".into()))?;
        Ok(Self(bytes))
    }

    /// Tells keys apart without telling anything about them.
    pub(super) fn id(&self) -> String {
        let digest = Sha256::new().chain_update(b"khlong master key id").chain_update(*self.0).finalize();
        hex::encode(&digest[..8])
    }

    /// Reads the file, or makes it where there is none yet.
    pub fn from_folder(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(KEY_FILE);
        match fs::symlink_metadata(&path) {
            Ok(_) => Self::read(&path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::random()?;
                key.write_new(&path)?;
                Ok(key)
            }
            Err(error) => Err(unusable(&path, error)),
        }
    }

    fn read(path: &Path) -> Result<Self, Error> {
        let mode = fs::metadata(path).map_err(|error| unusable(path, error))?.permissions().mode();
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(Error::Key(format!(
                "{path} can be read by others (mode {:o}): run `chmod 600 {path}`, and rotate the key if somebody may have",
                mode & 0o777
            )));
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| unusable(path, error))?);
        Self::parse(&text)
    }

    /// Writes the key so that it is on disk, readable by its owner alone from its first moment.
    pub(super) fn write_new(&self, path: &Path) -> Result<(), Error> {
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            let text = Zeroizing::new(hex::encode(*self.0));
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            sync_folder(path)
        };
        write().map_err(|error| unusable(path, error))
    }
}

/// A new name in a folder is safe once the folder is.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn unusable(path: &Path, error: io::Error) -> Error {
    Error::Key(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let made = MasterKey::from_folder(folder.path()).unwrap();
        let path = folder.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(MasterKey::from_folder(folder.path()).unwrap().id(), made.id());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        MasterKey::from_folder(folder.path()).unwrap();
        let path = folder.path().join(KEY_FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = MasterKey::from_folder(folder.path()).err().unwrap().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }
}
