//! ZIP: several files as one.

mod names;
pub mod pack;
pub mod unpack;

use crate::failure;
use ::zip::ZipArchive;
use bytes::Bytes;
use connector::{Error, File};
use std::io::{self, Cursor, Read, Seek};

pub const FILES_MAX: usize = 100;

pub type Archive = ZipArchive<Cursor<Bytes>>;

pub fn open(file: &File) -> Result<Archive, Error> {
    ZipArchive::new(Cursor::new(file.bytes.clone())).map_err(|error| failure::unreadable(file, error))
}

/// Unpacks an archive into nothing, to know that it is not larger than it may be: whoever made it may have lied about sizes.
pub fn check(file: &File, entries_max: usize, bytes_max: u64) -> Result<(), Error> {
    check_parts(open(file)?, entries_max, bytes_max).map_err(|what| failure::unreadable(file, what))
}

/// The same of an archive that lies somewhere else; else what is wrong with it.
pub fn check_parts(
    mut archive: ZipArchive<impl Read + Seek>,
    entries_max: usize,
    bytes_max: u64,
) -> Result<(), String> {
    if archive.len() > entries_max {
        return Err(format!("it has more than {entries_max} parts"));
    }
    let too_large = || larger_than(bytes_max);
    let mut left = bytes_max;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| error.to_string())?;
        if entry.size() > left {
            return Err(too_large());
        }
        let read = io::copy(&mut entry.take(left + 1), &mut io::sink()).map_err(|error| error.to_string())?;
        left = left.checked_sub(read).ok_or_else(too_large)?;
    }
    Ok(())
}

fn too_large(file: &File, bytes_max: u64) -> Error {
    failure::unreadable(file, larger_than(bytes_max))
}

fn larger_than(bytes_max: u64) -> String {
    format!("unpacked it is larger than {} MB", bytes_max >> 20)
}
