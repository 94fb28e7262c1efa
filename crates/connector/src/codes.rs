//! Every code of a failed call, and its page in `docs/errors/`.

use model::Code;
use model::problem::Page;
use std::borrow::Cow;

const fn page(code: &'static str, title: &'static str, meaning: &'static str, mend: &'static str) -> Page {
    Page { code: Code(Cow::Borrowed(code)), title, meaning, mend }
}

/// The pages of all codes, in order.
pub const PAGES: &[Page] = &[
    page(
        "E0301",
        "The node's fields or data do not fit",
        "The operation could not begin, because a field or the data in it is missing or of another kind than it needs. \
         Nothing was sent.",
        "Open the step, compare its input with the operation's page, and correct the node or the script before it. Then \
         retry the run.",
    ),
    page(
        "E0302",
        "The connection is incomplete or was not accepted",
        "The connection lacks a field, or the target did not accept its user name, password or key. Keys expire in many \
         systems. Nothing was done.",
        "Open the connection, correct it, and test it there. Then retry the runs that failed.",
    ),
    page(
        "E0303",
        "The target cannot be reached",
        "No connection could be made: the name does not resolve, the port is closed, the certificate is not trusted, or \
         the system is down. Nothing was done, and the step is tried again by itself.",
        "Check the address in the node or connection, and that the system is running. For a company's own certificate \
         authority, an administrator adds it to the settings.",
    ),
    page(
        "E0304",
        "The address may not be called",
        "Link-local and metadata addresses are never called, whatever spells or resolves to them, because they hand out a \
         machine's credentials. Private addresses are called only where the settings allow it. Redirects are checked, too.",
        "Use the target's public address. If the target is meant to be in the private network, an \
         administrator starts the server with --allow-private (KHLONG_ALLOW_PRIVATE).",
    ),
    page(
        "E0305",
        "No whole answer came back",
        "The request went out, and then the connection broke or the time was up. Nobody knows whether the target did the \
         work. What happens next is the operation's own rule: send again where that is harmless, ask the target first, \
         or ask a person.",
        "If a person is asked: look in the target whether the work was done, and answer accordingly. If it happens often, \
         raise the node's time-out.",
    ),
    page(
        "E0306",
        "The target asks for fewer calls",
        "The target limits how often it is called. The step waits as long as the target asks, or longer each time.",
        "Nothing. If it happens all day, spread the work: lower the flow's concurrency or a loop's parallelism, or ask the \
         target's provider for a higher limit.",
    ),
    page(
        "E0307",
        "The target answered with a failure",
        "The target took the request and answered with an error status. Passing failures (409, 425, 429, 5xx) are tried \
         again by themselves, others are not.",
        "Read the target's message in the step. Where it names the data, correct that and retry; where it names the \
         system, ask its administrator.",
    ),
    page(
        "E0308",
        "The target refused",
        "The target understood the request and refused it: an unknown SKU, a missing right, a rule of its own. The same \
         request would be refused again. The work was not done.",
        "Do what the message and its advice name, in the target or in the data, and retry the run.",
    ),
    page(
        "E0309",
        "The answer is not what the operation can read",
        "Something answered, but not as the operation's system does: a sign-in page, a proxy, another system. The work may \
         have been done.",
        "Check that the address belongs to the system this operation is for. Look there before sending again.",
    ),
    page(
        "E0310",
        "The answer is too large",
        "Answers are read up to a bound, so that one of them cannot fill the memory. The work may have been done.",
        "Ask for less at once: fewer fields, a filter, or pages. An administrator can raise the bound in the settings.",
    ),
    page(
        "E0311",
        "The token has ended",
        "The system no longer accepts the token that the call carried. A new one is got by itself, once for everybody who \
         uses the connection, and the call is made again. The work was not done.",
        "Nothing, if it happens once. If it stays, open the connection and sign in again: somebody took the permission \
         back, or it has run out.",
    ),
    page(
        "E0312",
        "Nobody is signed in",
        "The connection works with a sign-in, and nobody is signed in: nobody was yet, somebody took the permission back, or it \
         has run out. Nothing was sent. Runs that want to call over the connection wait, and make no attempt.",
        "Open the connection under Connections and press Sign in. What waits goes on by itself.",
    ),
];
