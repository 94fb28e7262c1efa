//! Everything that is wrong with a flow file at once, in its form and in its meaning.

use crate::parse::{self, Refused};
use crate::problem::PROBLEMS_MAX;
use crate::{FlowDocument, Problem, ScriptCheck, Specs, Surroundings, codes, pointer, validate};

/// Reads and validates a flow file: its document, where the form allows one, and all its problems.
///
/// A slip of the form, such as a field that is not known, hides nothing: what is left without it is validated, too.
pub fn check(
    text: &[u8],
    specs: &Specs,
    around: impl FnOnce(&FlowDocument) -> Surroundings,
    scripts: &dyn ScriptCheck,
) -> (Option<FlowDocument>, Vec<Problem>) {
    match parse::read(text) {
        Ok(document) => {
            let problems = validate(&document, specs, &around(&document), scripts);
            (Some(document), problems)
        }
        Err(Refused { mut problems, rest: Some(rest) }) => {
            let more = validate(&rest, specs, &around(&rest), scripts);
            problems.extend(
                more.into_iter()
                    .filter(|problem| !is_about_the_missing(problem, &problems))
                    .collect::<Vec<_>>(),
            );
            pointer::sort(&mut problems);
            problems.truncate(PROBLEMS_MAX);
            (None, problems)
        }
        Err(Refused { problems, rest: None }) => (None, problems),
    }
}

/// Whether a problem is only that a value is not there which was left out because of its form: it is then at the value's
/// place or at that of what holds it, no further up.
fn is_about_the_missing(problem: &Problem, form: &[Problem]) -> bool {
    let mut left_out = form.iter().filter(|slip| slip.code != codes::UNKNOWN_FIELD);
    left_out.any(|slip| {
        let holder = slip.at.rsplit_once('/').map_or("", |(holder, _)| holder);
        problem.at == slip.at || !holder.is_empty() && problem.at == holder
    })
}
