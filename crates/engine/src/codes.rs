//! Every code of an error that the engine itself finds, and its page in `docs/errors/`.

use model::Code;
use model::problem::Page;
use run::doc::StepError;
use std::borrow::Cow;

pub(crate) const DEFECT: &str = "E0501";
pub(crate) const RUN_TIMEOUT: &str = "E0502";
pub(crate) const CONDITION: &str = "E0503";
pub(crate) const WAIT: &str = "E0504";
pub(crate) const CALL: &str = "E0505";
pub(crate) const CALLED_CANCELLED: &str = "E0506";
pub(crate) const GIVEN_UP: &str = "E0507";
pub(crate) const TOO_DEEP: &str = "E0508";
pub(crate) const RUN_ROOM: &str = "E0509";
pub(crate) const TOO_LARGE: &str = "E0510";
pub(crate) const REPLACED: &str = "E0511";
pub(crate) const NO_LIST: &str = "E0514";
pub(crate) const BROKEN_ITEM: &str = "E0515";
pub(crate) const BODY_UNREAD: &str = "E0516";
pub(crate) const POISON: &str = "E0512";
pub(crate) const STEP_TIMEOUT: &str = "E0517";
pub(crate) const XREFS_UNREAD: &str = "E0518";
pub(crate) const TAKEN_BACK: &str = "E0519";
pub(crate) const REFUSED: &str = "E0520";
pub(crate) const UNANSWERED: &str = "E0521";
pub(crate) const BY_HAND: &str = "E0522";

pub(crate) fn error(code: &str, message: impl Into<String>, advice: &str) -> StepError {
    StepError { code: code.into(), message: message.into(), advice: advice.into() }
}

/// A limit of scripts, which time may be. The others give the same again and again.
const SCRIPT_LIMIT: &str = "E0202";

/// Whether what a step failed of may be over when it is computed again.
pub(crate) fn may_pass(code: &str) -> bool {
    [SCRIPT_LIMIT, STEP_TIMEOUT, CALL].contains(&code)
}

const fn page(code: &'static str, title: &'static str, meaning: &'static str, mend: &'static str) -> Page {
    Page { code: Code(Cow::Borrowed(code)), title, meaning, mend }
}

