//! Sign-in and first run.

macro_rules! doors_texts {
    ({ $($before:tt)* } $next:ident $($rest:ident)*) => {
        $next! { {
            $($before)*

            tagline "Orders, stock and invoices flow between your shop and your back office." "ให้ออร์เดอร์ สต็อก และใบกำกับภาษีไหลลื่นระหว่างหน้าร้านกับหลังบ้าน"
            sign_in "Sign in" "เข้าสู่ระบบ"
            email "E-mail" "อีเมล"
            password "Password" "รหัสผ่าน"
            set_up_title "Welcome to Khlong" "ยินดีต้อนรับสู่คลอง"
            set_up_text "This is a new installation. Create the owner's account; it is kept on this server only." "ระบบนี้เพิ่งติดตั้งใหม่ โปรดสร้างบัญชีเจ้าของระบบ ข้อมูลบัญชีเก็บไว้ในเซิร์ฟเวอร์นี้เท่านั้น"
            your_name "Your name" "ชื่อของคุณ"
            password_again "Password again" "รหัสผ่านอีกครั้ง"
            password_hint "At least {} characters. Length counts more than odd symbols." "อย่างน้อย {} ตัวอักษร ความยาวสำคัญกว่าสัญลักษณ์พิเศษ"
            set_up_code "Set-up code" "รหัสติดตั้ง"
            set_up_code_hint "Look for set-up code in the server's log; the newest counts." "ดูคำว่า set-up code ในบันทึกของเซิร์ฟเวอร์ แล้วใช้รหัสล่าสุด"
            passwords_differ "The two passwords differ." "รหัสผ่านทั้งสองช่องไม่ตรงกัน"
            create_owner "Create the owner" "สร้างบัญชีเจ้าของระบบ"
        } $($rest)* }
    };
}
pub(super) use doors_texts;
