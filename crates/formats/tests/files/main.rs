//! Files there and back, as a flow would: by the operations alone.

mod any_bytes;
mod archives;
mod common;
mod csv;
mod documents;
mod examples;
mod excel;
mod fixed_width;
mod on_disk;
mod readers;
mod xml;
