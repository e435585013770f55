//! Writes the seeds of every target to `corpus/<target>`: `cargo run --example seeds` in this folder.

use std::path::Path;

const TEXTS: [&str; 9] = [
    "Respondent ID,Which?,,,Why?\n,Red,Blue,Other (please specify),Open-Ended Response\n1,Red,,teal,\"long,\n\"\"odd\"\" text\"\n2,,Blue,,\n",
    "Figures 2024,,\n\nLibrary,Visits,Date\nCity,3,03/04/2024\n\nWest,4,13/04/2024\nTotal,7,\n\nSource: counters\n",
    "Library,2008-04,2008-05,2008-06\r\nCity,1,2,3\r\nWest,,0,\"1,024\"\r\nTotal,1,2,1027\r\n",
    "sep=;\r\n\"a\";\"b\";\"c\"\r\n\"1,5\";\"x\ny\";\"\"\r\n",
    "ID;Start time;Completion time;Email;Name;Which?\n1;4/1/25 9:00;4/1/25 9:02;anonymous;;Red;Blue;\n",
    "StartDate,EndDate,Status,Finished,ResponseId,Q1\nStart Date,End Date,Response Type,Finished,Response ID,How?\n\"{\"\"ImportId\"\":\"\"startDate\"\"}\",\"{\"\"ImportId\"\":\"\"endDate\"\"}\",\"{\"\"ImportId\"\":\"\"status\"\"}\",\"{\"\"ImportId\"\":\"\"finished\"\"}\",\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"\n2025-04-01 10:00:00,2025-04-01 10:01:00,IP Address,True,R_1,Yes\n",
    "a\tb\tc\n1\t2\t3\n4\t5\n6\t7\t8\t9\n",
    "name|visits\nCaf\u{e9}|3\n\u{feff}Bar|4\n",
    "Date,Count\r03/04/2025,1\r14/04/2025,2\u{1a}",
];

const DATES: [&str; 4] = [
    "03/04/2025\n14/04/2025\n2025-04-01\n1 May 2025\n",
    "4/1/25 9:00 AM\n4/13/25 11:59 PM\n2025-04-01T10:00:00Z\n",
    "1.204,50\n2.000\nfifty-nine\n12%\n\u{a3}3\n",
    "NA\nN/A\nPrefer not to say\n-99\n45748\nApril 2025\n",
];

const MULTI: [&str; 3] = [
    "Press (newspapers, radio etc) | Friends | Web\nFriends, Web\nPress (newspapers, radio etc), Friends\nPrefer not to say\n",
    "a | a b | b\na b\na;b;\na, c\n",
    "Yes | No\nYes\nno\nn/a\n\n",
];

fn main() -> std::io::Result<()> {
    let utf16 = |text: &str| [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut seeds: Vec<(&str, Vec<u8>)> = Vec::new();
    for text in TEXTS {
        seeds.push(("delimited", text.as_bytes().to_vec()));
    }
    seeds.push(("delimited", utf16(TEXTS[1])));
    seeds.push(("delimited", b"Caf\xe9,Cr\xe8che\n\x93yes\x94,no\n".to_vec()));
    for text in DATES {
        seeds.push(("dates", text.as_bytes().to_vec()));
    }
    for text in MULTI {
        seeds.push(("multi", text.as_bytes().to_vec()));
    }
    for (which, (_, part)) in (0u8..).zip(reach_fuzz::parts()) {
        let mut seed = vec![which];
        seed.extend_from_slice(part);
        seeds.push(("workbook", seed));
    }
    let (end, comma) = (60, 200);
    seeds.push(("header", vec![0, comma, 2, comma, 38, comma, comma, end, comma, comma, 34, comma, 35, comma, 6, end, 49, comma, 32]));
    seeds.push(("header", vec![39, end, end, 11, comma, 30, comma, 31, end, 38, comma, 36, comma, 36, end, 37, comma, 36, comma, 36]));
    for (number, (target, bytes)) in seeds.into_iter().enumerate() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("seed-{number}")), bytes)?;
    }
    Ok(())
}
