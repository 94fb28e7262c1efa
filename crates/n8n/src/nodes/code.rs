//! Code nodes.

use super::{script, text};
use crate::build::{Builder, Input, Plural};
use crate::js::{self, Gave, Why};
use crate::report;
use crate::source::Node;
use crate::written::{MARK, remark};

/// Whether the code works on all items at once.
pub fn takes_all(node: &Node) -> bool {
    match node.kind.as_str() {
        "function" => true,
        "functionItem" => false,
        _ => text(node, "mode").unwrap_or("runOnceForAllItems") == "runOnceForAllItems",
    }
}

pub fn write(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let python = text(node, "language").is_some_and(|language| language != "javaScript");
    let field = match (node.kind.as_str(), python) {
        ("code", false) => "jsCode",
        ("code", true) => "pythonCode",
        _ => "functionCode",
    };
    let source = text(node, field).unwrap_or_default().to_owned();
    let all = takes_all(node);
    let translated = match python {
        true => Err(Why::NoTwin("Python".into())),
        false => js::script(&source, !all, node.kind == "functionItem", &builder.view(at, input)),
    };
    match translated {
        Ok(code) => {
            let plural = if code.gave == Gave::Many { Plural::Many } else { Plural::One };
            script(builder, at, input, code.script);
            builder.gives(at, input, &["out"], plural, "@");
            builder.say(&report::CODE, at, []);
        }
        Err(why) => {
            script(builder, at, input, format!("/* n8n:\n{}\n*/\n{MARK}", remark(&source)));
            let plural = if all && input.plural == Plural::Many { Plural::Many } else { Plural::One };
            builder.gives(at, input, &["out"], plural, "@");
            builder.say_why(&report::CODE_LEFT, at, &[], &why);
        }
    }
}
