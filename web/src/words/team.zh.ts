// 团队：在手、时限、超时报表的用语。

export const teamWords = {
  bell: { title: '通知', label_other: '通知，{{shown}} 条未读', read_all: '全部已读', none: '还没有通知。早上的清单、快到时限和超时的提醒都会在这里。' },
  team: {
    title: '团队', sentence_other: '团队在手 <b>{{shown}}</b> 张跟进单，都在时限内', sentence_overdue_other: '团队在手 <b>{{shown}}</b> 张跟进单，<b>{{overdue}}</b> 张超时', sentence_none: '团队手上没有跟进单',
    pool_other: '{{shown}} 张没人接手', elsewhere_other: '{{shown}} 张在其他同事手上',
    members: '成员', who: '成员', open: '在手', waiting: '待受理', overdue: '超时', due_today: '今天到时限', next: '下一个时限', no_next: '没有', left: '已离职', no_account: '没有账号', none: '这里会列出您的团队', none_text: '负责一个部门后，就能看到部门里每个人手上的跟进单和时限。',
    report: '时限报表', days: '{{from}} 至 {{to}}', period: '日期', last_days_other: '近 {{count}} 天', by_team: '部门', by_person: '员工', nobody: '没人接手时', report_none: '这段时间没有到点的时限', report_none_text: '换一段日期看看。', how: '按时与超时都只算一次：按时算做到的那一刻和那个人，超时算到点的那一刻、单在谁手上就是谁。用时按工作时间算。',
    taken: '接手', clock: { acknowledge: '受理按时', reply: '首次回复按时', act: '处理按时' }, breached: '超时', kept_of: '按时 {{share}}，超时 {{breached}} 次', median: '用时中位数', passes: '空转交', hours: '{{number}} 小时', minutes: '{{number}} 分钟',
  },
};
