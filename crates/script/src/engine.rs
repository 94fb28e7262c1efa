//! Compiling and running.
//!
//! Rhai without its `sync` feature is faster and tells at once when a value is used while it is worked on, but it stays on
//! one thread. So an [`Engine`] is a shared cache of what is known about each script, and every thread that runs scripts
//! keeps its own interpreter and syntax trees for it.

use crate::{
    Clock, Limits, NoNodes, Nodes, RunInfo, Seen,
    analysis::{self, Binding, Clash, Root},
    convert,
    error::{Error, Problem, Which, place},
    explain::Context,
    guard, library,
    limits::{CACHE_SCRIPTS_MAX, CACHE_SOURCE_BYTES_MAX},
    lru::Lru,
    path::{Place, Quick, RUN_MEMBERS, run_member},
    template::{Template, check_tree},
};
use rhai::{AST, Dynamic, Token};
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// Engines one thread keeps interpreters for. A process has one or two; tests have more.
const ENGINES_PER_THREAD_MAX: usize = 4;

/// Compiles and runs scripts. A clone is the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

struct Shared {
    id: u64,
    limits: Limits,
    clock: Arc<dyn Clock>,
    scripts: Mutex<Lru<Arc<str>, Arc<Script>>>,
}

/// A script that compiles.
#[derive(Debug)]
pub struct Script {
    id: u64,
    source: Arc<str>,
    quick: Option<Quick>,
}

impl Script {
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is at a plain path, where a missing member on the way is nothing; `None` for what is no plain path, or where
    /// Rhai has to say what is wrong.
    pub(crate) fn find_leniently(&self, scope: &Scope) -> Option<Result<Value, Error>> {
        match &self.quick {
            Some(Quick::Path(path)) => path.find_leniently(scope),
            _ => None,
        }
    }

    pub(crate) fn place(&self) -> Option<Place<'_>> {
        match &self.quick {
            Some(Quick::Path(path)) => path.place(),
            _ => None,
        }
    }
}

/// What a script sees.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub input: &'a dyn Seen,
    pub trigger: &'a dyn Seen,
    pub nodes: &'a dyn Nodes,
    /// The element, inside a for-each.
    pub item: Option<&'a dyn Seen>,
    pub index: Option<u64>,
    pub vars: &'a Value,
    pub run: &'a RunInfo,
    /// When all is over, whatever the limits say.
    pub until: Option<&'a Until>,
}

static NOTHING: Value = Value::Null;

impl<'a> Scope<'a> {
    /// What a script sees where there is no more than an input.
    pub fn of_input(input: &'a dyn Seen, run: &'a RunInfo) -> Self {
        Self {
            input,
            trigger: &NOTHING,
            nodes: &NoNodes,
            item: None,
            index: None,
            vars: &NOTHING,
            run,
            until: None,
        }
    }
}

/// Until when a script may run at most: as long as whoever wants its answer is there.
#[derive(Clone, Debug, Default)]
pub struct Until {
    pub within: Duration,
    /// Nobody wants the answer any more. Looked at as often as the clock is.
    pub stopped: Arc<AtomicBool>,
}

/// One thread's interpreter for one engine.
struct Local {
    rhai: rhai::Engine,
    compiled: RefCell<Lru<u64, Rc<Compiled>>>,
}

struct Compiled {
    ast: AST,
    bindings: Vec<Binding>,
}

thread_local! {
    static LOCALS: RefCell<HashMap<u64, Rc<Local>>> = RefCell::new(HashMap::new());
}

