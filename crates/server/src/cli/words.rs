//! The Chinese help of every command and argument, and what a wrong call is answered with.
//!
//! English stands at the arguments themselves; a test keeps the two complete.

use std::collections::HashMap;
use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use vocab::Lang;

/// Chinese help: `command` or `command.argument`.
const HELP: &[(&str, &str)] = &[
    ("liuke", "留客：提早看出哪些客户要流失、为什么，并把该做的事按时交到该做的人手上"),
    ("lang", "消息语言：zh 或 en；不写则按 $LANG"),
    ("json", "以 JSON 输出结果，供程序读取"),
    ("help", "显示帮助"),
    ("version", "显示版本"),
    ("demo", "示例公司：自带历史数据、已评分、有未解除预警；在本机打开服务"),
    ("demo.listen", "监听地址"),
    ("demo.template", "示例公司的行业"),
    ("demo.customers", "历史上共有多少客户"),
    ("demo.seed", "随机种子"),
    ("demo.data", "示例公司存放的目录；不写则用临时目录"),
    ("demo.no_model", "示例公司打开后不训练模型"),
    ("serve", "启动服务：默认只监听本机；首次启动会打印一次性设置链接"),
    ("serve.data", "数据目录；没有则新建"),
    ("serve.listen", "监听地址"),
    ("serve.database", "业务数据库 postgres://…；不写则用目录内的 SQLite"),
    ("serve.timezone", "企业时区；仅可在空目录上指定"),
    ("serve.host", "除 localhost 和 IP 地址外，允许访问的主机名；可重复"),
    ("serve.public_url", "用户和回调访问本服务的地址；自动允许其主机名，https:// 等同 --https"),
    ("serve.trusted_proxy", "可信代理（IP 或网段），只采信它们写的 X-Forwarded-For；可重复"),
    ("serve.tls_cert", "证书及证书链（PEM）：不经代理直接提供 https"),
    ("serve.tls_key", "证书私钥（PEM）"),
    ("serve.https", "用户经代理以 https 访问：cookie 只经 https 发送"),
    ("import", "导入文件；同一文件导入两次不会重复"),
    ("import.data", "数据目录；没有则新建"),
    (
        "import.kind",
        "数据类型：orders、events、customers、tickets、surveys、contracts、payments、follow-ups（跟进记录）、snapshot（按周期汇总）、ledger（客户台账）、facts（明细，Parquet）；不写则自动识别",
    ),
    ("import.mapping", "字段对应文件，代替自动识别"),
    ("import.source", "来源名称；不写则用数据类型"),
    ("import.sheet", "工作表名称；不写则用第一张"),
    ("import.observed_on", "客户表所反映的日期"),
    ("import.timezone", "未写时区的时间所用时区；空目录上同时定为企业时区"),
    ("import.rejects", "未导入的行连同原因写到此文件"),
    ("import.dry_run", "只检查并报告，不写入"),
    ("import.undo", "按编号撤销先前的一次导入"),
    ("import.files", "CSV、TSV、Excel、Parquet、JSON 或 NDJSON 文件，也可以是 gzip、zip"),
    ("source", "数据来源，以及由对方推送的来源的密钥"),
    ("source.add", "新增一个来源及其密钥"),
    ("source.add.data", "数据目录；没有则新建"),
    (
        "source.add.kind",
        "来源类型：segment、sensors、webhook、jiandaoyun、wecom、postgres、mysql、sqlite、sqlserver、http、folder、sftp",
    ),
    ("source.add.settings", "全部设置（JSON 文件）；下列选项覆盖其中的同名项"),
    ("source.add.secrets", "密钥（JSON 文件），如 {\"api_key\": \"…\"}"),
    ("source.add.password_file", "写有密码的文件"),
    ("source.add.host", "数据库服务器"),
    ("source.add.port", "端口；不写则用默认端口"),
    ("source.add.database", "数据库名"),
    ("source.add.user", "登录用户"),
    ("source.add.path", "SQLite 数据库文件，或要监视的文件夹"),
    ("source.add.tls", "连接加密方式"),
    ("source.add.query", "一条 SELECT，或表名"),
    ("source.add.watermark", "每次变更都会增大的列（水位）"),
    ("source.add.key", "唯一标识一行的列，用逗号分隔"),
    ("source.add.kind_of_rows", "行的内容：orders、customers、events 等；不写则猜测"),
    ("source.add.every_minutes", "每隔多少分钟读取一次"),
    ("source.add.daily_at", "每天读取一次的时刻（企业时区，HH:MM）"),
    ("source.test", "来源能否连通、能否听懂所问"),
    ("source.test.data", "数据目录"),
    ("source.test.name", "来源名称"),
    ("source.preview", "来源的前几行及其读法；不写入任何数据"),
    ("source.preview.data", "数据目录"),
    ("source.preview.name", "来源名称"),
    ("source.run", "立即读取来源中的新内容"),
    ("source.run.data", "数据目录"),
    ("source.run.name", "来源名称"),
    ("source.runs", "来源的读取记录，新的在前"),
    ("source.runs.data", "数据目录"),
    ("source.runs.name", "来源名称"),
    ("source.add.name", "来源名称，也是其明细的来源名"),
    ("source.add.strict", "严格模式：调用中有一处错误即整体拒收"),
    ("source.list", "全部来源"),
    ("source.list.data", "数据目录"),
    ("source.rotate", "更换来源的密钥；旧密钥随即失效"),
    ("source.rotate.data", "数据目录"),
    ("source.rotate.name", "来源名称"),
    ("source.remove", "移除来源；它带来的明细仍在"),
    ("source.remove.data", "数据目录"),
    ("source.remove.name", "来源名称"),
    ("facts", "一位或全部客户的明细记录"),
    ("facts.data", "数据目录"),
    ("facts.customer", "只看这位客户"),
    ("facts.as_of", "截至时点；不写则为现在"),
    ("facts.out", "写到文件（.csv .parquet .xlsx .json）；不写则输出到终端"),
    ("indicators", "每位客户一行，每个指标一列；数据不足处留空"),
    ("indicators.data", "数据目录"),
    ("indicators.facts", "不用目录，直接读明细文件"),
    ("indicators.as_of", "截至时点；可重复"),
    ("indicators.every", "从每个截至时点往前，每隔这么久再取一个时点"),
    ("indicators.moments", "每个截至时点往前一共取几个时点"),
    ("indicators.check", "检查指标定义文件或目录是否正确"),
    ("indicators.check.path", "定义文件或目录"),
    ("indicators.efficacy", "回放历史：每个指标预示流失有多准"),
    ("indicators.efficacy.data", "数据目录"),
    ("indicators.efficacy.churn", "流失口径；不写则用企业的"),
    ("indicators.efficacy.as_of", "历史截至时点；不写则为最近一个零点"),
    ("indicators.efficacy.catalog", "指标定义文件或目录；不写则用自带的"),
    ("indicators.efficacy.horizon", "没有合同到期日时往后看多少天；不写则由流失口径决定"),
    ("indicators.efficacy.out", "写到文件（.csv .parquet .xlsx .json）；不写则输出到终端"),
    ("indicators.schema", "指标定义文件的 JSON Schema"),
    ("indicators.sql", "把指标定义写成一条 SQL 查询（DuckDB 写法），供数据仓库核对或复用"),
    ("indicators.sql.catalog", "指标定义文件或目录；不写则用自带的"),
    ("indicators.sql.as_of", "截至时点；不写则为最近一个零点"),
    ("indicators.sql.id", "只要这个指标；可重复"),
    ("indicators.sql.facts", "从这个明细文件读，口径同 liuke indicators --facts：文件的第一条明细起各来源都算有数据"),
    ("indicators.sql.table", "从这张表读（列与明细库相同）：各来源从自己的第一条明细起算有数据"),
    ("indicators.sql.timezone", "企业时区"),
    ("indicators.sql.out", "写到文件；不写则输出到终端"),
    (
        "indicators.catalog",
        "指标定义文件或目录；不写则用自带的。在分群或价值层内比较的要配 --data：谁在哪一群，数据目录才知道",
    ),
    ("indicators.timezone", "配合 --facts 的企业时区"),
    ("indicators.out", "写到文件（.csv .parquet .xlsx .json）；不写则输出到终端"),
    ("indicators.reasons", "每个指标加一列，说明为何数据不足"),
    ("indicators.explain", "说明读取了什么、走哪条路、每一步用时"),
    ("score", "每位客户有多令人担心，为什么"),
    ("score.data", "数据目录"),
    ("score.as_of", "截至时点"),
    ("score.facts", "明细文件（Parquet），代替数据目录"),
    ("score.timezone", "明细文件所用的企业时区"),
    ("score.scorecard", "打分卡编号，或试用的定义文件（.toml）；不写则用当前的"),
    ("score.out", "写到文件（.csv .parquet .xlsx .json）；不写则输出到终端"),
    ("run", "运行一整轮：指标、评分、预警、跟进单；重复运行不会改变什么"),
    ("run.data", "数据目录"),
    ("run.as_of", "截至时点；不写则为最近一个零点"),
    ("backtest", "回测：把打分卡、规则或外部评分放回企业自己的历史，看能提前发现谁、提前多久"),
    ("backtest.data", "数据目录"),
    (
        "backtest.scorer",
        "回放什么：health（打分卡）、rules（现有规则）、rule:编号、model:编号，或 table:文件（customer_id、date、score 三列）",
    ),
    ("backtest.churn", "流失口径，或 table:文件（customer_id、left_at 两列）；不写则用企业的"),
    ("backtest.from", "起点"),
    ("backtest.to", "终点"),
    ("backtest.template", "用这个行业模板的规则和打分卡；不写则用企业的"),
    ("backtest.budget", "每周几条预警；不写则按规则自己的"),
    ("backtest.lead", "至少提前多久预警才算数"),
    ("backtest.horizon", "最多提前多久"),
    ("backtest.out", "同时把每位流失客户和每条预警写到文件（.csv .parquet .xlsx .json）"),
    ("model", "已有的模型：导入外部模型、两个模型对比、看一个模型是否还准"),
    (
        "model.add",
        "把外部模型的分数表作为候选模型：customer_id、as_of、score（0 到 1）和 horizon，或每个预测期一列（p_90d）",
    ),
    ("model.add.data", "数据目录"),
    ("model.add.table", "分数表：CSV、Excel、Parquet 或 JSON"),
    ("model.add.name", "名称；不写则用文件名"),
    ("model.add.churn", "流失口径；不写则用企业的"),
    ("model.add.horizon", "表里没写预测期时用它；有多个预测期时主要看它"),
    ("model.add.lasts", "一个分数的有效期；过期的分数不再使用"),
    ("model.compare", "在两个模型都没学过的同一批客户和时点上对比"),
    ("model.compare.data", "数据目录"),
    ("model.compare.id", "模型编号"),
    ("model.compare.with", "另一个模型的编号；不写则与在用的比"),
    ("model.drift", "一个模型检验之后逐月的变化"),
    ("model.drift.data", "数据目录"),
    ("model.drift.id", "模型编号"),
    ("train", "训练：先看历史够不够，够则训练一个候选流失模型并附模型卡"),
    ("train.data", "数据目录"),
    ("train.churn", "流失口径；不写则用企业的"),
    ("train.horizon", "报告哪个预测期：30d、60d、90d 或 180d；同一个模型都能回答"),
    ("train.as_of", "截至时点；不写则为最近一个零点"),
    ("train.seed", "随机种子"),
    ("train.out", "同时把检验的每一行写到文件（.csv .parquet .xlsx .json）：当时怎么说，后来是否流失"),
    (
        "train.frame",
        "同时把学习与检验的每一行写到文件（.parquet），供别的算法学习：客户、时点、按时间的分段、各预测期内是否流失、每个指标",
    ),
    ("sim", "虚拟企业：明细写成 Parquet，旁边是只有它自己知道的真相"),
    ("sim.template", "行业"),
    ("sim.customers", "历史上共有多少客户"),
    ("sim.days", "历史天数"),
    ("sim.seed", "随机种子"),
    ("sim.end", "最后一天之后的零点；不写则为 2026-01-01"),
    ("sim.world", "其余参数的文件"),
    ("sim.out", "输出目录"),
    ("doctor", "检查：已配置什么、缺什么、怎么补"),
    ("doctor.data", "数据目录"),
    ("lab", "分析师的实验台：直接在一张表上运行各种方法，不用数据目录"),
    ("lab.classify", "谁可能流失：在任何带标签的表上运行流失概率模型，并用它没见过的行检验"),
    ("lab.classify.table", "表文件：CSV、Excel、Parquet 或 JSON"),
    ("lab.classify.id", "客户编号所在的列；同一客户的各行不会分在两边"),
    ("lab.classify.label", "是否流失所在的列；只有一列明显是时可以不写"),
    ("lab.classify.positive", "该列中表示流失的值；不写则自动识别 yes、true、1、是、流失"),
    ("lab.classify.folds", "交叉验证的折数"),
    ("lab.classify.seed", "随机种子"),
    ("lab.classify.fold_column", "用现成的分折：文件:列名；按其“row”列、客户编号或逐行对应"),
    ("lab.classify.out", "把行号、编号、标签、折和概率写到文件（.csv .parquet .xlsx .json）"),
    ("lab.rules", "哪些客户流失得比别人多：最多三个条件的规则，在一半客户上发现，在另一半上验证"),
    ("lab.rules.table", "表文件：CSV、Excel、Parquet 或 JSON"),
    ("lab.rules.id", "客户编号所在的列；同一客户的各行不会分在两边"),
    ("lab.rules.label", "是否流失所在的列；只有一列明显是时可以不写"),
    ("lab.rules.positive", "该列中表示流失的值；不写则自动识别 yes、true、1、是、流失"),
    ("lab.rules.seed", "随机种子：哪些客户分在哪一半"),
    ("lab.rules.out", "把规则写到文件（.csv .parquet .xlsx .json）"),
    ("lab.survival", "留存曲线（Kaplan–Meier）与 Cox 模型：谁会留多久，什么让人走得更早"),
    ("lab.survival.table", "表文件：CSV、Excel、Parquet 或 JSON"),
    ("lab.survival.duration", "时长所在的列"),
    ("lab.survival.event", "是否流失所在的列"),
    ("lab.survival.positive", "该列中表示流失的值；不写则自动识别 1/0、Yes/No、是/否"),
    ("lab.survival.covariates", "用来解释流失的列，用逗号分隔；all 表示其余所有列"),
    ("lab.survival.penalty", "岭惩罚，作用于标准化后的列"),
    ("lab.survival.ties", "同一时刻多人流失时的算法"),
    ("lab.survival.group", "按该列的每个值各画一条曲线，并做 log-rank 检验"),
    ("lab.survival.at", "要报告的时点，用逗号分隔"),
    ("lab.survival.folds", "交叉验证的折数"),
    ("lab.survival.seed", "随机种子"),
    ("lab.survival.fold_column", "用现成的分折：文件:列名"),
    ("lab.survival.out", "把曲线写到文件（.csv .parquet .xlsx .json）"),
    ("lab.btyd", "非合同客户会再买几次、值多少钱：BG/NBD、Pareto/NBD 等模型与 Gamma-Gamma"),
    ("lab.btyd.table", "购买记录：CSV、Excel、Parquet 或 JSON，每行一笔"),
    ("lab.btyd.customer", "客户所在的列"),
    ("lab.btyd.date", "日期所在的列；同一天的购买算一次"),
    ("lab.btyd.amount", "金额所在的列；有它才能估计价值"),
    ("lab.btyd.calibration_end", "学习到哪一天为止（含当天）；之后的数据用来检验"),
    ("lab.btyd.horizon", "往前看多久：39w、90d、6mo、1y"),
    ("lab.btyd.unit", "参数所用的时间单位"),
    ("lab.btyd.models", "要拟合的模型，用逗号分隔；客户的数字取自第一个"),
    ("lab.btyd.discount", "一年的折现率"),
    ("lab.btyd.margin", "金额中毛利的比例"),
    ("lab.btyd.draws", "为每位客户抽取多少种未来，以给出价值区间；0 表示不要"),
    ("lab.btyd.seed", "随机种子"),
    ("lab.btyd.out", "把每位客户的结果写到文件（.csv .parquet .xlsx .json）"),
    ("openapi", "打印接口说明"),
];

