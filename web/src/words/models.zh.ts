// 流失模型的用语。

export const modelWords = {
  model: {
    title: '模型', one: '流失模型', name: '{{churn}} 第 {{number}} 个', sentence: '在用：{{churn}} 第 {{number}} 个模型', none_serves: '还没有在用的模型', about_other: '共训练过 {{shown}} 个模型，由人启用后才生效', means: '从历史里学出谁会流失，并说清楚能信多少', none: '还没有训练过模型', none_text: '先看历史够不够：至少要有 30 位流失{{noun}}。不够时，会说还差什么。',
    train: '训练模型', train_start: '开始训练', train_about: '先看历史够不够，够了才训练。同一个模型能回答 30、60、90、180 天。', churn: '流失口径', horizon: '预测期', horizon_reported: '主要看哪个预测期', days: '{{days}} 天', ahead: '预测 {{days}} 天内流失',
    running: '正在训练', running_text: '已完成 {{part}}，可以离开这一页', failed: '训练失败', refused: '这次没有训练出模型', fit_for: '目前适合', stage: { rules: '规则', scorecard: '规则与打分卡', simple: '指标不多的模型', full: '完整的模型' }, leavers: '流失{{noun}}', more_leavers: '还差', looked_at: '看过的{{noun}}', moments: '历史时点',
    state: { challenger: '候选模型', champion: '在用模型', retired: '已停用' }, leavers_judged: '检验期流失', trained: '训练时间', trained_by: '{{when}}，{{who}}', known_until: '历史截至 {{day}}',
    promote: '启用', promote_title: '启用第 {{number}} 个模型？', promote_text: '它将取代同一流失口径下现在的模型，随时可以退回。', roll_back: '退回上一个', roll_back_title: '停用第 {{number}} 个模型？', roll_back_text: '它之前的那个模型会重新启用。',
    believed: '说的准不准', believed_about: '十组{{noun}}，人数相同。点落在虚线上，就是说多少、来多少。', believed_label: '风险最高的一成被标为 {{said}}，{{days}} 天内实际流失 {{seen}}', bin: '{{shown}} 次判断：预测 {{said}}，实际 {{seen}}', said: '预测', came_true: '实际',
    figures: '评估指标', figures_about: '都在学习时没见过的后来几个月里算出，附 95% 区间。', figure: '评估指标', value: '值', interval: '95% 区间',
    metric: { auc: 'AUC', average_precision: '平均精确率', lift: '前 10% 命中倍数', log_loss: '对数损失', base_log_loss: '对数损失（人人同一概率）', brier: 'Brier 分', calibration_error: '校准误差', profit: '期望最大利润' },
    metric_means: { auc: '流失的排在留存的前面的机会，0.5 等于瞎猜', average_precision: '从上往下看名单，平均有多纯', lift: '最高一成里的流失是平均的几倍', log_loss: '对结果的意外程度，越低越好', brier: '概率与结果之差的平方，越低越好', calibration_error: '说的与实际平均差多少', profit: '按通行假设（每位价值 200、权益 10、触达 1）挽留能赚多少' },
    columns: '参与学习的指标 {{count}} 个', columns_about: '按单独能说明多少排列。', column_hint: '信息量 {{information}}，{{coverage}} 有值', left_out: '没有参与的指标', nothing_left_out: '全部参与', aside: { leak: '泄漏未来信息', copy: '与入选的同涨同落', weak: '说明得不如入选的', constant: '人人一样', empty: '没有值' },
    in_time: '按时间先后', in_time_about: '后一段总在前一段的结果都揭晓之后才开始。', months: '月份', from_to: '起止', stretch: { learnt: '学习', weighed: '选择与校准', tested: '检验' }, by_folds: '历史太短，用同期其他{{noun}}',
    limits: '局限', papers: '来历', digest: '模型摘要', snapshot: '数据摘要', code_version: '程序版本', seed: '随机种子', label_delay: '标签延迟', term: '{{since}} 至 {{until}} 在用，{{who}} 启用', term_open: '{{since}} 起在用，{{who}} 启用', card: '下载模型卡',
  },
};