impl Engine {
    pub fn new(limits: Limits, clock: Arc<dyn Clock>) -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        let scripts = Mutex::new(Lru::new(CACHE_SCRIPTS_MAX, CACHE_SOURCE_BYTES_MAX));
        Self(Arc::new(Shared { id, limits, clock, scripts }))
    }

    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Compiles only: the first mistake, with its place.
    pub fn check(&self, source: &str) -> Result<(), Problem> {
        self.compile(source).map(drop).map_err(|error| error.problem())
    }

    /// Compiles every `${…}` in a tree of fields; each mistake with the JSON pointer of its field.
    pub fn check_template(&self, fields: &Value) -> Vec<(String, Problem)> {
        check_tree(self, fields)
    }

    pub fn compile(&self, source: &str) -> Result<Arc<Script>, Error> {
        if let Some(script) = self.scripts().get(source) {
            return Ok(script);
        }
        let local = self.local();
        let compiled = guarded(|| local.compile(&self.0.limits, source))?;
        static IDS: AtomicU64 = AtomicU64::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        let script = Arc::new(Script { id, source: source.into(), quick: Quick::parse(source) });
        local.keep(id, Rc::new(compiled), source.len());
        self.scripts().insert(script.source.clone(), script.clone(), source.len());
        Ok(script)
    }

    /// The ids that a script names as `nodes.<id>`; none where it does not compile.
    pub fn node_names(&self, source: &str) -> Vec<String> {
        let Ok(script) = self.compile(source) else { return Vec::new() };
        let Ok(compiled) = self.local().compiled(&self.0.limits, &script) else { return Vec::new() };
        let nodes = compiled.bindings.iter().filter(|binding| matches!(binding.root, Root::Nodes));
        let members = nodes.filter_map(|binding| match &binding.wanted {
            convert::Wanted::Members(ids) => Some(ids.iter().map(|(id, _)| id.to_string())),
            convert::Wanted::All => None,
        });
        members.flatten().collect()
    }

    /// Runs a whole script; its last expression is the result.
    pub fn run(&self, script: &Script, scope: &Scope) -> Result<Value, Error> {
        self.run_until(script, scope, None)
    }

    /// Compiles every `${…}` of a node's fields, once.
    pub fn template(&self, fields: &Value) -> Result<Arc<Template>, Error> {
        Template::compile(self, fields).map(Arc::new)
    }

    /// Replaces every `${…}`. All of them together have one script's time.
    pub fn render(&self, template: &Template, scope: &Scope) -> Result<Value, Error> {
        template.render(self, scope)
    }

    pub(crate) fn is_past(&self, deadline_ms: u64) -> bool {
        self.0.clock.now_ms() >= deadline_ms
    }

    pub(crate) fn deadline_ms(&self, scope: &Scope) -> u64 {
        guard::deadline_ms(&self.0.limits, &*self.0.clock, scope.until)
    }

    /// Runs a script that has to be over at a moment; without one it gets its full time.
    pub(crate) fn run_until(
        &self,
        script: &Script,
        scope: &Scope,
        deadline_ms: Option<u64>,
    ) -> Result<Value, Error> {
        if let Some(answer) = script.quick.as_ref().and_then(|quick| quick.answer(scope)) {
            return answer;
        }
        let deadline_ms = deadline_ms.unwrap_or_else(|| self.deadline_ms(scope));
        let limits = &self.0.limits;
        let local = self.local();
        guarded(|| {
            let compiled = local.compiled(limits, script)?;
            let mut variables = variables(&compiled.bindings, scope, limits.nesting)
                .map_err(|error| nesting_limit(error, limits))?;
            let _watching = guard::Watching::start(limits, &self.0.clock, deadline_ms, scope);
            let result = local.rhai.eval_ast_with_scope::<Dynamic>(&mut variables, &compiled.ast);
            // Before the conversion, so that values are not held twice.
            drop(variables);
            let context = Context { limits, source: &script.source };
            let result = result.map_err(|error| context.eval(*error))?;
            convert::into_json(result, limits.nesting).map_err(|error| nesting_limit(error, limits))
        })
    }

    fn scripts(&self) -> std::sync::MutexGuard<'_, Lru<Arc<str>, Arc<Script>>> {
        self.0.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn local(&self) -> Rc<Local> {
        LOCALS.with_borrow_mut(|locals| {
            if let Some(local) = locals.get(&self.0.id) {
                return local.clone();
            }
            if locals.len() >= ENGINES_PER_THREAD_MAX {
                locals.clear();
            }
            let local = Rc::new(Local::new(&self.0));
            locals.insert(self.0.id, local.clone());
            local
        })
    }
}

/// The conversion knows no limits, only that there were too many levels.
fn nesting_limit(error: Error, limits: &Limits) -> Error {
    match error {
        Error::Limit { which: Which::Nesting, line, column, .. } => {
            Error::Limit { which: Which::Nesting, limit: limits.nesting as u64, line, column }
        }
        other => other,
    }
}

/// The last line of defence: a panic inside the interpreter is this script's error, not the end of a worker.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Error::Internal))
}

