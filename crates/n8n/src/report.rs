//! What became of each part of a workflow, for the person who has to go on with it.

use model::NodeId;
use std::fmt::Write;

/// Longer originals are cut in a report; the flow holds them whole.
const ARGUMENT_CHARS_MAX: usize = 240;
const ITEMS_MAX: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The same here as there.
    Carried,
    /// Written anew, and gives the same.
    Translated,
    /// Somebody has to decide or to write.
    Person,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Carried, Kind::Translated, Kind::Person];

    pub fn words(self, thai: bool) -> &'static str {
        match (self, thai) {
            (Kind::Carried, false) => "carried over",
            (Kind::Carried, true) => "ย้ายมาได้ทันที",
            (Kind::Translated, false) => "translated",
            (Kind::Translated, true) => "แปลงให้แล้ว",
            (Kind::Person, false) => "needs a person",
            (Kind::Person, true) => "ต้องให้คนทำต่อ",
        }
    }
}

/// One kind of thing that is said; `{0}` and `{1}` are its arguments.
#[derive(Debug, PartialEq, Eq)]
pub struct Note {
    pub code: &'static str,
    pub kind: Kind,
    what: [&'static str; 2],
    todo: [&'static str; 2],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub note: &'static Note,
    /// The node in the flow, where it is about one.
    pub node: Option<NodeId>,
    /// What the node is called, or which part of the workflow it is.
    pub place: String,
    arguments: Vec<Argument>,
}

/// A word of the workflow, or a reason that is told in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    Text(String),
    Why(crate::js::Why),
}

impl Item {
    pub fn new(
        note: &'static Note,
        node: Option<NodeId>,
        place: impl Into<String>,
        arguments: Vec<Argument>,
    ) -> Self {
        Self { note, node, place: place.into(), arguments }
    }

    pub fn kind(&self) -> Kind {
        self.note.kind
    }

    pub fn what(&self, thai: bool) -> String {
        self.filled(self.note.what[usize::from(thai)], thai)
    }

    /// Nothing where there is nothing to do.
    pub fn todo(&self, thai: bool) -> String {
        self.filled(self.note.todo[usize::from(thai)], thai)
    }

    fn filled(&self, pattern: &str, thai: bool) -> String {
        let mut text = pattern.to_owned();
        for (at, argument) in self.arguments.iter().enumerate() {
            let argument = match argument {
                Argument::Text(text) => cut(text),
                Argument::Why(why) => why.words(thai),
            };
            text = text.replace(&format!("{{{at}}}"), &argument);
        }
        text
    }
}

fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(ARGUMENT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub items: Vec<Item>,
}

impl Report {
    pub fn add(&mut self, item: Item) {
        if self.items.len() < ITEMS_MAX && !self.items.contains(&item) {
            self.items.push(item);
        }
    }

    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind() == kind)
    }

    /// Lines of text, grouped.
    pub fn to_text(&self, thai: bool) -> String {
        let mut text = String::new();
        for kind in Kind::ALL {
            let count = self.of(kind).count();
            if count == 0 {
                continue;
            }
            writeln!(text, "{} ({count})", kind.words(thai)).ok();
            for item in self.of(kind) {
                writeln!(text, "  {} [{}] {}", item.place, item.note.code, item.what(thai)).ok();
                let todo = item.todo(thai);
                if !todo.is_empty() {
                    writeln!(text, "    -> {todo}").ok();
                }
            }
        }
        text
    }
}

macro_rules! notes {
    ($($name:ident $kind:ident $code:literal $what:literal $what_th:literal, $todo:literal $todo_th:literal;)*) => {
        $(pub const $name: Note = Note { code: $code, kind: Kind::$kind, what: [$what, $what_th], todo: [$todo, $todo_th] };)*

        /// All of them, for the tests and the docs page.
        pub const NOTES: &[&Note] = &[$(&$name),*];
    };
}

