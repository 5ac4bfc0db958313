//! What can be wrong with a row or a file, in words. Every code that the front door can say is in this file.

use vocab::{Finding, Place, Text};

use crate::record::Record;

/// What is wrong with one row or one cell of it: a finding without its row yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    said: Box<Said>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    header: Option<String>,
    detail: Text,
    hint: Text,
}

/// The first characters of a cell, for a message.
pub(crate) fn excerpt(cell: &str) -> String {
    let mut short: String = cell.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if cell.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

impl Fault {
    fn new(code: &'static str, detail: Text, hint: Text) -> Self {
        Self { code, said: Box::new(Said { header: None, detail, hint }) }
    }

    /// The same fault, in a column.
    pub(crate) fn in_column(mut self, header: impl Into<String>) -> Self {
        self.said.header = Some(header.into());
        self
    }

    /// The finding, with its row.
    pub(crate) fn at_row(self, row: u64) -> Finding {
        self.at(Place { row: Some(row), ..Place::default() })
    }

    /// The finding, with its row and the entry of the archive that the row stands in.
    pub(crate) fn at_record(self, record: &Record) -> Finding {
        let file = record.part.as_deref().map(str::to_owned);
        self.at(Place { row: Some(record.row), file, ..Place::default() })
    }

    /// The finding of a whole column or file.
    pub(crate) fn without_row(self) -> Finding {
        self.at(Place::default())
    }

    /// The finding at a place of which the column may still be missing.
    pub(crate) fn at(self, place: Place) -> Finding {
        let Said { header, detail, hint } = *self.said;
        // A line of a mapping file says where; a row of a table needs its column.
        let field = place.field.clone().or(header.filter(|_| place.line.is_none()));
        Finding::new(self.code, detail, hint).at(Place { field, ..place })
    }

    /// One line for the rejects file.
    pub(crate) fn reason(&self) -> String {
        let Said { header, detail, .. } = &*self.said;
        let column = header.as_deref().map(|header| format!("{header}: ")).unwrap_or_default();
        format!("[{}] {column}{} / {}", self.code, detail.zh, detail.en)
    }
}

macro_rules! text {
    ($zh:literal, $en:literal $(, $($arg:tt)*)?) => {
        Text::new(format!($zh $(, $($arg)*)?), format!($en $(, $($arg)*)?))
    };
}

// Rows that are rejected.

pub(crate) fn missing_value(header: &str) -> Fault {
    Fault::new("missing_value", text!("没有填写", "is empty"), text!("请补全后重新导入", "fill it in and import again"))
        .in_column(header)
}

pub(crate) fn bad_number(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "bad_number",
        text!("不是数字：“{cell}”", "not a number: \"{cell}\""),
        text!("写成 1234.50 这样的数字", "write a number such as 1234.50"),
    )
    .in_column(header)
}

pub(crate) fn number_out_of_range(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "number_out_of_range",
        text!("数字太大：“{cell}”", "number too large: \"{cell}\""),
        text!("上限约 9.2 万亿", "the limit is about 9.2e12"),
    )
    .in_column(header)
}

pub(crate) fn negative_price(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "negative_price",
        text!("单价为负：“{cell}”", "negative price: \"{cell}\""),
        text!("退货请用负的数量表示", "write a return as a negative quantity"),
    )
    .in_column(header)
}

pub(crate) fn bad_date(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "bad_date",
        text!("不是日期：“{cell}”", "not a date: \"{cell}\""),
        text!("写成 2025-03-08 或 2025-03-08 10:30:00", "write 2025-03-08 or 2025-03-08 10:30:00"),
    )
    .in_column(header)
}

pub(crate) fn bad_period(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "bad_period",
        text!("不是统计周期：“{cell}”", "not a period: \"{cell}\""),
        text!(
            "写成 2025-03、2025年第12周、2025Q1 或 2025-03-01至2025-03-31",
            "write 2025-03, 2025-W12, 2025-Q1 or 2025-03-01/2025-03-31"
        ),
    )
    .in_column(header)
}

pub(crate) fn period_not_over(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "period_not_over",
        text!("统计周期尚未结束：“{cell}”", "the period is not over yet: \"{cell}\""),
        text!(
            "等周期结束后再导入；不完整的周期看上去会像下降",
            "import it once it is over: part of a period would look like a fall"
        ),
    )
    .in_column(header)
}