impl Local {
    fn new(shared: &Shared) -> Self {
        let mut rhai = rhai::Engine::new_raw();
        set_limits(&mut rhai, &shared.limits);
        register_packages(&mut rhai);
        library::register(&mut rhai);
        rhai.on_progress(guard::on_step);
        name_members_freely(&mut rhai);
        #[expect(deprecated, reason = "it is not, Rhai marks it as one that may change")]
        rhai.on_var(|_, _, context| guard::on_variable(&context).map(|()| None));
        Self { rhai, compiled: RefCell::new(Lru::new(CACHE_SCRIPTS_MAX, CACHE_SOURCE_BYTES_MAX)) }
    }

    fn compiled(&self, limits: &Limits, script: &Script) -> Result<Rc<Compiled>, Error> {
        if let Some(compiled) = self.compiled.borrow_mut().get(&script.id) {
            return Ok(compiled);
        }
        let compiled = Rc::new(self.compile(limits, &script.source)?);
        self.keep(script.id, compiled.clone(), script.source.len());
        Ok(compiled)
    }

    fn keep(&self, id: u64, compiled: Rc<Compiled>, weight: usize) {
        self.compiled.borrow_mut().insert(id, compiled, weight);
    }

    fn compile(&self, limits: &Limits, source: &str) -> Result<Compiled, Error> {
        if source.len() > limits.source_bytes {
            return Err(Error::limit(Which::SourceBytes, limits.source_bytes as u64, rhai::Position::NONE));
        }
        crate::source::check(source)?;
        let context = Context { limits, source };
        let ast = self.parse(source, &[]).map_err(|error| context.parse(&error))?;
        let found = analysis::analyse(&ast, Root::named)?;
        if found.clashes.is_empty() {
            return Ok(Compiled { ast, bindings: found.bindings });
        }
        let (renamed, aliases) = rename(source, &found.clashes);
        let ast = self.parse(&renamed, &aliases).map_err(|error| context.parse(&error))?;
        let alias = |name: &str| {
            let renamed = aliases.iter().find(|(alias, _)| alias == name).map(|(_, root)| *root);
            renamed.or_else(|| Root::named(name))
        };
        Ok(Compiled { bindings: analysis::analyse(&ast, alias)?.bindings, ast })
    }

    /// Names that are not in scope are found here, not when the script runs at night.
    fn parse(&self, source: &str, aliases: &[(String, Root)]) -> Result<AST, rhai::ParseError> {
        let mut known = rhai::Scope::new();
        for root in Root::ALL {
            known.push(root.name(), ());
        }
        for (alias, _) in aliases {
            known.push(alias.as_str(), ());
        }
        self.rhai.compile_with_scope(&known, source)
    }
}

fn set_limits(rhai: &mut rhai::Engine, limits: &Limits) {
    rhai.set_max_operations(limits.operations)
        .set_max_call_levels(limits.call_depth)
        .set_max_expr_depths(limits.expression_depth, limits.expression_depth)
        .set_max_functions(limits.functions)
        .set_max_variables(limits.variables)
        .set_max_string_size(limits.string_bytes)
        .set_max_array_size(limits.list_items)
        .set_max_map_size(limits.map_entries)
        .set_max_strings_interned(0)
        .set_strict_variables(true)
        .set_optimization_level(rhai::OptimizationLevel::Simple)
        .disable_symbol("eval");
}

/// After a point stands a member's name, also where it is a word of the language: shops have fields called `default`.
fn name_members_freely(rhai: &mut rhai::Engine) {
    let after_point = Cell::new(false);
    #[expect(deprecated, reason = "it is not, Rhai marks it as one that may change")]
    rhai.on_parse_token(move |token, _, _| {
        let member = after_point.replace(matches!(token, Token::Period | Token::Elvis));
        match token {
            Token::Reserved(word) if member => Token::Identifier(word),
            token if member && token.is_standard_keyword() => {
                Token::Identifier(Box::new(token.literal_syntax().into()))
            }
            token => token,
        }
    });
}

/// Everything of Rhai's but time, raw bytes, bit fields and the core package with its `sleep`.
fn register_packages(rhai: &mut rhai::Engine) {
    use rhai::packages::*;
    ArithmeticPackage::new().register_into_engine(rhai);
    BasicStringPackage::new().register_into_engine(rhai);
    BasicIteratorPackage::new().register_into_engine(rhai);
    BasicFnPackage::new().register_into_engine(rhai);
    LogicPackage::new().register_into_engine(rhai);
    BasicMathPackage::new().register_into_engine(rhai);
    BasicArrayPackage::new().register_into_engine(rhai);
    BasicMapPackage::new().register_into_engine(rhai);
    MoreStringPackage::new().register_into_engine(rhai);
}