/// Address of the program itself.
const ROOT: &str = "liuke";

const TEMPLATE: &str = "{about}\n\n用法：{usage}\n\n{all-args}{after-help}\n";

/// The command line with its help in one language.
pub(crate) fn localised(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Zh => {
            let usages = usages(&command);
            in_chinese(command, ROOT, &usages)
        }
    }
}

/// How each command is called, in Chinese, by its address.
fn usages(command: &Command) -> HashMap<String, String> {
    let mut built = command.clone();
    built.build();
    let mut usages = HashMap::new();
    note_usages(&mut built, ROOT, &mut usages);
    usages
}

fn note_usages(command: &mut Command, address: &str, usages: &mut HashMap<String, String>) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("[OPTIONS]", "[选项]").replace("<COMMAND>", "<命令>");
    usages.insert(address.to_owned(), usage);
    for inner in command.get_subcommands_mut() {
        let address = below(address, inner.get_name());
        note_usages(inner, &address, usages);
    }
}

/// The address of something inside a command: what stands in the root stands by itself.
fn below(address: &str, name: &str) -> String {
    if address == ROOT { name.to_owned() } else { format!("{address}.{name}") }
}

fn chinese(key: &str) -> Option<&'static str> {
    HELP.iter().find(|(known, _)| *known == key).map(|(_, words)| *words)
}

