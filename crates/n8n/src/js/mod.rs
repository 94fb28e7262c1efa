//! The part of JavaScript that people write into n8n's fields and Code nodes, and what of it has an exact twin in Rhai.

mod aliases;
mod code;
mod dates;
mod lex;
mod methods;
mod operators;
mod parse;
mod translate;
mod tree;

pub use code::{Code, Gave, script};
pub use dates::{HOME, iso, strftime};
pub use methods::regex;
pub use parse::{expression, program};
pub use translate::{
    Kind, Rhai, Scene, Way, field_name, is_plain_name, member_step, text_literal, translate,
    translate_in_text, truth,
};
pub use tree::Js;

/// Nested deeper than this, nobody wrote it.
pub const DEPTH_MAX: usize = 48;
/// Longer code is a program, which a person should look at.
pub const SOURCE_BYTES_MAX: usize = 64 << 10;
/// Translation may write a part twice; this is where it stops.
pub const RHAI_BYTES_MAX: usize = 48 << 10;
/// What is looked at twice on every level of something nested takes longer than what it becomes is long.
pub const STEPS_MAX: usize = 50_000;

/// Why something has no exact twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It could not be read as the JavaScript that is known here.
    Syntax(String),
    /// A construct, function or operator without a twin.
    NoTwin(String),
    /// What it means depends on the kinds of its values, which nobody knows before it runs.
    Kinds(String),
    /// It names a node that the workflow does not have, or that does not run before.
    Node(String),
    /// It is not known which item is meant.
    Which(String),
    /// The order in which JavaScript keeps the names of an object.
    Order(String),
    TooLarge,
}

impl Why {
    pub fn words(&self, thai: bool) -> String {
        match (self, thai) {
            (Why::Syntax(what), false) => format!("{what} is not read here"),
            (Why::Syntax(what), true) => format!("ไม่รองรับการอ่าน {what}"),
            (Why::NoTwin(what), false) => format!("{what} has no exact twin"),
            (Why::NoTwin(what), true) => format!("{what} ไม่มีคำสั่งที่ให้ผลตรงกันทุกกรณี"),
            (Why::Kinds(what), false) => {
                format!("what {what} gives depends on kinds of values that are only known when it runs")
            }
            (Why::Kinds(what), true) => {
                format!("ผลของ {what} ขึ้นกับชนิดของค่า ซึ่งรู้ได้เมื่อทำงานจริงเท่านั้น")
            }
            (Why::Node(what), false) => format!("there is no node \"{what}\" that runs before"),
            (Why::Node(what), true) => format!("ไม่มีโหนด \"{what}\" ที่ทำงานก่อนหน้า"),
            (Why::Which(what), false) => format!("it cannot be told which item {what} means"),
            (Why::Which(what), true) => format!("บอกไม่ได้ว่า {what} หมายถึงรายการใด"),
            (Why::Order(what), false) => {
                format!(
                    "{what} keeps the order in which names were written; here names are in alphabetical order"
                )
            }
            (Why::Order(what), true) => {
                format!("{what} เรียงชื่อตามลำดับที่เขียน แต่ที่นี่เรียงตามตัวอักษร")
            }
            (Why::TooLarge, false) => "it is too large or too deeply nested".to_owned(),
            (Why::TooLarge, true) => "ยาวหรือซ้อนกันลึกเกินไป".to_owned(),
        }
    }
}
