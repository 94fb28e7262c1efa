//! Every code of the API's errors: its name here, and its page in `docs/errors/`.

use model::{Code, Page};
use std::borrow::Cow;

macro_rules! codes {
    ($($name:ident $code:literal $title:literal, $meaning:literal, $mend:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code(Cow::Borrowed($code));
        )*

        /// The pages of all codes, in order.
        pub const PAGES: &[Page] = &[$(Page { code: $name, title: $title, meaning: $meaning, mend: $mend }),*];
    };
}

codes! {
    NOT_SIGNED_IN "E0401" "Nobody is signed in",
        "The request needs a session or an API token, and has neither, or one that has expired or was withdrawn.",
        "Sign in again. A program sends `Authorization: Bearer khl_…` with a token that still exists.";
    WRONG_SIGN_IN "E0402" "The e-mail or the password is wrong",
        "No account has this e-mail and this password together. Which of the two is wrong is not said, so that nobody can find out who has an account here.",
        "Check both. An administrator can set a new password with `khlong user password`.";
    NOT_ALLOWED "E0403" "The role does not allow this",
        "Viewers watch; operators also start, retry and decide runs; editors also change flows and connections; owners may do everything.",
        "Ask an owner to do it, or for a role that may.";
    NOT_FOUND "E0404" "There is no such thing here",
        "The address names something that does not exist: it may be misspelt, deleted, or older than what is kept.",
        "Check the id. Runs are kept as long as their flow's `keep` says.";
    WRONG_METHOD "E0405" "The address does not take this method",
        "The address exists, but not for this HTTP method.",
        "Use one of the methods in the header `Allow`; `/api/docs` lists them.";
    FORGED "E0406" "The request may come from another site",
        "A changing request of a browser session carries the session's own `x-khlong-csrf` value and comes from Khlong's own pages. This one did not, so it may have been sent by another site in the user's name.",
        "Reload the page. A program should use an API token, which needs none of this. Behind a proxy, set `--base-url` to the address that browsers see.";
    TOO_MANY_ATTEMPTS "E0407" "Too many attempts to sign in",
        "After several wrong attempts an account or an address has to wait, a little longer each time, so that passwords cannot be guessed.",
        "Wait for the time that the header `Retry-After` names, then try once more.";
    SET_UP_ALREADY "E0408" "Khlong has been set up already",
        "The first owner is created once, while there is no account at all.",
        "Sign in. If nobody has the password any more, set a new one with `khlong user password`.";
    CONFLICT "E0409" "It does not fit what is there",
        "Something with this name exists, or is in use, so the change would break it.",
        "The message says what is in the way.";
    BAD_REQUEST "E0410" "The request cannot be read",
        "The body or the address is not what this endpoint takes.",
        "The message names the place. `/api/docs` describes every endpoint.";
    FLOW_REFUSED "E0411" "The flow has problems",
        "The flow was checked and nothing was saved. Every problem is listed with its place and what to do about it.",
        "Mend the problems that are errors; warnings may stay.";
    NOT_POSSIBLE "E0412" "The run is not in a state for this",
        "Only a run that failed or was cancelled can be retried, only an open one cancelled, and only a step whose outcome is unknown, or whose write waits for a yes, can be decided.",
        "Reload the run: it may have gone on meanwhile.";
    TOO_LARGE "E0413" "The body is too large",
        "Every address has a limit for the size of a request, checked before anything is read.",
        "Send less at once, or raise the trigger's limit.";
    BAD_CONNECTION "E0414" "The connection is not complete",
        "A field of the connection is missing, unknown or of another kind than its connector takes.",
        "The message names the field.";
    BAD_ACCOUNT "E0415" "The account's data do not do",
        "An account needs an e-mail address, a name, and a password of at least 10 and at most 128 characters.",
        "Correct what the message names.";
    PAUSED "E0416" "The flow is paused",
        "A paused flow takes no events: nothing is kept of them. The sender gets 503 and should try again, as shops do.",
        "Set the flow live again. To take events and let their runs wait, hold the flow instead.";
    BUSY "E0417" "Too much at once",
        "More is waiting than there is room for, so this was refused before it was taken. Nothing was lost: it was not accepted.",
        "Send it again after the time that the header `Retry-After` names.";
    DISK_FULL "E0418" "The disk is full",
        "What is accepted is kept on disk, and there is no room. Nothing is accepted until there is; what was accepted before is safe.",
        "Make room on the disk of the data folder. Khlong goes on by itself.";
    DOWN "E0419" "Khlong cannot write",
        "The database cannot be reached, or writing to the store failed. Nothing is accepted meanwhile: the sender gets 503 and should try again.",
        "Look at the log. When the database is reached again, Khlong goes on by itself. Where writing failed, the process ends, so that its next start shows what is on disk: check the disk, and see that something starts it again.";
    INTERNAL "E0420" "Something went wrong inside Khlong",
        "This should not happen. The cause is in the server's log.",
        "Try again; if it stays, report it with the lines of the log.";
    NO_HOOK "E0421" "No trigger listens at this address",
        "No live flow has a webhook with this path, or the address to resume a wait has been used already.",
        "Check the path: the flow's page shows the whole address.";
    HOOK_UNAUTHORIZED "E0422" "The signature or the credentials are wrong",
        "The trigger checks who sends, and this request did not prove it. Nothing was kept of it.",
        "Compare the secret in the sender's settings with the one in the trigger's connection.";
    HOOK_NOT_SET_UP "E0423" "The trigger is not set up",
        "The trigger's connection is missing or incomplete, so requests cannot be checked and are refused.",
        "Complete the connection that the trigger names.";
    TARGET_REFUSED "E0424" "The connection does not work",
        "The other system was asked and did not answer as it should.",
        "The message says what it answered, the advice what to check.";
    TOO_SLOW "E0425" "The body did not come in time",
        "A request has half a minute for its body. This one began and did not end, so nothing of it was taken.",
        "Send it again. If it happens often, look for what cuts connections between the sender and Khlong.";
    STOPPING "E0426" "Khlong is stopping",
        "The server was told to stop while the request was still on its way. Nothing of it was taken.",
        "Send it again after the time that the header `Retry-After` names.";
    WRONG_SET_UP_CODE "E0427" "The set-up code is missing or wrong",
        "Where others than this machine can reach the server, the first account is only created by somebody who can read its log. Each start without an owner writes a new code there.",
        "Look for `set-up code` in the server's log, the newest if there are several. `khlong user add --role owner` on the machine itself needs none.";
    OVER_BUDGET "E0429" "The storage budget is used up",
        "The store takes as much as `--storage-max` allows, so no new events are taken: the sender gets 503 and should try again. What was accepted before goes on, and nothing of it is lost.",
        "Raise `--storage-max` (or `KHLONG_STORAGE_MAX`), or keep runs for a shorter time in the flows' settings. `GET /api/v1/storage` shows what takes how much. Khlong goes on by itself as soon as there is room.";
    HOLD_FULL "E0440" "A held flow keeps no more events",
        "Somebody holds the flow: its events are taken and wait. As many wait now as may (100,000), so this one was refused; nothing was kept of it, and the sender should send it again.",
        "Release the flow, or cancel runs of it that are not wanted any more.";
    INBOX_CLOSED "E0441" "A run has closed this record of the inbox",
        "Another run goes on with the failed one, or has succeeded. What a person closed can be opened again; what a run closed cannot.",
        "Look at the run that retries it: if that failed, it has a record of its own.";
    DRAFT_OVERTAKEN "E0442" "Somebody else has changed the draft",
        "The draft was saved, published or discarded by somebody else after it was opened here. Nothing was overwritten.",
        "Look at what there is now, and take over from it or from yours. The editor shows both and loses neither.";
    VERSION_OVERTAKEN "E0443" "Another version went live since this draft was begun",
        "Somebody published or imported the flow meanwhile. The draft knows nothing of that version, and publishing it would undo what changed there; nothing was published.",
        "Compare the two under *Versions*. Then publish again and say that it may be replaced: `over` is its number. The editor asks for that.";
    BAD_CONNECTOR "E0444" "The document is no connector",
        "A connector is made of an OpenAPI 3 or Swagger 2.0 document in JSON or YAML, or of a connector that was exported under the same id. This text is none of them, or holds nothing that can be called. Nothing was changed.",
        "The message says what is wrong. A page that describes an API often links to its document as openapi.json, swagger.json or openapi.yaml.";
    BAD_ALERT "E0450" "The alert's rule does not do",
        "A number of the rule is out of its bounds, or it names a flow or a connection that is not there, or one that no message can be sent over. Nothing was changed.",
        "Correct what the message names. Messages go over connections of e-mail, LINE, Slack and HTTP: docs/alerts.md.";
    CLAIMED "E0445" "Somebody else has this key",
        "A key of a flow is written of by the flow or by one person, never by both. Another one asked first: the flow has begun to write of it, or another person has claimed it. The message says who.",
        "Let them do it. A person lets go of what they claimed (`DELETE`); what the flow has begun is cancelled or repaired at its run.";
    NOT_CONFIRMED "E0428" "The buffer did not confirm",
        "The flow's events are accepted into a message broker, and it did not confirm that it keeps this one: it cannot be reached, is full, or is not set up in this process. Nothing was acknowledged. If the sender has no number for its deliveries, the event may come twice when it is sent again.",
        "Senders try again by themselves. Look at the broker with `khlong doctor --buffer …` and at the server's log. A queue that is full is emptied by `khlong serve` or `khlong worker` as soon as the database takes events in.";
}

/// The page of a code, if it is one of the server's.
pub fn page(code: &Code) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code == *code)
}
