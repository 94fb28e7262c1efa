//! How much is taken of a document. What is beyond a bound is left out, and a note says so.

/// Longer texts are refused before they are read.
pub const DOCUMENT_BYTES_MAX: usize = 20 << 20;
/// The same of a connector that was exported.
pub const CONNECTOR_BYTES_MAX: usize = 128 << 20;
/// What a text may hold in values and long texts, aliases written out: some hundred bytes of memory each.
pub const VALUES_MAX: usize = 4_000_000;
/// Objects and lists inside each other, in the text.
pub const NESTING_MAX: usize = 100;

pub const OPERATIONS_MAX: usize = 2_000;
/// Of one operation: parameters and members of the body.
pub const FIELDS_MAX: usize = 200;
/// Objects inside each other whose fields are told; further in, a field is JSON.
pub const SHAPE_DEPTH_MAX: usize = 6;
/// Fields of the objects of one operation.
pub const SHAPE_FIELDS_MAX: usize = 400;
/// Fields of all operations together, and of the objects in them: some hundred bytes each, wherever the connector is kept.
pub const FIELDS_TOTAL_MAX: usize = 60_000;
pub const SHAPE_FIELDS_TOTAL_MAX: usize = 40_000;
pub const CHOICES_MAX: usize = 200;

/// References that lead to references.
pub const REFERENCES_MAX: usize = 20;
/// Schemas that are put together into one by `allOf` and `$ref`.
pub const PARTS_MAX: usize = 64;

pub const NOTES_MAX: usize = 1_000;
pub const TITLE_CHARS_MAX: usize = 80;
pub const ABOUT_CHARS_MAX: usize = 400;
/// A document's own example is taken up to this size; a longer one is made anew from its schema.
pub const EXAMPLE_BYTES_MAX: usize = 8 << 10;
/// Values in an example that is made.
pub const EXAMPLE_VALUES_MAX: usize = 120;
