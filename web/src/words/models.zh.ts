// 流失模型的用语。

export const modelWords = {
  model: {
    title: '模型', one: '流失模型', name: '{{churn}} 第 {{number}} 个', sentence: '在用：{{churn}} 第 {{number}} 个模型', none_serves: '还没有在用的模型', about_other: '共训练过 {{shown}} 个模型，由人启用后才生效', means: '从历史里学出谁会流失，并说清楚能信多少', none: '还没有训练过模型', none_text: '先看历史够不够：至少要有 30 位流失{{noun}}。不够时，会说还差什么。',
    train: '训练模型', train_start: '开始训练', train_about: '先看历史够不够，够了才训练。同一个模型能回答 30、60、90、180 天。', churn: '流失口径', horizon: '预测期', horizon_reported: '主要看哪个预测期', days: '{{days}} 天', ahead: '预测 {{days}} 天内流失',
    running: '正在训练', running_text: '已完成 {{part}}，可以离开这一页', running_here: '已完成 {{part}}；启用后，模型的判断会自动出现在这里', failed: '训练失败', refused: '这次没有训练出模型', fit_for: '目前适合', stage: { rules: '规则', scorecard: '规则与打分卡', simple: '指标不多的模型', full: '完整的模型' }, leavers: '流失{{noun}}', more_leavers: '还差', looked_at: '看过的{{noun}}', moments: '历史时点',
    state: { challenger: '候选模型', champion: '在用模型', retired: '已停用' }, leavers_judged: '检验期流失', trained: '训练时间', trained_by: '{{when}}，{{who}}', known_until: '历史截至 {{day}}',
    promote: '启用', promote_title: '启用第 {{number}} 个模型？', promote_text: '它将取代同一流失口径下现在的模型，随时可以退回。', why: '启用理由', why_hint: '例如：看过模型卡，近两个月说得准', said_why: '启用理由：{{why}}', roll_back: '退回上一个', roll_back_title: '停用第 {{number}} 个模型？', roll_back_text: '它之前的那个模型会重新启用。',
    believed: '说的准不准', believed_about: '十组{{noun}}，人数相同。点落在虚线上，就是说多少、来多少。', believed_label: '风险最高的一成被标为 {{said}}，{{days}} 天内实际流失 {{seen}}', bin: '{{shown}} 次判断：预测 {{said}}，实际 {{seen}}', said: '预测', came_true: '实际',
    figures: '评估指标', figures_about: '都在学习时没见过的后来几个月里算出，附 95% 区间。', figure: '评估指标', value: '值', interval: '95% 区间',
    metric: { auc: 'AUC', auc_in_time: 'AUC（30 天后才流失的）', average_precision: '平均精确率', lift: '前 10% 命中倍数', log_loss: '对数损失', base_log_loss: '对数损失（人人同一概率）', brier: 'Brier 分', calibration_error: '校准误差', profit: '期望最大利润' },
    metric_means: { auc: '流失的排在留存的前面的机会，0.5 等于瞎猜', auc_in_time: '只看 30 天以后才流失、来得及提醒的：他们排在留存的前面的机会', average_precision: '从上往下看名单，平均有多纯', lift: '最高一成里的流失是平均的几倍', log_loss: '对结果的意外程度，越低越好', brier: '概率与结果之差的平方，越低越好', calibration_error: '说的与实际平均差多少', profit: '按通行假设（每位价值 200、权益 10、触达 1）挽留能赚多少' },
    columns: '参与学习的指标 {{count}} 个', columns_about: '按单独能说明多少排列。', column_hint: '信息量 {{information}}，{{coverage}} 有值', left_out: '没有参与的指标', nothing_left_out: '全部参与', aside: { leak: '泄漏未来信息', copy: '与入选的同涨同落', weak: '说明得不如入选的', constant: '人人一样', empty: '没有值' },
    in_time: '按时间先后', in_time_about: '后一段总在前一段的结果都揭晓之后才开始。', months: '月份', from_to: '起止', stretch: { learnt: '学习', weighed: '选择与校准', told: '定下后再学一遍', tested: '检验' }, by_folds: '历史太短，用同期其他{{noun}}',
    limits: '局限', papers: '来历', digest: '模型摘要', snapshot: '数据摘要', code_version: '程序版本', seed: '随机种子', label_delay: '标签延迟', term: '{{since}} 至 {{until}} 在用，{{who}} 启用', term_open: '{{since}} 起在用，{{who}} 启用', card: '下载模型卡',
    outside: '外部模型', outside_of: '外部模型：{{name}}', outside_until: '最后一个分数 {{day}}，有效 {{days}} 天', outside_add: '导入外部模型', outside_send: '导入并检验', outside_about: '一张分数表：客户编号、日期（as_of）、0 到 1 的概率（score），可另有一列预测期（horizon）。导入后是候选模型，用同样的办法检验。', outside_file: '分数表', outside_pick: '选择文件', outside_horizon: '表里没写预测期时', outside_lasts: '一个分数有效几天', outside_scores: '{{shown}} 个分数，{{first}} 至 {{last}}', late_days: '等晚到的数据',
    schedule: '自动训练', schedule_about: '只训练出候选模型，从不自动启用。', schedule_mode: { off: '不自动', monthly: '每月初', drift: '在用模型不准时' }, schedule_saved: '已保存', retrained: { trained: '截至 {{day}} 训练出候选模型', same: '截至 {{day}} 训练出的与已有的相同', refused: '截至 {{day}} 没有训练出模型：{{why}}', failed: '截至 {{day}} 训练失败：{{why}}', running: '正在训练，截至 {{day}}' }, retrained_see: '看这个模型',
    drift: '检验之后还准吗', drift_about: '与检验它的月份（{{first}} 至 {{last}}）逐月相比。', drift_fine: '没有异常', drift_fine_text: '截至 {{day}}：{{noun}}的样子、预计与实际、流失的比例都没有明显变化。', drift_none: '还没有看过', drift_none_text: '启用之后，每月初和每次结果揭晓时自动看一次。', look: '现在看一次',
    sign: { score_moved: '流失概率的分布变了', off: '预计与实际差得多', leaving_moved: '流失的比例变了' },
    psi: '流失概率的分布变了多少', psi_about: 'PSI：低于 {{watch}} 稳定，{{moved}} 以上明显不同；{{noun}}少时，偶然就会有的变化不算。', psi_label: '各月 PSI：{{list}}', psi_chance: '偶然就会有 {{chance}}',
    kept: '实际流失是预计的几倍', kept_about: '1 就是说多少、来多少；阴影是 95% 区间。结果揭晓前是空的。', kept_label: '各月实际与预计之比：{{list}}', kept_point: '预计 {{said}}，实际 {{left}}', kept_none: '还没有哪个月的结果揭晓', kept_from: '{{at}} 这个月的结果 {{day}} 起知道',
    inputs: '变化最大的指标', inputs_none: '没有一个指标明显变化', level: { steady: '稳定', watch: '留意', moved: '变了' }, unsaid_other: '最近一个月有 {{shown}} {{m}}没有有效的分数：分数表过期了，请上传新的。',
    compare: '与在用的模型相比', compare_about: '两个模型都没学过的同一批{{noun}}、同一些月份；区间来自按{{noun}}重抽 200 次。', compare_champion: '在用', compare_this: '这一个', compare_gap: '相差', compare_verdict: '结论', better: '更好', worse: '更差', alike: '分不出', compare_rows: '{{first}} 至 {{last}}，{{shown}} 次判断，其中 {{left}} 次流失', compare_unsaid: '另有 {{shown}} 次判断，其中一个模型没有说法，不计',
    lists: '换了模型，谁会进出前 10%', lists_about: '今天的前 10% 有 {{top}} {{m}}，会换 {{changed}} {{m}}。', lists_same: '今天的前 10% 完全一样。', enters: '会进来', leaves: '会出去', mover: '{{one}} → {{other}}',
  },
};