fn in_chinese(command: Command, address: &str, usages: &HashMap<String, String>) -> Command {
    let example = command.get_after_help().map(|help| help.to_string().replace("Example:", "示例："));
    let ids: Vec<String> = command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    let inner: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let mut command = command
        .help_template(TEMPLATE)
        .next_help_heading("选项")
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .disable_help_flag(true)
        .arg(
            clap::arg!(-h - -help)
                .help("显示帮助")
                .action(clap::ArgAction::Help)
                .help_heading("选项")
                .display_order(999),
        );
    if address == ROOT {
        let version = clap::arg!(-V - -version).help("显示版本").action(clap::ArgAction::Version).help_heading("选项");
        command = command.disable_version_flag(true).arg(version);
    }
    if let Some(usage) = usages.get(address) {
        command = command.override_usage(usage);
    }
    if let Some(about) = chinese(address) {
        command = command.about(about);
    }
    if let Some(example) = example {
        command = command.after_help(example);
    }
    for id in ids {
        let words = chinese(&below(address, &id)).or_else(|| chinese(&id));
        command = command.mut_arg(id, |argument| {
            let heading = if argument.is_positional() { "参数" } else { "选项" };
            let chosen = argument.get_action().takes_values();
            let argument = argument.help_heading(heading);
            let argument = if chosen { argument.hide_possible_values(true) } else { argument };
            let Some(words) = words else { return argument };
            let values: Vec<_> =
                argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
            match values.is_empty() {
                true => argument.help(words),
                false => argument.help(format!("{words}（默认 {}）", values.join("、"))).hide_default_value(true),
            }
        });
    }
    for one in inner {
        let address = below(address, &one);
        command = command.mut_subcommand(one, |inner| in_chinese(inner, &address, usages));
    }
    command
}

