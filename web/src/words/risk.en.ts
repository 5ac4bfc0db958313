// Words of risk and of the reasons for leaving.

export const riskWords = {
  risk: {
    title: 'Risk of leaving', means: 'The probability of leaving within so many days, by the model in service, calibrated: of 100 {{nouns}} marked 30% about 30 do leave.', by: '{{churn}}, model {{number}}', proven: 'Judged on later months',
    within_one: 'Within {{count}} day', within_other: 'Within {{count}} days', usual: 'Mean of all: {{share}}', usual_within_one: 'Probability of leaving within {{count}} day; mean of all: {{share}}', usual_within_other: 'Probability of leaving within {{count}} days; mean of all: {{share}}', now: 'now', stays: 'Still there: {{share}}', stays_usual: 'Mean of all: {{share}}', curve: 'Survival curve: {{list}}', curve_about: 'How likely this {{noun}} is still there; the dashed line is the mean of all.',
    worth_one: 'Expected to bring in {{count}} month', worth_other: 'Expected to bring in {{count}} months', worth_range: 'between {{low}} and {{high}}; {{whole}} if it stays throughout', worth_means: '{{measure}}, {{yearly}} for a year: each month counts by the probability of still being there then, later money for less ({{discount}} a year). Beyond the last horizon it goes on at the pace of the last stretch. The range is how far off the model was in the months it was judged by.',
    why: 'Why', why_days_one: 'Why the risk within {{count}} day is what it is', why_days_other: 'Why the risk within {{count}} days is what it is', odds_up: 'Multiplies the odds of leaving by {{odds}}', odds_down: 'Multiplies the odds of leaving by {{odds}} (lowers them)', more: '{{count}} more', sort: { voluntary: 'voluntary', involuntary: 'involuntary', silent: 'silent', price: 'price', experience: 'experience' },
    confirmed: 'Reasons that people confirmed', confirmed_rank: 'cause no. {{rank}} of the model when the case was opened', confirmed_not: 'not among the causes the model gave when the case was opened', confirmed_unsaid: 'stands for no branch',
    back: 'What would bring it back', back_about: 'Among what staff can change', back_means: 'The smallest change, among what staff can change, by which the model or the scorecard comes back to the safe side. It says how they reckon today, not that it will work: that takes a holdout to find out.', of: { risk: 'Risk', health: 'Health' },
    today: '{{share}} risk within {{days}} days', column: 'Risk', column_hint: 'Model in service: within {{days}} days · {{model}}',
  },
  reasons: {
    title: 'Reasons for leaving', see: 'Reasons', back: 'Churn overview', about: 'Left what people confirmed, right what the model predicts; every count adds up.', quarter: 'Quarter', segment: 'Segment', everybody: 'All {{nouns}}',
    confirmed: 'Why they left, {{quarter}}', confirmed_about: 'Confirmed on closing', confirmed_sum: '{{left}} left = {{confirmed}} with a confirmed reason + {{unconfirmed}} without; {{only}} more closed as churned though still there by the definition', confirmed_none: 'No confirmed reason in this quarter', confirmed_none_text: 'Choose a reason on closing a case as churned, and it stands here.',
    predicted: 'Who is likeliest to leave now, and why', predicted_about: 'The likeliest tenth, by first cause', predicted_sum: 'The model looked at {{asked}}; {{count}} of them belong to the likeliest tenth (risk of {{least}} or more within {{days}} days)', predicted_none: 'No predicted reasons yet',
    branch: 'Reason', count: '{{Nouns}}', tier: { high: 'High', middle: 'Middle', low: 'Low', unknown: 'Unknown' }, names: '{{name}}: {{shown}} {{nouns}}', names_most: 'The first {{most}} by value', to_models: 'See the models',
    agreement: 'Do both say the same?', agreement_about: 'Cases of the last year with a confirmed reason, beside the causes the model gave when each was opened', agreed: 'Confirmed', first: 'First cause', first_two: 'Among the first two', instead: 'Said instead of another',
  },
};
