//! The operator's lists: filters, many at once.

macro_rules! lists_texts {
    ({ $($before:tt)* } $next:ident $($rest:ident)*) => {
        $next! { {
            $($before)*

            key_filter "Key (SO-* for all that begin so)" "คีย์ (SO-* คือขึ้นต้นด้วย)"
            runs_keys "Keys: j and k move, Enter opens, x chooses, r retries." "ปุ่มลัด: j และ k เลื่อน, Enter เปิด, x เลือก, r ลองใหม่"
            state_open "Not ended" "ยังไม่จบ"
            when_any "Any time" "ทุกช่วงเวลา"
            when_today "Today" "วันนี้"
            when_yesterday "Yesterday" "เมื่อวาน"
            when_week "Last 7 days" "7 วันล่าสุด"
            when_label "Time" "ช่วงเวลา"
            when_range "From … to …" "จากวันที่ … ถึง …"
            when_from "From" "จากวันที่"
            when_to "To" "ถึงวันที่"
            when_bangkok "Both days included, Bangkok time." "รวมทั้งสองวัน ตามเวลากรุงเทพฯ"
            runs_count "{} run|{} runs" "{} การรัน"
            runs_shown_of "{} of {} runs" "แสดง {} จาก {} การรัน"
            runs_shown_more "{} of more than {} runs" "แสดง {} จากมากกว่า {} การรัน"
            runs_new "{} new run|{} new runs" "การรันใหม่ {} รายการ"
            choose_shown "Choose all shown" "เลือกทั้งหมดที่แสดง"
            choose_run "Choose run {}" "เลือกการรัน {}"
            choose_matching "Choose all that match" "เลือกทั้งหมดที่ตรงกับตัวกรอง"
            choose_none "Choose none" "ไม่เลือก"
            chosen_region "What to do with the chosen runs" "สิ่งที่ทำกับการรันที่เลือก"
            chosen "{} chosen|{} chosen" "เลือกไว้ {} รายการ"
            chosen_all "All that match are chosen" "เลือกทั้งหมดที่ตรงกับตัวกรอง"
            retry_chosen "Retry {}|Retry {}" "ลองใหม่ {} รายการ"
            retry_matching "Retry all failed" "ลองใหม่ทุกการรันที่ล้มเหลว"
            cancel_chosen "Cancel {}|Cancel {}" "ยกเลิก {} รายการ"
            cancel_matching "Cancel all open" "ยกเลิกทุกการรันที่ยังไม่จบ"
            retry_many_title "Retry" "ลองใหม่"
            cancel_many_title "Cancel runs" "ยกเลิกการรัน"
            many_chosen "{} run|{} runs" "{} การรัน"
            many_matching "All runs that match the filters, also those not shown." "ทุกการรันที่ตรงกับตัวกรอง รวมถึงที่ไม่ได้แสดง"
            retry_many_text "Each failed run goes on where it failed. What it has written to other systems stays and is not written again." "แต่ละการรันที่ล้มเหลวจะทำต่อจากจุดที่ล้มเหลว ข้อมูลที่เขียนไปยังระบบอื่นแล้วคงอยู่และไม่เขียนซ้ำ"
            cancel_many_text "Runs that have not ended stop where they are and do not go on. What they have written to other systems stays." "การรันที่ยังไม่จบจะหยุดทันทีและไม่ทำต่อ ข้อมูลที่เขียนไปยังระบบอื่นแล้วคงอยู่"
            go_back "Back" "กลับ"
            job_working "Under way" "กำลังดำเนินการ"
            job_done "Done" "เสร็จแล้ว"
            job_stopped "Stopped" "หยุดแล้ว"
            job_of "{} of {}" "{} จาก {}"
            job_retries "Retried: {}" "ลองใหม่แล้ว: {}"
            job_cancels "Cancelled: {}" "ยกเลิกแล้ว: {}"
            job_refused "{} not possible." "ทำไม่ได้ {} รายการ"
            job_stop "Stop" "หยุด"
        } $($rest)* }
    };
}
pub(super) use lists_texts;
