// Words of the screens in English. {{noun}} {{nouns}} {{owner}} are the firm's own: customer, customers, account manager.

import { caseWords } from './cases.en';
import { deskWords } from './desk.en';
import { followUpWords } from './follow-up.en';
import { indicatorWords } from './indicators.en';
import { leavingWords } from './leaving.en';
import { learningWords } from './learning.en';
import { modelWords } from './models.en';
import { reminderWords } from './reminders.en';
import { reviewWords } from './review.en';
import { scorecardWords } from './scorecards.en';
import { sheetWords } from './sheets.en';
import { renewalWords } from './renewals.en';
import { riskWords } from './risk.en';
import { ruleWords } from './rules.en';
import { noticeWords } from './notices.en';
import { staffWords } from './staff.en';
import { teamWords } from './team.en';

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
  app: { name: 'Liuke', short: 'Liuke' },
  nav: { today: 'Today', customers: '{{Nouns}}', alerts: 'Alerts', cases: 'Cases', promises: 'Promises', renewals: 'Renewals', reminders: 'Reminders', team: 'Team', review: 'Weekly review', churn: 'Churn', indicators: 'Indicators', scorecards: 'Scorecards', rules: 'Rules', models: 'Models', data: 'Data', settings: 'Settings' },
  nav_short: { today: 'Today', customers: '{{Nouns}}', alerts: 'Alerts', cases: 'Cases', churn: 'Churn', data: 'Data', settings: 'Settings' },
  frame: {
    skip: 'Skip to content', nav: 'Pages', demo: 'Sample firm', new: 'New alerts', new_alerts_one: '{{count}} alert nobody has accepted', new_alerts_other: '{{count}} alerts nobody has accepted',
    to_dark: 'Switch to dark', to_light: 'Switch to light',
  },
  me: { menu: 'Me', tokens: 'API tokens', docs: 'API reference', sign_out: 'Sign out' },
  role: { admin: 'Administrator', manager: 'Head', owner: '{{Owner}}', service: 'Service', analyst: 'Analyst', readonly: 'Read only' },
  role_means: { admin: 'All {{nouns}} and all settings', manager: '{{Nouns}} of the units they head and below', owner: 'Own {{nouns}} only', service: 'All {{nouns}}, no export', analyst: 'All {{nouns}} and data, drafts of indicators and models', readonly: 'All {{nouns}}, no acting' },
  as_of: {
    title: 'As of', now: 'now', label: 'As of {{when}}', about: 'Stand at a past moment and see only what was known then. The past can be looked at, not acted on.',
    ago_one: '{{count}} day ago', ago_other: '{{count}} days ago', other: 'Another day', bar: 'You are looking at {{when}} as it was then', back: 'Back to now', no_act: 'You are looking at the past; go back to now to act', month_ago: 'See how things stood 30 days ago',
  },
  search: { open: 'Search', hint: 'Search {{nouns}}, pages or actions', short: 'Search', customers: '{{Nouns}}', pages: 'Pages', actions: 'Actions', results: 'Search results', none: 'Nothing found for “{{text}}”' },
  keys: { title: 'Keys', search: 'Search', move: 'Move', open: 'Open', close: 'Close', help: 'Show keys' },
  explain: { exact: 'Figure', unit: 'Unit', window: 'Window', window_days: '{{window}} days', source: 'Source', as_of: 'As of' },
  unknown: { title: 'Not enough data', no_reason: 'nothing has arrived to compute it from' },
  state: { loading: 'Loading', more: '{{shown}} of {{total}} shown, scroll for more', all_shown_one: 'That is the only one', all_shown_other: 'That is all {{shown}}' },
  act: {
    again: 'Try again', reload: 'Reload', cancel: 'Cancel', save: 'Save', accept: 'Accept', close_case: 'Close case', export: 'Export', export_hint: 'Export to Excel with these filters',
    clear_filters: 'Clear filters', back: 'Back', next: 'Next', copy: 'Copy', copied: 'Copied', remove: 'Delete', add: 'Add', done: 'Done',
  },
  fault: {
    failed: 'Could not read {{what}}', safe: 'Your data', safe_text: 'is all there, nothing lost or changed', todo: 'You can', id: 'Reference',
    unreachable: 'The server cannot be reached', forbidden: 'This is outside your permissions', missing: 'Not found', server: 'Something went wrong on the server',
    todo_unreachable: 'check the network and that the server runs, then try again', todo_forbidden: 'ask an administrator', todo_missing: 'check the address, or search', todo_server: 'try again in a moment; if it stays so, send the reference to an administrator',
    broken: 'This page has broken', broken_text: 'Your data is safe and unchanged. Reloading usually helps; if it does not, tell an administrator.',
  },
  lost: { title: 'There is no such page', text: 'The address may be mistyped, or the page has moved.', home: 'Go to Today' },
  band: { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical', unknown: 'No data' },
  band_long: { low: 'Low risk', medium: 'Medium risk', high: 'High risk', critical: 'Critical risk', unknown: 'Not enough data' },
  verdict: { explain: 'Risk band, decided by the scorecard. Health {{health}}, data coverage {{coverage}}' },
  health: {
    title: 'Health', means: '0 to 100, higher is healthier. The scorecard makes it from the indicators.', coverage: 'Data coverage {{share}}', coverage_title: 'Coverage', coverage_means: 'How much of the scorecard\'s weight rests on data', thin: 'rests on little data',
    no_change: 'there was no health 30 days ago', in_30d: '30-day change', trend: 'Health over 180 days, now {{health}}',
  },
  value: { title: '{{Noun}} value', means: 'By the measure that was chosen', means_of: '{{what}}: the measure that was chosen',
    about: 'Value makes the tiers high, middle and low; it also says which alerts come first and what stands at risk. Before you change the measure, see what would change.', in_use: 'In use', by_scorecard: 'Named by the scorecard', unknown: 'Not known of any {{noun}} yet', no_cost: 'Orders carry no cost yet. Import a column “cost” or “margin”, or send “cost” with the orders, and value can be margin', known: 'Known of {{known}} ({{share}}), {{sum}} together',
    choose: 'Choose another measure', consequence: 'Once saved', no_change: 'No {{noun}} changes tier.', change_one: '{{shown}} {{noun}} changes tier:', change_other: '{{shown}} {{nouns}} change tier:', raised_one: '{{shown}} up', raised_other: '{{shown}} up', lowered_one: '{{shown}} down', lowered_other: '{{shown}} down', gained_one: '{{shown}} gets a tier', gained_other: '{{shown}} get a tier', lost_one: '{{shown}} loses it', lost_other: '{{shown}} lose it', follows: 'Lists, segments and value at risk follow at once, the order of alerts with the next cycle. Pages of the past are seen by the new measure too.', nobody: 'No {{nouns}} yet', nobody_text: 'Once there is data, this page says of how many each measure is known.' },
  owner: { none: 'Nobody' },
  standing: { current: 'Current', too_new: 'Too new to judge', gone: 'Left' },
  proof: { untested_means: 'Not yet checked against your own past: take the order as guidance, its hit rate is unknown.', backtested_means: 'Checked against your own past: names and days are under “The year in hindsight”.' },
  col: {
    band: 'Risk', customer: '{{Noun}}', value: 'Value', clock: 'Due', owner: '{{Owner}}', health: 'Health', change: '30 days', trend: '180 days', reason: 'Reason', last_seen: 'Last seen', state: 'State',
    tier: 'Tier', severity: 'Severity', alert: 'Alert', opened: 'Opened', case: 'Case',
  },
  clock: { overdue: 'Overdue', overdue_days_one: '{{count}} day late', overdue_days_other: '{{count}} days late', by: 'by {{when}}', left_one: '{{count}} day left', left_other: '{{count}} days left', due_at: 'Due' },
  today: {
    total_one: '<b>{{count}}</b> {{noun}} needs you today', total_other: '<b>{{count}}</b> {{nouns}} need you today', due_one: ', <b>{{count}}</b> due by tonight', due_other: ', <b>{{count}}</b> due by tonight', value: ', <b>{{value}}</b> a year at stake',
    none: 'Nobody needs you today', none_past: 'Nobody needed care then', none_past_text: 'No case was open at that moment, or nothing had been computed yet.', overdue_one: '{{count}} overdue', overdue_other: '{{count}} overdue', unowned_one: '{{count}} without {{owner}}', unowned_other: '{{count}} without {{owner}}', value_unknown_one: '{{count}} of unknown value left out', value_unknown_other: '{{count}} of unknown value left out', closed_one: '{{count}} closed today', closed_other: '{{count}} closed today',
    computed: 'Computed {{when}}', everyone: 'Everyone', mine: 'Mine', open_days_zero: 'opened today', open_days_one: 'open {{count}} day', open_days_other: 'open {{count}} days', next_step: 'Next step',
    good_news: 'Good news', done: 'All done for today', done_closed_one: 'You and your colleagues closed {{count}} case today. Take a breath; anything new will appear here.', done_closed_other: 'You and your colleagues closed {{count}} cases today. Take a breath; anything new will appear here.', done_text: 'No {{noun}} needs special care right now. Anything new will appear here.', see_customers: 'See all {{nouns}}',
    not_yet_title: 'No list for today yet',
  },
  cycle: {
    run: 'Recompute', about: 'Scores everybody again on the latest data.', last: 'Last: {{when}}', running: 'Computing {{share}}', done: 'Done', failed: 'It did not finish; the list is as it was',
    stage_load: 'Reading facts', stage_indicators: 'Indicators', stage_scores: 'Scores', stage_alerts: 'Alerts', stage_record: 'Writing',
  },
  customers: {
    sentence_one: '{{shown}} {{noun}}, {{risk}} at high risk', sentence_other: '{{shown}} {{nouns}}, {{risk}} at high risk', sentence_filtered_one: '{{shown}} matches, {{risk}} at high risk', sentence_filtered_other: '{{shown}} match, {{risk}} at high risk', states: '{{all}} in all = {{current}} current + {{too_new}} too new + {{gone}} left',
    search: 'Name or id', state_default: 'Current and new', has_alert: 'With alerts', none_match: 'No {{noun}} matches', none_match_text: 'Try another word or fewer filters.', none: 'No {{nouns}} yet', none_text: 'Import orders, logins or a list of {{nouns}} and they will appear here.',
    no_reason: 'no notable risk', never_seen: 'never',
  },
  segments: {
    title: 'Segments and value', tab_list: 'List', segment: 'Segment', named: 'Segments', name: 'Name', condition: 'Condition', none: 'No segments yet', none_text: 'The template of this industry brings none.', members: 'Members', missing: 'There is no such segment', missing_text: 'It may have been taken out of the definitions.',
    sentence_one: '<b>{{shown}}</b> {{noun}} of high value, <b>{{risk}}</b> at high risk', sentence_other: '<b>{{shown}}</b> {{nouns}} of high value, <b>{{risk}}</b> at high risk', sentence_plain_one: '<b>{{shown}}</b> {{noun}}', sentence_plain_other: '<b>{{shown}}</b> {{nouns}}', matrix: 'Value × risk', opens: 'Choose a cell to see who', from: 'from {{amount}}', sum_one: '{{shown}} {{noun}}', sum_other: '{{shown}} {{nouns}}', cell: '{{tier}}, {{band}}: {{shown}}',
    count_means: '{{outside}} are not in it, of {{unknown}} too little is known; together these are all {{nouns}} who have not left.', much: 'Spends much', little: 'Spends less', often: 'Often', seldom: 'Seldom', lately: 'Came lately', long_ago: 'Long ago', at_risk_one: '{{shown}} at risk', at_risk_other: '{{shown}} at risk', rfm_none: 'No cells yet', rfm_unknown_one: 'Of {{shown}} too little is known.', rfm_unknown_other: 'Of {{shown}} too little is known.',
    over_time: 'Members over 12 months', moved: 'since the point before: {{joined}} in, {{left}} out', chart: 'Members of {{name}} over 12 months: {{list}}', nobody: 'Nobody is in this segment now', nobody_text: 'Whoever meets the condition comes in by itself.',
  },
  tier: { high: 'High value', middle: 'Middle value', low: 'Low value', unknown: 'Value unknown' },
  rfm_cell: { key_value: 'Key, valued', plain_value: 'Regular, valued', key_develop: 'Key, to develop', plain_develop: 'Regular, to develop', key_keep: 'Key, to keep', plain_keep: 'Regular, to keep', key_win_back: 'Key, to win back', plain_win_back: 'Regular, to win back', unknown: 'Unknown' },
  tags: {
    title: 'Tags and segments', tag: 'Tag', add: 'Add a tag', none: 'No tags', by: '{{who}}, {{when}}', remove: 'Take off the tag “{{tag}}”', selected_one: '{{count}} selected', selected_other: '{{count}} selected', name: 'Name of the tag', put: 'Tag', take: 'Take off', undo: 'Undo', undone: 'Undone', select_all: 'Select all shown',
    put_on_one: '{{count}} {{noun}} tagged “{{tag}}”', put_on_other: '{{count}} {{nouns}} tagged “{{tag}}”', taken_off_one: '“{{tag}}” taken off {{count}} {{noun}}', taken_off_other: '“{{tag}}” taken off {{count}} {{nouns}}',
  },
  customer: {
    open: 'Open', all: 'See everything', reasons: 'Why now', why: 'Where the health comes from', no_contributions: 'There is no score to explain yet', sum: 'Starts at {{base}}, contributions {{sum}}, makes {{health}}',
    contract_end: 'Contract ends', since: 'First seen', won_back: 'Back since', won_back_means: 'By the definition of leaving it counted as left from {{gone}} and was seen again on {{back}}. Whether it came back because of what was done cannot be said without a control group.', last_seen: 'Last seen', id: 'Id', missing: 'There is no such {{noun}}', missing_text: 'Id {{id}} does not exist at this moment, or is outside your permissions.',
    gone: 'Counts as left since {{when}}', fine: 'Everything looks normal, no notable risk', no_health: 'Too few facts yet to draw a line of health', health_line: 'Health over the last 180 days, now {{health}}', by: '{{scorecard}}', scorecard_means: 'This scorecard decides the risk band',
    changed: 'Since a week ago', unchanged: 'no change', changed_sum: '{{before}} → {{after}}, {{change}} points', alerts: 'Alerts', no_alerts: 'No alerts', cases: 'Cases', traits: 'Details', no_traits: 'No details have arrived yet', trait_since: 'since {{when}}',
  },
  rhythm: {
    title: 'Against its own rhythm', about: 'The grey band is where its own rhythm and everybody\'s doings let expect it, about 19 weeks in 20', week_of: 'Week from {{day}}', did: 'Seen {{times}}', expected: '{{expected}} expected ({{low}}–{{high}})', changed: 'Changed about here',
  },
  indicator: { title: 'Indicators', name: 'Indicator', category: 'Category', history: '26 weeks', now: 'Now' },
  category: { activity: 'Activity', contract: 'Contract', payment: 'Payment', purchase: 'Purchase', relation: 'Relation', behaviour: 'Usage', finance: 'Finance', satisfaction: 'Satisfaction', relationship: 'Relationship', service: 'Service', lifecycle: 'Lifecycle', event: 'Events', competition: 'Competition', demand: 'Demand', totals: 'Totals' },
  unit: { week_one: 'week', week_other: 'weeks', sigma: 'SD', item_one: 'item', item_other: 'items', person_one: 'person', person_other: 'people', day_one: 'day', day_other: 'days', days_one: 'day', days_other: 'days', count: '', times_one: 'time', times_other: 'times', point: 'points', points: 'points', order_one: 'order', order_other: 'orders', orders_one: 'order', orders_other: 'orders', hour_one: 'hour', hour_other: 'hours', hours_one: 'hour', hours_other: 'hours', percent: 'per cent', share: 'per cent', ratio: 'times', money: 'amount', currency: 'amount', amount: 'amount', seat_one: 'seat', seat_other: 'seats', ticket_one: 'ticket', ticket_other: 'tickets', month_one: 'month', month_other: 'months' },
  timeline: { title: 'What happened', none: 'Nothing has happened yet', text: 'Words', removed: 'removed', occurred_at: 'Occurred', known_at: 'Known', recorded_at: 'Recorded', points_one: '{{count}} point', points_other: '{{count}} points' },
  kind: { event: 'Behaviour', order: 'Orders', payment: 'Payments', ticket: 'Tickets', survey_response: 'Surveys', contract: 'Contracts', contact_change: 'Contacts', touch: 'Touches', case: 'Cases', trait: 'Details', snapshot: 'Snapshots' },
  event: {
    'Logged In': 'Logged in', 'Report Exported': 'Report exported', 'Member Invited': 'Member invited', 'Dashboard Viewed': 'Dashboard viewed', 'Order Completed': 'Order', 'Order Cancelled': 'Order cancelled', 'Order Refunded': 'Refund',
    'Payment Succeeded': 'Paid', 'Payment Failed': 'Payment failed', 'Ticket Opened': 'Ticket opened', 'Ticket Closed': 'Ticket closed', 'NPS Answered': 'Recommendation score', 'Survey Answered': 'Survey answered', 'Contact Changed': 'Contact changed', 'Contract Renewed': 'Renewed', 'Contract Signed': 'Signed', 'Contract Ended': 'Contract ended', 'Traits Changed': 'Details changed', 'Feature Used': 'Feature used', 'Ticket Resolved': 'Ticket resolved', 'Payment Received': 'Paid', 'Payment Refunded': 'Refunded', 'Contact Left': 'Contact left', 'Contact Joined': 'New contact', 'Contract Cancelled': 'Contract cancelled', 'Contract Terminated': 'Contract ended early', 'Subscription Started': 'Subscribed', 'Subscription Cancelled': 'Unsubscribed', 'Account Deleted': 'Account deleted', 'Signed Up': 'Signed up', 'Product Viewed': 'Product viewed', 'Page Viewed': 'Page viewed', 'Call Logged': 'Call', 'Visit Logged': 'Visit', 'Email Sent': 'E-mail',
  },
  trait: { contact_email: 'Contact e-mail', contact_name: 'Contact', contact_phone: 'Contact phone', contact_title: 'Contact title', region: 'Region', country: 'Country', gender: 'Gender', tenure: 'Tenure', plan: 'Plan', industry: 'Industry', city: 'City', seats: 'Seats', phone: 'Phone', owner: '{{Owner}}', name: 'Name', contract_end_on: 'Contract end', email: 'E-mail' },
  severity: { urgent: 'Urgent', warning: 'Warning', info: 'Notice' },
  resolution: { cleared: 'cleared by itself', closed: 'closed with its case', gone: 'left', false_alarm: 'checked, no risk' },
  case_state: { new: 'To accept', accepted: 'In progress', closed: 'Closed', none: 'No case' },
  case_step: { opened: 'Opened', accepted: 'Accepted', closed: 'Closed', reopened: 'Reopened', cleared: 'Cleared', assigned: 'Assigned', put_off: 'Put off', below_line: 'Below the line', handed_over: 'Handed over', claimed: 'Claimed', transferred: 'Handed over', escalated: 'Escalated', nudged: 'Urged', replied: 'First reply', acted: 'Acted', advanced: 'Went on', task_done: 'Task done' },
  case: {
    by_liuke: 'Liuke', accepted: 'Accepted: {{name}}', closed: 'Closed: {{name}}', conflict: 'A colleague has just changed this; it is up to date now', failed: 'That did not work; the case is as it was', readonly: 'Your account can only look', close_title: 'Close: {{name}}', outcome: 'Outcome', note: 'Note', note_hint: 'What happened, for whoever comes next (optional)',
  },
  outcome: {
    retained: 'Retained', retained_means: 'we talked, they stay', churned: 'Churned', churned_means: 'they are leaving for certain', no_action_needed: 'No action needed', no_action_needed_means: 'true, but nothing to do', false_alarm: 'Mistaken alert', false_alarm_means: 'the alert was wrong',
  },
  alerts: {
    sentence_one: '{{shown}} alert, {{fresh}} to accept', sentence_other: '{{shown}} alerts, {{fresh}} to accept', sentence_none: 'No alert matches', search: '{{Noun}} name', open: 'Open', resolved: 'Resolved', all: 'All', all_rules: 'All rules', none: 'No alerts right now', none_text: 'All is well. A {{noun}} at risk will appear here.', none_match: 'No alert matches the filters',
    selected_one: '{{count}} selected', selected_other: '{{count}} selected', accept_all: 'Accept all', accepted_one: '{{count}} case accepted', accepted_other: '{{count}} cases accepted', failed_one: '{{count}} did not work, please look again', failed_other: '{{count}} did not work, please look again', select: 'Select {{name}}', select_all: 'Select all to accept', clear: 'Clear', on_time: 'by {{when}}',
  },
  lookback: {
    title: 'The year in hindsight', see: 'Look back on the year', none: 'Nobody has looked back yet', none_text: 'See, on your own data, which of last year\'s leavers would have been seen ahead.', start: 'Look back', again: 'Look back again', running: 'Looking back on the year', running_text: 'Week by week, with what was known then ({{part}}). You may go elsewhere meanwhile.', too_short: 'The history is too short', failed: 'It did not work this time', stopped: 'Stopped', done: 'The year in hindsight',
    caught: 'Seen ahead', missed: 'Missed', false: 'Mistaken', no_caught: 'Nobody would have been seen ahead', no_missed: 'Nobody was missed', no_false: 'Nobody was warned by mistake', left_on: 'Left', warned_on: 'Warned', ahead: '{{day}} ({{days}} days ahead)', line: 'Timeline', signal: 'Signal', value: 'Amount',
    why: { never: 'never warned of', too_late: 'warned too late', too_early: 'warned too early', no_time: 'left right at the beginning' },
    means: 'Seen ahead: a warning {{lead}} to {{horizon}} days before leaving. Mistaken: nobody left within {{horizon}} days. On the timeline the ring is the warning, the dot the leaving.',
  },
  churn: {
    title: 'Churn', definition: 'Churn definition', sentence: '<b>{{count}}</b> left in {{month}}, a churn rate of <b>{{rate}}</b>', sentence_none: 'No complete month to compute a churn rate from yet', rate: 'Churn rate', rate_means: 'Of the {{nouns}} at the start of the month, the share that left in it. Newcomers are not counted.',
    by_month: 'Churn rate by month', click: 'Click a month to see who', at_start_one: '{{count}} at the start', at_start_other: '{{count}} at the start', left_one: '{{count}} left', left_other: '{{count}} left', incomplete: 'this month has not ended', states: '{{all}} in all = {{current}} current + {{too_new}} too new + {{gone}} left',
    by_band: 'By risk band', by_owner: 'By {{owner}}', count: '{{Nouns}}', value: 'Amount', at_risk: 'At high risk', at_risk_value: 'Amount at risk', at_risk_by_band: 'The value of those at high risk or above. Once a model is in service: value × the probability of leaving.', at_risk_by_risk: 'The sum of each value × the probability of leaving within {{days}} days by the model in service: what is expected to be lost if nothing is done.', share: 'Share', leavers: '{{Nouns}} who left in {{month}}', leavers_none: 'Nobody left in this month', gone_at: 'Left on', before: 'Value before', not_yet_title: 'Churn cannot be judged yet',
    chart_label: 'Churn rate by month: {{list}}',
  },
  punctuation: { stop: '. ', comma: ', ', list: ', ' },
  code: { select: 'Select the text and copy it' },
  source: {
    add: 'Add a source', add_question: 'Where does the data come from?', add_kind: 'Add a source: {{kind}}', make: 'Create source', gone: 'There is no such source; it may have been deleted', name: 'Name of the source', name_hint: 'Written on every fact; it cannot be changed later', name_form: 'Letters, digits, spaces and . _ -, at most 80', name_of: { segment: 'Website', sensors: 'App', webhook: 'Our system', jiandaoyun: 'Jiandaoyun', wecom: 'WeCom' }, admin_only: 'Administrators add and change sources',
    just_now: 'just now', seconds_ago_one: '{{count}} second ago', seconds_ago_other: '{{count}} seconds ago', minutes_ago_one: '{{count}} minute ago', minutes_ago_other: '{{count}} minutes ago', last_seen: 'Last seen', never: 'Nothing yet', facts: 'Facts', held: 'To mend', last_hour: 'Last hour', rate_label_one: '{{count}} in the last minute', rate_label_other: '{{count}} in the last minute', held_count_one: '{{shown}} to mend', held_count_other: '{{shown}} to mend',
    pulse: { live: 'Receiving', quiet: 'Quiet', waiting: 'Waiting', off: 'Off', idle: 'Fine' },
    kind: { segment: 'Segment events', sensors: 'Sensors events', webhook: 'Webhook', jiandaoyun: 'Jiandaoyun', wecom: 'WeCom', postgres: 'PostgreSQL', mysql: 'MySQL / MariaDB', sqlserver: 'SQL Server', sqlite: 'SQLite', http: 'HTTP API', folder: 'Folder on this machine', sftp: 'SFTP folder', files: 'Files' },
    kind_about: {
      segment: 'Websites, apps and servers with the stock Segment libraries', sensors: 'Stock Sensors libraries: change one address', webhook: 'Anything that sends JSON; paths say which field is which', jiandaoyun: 'Forms push what was submitted or changed', wecom: 'External contacts added or removed, groups dismissed',
      postgres: 'One query on a schedule, new rows only', mysql: 'One query on a schedule, new rows only', sqlserver: 'One query on a schedule, new rows only', sqlite: 'Reads a database file', http: 'Calls an API on a schedule, page by page', folder: 'Files put there are imported, then moved to done', sftp: 'Files of a remote folder, fetched on a schedule',
    },
    way: { events: 'Events', hooks: 'Pushed by other systems', databases: 'Databases', pulled: 'APIs and folders', files: 'A file at hand' },
    way_about: { events: 'As it happens, seen within a second', hooks: 'They tell us when something changes', databases: 'We fetch on a schedule, new rows only', pulled: 'We fetch on a schedule, what is new', files: 'CSV, Excel, Parquet in four steps' },
    connect: 'How to connect', connect_about: 'Paste into the sending program; key and address are filled in', try: 'Try it', try_about: 'Put what both sides agreed on in place of the capitals, and run it in a shell', sdk: { browser: 'Browser', shell: 'Command line' }, waiting: 'Waiting for the first data of {{name}}; it appears here as it arrives',
    key: 'Write key', key_about: 'It can only write, never read, so it may stand in a web page.', show: 'Show', hide: 'Hide', rotate: 'New key', rotate_title: 'Make a new key?', rotate_text: 'The old key stops working at once; programs that use it cannot send until they have the new one.', rotated: 'The key is new',
    strict: 'Strict', strict_about: 'On: a call with one bad event is refused as a whole and says where the fault is. Off: everything is taken, and what is not right waits to be mended.', enabled: 'Receive data', on: 'Receiving', off: 'Off',
    created: 'Created', changed: 'Last changed', remove: 'Delete source', remove_title: 'Delete the source “{{name}}”?', remove_text: 'Its key stops working at once and nothing more comes in. The facts it brought stay.',
  },
  live: {
    title: 'Live', open: 'See all', about: 'Everything that arrives, here within a second.', sentence_one: '<b>{{count}}</b> in the last minute', sentence_other: '<b>{{count}}</b> in the last minute', sentence_lost: 'The connection broke; trying again', lost: 'The connection broke; trying again', none: 'Nothing has arrived yet; it appears here as it comes', none_match: 'Nothing matches', pause: 'Pause', go_on: 'Go on', clear: 'Clear', waiting_one: '{{shown}} more arrived: show it', waiting_other: '{{shown}} more arrived: show them', all_sources: 'All sources', source: 'Source', search: 'Name, id or message id', outcome: 'What became of it', to_mend: 'Mend', missed_one: '{{shown}} went by too fast to be shown', missed_other: '{{shown}} went by too fast to be shown', message_id: 'Message id', body: 'As it was sent',
  },
  outcome_in: { all: 'All', accepted: 'Accepted', duplicate: 'Duplicate', conflict: 'Conflict', held: 'To mend', rejected: 'Refused' },
  held: {
    sentence_one: '<b>{{shown}}</b> waits to be mended', sentence_other: '<b>{{shown}}</b> wait to be mended', about: 'What arrived and could not become a fact, kept as it came. Mend it and send it again: nothing is lost, nothing is counted twice.', none_title: 'Nothing to mend', none: 'Everything came in', none_text: 'All that arrived became facts. Whatever is not right will wait here, as it came.', why: 'What is wrong', what: 'Content', when: 'Arrived', mend: 'Mend', edit: 'Edit', as_it_came: 'As it came', replay: 'Replay', replayed: 'Replayed: it is a fact now', replayed_known: 'Replayed: it was there already', still: 'Still not right', replayed_many: '{{sent}} replayed, {{left}} still not right', discard: 'Discard', discard_title_one: 'Discard this one?', discard_title_other: 'Discard these {{count}}?', discard_text: 'They cannot be brought back, and the same ids will not be taken again.', not_json: 'Not valid JSON:', select: 'Select {{id}}', select_all: 'Select all', selected_one: '{{count}} selected', selected_other: '{{count}} selected',
  },
  identity: {
    sentence_one: '<b>{{count}}</b> identity to decide', sentence_other: '<b>{{count}}</b> identities to decide', none_title: 'No identity conflicts', about: 'Where {{nouns}} share an id, a phone number or an e-mail and no rule dares to merge them, you decide.', none: 'Everybody is told apart', none_text: 'There is nothing to decide. When two {{nouns}} turn out to share a key, they appear here.', none_match: 'Nothing here', state: { open: 'To decide', merged: 'Merged', apart: 'Kept apart', gone: 'Gone', all: 'All' },
    sort: { same_key: 'Same key', perhaps_same: 'Perhaps the same', shared_by_many: 'Shared by many' }, stays: 'Stays', more_one: '{{count}} more', more_other: '{{count}} more', note: 'Why (optional)', merge: 'Merge into {{name}}', apart: 'Keep apart', merged: 'Merged; lists follow with the next computation', parted: 'Noted, it will not be asked again', unmerge: 'Unmerge', unmerged: 'Unmerged; lists follow with the next computation', unmerge_title: 'Part {{key}} again?', unmerge_text: 'From now on it is a {{noun}} of its own, and no rule merges them again. The past stays as it was.',
    contacts: 'Contacts', left: 'left {{when}}', keys: 'Identity', by_rule: 'by rule', by_person: 'by a person', key: { external: 'External id', wecom: 'WeCom', phone: 'Phone', email: 'E-mail', anonymous: 'Anonymous id' },
  },
  quality: {
    fine: 'The data is sound', not_yet: 'Not looked at yet; the next computation will', sentence_one: '<b>{{count}}</b> source is not as usual', sentence_other: '<b>{{count}}</b> sources are not as usual', starves_one: ', so <b>{{count}}</b> indicator has no number', starves_other: ', so <b>{{count}}</b> indicators have no number', none: 'Nothing to look at yet', none_text: 'Once data has come in and been computed, this page says for every source how fresh, complete and steady it is.', alerts: 'What is wrong', past: 'What was wrong before', since: 'since {{when}}', state: { closed: 'mended', dismissed: 'dismissed', open: 'open' }, starved: 'Indicators without a number', dismiss: 'Dismiss', dismiss_title: 'Dismiss this?', dismiss_text: 'For a source that has ended, or is meant to be so. It will not be raised again.', per_day_one: 'usually {{shown}} a day', per_day_other: 'usually {{shown}} a day',
    held: 'To mend', duplicates: 'Duplicates', conflicts: 'Conflicts', unattributed: 'Of nobody', refused: 'Refused', future: 'Future dates', ancient: 'Very old', name: 'Facts', days: '28 days', days_label: 'A day over 28 days: {{list}}', week: '7 days', usual: 'usually {{shown}}', no_rhythm: 'no rhythm yet', freshness: 'Latest', fields: 'Fields', fields_fine_one: '{{count}} field fine', fields_fine_other: '{{count}} fields fine', missing: 'missing {{now}} (was {{before}})', drift: 'turned from {{before}} into {{now}}', type: { number: 'number', date: 'date', truth: 'yes or no', text: 'text' }, odd: 'Odd', good: 'Fine', sort: { silent: 'Silent', volume_low: 'Far fewer', volume_high: 'Far more', missing: 'Fields missing', type_drift: 'Type changed' },
  },
  hook: {
    address: 'Address to push to', address_about: { webhook: 'Give it to the other system: it sends here whatever changes', jiandaoyun: 'Enter it in the push settings of Jiandaoyun', wecom: 'Enter it as the callback for customer contact in WeCom' }, scheme: 'How it proves who sent it', scheme_none: 'Not at all: only the address is secret', scheme_hmac: 'HMAC signature', scheme_standard_webhooks: 'Standard Webhooks signature', header: 'Header with the signature', corp_id: 'Corp id', secret: { secret: 'Signing secret', token: 'Token', encoding_aes_key: 'EncodingAESKey' },
    mapping: 'Which value is what', mapping_about: 'By JSON path; try it on a sample, then keep it', mapping_json: 'Mapping (JSON)', body: 'Sample', body_hint: 'Paste JSON as the other side sends it', try: 'Try', makes_zero: 'This sample makes no fact', makes_one: 'It would become {{count}} fact', makes_other: 'It would become {{count}} facts',
  },
  pull: {
    host: 'Server', port: 'Port', database: 'Database', user: 'Account', password: 'Password', password_hint: 'Kept encrypted, shown nowhere', password_kept: 'Kept; leave empty to keep it', path: 'Database file', path_hint: 'Full path on the machine of the server', tls: 'Encryption', tls_off: 'Off', tls_prefer: 'If the server can', tls_require: 'Required', tls_verify: 'Required, certificate checked', query: 'What to read', query_hint: 'One SELECT, or the name of a table. A read-only account is enough.', watermark: 'Watermark', watermark_hint: 'A column that grows with every change, such as updated_at; without it all rows are read each time', no_watermark: 'Everything each time', overlap: 'Overlap', overlap_hint: 'Seconds; rows committed late are not missed', often: 'How often', by_hand: 'By hand', every_minutes_one: 'Every {{count}} minute', every_minutes_other: 'Every {{count}} minutes', every_hours_one: 'Every hour', every_hours_other: 'Every {{count}} hours', daily: 'Daily', at: 'At',
    folder: 'Folder', folder_hint: 'Full path on the machine of the server; files that were read move to done or failed inside it', folder_there_hint: 'The path over there; imported files move to done or failed in it', private_key: 'Private key', private_key_hint: 'In OpenSSH format, without a passphrase; sealed, and shown nowhere', password_or_key: 'A password or a private key, one is enough; sealed, and shown nowhere', patterns: 'Which files', patterns_hint: 'With * and ?, separated by Enter; all when empty', recipe: 'Which API', documentation: 'Its documentation',
    key: 'Primary key', key_hint: 'Tells a row from every other, so that reading it again counts once', column: 'Column', rows: 'Reading', rows_about: 'Test it, look at the first rows and their mapping, then read', test: 'Test connection', preview: 'Look at rows', run: 'Read now', began: 'Reading has begun', let_in: 'Connected: {{server}}', keep_mapping: 'Keep mapping', connection: 'Connection and schedule', runs: 'Runs', no_runs: 'Not read yet', fresh: 'New', took: 'Took', up_to: 'Up to', running: 'Reading', report: '{{received}} rows: {{accepted}} new, {{duplicates}} duplicates, {{rejected}} to mend', actor: { timer: 'Timer', 'command line': 'Command line' },
  },
  data: {
    tabs: { sources: 'Sources', files: 'Imports', live: 'Live', held: 'To mend', identity: 'Identity', quality: 'Quality' }, from_files: 'From files', sentence_files_one: '{{count}} file imported, {{rows}} rows', sentence_files_other: '{{count}} files imported, {{rows}} rows', sentence_facts: '{{shown}} facts', sentence_sources_one: ', <b>{{count}}</b> source receiving', sentence_sources_other: ', <b>{{count}}</b> sources receiving', sentence_quiet_one: ', <b>{{count}}</b> quiet', sentence_quiet_other: ', <b>{{count}}</b> quiet', title: 'Data', sentence_one: '{{shown}} facts from {{count}} source', sentence_other: '{{shown}} facts from {{count}} sources', sentence_none: 'No data yet', customers_one: '{{shown}} {{noun}}', customers_other: '{{shown}} {{nouns}}', import: 'Import a file', sources: 'Sources', last: 'Latest', first: 'Earliest', written: 'Written', facts_one: '{{shown}} fact', facts_other: '{{shown}} facts', imports: 'Imports',
    none: 'Put a first file in', none_text: 'Orders, logins, a list of {{nouns}}, tickets, surveys, contracts, payments: begin with whatever you have. CSV, Excel or Parquet.', no_imports: 'No file has been imported yet',
    file: 'File', kind: 'Kind', when: 'When', who: 'By', received: 'Rows', accepted: 'Imported', duplicates: 'Duplicate', rejected: 'Rejected', state: 'State', rejects: 'Rejected rows', state_running: 'Importing', state_done: 'Done', state_failed: 'Failed', state_cancelled: 'Stopped', state_undone: 'Taken back', quiet_since: 'nothing new since {{when}}',
  },
  table_kind: { orders: 'Orders', events: 'Behaviour', customers: '{{Nouns}}', tickets: 'Tickets', surveys: 'Surveys', contracts: 'Contracts', payments: 'Payments', 'follow-ups': 'Follow-ups', snapshot: 'Totals by period', ledger: '{{Noun}} ledger' },
  import: {
    title: 'Import a file', steps: { file: 'File', map: 'Columns', check: 'Check', done: 'Import' }, wider: 'These steps are easier on a wider screen, but work here too.',
    drop: 'Drop a file here, or click to choose', formats: 'CSV, TSV, JSON, Excel, Parquet, also as zip or gz, up to 2 GB. Encoding and columns are recognised.', paste_hint: 'Or copy cells in Excel or any spreadsheet and paste them right here.', paste_open: 'Show a box to paste into', paste_place: 'Paste the cells here, header row included', paste_take: 'Use these', pasted_name: 'Pasted table', uploading: 'Uploading {{share}}', upload_failed: 'The upload did not work', other_file: 'Another file',
    kind: 'What is it', choose_kind: 'Please choose', kind_hint: 'Choose under “What is it” above; the columns follow', sheet: 'Sheet', source: 'Name of the source', source_hint: 'Importing the same source again adds nothing twice', observed_on: 'Day of the list', observed_hint: 'The day on which this list was true', equal_rows: 'Equal rows', equal: { each: 'Each counts', once: 'Count once' }, equal_hint: 'Rows without an id of their own that say the same, and equal lines of one order', column: 'Column in the file', samples: 'Samples', becomes: 'Becomes', property: 'Keep as a property', leave_out: 'Leave out', required: 'required', guessed: 'recognised', chosen: 'your choice', missing: 'Still missing: {{list}}', rows_one: '{{shown}} row', rows_other: '{{shown}} rows', encoding: 'encoding {{encoding}}',
    reading: 'Checking', checked: 'Check', will: '{{accepted}} rows will be imported as {{facts}} facts', will_none: 'There is no row to import', received: 'Rows', accepted: 'Good', duplicates: 'Already there', rejected: 'With faults', blocking: 'Mend these before importing', findings: 'Rows with faults', findings_text: 'These rows will be left out, the others go in. Afterwards you can download, mend and import them.', row: 'row {{row}}', finding: 'What is wrong', hint: 'What to do', no_findings: 'No faults found', more_findings: 'The first {{count}} are listed', where: 'Where',
    start: 'Import', started: 'Importing {{file}}', progress: '{{received}} of {{total}} rows read', leave: 'You may leave this page; the import goes on', finished: 'Imported', failed: 'The import did not finish', failed_text: 'What is in stays in; importing the same file again adds nothing twice.', report: '{{received}} rows: {{accepted}} imported, {{duplicates}} already there, {{rejected}} rejected', facts: '{{facts}} facts made', changed_from: 'The past has changed from {{when}} on', conflicts_one: '{{count}} had a known id but other content; the first was kept', conflicts_other: '{{count}} had a known id but other content; the first was kept', download: 'Download rejected rows', another: 'Another file', see_today: 'See Today', restart: 'Start again', restored: 'Continuing the import you had begun', good: 'Fine', warned: 'With a remark, imported', bad: 'Not imported', save_mapping: 'Remember this mapping', save_mapping_hint: 'The next file with these headers needs no questions', mapping_name: 'Name of the mapping', used_mapping: 'Mapped as saved under “{{name}}”', without_mapping: 'Guess anew instead', use_mapping: 'Saved mapping', no_mapping: 'Guess', cancel: 'Stop', undo: 'Undo', undo_title: 'Take back the import of “{{file}}”?', undo_text: 'The {{facts}} facts it brought count no more from now on; other sources are not touched. The past can still be looked at.', undid: 'Taken back: {{facts}} facts count no more', cancelled: 'Stopped, nothing was imported', cancelled_text: 'What had been written was taken back.', undone: 'This import was taken back', undone_text: 'The facts it brought count no more.',
  },
  settings: {
    title: 'Settings', parts: { firm: 'Firm and words', value: 'Value', staff: 'Staff', ownership: 'Ownership', notices: 'Notices', tokens: 'API tokens', definitions: 'Definitions', advice: 'Advice', audit: 'Audit' }, saved: 'Saved', admin_only: 'An administrator looks after this page',
    firm_name: 'Name of the firm', noun_zh: 'Noun in Chinese', noun: 'What you call a customer', noun_en: 'English singular', nouns_en: 'English plural', measure: 'Chinese measure word', owner_title: 'Title of an owner (Chinese)', owner_title_en: 'Title of an owner', preview: 'Screens will say', preview_text: '12 {{plural}} need you today, 3 of them have no {{title}}.', timezone: 'Time zone', timezone_fixed: 'Fixed when the data folder was made', currency: 'Currency', churn: 'Churn definition', template: 'Template',
    staff_one: '{{count}} person', staff_other: '{{count}} people', add_staff: 'Add a person', name: 'Name', email: 'E-mail (sign-in name)', password: 'First password', password_hint: 'At least 8 characters', role: 'Role', owner_key: 'Own {{nouns}}', owner_key_hint: 'The owner\'s name exactly as in the data', inactive: 'Not in use', added: '{{name}} added',
    tokens_about: 'For programs that read data. A token is shown once, when it is made.', token_name: 'Purpose', add_token: 'Make a token', token_once: 'Copy it now; it will not be shown again', created: 'Made', used: 'Last used', never_used: 'never', token_removed: 'Deleted', remove_token: 'Delete “{{name}}”? Programs that use it stop at once.', tokens_none: 'No tokens yet',
    definitions_about: 'Health, alerts and churn are computed by these.', files: 'Definition files', files_hint: 'Download every definition in use as its file (a ZIP of TOML)', in_use: 'in use', source: 'Definition', means: 'Meaning', sort: { indicator: 'Indicators', scorecard: 'Scorecards', rule: 'Alert rules', churn: 'Churn definitions' }, failed: 'It was not saved',
  },
  door: {
    sign_in: 'Sign in', email: 'E-mail', password: 'Password', welcome: 'Keep the {{nouns}} worth keeping', forgot: 'Forgot it? Ask an administrator.', bad: 'E-mail or password is wrong', too_many: 'Too many attempts; come back in a few minutes', email_needed: 'E-mail, please', password_needed: 'Password, please',
  },
  setup: {
    title: 'Set up', about: 'Three steps; all but the time zone can be changed later.', no_token: 'Open this page by the set-up link', no_token_text: 'It works once and looks like /setup?token=…; the server prints it when it starts.', steps: { firm: 'Firm', churn: 'Churn', admin: 'Administrator' }, firm_name: 'Name of the firm', which: 'Which is most like you?', words: 'Words', churn_question: 'When has somebody left?', churn_about: 'Lists, alerts and the churn rate all follow this sentence.', admin_about: 'The first administrator; colleagues can be added later.', name: 'Name', email: 'E-mail (sign-in name)', password: 'Password', finish: 'Start', failed: 'Set-up did not work', needed: 'Please fill this in', password_short: 'At least 8 characters', zone: 'Time zone', zone_fixed: 'Fixed when the data folder was made',
  },
};
