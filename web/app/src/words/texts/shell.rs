//! The shell: what stands around every page, and time.

macro_rules! shell_texts {
    ({ $($before:tt)* } $next:ident $($rest:ident)*) => {
        $next! { {
            $($before)*

            main_menu "Main menu" "เมนูหลัก"
            skip_to_content "Skip to content" "ข้ามไปยังเนื้อหา"
            nav_flows "Flows" "โฟลว์"
            nav_runs "Runs" "การรัน"
            nav_errors "Errors" "ข้อผิดพลาด"
            nav_connections "Connect" "เชื่อมต่อ"
            nav_settings "Settings" "ตั้งค่า"
            sign_out "Sign out" "ออกจากระบบ"
            nav_sign_out "Sign out" "ออก"
            storage_near "The storage budget is nearly used up: {} of {} GB. Ask for more room, or keep runs for a shorter time in the flows' settings." "พื้นที่จัดเก็บใกล้เต็มแล้ว: ใช้ไป {} จาก {} GB โปรดขอพื้นที่เพิ่ม หรือลดเวลาที่เก็บการรันในการตั้งค่าโฟลว์"
            storage_tight "The storage budget is nearly used up: {} of {} GB. The oldest days of history are being removed early; open runs and the error inbox stay." "พื้นที่จัดเก็บใกล้เต็มแล้ว: ใช้ไป {} จาก {} GB ระบบกำลังลบประวัติวันที่เก่าที่สุดก่อนกำหนด การรันที่ยังไม่จบและกล่องข้อผิดพลาดยังอยู่ครบ"
            storage_full "The storage budget is used up: {} of {} GB. No new events are taken and senders are told to try again; runs go on. Ask for more room." "พื้นที่จัดเก็บเต็มแล้ว: ใช้ไป {} จาก {} GB ระบบยังไม่รับเหตุการณ์ใหม่และแจ้งให้ผู้ส่งลองใหม่ การรันที่รับไว้แล้วทำต่อ โปรดขอพื้นที่เพิ่ม"
            close "Close" "ปิด"
            cancel "Cancel" "ยกเลิก"
            save "Save" "บันทึก"
            saved "Saved" "บันทึกแล้ว"
            loading "Loading" "กำลังโหลด"
            try_again "Try again" "ลองอีกครั้ง"
            load_stale "This may be out of date." "ข้อมูลนี้อาจไม่ใช่ข้อมูลล่าสุด"
            load_more "Load more" "แสดงเพิ่มเติม"
            copy "Copy" "คัดลอก"
            copied "Copied" "คัดลอกแล้ว"
            went_wrong "That did not work" "ดำเนินการไม่สำเร็จ"
            not_found_title "There is nothing here" "ไม่พบหน้านี้"
            not_found_text "The address may be old or mistyped." "ที่อยู่นี้อาจเลิกใช้แล้วหรือพิมพ์ผิด"
            to_flows "Go to flows" "ไปที่โฟลว์"
            offline "The server cannot be reached. Check that it is running, then try again." "ติดต่อเซิร์ฟเวอร์ไม่ได้ โปรดตรวจสอบว่าเซิร์ฟเวอร์ทำงานอยู่ แล้วลองอีกครั้ง"
            unreadable_answer "The server's answer could not be read. Reload the page: it may be older than the server." "อ่านคำตอบจากเซิร์ฟเวอร์ไม่ได้ โปรดโหลดหน้านี้ใหม่ หน้าอาจเก่ากว่าเซิร์ฟเวอร์"
            what_to_do "What to do" "วิธีแก้ไข"

            just_now "just now" "เมื่อสักครู่"
            seconds_ago "{} s ago" "{} วินาทีที่แล้ว"
            minutes_ago "{} min ago" "{} นาทีที่แล้ว"
            hours_ago "{} h ago" "{} ชม. ที่แล้ว"
            days_ago "{} d ago" "{} วันที่แล้ว"
            unit_ms "ms" "ms"
            unit_s "s" "วิ."
            unit_min "min" "นาที"
            unit_h "h" "ชม."
            unit_d "d" "วัน"
            span_ms "{} ms" "{} ms"
            span_s "{} second|{} seconds" "{} วินาที"
            span_m "{} minute|{} minutes" "{} นาที"
            span_h "{} hour|{} hours" "{} ชั่วโมง"
            span_d "{} day|{} days" "{} วัน"
        } $($rest)* }
    };
}
pub(super) use shell_texts;
