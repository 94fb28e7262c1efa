//! Every code of a problem: its name here, and its page in `docs/errors/`.

use crate::problem::{Code, Page};
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
    FILE_TOO_LARGE "E0101" "The flow file is too large",
        "A flow file may have 4 MB. Flows describe what to do with data; the data itself does not belong in them.",
        "Shorten the samples, or move large tables out of the flow into the system that owns them.";
    NOT_JSON "E0102" "The file is not JSON",
        "The text could not be read as JSON, so nothing in it was checked. The message names the line and the column where reading stopped; the mistake is there or shortly before.",
        "Look for a missing comma or quote, a comma after the last entry, or a comment: JSON has none.";
    CYCLE "E0103" "Nodes wait for themselves",
        "The edges form a circle: each node in it waits for the one before, so none of them could ever start. A circle is reported once, with its nodes in order.",
        "Remove one edge of the circle. To repeat something per element use `core/for_each`; to try again use a node's `retry`.";
    KEY_TWICE "E0104" "A key is written twice",
        "An object has the same key twice. JSON readers would silently keep one of them, so the flow is refused before anybody is surprised.",
        "Remove one of the two, or rename it if another field was meant.";
    UNKNOWN_PROPERTY "E0105" "The document has no such field",
        "The flow document has a fixed set of fields, and this is none of them. Unknown fields are refused because a misspelt one would otherwise do nothing.",
        "Correct the spelling; the advice names the nearest field. `docs/flow.schema.json` lists all of them, and editors that know JSON Schema complete them.";
    MISSING_PROPERTY "E0106" "The document lacks a field",
        "A field without which the document means nothing is not there.",
        "Add it at the place named. `docs/flow.schema.json` says which fields are required.";
    WRONG_KIND "E0107" "The document has another kind of value here",
        "The value is of another JSON kind than this field holds, such as a number where a text belongs.",
        "Write the kind that the message names. Texts are in double quotes, numbers and true or false are not.";
    VERSION "E0108" "The document has another version",
        "The field `khlong` names the version of the document format, and this program reads version 1.",
        "Write `\"khlong\": 1`. If the file comes from a newer Khlong, import it there or upgrade this one.";
    WRONG_VALUE "E0109" "The document does not take this value here",
        "The kind of the value is right, but not the value: it is none of the choices, not a length of time, or not a number that fits.",
        "Write one of the values that the message or the advice names.";
    BAD_ID "E0110" "An id is malformed",
        "Ids are permanent and appear in URLs, logs and expressions. They have letters, digits, `-` and `_`, begin with a letter or digit, and are at most 64 bytes long. What people read is the title, which may be any text.",
        "Shorten the id or replace the other characters, and put the full name into the title.";
    NODE_TWICE "E0111" "Two nodes have one id",
        "Edges and expressions name nodes by their id, so each id may be used once in a flow.",
        "Give one of the nodes another id, and correct the edges and expressions that mean it.";
    TOO_MANY "E0112" "The flow has too many nodes, edges, notes or groups",
        "A flow may have 2,000 nodes, 10,000 edges, 500 notes and 500 groups. The rest of the flow was not checked.",
        "Split the flow and join the parts with `core/call`, or remove notes and groups.";
    BAD_TEXT "E0113" "A name or note is empty, too long, or has a NUL character",
        "A flow needs a name of at most 200 characters. Titles and names of groups may have 200 characters, notes 10,000, and descriptions of groups 145. None of them may have a NUL character, which many programs take for the end of a text.",
        "Write a name, shorten the text, or write it anew without what cannot be seen.";
    STRAY_DRAWING "E0114" "A place or sample belongs to no node",
        "`layout`, `samples` or a group has an entry for a node that the flow does not have. It does no harm, so this is a warning.",
        "Remove the entry, or correct its key to the id of the node that was meant.";
    DRAWN_TWICE "E0115" "A note, a group or a node in a group is there twice",
        "Each note and each group has an id of its own, and a node is in one group at most. The editor takes the first of two. It does no harm to runs, so this is a warning.",
        "Remove one of the two, or give it another id.";
    NOTE_SIZE "E0116" "A note is too small or too large to be drawn",
        "A note is 60 to 4,000 canvas units wide, and as high.",
        "Write another `size`, or leave it to the editor: drag the note's corner.";
    NO_FLOW_ID "E0117" "A flow cannot have this id",
        "Where the address of a flow has its id, this word means something else: `/api/v1/flows/check` checks a flow file, and `/flows/new` is the page where a flow is begun. A flow with such an id could not be opened.",
        "Give the flow another id. Its name may stay as it is.";
    BAD_LABEL "E0118" "A folder or tag cannot be called so",
        "A flow lies in one folder, written with `/` between the names of folders in folders: at most six names of at most 60 characters. It may have 20 different tags of at most 40 characters each, without commas. Names and tags have no blanks around them and no characters that cannot be seen.",
        "Shorten it, take away what is there twice, or write it anew without blanks at its ends.";
    NO_TRIGGER "E0120" "The flow has no trigger",
        "A run starts at a trigger, so a flow without one could never run.",
        "Add one: `core/webhook` for events that are posted, `core/schedule` for times, `core/called` for flows that other flows start, `core/manual` to start it by hand.";
    UNKNOWN_OPERATION "E0121" "There is no such operation",
        "The node's `use` names an operation that its connector does not have.",
        "Correct the spelling; the advice names the nearest operation.";
    UNKNOWN_CONNECTOR "E0122" "There is no such connector",
        "The part of `use` before the slash names no connector of this Khlong. An operation is written `connector/operation`.",
        "Correct the spelling, or upgrade if the flow was made with a newer Khlong.";
    PATH_TWICE "E0123" "Two triggers of the flow listen on one path",
        "An event that is posted to a path has to have one receiver.",
        "Give one of the triggers another path.";
    PATH_TAKEN "E0124" "Another flow listens on this path",
        "An event that is posted to a path has to have one receiver, and another flow has this path already.",
        "Choose another path, or remove the trigger from the other flow first.";
    CONNECTION_MISSING "E0125" "The node needs a connection",
        "The operation works with an account at another system, so it needs a connection: the name under which the address and the credentials for it are kept.",
        "Choose a connection of the connector, or make one. In a file: `\"connection\": \"name\"` beside `use`.";
    CONNECTION_UNKNOWN "E0126" "There is no such connection",
        "The node names a connection that does not exist here. A flow that comes from elsewhere brings its connections' names along, but never their credentials.",
        "Make a connection of that name, or choose one that exists.";
    CONNECTION_OF_ANOTHER "E0127" "The connection belongs to another connector",
        "The connection exists, but holds credentials for another system than the one that the operation speaks to.",
        "Choose a connection of the operation's own connector.";
    CONNECTION_UNUSED "E0128" "The operation takes no connection",
        "The operation speaks to no other system with credentials, so the connection would do nothing.",
        "Remove `connection` from the node.";
    UNKNOWN_FIELD "E0130" "The operation has no such field",
        "`with` holds a field that the operation does not have. Unknown fields are refused because a misspelt one would otherwise do nothing.",
        "Correct the spelling; the advice names the nearest field.";
    MISSING_FIELD "E0131" "A required field is missing",
        "The operation cannot work without this field.",
        "Fill it in.";
    WRONG_FIELD_KIND "E0132" "A field has another kind of value",
        "The field holds another kind of value than the operation takes. A text with a `${…}` expression in it fits everywhere, because its value is only known when it runs.",
        "Write the kind that the message names, or an expression that gives it.";
    OUT_OF_BOUNDS "E0133" "A field's value is too large, too small, too long or too many",
        "Every text, list and number has bounds, so that one mistake cannot fill memory or flood another system.",
        "Stay within the bounds that the message names.";
    NOT_A_CHOICE "E0134" "A field's value is none of its choices",
        "The field takes one of a few values.",
        "Write one of the values that the advice names.";
    BAD_SPAN "E0135" "A length of time is malformed",
        "A length of time is a whole number and one unit: `ms`, `s`, `m`, `h` or `d`. It is ten years at most.",
        "Write it like `500ms`, `2s`, `10m`, `1h` or `7d`.";
    BAD_CRON "E0136" "A cron expression is malformed",
        "A schedule is written in five fields (minute, hour, day of the month, month, day of the week) or in six, with seconds first.",
        "Correct the field that the message names. Every quarter of an hour is `*/15 * * * *`, working days at eight is `0 8 * * MON-FRI`.";
    BAD_TIME_ZONE "E0137" "A time zone is malformed",
        "Time zones are written as in the IANA database: an area and a place.",
        "Write it like `Asia/Bangkok` or `UTC`.";
    BAD_URL "E0138" "An address is malformed",
        "An address is complete: it begins with `http://` or `https://`, then a host, and has no blanks. Only a node with a connection may name a path, such as `/orders`, which goes on from the connection's address.",
        "Write the whole address, such as `https://api.example.com/orders`, or choose a connection. Other characters are written with `%`.";
    BAD_PATH "E0139" "A webhook path is malformed",
        "The path of a webhook has letters, digits, `-`, `_` and `/`, no slash at either end, none beside another, and at most 128 characters. It does not begin with `resume/`: at these addresses the server itself listens for the ends of waits.",
        "Write it like `shop/orders`: it is what follows `/hooks/` in the address.";
    SECRET_IN_FLOW "E0141" "A secret is written into the flow",
        "The field looks as if it holds a password, a key or a token. Flows are exported, versioned and read by many; nothing in them is hidden. This is a warning, because it is a guess by the field's name.",
        "Keep the secret in a connection, where it is encrypted, and name the connection in the node.";
    BAD_CASE "E0142" "A case of a switch has no port of its own",
        "Each case names the port that its edges leave from. A port has letters, digits, `-` and `_`, is named once in a switch, and is neither `else` nor `error`, which every switch has.",
        "Give the case another port name, and correct the edges from it.";
    WAIT_FOR_WHAT "E0143" "A wait waits for nothing, or for several things",
        "`core/wait` waits for a length of time (`for`), until a time (`until`), or until its address is called (`callback`): one of them.",
        "Fill in one of the three. To wait for a call, but not for ever, use `callback` with `timeout`.";
    BAD_LINE "E0144" "A line of a mapping cannot be read",
        "Each line of a mapping is for one field of the target. It holds an expression or a fixed value, `{\"from\": …, \"as\": …}` where the value is converted, or `{\"each\": …, \"fields\": {…}}` where a list is made of another.",
        "Write the line in one of these forms; the message says what is wrong with it.";
    BAD_CONVERSION "E0145" "A conversion cannot be used like this",
        "What a value becomes on its way is written behind `as`: a name such as `\"trim\"`, an object such as `{\"round\": 2}`, or a list of both. Either there is no such conversion, it is set with something else, or what comes out of the last one is not what the target's field takes.",
        "Correct it; the advice names what may stand there.";
    UNKNOWN_TARGET "E0146" "The target has no such field",
        "The mapping names what it is made for, and that has no field of this name: the value would go nowhere.",
        "Correct the spelling; the advice names the nearest field. A mapping whose `target` is left out may have any fields.";
    TARGET_MISSING "E0147" "A required field of the target has no line",
        "What the mapping is made for cannot be without this field, so every run would fail there.",
        "Give the field a line, from the source or with a fixed value.";
    NOT_IN_SAMPLE "E0148" "The sample has no such value",
        "The line reads something that is not in the sample of the node it comes from. This is a warning: a sample need not have everything that an event can have.",
        "Correct the spelling, or put the value into the sample. A line whose source is missing is left out.";
    BAD_MONEY "E0149" "An amount of money is malformed",
        "An amount is digits, with a point before what is smaller than one, as a text or a number: `\"1234.50\"`. It has no commas and no exponent, at most 28 digits, and no more places than its currency: two for baht, none for yen. It never becomes a binary number, so that no satang is lost.",
        "Write it as the advice says, or as an expression that gives it, such as `${input.total}`.";
    BAD_SCRIPT "E0150" "A script does not compile",
        "The script could not be read. The message names the line and the column where reading stopped.",
        "Correct the script. It is Rhai: statements end with `;`, an object is written `#{ name: value }`, and the last value is the result.";
    BAD_EXPRESSION "E0151" "An expression does not compile",
        "What is between `${` and `}` could not be read as a Rhai expression.",
        "Correct the expression. Texts in it are in double quotes, which a JSON file writes as `\\\"`; an object is written `#{ name: value }`.";
    UNCLOSED_EXPRESSION "E0152" "An expression is never closed",
        "A text has `${` without the `}` that closes it.",
        "Add the `}`. Where a plain `${` is meant, write `$${`.";
    UNKNOWN_NODE_NAMED "E0153" "An expression names a node that does not exist",
        "Expressions reach the results of other nodes as `nodes.<id>`, and the flow has no node with this id.",
        "Correct the id; the advice names the nearest one. It is the id that counts, not the title.";
    NOT_UPSTREAM "E0154" "An expression names a node that does not run before",
        "An expression can use the results of nodes from which edges lead to its own node. Of the others nobody knows whether they have run yet; and a for-each has no result while its own body runs.",
        "Add the edges that bring the other node before this one, or use `input` or `trigger` instead. In a for-each, `item` is the element at hand.";
    NOT_A_CONDITION "E0155" "A condition is not one expression",
        "A condition is one `${…}` expression and nothing beside it, and gives true or false.",
        "Write it like `${input.total > 1000}`.";
    EXPRESSION_IN_TRIGGER "E0156" "A trigger or a fixed field has an expression",
        "The fields of a trigger are needed before there is an event, and paths, cron expressions, time zones and flow ids before a run: there is nothing that an expression could refer to.",
        "Write the value itself. Where a plain `${` is meant, write `$${`.";
    EDGE_TO_NOWHERE "E0160" "An edge begins or ends at no node",
        "The edge names a node that the flow does not have.",
        "Correct the id; the advice names the nearest one. Or remove the edge.";
    UNKNOWN_PORT "E0161" "The node has no such port",
        "The edge begins at a port that the node's operation does not have. Ports are written after a dot: `node.port`; without one, it is `out`.",
        "Use one of the ports that the advice names.";
    EDGE_TWICE "E0162" "An edge is there twice",
        "Two edges lead from the same port to the same node. One value is delivered once.",
        "Remove one of them.";
    EDGE_INTO_TRIGGER "E0163" "An edge leads into a trigger",
        "A trigger starts a run, so nothing in the run can come before it.",
        "Remove the edge. To start another flow use `core/call`.";
    EDGE_TO_ITSELF "E0164" "An edge leads back to its own node",
        "A node that waits for itself would never start.",
        "Remove the edge. To repeat something per element use `core/for_each`; to try again use the node's `retry`.";
    AMBIGUOUS_JOIN "E0165" "Two edges can deliver to one node in the same run",
        "A node gets one value. Here two branches that can both be live lead into it, so it is not clear which value it should get, or whether it should wait for both. Branches that exclude each other, such as two ports of one switch, may meet without more.",
        "Put a `core/merge` before the node: mode `all` waits for every branch, `any` takes the first.";
    EDGE_OUT_OF_BODY "E0166" "An edge leads out of a for-each",
        "What follows the port `item` runs once per element: the body. A node outside runs once, so an edge from inside to outside would deliver many values to it.",
        "Connect the outer node to the for-each's port `done`, which gives the collected results.";
    ANSWER_IN_BODY "E0167" "An answer is given once per element",
        "A request gets one answer, and this `core/respond` is in the body of a for-each.",
        "Move it behind the for-each's port `done`.";
    UNREACHABLE "E0168" "No trigger leads to the node",
        "No path of edges leads from a trigger to this node, so it never runs. This is a warning: the rest of the flow works.",
        "Connect it, or remove it.";
    TOO_DEEP "E0169" "For-eaches are nested too deep",
        "A for-each in the body of another one multiplies: ten elements in each of nine levels are a thousand million steps. Eight levels are allowed.",
        "Put the inner part into a flow of its own and use `core/call`, or let a script flatten the lists.";
    ANSWERS_TWICE "E0170" "Two answers can be given in the same run",
        "A request gets one answer: the first one counts and the other is ignored. This is a warning.",
        "Put the answers on branches that exclude each other, or keep one.";
    RETRY_BOUNDS "E0180" "A retry is out of bounds",
        "A node is tried 1 to 100 times in all. The first wait is not longer than the longest one, which is 7 days at most.",
        "Correct the numbers, such as `{\"attempts\": 8, \"first\": \"2s\", \"max\": \"10m\"}`.";
    TIMEOUT_BOUNDS "E0181" "A time-out is out of bounds",
        "A time-out is longer than nothing. One attempt of a node takes at most a day.",
        "Write a time-out within the bounds. What should wait longer is a `core/wait`, which holds nothing while it waits.";
    CONCURRENCY_BOUNDS "E0182" "The concurrency is out of bounds",
        "Between 1 and 1,000 runs of one flow, or of one ordering key, are active at once.",
        "Write a number from 1 to 1000. 1 runs one event after the other.";
    ERROR_TO_ITSELF "E0184" "The flow sends its errors to itself",
        "An error that a flow's own run causes would start the same flow again, and so on without end.",
        "Name another flow, or write `\"on_error\": \"inbox\"`.";
    NO_ORDERING_KEY "E0185" "A setting about keys, and no ordering key",
        "The setting says how runs with one ordering key get on with each other, but the flow does not say what the key is.",
        "Write the key into `order_by`, such as `${trigger.body.sku}`, or leave the setting out.";
    COLLAPSE_BOUNDS "E0186" "The quiet time before a collapse is out of bounds",
        "With `collapse`, the newest event of a key can wait until no other has come for a while: an hour at most, and less than one run may take. Without `collapse` there is nothing to wait for.",
        "Write a shorter time into `collapse_after`, such as `5s`, and `\"collapse\": \"newest\"` beside it.";
    BUFFER_NAME "E0187" "This cannot be a buffer's name",
        "`accept_into` names the buffer that the events of the flow's webhooks are accepted into. A buffer's name has letters, digits, `-` and `_`, and 40 of them at most. The buffer's address is no part of a flow: it holds a password.",
        "Write the name that the server knows the buffer by: the part before `=` in `--buffer orders=amqp://…`.";
    NOT_FOR_A_BUFFER "E0188" "The flow's events cannot wait in a buffer",
        "What is accepted into a buffer is acknowledged when the broker has confirmed it, which is before the flow begins. A webhook that answers with the flow's result cannot do that, and a flow without a webhook has nothing to accept.",
        "Let the webhook answer at once (`\"answer\": \"accepted\"`), or take `accept_into` out of the flow's settings.";
    UNKNOWN_BUFFER "E0189" "There is no such buffer",
        "The flow accepts its events into a buffer that is not set up here, so its webhooks could only refuse them.",
        "Correct the name, or set the buffer up on every server and worker: `--buffer orders=amqp://…`, or the environment variable `KHLONG_BUFFERS`. Passwords stay out of the flow.";
    CANARY "E0190" "A canary does not say which keys are live",
        "In the mode `canary`, runs of some keys are live and all others in shadow. `canary` says which: a share of the keys in percent, at most a hundred, or a list of at most 1,000 keys, or both.",
        "Write beside the mode which keys are to be live, such as `\"canary\": {\"percent\": 5, \"keys\": [\"1001\"]}`, or use `shadow`.";
}

/// The page of a code, if it is one of the model's.
pub fn page(code: &Code) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code == *code)
}
