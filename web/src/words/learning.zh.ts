// 从历史中学到的：打分卡的权重，流失的规律。

export const learningWords = {
  learn: {
    stopped: '已取消',
    weights: '从结果学权重', weights_none: '还没有从结果学过权重', weights_about: '看谁后来真的流失，给出各项权重的建议：从现在的权重出发，不改方向，再用之后的月份检验两套权重。要不要采用，由您决定。', weights_running: '正在从历史结果学习权重', weights_refused: '这段历史还学不了权重',
    judged_on: '检验的月份', how: '用 {{first}} 到 {{last}} 的结果学习，其中 {{leavers}} {{m}}流失；检验用的是之后的月份。', short: '历史较短，偏离现在的权重多少，由同期另一部分{{nouns}}决定。', weights_table: '现在的权重与建议的权重', measure: '计分项', hand: '现在', suggested: '建议', unlearnt: { said_by_people: '由员工评分，不参与学习', no_data: '没有可比的数据，不参与学习' },
    both: '两套权重在检验月份的表现', figures: { auc: '排序（AUC）', leavers: '流失', caught: '抓住', warned: '提醒', recall: '发现比例', precision: '命中比例' }, auc_difference: 'AUC 相差 {{value}}（95% 区间 {{low}} 到 {{high}}）。', warned_means: '每月第一天提醒健康分最低的一成。', moved: '左边的权重在这之后改过，表里的“现在”是学习时的权重。',
    take: '采用到草稿', taken: '已放进左边的草稿，保存并启用之后才生效', is_taken: '已在草稿里', not_better: '之后的月份里没有更好，采用前请想清楚',
  },
  found: {
    title: '发现规律', views: '看什么', view_rules: '现有规则', look: '从历史里找规律', again: '重新找', none_yet: '还没有从历史里找过规律', about: '在历史里找哪些{{nouns}}后来更容易流失，写成最多三个条件的规则。一半{{nouns}}用来发现，另一半用来验证，经不起验证的不列出来。', running: '正在历史里找规律，并逐条回放过去一年', refused: '这段历史还找不了规律',
    looked: '看了 {{first}} 到 {{last}} 每月第一天的 {{customers}} {{m}}{{noun}}，其中 {{leavers}} {{m}}流失过。验证了 {{tested}} 条；所有看到的{{nouns}}里，{{days}} 天内流失的占 {{base}}。', leaks: '这些指标像是事后才知道结果，没有用：{{list}}', nothing: '没有一条规律经得起验证', nothing_text: '可以接入更多行为、订单或服务数据再找。', flatters: '回放里也包括用来发现规律的{{nouns}}，会偏乐观；以验证那一半的数字为准。',
    left_of: '{{rows}} 次里 {{left}} 次流失', interval: '{{share}}（{{low}}–{{high}}）', times: '{{times}} 倍', recall: '占全部流失的 {{share}}', people_other: '{{shown}} {{m}}{{noun}}', figures: { confirmed: '验证的一半，{{days}} 天内', lift: '与平均相比', found: '发现的一半', replay: '回放过去一年' },
    make: '存成草稿', make_of: '存成草稿：{{rule}}', made: '草稿已存，启用之后才会提醒', see: '看这条规则', note: '从历史里发现',
  },
};
