// 流失概率与流失原因的用语。

export const riskWords = {
  risk: {
    title: '流失概率', means: '在用模型给出的、在这么多天内流失的概率，已校准：被标为 30% 的{{noun}}，每 100 {{m}}约有 30 {{m}}真的流失。', by: '{{churn}} 第 {{number}} 个模型', proven: '已在后来的月份上检验',
    within_other: '{{count}} 天内', usual: '大家平均 {{share}}', usual_within_other: '{{count}} 天内流失的概率；大家平均 {{share}}', now: '现在', stays: '仍在的概率 {{share}}', stays_usual: '大家平均 {{share}}', curve: '留存曲线：{{list}}', curve_about: '留存曲线：这位{{noun}}仍在的概率；虚线是大家的平均。',
    worth_other: '未来 {{count}} 个月预计带来', worth_range: '在 {{low}} 到 {{high}} 之间；一直留下是 {{whole}}', worth_means: '{{measure}}，折合一年 {{yearly}}，每个月的一份乘以那时仍在的概率，越晚的钱打越多折扣（每年 {{discount}}）。最后一个预测期以后，按最后一段的流失速度推算。范围来自模型在检验月份里说得有多准。',
    why: '为什么', why_days_other: '{{count}} 天内的概率为什么是这样', odds_up: '把流失的几率乘以 {{odds}}', odds_down: '把流失的几率乘以 {{odds}}（降低）', more: '还有 {{count}} 项', sort: { voluntary: '主动流失', involuntary: '被动流失', silent: '静默流失', price: '价格型流失', experience: '体验型流失' },
    confirmed: '人工确认过的原因', confirmed_rank: '开单时模型给的第 {{rank}} 个原因', confirmed_not: '开单时模型没有给出这个原因', confirmed_unsaid: '没有对应的原因分支',
    back: '怎样能拉回来', back_about: '只看员工能改变的事', back_means: '在员工能改变的事里，找最小的改动，让模型或打分卡的结果回到安全线。说的是按现在的算法会怎样，不保证做了就有效；有没有用，要靠对照组。', of: { risk: '流失概率', health: '健康分' },
    today: '{{days}} 天内流失概率 {{share}}', column: '流失概率', column_hint: '在用模型：{{days}} 天内 · {{model}}',
  },
  reasons: {
    title: '流失原因', see: '流失原因', back: '流失概览', about: '左边是人工确认的，右边是模型预计的；数都对得上。', quarter: '季度', segment: '分群', everybody: '全部{{noun}}',
    confirmed: '{{quarter}} 为什么走的', confirmed_about: '结案时人工确认', confirmed_sum: '流失 {{left}} {{m}} = 有确认原因 {{confirmed}} + 没有 {{unconfirmed}}；另有 {{only}} {{m}}结案为流失但按流失口径还在', confirmed_none: '这个季度还没有确认过的流失原因', confirmed_none_text: '跟进单结案为“已流失”时选一个原因，就会出现在这里。',
    predicted: '现在最可能走的，为什么', predicted_about: '最可能的一成，按第一原因', predicted_sum: '模型看了 {{asked}} {{m}}，其中 {{count}} {{m}}属于最可能流失的一成（{{days}} 天内概率 {{least}} 以上）', predicted_none: '还没有预计的流失原因',
    branch: '原因', count: '{{noun}}数', tier: { high: '高价值', middle: '中价值', low: '低价值', unknown: '价值未知' }, names: '{{name}}：{{shown}} {{m}}', names_most: '按价值列出前 {{most}} {{m}}', to_models: '去看模型',
    agreement: '两边说得一样吗', agreement_about: '近一年有确认原因的跟进单，对照开单时模型给的原因', agreed: '确认', first: '第一原因就是它', first_two: '前两个里有它', instead: '模型说是它、其实不是',
  },
};
