// The team: load, clocks, and what became of them.

export const teamWords = {
  bell: { title: 'Notices', label_one: 'Notices, {{shown}} unread', label_other: 'Notices, {{shown}} unread', read_all: 'Mark all as read', none: 'Nothing yet. The list of the morning and what is about to be overdue, or is, will be told here.' },
  team: {
    title: 'Team', sentence_one: 'The team has <b>{{shown}}</b> case in hand, in time', sentence_other: 'The team has <b>{{shown}}</b> cases in hand, all in time', sentence_overdue_one: 'The team has <b>{{shown}}</b> case in hand, <b>{{overdue}}</b> overdue', sentence_overdue_other: 'The team has <b>{{shown}}</b> cases in hand, <b>{{overdue}}</b> overdue', sentence_none: 'The team has no case in hand',
    pool_one: '{{shown}} unassigned', pool_other: '{{shown}} unassigned', elsewhere_one: '{{shown}} in the hands of other colleagues', elsewhere_other: '{{shown}} in the hands of other colleagues',
    members: 'Members', who: 'Member', open: 'In hand', waiting: 'To accept', overdue: 'Overdue', due_today: 'Due today', next: 'Next limit', no_next: 'None', left: 'has left', no_account: 'without an account', none: 'Your team will be listed here', none_text: 'Whoever heads a unit sees what each of its people has in hand, and how the clocks stand.',
    report: 'Report on clocks', days: '{{from}} to {{to}}', period: 'Days', last_days_one: 'Last day', last_days_other: 'Last {{count}} days', by_team: 'Unit', by_person: 'Person', nobody: 'While unassigned', report_none: 'No clock was decided in these days', report_none_text: 'Try other days.', how: 'Each clock counts once: kept when it was met, for whoever met it; overdue when it ran out, for whoever had the case then. Time taken is working time.',
    taken: 'Taken', clock: { acknowledge: 'Accepted in time', reply: 'Replied in time', act: 'Acted in time' }, breached: 'Overdue', kept_of: '{{share}} in time, overdue: {{breached}}', median: 'Median time', passes: 'Passed on', hours: '{{number}} h', minutes: '{{number}} min',
  },
};
