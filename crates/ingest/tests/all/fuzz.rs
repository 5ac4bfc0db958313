//! Files and mappings that no one would write: mutated tables of every format, so many in the suite and as long as
//! `LIUKE_FUZZ_SECONDS` says in a proof. Nothing may panic, and every row has one fate.

use std::io::Write;
use std::time::{Duration, Instant};

use ingest::{Mapping, Plan, TableKind, inspect};
use vocab::Zone;

use crate::firm::Firm;

/// So many files are tried in any case, however fast the machine.
const LEAST: u64 = 100;

/// Chance that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

const PIECES: [&[u8]; 40] = [
    b",",
    b"\n",
    b"\"",
    b"\t",
    b";",
    b"\r",
    b"\0",
    b"<td>",
    b"</tr>",
    b"<table rowspan=9 colspan=9>",
    b"{",
    b"}",
    b"[",
    b":",
    b"\\",
    b"null",
    b"1e308",
    b"-0",
    b"99999999999999999999",
    b"2025-03-08",
    b"2025Q9",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"PK\x03\x04",
    b"\x1f\x8b\x08\x00",
    "合计".as_bytes(),
    "客户编号".as_bytes(),
    "统计月份".as_bytes(),
    "１２３".as_bytes(),
    "（500）".as_bytes(),
    "2025年第99周".as_bytes(),
    b"1.38E+10",
    b"138****1234",
    b"=1+1",
    b"sep=;\n",
    b"&#x110000;",
    b"<!--",
    b"1.234,50",
    b"\xb9",
    b"_reason",
];

fn seeds() -> Vec<Vec<u8>> {
    let csv = "订单号,客户编号,下单时间,金额,sku,qty,price\nA1,C1,2025-03-08,5,x,1,5\nA1,C1,2025-03-08,7,y,1,7\n小计,,,12,,,\n";
    let ledger = "客户名称,负责人,联系人,联系电话,合同编号,签订日期,合同到期日,合同金额,最近拜访日期\n甲,张三,王,138,H1,2025-01-05,2026-01-04,1.2万,2025-05-20\n";
    let totals = "客户,区域,,\n,大区,月份,登录次数\nC1,华东,2025-03,31\nC2,华北,2025年4月,(2)\n";
    let json = "[{\"order_id\":\"A1\",\"customer\":{\"id\":1},\"order_date\":\"2025-03-08\",\"amount\":5.5},\n{\"a\":[1,{\"b\":null}]}]";
    let lines = "{\"message_id\":\"m1\",\"user_id\":\"u\",\"event\":\"login\",\"timestamp\":1741363200}\n{\"event\":\n";
    let html = "<html><style>x</style><table><tr><th rowspan=2>客户编号</th><th colspan=2>区域</th></tr><tr><td>销售额</td><td>日期</td></tr><tr><td>C1</td><td>5</td><td>2025.3.8</td></tr></table>";
    let mut seeds: Vec<Vec<u8>> = [csv, ledger, totals, json, lines, html].map(|text| text.as_bytes().to_vec()).into();
    seeds.push(encoding_rs::GB18030.encode(csv).0.into_owned());
    seeds.push(csv.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(csv.as_bytes()).unwrap();
    seeds.push(gzip.finish().unwrap());
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("a.csv", csv), ("b.json", json)] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    seeds.push(archive.finish().unwrap().into_inner());
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in csv.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            sheet.write(row as u32, column as u16, cell).unwrap();
        }
    }
    seeds.push(book.save_to_buffer().unwrap());
    seeds
}

fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(5) {
            0 if !bytes.is_empty() => {
                let at = at.min(bytes.len() - 1);
                bytes[at] ^= 1 << dice.roll(8);
            }
            1 => {
                let end = (at + dice.roll(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let end = (at + dice.roll(200)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = dice.roll(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            _ => {
                let piece = PIECES[dice.roll(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
        bytes.truncate(64 * 1024);
    }
}

const MAPPING: &str = "kind = \"orders\"\nsource = \"shop\"\ntimezone = \"UTC\"\ndate_order = \"day_first\"\ndecimal = \"comma\"\nobserved_on = \"2025-03-08\"\n\n[columns]\n\"金额\" = \"amount\"\n\"备用\" = \"-\"\n\n[constants]\nstatus = \"paid\"\n";

#[test]
fn whatever_is_handed_in_is_taken_row_by_row_or_refused() {
    let number =
        |name: &str, otherwise: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let end = Instant::now() + Duration::from_secs(number("LIUKE_FUZZ_SECONDS", 0));
    let mut dice = Dice(number("LIUKE_FUZZ_SEED", 7));
    let mut firm = Firm::new();
    let seeds = seeds();
    let mut rounds = 0u64;
    while rounds < LEAST || Instant::now() < end {
        rounds += 1;
        let mut bytes = seeds[dice.roll(seeds.len())].clone();
        mutate(&mut bytes, &mut dice);
        let path = firm.file("fuzz", &bytes);
        let kind = TableKind::ALL.get(dice.roll(TableKind::ALL.len() * 2)).copied();
        let plan = Plan { kind, ..Plan::default() };
        if let Ok(inspection) = inspect(&path, &plan)
            && inspection.blocking.is_empty()
            && let Some(mapping) = inspection.mapping
        {
            // `take` checks that every row has one fate.
            let _ = firm.take(&path, &mapping, dice.roll(8) > 0);
        }
        let mut text = MAPPING.as_bytes().to_vec();
        mutate(&mut text, &mut dice);
        if let Ok(text) = String::from_utf8(text)
            && let Ok(mapping) = Mapping::parse("m.toml", &text, &Zone::utc())
        {
            assert_eq!(Mapping::parse("m.toml", &mapping.print(), &Zone::utc()).unwrap(), mapping, "{text}");
        }
    }
    println!("proof: {rounds} mutated files and mappings, none panicked");
}
