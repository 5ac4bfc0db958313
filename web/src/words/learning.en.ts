// What was learnt from history: weights of scorecards, and what goes with leaving.

export const learningWords = {
  learn: {
    stopped: 'Stopped',
    weights: 'Learn from outcomes', weights_none: 'Weights were never learnt from outcomes', weights_about: 'Sees who did leave and suggests what each measure should weigh: beginning from the weights as they are, never against their direction, and both put to later months. Whether to take it is up to you.', weights_running: 'Learning weights from outcomes', weights_refused: 'This history does not carry weights yet',
    judged_on: 'Judged on', how: 'Learnt from outcomes of {{first}} to {{last}}, {{leavers}} left in them; judged on the months after.', short: 'History is short: how far to move from the weights as they are was decided by other {{nouns}} of the same months.', weights_table: 'Weights as they are and as suggested', measure: 'Measure', hand: 'Yours', suggested: 'Suggested', unlearnt: { said_by_people: 'rated by staff, not learnt', no_data: 'no data to compare, not learnt' },
    both: 'Both sets of weights in the months judged by', figures: { auc: 'Order (AUC)', leavers: 'Left', caught: 'Caught', warned: 'Warned of', recall: 'Share caught', precision: 'Share right' }, auc_difference: 'Difference in AUC {{value}} (95% interval {{low}} to {{high}}).', warned_means: 'On the first of each month the lowest tenth by health is warned of.', moved: 'The weights on the left were changed since; “Yours” are those it was learnt with.',
    take: 'Take over into the draft', taken: 'Put into the draft on the left; it takes effect once saved and activated', is_taken: 'Is in the draft', not_better: 'It did no better in later months: think before you take it',
  },
  found: {
    title: 'Found in history', views: 'What to look at', view_rules: 'Your rules', look: 'Look for rules in history', again: 'Look again', none_yet: 'Nothing was looked for in history yet', about: 'Looks for those {{nouns}} who left more often than others, told in up to three conditions. One half of the {{nouns}} finds, the other half confirms; what is not borne out is not told.', running: 'Looking for rules in history, and replaying each over the last year', refused: 'This history does not carry rules yet',
    looked: 'Looked at {{customers}} {{nouns}} on the first of each month from {{first}} to {{last}}; {{leavers}} of them left. {{tested}} rules were tested; of all looks {{base}} were followed by leaving within {{days}} days.', leaks: 'Not asked, since they seem to know the outcome: {{list}}', nothing: 'No rule was borne out', nothing_text: 'Bring in more of what {{nouns}} do, order or ask for, and look again.', flatters: 'The replay includes the {{nouns}} that a rule was found on and flatters it; the half that confirms is what counts.',
    left_of: '{{left}} of {{rows}} left', interval: '{{share}} ({{low}}–{{high}})', times: '{{times}} times', recall: '{{share}} of all leaving', people_one: '{{shown}} {{noun}}', people_other: '{{shown}} {{nouns}}', figures: { confirmed: 'The half that confirms, within {{days}} days', lift: 'Against everybody', found: 'The half it was found on', replay: 'The last year replayed' },
    make: 'Make a draft', make_of: 'Make a draft: {{rule}}', made: 'Draft saved; it speaks once activated', see: 'See the rule', note: 'found in history',
  },
};