/// What a wrong call is answered with.
pub(crate) fn refusal(error: &Error, lang: Lang) -> String {
    if lang == Lang::En {
        return error.to_string();
    }
    let of = |kind: ContextKind| error.get(kind).map(shown).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let said = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有参数 {argument}"),
        ErrorKind::InvalidSubcommand => format!("没有命令 {}", of(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少参数 {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("参数 {argument} 缺少取值"),
        ErrorKind::InvalidValue => match error.get(ContextKind::ValidValue) {
            Some(valid) => format!("参数 {argument} 不能是“{value}”，可选：{}", shown(valid)),
            None => format!("参数 {argument} 不能是“{value}”"),
        },
        ErrorKind::ValueValidation => format!("参数 {argument} 不能是“{value}”{}", reason(error)),
        ErrorKind::ArgumentConflict => format!("参数 {argument} 不能与 {} 同用", of(ContextKind::PriorArg)),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("参数 {argument} 的个数不对")
        }
        _ => return error.to_string(),
    };
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near: Vec<String> = near.into_iter().map(of).filter(|word| !word.is_empty()).collect();
    let near = if near.is_empty() { String::new() } else { format!("（是否想写 {}？）", near.join("、")) };
    format!("错误：{said}{near}\n提示：加上 --help 查看用法\n")
}

/// What the argument's own reader said, as far as signs tell it: the range it lies in, or an example.
fn reason(error: &Error) -> String {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let after = |mark: &str, zh: &str| said.split_once(mark).map(|(_, rest)| format!("，{zh} {rest}"));
    after(" is not in ", "范围").or_else(|| after("for example ", "例如")).unwrap_or_default()
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::arguments::Cli;
    use super::*;

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages_with_an_example() {
        assert!(chinese(ROOT).is_some());
        explained(&Cli::command(), ROOT);
    }

    fn explained(command: &Command, address: &str) {
        for inner in command.get_subcommands() {
            let address = below(address, inner.get_name());
            assert!(chinese(&address).is_some(), "{address}");
            assert!(inner.get_about().is_some(), "{address}");
            assert!(inner.get_after_help().is_some_and(|help| help.to_string().contains("liuke")), "{address}");
            for argument in inner.get_arguments() {
                let key = below(&address, argument.get_id().as_str());
                assert!(chinese(&key).is_some(), "{key}");
                assert!(argument.get_help().is_some(), "{key}");
            }
            explained(inner, &address);
        }
    }

    #[test]
    fn a_wrong_call_is_answered_in_the_callers_language() {
        let called = |argv: &[&str]| {
            let error = localised(Cli::command(), Lang::Zh).try_get_matches_from(argv).unwrap_err();
            refusal(&error, Lang::Zh)
        };
        assert!(called(&["liuke", "score", "--data", "d"]).contains("缺少参数 --as-of <T>"));
        assert!(called(&["liuke", "scor"]).contains("没有命令 scor"));
        assert!(called(&["liuke", "run", "--dat", "d"]).contains("没有参数 --dat"));
        let backtest = ["liuke", "backtest", "--data", "d", "--scorer", "health", "--from", "f", "--to", "t"];
        let asked = |more: &[&'static str]| called(&[&backtest[..], more].concat());
        assert!(asked(&["--budget", "0"]).contains("不能是“0”，范围 1..=1000000"));
        assert!(asked(&["--lead", "soon"]).contains("不能是“soon”，例如 14d"));
        assert!(asked(&["--lead", "9000d"]).contains("范围 1d..=730d"));
        assert!(called(&["liuke", "demo", "--listen", "here"]).contains("例如 127.0.0.1:8080"));
    }

    #[test]
    fn the_chinese_help_shows_no_english_headings() {
        let mut command = localised(Cli::command(), Lang::Zh);
        let help = command.find_subcommand_mut("score").unwrap().render_help().to_string();
        for word in ["Usage", "OPTIONS", "Options", "default:", "possible values", "Print help", "Example"] {
            assert!(!help.contains(word), "{word} in\n{help}");
        }
        assert!(help.contains("示例："), "{help}");
    }
}
