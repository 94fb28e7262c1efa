//! An operation and its fields in, an output or an error out.

use connector::{ActionCx, Catalog, Error, File, Http, HttpPolicy};
use model::Span;
use serde_json::{Value, json};

pub fn run(operation: &str, fields: Value) -> Result<Value, Error> {
    let all = Catalog::new(formats::parts());
    let action = all.action(&format!("files/{operation}").as_str().into()).expect("an operation");
    let http = Http::new(HttpPolicy::default()).expect("a client");
    let cx =
        ActionCx { http: &http, connection: None, step_key: "run-7/file/0", timeout: Span::from_secs(30) };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(action.run(&cx, fields))
}

#[track_caller]
pub fn done(operation: &str, fields: Value) -> Value {
    run(operation, fields).unwrap_or_else(|error| panic!("{operation}: {error}"))
}

#[track_caller]
pub fn refused(operation: &str, fields: Value) -> String {
    match run(operation, fields) {
        Err(error) => error.to_string(),
        Ok(output) => panic!("{operation} gave {output}"),
    }
}

/// The file that an operation made.
#[track_caller]
pub fn file(output: &Value) -> File {
    serde_json::from_value(output["file"].clone()).expect("a file")
}

pub fn text(output: &Value) -> String {
    file(output).text().expect("UTF-8").to_owned()
}

/// Bytes as a file of an earlier step.
pub fn given(name: &str, bytes: &[u8]) -> Value {
    json!(File::new(name, "application/octet-stream", bytes.to_vec()))
}

/// JSON with its numbers' digits, as a script writes it.
pub fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
