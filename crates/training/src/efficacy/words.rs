//! The answer in sentences, in both languages.

use indicators::{Catalog, Worse};
use vocab::Text;

use super::looks::Looks;
use super::measured::within;
use super::{Direction, Efficacy, Figures, Note, Verdict};

/// Says nearly the same as another.
const NEARLY_THE_SAME: f64 = 0.85;
/// A shift of the distribution worth a word, if luck does not explain it.
const SHIFTED: f64 = 0.25;

/// Writes everybody's sentence.
pub(super) fn tell(found: &mut [Efficacy], catalog: &Catalog, looks: &Looks) {
    let names: Vec<(String, Text)> = found.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
    let name_of =
        |id: &str| names.iter().find(|(known, _)| known == id).map_or(Text::new(id, id), |(_, name)| name.clone());
    let rate = within(looks.design);
    for one in found.iter_mut() {
        let declared = catalog.get(&one.id).map_or(Worse::None, |indicator| indicator.worse);
        one.sentence = sentence(one, declared, &rate, &name_of);
    }
}

fn sentence(one: &Efficacy, declared: Worse, rate: &Text, name_of: &dyn Fn(&str) -> Text) -> Text {
    let Text { zh, en } = &one.name;
    let Some(figures) = &one.figures else {
        let known = one.coverage * 100.0;
        return Text::new(
            format!("“{zh}”无法判断：{known:.0}% 的记录有数，太少，或全都一样"),
            format!("\"{en}\" cannot be judged: {known:.0} % of the rows have a number, too few, or all the same"),
        );
    };
    let (low, high) = figures.interval;
    let strength = format!("{:.2}（{low:.2}–{high:.2}）", figures.auc);
    let strength_en = format!("AUC {:.2} ({low:.2}–{high:.2})", figures.auc);
    let mut said = match one.verdict {
        Verdict::Leak => Text::new(
            format!(
                "“{zh}”好得不真实：区分力 {strength}。它多半是流失的结果，或直接记着答案，不能用来预警；请查这些数据是何时、怎么写入的"
            ),
            format!(
                "\"{en}\" is too good to be true: {strength_en}. It is most likely an effect of leaving, or holds the answer itself, and must not be used as a warning; find out when and how its data are written"
            ),
        ),
        Verdict::Signal => signal(one, figures, rate, &strength, &strength_en),
        Verdict::NoSignal if figures.is_more_than_luck() => Text::new(
            format!("“{zh}”与流失的关系太弱，派不上用场：区分力 {strength}"),
            format!("\"{en}\" goes with leaving too weakly to be of use: {strength_en}"),
        ),
        Verdict::NoSignal | Verdict::TooLittle => Text::new(
            format!("看不出“{zh}”与流失有关：区分力 {strength}，检验过这么多指标后，偶然就能解释"),
            format!(
                "\"{en}\" shows no relation to leaving: {strength_en}, which luck explains among so many indicators"
            ),
        ),
    };
    let opposed = match (declared, figures.direction) {
        (Worse::Higher, Direction::Lower) | (Worse::Lower, Direction::Higher) => one.verdict == Verdict::Signal,
        _ => false,
    };
    if opposed {
        said.zh.push_str("；与定义里写的方向相反");
        said.en.push_str("; the other way round than its definition says");
    }
    if one.verdict != Verdict::Leak {
        add_partial(&mut said, one, figures, name_of);
    }
    if let Some((other, rho)) = figures.closest.as_ref().filter(|(_, rho)| rho.abs() >= NEARLY_THE_SAME) {
        let name = name_of(other);
        said.zh.push_str(&format!("；与“{}”几乎说的是同一件事（秩相关 {rho:.2}）", name.zh));
        said.en.push_str(&format!("; says nearly the same as \"{}\" (rank correlation {rho:.2})", name.en));
    }
    if figures.drift.is_some_and(|drift| drift.stability > drift.bound && drift.stability > SHIFTED) {
        said.zh.push_str("；它的分布各月变化很大，换个时期未必还灵");
        said.en.push_str("; its distribution shifts much from month to month, so it may not hold at another time");
    }
    said
}

