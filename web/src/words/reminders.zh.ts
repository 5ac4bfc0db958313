// 提醒与节前清单的用语。

export const reminderWords = {
  reminders: {
    tab: '提醒', festival_tab: '节前清单', sentence_other: '今天该想起 <b>{{shown}}</b> 件事', overdue_other: '，<b>{{shown}}</b> 件是前些天留下的', none_today: '今天没有要想起的事', sub: '距{{name}}还有 {{count}} 个工作日', sub_on: '{{name}}：{{day}}',
    month: '月历', before: '上个月', after: '下个月', today: '今天', day_count_other: '{{day}}：{{count}} 件', weekdays: { mon: '一', tue: '二', wed: '三', thu: '四', fri: '五', sat: '六', sun: '日' },
    all_kinds: '全部', answered: '已答复', none: '这一天没有提醒', none_text: '约好的联系、生日、合同到期、半年没见面和久无动静的{{noun}}，到日子会列在这里；写了跟进，对应的提醒自己消失。', none_answered: '这一天没有答复过的提醒',
    what: '提醒', due: '日期', overdue_since: '{{when}} 起', done: '完成', more: '推迟或不再提醒', tomorrow: '推到明天', in_days: '推迟 {{days}} 天', next_week: '推到下周一', not_this_year: '今年不再提醒', take_back: '撤回',
    told: { done: '已记为完成', put_off: '已推迟', not_this_year: '今年不再提醒', open: '已撤回' }, by: '{{who}} {{when}}', state: { done: '已完成', skipped: '今年不再提醒' },
    panel: '今天的提醒', panel_all_other: '全部 {{count}} 条', near: '离{{name}}还有 {{days}} 个工作日，节前清单已备好', open_list: '看节前清单',
  },
  greetings: {
    sentence_other: '{{name}}前可以问候 <b>{{shown}}</b> {{m}}{{noun}}', fix_other: '，<b>{{shown}}</b> {{m}}要先解决问题', none_sentence: '{{name}}前没有要问候的{{noun}}', opens: '节前五个工作日（{{day}}）起问候', open_now: '现在可以问候了', doubt: '日期按周末推算',
    group: { greet: '可以问候', fix: '先解决问题', greeted: '已问候' }, none: { greet: '没有还要问候的{{noun}}', fix: '没有要先解决问题的{{noun}}', greeted: '还没有问候过谁' }, none_text: '名单里只有在网{{noun}}；有未解决的投诉、没兑现的承诺或没付成的款，先列在“先解决问题”。',
    nothing_known: '近况里没有可说的事，问候前先看看{{noun}}页', first: '先解决', text: '问候语', copy: '复制问候语', copy_of: '复制给{{name}}的问候语', mark: '已问候', mark_of: '已问候 {{name}}', marked: '已记下：问候了 {{name}}', back: '撤回',
  },
};
