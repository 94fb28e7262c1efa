//! The path with its values. None of them can lead to another path than the document's.

use super::{encode, styled, value};
use crate::call::{CallTemplate, Parameter, Place, Style};
use crate::node::join;
use crate::problem::{self, Problem};
use serde_json::{Map, Value};

pub(super) fn path(call: &CallTemplate, fields: &Map<String, Value>) -> Result<String, Problem> {
    let mut path = String::with_capacity(call.path.len() + 32);
    let mut rest = call.path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(&encode::written(before));
        let Some((name, after)) = after.split_once('}') else {
            path.push_str(&encode::written(&rest[before.len()..]));
            rest = "";
            break;
        };
        let named = |parameter: &&Parameter| parameter.place == Place::Path && parameter.slot.name == name;
        if let Some(parameter) = call.parameters.iter().find(named) {
            path.push_str(&filled(parameter, fields)?);
            check_dots(parameter, &path, after)?;
        }
        rest = after;
    }
    path.push_str(&encode::written(rest));
    Ok(path)
}

fn filled(parameter: &Parameter, fields: &Map<String, Value>) -> Result<String, Problem> {
    let Parameter { slot, style, explode, .. } = parameter;
    let value = value::of_parameter(slot, fields)?.unwrap_or_default();
    let text = styled::simple(Style::Simple, false, &value, encode::strictly);
    if text.is_empty() {
        let name = value::field_name(slot);
        return Err(problem::EMPTY_IN_PATH.at(join("", name), &[name]));
    }
    Ok(match style {
        Style::Label => styled::label(*explode, &value, encode::strictly),
        Style::Matrix => styled::matrix(&slot.name, *explode, &value, encode::strictly),
        style => styled::simple(*style, *explode, &value, encode::strictly),
    })
}

/// A step of `.` or `..` is taken out of an address on its way, however it is encoded.
fn check_dots(parameter: &Parameter, path: &str, after: &str) -> Result<(), Problem> {
    let step = path.rsplit('/').next().unwrap_or_default();
    let is_whole = after.is_empty() || after.starts_with('/');
    if is_whole && matches!(step, "." | "..") {
        let name = value::field_name(&parameter.slot);
        return Err(problem::DOTS_IN_PATH.at(join("", name), &[name, step]));
    }
    Ok(())
}