/// Gives each clashing use a name of its own, as long as the old one so that every place in the script stays the same.
fn rename(source: &str, clashes: &[Clash]) -> (String, Vec<(String, Root)>) {
    let mut lines: Vec<Vec<char>> = source.split('\n').map(|line| line.chars().collect()).collect();
    let mut aliases = Vec::new();
    for clash in clashes {
        let Some(alias) = free_alias(source, clash.root, aliases.len()) else {
            break;
        };
        let (line, column) = place(clash.at);
        let Some(spot) = line.checked_sub(1).and_then(|line| lines.get_mut(line)) else {
            continue;
        };
        let start = column.saturating_sub(1);
        if start + alias.len() <= spot.len() {
            spot.splice(start..start + alias.len(), alias.chars());
            aliases.push((alias, clash.root));
        }
    }
    let lines: Vec<String> = lines.into_iter().map(|line| line.into_iter().collect()).collect();
    (lines.join("\n"), aliases)
}

/// The `number`th name of a root's length that the script does not use: `_aaaa`, `_aaab`, …
fn free_alias(source: &str, root: Root, number: usize) -> Option<String> {
    let width = root.name().len() - 1;
    let candidates = (0..26_usize.pow(width.min(3) as u32)).map(|mut n| {
        let mut letters = vec![b'a'; width];
        for letter in letters.iter_mut().rev() {
            *letter += (n % 26) as u8;
            n /= 26;
        }
        format!("_{}", String::from_utf8_lossy(&letters))
    });
    candidates.filter(|candidate| !source.contains(candidate.as_str())).nth(number)
}

/// The parts of the scope that the script mentions: copies, which it may change. A root that is not there (`item` outside a for-each) is
/// left out, so that using it is an error.
fn variables(bindings: &[Binding], scope: &Scope, nesting: usize) -> Result<rhai::Scope<'static>, Error> {
    let mut variables = rhai::Scope::new();
    for binding in bindings {
        if let Some(value) = root_value(binding, scope, nesting)? {
            match binding.changed {
                true => variables.push_dynamic(&*binding.name, value),
                false => variables.push_constant_dynamic(&*binding.name, value),
            };
        }
    }
    Ok(variables)
}

fn root_value(binding: &Binding, scope: &Scope, nesting: usize) -> Result<Option<Dynamic>, Error> {
    let value: &dyn Seen = match binding.root {
        Root::Input => scope.input,
        Root::Trigger => scope.trigger,
        Root::Vars => scope.vars,
        Root::Item => match scope.item {
            Some(item) => item,
            None => return Ok(None),
        },
        Root::Index => {
            return Ok(scope.index.map(|index| Dynamic::from_int(i64::try_from(index).unwrap_or(i64::MAX))));
        }
        Root::Run => return Ok(Some(run_map(scope.run))),
        Root::Nodes => return nodes_map(binding, scope, nesting).map(Some),
    };
    seen_into_script(value, &binding.wanted, nesting).map(Some)
}

fn seen_into_script(seen: &dyn Seen, wanted: &convert::Wanted, nesting: usize) -> Result<Dynamic, Error> {
    match seen.tree() {
        Some(tree) => convert::into_script(tree, wanted, nesting),
        None => convert::into_script(&*seen.look(&wanted.paths())?, wanted, nesting),
    }
}

fn run_map(run: &RunInfo) -> Dynamic {
    let members = RUN_MEMBERS.iter().filter_map(|name| {
        let value = run_member(run, name)?;
        Some(((*name).into(), convert::whole_into_script(&value, 1).ok()?))
    });
    Dynamic::from_map(members.collect())
}

fn nodes_map(binding: &Binding, scope: &Scope, nesting: usize) -> Result<Dynamic, Error> {
    let convert::Wanted::Members(ids) = &binding.wanted else {
        return Ok(Dynamic::from_map(rhai::Map::new()));
    };
    let mut nodes = rhai::Map::new();
    for (id, wanted) in ids {
        if let Some(value) = scope.nodes.get(id) {
            nodes.insert((&**id).into(), seen_into_script(&*value, wanted, nesting)?);
        }
    }
    Ok(Dynamic::from_map(nodes))
}