fn signal(one: &Efficacy, figures: &Figures, rate: &Text, strength: &str, strength_en: &str) -> Text {
    let Text { zh, en } = &one.name;
    let (way, way_en, tenth, tenth_en) = match figures.direction {
        Direction::Higher => ("越高", "The higher", "最高", "highest"),
        Direction::Lower => ("越低", "The lower", "最低", "lowest"),
        Direction::Unusual => ("越反常（过多或过少）", "The more unusual, high or low,", "最反常", "most unusual"),
    };
    let (worst, lift) = (figures.worst_rate * 100.0, figures.lift.first().copied().unwrap_or(1.0));
    let (mut ahead, mut ahead_en) = (String::new(), String::new());
    if let Some(days) = figures.lead_days {
        ahead = format!("，提前 {days:.0} 天（中位数）");
        ahead_en = format!(", a median of {days:.0} days ahead");
    }
    Text::new(
        format!(
            "“{zh}”{way}，越容易流失：{tenth}的一成客户{} {worst:.1}%，是平均的 {lift:.1} 倍；区分力 {strength}{ahead}",
            rate.zh
        ),
        format!(
            "{way_en} \"{en}\", the more leave: in the {tenth_en} tenth the {} is {worst:.1} %, {lift:.1} times the average; {strength_en}{ahead_en}",
            rate.en
        ),
    )
}

/// Where the direction turns with the others held fixed: both directions, and why.
fn add_partial(said: &mut Text, one: &Efficacy, figures: &Figures, name_of: &dyn Fn(&str) -> Text) {
    let Some(partial) = &figures.partial else { return };
    if figures.direction == Direction::Unusual || partial.direction() == figures.direction {
        return;
    }
    let Some((other, rho)) = partial.beside.first() else { return };
    let other = name_of(other);
    let turned = |direction| match direction {
        Direction::Lower => ("越低", "the lower"),
        _ => ("越高", "the higher"),
    };
    let ((alone, alone_en), (beside, beside_en)) = (turned(figures.direction), turned(partial.direction()));
    let (also, also_en) = if *rho >= 0.0 { ("也多", "much") } else { ("反而少", "little") };
    let (open, open_en) = match partial.is_open() {
        true => ("（区间含 0，方向未定）", " (its interval holds 0, so the direction is open)"),
        false => ("", ""),
    };
    said.zh.push_str(&format!(
        "；单独看{alone}越容易流失，其他指标相同时却是{beside}越容易流失{open}：“{}”多的客户“{}”{also}（秩相关 {rho:.2}），单独看时显出来的是后者的作用",
        one.name.zh, other.zh
    ));
    said.en.push_str(&format!(
        "; alone {alone_en} the more leave, with the other indicators held fixed {beside_en} the more leave{open_en}: who has much of \"{}\" has {also_en} of \"{}\" (rank correlation {rho:.2}), and alone it shows the work of the latter",
        one.name.en, other.en
    ));
}

/// The whole answer in one sentence.
pub(super) fn headline(found: &[Efficacy], notes: &[Note]) -> Text {
    let named = |verdict: Verdict, most: usize| -> (Vec<&str>, Vec<&str>) {
        let mut of: Vec<&Efficacy> = found.iter().filter(|one| one.verdict == verdict).collect();
        let strength = |one: &Efficacy| one.figures.as_ref().map_or(0.0, |figures| figures.auc);
        of.sort_by(|a, b| strength(b).total_cmp(&strength(a)));
        of.truncate(most);
        of.iter().map(|one| (one.name.zh.as_str(), one.name.en.as_str())).unzip()
    };
    let count = |verdict: Verdict| found.iter().filter(|one| one.verdict == verdict).count();
    let tested = found.len() - count(Verdict::TooLittle);
    if tested == 0 {
        let why = notes.iter().find(|note| matches!(note.code, "too_few_leavers" | "not_yet"));
        return why.map_or_else(
            || Text::new("没有一个指标有足够的数据可以检验", "no indicator has enough data to be tested"),
            |note| note.text.clone(),
        );
    }
    let signals = count(Verdict::Signal);
    let mut said = if signals == 0 {
        Text::new(
            format!("没有发现信号：检验了 {tested} 个指标，没有一个与流失的关系超出偶然或强到有用"),
            format!(
                "no signal was found: {tested} indicators were tested, and none goes with leaving more than luck explains and strongly enough to be of use"
            ),
        )
    } else {
        let (zh, en) = named(Verdict::Signal, 3);
        Text::new(
            format!(
                "检验了 {tested} 个指标，找到 {signals} 个信号（其中偶然的约占 5% 以内）；最强的是{}",
                zh.join("、")
            ),
            format!(
                "{tested} indicators were tested and {signals} are signals (at most about 5 % of them by luck); the strongest: {}",
                en.join(", ")
            ),
        )
    };
    let (zh, en) = named(Verdict::Leak, 5);
    if !zh.is_empty() {
        said.zh.push_str(&format!("；疑似泄漏答案、不算数的：{}", zh.join("、")));
        said.en.push_str(&format!("; suspected of giving the answer away and not counted: {}", en.join(", ")));
    }
    said
}
