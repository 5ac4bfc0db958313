// 界面用语。{{noun}} {{m}} {{owner}} 是本公司自己的叫法:客户、家、客户经理。

import { caseWords } from './cases.zh';
import { deskWords } from './desk.zh';
import { followUpWords } from './follow-up.zh';
import { indicatorWords } from './indicators.zh';
import { leavingWords } from './leaving.zh';
import { learningWords } from './learning.zh';
import { modelWords } from './models.zh';
import { reminderWords } from './reminders.zh';
import { reviewWords } from './review.zh';
import { scorecardWords } from './scorecards.zh';
import { sheetWords } from './sheets.zh';
import { renewalWords } from './renewals.zh';
import { riskWords } from './risk.zh';
import { ruleWords } from './rules.zh';
import { noticeWords } from './notices.zh';
import { staffWords } from './staff.zh';
import { teamWords } from './team.zh';

export default {
  ...caseWords,
  ...deskWords,
  ...followUpWords,
  ...indicatorWords,
  ...leavingWords,
  ...learningWords,
  ...modelWords,
  ...reviewWords,
  ...scorecardWords,
  ...sheetWords,
  ...renewalWords,
  ...riskWords,
  ...ruleWords,
  ...noticeWords,
  ...staffWords,
  ...reminderWords,
  ...teamWords,
  app: { name: '留客 Liuke', short: '留客' },
  nav: { today: '今日', customers: '{{noun}}', alerts: '预警跟进', cases: '跟进单', promises: '承诺', renewals: '续约', reminders: '提醒', team: '团队', review: '周会复盘', churn: '流失概览', indicators: '指标', scorecards: '打分卡', rules: '规则', models: '模型', data: '数据接入', settings: '设置' },
  nav_short: { today: '今日', customers: '{{noun}}', alerts: '预警', cases: '跟进单', churn: '流失', data: '数据', settings: '设置' },
  frame: {
    skip: '跳到内容', nav: '页面', demo: '示例公司', new: '新预警', new_alerts_other: '{{count}} 条预警还没人受理',
    to_dark: '换成深色', to_light: '换成浅色',
  },
  me: { menu: '我', tokens: 'API 令牌', docs: '接口文档', sign_out: '退出' },
  role: { admin: '管理员', manager: '主管', owner: '{{owner}}', service: '客服', analyst: '分析', readonly: '只读' },
  role_means: { admin: '看全部{{noun}}，可改设置', manager: '看所负责部门及其下级的{{noun}}', owner: '只看自己的{{noun}}', service: '看全部{{noun}}，不能导出', analyst: '看全部{{noun}}和数据，可改指标与模型草稿', readonly: '看全部{{noun}}，不能操作' },
  as_of: {
    title: '截至', now: '现在', label: '截至 {{when}}', about: '站到过去某一刻，只看当时已经知道的事。过去只能看，不能操作。',
    ago_other: '{{count}} 天前', other: '其他日期', bar: '您在看 {{when}} 当时的情况', back: '返回现在', no_act: '您在看过去的情况，返回现在才能操作', month_ago: '看 30 天前的情况',
  },
  search: { open: '搜索', hint: '搜索{{noun}}、页面或操作', short: '搜索', customers: '{{noun}}', pages: '页面', actions: '操作', results: '搜索结果', none: '没有找到“{{text}}”' },
  keys: { title: '快捷键', search: '搜索', move: '上下移动', open: '打开', close: '关闭', help: '看快捷键' },
  explain: { exact: '数值', unit: '单位', window: '统计周期', window_days: '{{window}} 天', source: '来源', as_of: '截至' },
  unknown: { title: '数据不足', no_reason: '没有收到可以计算的数据' },
  state: { loading: '正在读取', more: '已显示 {{shown}} / {{total}}，继续向下滚动', all_shown_other: '全部 {{shown}} {{m}}都在这里了' },
  act: {
    again: '再试一次', reload: '重新载入', cancel: '取消', save: '保存', accept: '受理', close_case: '结案', export: '导出', export_hint: '按当前筛选导出 Excel',
    clear_filters: '清除筛选', back: '返回', next: '下一步', copy: '复制', copied: '已复制', remove: '删除', add: '添加', done: '完成',
  },
  fault: {
    failed: '没能读到{{what}}', safe: '数据', safe_text: '都在，没有丢失也没有改动', todo: '可以', id: '编号',
    unreachable: '连不上服务', forbidden: '这部分不在您的权限里', missing: '没有找到', server: '服务那边出了问题',
    todo_unreachable: '确认网络和服务正在运行，再试一次', todo_forbidden: '请管理员开通', todo_missing: '检查地址，或用搜索找', todo_server: '稍等再试；一直不行，把编号发给管理员',
    broken: '这一页出了问题', broken_text: '数据都在，没有改动。重新载入通常就好；一直不行，请告诉管理员。',
  },
  lost: { title: '没有这一页', text: '地址可能写错了，或者这一页已经搬走。', home: '回到今日' },
  band: { low: '低', medium: '中', high: '高', critical: '极高', unknown: '数据不足' },
  band_long: { low: '低风险', medium: '中风险', high: '高风险', critical: '极高风险', unknown: '数据不足' },
  verdict: { explain: '风险等级，由打分卡决定。健康分 {{health}}，数据完整度 {{coverage}}' },
  health: {
    title: '健康分', means: '0 到 100，越高越健康。由打分卡从各项指标算出。', coverage: '数据完整度 {{share}}', coverage_title: '数据完整度', coverage_means: '打分卡的权重里，有多少是有数据的', thin: '数据偏少，仅供参考',
    no_change: '30 天前还没有健康分', in_30d: '30 天变化', trend: '近 180 天健康分，现在 {{health}}',
  },
  value: { title: '{{noun}}价值', means: '按选定的口径计算', means_of: '{{what}}：选定的口径',
    about: '价值决定高、中、低三层，也决定预警先看谁、风险金额怎么算。换一个口径，先看看会变多少。', in_use: '在用', by_scorecard: '打分卡指定', unknown: '还没有{{noun}}有这项数据', no_cost: '订单里还没有成本。导入时带上“成本”“进价”或“毛利”一列，或在上报的订单里加 cost，就能按毛利算', known: '{{known}} {{m}}有数（{{share}}），合计 {{sum}}',
    choose: '换个口径', consequence: '保存之后', no_change: '没有{{noun}}换层。', change_other: '{{shown}} {{m}}{{noun}}换层：', raised_other: '{{shown}} {{m}}升层', lowered_other: '{{shown}} {{m}}降层', gained_other: '{{shown}} {{m}}从分不出层变为有层', lost_other: '{{shown}} {{m}}变为分不出层', follows: '名单、分群和风险金额马上跟着变，预警的先后从下一次计算起变。过去的页面也按新口径看。', nobody: '还没有{{noun}}', nobody_text: '导入数据之后，这里会说每个口径各有多少{{noun}}有数。' },
  owner: { none: '公海' },
  standing: { current: '在服务', too_new: '太新，暂不判断', gone: '已流失' },
  proof: { untested_means: '还没有用贵司过去的数据检验过：排序可以参考，命中率还不知道。', backtested_means: '已经用贵司过去的数据检验过；名单和天数见“回看过去一年”。' },
  col: {
    band: '风险等级', customer: '{{noun}}', value: '价值', clock: '时限', owner: '{{owner}}', health: '健康分', change: '30 天变化', trend: '180 天走势', reason: '风险原因', last_seen: '最近活动', state: '状态',
    tier: '价值分层', severity: '严重度', alert: '预警', opened: '发生', case: '跟进',
  },
  clock: { overdue: '已超时', overdue_days_other: '超时 {{count}} 天', by: '{{when}} 前', left_other: '还有 {{count}} 天', due_at: '时限' },
  today: {
    total_other: '今天要跟进 <b>{{count}}</b> {{m}}{{noun}}', due_other: '，<b>{{count}}</b> {{m}}今天到时限', value: '，涉及年金额 <b>{{value}}</b>',
    none: '今天没有要跟进的{{noun}}', none_past: '当时没有要跟进的{{noun}}', none_past_text: '那一刻没有打开的跟进单，或者还没有开始计算。', overdue_other: '{{count}} {{m}}已超时', unowned_other: '{{count}} {{m}}在公海', value_unknown_other: '{{count}} {{m}}价值未知，没有计入', closed_other: '今天已结案 {{count}} {{m}}',
    computed: '{{when}} 算出', everyone: '全部', mine: '我的', open_days_zero: '今天发生', open_days_other: '已 {{count}} 天', next_step: '下一步',
    good_news: '好消息', done: '今天的都跟进完了', done_closed_other: '您和同事今天结了 {{count}} 张跟进单。歇口气吧，有新情况会出现在这里。', done_text: '眼下没有{{noun}}需要特别照看。有新情况会出现在这里。', see_customers: '看看全部{{noun}}',
    not_yet_title: '还排不出今天的名单',
  },
  cycle: {
    run: '重新计算', about: '按最新数据重新打分、排名单。', last: '上次：{{when}}', running: '计算中 {{share}}', done: '算完了', failed: '没算成，名单还是原来的',
    stage_load: '读取动态', stage_indicators: '计算指标', stage_scores: '打分', stage_alerts: '判断预警', stage_record: '写入',
  },
  customers: {
    sentence_other: '{{shown}} {{m}}{{noun}}，其中 {{risk}} {{m}}风险高', sentence_filtered_other: '符合筛选的 {{shown}} {{m}}，其中 {{risk}} {{m}}风险高', states: '全部 {{all}} = 在服务 {{current}} + 太新 {{too_new}} + 已流失 {{gone}}',
    search: '名称或编号', state_default: '在服务和新', has_alert: '有预警', none_match: '没有符合的{{noun}}', none_match_text: '换个词，或放宽筛选。', none: '还没有{{noun}}', none_text: '导入订单、登录或{{noun}}名单之后，都会出现在这里。',
    no_reason: '没有明显风险', never_seen: '没有活动',
  },
  segments: {
    title: '分群与价值', tab_list: '名单', segment: '分群', named: '分群', name: '名称', condition: '条件', none: '还没有分群', none_text: '这个行业模板没有带分群定义。', members: '成员', missing: '没有这个分群', missing_text: '它可能已从定义里删去。',
    sentence_other: '高价值 <b>{{shown}}</b> {{m}}{{noun}}，其中 <b>{{risk}}</b> {{m}}风险高', sentence_plain_other: '<b>{{shown}}</b> {{m}}{{noun}}', matrix: '价值 × 风险', opens: '点一格，看是谁', from: '{{amount}} 起', sum_other: '{{shown}} {{m}}', cell: '{{tier}}，{{band}}：{{shown}} {{m}}',
    count_means: '不在其中 {{outside}} {{m}}，数据不足无法判断 {{unknown}} {{m}}；三者之和是全部未流失的{{noun}}。', much: '金额高', little: '金额一般', often: '常来', seldom: '少来', lately: '最近来过', long_ago: '很久没来', at_risk_other: '{{shown}} {{m}}风险高', rfm_none: '还分不出格', rfm_unknown_other: '{{shown}} {{m}}数据不足，没有分格。',
    over_time: '近 12 个月的成员数', moved: '比上一点：进 {{joined}}，出 {{left}}', chart: '{{name}}近 12 个月的成员数：{{list}}', nobody: '现在没有人在这个分群里', nobody_text: '有人满足条件时会自动进来。',
  },
  tier: { high: '高价值', middle: '中价值', low: '低价值', unknown: '价值未知' },
  rfm_cell: { key_value: '重要价值客户', plain_value: '一般价值客户', key_develop: '重要发展客户', plain_develop: '一般发展客户', key_keep: '重要保持客户', plain_keep: '一般保持客户', key_win_back: '重要挽留客户', plain_win_back: '一般挽留客户', unknown: '数据不足' },
  tags: {
    title: '标签与分群', tag: '标签', add: '添加标签', none: '没有标签', by: '{{who}}，{{when}}', remove: '去掉标签“{{tag}}”', selected_other: '选了 {{count}} {{m}}', name: '标签名称', put: '打标签', take: '去掉标签', undo: '撤销', undone: '已撤销', select_all: '全选已显示的',
    put_on_other: '{{count}} {{m}}打上了“{{tag}}”', taken_off_other: '{{count}} {{m}}去掉了“{{tag}}”',
  },
  customer: {
    open: '打开', all: '看全部情况', reasons: '为什么要跟进', why: '健康分从何而来', no_contributions: '还没有可以解释的分数', sum: '起点 {{base}} 分，各项合计 {{sum}}，得 {{health}} 分',
    contract_end: '合同到期', since: '最早动态', won_back: '已回流', won_back_means: '按流失定义，{{gone}} 起视为已流失，{{back}} 又有了动态。是不是因为挽留才回来，没有对照组说不准。', last_seen: '最近活动', id: '编号', missing: '没有这个{{noun}}', missing_text: '编号 {{id}} 在这一刻还不存在，或不在您的权限里。',
    gone: '{{when}} 起视为已流失', fine: '各项都正常，没有明显风险', no_health: '动态还太少，画不出健康分的走势', health_line: '近 180 天健康分走势，现在 {{health}}', by: '{{scorecard}}', scorecard_means: '风险等级由这张打分卡决定',
    changed: '与一周前比', unchanged: '没有变化', changed_sum: '{{before}} → {{after}}，{{change}} 分', alerts: '预警', no_alerts: '没有预警', cases: '跟进单', traits: '资料', no_traits: '还没有收到资料', trait_since: '{{when}} 起',
  },
  rhythm: {
    title: '和自己的节奏比', about: '灰带是按往常和大家同期该在的范围，约 20 周里有 19 周落在其中', week_of: '{{day}} 起的一周', did: '实际 {{times}} 次', expected: '该有 {{expected}} 次（{{low}}–{{high}}）', changed: '变化约从这周起',
  },
  indicator: { title: '指标', name: '指标', category: '类别', history: '26 周', now: '现在' },
  category: { activity: '活跃', contract: '合同', payment: '付款', purchase: '购买', relation: '客户关系', behaviour: '使用', finance: '财务', satisfaction: '满意度', relationship: '关系', service: '服务', lifecycle: '生命周期', event: '事件', competition: '竞争', demand: '需求', totals: '区间汇总' },
  unit: { week: '周', sigma: '个标准差', item: '项', person: '人', day: '天', days: '天', count: '次', times: '次', point: '分', points: '分', order: '单', orders: '单', hour: '小时', hours: '小时', percent: '百分比', share: '百分比', ratio: '倍', money: '金额', currency: '金额', amount: '金额', seat: '席', ticket: '张', month: '个月' },
  timeline: { title: '动态', none: '这里还没有动态', text: '原话', removed: '已移除', occurred_at: '发生时间', known_at: '可知时间', recorded_at: '入库时间', points_other: '{{count}} 分' },
  kind: { event: '行为', order: '订单', payment: '付款', ticket: '服务工单', survey_response: '问卷', contract: '合同', contact_change: '联系人变动', touch: '触达', case: '跟进', trait: '资料变化', snapshot: '快照' },
  event: {
    'Logged In': '登录', 'Report Exported': '导出报表', 'Member Invited': '邀请成员', 'Dashboard Viewed': '看看板', 'Order Completed': '下单', 'Order Cancelled': '取消订单', 'Order Refunded': '退款',
    'Payment Succeeded': '付款成功', 'Payment Failed': '付款失败', 'Ticket Opened': '提交工单', 'Ticket Closed': '工单关闭', 'NPS Answered': '推荐度评分', 'Survey Answered': '填写问卷', 'Contact Changed': '联系人变动', 'Contract Renewed': '续约', 'Contract Signed': '签约', 'Contract Ended': '合同结束', 'Traits Changed': '资料变化', 'Feature Used': '使用功能', 'Ticket Resolved': '工单解决', 'Payment Received': '收到付款', 'Payment Refunded': '退款', 'Contact Left': '联系人离开', 'Contact Joined': '新联系人', 'Contract Cancelled': '取消合同', 'Contract Terminated': '终止合同', 'Subscription Started': '开始订阅', 'Subscription Cancelled': '退订', 'Account Deleted': '销户', 'Signed Up': '注册', 'Product Viewed': '看商品', 'Page Viewed': '看页面', 'Call Logged': '电话', 'Visit Logged': '拜访', 'Email Sent': '邮件',
  },
  trait: { contact_email: '联系人邮箱', contact_name: '联系人', contact_phone: '联系人电话', contact_title: '联系人职位', region: '大区', country: '国家', gender: '性别', tenure: '在网月数', plan: '版本', industry: '行业', city: '城市', seats: '席位', phone: '电话', owner: '{{owner}}', name: '名称', contract_end_on: '合同到期', email: '邮箱' },
  severity: { urgent: '紧急', warning: '提醒', info: '知会' },
  resolution: { cleared: '已自行恢复', closed: '随跟进单结案', gone: '已流失', false_alarm: '已核实无风险' },
  case_state: { new: '待受理', accepted: '跟进中', closed: '已结案', none: '无跟进单' },
  case_step: { opened: '发起', accepted: '受理', closed: '结案', reopened: '重新打开', cleared: '自行恢复', assigned: '分派', put_off: '稍后处理', below_line: '移到线下', handed_over: '离职交接', claimed: '领取', transferred: '转交', escalated: '上报', nudged: '催办', replied: '首次回复', acted: '处理', advanced: '更新进展', task_done: '完成任务' },
  case: {
    by_liuke: '留客', accepted: '已受理：{{name}}', closed: '已结案：{{name}}', conflict: '刚有同事处理过，已为您更新', failed: '没有成功，跟进单还是原样', readonly: '您的账号只能看', close_title: '结案：{{name}}', outcome: '结果', note: '备注', note_hint: '说说经过，下次接手的人会用到（可不填）',
  },
  outcome: {
    retained: '已留存', retained_means: '沟通过了，会继续', churned: '已流失', churned_means: '确定要走', no_action_needed: '无需跟进', no_action_needed_means: '情况属实，但不用做什么', false_alarm: '误报', false_alarm_means: '预警说得不对',
  },
  alerts: {
    sentence_other: '{{shown}} 条预警，{{fresh}} 条还没人受理', sentence_none: '没有符合的预警', search: '{{noun}}名称', open: '未解除', resolved: '已解除', all: '全部', all_rules: '全部规则', none: '现在没有预警', none_text: '一切如常。有{{noun}}出现风险时，会出现在这里。', none_match: '没有符合筛选的预警',
    selected_other: '选了 {{count}} 条', accept_all: '一起受理', accepted_other: '受理了 {{count}} 张跟进单', failed_other: '{{count}} 张没有成功，请再看看', select: '选中 {{name}}', select_all: '全选待受理的', clear: '取消选择', on_time: '{{when}} 前',
  },
  lookback: {
    title: '回看过去一年', see: '回看过去一年', none: '还没有回看过', none_text: '用贵司自己的数据，看看过去一年流失的{{noun}}当时能不能提前发现。', start: '开始回看', again: '重新回看', running: '正在回看过去一年', running_text: '逐周回到当时，只用当时已知的数据（{{part}}）。可以先去看别的页面。', too_short: '历史太短', failed: '这次没有算成', stopped: '已经取消', done: '回看过去一年',
    caught: '可提前发现', missed: '漏掉', false: '误报', no_caught: '没有能提前发现的', no_missed: '一个也没漏', no_false: '没有误报', left_on: '流失日', warned_on: '预警日', ahead: '{{day}}（提前 {{days}} 天）', line: '时间线', signal: '信号', value: '金额',
    why: { never: '没有预警', too_late: '预警太晚', too_early: '预警太早，已过预测期', no_time: '回看刚开始就流失' },
    means: '提前发现：流失前 {{lead}} 到 {{horizon}} 天内有预警。误报：预警后 {{horizon}} 天内没有流失。时间线上圆圈是预警，圆点是流失。',
  },
  churn: {
    title: '流失概览', definition: '流失口径', sentence: '{{month}}流失 <b>{{count}}</b> {{m}}，客户流失率 <b>{{rate}}</b>', sentence_none: '还没有完整的月份可以计算流失率', rate: '客户流失率', rate_means: '月初的{{noun}}中，当月流失的比例。当月新来的不算。',
    by_month: '各月客户流失率', click: '点一个月份，看是谁', at_start_other: '月初 {{count}} {{m}}', left_other: '流失 {{count}} {{m}}', incomplete: '本月还没结束', states: '全部 {{all}} {{m}} = 在服务 {{current}} + 太新 {{too_new}} + 已流失 {{gone}}',
    by_band: '按风险等级', by_owner: '按{{owner}}', count: '{{noun}}', value: '金额', at_risk: '高风险', at_risk_value: '风险金额', at_risk_by_band: '高风险及以上的{{noun}}的价值。模型启用后，改为价值 × 流失概率。', at_risk_by_risk: '每{{m}}{{noun}}的价值 × 在用模型给出的 {{days}} 天内流失概率，加起来：什么都不做，预计失去这么多。', share: '占比', leavers: '{{month}}流失的{{noun}}', leavers_none: '这个月没有流失', gone_at: '流失日', before: '流失前价值', not_yet_title: '还不能判断流失',
    chart_label: '各月客户流失率：{{list}}',
  },
  punctuation: { stop: '。', comma: '，', list: '、' },
  code: { select: '请选中后复制' },
  source: {
    add: '添加来源', add_question: '数据从哪里来？', add_kind: '添加{{kind}}来源', make: '建立来源', gone: '没有这个来源，可能已经删除', name: '来源名称', name_hint: '写在每条明细记录上，建立之后不能改', name_form: '用文字、数字、空格和 . _ -，不超过 80 个字', name_of: { segment: '官网', sensors: 'App 埋点', webhook: '业务系统', jiandaoyun: '简道云', wecom: '企业微信' }, admin_only: '来源由管理员添加和修改',
    just_now: '刚刚', seconds_ago_other: '{{count}} 秒前', minutes_ago_other: '{{count}} 分钟前', last_seen: '最近一次', never: '还没有数据', facts: '明细记录', held: '待修正', held_count_other: '{{shown}} 条待修正', last_hour: '近一小时', rate_label_other: '近一分钟 {{count}} 条',
    pulse: { live: '在接收', quiet: '没有动静', waiting: '等待第一条', off: '已停用', idle: '正常' },
    kind: { segment: 'Segment 埋点', sensors: '神策埋点', webhook: '通用 Webhook', jiandaoyun: '简道云', wecom: '企业微信', postgres: 'PostgreSQL', mysql: 'MySQL / MariaDB', sqlserver: 'SQL Server', sqlite: 'SQLite', http: 'HTTP 接口', folder: '本机文件夹', sftp: 'SFTP 文件夹', files: '文件' },
    kind_about: {
      segment: '网站、App 和后台按 Segment 规范上报，现成的 SDK 直接用', sensors: '已经用神策 SDK 的，改一个地址就行', webhook: '任何能发 JSON 的系统，用路径说明每个字段', jiandaoyun: '表单数据提交、修改时推送过来', wecom: '外部联系人添加、删除，客户群解散',
      postgres: '用一句 SQL 定时取增量', mysql: '用一句 SQL 定时取增量', sqlserver: '用一句 SQL 定时取增量', sqlite: '读一个数据库文件', http: '定时调接口，翻页取数', folder: '文件放进来就导入，做完移到 done', sftp: '远程文件夹里的文件，定时取来导入',
    },
    way: { events: '埋点', hooks: '别的系统推给我们', databases: '数据库', pulled: '接口与文件夹', files: '手头的文件' },
    way_about: { events: '发生一件报一件，秒级可见', hooks: '那边一有变化就通知', databases: '我们定时去取，只取新的', pulled: '我们定时去取，只取新的', files: 'CSV、Excel、Parquet，四步导入' },
    connect: '怎么接', connect_about: '复制到对方的程序里，密钥和地址已经填好', try: '试发一次', try_about: '把大写的词换成两边约定的值，在命令行里运行', sdk: { browser: '浏览器', shell: '命令行' }, waiting: '等 {{name}} 的第一条数据，收到就显示在这里',
    key: '写入密钥', key_about: '只能往里写，不能往外读，可以放在网页里。', show: '显示', hide: '隐藏', rotate: '换密钥', rotate_title: '换一把新密钥？', rotate_text: '旧密钥立刻失效，用它的程序在换上新密钥之前发不进来。', rotated: '已换成新密钥',
    strict: '严格模式', strict_about: '打开后，一批里有一条不合格就整批退回，并说明哪一处不对。关着时照单收下，不合格的放到待修正。', enabled: '接收数据', on: '接收中', off: '已停用',
    created: '建立', changed: '最近改动', remove: '删除来源', remove_title: '删除来源“{{name}}”？', remove_text: '它的密钥立刻失效，不再接收数据。已经收下的明细记录都留着。',
  },
  live: {
    title: '实时数据', open: '看全部', about: '收到的每一条，一秒之内出现在这里。', sentence_other: '近一分钟收到 <b>{{count}}</b> 条', sentence_lost: '和服务的连接断了，正在重连', lost: '和服务的连接断了，正在重连', none: '还没有数据进来，来了就显示在这里', none_match: '没有符合筛选的', pause: '暂停', go_on: '继续', clear: '清空', waiting_other: '又来了 {{shown}} 条，点这里看', all_sources: '全部来源', source: '来源', search: '名称、编号或消息编号', outcome: '去向', to_mend: '去修正', missed_other: '有 {{shown}} 条来得太快，没有显示', message_id: '消息编号', body: '收到的原文',
  },
  outcome_in: { all: '全部', accepted: '收下', duplicate: '重复', conflict: '编号冲突', held: '待修正', rejected: '退回' },
  held: {
    sentence_other: '<b>{{shown}}</b> 条待修正', about: '收到了但成不了明细记录的，原样留在这里。改好再放行，不会丢也不会重复。', none_title: '没有待修正的数据', none: '都进来了', none_text: '收到的每一条都成了明细记录。有不合格的，会原样留在这里等您处理。', why: '哪里不对', what: '内容', when: '收到', mend: '修正', edit: '编辑', as_it_came: '恢复原文', replay: '重新放行', replayed: '已放行，成为明细记录', replayed_known: '已放行，这条之前已经有了', still: '还是不合格', replayed_many: '放行 {{sent}} 条，{{left}} 条仍不合格', discard: '丢弃', discard_title_other: '丢弃这 {{count}} 条？', discard_text: '丢弃后不能找回，同一编号再发来也不会收。', not_json: '不是合格的 JSON：', select: '选中 {{id}}', select_all: '全选', selected_other: '选了 {{count}} 条',
  },
  identity: {
    sentence_other: '<b>{{count}}</b> 处身份要您判断', none_title: '没有身份冲突', about: '几个{{noun}}用了同一个编号、电话或邮箱，规则又不敢替您合并的，都在这里。', none: '每个{{noun}}都认得清', none_text: '没有要您判断的。发现两个{{noun}}共用一个编号时，会出现在这里。', none_match: '没有符合的', state: { open: '待判断', merged: '已合并', apart: '已分开', gone: '已消失', all: '全部' },
    sort: { same_key: '同一编号', perhaps_same: '可能是同一{{m}}', shared_by_many: '多{{m}}共用' }, stays: '保留', more_other: '还有 {{count}} {{m}}', note: '为什么（可不填）', merge: '合并，保留 {{name}}', apart: '不是同一{{m}}', merged: '已合并，名单在下次计算时更新', parted: '记下了，以后不再问', unmerge: '撤销合并', unmerged: '已撤销合并，名单在下次计算时更新', unmerge_title: '把 {{key}} 分出来？', unmerge_text: '从现在起它又是单独的{{noun}}，规则不会再把它们合并。过去的情况不变。',
    contacts: '联系人', left: '{{when}} 离开', keys: '身份', by_rule: '按规则', by_person: '人工', key: { external: '外部编号', wecom: '企业微信', phone: '电话', email: '邮箱', anonymous: '匿名编号' },
  },
  quality: {
    fine: '数据都正常', not_yet: '还没有检查过，下次计算时会看', sentence_other: '<b>{{count}}</b> 个来源的数据不正常', starves_other: '，<b>{{count}}</b> 个指标因此没有数', none: '还没有可以检查的数据', none_text: '有数据进来、算过一次之后，这里会说每个来源来得勤不勤、全不全、准不准。', alerts: '数据问题', past: '以前的问题', since: '{{when}} 起', state: { closed: '已恢复', dismissed: '不再提醒', open: '未恢复' }, starved: '因此没有数的指标', dismiss: '不再提醒', dismiss_title: '不再提醒这个问题？', dismiss_text: '适合已经停用的来源，或本来就该这样的情况。', per_day_other: '通常每天 {{shown}} 条',
    held: '待修正', duplicates: '重复', conflicts: '编号冲突', unattributed: '未归属', refused: '拒收', future: '未来日期', ancient: '很久以前', name: '明细', days: '近 28 天', days_label: '近 28 天每天条数：{{list}}', week: '近 7 天', usual: '通常 {{shown}}', no_rhythm: '还看不出规律', freshness: '最近一条', fields: '字段', fields_fine_other: '{{count}} 个字段正常', missing: '缺 {{now}}（原来 {{before}}）', drift: '由{{before}}变成{{now}}', type: { number: '数字', date: '日期', truth: '是非', text: '文字' }, odd: '异常', good: '正常', sort: { silent: '没有动静', volume_low: '明显变少', volume_high: '突然变多', missing: '字段缺失', type_drift: '类型变了' },
  },
  hook: {
    address: '推送地址', address_about: { webhook: '填到对方系统里，对方有变化就发到这里', jiandaoyun: '填到简道云的数据推送里', wecom: '填到企业微信客户联系的回调里' }, scheme: '怎样证明是对方发的', scheme_none: '不验证，只靠地址保密', scheme_hmac: 'HMAC 签名', scheme_standard_webhooks: 'Standard Webhooks 签名', header: '签名所在的请求头', corp_id: '企业 ID', secret: { secret: '签名密钥', token: 'Token', encoding_aes_key: 'EncodingAESKey' },
    mapping: '哪个值是什么', mapping_about: '用 JSON 路径说明，先拿一份样例试，再保存', mapping_json: '对应（JSON）', body: '样例', body_hint: '贴一份对方发来的 JSON', try: '试一试', makes_zero: '这份样例成不了明细记录', makes_other: '会成为 {{count}} 条明细记录',
  },
  pull: {
    host: '服务器地址', port: '端口', database: '数据库名', user: '账号', password: '密码', password_hint: '加密保存，任何地方都看不到', password_kept: '已保存；留空则不变', path: '数据库文件', path_hint: '服务所在机器上的完整路径', tls: '加密连接', tls_off: '不加密', tls_prefer: '能加密就加密', tls_require: '必须加密', tls_verify: '必须加密并核对证书', query: '取什么', query_hint: '一句 SELECT，或一个表名。只读账号就够。', watermark: '增量字段', watermark_hint: '一有改动就变大的字段，如更新时间；不填则每次全取', no_watermark: '每次全取', overlap: '往回多取', overlap_hint: '秒；晚提交的行也不会漏', often: '多久取一次', by_hand: '手动', every_minutes_other: '每 {{count}} 分钟', every_hours_other: '每 {{count}} 小时', daily: '每天', at: '时间',
    folder: '文件夹', folder_hint: '服务所在机器上的完整路径；导入后的文件移到其中的 done 或 failed', folder_there_hint: '那台机器上的路径；导入后的文件移到其中的 done 或 failed', private_key: '私钥', private_key_hint: 'OpenSSH 格式，不带口令；加密保存，任何地方都看不到', password_or_key: '密码和私钥填一样就行；加密保存，任何地方都看不到', patterns: '哪些文件', patterns_hint: '可用 * 和 ?，回车分隔；不填则全部', recipe: '哪个接口', documentation: '接口文档',
    key: '主键', key_hint: '认出同一行，重复取不会重复计', column: '数据里的列', rows: '取数', rows_about: '先测试，再看样例和对应，然后就能取', test: '测试连接', preview: '看样例', run: '现在取一次', began: '开始取数', let_in: '连上了：{{server}}', keep_mapping: '保存对应', connection: '连接与定时', runs: '取数记录', no_runs: '还没有取过数', fresh: '新增', took: '用时', up_to: '取到', running: '取数中', report: '取 {{received}} 行：新增 {{accepted}}，重复 {{duplicates}}，待修正 {{rejected}}', actor: { timer: '定时', 'command line': '命令行' },
  },
  data: {
    title: '数据接入', tabs: { sources: '来源', files: '导入', live: '实时', held: '待修正', identity: '身份', quality: '质量' }, from_files: '从文件来的', sentence_files_other: '导入过 {{count}} 份文件，共 {{rows}} 行', sentence_facts: '{{shown}} 条明细记录', sentence_sources_other: '，<b>{{count}}</b> 个来源正在接收', sentence_quiet_other: '，<b>{{count}}</b> 个没有动静',  sentence_other: '{{shown}} 条明细记录，来自 {{count}} 个来源', sentence_none: '还没有数据', customers_other: '{{shown}} {{m}}{{noun}}', import: '导入文件', sources: '来源', last: '最新', first: '最早', written: '入库', facts_other: '{{shown}} 条', imports: '导入记录',
    none: '先放一份数据进来', none_text: '订单、登录、{{noun}}名单、工单、问卷、合同、付款，有哪份先导哪份。CSV、Excel、Parquet 都行。', no_imports: '还没有导入过文件',
    file: '文件', kind: '类型', when: '时间', who: '操作人', received: '共', accepted: '导入', duplicates: '重复', rejected: '未导入', state: '状态', rejects: '未导入的行', state_running: '导入中', state_done: '完成', state_failed: '失败', state_cancelled: '已停止', state_undone: '已撤销', quiet_since: '{{when}} 之后没有新数据',
  },
  table_kind: { orders: '订单', events: '行为', customers: '{{noun}}名单', tickets: '服务工单', surveys: '问卷', contracts: '合同', payments: '付款', 'follow-ups': '跟进记录', snapshot: '周期汇总', ledger: '{{noun}}台账' },
  import: {
    title: '导入文件', steps: { file: '选文件', map: '对应列', check: '核对', done: '导入' }, wider: '这几步在宽一点的屏幕上更好用，手机上也能完成。',
    drop: '把文件拖到这里，或点一下选择', formats: 'CSV、TSV、JSON、Excel、Parquet，也可以是 zip 或 gz，最大 2 GB。编码和列名会自动识别。', paste_hint: '也可以在 Excel、WPS 或飞书表格里复制一片单元格，回到这里直接粘贴。', paste_open: '打开粘贴框', paste_place: '连同表头一起粘贴到这里', paste_take: '就用这些', pasted_name: '粘贴的表格', uploading: '正在上传 {{share}}', upload_failed: '没有传成功', other_file: '换一个文件',
    kind: '这是什么', choose_kind: '请选一种', kind_hint: '在上面“这是什么”里选一种，各列会按它对应', sheet: '工作表', source: '来源名称', source_hint: '同一来源再次导入时，已有的不会重复', observed_on: '名单日期', observed_hint: '这份名单反映哪一天的情况', equal_rows: '内容相同的行', equal: { each: '每行都算', once: '只算一次' }, equal_hint: '没有编号又一模一样的行，以及同一订单里相同的明细', column: '文件里的列', samples: '样例', becomes: '对应到', property: '保留为属性', leave_out: '不导入', required: '必填', guessed: '自动识别', chosen: '您选的', missing: '还缺：{{list}}', rows_other: '{{shown}} 行', encoding: '编码 {{encoding}}',
    reading: '正在核对', checked: '核对结果', will: '{{accepted}} 行会导入，生成 {{facts}} 条明细记录', will_none: '没有可以导入的行', received: '共', accepted: '可导入', duplicates: '已有', rejected: '有问题', blocking: '先改好这些，才能导入', findings: '有问题的行', findings_text: '这些行不会导入，其余照常。导入后可下载它们，改好再导。', row: '第 {{row}} 行', finding: '问题', hint: '怎么改', no_findings: '没有发现问题', more_findings: '只列出前 {{count}} 条', where: '位置',
    start: '开始导入', started: '正在导入 {{file}}', progress: '已读 {{received}} / {{total}} 行', leave: '可以离开这一页，导入会继续', finished: '导入完成', failed: '导入没有完成', failed_text: '已导入的都在，再导一次同一份文件不会重复。', report: '共 {{received}} 行：导入 {{accepted}}，已有 {{duplicates}}，未导入 {{rejected}}', facts: '生成 {{facts}} 条明细记录', changed_from: '{{when}} 之后的历史情况有更新', conflicts_other: '{{count}} 条编号相同但内容不同，保留了先来的', download: '下载未导入的行', another: '再导一份', see_today: '看今日名单', restart: '重新开始', restored: '接着上次没做完的导入', good: '没问题', warned: '有提醒，会导入', bad: '有问题，不导入', save_mapping: '记住这份对应', save_mapping_hint: '下次表头一样的文件就不用再对', mapping_name: '对应的名称', used_mapping: '按保存的“{{name}}”对应好了', without_mapping: '不用它，重新识别', use_mapping: '用保存的对应', no_mapping: '自动识别', cancel: '停止导入', undo: '撤销', undo_title: '撤销“{{file}}”的导入？', undo_text: '它带来的 {{facts}} 条明细记录从现在起不再计入；别的来源不受影响。过去的情况仍可查看。', undid: '已撤销，{{facts}} 条明细记录不再计入', cancelled: '已停止，什么都没有导入', cancelled_text: '已经写入的都撤回了。', undone: '这次导入已撤销', undone_text: '它带来的明细记录不再计入。',
  },
  settings: {
    title: '设置', parts: { firm: '公司与称呼', value: '客户价值', staff: '员工', ownership: '归属与公海', notices: '通知', tokens: 'API 令牌', definitions: '口径与规则', advice: '处理建议', audit: '操作审计' }, saved: '已保存', admin_only: '这一页由管理员设置',
    firm_name: '公司名称', noun_zh: '{{noun}}怎么叫（中文）', noun: '客户怎么叫', noun_en: '英文单数', nouns_en: '英文复数', measure: '量词', owner_title: '负责人怎么叫', owner_title_en: '负责人英文', preview: '页面上会这样说', preview_text: '今天要跟进 12 {{measure}}{{noun}}，其中 3 {{measure}}没有{{owner}}。', timezone: '时区', timezone_fixed: '建数据目录时已定', currency: '币种', churn: '流失口径', template: '行业模板',
    staff_other: '{{count}} 位员工', add_staff: '添加员工', name: '姓名', email: '邮箱（登录名）', password: '初始密码', password_hint: '至少 8 位', role: '角色', owner_key: '名下{{noun}}', owner_key_hint: '数据里写的负责人名字，要一字不差', inactive: '已停用', added: '已添加 {{name}}',
    tokens_about: '给程序读数据用。令牌只在生成时显示一次。', token_name: '用途', add_token: '生成令牌', token_once: '现在就复制，关掉之后看不到了', created: '生成', used: '最近使用', never_used: '没用过', token_removed: '已删除', remove_token: '删除“{{name}}”？用它的程序会立刻读不到数据。', tokens_none: '还没有令牌',
    definitions_about: '健康分、预警和流失都按这些口径计算。', files: '定义文件', files_hint: '下载全部在用的定义文件（ZIP，TOML 原文）', in_use: '在用', source: '定义原文', means: '含义', sort: { indicator: '指标', scorecard: '打分卡', rule: '预警规则', churn: '流失口径' }, failed: '没有保存成功',
  },
  door: {
    sign_in: '登录', email: '邮箱', password: '密码', welcome: '留住每一位该留住的{{noun}}', forgot: '忘了密码？请管理员重设。', bad: '邮箱或密码不对', too_many: '试得太多了，过几分钟再来', email_needed: '请填邮箱', password_needed: '请填密码',
  },
  setup: {
    title: '开始使用', about: '三步就好，之后都能改（时区除外）。', no_token: '请用启动时显示的设置链接打开这一页', no_token_text: '链接只能用一次，形如 /setup?token=…；在服务的启动信息里。', steps: { firm: '公司', churn: '流失口径', admin: '管理员' }, firm_name: '公司名称', which: '最像哪一种？', words: '称呼', churn_question: '怎样算流失？', churn_about: '名单、预警、流失率都按这句话来判断。', admin_about: '第一位管理员，可以再添加同事。', name: '姓名', email: '邮箱（登录名）', password: '密码', finish: '开始使用', failed: '没有设置成功', needed: '请填写', password_short: '至少 8 位', zone: '时区', zone_fixed: '建数据目录时已定',
  },
};