pub(crate) fn future_date(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "future_date",
        text!("时间在未来 24 小时以后：“{cell}”", "more than 24 hours in the future: \"{cell}\""),
        text!(
            "已发生的事才能导入；检查日期或时区",
            "only what has happened can be imported; check the date or the zone"
        ),
    )
    .in_column(header)
}

pub(crate) fn date_too_old(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "date_too_old",
        text!("早于 1990 年：“{cell}”", "before 1990: \"{cell}\""),
        text!("检查日期格式", "check the format of the date"),
    )
    .in_column(header)
}

pub(crate) fn repeated_row_key(key: &str) -> Fault {
    let key = excerpt(key);
    Fault::new(
        "repeated_row_key",
        text!("主键“{key}”不止一行", "more than one row has the key \"{key}\""),
        text!("主键列要能唯一确定一行，请改选", "choose key columns that tell each row from every other"),
    )
}

pub(crate) fn not_row_by_row(kind: &Text) -> Fault {
    let (zh, en) = (&kind.zh, &kind.en);
    Fault::new(
        "not_row_by_row",
        text!("{zh}不能从数据库或接口逐行读取", "{en} cannot be read row by row"),
        text!(
            "请在映射中另选种类；或导出成文件，用监视目录导入",
            "choose another kind; or export it to a watched folder"
        ),
    )
}

pub(crate) fn damaged_key(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "damaged_key",
        text!("编号已损坏：“{cell}”", "damaged key: \"{cell}\""),
        text!(
            "表格软件把它变成了科学计数或打了码；把该列设为文本后重新导出",
            "a spreadsheet turned it into scientific notation, or it is masked; export the column as text"
        ),
    )
    .in_column(header)
}

pub(crate) fn total_row(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "total_row",
        text!("是合计行（“{cell}”），不是数据", "a total row (\"{cell}\"), not data"),
        text!("不需要处理", "nothing to do"),
    )
    .in_column(header)
}

pub(crate) fn nul_byte() -> Fault {
    Fault::new(
        "nul_byte",
        text!("含有空字节（NUL）", "contains a NUL byte"),
        text!("文件可能已损坏，请重新导出", "the file may be damaged: export it again"),
    )
}

pub(crate) fn record_too_long(limit_kib: usize) -> Fault {
    Fault::new(
        "record_too_long",
        text!("这一行超过 {limit_kib} KiB", "this row is longer than {limit_kib} KiB"),
        text!("检查引号是否成对、换行是否丢失", "look for an unpaired quote or lost line ends"),
    )
}

pub(crate) fn unclosed_quote() -> Fault {
    Fault::new(
        "unclosed_quote",
        text!("引号没有成对", "a quote is never closed"),
        text!("补上缺少的引号", "add the missing quote"),
    )
}

pub(crate) fn wrong_field_count(found: usize, expected: usize) -> Fault {
    Fault::new(
        "wrong_field_count",
        text!("有 {found} 个字段，表头有 {expected} 个", "has {found} fields, the header has {expected}"),
        text!("含分隔符的内容要加引号", "put quotes around a cell that holds the separator"),
    )
}

pub(crate) fn error_cell(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "error_cell",
        text!("公式出错：{cell}", "formula error: {cell}"),
        text!("在 Excel 中改正公式", "mend the formula in the workbook"),
    )
    .in_column(header)
}

pub(crate) fn formula_without_value(header: &str) -> Fault {
    Fault::new(
        "formula_without_value",
        text!("公式没有保存结果", "a formula without a saved result"),
        text!("用 Excel 或 WPS 打开并保存一次", "open the workbook in a spreadsheet and save it once"),
    )
    .in_column(header)
}

pub(crate) fn order_of_another_customer(header: &str, order: &str) -> Fault {
    let order = excerpt(order);
    Fault::new(
        "order_of_another_customer",
        text!("订单 {order} 已属于另一位客户", "order {order} already belongs to another customer"),
        text!("检查订单号或客户编号列", "check the columns of order number and customer"),
    )
    .in_column(header)
}

pub(crate) fn order_amount_differs(header: &str, order: &str) -> Fault {
    let order = excerpt(order);
    Fault::new(
        "order_amount_differs",
        text!("订单 {order} 各行的订单金额不一致", "the lines of order {order} give different order amounts"),
        text!("如果这是每行的金额，请映射为“行金额”", "if it is the amount of a line, map it to the line amount"),
    )
    .in_column(header)
}

