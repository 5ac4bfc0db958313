//! What customers write and what staff note down, put together from phrases by what it is about.

use rand::Rng;

use crate::chance::pick;
use crate::hidden::Cause;

/// What a ticket is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    HowTo,
    Bug,
    Performance,
    Billing,
    Price,
    MissingFeature,
    Export,
    Account,
}

impl Topic {
    /// The ticket's category.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Topic::HowTo => "how_to",
            Topic::Bug => "bug",
            Topic::Performance => "performance",
            Topic::Billing => "billing",
            Topic::Price => "price",
            Topic::MissingFeature => "missing_feature",
            Topic::Export => "data_export",
            Topic::Account => "account",
        }
    }

    /// What somebody writes about who has begun to think of leaving over this cause; silence is `None`.
    pub(crate) fn of_complaint(cause: Cause) -> Option<Topic> {
        match cause {
            Cause::Price => Some(Topic::Price),
            Cause::ProductFit => Some(Topic::MissingFeature),
            Cause::Service => Some(Topic::Bug),
            Cause::ContactLeft => Some(Topic::Account),
            Cause::Competitor => Some(Topic::Export),
            Cause::NonPayment => Some(Topic::Billing),
            Cause::Silent => None,
        }
    }

    fn phrases(self, english: bool) -> &'static [&'static str] {
        match (self, english) {
            (Topic::HowTo, false) => &[
                "请问怎么批量导入客户名单？",
                "新同事入职，如何给他开权限？",
                "想按部门看统计报表，在哪里设置？",
                "移动端如何绑定企业微信？",
            ],
            (Topic::HowTo, true) => &[
                "How do I import a list of customers in one go?",
                "Where can I set permissions for a new colleague?",
                "Can the weekly report be split by department?",
            ],
            (Topic::Bug, false) => &[
                "点击保存后一直转圈，数据没有存上。",
                "报表合计与明细对不上，差了好几条。",
                "昨天开始审批流程卡住，没有人收到通知。",
                "上传附件提示未知错误，换了浏览器也不行。",
            ],
            (Topic::Bug, true) => &[
                "Saving a form spins for ever and nothing is stored.",
                "The totals of the report do not match its rows.",
                "Approvals have been stuck since yesterday and nobody is notified.",
            ],
            (Topic::Performance, false) => {
                &["系统打开非常慢，高峰期基本没法用。", "列表翻页要等十几秒。", "今天上午好几次连不上。"]
            }
            (Topic::Performance, true) => {
                &["Pages take more than ten seconds at peak hours.", "The service was unreachable several times today."]
            }
            (Topic::Billing, false) => &[
                "请协助开具上季度的增值税专用发票。",
                "付款被银行退回，请重新发送付款链接。",
                "账单金额与合同不一致，请核对。",
            ],
            (Topic::Billing, true) => {
                &["Please send the invoice of last quarter again.", "The amount billed differs from our contract."]
            }
            (Topic::Price, false) => &[
                "续费价格比去年涨了不少，能否给个优惠？",
                "同类产品便宜很多，我们领导觉得性价比不高。",
                "想了解能不能降到基础版，现在的预算撑不住。",
            ],
            (Topic::Price, true) => &[
                "The renewal quote is much higher than last year. Is there a discount?",
                "Management finds the price hard to justify; can we move to a smaller plan?",
            ],
            (Topic::MissingFeature, false) => &[
                "我们需要多组织架构，现在的版本做不到。",
                "没有和 ERP 的对接，每天要手工导两遍数据。",
                "问了三次的自定义字段联动，什么时候能上线？",
            ],
            (Topic::MissingFeature, true) => &[
                "We still cannot connect our ERP and copy everything by hand.",
                "Asked three times for linked custom fields. Any date?",
            ],
            (Topic::Export, false) => &[
                "请问如何导出全部历史数据？",
                "需要一份完整的数据备份，包括附件。",
                "API 导出有次数限制吗？我们要全量导出。",
            ],
            (Topic::Export, true) => &[
                "How can we export all of our history, attachments included?",
                "Is there a limit on full exports by API?",
            ],
            (Topic::Account, false) => &[
                "原来的管理员离职了，账号怎么转给我？",
                "我是新来的负责人，请问我们买了哪些功能？",
                "请停用几位离职同事的账号。",
            ],
            (Topic::Account, true) => &[
                "Our administrator has left; how do I take over the account?",
                "I am new here. Which modules did we buy?",
            ],
        }
    }
}

/// Topics of everyday tickets, likelier ones repeated.
pub(crate) const EVERYDAY: [Topic; 8] = [
    Topic::HowTo,
    Topic::HowTo,
    Topic::HowTo,
    Topic::Bug,
    Topic::Performance,
    Topic::Billing,
    Topic::Account,
    Topic::MissingFeature,
];

/// The words of a ticket; the angry add a sentence.
pub(crate) fn ticket(rng: &mut impl Rng, topic: Topic, english: bool, angry: bool) -> String {
    let mut text = pick(rng, topic.phrases(english)).to_owned();
    if angry {
        let complaint: &[&str] = match english {
            false => {
                &["已经反馈过很多次了，没有人跟进！", "再这样我们只能考虑换一家了。", "非常影响业务，请尽快处理！"]
            }
            true => &[" Reported several times and nobody follows up!", " We may have to look for an alternative."],
        };
        text.push_str(pick(rng, complaint));
    }
    text
}

/// What goes with a survey answer; most say nothing.
pub(crate) fn survey(rng: &mut impl Rng, unhappy: bool, english: bool) -> Option<String> {
    if rng.random::<f64>() < 0.55 {
        return None;
    }
    let options: &[&str] = match (unhappy, english) {
        (false, false) => {
            &["整体不错，客服响应很及时。", "功能够用，界面清爽。", "用了两年，比较稳定。", "推荐给了同行。"]
        }
        (true, false) => {
            &["价格偏高，功能更新慢。", "问题反映了一直没解决。", "操作太复杂，同事都不愿意用。", "客服回复太慢。"]
        }
        (false, true) => &["Works well and support answers quickly.", "Stable, easy to use.", "We recommend it."],
        (true, true) => {
            &["Too expensive for what we use.", "Issues stay open for weeks.", "Too complicated for our team."]
        }
    };
    Some(pick(rng, options).to_owned())
}

/// What a member of staff writes after a call.
pub(crate) fn call_note(rng: &mut impl Rng, unhappy: bool) -> &'static str {
    let options: &[&str] = match unhappy {
        false => &[
            "例行回访，使用正常。",
            "介绍了新版报表功能，客户感兴趣。",
            "确认续约意向，客户满意。",
            "协助完成新员工培训。",
        ],
        true => &[
            "客户反映使用率不高，约下周上门。",
            "客户对价格有异议，需要申请优惠。",
            "客户抱怨响应慢，已转客服主管。",
            "联系人态度冷淡，未深谈。",
        ],
    };
    pick(rng, options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};

    #[test]
    fn tickets_are_written_in_the_customers_language() {
        let mut rng = stream(1, 1, Purpose::Birth, 0);
        for topic in [Topic::HowTo, Topic::Bug, Topic::Performance, Topic::Billing, Topic::Price, Topic::Export] {
            assert!(ticket(&mut rng, topic, true, true).is_ascii());
            assert!(!ticket(&mut rng, topic, false, false).is_ascii());
        }
    }

    #[test]
    fn whoever_fades_out_does_not_complain() {
        assert_eq!(Topic::of_complaint(Cause::Silent), None);
        assert_eq!(Topic::of_complaint(Cause::Price), Some(Topic::Price));
    }
}
