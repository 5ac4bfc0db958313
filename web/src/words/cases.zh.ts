// 跟进单：列表、看板、单页的用语。

export const caseWords = {
  cases: {
    sentence_other: '<b>{{shown}}</b> 张跟进单在办，都在时限内', sentence_overdue_other: '<b>{{shown}}</b> 张跟进单在办，<b>{{overdue}}</b> 张超时', sentence_plain_other: '<b>{{shown}}</b> 张跟进单', sentence_none: '没有符合的跟进单',
    view: '看法', views: { table: '表格', board: '看板' }, search: '{{noun}}名称或编号', type: '类型', all_types: '全部类型', state: { open: '未结', closed: '已结', all: '全部' }, overdue: '超时',
    who: { mine: '我的', team: '我的团队', pool: '待领取', mentioned: '提到我' }, who_means: { mine: '在我手上，或有任务等我', team: '在我负责的部门和下级手上', pool: '还没有人接手', mentioned: '评论里 @ 了我' },
    none: '现在没有跟进单', none_of: '没有在办的跟进单', none_text: '有{{noun}}出现需要处理的预警时会自动开单，也可以自己新建。', none_match: '没有符合筛选的跟进单', select_all: '全选已显示的', selected_other: '选了 {{count}} 张', claim: '领取', not_from: '“{{stage}}”时不能这样做',
    number: '#{{id}}', why: '为什么', since: '{{when}} 起', holder: '经手人', opened: '开单', nobody: '待领取', no_clock: '没有时限在走', due_for: { acknowledge: '受理时限', reply: '首次回复时限', act: '处理时限', review: '回看时限' },
    tasks_open_other: '{{count}} 个任务没做完', comments_count_other: '{{count}} 条评论', passes_other: '转了 {{count}} 手', passes_means_other: '连续转交 {{count}} 次，中间没有人处理', nudged: '被催', nudged_means_other: '催办 {{count}} 次', escalated: '已上报', reopened: '重开过', reopened_means_other: '重新打开 {{count}} 次',
    open: '新建跟进单', open_title: '新建跟进单：{{name}}', open_send: '开单', opened_for: '已开单：{{name}}', customer_hint: '输入名称或编号', about: '什么事', about_hint: '例如：来电投诉两次发货都少了配件，要求今天答复', holder_hint: '不选就按规则分派',
    board_keys: '上下键换一张，左右键换列，Shift 加左右键移动跟进单，M 键看全部操作，回车打开', no_way: '{{name}}：从这里不能往那边移', column_none: '这一列没有', column_closed_none: '拖到这里结案',
    move: '操作', move_title: '{{move}}：{{name}}', moved: '{{move}}：{{name}}，已完成', cannot_bring: '现在不能移到那里。可以做的有：{{list}}', cannot_move: '现在没有您能做的操作', send_anyway: '按最新情况提交', changed: '这张跟进单刚刚变过', now: '现在是“{{stage}}”，经手人：{{who}}。', typed_stays: '您填的都还在。',
    to: '给谁', to_hint: '选一位同事', reason: '原因', reason_hint: { transfer: '例如：已转到实施阶段，由交付同事接手', escalate: '例如：对方要求总监出面，今天要答复', reopen: '例如：对方又来电，说问题没有解决', other: '说说为什么' }, note_hint: { act: '联系了谁，说了什么，下一步是什么', reply: '怎么回复的', close: '说说经过，下次接手的人会用到', nudge: '例如：对方在等，今天能回一句吗', assign: '要交代的话', advance: '现在是什么情况', other: '说说经过' }, optional: '（可不填）', churn_reason: '为什么流失',
    title: '跟进单 #{{id}}', title_of: '{{name}} · 跟进单 #{{id}}', missing: '没有这张跟进单', missing_text: '编号 {{id}} 不存在，或不在您的权限里。', to_list: '回到跟进单', now_only: '跟进单只看现在', now_only_text: '您在看过去的情况，单张跟进单没有过去的页面。', why_opened: '为什么开单', opened_by: '{{who}} 开单，{{when}}',
    clocks: '时限', clock: { acknowledge: '受理', reply: '首次回复', act: '处理', review: '回看' }, due_at: '{{when}} 前', done_in_time: '按时', done_late: '超时完成', not_done: '没有做', clocks_how: '时限按工作时间走，休息日和节假日不算。',
    moves: '可以做的', more: '更多', asks: { note: '经过', reason: '原因', person: '人', outcome: '结果', churn_reason: '流失原因' }, asks_for: '，要填{{list}}',
    does: { acknowledge: '接下这张跟进单', claim: '接到自己手上', assign: '交给一位同事', transfer: '自己不跟了，交给别人', escalate: '请上级一起看', nudge: '提醒经手人尽快', reply: '先给{{noun}}一个回音', act: '记下联系和处理', advance: '更新进展', close: '说清结果，结束跟进', reopen: '事情没完，接着跟' },
    next: '下一张', before: '上一张', at: '第 {{at}} / {{total}} 张', history: '经过', given_to: '交给 {{who}}', stood: '“{{stage}}”停留 {{span}}', stood_means: '在“{{stage}}”一共 {{span}}，其中工作时间 {{working}}', span: { moment: '不到 1 分钟', days: '{{number}} 天', hours: '{{number}} 小时', minutes: '{{number}} 分' },
    tasks: '任务', tasks_none: '还没有任务', task_add: '加任务', task_title: '做什么', task_hint: '例如：把培训资料发给新对接人', task_due: '哪天前', task_who: '谁来做', task_who_hint: '不选就是经手人', task_nobody: '还没有人', task_done: '完成：{{title}}', task_undo: '没完成：{{title}}', task_done_by: '{{who}} {{when}} 完成', task_change: '修改任务：{{title}}', task_change_title: '修改任务', task_advice: '按处理建议：{{name}}', task_advice_own: '按处理建议：{{name}}（自己写的第 {{version}} 版）', decisions: '周会决定', decided: '{{week}} 那周的周会定的', change: '修改',
    comments: '评论', comments_none: '还没有评论', comment: '写评论', comment_hint: '写给同事看，@ 可以叫人', comment_keys: 'Ctrl + Enter 发送', comment_send: '发送',
  },
  waiting: {
    title: '等我做的', overdue: '{{count}} 件超时', all: '看全部 {{count}} 件', fewer: '收起', done: '完成：{{title}}', advice: '按处理建议：{{name}}', kind: { task: '任务', decision: '周会决定' },
  },
};
