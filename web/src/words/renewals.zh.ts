// 续约的用语。三种意向（负责人判断、客户答复、按历史推算）分开说，从不混在一起。

export const renewalWords = {
  renewal: {
    sentence_other: '本月有 <b>{{shown}}</b> 份合同到期，年金额 <b>{{amount}}</b>', sentence_none: '本月没有合同到期', open_count_other: '，<b>{{shown}}</b> 份还没有结果', list_sentence_other: '<b>{{shown}}</b> 份合同，年金额 <b>{{amount}}</b>', list_none: '没有符合的合同',
    view: '看法', views: { calendar: '日历', board: '看板', table: '表格' },
    none: '还没有合同', none_text: '导入带到期日的合同（合同编号、签订日期、到期日、金额），这里就会按月列出到期和续约。', none_act: '去导入合同', short_only: '都是按月续的合同', short_text: '这里的合同期都不到 45 天，会自动续，不用一份份去谈，所以不列入。', none_match: '没有符合筛选的合同',
    short_other: '另有 {{shown}} 份合同期不到 45 天，自动续，不列入。', told_until: '合同记录到 {{day}} 为止，之后签的可能还没有进来。', later_other: '再往后还有 {{shown}} 份，{{amount}}。',
    matrix: '谁名下、哪个月到期', month: '月份', total: '合计', due: '到期', count_other: '{{shown}} 份', unpriced_other: '{{count}} 份没有金额', cell: '{{owner}}，{{month}}：{{contracts}}，{{amount}}', this_month: '本月',
    forecast_about: '两个数各说各的，不相加。承诺：{{owner}}判断会续的，按他写的金额。推算：同风险等级在这里的历史续约率 × 年金额。', promised: '{{owner}}承诺', computed: '按历史推算', said_count_other: '{{shown}} 份有判断', unsaid_other: '{{shown}} 份没有判断，{{amount}}', rated_other: '{{shown}} 份可推算', unrated_other: '{{shown}} 份没有历史或金额', none_rated: '还没有历史记录', none_said: '还没有判断',
    past: '过去：到期与续约', past_about: '只按合同记录统计，人工判定的不算进比例。', gross: '毛留存', net: '净留存', gross_means: '到期年金额里留下来的比例，续得更多的部分不算。只算宽限期已过的合同。', net_means: '续后年金额 ÷ 到期年金额，续得更多的也算。只算宽限期已过的合同。', not_settled: '宽限期还没过，现在算会偏高', by_hand_count_other: '其中 {{count}} 份人工判定',
    renewed: '已续', shrunk: '缩减', lost: '流失', open: '未定', decided: '已有结果',
    rates: '各风险等级的续约率', rates_about: '近 12 个月到期的合同，按到期当月月初的风险等级分，看后来续了没有。', rate_of: '{{renewed}} / {{decided}} 份续了', rate_few: '{{renewed}} / {{decided}} 份续了，不足 10 份，不算比例', no_record: '还没有记录', model: '按历史推算', model_means: '不是对这一家的判断：是这里同风险等级的合同过去续了多少。', model_is: '{{band}}风险的合同，过去 {{decided}} 份续了 {{renewed}} 份（{{rate}}）', model_few: '{{band}}风险的合同过去只有 {{decided}} 份到期，续了 {{renewed}} 份，太少，不算比例',
    judgement: '{{owner}}判断', answer: '{{noun}}答复', judged: '{{owner}}判断', answered: '{{noun}}答复', says: { renew: '续', shrink: '缩减', unsure: '不一定', leave: '不续', none: '没说' }, answers: { renew: '同意续', shrink: '要减', unsure: '在考虑', leave: '不续', none: '还没答复' },
    outcome: { renewed: '已续', shrunk: '缩减', lost: '流失' }, outcomes: '结果', by_facts: '合同记录：{{outcome}}', by_facts_for: '合同记录：{{outcome}}，{{before}} → {{after}}', by_cancel: '合同记录：{{when}} 解约', silent: '合同记录还没有说', by_hand: '人工判定：{{outcome}}', contradicts: '和合同记录不一致', contradicts_text: '合同记录说“{{fact}}”，人工判定是“{{said}}”。以合同记录为准；记录不对请更正合同数据。', decide: '人工判定', decide_hint: '合同记录没有结果时才用', take_back: '撤回', why: '原因', why_hint: '选一个原因',
    stage: '阶段', stages: { not_started: '未启动', contacted: '已联系', negotiating: '谈判中', signing: '待签', decided: '已有结果' }, column_none: '这一列没有', decided_none: '拖到这里判定结果', decided_by_facts: '合同记录已有结果，不能移动', board_keys: '上下键换一张，左右键换列，Shift 加左右键换阶段，回车打开',
    next: '下一步', next_step: '做什么', next_hint: '例如：寄合同给采购', next_on: '哪天', set_next: '写下一步', amount: '年金额', amount_less: '缩减到每年多少', amount_renewed: '续后每年多少', note: '说明', note_hint: '例如：预算砍了三成，只续基础版', say_judgement: '写判断', say_answer: '记答复', save: '记下', said: '已记下', by: '{{who}} {{when}}',
    due_on: '到期日', days_left_other: '还有 {{count}} 天', due_today: '今天到期', overdue_other: '过期 {{count}} 天', contract: '合同 {{number}}', history: '经过', history_none: '还没有人说过什么', step: { judgement: '判断', answer: '答复', stage: '阶段', next: '下一步', outcome: '结果', reason: '原因' }, took_back: '撤回',
    open_row: '打开 {{name}} 的续约', next_due: '下一份续约', see: '看续约', missing: '没有这份合同', missing_text: '它可能已更正，或不在您的权限里。', search: '{{noun}}名称或编号', all_months: '全部月份', all_bands: '全部等级', state: { open: '未定', decided: '已有结果', contradicted: '不一致', all: '全部' }, moved: '{{name}}：{{stage}}',
  },
};
