// Words of the alerts' life and of the alert budget.

export const deskWords = {
  desk: {
    sentence_other: '<b>{{shown}}</b> {{m}}{{noun}}有预警，{{desk}} {{m}}在跟进，{{below}} {{m}}在线下等待', sentence_plain_other: '<b>{{shown}}</b> {{m}}{{noun}}有预警，{{desk}} {{m}}在跟进', week: '本周已上桌 {{opened}} / {{per_week}} 件，到今天可上桌 {{allowance}} 件',
    standing: { desk: '在跟进', below: '线下', snoozed: '已稍后', notice: '仅知悉' },
    standing_means: { desk: '有跟进单在处理', below: '本周名额已满，有空位时按风险金额排上来', snoozed: '到日子或情况变差时自动回来', notice: '不用处理，知道就好' },
    place: '排名', at_risk: '风险金额', more_other: '还有 {{count}} 条预警', more_label: '更多操作：{{name}}', until: '{{day}} 回来', by_reason: '{{by}}：{{reason}}',
    rank: { title: '为什么排第 {{place}}', title_plain: '风险金额怎么来的', value: '{{noun}}价值', typical: '价值未知，按中位{{noun}}', by: { risk: '{{days}} 天内流失概率', usual_risk: '平均流失概率（模型不看这位{{noun}}）', health: '已失去的健康', severity: '健康分未知，按严重度' }, at_risk: '风险金额', health: '健康分 {{health}}', order_only: '只用于排位', note: '失去的健康暂代流失概率；风险模型启用后，以模型为准。', note_risk: '价值 × 在用模型给出的 {{days}} 天内流失概率：什么都不做，预计失去这么多。' },
    act: { snooze: '稍后处理', wake: '现在处理', false_alarm: '已核实无风险', close: '结案', accept: '受理', assign: '分派' },
    snooze: { title: '稍后处理：{{name}}', title_many_other: '稍后处理 {{count}} {{m}}{{noun}}', until: '到哪天回来', reason: '为什么', reason_hint: '例如：对方出差，说好月底再谈', means: '在此之前不占位置；到日子自动回来，变得更严重、健康分再掉 10 分或出现新的风险，会提前回来。', tomorrow: '明天', in_days_other: '{{count}} 天后', next_week: '下周一', next_month: '下月 1 日', pick: '选一天' },
    false_alarm: { title: '已核实无风险：{{name}}', title_many_other: '{{count}} {{m}}{{noun}}已核实无风险', reason: '核实到了什么', reason_hint: '例如：系统维护两天，大家都登录不了', means: '预警会解除，并记在规则名下，帮您看出哪条规则不准。', quick: { asked: '问过对方，一切正常', season: '季节性，往年也这样', data: '数据不准或没传到', holiday: '放假或休假' } },
    close: { title_many_other: '结案 {{count}} {{m}}{{noun}}' },
    assign: { title_many_other: '分派 {{count}} {{m}}{{noun}}', to: '分给谁', done_other: '已分派 {{count}} 件' },
    done_other: '完成 {{count}} {{m}}', partly: '有 {{count}} 条没有做成', send: '确定', why_not: '没做成的原因',
    record: '近 90 天：触发 {{opened}}，处理 {{acted}}，核实无风险 {{false_alarms}}',
    views: { title: '视图', none: '还没有保存的视图', save: '保存当前筛选', name: '视图名称', name_hint: '例如：本周到期的大{{noun}}', saved: '已保存：{{name}}', forget: '删除视图 {{name}}', keep: '保存' },
    budget: '预警预算', no_cap: '没有设上限，所有需要处理的预警都在跟进',
  },
  budget: {
    title: '预警预算', sentence: '{{people}} 人，每人每周 {{cases}} 件：每周最多上桌 <b>{{per_week}}</b> 件', sub_none: '现在没有设预算：需要处理的预警全部上桌。拖动看看线会落在哪里，保存后下次计算生效。', sub_set: '当前预算：{{people}} 人 × {{cases}} 件。', week: '本周已上桌 {{opened}} 件，到今天可上桌 {{allowance}} 件。',
    people: '处理预警的人', cases: '每人每周能接几件新跟进', urgent: '紧急预警不受限', urgent_means: '紧急的直接上桌，不占名额', save: '保存预算', remove: '不设预算', saved: '预算已保存，下次计算时生效', removed: '已取消预算', compute: '现在就重新计算',
    now: '现在的线', above_other: '线上 {{shown}} {{m}}', below_other: '线下 {{shown}} {{m}}', passing_other: '其中紧急直通 {{shown}} {{m}}', threshold: '上桌门槛', threshold_means: '风险金额达到这个数的上桌', everyone: '名额够用，没有人在等', nobody: '眼下没有等人处理的预警', line: '上桌线：{{amount}}', line_label: '候选名单与上桌线', next: '线下最近的十{{m}}', room_other: '还有 {{shown}} 个名额没用上', beyond: '没有预警的{{noun}}里健康分最低的，可以主动联系', points: '{{points}} 分', hidden_other: '更前面还有 {{shown}} {{m}}',
    past: '过去 {{count}} 周会怎样', running: '正在按周回放过去半年', too_short: '历史不足八周，还回放不了', failed: '这次没有算成，稍后再看', mean: '平均每周', mean_value: '{{number}} 件', caught: '提前抓住的流失', caught_value: '流失 {{leavers}} {{m}}，抓住 {{caught}} {{m}}', caught_without: '不设上限时 {{caught}} {{m}}', caught_means: '流失前 {{lead}} 到 {{horizon}} 天内上过桌才算。', few: '流失太少，只看个数，不算比例。', used: '名额使用', past_threshold: '每周门槛中位数',
    chart: { label: '过去 {{count}} 周：每周候选与上桌数，上限 {{per_week}}', taken: '上桌', passing: '紧急直通', waiting: '线下等待', cap: '每周 {{per_week}} 件' },
    changes: '设置记录', change: '{{people}} 人 × {{cases}} 件', change_none: '取消预算', by: '{{actor}}，{{at}}', urgent_on: '紧急不受限',
    how: '一周的名额按工作日摊开，周一不会一下全压下来。没排上的不会丢：留在“线下”，有空位时按风险金额排上来。已经受理的不受影响。',
  },
};
