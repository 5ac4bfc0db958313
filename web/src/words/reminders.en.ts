// Words of reminders and of the list before a festival.

export const reminderWords = {
  reminders: {
    tab: 'Reminders', festival_tab: 'Before the festival', sentence_one: '<b>{{shown}}</b> thing to think of today', sentence_other: '<b>{{shown}}</b> things to think of today', overdue_one: ', <b>{{shown}}</b> left from earlier days', overdue_other: ', <b>{{shown}}</b> left from earlier days', none_today: 'Nothing to think of today', sub: '{{count}} working days until {{name}}', sub_on: '{{name}}: {{day}}',
    month: 'Month', before: 'Month before', after: 'Month after', today: 'Today', day_count_one: '{{day}}: {{count}} reminder', day_count_other: '{{day}}: {{count}} reminders', weekdays: { mon: 'Mo', tue: 'Tu', wed: 'We', thu: 'Th', fri: 'Fr', sat: 'Sa', sun: 'Su' },
    all_kinds: 'All', answered: 'Answered', none: 'No reminder on this day', none_text: 'Agreed contacts, birthdays, contracts that end, {{nouns}} not met for half a year or gone silent appear here on their day; a follow-up record makes its reminder disappear.', none_answered: 'No reminder of this day was answered',
    what: 'Reminder', due: 'Day', overdue_since: 'since {{when}}', done: 'Done', more: 'Put off or stop', tomorrow: 'Until tomorrow', in_days: 'For {{days}} days', next_week: 'Until Monday', not_this_year: 'Not this year', take_back: 'Take back',
    told: { done: 'Marked as done', put_off: 'Put off', not_this_year: 'Not this year', open: 'Taken back' }, by: '{{who}} {{when}}', state: { done: 'Done', skipped: 'Not this year' },
    panel: 'Reminders of today', panel_all_one: 'See {{count}} reminder', panel_all_other: 'All {{count}} reminders', near: '{{days}} working days until {{name}}: the list of greetings is ready', open_list: 'See the list',
  },
  greetings: {
    sentence_one: '<b>{{shown}}</b> {{noun}} to greet before {{name}}', sentence_other: '<b>{{shown}}</b> {{nouns}} to greet before {{name}}', fix_one: ', <b>{{shown}}</b> needs something put right first', fix_other: ', <b>{{shown}}</b> need something put right first', none_sentence: 'Nobody to greet before {{name}}', opens: 'From {{day}} on, five working days before', open_now: 'Time to greet', doubt: 'Counted by weekends',
    group: { greet: 'To greet', fix: 'Put right first', greeted: 'Greeted' }, none: { greet: 'No more {{nouns}} to greet', fix: 'Nothing to be put right first', greeted: 'Nobody has been greeted yet' }, none_text: 'Only {{nouns}} who are still with us are listed; open complaints, promises not kept and payments that failed come under “Put right first”.',
    nothing_known: 'Nothing recent is known: have a look at the page of the {{noun}} first', first: 'First', text: 'Greeting', copy: 'Copy the greeting', copy_of: 'Copy the greeting for {{name}}', mark: 'Greeted', mark_of: 'Greeted {{name}}', marked: 'Recorded: {{name}} was greeted', back: 'Take back',
  },
};