/// The pages of all codes, in order.
pub const PAGES: &[Page] = &[
    page(
        DEFECT,
        "The run cannot go on in this version of the flow",
        "The run came to something that the version of its flow does not hold, such as a trigger that was removed before \
         the run was retried. Nothing was sent for it.",
        "Retry the run, or publish a version of the flow that has what the message names.",
    ),
    page(
        RUN_TIMEOUT,
        "The run took longer than its flow allows",
        "A run has a time-out, waits and retries included, after which it is ended wherever it stands. A call under way \
         then is dropped; its step is noted as unknown, and a retry treats it by the operation's rule.",
        "Look at the step that took long. If it is meant to, give the flow a longer time-out in its settings. Then retry \
         the run.",
    ),
    page(
        CONDITION,
        "A condition gives neither true nor false",
        "A switch or filter asks a question that must be answered with true or false; the expression gave something else, \
         such as a number or a text.",
        "Compare something in the condition, such as ${input.total > 1000} or ${input.status == \"paid\"}.",
    ),
    page(
        WAIT,
        "A wait has no time it can read",
        "The node says neither how long to wait nor until when, or its expression gave something that is not a length of \
         time or a time.",
        "Give a length of time such as 10m, or a time such as 2026-11-23T09:00:00+07:00. Then retry the run.",
    ),
    page(
        CALL,
        "The called flow could not be started",
        "The flow that the node names does not exist, has no trigger to be called at, or did not take the call.",
        "Publish that flow with a core/called trigger, or choose another one in the node. Then retry the run.",
    ),
    page(
        CALLED_CANCELLED,
        "The called flow was cancelled",
        "Somebody cancelled the run that this step was waiting for, so there is no result to go on with.",
        "Retry this run: the called one goes on where it was cancelled.",
    ),
    page(
        GIVEN_UP,
        "A person gave the step up",
        "The answer to a write was lost, nobody could ask the target whether it was done, and a person decided to give the \
         step up. Whether the work was done is still unknown.",
        "Look in the target whether the work was done. A retry of the run asks again before it sends anything.",
    ),
    page(
        TOO_DEEP,
        "Too many flows call one another",
        "Behind an event, flows may call one another 32 deep, and a flow that is started with another's errors counts as \
         called. The call was one more. Most often a flow calls itself, or two flows call each other, without an end; or \
         a flow for errors fails and is started with its own errors.",
        "Find the circle and give it an end. For a list of unknown length use a for-each, or begin anew with an event of \
         its own.",
    ),
    page(
        RUN_ROOM,
        "The run took more room than a run may",
        "A run may hold so much data in memory (32 MB) and put so much of what its for-eaches gather on the disk (1 GB, \
         packed). This one needed more and was ended, so that the others go on. The message names the steps that hold the \
         most. What the run had done is done and is not repeated by a retry.",
        "Let the steps named give back less, such as an id in place of a whole record, or cut the work into several runs. \
         Where the machine has room to spare, its administrator may raise `--run-memory-mb` and `--run-disk-mb`.",
    ),
    page(
        TOO_LARGE,
        "A script looks at a value that is too large",
        "Long lists of results and large bodies are kept packed or on the disk. A script or an expression can look at 16 MB \
         of text at once; this one wanted more. Size, length and checksum can always be read.",
        "Go through the value with a for-each and look at one item at a time. To count, write `input.len()` alone.",
    ),
    page(
        REPLACED,
        "A newer event of the same key took this one's place",
        "The flow sends only the newest of what waits for one key (`collapse`), and before this run had its turn a newer \
         event came with the same key. Nothing was sent for this one; the run that took its place is named.",
        "Nothing, if the newer event holds everything that the older did. If each event counts, take `collapse` out of the \
         flow's settings.",
    ),
    page(
        NO_LIST,
        "A for-each has no list to go through in a long body",
        "A body of more than 16 MB is kept on the disk and read piece by piece. The for-each could not tell how it holds its \
         elements: its content type is none of JSON, JSON lines or CSV, or the path leads into a table, or the for-each \
         is to read a text and was given something else.",
        "Choose the format in the for-each: `json` for a list, which may lie below members (`${trigger.body.orders}`), `lines` \
         for one JSON value on each line, `csv` for a table whose first row names the columns.",
    ),
    page(
        BROKEN_ITEM,
        "An element of a file cannot be read",
        "The file that a for-each reads is broken at the place named: a row with more or fewer columns than the first row, an \
         element that is not JSON, a quote that is never closed, bytes that are no text in the encoding, or an end in the \
         middle. Rows are counted as a spreadsheet does, the first row being row 1. What came before has been gone through.",
        "Correct the file there and send it again. Where the elements before it have had effects, give each a key of its own \
         in the target, so that sending the whole file again repeats none.",
    ),
    page(
        BODY_UNREAD,
        "A long body cannot be read back",
        "A body that is too long for its event lies in the store on its own. It was not there, or the store could not read it: \
         a file was removed from the data folder, or the database did not answer.",
        "Retry the run when the store works again. If a file is missing, restore it from a backup, or send the body again.",
    ),
    page(
        POISON,
        "The process stopped each time while this run was at work",
        "A run that was at work when the process died, five times in a row and without getting any further (an administrator \
         may say another number with `--poison-after`), is set aside, so that it does not end the process for all others \
         over and over. The same holds for a run over which the engine itself stumbles. It is in the inbox, with its event.",
        "Look for the reason of the process's end in its log and in that of the system, such as a lack of memory. Repair the \
         event or the flow if they are the cause, and retry the run: it has the same number of chances again.",
    ),
    page(
        STEP_TIMEOUT,
        "A step's script took longer than the step allows",
        "A node may say how long it takes at most (`timeout`). Its script, or the expressions in its fields, were not done by \
         then and were stopped. Nothing was sent for it.",
        "Give the node a longer time-out, or split its work with a for-each node. A script ends after two seconds in any case. \
         Then retry the run.",
    ),
    page(
        XREFS_UNREAD,
        "The cross-references cannot be read",
        "A mapping reads cross-references from the store, and the store gave an error that does not pass by itself. While a store \
         only cannot be reached, a mapping waits for it.",
        "Look at the server's log and at the store. Retry the run when it works again.",
    ),
    page(
        TAKEN_BACK,
        "The flow was taken back while a run was half done",
        "Somebody took the flow back to shadow, or to observing, while this run was on its way. It had sent something before, \
         so it does not end as if all were well: what it was to send next was not sent.",
        "Do the rest by hand, or retry the run when the flow sends again: what was done is not repeated.",
    ),
    page(
        REFUSED,
        "A person said no to a write",
        "The flow is in the mode assist, where each write waits for a person, and somebody said no to this one. Nothing of it \
         was sent, and what comes behind it in the flow was skipped. Other branches of the run went on. Who said so and why \
         is in the run and in the audit trail.",
        "Nothing, if it was right. Else mend what was wrong and retry the run: it computes the write anew and asks again.",
    ),
    page(
        UNANSWERED,
        "Nobody said yes or no to a write in time",
        "The flow is in the mode assist, where each write waits for a person, for no longer than a run of the flow may take. \
         Nobody answered in that time, so the run was ended and the write was not sent.",
        "Retry the run: it asks again. If people need more time, give the flow a longer time-out in its settings.",
    ),
    page(
        BY_HAND,
        "A person does it by hand",
        "The flow's setting `claims` keeps it and people from writing of the same key both. A person had claimed this run's key \
         before the flow began to write, so the run was ended. Nothing was sent for it.",
        "Nothing, if the work is done by hand. Else let go of the claim, and retry the run.",
    ),
];
