//! What the expressions of one node see.

use crate::build::{Builder, Input, Plural};
use crate::js::{Scene, Way, Why};
use crate::nodes::{self, Role};

pub struct View<'b> {
    builder: &'b Builder<'b>,
    at: usize,
    input: &'b Input,
    /// In a function over the items: what one of them is called there.
    element: Option<&'b str>,
}

impl<'b> View<'b> {
    pub fn new(builder: &'b Builder<'b>, at: usize, input: &'b Input) -> Self {
        Self { builder, at, input, element: None }
    }

    /// As seen inside of a function that goes through the items.
    pub fn of_element(self, name: &'b str) -> Self {
        Self { element: Some(name), ..self }
    }

    /// Whether the innermost for-each around is one that n8n did not draw.
    fn implicit(&self) -> Option<&crate::build::Loop> {
        self.input.scope.last().map(|index| &self.builder.loops[*index]).filter(|inner| inner.implicit)
    }

    fn list_of(&self, at: usize, lens: &str) -> String {
        lens.replace('@', &format!("nodes.{}", self.builder.value_of(at)))
    }
}

impl Scene for View<'_> {
    fn here(&self) -> Result<Way, Why> {
        let code = self.input.lens.replace('@', "input");
        if let Some(element) = self.element {
            return Ok(Way::Each(element.to_owned(), Some(code)));
        }
        let once = nodes::role(self.builder.n8n(self.at)) == Role::Once;
        Ok(match (self.input.plural, self.implicit()) {
            (Plural::Many, _) if once => Way::Each(format!("first({code})"), Some(code)),
            (Plural::Many, _) => Way::Many(code),
            (Plural::One, Some(_)) => Way::Each(code, None),
            (Plural::One, None) => Way::One(code),
        })
    }

    fn node(&self, name: &str) -> Result<Way, Why> {
        let unknown = || Why::Node(name.to_owned());
        let found =
            self.builder.workflow.nodes.iter().position(|node| node.name == name).ok_or_else(unknown)?;
        if !self.builder.runs_before(found, self.at) || found == self.at {
            return Err(unknown());
        }
        let out =
            self.builder.infos[found].as_ref().and_then(|info| info.outs.first()).ok_or_else(unknown)?;
        let code = self.list_of(found, &out.lens);
        // Behind a loop that was drawn, the node is the for-each, which has no value of its own while its body runs.
        if let Some(inner) =
            self.builder.loops.iter().position(|known| !known.implicit && known.over == found)
        {
            let innermost = self.input.scope.last() == Some(&inner);
            let one = self.builder.loops[inner].lens == "@";
            return if innermost && one {
                Ok(Way::One("item".into()))
            } else {
                Err(Why::Which(format!("$(\"{name}\")")))
            };
        }
        let inside = self.input.scope.iter().position(|index| self.builder.loops[*index].over == found);
        match (out.plural, inside) {
            _ if !self.input.scope.starts_with(&out.scope) => Err(Why::Which(format!("$(\"{name}\")"))),
            (Plural::Many, Some(depth)) if depth + 1 == self.input.scope.len() => {
                Ok(Way::Each("item".into(), Some(code)))
            }
            (Plural::Many, Some(_)) => Err(Why::Which(format!("$(\"{name}\")"))),
            (Plural::Many, None) => Ok(Way::Many(code)),
            (Plural::One, _) if out.scope.last().is_some_and(|index| self.builder.loops[*index].implicit) => {
                Ok(Way::Each(code, None))
            }
            (Plural::One, _) => Ok(Way::One(code)),
        }
    }

    fn zone(&self) -> &str {
        self.builder.zone()
    }

    fn flow_name(&self) -> &str {
        &self.builder.workflow.name
    }
}