pub(crate) fn not_settled(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "not_settled",
        text!("尚未到账（“{cell}”）", "not settled yet (\"{cell}\")"),
        text!("到账后再导入", "import it once it is settled"),
    )
    .in_column(header)
}

// Warnings about rows that are taken.

pub(crate) fn damaged_phone(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "damaged_phone",
        text!("电话不完整：“{cell}”", "incomplete phone number: \"{cell}\""),
        text!("把该列设为文本后重新导出；未作为编号使用", "export the column as text; it is not used as a key"),
    )
    .in_column(header)
}

pub(crate) fn damaged_text(header: &str) -> Fault {
    Fault::new(
        "damaged_text",
        text!("有无法识别的字符", "has characters that could not be decoded"),
        text!("检查文件编码", "check the encoding of the file"),
    )
    .in_column(header)
}

pub(crate) fn clock_ahead(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "clock_ahead",
        text!("时间略在未来（“{cell}”），按现在记", "slightly in the future (\"{cell}\"): taken as now"),
        text!("检查时区", "check the zone"),
    )
    .in_column(header)
}

pub(crate) fn future_cancellation(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "future_cancellation",
        text!("终止日期在未来（“{cell}”），暂不记", "cancelled on a future day (\"{cell}\"): not recorded yet"),
        text!("到期后再次导入即可", "import again once the day has passed"),
    )
    .in_column(header)
}

pub(crate) fn unread_value(header: &str, cell: &str) -> Fault {
    let cell = excerpt(cell);
    Fault::new(
        "unread_value",
        text!("无法理解“{cell}”，留空", "cannot read \"{cell}\": left out"),
        text!("改正后再次导入", "mend it and import again"),
    )
    .in_column(header)
}

pub(crate) fn conflict(id: &str) -> Fault {
    let id = excerpt(id);
    Fault::new(
        "conflict",
        text!("编号 {id} 已存在且内容不同，保留先到的", "{id} is already there with other content: the first stays"),
        text!("如需更正，请使用新的编号", "give a correction an id of its own"),
    )
}

pub(crate) fn repeated_customer(header: &str, id: &str) -> Fault {
    let id = excerpt(id);
    Fault::new(
        "repeated_customer",
        text!(
            "客户 {id} 在文件中出现多次且内容不同，以后面的为准",
            "customer {id} stands in the file more than once with different content: the last row counts"
        ),
        text!("每位客户保留一行", "keep one row per customer"),
    )
    .in_column(header)
}

// About columns and files.

pub(crate) fn ambiguous_dates(header: &str, month_first: bool) -> Fault {
    let (zh, en) = if month_first { ("月/日/年", "month/day/year") } else { ("日/月/年", "day/month/year") };
    Fault::new(
        "ambiguous_dates",
        text!("日期可有两种读法，按{zh}读", "the dates can be read two ways: read as {en}"),
        text!("如不对，请在映射中设置 date_order", "if that is wrong, set date_order in the mapping"),
    )
    .in_column(header)
}

pub(crate) fn mixed_dates(header: &str, month_first: bool) -> Fault {
    let (zh, en) = if month_first { ("月/日/年", "month/day/year") } else { ("日/月/年", "day/month/year") };
    Fault::new(
        "mixed_dates",
        text!("同一列里日期顺序不一，多数是{zh}", "the column mixes two orders of day and month; most are {en}"),
        text!("统一该列的日期格式", "give the whole column one format"),
    )
    .in_column(header)
}

pub(crate) fn duplicate_header(header: &str, renamed: &str) -> Fault {
    Fault::new(
        "duplicate_header",
        text!(
            "列名“{header}”出现多次，后面的改叫“{renamed}”",
            "the header \"{header}\" stands twice; the later one is called \"{renamed}\""
        ),
        text!("给每列起不同的名字", "give each column its own header"),
    )
    .in_column(header)
}

pub(crate) fn ambiguous_header(header: &str, field: &str) -> Fault {
    Fault::new(
        "ambiguous_header",
        text!(
            "列名“{header}”出现多次，不知道哪一列是{field}",
            "the header \"{header}\" stands more than once: which column is {field}?"
        ),
        text!(
            "改名，或在映射中指明（“{header}”或“{header} (2)”）",
            "rename one, or name one in the mapping (\"{header}\" or \"{header} (2)\")"
        ),
    )
    .in_column(header)
}

