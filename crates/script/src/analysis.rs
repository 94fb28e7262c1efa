//! What a script mentions, read from its syntax tree before it runs.

use crate::{convert::Wanted, error::Error};
use rhai::{AST, ASTNode, Position};
use rhai::{Expr, FnCallExpr, Stmt};

/// The names every script finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Input,
    Trigger,
    Nodes,
    Item,
    Index,
    Vars,
    Run,
}

impl Root {
    pub(crate) const ALL: [Self; 7] =
        [Self::Input, Self::Trigger, Self::Nodes, Self::Item, Self::Index, Self::Vars, Self::Run];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Trigger => "trigger",
            Self::Nodes => "nodes",
            Self::Item => "item",
            Self::Index => "index",
            Self::Vars => "vars",
            Self::Run => "run",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|root| root.name() == name)
    }
}

/// A variable to put in scope: a root, under its own name or another, with the parts that are used.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub root: Root,
    pub name: Box<str>,
    pub wanted: Wanted,
    /// Whether the script may change it, its own copy that is. What stays as it is need not be watched.
    pub changed: bool,
}

/// A root that is worked on by a method whose function uses the same root: `input.lines.map(|l| input.name)`.
///
/// Rhai holds the value while the method runs and refuses to read it meanwhile, so this use gets a copy of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clash {
    pub root: Root,
    pub at: Position,
}

#[derive(Debug)]
pub(crate) struct Analysis {
    pub bindings: Vec<Binding>,
    pub clashes: Vec<Clash>,
    changed: Vec<Box<str>>,
}

/// Functions of Rhai that a transform has no use for, and that reach outside or around its limits.
const REFUSED: [&str; 7] = ["eval", "print", "debug", "sleep", "to_blob", "blob", "timestamp"];

/// `alias` tells which root a name stands for.
pub(crate) fn analyse(ast: &AST, alias: impl Fn(&str) -> Option<Root>) -> Result<Analysis, Error> {
    let mut found = Analysis { bindings: Vec::new(), clashes: Vec::new(), changed: Vec::new() };
    let mut refused = None;
    ast.walk(&mut |path: &[ASTNode]| {
        let seen = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, at)) | ASTNode::Stmt(Stmt::FnCall(call, at))) => {
                found.changes_first(call);
                allowed(call, *at)
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, at))) => allowed(call, *at),
            Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                found.changes(&assignment.1.lhs);
                Ok(())
            }
            Some(ASTNode::Expr(Expr::ThisPtr(at))) => Err(Error::refused(
                "`this` means nothing here. Give the value to the function as an argument.",
                *at,
            )),
            Some(ASTNode::Expr(variable @ Expr::Variable(named, _, at))) => {
                let chain = path.len().checked_sub(2).and_then(|above| chain_on(&path[above], variable));
                found.variable(&named.1, chain, *at, &alias)
            }
            _ => Ok(()),
        };
        refused = seen.err();
        refused.is_none()
    });
    for binding in &mut found.bindings {
        binding.changed = found.changed.contains(&binding.name);
    }
    refused.map_or(Ok(found), Err)
}

fn allowed(call: &FnCallExpr, at: Position) -> Result<(), Error> {
    if !REFUSED.contains(&call.name.as_str()) {
        return Ok(());
    }
    let advice = match call.name.as_str() {
        "print" | "debug" => "Put what you want to see into the result.",
        "sleep" => "Use a wait node.",
        "timestamp" => "`now()` gives the time of the run.",
        _ => "Write the expression itself.",
    };
    Err(Error::refused(format!("`{}` is not available in scripts. {advice}", call.name), at))
}

/// The chain `variable.a.b[…]`, if the node above is one that starts with this variable.
fn chain_on<'a>(above: &ASTNode<'a>, variable: &Expr) -> Option<&'a Expr> {
    let above = match above {
        ASTNode::Expr(expr) => expr,
        ASTNode::Stmt(Stmt::Expr(expr)) => &**expr,
        _ => return None,
    };
    match above {
        Expr::Dot(link, ..) | Expr::Index(link, ..) if std::ptr::eq(&link.lhs, variable) => Some(above),
        _ => None,
    }
}

