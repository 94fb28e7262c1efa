#![doc = include_str!("../README.md")]

mod archive;
mod charset;
mod column;
mod csv;
mod excel;
mod failure;
mod fixed_width;
mod given;
mod json_lines;
mod pdf;
mod rows;
pub mod table;
pub mod vat;
mod words;
mod xml;

use connector::{Connector, Parts, action};
use model::{ConnectorSpec, Purpose};

struct Files;

impl Connector for Files {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("files", Purpose::Data, "Files", "ไฟล์")
            .about(
                "Reads and writes files on their way through a flow: CSV, Excel, XML, JSON lines, fixed width, ZIP; makes tax invoices and other documents as PDF. Nothing leaves this server.",
                "อ่านและสร้างไฟล์ที่ผ่านโฟลว์ ทั้ง CSV, Excel, XML, JSON lines, ไฟล์ความกว้างคงที่ และ ZIP รวมถึงออกใบกำกับภาษีและเอกสารอื่นเป็น PDF โดยไม่มีข้อมูลออกจากเซิร์ฟเวอร์นี้",
            )
            .step(
                "There is nothing to set up: these operations need no connection.",
                "ไม่ต้องตั้งค่าใด ๆ การทำงานเหล่านี้ไม่ใช้การเชื่อมต่อ",
            )
            .limit("A file has 10 MB at most, and a table 100,000 rows.", "ไฟล์มีขนาดไม่เกิน 10 MB และตารางมีไม่เกิน 100,000 แถว")
            .quirk(
                "Excel keeps 15 digits of a number. Ids, tax ids, phone numbers and postcodes belong into columns of texts.",
                "Excel เก็บตัวเลขได้เพียง 15 หลัก รหัส เลขผู้เสียภาษี เบอร์โทรศัพท์ และรหัสไปรษณีย์ควรอยู่ในคอลัมน์แบบข้อความ",
            )
            .quirk(
                "The older .xls is not read; save it as .xlsx.",
                "ไม่อ่านไฟล์ .xls แบบเก่า ให้บันทึกเป็น .xlsx ก่อน",
            )
    }

    fn speaks_http(&self) -> bool {
        false
    }
}

/// The connector `files` and its operations.
pub fn parts() -> Parts {
    use archive::{pack as zip_files, unpack as unzip_file};
    use csv::{read as read_csv, write as write_csv};
    use excel::{read as read_excel, write as write_excel};
    use fixed_width::{read as read_fixed_width, write as write_fixed_width};
    use json_lines::{read as read_json_lines, write as write_json_lines};
    use pdf::make as make_pdf;
    use xml::{read as read_xml, write as write_xml};

    Parts::of(Files)
        .action(action!(make_pdf))
        .action(action!(read_csv))
        .action(action!(read_excel))
        .action(action!(read_fixed_width))
        .action(action!(read_json_lines))
        .action(action!(read_xml))
        .action(action!(unzip_file))
        .action(action!(write_csv))
        .action(action!(write_excel))
        .action(action!(write_fixed_width))
        .action(action!(write_json_lines))
        .action(action!(write_xml))
        .action(action!(zip_files))
}
