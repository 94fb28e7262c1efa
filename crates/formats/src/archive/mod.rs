//! ZIP: several files as one.

mod names;
pub mod pack;
pub mod unpack;

use crate::failure;
use ::zip::ZipArchive;
use bytes::Bytes;
use connector::{Error, File};
use std::io::{self, Cursor, Read};

pub const FILES_MAX: usize = 100;

pub type Archive = ZipArchive<Cursor<Bytes>>;

pub fn open(file: &File) -> Result<Archive, Error> {
    ZipArchive::new(Cursor::new(file.bytes.clone())).map_err(|error| failure::unreadable(file, error))
}

/// Unpacks an archive into nothing, to know that it is not larger than it may be: whoever made it may have lied about sizes.
pub fn check(file: &File, entries_max: usize, bytes_max: u64) -> Result<(), Error> {
    let mut archive = open(file)?;
    if archive.len() > entries_max {
        return Err(failure::unreadable(file, format!("it has more than {entries_max} parts")));
    }
    let mut left = bytes_max;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| failure::unreadable(file, error))?;
        if entry.size() > left {
            return Err(too_large(file, bytes_max));
        }
        let read = io::copy(&mut entry.take(left + 1), &mut io::sink());
        let read = read.map_err(|error| failure::unreadable(file, error))?;
        left = left.checked_sub(read).ok_or_else(|| too_large(file, bytes_max))?;
    }
    Ok(())
}

fn too_large(file: &File, bytes_max: u64) -> Error {
    failure::unreadable(file, format!("unpacked it is larger than {} MB", bytes_max >> 20))
}