/// Methods that leave their value as it is, whatever they are given. One that is not here only makes a run slower.
const ONLY_READ: [&str; 25] = [
    "for_each",
    "map",
    "filter",
    "find",
    "some",
    "all",
    "reduce",
    "contains",
    "index_of",
    "len",
    "keys",
    "values",
    "zip",
    "sum",
    "total",
    "first",
    "last",
    "join",
    "group_by",
    "index_by",
    "unique",
    "sort_by",
    "flatten",
    "chunks",
    "to_string",
];

impl Analysis {
    fn changes(&mut self, mut target: &Expr) {
        while let Expr::Dot(pair, ..) | Expr::Index(pair, ..) = target {
            target = &pair.lhs;
        }
        if let Expr::Variable(named, ..) = target {
            self.changed.push(named.1.as_str().into());
        }
    }

    /// A function gets a variable in its first place itself, not a copy.
    fn changes_first(&mut self, call: &FnCallExpr) {
        if call.op_token.is_none() && !ONLY_READ.contains(&call.name.as_str()) {
            call.args.first().into_iter().for_each(|first| self.changes(first));
        }
    }

    fn variable(
        &mut self,
        name: &str,
        chain: Option<&Expr>,
        at: Position,
        alias: &impl Fn(&str) -> Option<Root>,
    ) -> Result<(), Error> {
        let links = chain.map(Links::of).unwrap_or_default();
        let clashes = links.calls.iter().any(|call| captures(call, name));
        let Some(root) = alias(name) else {
            return if clashes { Err(clash_of_own(name, at)) } else { Ok(()) };
        };
        if clashes {
            self.clashes.push(Clash { root, at });
        }
        if links.calls.iter().any(|call| !ONLY_READ.contains(&call.name.as_str())) {
            self.changed.push(name.into());
        }
        if root == Root::Nodes && links.names.is_empty() {
            let message = "Say which node: `nodes.map` or `nodes[\"map\"]`. All nodes at once, or one by a computed name, cannot be had.";
            return Err(Error::refused(message, at));
        }
        let known = self.bindings.iter_mut().find(|binding| *binding.name == *name);
        match known {
            Some(binding) => binding.wanted.add(&links.names),
            None => {
                let mut wanted = Wanted::nothing();
                wanted.add(&links.names);
                self.bindings.push(Binding { root, name: name.into(), wanted, changed: false });
            }
        }
        Ok(())
    }
}

fn clash_of_own(name: &str, at: Position) -> Error {
    let message = format!(
        "`{name}` is used inside a function that works on `{name}` itself. Take what you need before: `let count = {name}.len();`."
    );
    Error::refused(message, at)
}

/// Does an argument of this call hold a function that uses the variable?
fn captures(call: &FnCallExpr, name: &str) -> bool {
    call.args.iter().any(|argument| {
        let Expr::Stmt(block) = argument else { return false };
        block.statements().iter().any(|statement| {
            matches!(statement, Stmt::Share(shared) if shared.iter().any(|(captured, _)| captured.name == name))
        })
    })
}

/// A chain taken apart: the member names it starts with, and the methods called in it.
#[derive(Default)]
struct Links<'a> {
    names: Vec<&'a str>,
    calls: Vec<&'a FnCallExpr>,
}

impl<'a> Links<'a> {
    fn of(chain: &'a Expr) -> Self {
        let mut links = Self::default();
        let mut plain = true;
        let mut rest = Some(chain);
        while let Some(link) = rest {
            let (dot, pair, flags) = match link {
                Expr::Dot(pair, flags, _) => (true, pair, flags),
                Expr::Index(pair, flags, _) => (false, pair, flags),
                _ => break,
            };
            let goes_on =
                !flags.contains(rhai::ASTFlags::BREAK) && matches!(pair.rhs, Expr::Dot(..) | Expr::Index(..));
            let (Expr::Dot(next, ..) | Expr::Index(next, ..), true) = (&pair.rhs, goes_on) else {
                links.add(dot, &pair.rhs, &mut plain);
                break;
            };
            links.add(dot, &next.lhs, &mut plain);
            rest = Some(&pair.rhs);
        }
        links
    }

    fn add(&mut self, dot: bool, link: &'a Expr, plain: &mut bool) {
        match link {
            Expr::Property(named, _) if dot && *plain => self.names.push(&named.2),
            Expr::StringConstant(name, _) if !dot && *plain => self.names.push(name),
            Expr::MethodCall(call, _) if dot => {
                *plain = false;
                self.calls.push(call);
            }
            _ => *plain = false,
        }
    }
}
