// 打分卡、健康分明细、复盘的用语。

export const scorecardWords = {
  card: {
    title: '打分卡', list: '打分卡', all: '全部打分卡', name: '名称', who: '适用范围', everybody: '全部{{noun}}', scored: '按它打分', version_short: '版本', none: '还没有打分卡', list_about: '健康分由打分卡算出：哪些指标算数、各占多少、数值怎么变成分数。', sentence_other: '“{{name}}”在给 <b>{{shown}}</b> {{m}}{{noun}}打分',
    missing_card: '没有这张打分卡', wider_text: '改打分卡要左右对照着看，请在电脑上打开。', for_all: '适用于全部{{noun}}，正在给 {{shown}} {{m}}打分', for_some: '适用于：{{condition}}，正在给 {{shown}} {{m}}打分', admin_only: '只有管理员能改，您可以看。',
    unsaved: '有改动还没保存', in_use: '现在看的是在用的版本', in_draft: '正在写第 {{number}} 版，{{who}} 起草', in_review: '第 {{number}} 版等待复核，{{who}} 起草', change_hint: '拖动权重或曲线就能开始改',
    groups: '哪些算数', groups_about: '拖动一个，其余按比例让出，总和始终是 100', weight_of: '{{name}}的权重', of_all: '占总分 {{share}}', add: '添加一项…', add_to: '给{{name}}添加一项', add_people: '由员工评分', people_name: '叫什么', people_name_zh: '中文名', people_name_en: '英文名', remove: '去掉这一项', days: '天',
    shape: '曲线形状', shapes: { straight: '折线', steps: '台阶' }, curve_how: '拖动圆点；也可用方向键移动，按住 Shift 走得更远，Delete 去掉，双击空白处加一个。灰柱是现在{{nouns}}的分布。', curve_means: '横轴是数值，纵轴是得分；灰柱是现在{{nouns}}的分布。', curve_of: '{{name}}的计分曲线：{{list}}', corner: '{{at}} 得 {{points}} 分', corner_of: '{{name}}的第 {{place}} 个点', corners: '{{name}}的各个点', corner_at: '第 {{place}} 个点的数值', corner_points: '第 {{place}} 个点的得分', corner_remove: '去掉第 {{place}} 个点', corner_add: '加一个点', points: '分',
    own: { ratio: '（与本{{m}}自己的往常相比：除以往常）', difference: '（与本{{m}}自己的往常相比：减去往常）' },
    missing: '没有数据时', missing_how: { leave_out: '不计，其余按比例加重', neutral: '按普通{{noun}}算', poor: '按最差算' }, stale: '数据旧了', stale_how: { never: '一直算数', fade: '逐渐淡出', leave_out: '不计', poor: '按最差算' }, stale_after: '多久算旧', stale_over: '天内淡出', stale_by: '看哪个指标判断新旧',
    bands: '等级怎么分', bands_about: '从几分起算哪个等级', band_from: '{{band}}起点', base: '普通{{noun}}的健康分', min_coverage: '至少知道多少才打分', firm_coverage: '知道多少才算可靠',
    consequence: '改了会怎样', tabs: { spread: '谁会变', customer: '一{{m}}{{noun}}', learn: '学权重', replay: '回测', versions: '版本', toml: '定义' }, moved_other: '{{all}} {{m}}{{noun}}里，{{shown}} {{m}}会换等级', same: '没有改动，健康分不变', wrong_other: '有 {{count}} 处不对', nobody: '现在没有可以打分的{{noun}}', nobody_text: '导入数据并计算一次之后，这里会显示改动的影响。',
    now: '现在', then: '改后', difference: '差', health_spread: '健康分分布', ten: '{{from}}–{{to}} 分 {{before}} → {{after}}', by_band: '各等级人数', thin: '依据不足', movers: '谁会换等级', no_movers: '没有{{noun}}换等级', movers_shown: '只列出变化最大的 {{shown}} {{m}}，一共 {{all}} {{m}}', from_to: '从 → 到', why: '为什么', see: '看明细', one_same: '改动对这{{m}}{{noun}}没有影响', one_unchanged: '现在没有改动',
    toml_about: '这张打分卡的定义文件：左边的每一处改动都写在这里。',
    replay_about: '用贵司过去一年的数据，看看这版打分卡当时能提前发现多少流失。', replay_unsaved: '先保存草稿，再回测它。', replay_draft: '回测这份草稿', replay_present: '回测在用的版本', replay_again: '重新回测', replaying_draft: '正在回测草稿，{{part}}', replaying_present: '正在回测在用的版本作对照，{{part}}', replaying_another: '另一个回测在运行，{{part}}', never_replayed: '还没有回测过', never_replayed_text: '回测在后台进行，不影响在用的打分卡。',
    this_version: '这份草稿', version_in_use: '在用的版本', figure: '项目', replayed: { leavers: '流失', caught: '提前发现', missed: '漏掉', false_alarms: '误报', alerts: '预警', alerts_per_week: '每周预警', lead: '中位提前天数', recall: '发现比例', precision: '命中比例' }, gained_other: '草稿多发现 {{count}} {{m}}', lost_other: '草稿少发现 {{count}} {{m}}', same_caught: '两个版本提前发现的是同一批{{nouns}}', record: '各等级后来怎样：{{days}} 天内', stood: '处在这一等级', left: '后来流失',
    shipped_only: '还没有改过，用的是自带的定义。', version: '第 {{number}} 版', state: { draft: '草稿', review: '待复核', active: '在用', retired: '用过' }, written_by: '{{who}} 写于 {{when}}', term: '{{since}} 至 {{until}} 在用，{{who}} 启用', term_open: '{{since}} 起在用，{{who}} 启用', always: '最初', roll_back: '退回这版', roll_back_title: '退回第 {{number}} 版？', roll_back_text: '名单立即按那一版重新打分，预警从下一次计算起跟上；过去仍按当时的版本看。',
    save: '保存草稿', save_title: '保存草稿', save_text: '草稿不影响现在的名单，启用之后才生效。', note: '改了什么，为什么', note_hint: '例如：登录骤降比工单更早出现，所以多给一些权重', saved: '草稿已保存', drop: '放弃改动', hand_in: '交付复核', handed_in: '已交付复核', activate: '启用', activate_title: '启用第 {{number}} 版？', activate_text: '名单立即按这一版重新打分，预警从下一次计算起跟上；过去仍按当时的版本看，随时可以退回。', reviewed: '{{author}} 起草，{{reviewer}} 复核并启用。', activated: '已启用', rolled_back: '已退回',
  },
  proven: {
    title: '验证', never: '未在贵司数据上回测', never_means: '还没有用贵司自己的过去检验过：分数只作参考，命中多少还不知道。', backtested: '已回测：流失 {{leavers}} {{m}}，提前抓住 {{caught}} {{m}}', stretch: '{{from}} 至 {{to}}', service: '在用：健康分规则发出过 {{alerts}} 条预警，未解除 {{open}} 条，被判为误报 {{wrong}} 条', see_card: '看“{{name}}”', no_verdict: '这样的分数在贵司意味着什么，还没有检验过。',
    verdict: '按贵司自己的过去（{{from}} 至 {{to}}），处在“{{band}}”等级的{{nouns}}，{{days}} 天内有 {{share}} 流失（{{stood}} 次里 {{left}} 次，95% 区间 {{low}}–{{high}}）。', verdict_few: '按贵司自己的过去（{{from}} 至 {{to}}），处在“{{band}}”等级的 {{stood}} 次里，{{days}} 天内流失 {{left}} 次；流失太少，不给比例。',
  },
  backtest_pictures: {
    title: '图', see: '看分布和各部分', lead: '提前多少天发现', lead_bin: '提前 {{from}}–{{to}} 天：{{shown}} {{m}}', lead_means: '一半提前至少 {{median}} 天；中间一半在 {{low}} 到 {{high}} 天之间。', weeks: '每周的预警', weeks_label: '{{weeks}} 周里每周的预警：平均 {{mean}} 条，最多 {{most}} 条',
    week_of: '{{day}} 这周', week_alerts: '预警 {{alerts}} 条，误报 {{wrong}} 条', week_left: '流失 {{left}} {{m}}，提前发现 {{caught}} {{m}}',
  },
  counted: { faded: '数据旧了', faded_means: '这个数已经旧了，占比正在按天淡出，其余各项按比例加重。', stale: '太旧', stale_means: '这个数太旧，不再可信，按最差算。', neutral: '没有数据', neutral_means: '没有这个数，按普通{{noun}}算。', poor: '没有数据', poor_means: '没有这个数，按最差算。' },
  other_healths: { title: '按其他打分卡' },
  backtest_parts: {
    title: '分开来看', by_what: '按什么分', by: { segment: '分群', value: '{{noun}}价值', band: '风险等级', owner: '负责人' }, part: '哪一部分', seen: '提前发现 / 流失', wrong: '误报 / 预警', none: '不在任何分群里',
    means: '预警和流失，都按当时属于哪一部分来算。', segments_mean: '预警和流失，都按当时属于哪个分群来算；同时在几个分群里的，每个分群各算一次。', shown: '只列流失最多的 {{shown}} 个，一共 {{all}} 个。',
  },
  ledger: { title: '健康分明细', span: '看多久', days_other: '{{count}} 天', none: '这段时间健康分没有变', small_other: '{{shown}} 处变化，每处不到 0.05 分', more_days_other: '再看 {{shown}} 天', more_facts_other: '另有 {{shown}} 条' },
  touched: { title: '它影响了什么', none: '没有指标看这类动态。', then: '可知那天，健康分因此：', now: '现在，看它的指标对健康分：', off_card: '看它的有 {{list}} 等 {{count}} 个指标，都不在打分卡上。' },
  judge: {
    title: '人工判断', none: '没有人改过健康分。', override: '改判健康分', override_title: '改判{{name}}的健康分', override_about: '在截止日之前，以您说的为准；算出来的分和您的理由都会留着。', pulse_about: '只有人知道的事，由打分卡按它的曲线计分。', health: '健康分，0 到 100', value: '评分，{{least}} 到 {{most}}', reason: '理由', reason_hint: '例如：对接人说预算已批', ends: '截止日', ends_maybe: '截止日，可不填', set: '{{name}}定为 {{value}}', until: '到 {{day}}', take_back: '撤回', withdrawn: '{{who}} 已撤回',
  },
  mortem: {
    title: '流失复盘', see: '流失复盘', short: '复盘', not_lost: '这{{m}}{{noun}}没有流失', not_lost_text: '复盘只看已流失的{{noun}}。', line: '流失前半年的健康分', line_about: '每周一点，只看当时知道的；打分卡和规则用今天的', line_label: '流失前半年的健康分：{{list}}', first: '最早的信号', alert: '预警', left: '流失',
    signs: '当时能看出什么', signs_about: '每条规则从哪一周起一直触线；提前不到 {{days}} 天算来不及', no_signs: '健康分和所有规则都没有触线。', off: '没有启用、但会出声的规则', before: '{{day}} 或更早', ahead_other: '提前 {{shown}} 天', too_late_other: '只提前 {{shown}} 天', fact: '依据',
    alerts: '当时的预警', fate: { worked: '{{who}} 受理了', ignored: '没人受理', late: '来得太晚' },
    proposal: '下次怎样能看出来', proposal_about: '试着让已有规则更早出声，或换一个先动的指标，要求提前至少 {{days}} 天，再用贵司的过去检验。', propose: '找一条建议', propose_again: '重新找', working: '正在过去一年里检验，{{part}}', would_warn: '它会在 {{day}} 提醒，提前 {{shown}} 天。', tried: '也试过：', tried_each: '{{what}}（发现 {{caught}}，预警 {{alerts}}，误报 {{wrong}}）', definition: '规则定义', definition_about: '复制到规则里试用；这里不会自动启用任何规则。', this_rule: '这条规则', rules_in_force: '现有规则，同样多的预警', few: '流失太少，只给个数，不给比例。', back: '回到{{noun}}页',
  },
};
