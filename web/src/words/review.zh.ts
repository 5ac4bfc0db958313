// 周会复盘、月度盘点的用语。

export const reviewWords = {
  review: {
    title: '周会复盘', sentence: '{{from}} 至 {{until}}：跟进了 <b>{{acted}}</b> {{m}}{{noun}}，留下 <b>{{stayed}}</b> {{m}}（含本来就会留下的），流失 <b>{{lost}}</b> {{m}}', sentence_unknown: '{{from}} 至 {{until}}：跟进了 <b>{{acted}}</b> {{m}}{{noun}}，留下 <b>{{stayed}}</b> {{m}}（含本来就会留下的）', stands: '截至 {{when}}', running: '这一周还没过完', reach: { mine: '我的{{noun}}', team: '我的团队', all: '全部{{noun}}' },
    by: '看法', week: '按周', month: '按月', earlier: '前一周', later: '后一周', earlier_month: '上个月', later_month: '下个月', pick_week: '选一周', pick_month: '选一个月', print: '打印', forward: '转发长图',
    last: '上次周会的决定', last_none: '上次周会没有写下决定。这次定下的事，下周会先看它做了没有。', last_done: '{{done}} / {{all}} 件已完成', from_week: '{{week}} 那周定的',
    decisions: '这次周会的决定', decisions_none: '还没有写下决定', decide: '写下决定', decide_send: '定下来', what: '做什么', what_hint: '例如：把超时的跟进单逐张过一遍', who: '谁来做', about: '关于哪{{m}}{{noun}}', who_hint: '选一个人', due: '哪天前', change: '修改', change_of: '修改决定：{{title}}', done: '完成：{{title}}', undo: '没完成：{{title}}', due_on: '{{when}} 前', overdue: '{{when}} 到期，还没做完', done_by: '{{who}} {{when}} 完成', done_late: '{{who}} {{when}} 完成，晚了', changed: '刚刚有人改过',
    numbers: '这一周', number: { opened: '新预警', acted: '跟进过', stayed: '跟进后留下', lost: '流失', late: '超时', false_alarm: '误报' }, unit: { opened: '条', acted: '{{m}}', stayed: '{{m}}', lost: '{{m}}', late: '次', false_alarm: '条' },
    means: { opened: '这一周开出的预警，含只是提示的', acted: '这一周有跟进记录，或在跟进单上记下联系的{{noun}}，每{{m}}只算一次', stayed: '跟进过、这一周结案、周末按数据还在的{{noun}}。没有对照组，不能说是挽回的', lost: '按流失口径，这一周流失的{{noun}}', late: '这一周到点还没做的受理、回复和处理', false_alarm: '这一周被核实无风险的预警' },
    same: '与前一周持平', more: '比前一周多 {{by}}', fewer: '比前一周少 {{by}}', before_unknown: '前一周还判断不了', opened_acted: '其中 {{count}} 条已跟进', lost_warned: '其中 {{count}} {{m}}流失前半年内预警过', lost_amount: '共 {{amount}}',
    rules: '每条规则的成效', rules_none: '这一周没有开出预警', rule: '规则', opened: '预警', acted: '跟进过', mistaken: '误报', left_since: '后来流失', left_since_means: '这些预警的{{noun}}里，到今天为止已经流失的', to_rule: '看规则和阈值',
    lost: '这一周流失的{{noun}}', lost_none: '这一周没有流失', lost_more: '还有 {{count}} {{m}}，看全部', warned: '预警过', not_warned: '没有预警', mortem: '复盘', has_proposal: '有规则建议', definition: '流失口径：{{name}}', later_title: '这一周之后才知道的', left_too: '按今天的数据，这一周还流失了：', did_not_leave: '按今天的数据，这些其实没有在这一周流失：',
    names: '{{what}}：{{count}}', names_none: '没有', names_more: '再看 100 条', case: '跟进单 #{{id}}',
    month_title: '月度盘点', month_sentence: '{{month}}：{{customers}} {{m}}{{noun}}，到期该处理 <b>{{due}}</b> 件，按时 <b>{{kept}}</b> 件，流失 <b>{{lost}}</b> {{m}}', month_sentence_unknown: '{{month}}：{{customers}} {{m}}{{noun}}，到期该处理 <b>{{due}}</b> 件，按时 <b>{{kept}}</b> 件', month_none: '这个月还没有{{noun}}', month_none_text: '导入{{noun}}、跟进几天之后，这里按{{owner}}一行一行列出来。', total: '合计', customers: '{{noun}}', amount: '价值', act: '按时处理', promises: '兑现承诺', decided: '完成决定', of: '{{part}} / {{all}}', lost_column: '流失', lost_value: '流失价值', nothing_due: '没有到期的',
    picture: '转发长图', picture_about: '一张图，直接发到群里。{{noun}}名称默认遮住，图在您的浏览器里画，不经过服务器。', show_names: '显示{{noun}}名称', save: '保存图片', picture_alt: '周会长图', foot: '留客 Liuke · {{when}} 的数字',
    sign: '签字', sign_head: '主持人', sign_owner: '负责人', sign_date: '日期', paper_more: '还有 {{count}} 条，见系统', paper_blank: '会上补充',
  },
};
