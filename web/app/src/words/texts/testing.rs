//! Testing while building.

macro_rules! testing_texts {
    ({ $($before:tt)* } $next:ident $($rest:ident)*) => {
        $next! { {
            $($before)*

            test_run "Test run" "ทดสอบ"
            test_panel "Test" "การทดสอบ"
            test_all "Run all" "รันทั้งหมด"
            test_only "This step" "เฉพาะขั้นนี้"
            test_to "To here" "ถึงขั้นนี้"
            test_next "Next step" "ขั้นถัดไป"
            test_stop "Stop" "หยุด"
            test_from "Begin at" "เริ่มที่"
            test_past "Past events" "เหตุการณ์ที่ผ่านมา"
            test_past_title "Take an event that really came" "ใช้เหตุการณ์จริงที่เคยเข้ามา"
            test_past_text "It becomes the trigger's example, and the flow is tested with it. Nothing is sent." "เหตุการณ์นี้จะเป็นตัวอย่างของตัวเริ่ม และใช้ทดสอบโฟลว์โดยไม่ส่งข้อมูลจริง"
            test_past_none "No event has come to this flow yet. Type one at the trigger." "ยังไม่มีเหตุการณ์เข้ามาในโฟลว์นี้ พิมพ์ตัวอย่างที่ตัวเริ่มได้"
            test_empty "Nothing was tested yet. Run all goes through the flow here in the browser: nothing is sent to other systems." "ยังไม่ได้ทดสอบ กดรันทั้งหมดเพื่อลองเดินโฟลว์ในเบราว์เซอร์นี้ โดยไม่ส่งข้อมูลไปยังระบบอื่น"
            test_no_trigger "There is no trigger to begin at. Add one, such as a webhook." "ยังไม่มีตัวเริ่ม โปรดเพิ่มตัวเริ่ม เช่น เว็บฮุก"
            test_steps "Steps in the order in which they ran" "ขั้นตอนตามลำดับที่ทำ"
            test_more_steps "Show {} more" "แสดงอีก {} ขั้น"
            test_result "Data of the step" "ข้อมูลของขั้นตอน"
            test_choose_step "Choose a step to see its data." "เลือกขั้นตอนเพื่อดูข้อมูล"
            test_not_run "Not run" "ยังไม่ได้รัน"
            test_sends "would send" "จะส่ง"
            test_pinned "Pinned" "ปักหมุดไว้"
            test_pinned_answer "Pinned answer" "คำตอบที่ปักหมุดไว้"
            test_not_sent "Not sent: this is a test" "ไม่ได้ส่งจริง เพราะเป็นการทดสอบ"
            test_stale "changed since" "มีการแก้ไขหลังทดสอบ"
            test_passed "Passed" "ผ่าน"
            test_stepping "Step by step" "ทีละขั้น"
            test_step_count "{} step|{} steps" "{} ขั้น"
            test_send_count "would send {}|would send {}" "จะส่ง {} รายการ"
            test_pin "Pin this output (P)" "ปักหมุดข้อมูลออกนี้ (P)"
            test_unpin "Unpin (P)" "เลิกปักหมุด (P)"
            test_pin_edit "Pinned data" "ข้อมูลที่ปักหมุดไว้"
            test_pin_warning "Used in tests only: a real run never sees it." "ใช้ในการทดสอบเท่านั้น การรันจริงจะไม่ใช้ข้อมูลนี้"
            test_mock "Write it by hand" "พิมพ์ข้อมูลเอง"
            ask_now "Ask the system now" "ถามระบบจริงตอนนี้"
            ask_over "“{}” is called for real, over the connection “{}”. It only reads: nothing is changed there." "จะเรียก “{}” จริงผ่านการเชื่อมต่อ “{}” โดยอ่านอย่างเดียว ไม่เปลี่ยนแปลงข้อมูลในระบบนั้น"
            ask_open "“{}” is called for real. It only reads: nothing is changed there." "จะเรียก “{}” จริง โดยอ่านอย่างเดียว ไม่เปลี่ยนแปลงข้อมูลในระบบนั้น"
            ask_what "What is called" "สิ่งที่จะเรียก"
            ask_kept "The answer becomes this node's example and is kept in the flow. It takes 15 seconds and 1 MB at most." "คำตอบจะเป็นตัวอย่างของโหนดนี้และเก็บไว้ในโฟลว์ ใช้เวลาไม่เกิน 15 วินาทีและขนาดไม่เกิน 1 MB"
            ask_yes "Ask" "ถาม"
            ask_done "The system answered in {} ms. That is this node's example now." "ระบบตอบใน {} ms และคำตอบเป็นตัวอย่างของโหนดนี้แล้ว"
            test_pin_cut "The whole was too much to pin: the first elements of its lists were kept." "ข้อมูลใหญ่เกินกว่าจะปักหมุดทั้งหมด จึงเก็บเฉพาะรายการแรก ๆ"
            test_cut_short "There is more than a test goes through at once: the first elements were used." "ข้อมูลมีมากกว่าที่ทดสอบได้ในครั้งเดียว จึงใช้เฉพาะรายการแรก ๆ"
            test_run_more "Go through more" "ทดสอบเพิ่ม"
        } $($rest)* }
    };
}
pub(super) use testing_texts;
