//! A churn definition as a sentence.

use vocab::Text;

use crate::definition::{ChurnDefinition, ChurnRule};

impl ChurnDefinition {
    /// What leaving means, in one sentence made of the rules themselves: it always says what is computed.
    pub fn in_words(&self) -> Text {
        let rules: Vec<Text> = self.rules().into_iter().map(words).collect();
        let zh: Vec<&str> = rules.iter().map(|rule| rule.zh.as_str()).collect();
        let en: Vec<&str> = rules.iter().map(|rule| rule.en.as_str()).collect();
        Text::new(
            format!("客户{}，即为流失", zh.join("，或")),
            format!("A customer has left when it {}", en.join(", or when it ")),
        )
    }

    /// How product lines are left, in one sentence; `None` where they are not left one by one.
    pub fn lines_in_words(&self) -> Option<Text> {
        let names = self.product_lines.as_ref()?;
        let property = names.properties.join("、");
        Some(Text::new(
            format!("每条产品线（{property}）单独判断：口径相同，只看写明这条线的明细；离开一条线不算流失"),
            format!(
                "Each product line ({}) is judged by itself, by the same rules on the facts that name it; leaving a line is not leaving",
                names.properties.join(", ")
            ),
        ))
    }

    /// A short name for a definition of one rule that waits for silence; `None` for any other.
    pub fn short_name(&self) -> Option<Text> {
        match &self.rule {
            ChurnRule::Inactivity { of, days } if *of == ChurnRule::customer_made() => {
                Some(Text::new(format!("{days} 天没有任何往来"), format!("Inactive for {days} days")))
            }
            ChurnRule::NoOrder { days } => {
                Some(Text::new(format!("{days} 天没有下单"), format!("No order for {days} days")))
            }
            _ => None,
        }
    }
}

fn words(rule: &ChurnRule) -> Text {
    match rule {
        ChurnRule::Inactivity { of, days } if *of == ChurnRule::customer_made() => Text::new(
            format!("连续 {days} 天没有任何动作（使用、下单、提工单、填问卷、签约）"),
            format!("has done nothing at all for {days} days: no use, no order, no request, no survey, no contract"),
        ),
        ChurnRule::Inactivity { of, days } => {
            let names: Vec<&str> = of
                .iter()
                .flat_map(|one| match one.names.is_empty() {
                    true => one.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
                    false => one.names.iter().map(String::as_str).collect(),
                })
                .collect();
            Text::new(
                format!("连续 {days} 天没有这些动作：{}", names.join("、")),
                format!("has done none of these for {days} days: {}", names.join(", ")),
            )
        }
        ChurnRule::NoOrder { days } => Text::new(
            format!("连续 {days} 天没有下单（取消和退货不算下单）"),
            format!("has placed no order for {days} days (cancellations and returns are not orders)"),
        ),
        ChurnRule::PurchaseGap { times, least_days, most_days } => Text::new(
            format!("超过自己平时下单间隔的 {times} 倍没有下单（至少等 {least_days} 天，最多等 {most_days} 天）"),
            format!(
                "has placed no order for {times} times its own usual gap (at least {least_days}, at most {most_days} days)"
            ),
        ),
        ChurnRule::ContractEnd { grace_days: 0, .. } => {
            Text::new("合同到期当天没有续约", "did not renew its contract by the end of its last day")
        }
        ChurnRule::ContractEnd { grace_days, .. } => Text::new(
            format!("合同到期后 {grace_days} 天内没有续约"),
            format!("has not renewed within {grace_days} days of the end of its contract"),
        ),
        ChurnRule::Cancellation { .. } => Text::new("明确退订或终止合同", "cancelled or ended its contract"),
        ChurnRule::AnyOf(rules) => {
            let (zh, en): (Vec<String>, Vec<String>) = rules.iter().map(words).map(|text| (text.zh, text.en)).unzip();
            Text::new(zh.join("，或"), en.join(", or "))
        }
    }
}
