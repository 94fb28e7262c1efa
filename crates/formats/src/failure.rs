//! Why a file cannot be read or written, and the thread that finds out.

use connector::{Error, File};
use serde::Serialize;
use serde_json::{Value, json};

/// What is wrong with what was handed over, and what a person does about it.
pub fn input(message: impl Into<String>, advice: &str) -> Error {
    Error::Input { message: message.into(), advice: advice.into() }
}

/// A file that is not what it should be.
pub fn unreadable(file: &File, what: impl std::fmt::Display) -> Error {
    input(
        format!("\"{}\" cannot be read: {what}", file.name),
        "Look at the file of the step before; correct the file, or how it is to be read.",
    )
}

/// Does work that takes its time beside the threads that serve requests; what a library could not cope with is no more
/// than an error of this step.
pub async fn apart(work: impl FnOnce() -> Result<Value, Error> + Send + 'static) -> Result<Value, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(input("the file cannot be worked on: it is damaged in an unusual way", "Make the file anew."))
    })
}

/// A file as the output of an action, with what is known of it.
pub fn made(file: File, more: impl Serialize) -> Result<Value, Error> {
    if file.bytes.len() > connector::file::BYTES_MAX {
        return Err(input(
            format!("\"{}\" would be larger than 10 MB", file.name),
            "Write fewer rows at once.",
        ));
    }
    let mut output = json!({"file": file});
    if let (Value::Object(output), Ok(Value::Object(more))) = (&mut output, serde_json::to_value(more)) {
        output.extend(more);
    }
    Ok(output)
}

/// A new file; its name is checked as that of every file.
pub fn file(name: &str, content_type: &str, bytes: Vec<u8>) -> Result<File, Error> {
    let mut file: File =
        serde_json::from_value(json!({"name": name, "content_type": content_type, "text": ""}))
            .map_err(|error| input(error.to_string(), "Correct the name of the file."))?;
    file.bytes = bytes.into();
    Ok(file)
}
