//! Rows of a table, each as an object of texts under the names of the first row.

use super::{ITEM_BYTES_MAX, Wrong};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use model::Value;
use run::Data;
use serde_json::Map;

/// Columns of a table.
const COLUMNS_MAX: usize = 4_096;
const FIELDS_BYTES_MIN: usize = 4 << 10;

pub(super) struct Rows {
    reader: Reader,
    text: Vec<u8>,
    at: usize,
    /// The row under way: its fields one behind the other, and where each ends.
    fields: Vec<u8>,
    in_fields: usize,
    ends: Vec<usize>,
    in_ends: usize,
    header: Option<Vec<String>>,
    /// As a spreadsheet counts them: the header is row 1.
    row: u64,
}

impl Rows {
    pub(super) fn new(separator: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(separator).build(),
            text: Vec::new(),
            at: 0,
            fields: vec![0; FIELDS_BYTES_MIN],
            in_fields: 0,
            ends: vec![0; 64],
            in_ends: 0,
            header: None,
            row: 1,
        }
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        self.text.drain(..self.at);
        self.at = 0;
        self.text.extend_from_slice(text);
    }

    pub(super) fn next(&mut self, last: bool) -> Result<Option<Data>, Wrong> {
        while self.read_row(last)? {
            let item = match &self.header {
                Some(header) => Some(item(header, &self.fields()?, self.row)),
                None => None,
            };
            if item.is_none() {
                self.header = Some(names(&self.fields()?));
            }
            self.clear();
            if let Some(item) = item {
                return item.map(Some);
            }
        }
        Ok(None)
    }

    /// Whether there is a whole row.
    fn read_row(&mut self, last: bool) -> Result<bool, Wrong> {
        loop {
            if self.at == self.text.len() && !last {
                return Ok(false);
            }
            // Nothing to read says that nothing more comes.
            let (result, read, wrote, ended) = self.reader.read_record(
                &self.text[self.at..],
                &mut self.fields[self.in_fields..],
                &mut self.ends[self.in_ends..],
            );
            self.at += read;
            self.in_fields += wrote;
            self.in_ends += ended;
            match result {
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.fields.len() >= ITEM_BYTES_MAX => {
                    return Err(format!("row {} is longer than 4 MB; is a quote left open there?", self.row));
                }
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= COLUMNS_MAX => {
                    return Err(format!("row {} has more than {COLUMNS_MAX} columns", self.row));
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
        }
    }

    fn fields(&self) -> Result<Vec<&str>, Wrong> {
        let mut from = 0;
        let mut field = |end: usize| {
            let text = std::str::from_utf8(&self.fields[from..end]);
            from = end;
            text.map_err(|_| format!("row {} is no text", self.row))
        };
        self.ends[..self.in_ends].iter().map(|end| field(*end)).collect()
    }

    fn clear(&mut self) {
        (self.in_fields, self.in_ends) = (0, 0);
        self.row += 1;
    }
}

/// A column without a name is called by its place; of several with one name, the later ones get a number.
fn names(fields: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(fields.len());
    for (place, field) in (1..).zip(fields) {
        let name = match field.trim() {
            "" => format!("column_{place}"),
            name => name.to_owned(),
        };
        let free = |name: &String| !names.contains(name);
        let numbered = (2..).map(|n| format!("{name}_{n}"));
        let name = if free(&name) { name } else { numbered.into_iter().find(free).unwrap_or(name.clone()) };
        names.push(name);
    }
    names
}

fn item(header: &[String], fields: &[&str], row: u64) -> Result<Data, Wrong> {
    if fields.len() != header.len() {
        let (has, wants) = (fields.len(), header.len());
        return Err(format!("row {row} has {has} columns, and the first row has {wants}"));
    }
    let mut map = Map::with_capacity(header.len());
    for (name, field) in header.iter().zip(fields) {
        map.insert(name.clone(), Value::String((*field).to_owned()));
    }
    Ok(Data::from(Value::Object(map)))
}