notes! {
    NODE Carried "node" "{0} is {1} here." "{0} คือ {1} ที่นี่",
        "" "";
    PASSES Carried "passes" "It does nothing and hands its input on." "ไม่ทำอะไร ส่งข้อมูลต่อไปเท่านั้น",
        "" "";
    NOTE_KEPT Carried "note" "Its note is kept." "เก็บโน้ตไว้แล้ว",
        "" "";
    STICKY Carried "sticky-note" "A note on the canvas." "โน้ตบนผัง",
        "" "";
    TAGS Carried "tags" "Its tags are kept: {0}." "เก็บแท็กไว้แล้ว: {0}",
        "" "";
    PINNED Carried "pinned" "Its pinned data is the sample that previews use." "ข้อมูลที่ปักหมุดไว้กลายเป็นข้อมูลตัวอย่างสำหรับการแสดงตัวอย่าง",
        "" "";
    RETRY Carried "retry" "It is tried {0} times, {1} apart, as before." "ลองได้ {0} ครั้ง ห่างกัน {1} เหมือนเดิม",
        "" "";
    DISABLED Carried "disabled" "It is disabled, and hands its input on." "ปิดใช้งานไว้ และส่งข้อมูลต่อไป",
        "" "";
    TIMEOUT Carried "timeout" "A run may take {0}." "หนึ่งรันใช้เวลาได้ {0}",
        "" "";
    EXPRESSION Translated "expression" "{0} became {1}" "{0} แปลงเป็น {1}",
        "" "";
    CONDITION Translated "condition" "Its condition became {0}" "เงื่อนไขแปลงเป็น {0}",
        "" "";
    CODE Translated "code" "Its JavaScript became a script." "แปลง JavaScript เป็นสคริปต์แล้ว",
        "" "";
    SCRIPT Translated "script" "{0} became a script." "{0} แปลงเป็นสคริปต์",
        "" "";
    LOOP Translated "loop" "{0} gives several items; n8n runs what follows once for each, and here a for-each does." "{0} ให้หลายรายการ n8n ทำขั้นตอนถัดไปทีละรายการ ที่นี่ใช้โหนดทำซ้ำทีละรายการแทน",
        "" "";
    BATCHES Translated "batches" "The loop over items became a for-each; what led back to it is gone, because a for-each goes on by itself." "การวนทีละชุดกลายเป็นโหนดทำซ้ำทีละรายการ เส้นที่วนกลับถูกตัดออก เพราะโหนดนี้วนต่อเอง",
        "" "";
    SCHEDULE Translated "schedule" "Its rule became the cron line {0} ({1})." "กฎเวลาแปลงเป็น cron {0} ({1})",
        "" "";
    JOIN Translated "join" "Only one of its ways in is taken in a run, so it goes on with that one." "ในหนึ่งรันมีทางเข้าเดียวเท่านั้นที่ทำงาน จึงไปต่อกับทางนั้น",
        "" "";
    MERGE Translated "merge" "It waits for its ways in, and a script puts their values together." "รอทุกทางเข้า แล้วใช้สคริปต์รวมค่าเข้าด้วยกัน",
        "" "";
    NO_TWIN Person "expression-left" "{0} is left as it was: {1}." "{0} คงไว้ตามเดิม: {1}",
        "Write it in Rhai at the place that is marked; the original stands beside it." "เขียนใหม่เป็น Rhai ตรงที่ทำเครื่องหมายไว้ ของเดิมอยู่ข้าง ๆ";
    GOES_ON Person "goes-on" "An error does not end the run: its way \"error\" leads on as well, with an error that looks otherwise than in n8n." "ข้อผิดพลาดไม่ทำให้รันจบ ทาง \"error\" ไปต่อด้วย แต่ข้อมูลข้อผิดพลาดมีรูปแบบต่างจาก n8n",
        "Check what follows: it gets the answer, or the error." "ตรวจขั้นตอนถัดไป ซึ่งอาจได้รับคำตอบหรือข้อผิดพลาด";
    NOT_EXACT Person "not-exact" "It is left as it was: {0}." "คงไว้ตามเดิม: {0}",
        "Replace the node by a script that does it. Until then the flow cannot be published." "เปลี่ยนเป็นสคริปต์ที่ทำสิ่งเดียวกัน ก่อนหน้านั้นจะเผยแพร่โฟลว์ไม่ได้";
    SECRET_LEFT Person "secret-left" "What \"{0}\" held is left out: flows are not secret." "ตัดค่าของ \"{0}\" ออก เพราะโฟลว์ไม่ใช่ที่เก็บความลับ",
        "Keep it in a connection." "เก็บไว้ในการเชื่อมต่อ";
    CODE_LEFT Person "code-left" "Its code is left as it was, as a remark: {0}." "โค้ดคงไว้ตามเดิมเป็นหมายเหตุ: {0}",
        "Write the script below the remark. Until then the flow cannot be published." "เขียนสคริปต์ใต้หมายเหตุนั้น ก่อนหน้านั้นจะเผยแพร่โฟลว์ไม่ได้";
    UNKNOWN Person "no-such-operation" "Khlong has nothing that does what {0} does; its settings are kept in the node." "Khlong ยังไม่มีการทำงานแทน {0} ค่าที่ตั้งไว้ยังอยู่ในโหนด",
        "Replace the node, for example by HTTP request or a script. Until then the flow cannot be published." "เปลี่ยนเป็นโหนดอื่น เช่น เรียก HTTP หรือสคริปต์ ก่อนหน้านั้นจะเผยแพร่โฟลว์ไม่ได้";
    SETTING Person "setting-left" "{0} has no counterpart here, or not an exact one." "{0} ไม่มีค่าที่ตรงกันทุกกรณีที่นี่",
        "Look whether the flow needs it, and say it in Khlong's own way." "ดูว่าโฟลว์จำเป็นต้องใช้หรือไม่ แล้วตั้งค่าตามแบบของ Khlong";
    CONNECTION Person "connection" "It used the credentials \"{0}\" ({1}). A workflow never holds what is secret in them." "ใช้ข้อมูลยืนยันตัวตน \"{0}\" ({1}) ซึ่งไฟล์ไม่เคยมีค่าลับอยู่",
        "Make the connection that the node names, or choose another." "สร้างการเชื่อมต่อตามชื่อที่โหนดระบุ หรือเลือกอันอื่น";
    VALUE Person "environment" "It reads {0}, which here is the value {1} of the environment." "อ่านค่า {0} ซึ่งที่นี่คือค่า {1} ของสภาพแวดล้อม",
        "Set this value for the environment." "ตั้งค่านี้ในสภาพแวดล้อม";
    LIST_ANSWER Person "list-answer" "Where the answer is a list, n8n runs what follows once per element; here the whole answer goes on." "หากคำตอบเป็นลิสต์ n8n จะทำขั้นตอนถัดไปทีละรายการ ที่นี่ส่งคำตอบทั้งหมดต่อไป",
        "If it is a list, put a for-each over ${input.body} behind the node." "หากเป็นลิสต์ ให้ใส่โหนดทำซ้ำทีละรายการโดยใช้ ${input.body} ต่อจากโหนดนี้";
    ITEMS Person "items" "It cannot be told exactly which items reach it: {0}." "บอกไม่ได้แน่ชัดว่ารายการใดมาถึงโหนดนี้: {0}",
        "Look at the loop and its results, and connect it as it is meant." "ตรวจการวนและผลลัพธ์ แล้วเชื่อมต่อตามที่ตั้งใจ";
    MERGE_LEFT Person "merge-left" "Merging by {0} has no exact twin; it waits for all ways in and gives an object with the value of each." "การรวมแบบ {0} ไม่มีวิธีที่ตรงกันทุกกรณี จึงรอครบทุกทางแล้วให้ออบเจ็กต์ที่มีค่าของแต่ละทาง",
        "Put the values together in the script that follows; it is marked." "เขียนการรวมค่าในสคริปต์ถัดไปที่ทำเครื่องหมายไว้";
    ERROR_FLOW Person "error-flow" "Errors went to the workflow \"{0}\"." "ข้อผิดพลาดถูกส่งไปที่ workflow \"{0}\"",
        "Import that workflow as well, and name it under Settings, On error." "นำเข้า workflow นั้นด้วย แล้วระบุในการตั้งค่า เมื่อเกิดข้อผิดพลาด";
    ERROR_TRIGGER Person "error-trigger" "A flow that takes errors is called with them; what it is given looks otherwise than in n8n." "โฟลว์รับข้อผิดพลาดจะถูกเรียกพร้อมข้อมูล ซึ่งมีรูปแบบต่างจาก n8n",
        "Set \"On error\" of the other flows to this one, and check the fields it reads." "ตั้ง \"เมื่อเกิดข้อผิดพลาด\" ของโฟลว์อื่นให้เป็นโฟลว์นี้ และตรวจฟิลด์ที่ใช้";
    CALLED_FLOW Person "called-flow" "It calls the workflow \"{0}\", which is not in this file; here it is called {1}." "เรียก workflow \"{0}\" ซึ่งไม่อยู่ในไฟล์นี้ ที่นี่ชื่อ {1}",
        "Import that workflow as well, or choose the flow." "นำเข้า workflow นั้นด้วย หรือเลือกโฟลว์";
    TRIGGER_DATA Person "trigger-data" "What {0} gives has other names here." "ข้อมูลที่ {0} ให้มีชื่อต่างไปที่นี่",
        "Check the expressions that read it." "ตรวจนิพจน์ที่ใช้ข้อมูลนี้";
    ZONE Person "zone" "The workflow names no time zone, so dates are read by Bangkok's clock." "workflow ไม่ได้ระบุเขตเวลา จึงใช้เวลากรุงเทพ",
        "If n8n ran in another zone, change it in these expressions and schedules." "หาก n8n ใช้เขตเวลาอื่น ให้แก้ในนิพจน์และการตั้งเวลาเหล่านี้";
    ODD_CONNECTION Person "odd-connection" "Its connection of the kind {0} to \"{1}\" is left out." "ตัดเส้นเชื่อมชนิด {0} ไปยัง \"{1}\" ออก",
        "Khlong has edges for data only: say it in another way." "Khlong มีเฉพาะเส้นเชื่อมข้อมูล ใช้วิธีอื่นแทน";
    LOOSE_END Person "loose-end" "A connection leads to or from \"{0}\", which is no node of the workflow." "มีเส้นเชื่อมกับ \"{0}\" ซึ่งไม่มีใน workflow",
        "Look whether a node is missing." "ตรวจว่ามีโหนดหายไปหรือไม่";
    CIRCLE Person "circle" "Its edges lead in a circle that is no loop over items." "เส้นเชื่อมวนเป็นวงโดยไม่ใช่การวนทีละรายการ",
        "Break the circle: use a for-each, or the retry of a node." "ตัดวงนั้น ใช้โหนดทำซ้ำ หรือการลองใหม่ของโหนด";
}
