//! Input that means harm or makes no sense: a clear word and an exit status, never a panic.

use crate::house::{run, said, shop};

fn imported(kind: Option<&str>, name: &str, bytes: &[u8]) -> (i32, String) {
    let (_dir, cwd) = shop();
    std::fs::write(cwd.join(name), bytes).unwrap();
    let mut arguments = vec!["import", "--data", "d"];
    if let Some(kind) = kind {
        arguments.extend(["--as", kind]);
    }
    arguments.push(name);
    let output = run(&cwd, &arguments);
    let text = said(&output);
    assert!(!text.contains("panicked"), "{text}");
    let checked = run(&cwd, &["facts", "--data", "d", "--json"]);
    assert!(checked.status.success(), "the folder is unharmed: {}", said(&checked));
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn a_file_that_is_no_table_is_refused_in_words() {
    let hostile: [(&str, &[u8]); 6] = [
        ("empty.csv", b""),
        ("nul.csv", &[0; 4096]),
        ("zip.xlsx", b"PK\x03\x04 this is not a workbook"),
        ("text.parquet", b"PAR1 but no more"),
        ("other.csv", "名字,颜色\n甲,红\n".as_bytes()),
        ("picture.csv", &[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0xd]),
    ];
    for (name, bytes) in hostile {
        let (status, text) = imported(Some("orders"), name, bytes);
        assert!(status == 1 || status == 3, "{name}: {status} {text}");
        assert!(text.contains("error") || text.contains("rejected"), "{name}: {text}");
    }
}

#[test]
fn rows_that_make_no_sense_are_rejected_and_the_others_kept() {
    let text = "订单号,客户编号,下单时间,订单金额\n\
        1,A,2025-01-05,10\n\
        2,B,2025-02-30,10\n\
        3,C,1066-10-14,10\n\
        4,D,2025-01-05,1e400\n\
        5,E,2025-01-05,ten\n\
        6,,2025-01-05,10\n\
        7,F\u{0}G,2025-01-05,10\n\
        8,H,2025-01-05\n\
        9,\"I,2025-01-05,10\n";
    let (status, said) = imported(Some("orders"), "mixed.csv", text.as_bytes());
    assert_eq!(status, 3, "{said}");
}

#[test]
fn a_header_twice_or_a_very_long_line_is_survived() {
    let (status, said) =
        imported(Some("orders"), "twice.csv", "客户编号,客户编号,下单时间,订单金额\nA,B,2025-01-05,10\n".as_bytes());
    assert!((0..=3).contains(&status) && status != 2, "{said}");
    let mut long = "客户编号,下单时间,订单金额\nA,2025-01-05,".as_bytes().to_vec();
    long.extend(std::iter::repeat_n(b'9', 20 << 20));
    let (status, said) = imported(Some("orders"), "long.csv", &long);
    assert!(status == 1 || status == 3, "{status} {}", said.chars().take(300).collect::<String>());
}

#[test]
fn a_mapping_or_catalog_that_does_not_parse_is_pointed_at() {
    let (_dir, cwd) = shop();
    std::fs::write(cwd.join("map.toml"), "kind = \"orders\"\n[columns\n").unwrap();
    let output = run(&cwd, &["import", "--data", "d", "--mapping", "map.toml", "orders.csv"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("map.toml"), "{}", said(&output));
    std::fs::write(cwd.join("catalog.toml"), "[[indicator]]\nid = 3\n").unwrap();
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]).status.code(), Some(0));
    let output = run(&cwd, &["indicators", "--data", "d", "--as-of", "2025-06-30", "--catalog", "catalog.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("catalog.toml"), "{}", said(&output));
}
