// Words of follow-up records, advice and promises.

export const followUpWords = {
  follow_up: {
    record: 'Record', title: 'Follow up {{name}}', send: 'Record it', recorded: 'Recorded: {{name}}', dial: 'Call', part: 'Follow-ups and promises', none: 'No follow-up yet', next_is: 'Next contact: {{when}}',
    channel: 'How', outcome: 'Outcome', mood: 'How they stand', note: 'What was said', note_hint: 'One line is enough: finds it dear, waits for the budget', promise: 'What was promised', promise_hint: 'For example: a new quote by Wednesday', add_promise: 'We promised something', due: 'By which day', due_needed: 'Choose a day: it will be chased', next: 'Next contact',
    channels: { call: 'Call', message: 'Message', visit: 'Visit', meeting: 'Meeting', email: 'E-mail', other: 'Other' },
    outcomes: { talked: 'Talked', left_word: 'Left word', no_answer: 'No answer', refused: 'Refused' },
    moods: { stay: 'Wants to stay', unsure: 'Hesitates', leave: 'Wants to leave', unclear: 'Hard to say' },
  },
  advice: {
    task: 'Make it a task', task_made: 'The task is there: {{who}}, by {{when}}.', task_waits: 'That task is there already: {{who}}, by {{when}}.', task_open: 'Open case #{{id}}',
    show: 'Advice', show_of: 'Advice: {{name}}', title: '{{name}} · advice', reason: 'Reason', for_tier: 'Tier of this {{noun}}: {{tier}}', no_tier: 'Value unknown: the standard way', promises: 'First, what was promised', first_step: 'First step', who: 'Who:', openings: 'Three ways to begin', not_offer: 'Do not offer', tutorial: 'Send', copy: 'Copy this sentence',
    answers: 'Reasons it answers', own: 'Your own', library_about: 'Each entry answers some reasons: by the value of the {{noun}}, who acts, the first step, how to begin, what not to offer, what to send. Write your own, and go back to ours at any time.', back: 'Back to the shipped one', is_back: 'The shipped advice is back',
    result: 'What following it came to', result_shipped: 'The shipped entry', result_version: 'Your version {{version}}', taken: 'Taken', kept: 'Kept', lost: 'Lost', came: 'Taken {{taken}} times, done {{done}}; in {{cases}} cases: {{kept}} kept, {{lost}} lost, {{other}} ended otherwise, {{open}} open.', no_claim: 'Counts only: without a control group they do not say that it helped.',
  },
  promise: {
    sentence_one: '<b>{{shown}}</b> promise is open', sentence_other: '<b>{{shown}}</b> promises are open', overdue_one: ', <b>{{shown}}</b> overdue', overdue_other: ', <b>{{shown}}</b> overdue', none_open: 'Every promise has been settled', none: 'No promise matches', none_text: 'What is promised in a follow-up record is kept here and chased on its day.', about: 'One click says whether it was kept; broken ones become an indicator',
    what: 'What was promised', when: 'By', kept: 'Kept', broken: 'Broken', take_back: 'Take back', by: 'promised by {{who}}', made: '{{who}} on {{when}}', due: 'Due {{when}}', was_due: 'Was due {{when}}', state: { kept: 'Kept', broken: 'Broken', open: 'Open' }, filter: { open: 'Open', overdue: 'Overdue', kept: 'Kept', broken: 'Broken', all: 'All' }, done: { kept: 'Noted as kept', broken: 'Noted as broken', open: 'Taken back' },
  },
};