pub(crate) fn missing_field(kind: &Text, field: &Text, id: &str) -> Fault {
    Fault::new(
        "missing_field",
        Text::new(
            format!("没有一列是“{}”（{id}），{}表需要它", field.zh, kind.zh),
            format!("no column is {} ({id}), which a table of {} needs", field.en, kind.en),
        ),
        text!("在映射中指明是哪一列", "say in the mapping which column it is"),
    )
}

pub(crate) fn unknown_kind() -> Fault {
    Fault::new(
        "unknown_kind",
        text!("看不出这是哪种表", "cannot tell what kind of table this is"),
        text!(
            "指明种类：orders events customers tickets surveys contracts payments follow-ups snapshot ledger",
            "say the kind: orders events customers tickets surveys contracts payments follow-ups snapshot ledger"
        ),
    )
}

pub(crate) fn missing_column(header: &str, nearest: Option<&str>) -> Fault {
    let (zh, en) = match nearest {
        Some(nearest) => (format!("是不是“{nearest}”？"), format!("did you mean \"{nearest}\"?")),
        None => ("检查映射或文件".to_owned(), "check the mapping or the file".to_owned()),
    };
    Fault::new(
        "missing_column",
        text!("文件里没有映射所说的列“{header}”", "the file has no column \"{header}\", which the mapping names"),
        Text::new(zh, en),
    )
    .in_column(header)
}

pub(crate) fn unknown_field(field: &str, kind: &str, nearest: Option<&str>) -> Fault {
    let (zh, en) = match nearest {
        Some(nearest) => (format!("是不是 {nearest}？"), format!("did you mean {nearest}?")),
        None => (
            "property 表示保留为属性，- 表示忽略".to_owned(),
            "property keeps a column as it is, - leaves it out".to_owned(),
        ),
    };
    Fault::new(
        "unknown_field",
        text!("{kind} 表没有字段“{field}”", "a table of {kind} has no field \"{field}\""),
        Text::new(zh, en),
    )
}

pub(crate) fn field_twice(field: &str, header: &str) -> Fault {
    Fault::new(
        "field_twice",
        text!("两列都映射为 {field}", "two columns are mapped to {field}"),
        text!("只留一列", "keep one of them"),
    )
    .in_column(header)
}

pub(crate) fn cancelled() -> Fault {
    Fault::new(
        "cancelled",
        text!("导入已取消", "the import was cancelled"),
        text!("没有留下任何数据，可以重新导入", "nothing of it is left; it can be imported again"),
    )
}

/// A workbook has further sheets, an archive further entries, that were not read.
pub(crate) fn other_tables(taken: &str, others: &[&str]) -> Fault {
    let shown = |between: &str| excerpt_list(others, between);
    Fault::new(
        "other_tables",
        Text::new(
            format!("只读了“{taken}”，没有读：{}", shown("、")),
            format!("only \"{taken}\" was read, not {}", shown(", ")),
        ),
        text!(
            "要导入其他的，请指定工作表后再导入一次",
            "to bring another one in, name it as the sheet and import again"
        ),
    )
}

fn excerpt_list(names: &[&str], between: &str) -> String {
    let mut shown = names.iter().take(8).map(|name| excerpt(name)).collect::<Vec<_>>().join(between);
    if names.len() > 8 {
        shown.push('…');
    }
    shown
}

pub(crate) fn bad_json(why: &str) -> Fault {
    let why = excerpt(why);
    Fault::new(
        "bad_json",
        text!("不是完整的 JSON 对象：{why}", "not a whole object of JSON: {why}"),
        text!("每行或数组的每一项应为一个对象", "write one object a line, or an array of objects"),
    )
}

pub(crate) fn no_header() -> Fault {
    Fault::new(
        "no_header",
        text!("第一行是数据，没有表头", "the first row is data: there is no header"),
        text!("在第一行写上列名", "write the names of the columns into the first row"),
    )
}

pub(crate) fn no_rows() -> Fault {
    Fault::new(
        "no_rows",
        text!("只有表头，没有数据", "a header and no row"),
        text!("确认导出的范围", "check the range of the export"),
    )
}

pub(crate) fn bad_mapping(detail: Text, hint: Text) -> Fault {
    Fault::new("bad_mapping", detail, hint)
}
