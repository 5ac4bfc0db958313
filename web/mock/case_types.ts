// Case types and the make of a case of the pretended firm, as the shipped definitions have them.

import type { CaseEnding, CaseMove, CaseRow, CaseStage, CaseType, CaseTypePage, Words } from '../src/api/types';

const words = (zh: string, en: string): Words => ({ zh, en });
const stage = (id: string, state: string, zh: string, en: string): CaseStage => ({ id, state, name: words(zh, en) });

/** `person`, `reason`; `note?` may be left out. */
function move(id: string, does: string, name: Words, from: string[], to: string | null, asks: string[] = [], by = 'anyone'): CaseMove {
  return { id, does, name, from, to, by, asks: asks.map((one) => ({ field: one.replace('?', ''), required: !one.endsWith('?') })) };
}

function movesOf(open: string[], deeds: CaseMove[]): CaseMove[] {
  const later = open.slice(1);
  return [
    move('acknowledge', 'acknowledge', words('受理', 'Accept'), ['new'], 'accepted'),
    move('claim', 'claim', words('领取', 'Claim'), ['new'], 'accepted'),
    move('claim_open', 'claim', words('领取', 'Claim'), later, null),
    ...deeds,
    move('assign', 'assign', words('分派', 'Assign'), open, null, ['person', 'note?']),
    move('transfer', 'transfer', words('转交', 'Hand over'), open, null, ['person', 'reason'], 'holder'),
    move('escalate', 'escalate', words('上报', 'Escalate'), open, null, ['reason'], 'holder'),
    move('nudge', 'nudge', words('催办', 'Urge'), open, null, ['note?']),
    move('close', 'close', words('结案', 'Close'), open, 'closed', ['outcome', 'churn_reason', 'note?']),
    move('reopen', 'reopen', words('重新打开', 'Reopen'), ['closed'], 'accepted', ['reason']),
  ];
}

const ending = (id: string, means: string, name: Words, about: Words): CaseEnding => ({ id, means, name, about });
const LEFT = ending('churned', 'lost', words('已流失', 'Churned'), words('确定要走', 'they are leaving for certain'));
const OF_ALERTS = [
  ending('retained', 'kept', words('已留存', 'Retained'), words('沟通过了，会继续', 'we talked, they stay')), LEFT,
  ending('no_action_needed', 'other', words('无需跟进', 'No action needed'), words('情况属实，但不用做什么', 'true, but nothing to do')),
  ending('false_alarm', 'mistaken', words('误报', 'Mistaken alert'), words('预警说得不对', 'the alert was wrong')),
];
const OF_COMPLAINTS = [ending('solved', 'kept', words('已解决', 'Solved'), words('客户确认满意，会继续', 'the customer says that it is solved, and stays')), LEFT];

const limit = (reply: number | null) => [{ severity: null, tier: null, acknowledge_hours: 2, reply_hours: reply, act_hours: 24, review_hours: 120 }];
const NEW = stage('new', 'new', '待受理', 'To take up');
const ACCEPTED = stage('accepted', 'accepted', '处理中', 'In hand');
const CLOSED = stage('closed', 'closed', '已结案', 'Closed');

const RETENTION: CaseType = {
  id: 'retention', name: words('客户挽留', 'Retention'), about: words('预警提示客户可能流失：受理、联系、解决，直到说清结果。', 'An alert says that a customer may leave: take it up, get in touch, solve it, say how it ended.'), is_for_alerts: true, limits: limit(null),
  outcomes: OF_ALERTS,
  stages: [NEW, ACCEPTED, stage('contacted', 'accepted', '已联系', 'In touch'), CLOSED],
  moves: movesOf(['new', 'accepted', 'contacted'], [move('act', 'act', words('记录联系', 'Note a contact'), ['accepted', 'contacted'], 'contacted', ['note'])]),
};
const COMPLAINT: CaseType = {
  id: 'complaint', name: words('投诉处理', 'Complaint'), about: words('客户在抱怨：先回一句，再解决，最后确认满意。', 'A customer complains: answer first, then solve it, then make sure.'), is_for_alerts: false, limits: limit(1),
  outcomes: OF_COMPLAINTS,
  stages: [NEW, ACCEPTED, stage('replied', 'accepted', '已首次回复', 'Answered'), stage('waiting', 'accepted', '等客户确认', 'With the customer'), CLOSED],
  moves: movesOf(['new', 'accepted', 'replied', 'waiting'], [
    move('reply', 'reply', words('首次回复', 'First reply'), ['new', 'accepted'], 'replied', ['note']),
    move('act', 'act', words('已给出方案', 'Solution offered'), ['accepted', 'replied', 'waiting'], 'waiting', ['note']),
  ]),
};

export const TYPES: CaseTypePage = {
  types: [RETENTION, COMPLAINT],
  outcomes: [...OF_ALERTS, ...OF_COMPLAINTS.filter((one) => one !== LEFT)],
  churn_reasons: [['price', '价格', 'Price'], ['service', '服务', 'Service'], ['product', '产品不合用', 'Product does not fit'], ['competitor', '换了别家', 'Went to another'], ['closed_down', '停业或转行', 'Closed down'], ['unknown', '没有说', 'Did not say']].map(([id, zh, en]) => ({ id: id!, name: words(zh!, en!) })),
};

export const typeOf = (id: string): CaseType => TYPES.types.find((one) => one.id === id) ?? RETENTION;
export const stageOf = (type: CaseType, id: string): CaseStage => type.stages.find((one) => one.id === id) ?? type.stages[0]!;

type Plain = Pick<CaseRow, 'id' | 'customer_id' | 'customer_name' | 'owner' | 'opened_at' | 'accept_by' | 'act_by' | 'alerts' | 'tier'> & { severity: string; type?: string; about?: string; opened_by?: string };

/** A case as it is opened, on the desk of the customer's owner. */
export function opened({ type: typeId = 'retention', about, opened_by = 'liuke', severity, ...told }: Plain): CaseRow {
  const type = typeOf(typeId);
  return {
    ...told, severity, about: about ?? null, opened_by, state: 'new', stage: 'new', stage_name: NEW.name, stage_since: told.opened_at, type_id: type.id, type_name: type.name, version: 1,
    assigned_to: told.owner, assigned_name: told.owner, accepted_at: null, accepted_by: null, closed_at: null, closed_by: null, outcome: null, outcome_name: null, outcome_means: null, note: null, churn_reason: null, churn_reason_name: null,
    reply_by: typeId === 'complaint' ? told.accept_by : null, replied_at: null, replied_by: null, acted_at: null, acted_by: null, due_at: told.accept_by, due_for: 'acknowledge', clock: 'on_time',
    passes: 0, most_passes: 0, nudge_count: 0, nudged_at: null, escalated_at: null, reopened_count: 0, open_task_count: 0, comment_count: 0,
    steps: [{ what: 'opened', at: told.opened_at, actor: opened_by, move_name: words('开单', 'Opened'), stage: 'new', stage_name: NEW.name, stage_seconds: 0, working_seconds: 0, assigned_to: told.owner, assigned_name: told.owner, note: about ?? null, outcome: null, outcome_name: null }],
  };
}

const WHAT: Record<string, string> = { acknowledge: 'accepted', claim: 'claimed', assign: 'assigned', transfer: 'transferred', escalate: 'escalated', nudge: 'nudged', reply: 'replied', act: 'acted', advance: 'advanced', close: 'closed', reopen: 'reopened' };

const nameOf = (outcome: string | null): Words | null => TYPES.outcomes.find((one) => one.id === outcome)?.name ?? null;

interface Done { at: string; actor: string; note?: string | null; outcome?: string | null; to?: string | null }

/** What a move does to a case. */
export function moved(row: CaseRow, one: CaseMove, { at, actor, note = null, outcome = null, to = null }: Done): void {
  const type = typeOf(row.type_id);
  const next = stageOf(type, one.to ?? row.stage);
  const seconds = (Date.parse(at) - Date.parse(row.stage_since)) / 1000;
  const before = row.stage;
  Object.assign(row, { version: row.version + 1, stage: next.id, stage_name: next.name, state: next.state, ...(next.id === before ? {} : { stage_since: at }) });
  const holder = one.does === 'claim' ? actor : to;
  if (holder) Object.assign(row, { assigned_to: holder, assigned_name: holder });
  if (one.does === 'acknowledge' || one.does === 'claim') Object.assign(row, { accepted_at: row.accepted_at ?? at, accepted_by: row.accepted_by ?? actor, due_at: row.act_by, due_for: 'act' });
  if (one.does === 'reply') Object.assign(row, { replied_at: at, replied_by: actor });
  if (one.does === 'act') Object.assign(row, { acted_at: at, acted_by: actor, passes: 0, due_at: null, due_for: null, clock: null });
  if (one.does === 'transfer') Object.assign(row, { passes: row.passes + 1, most_passes: Math.max(row.most_passes, row.passes + 1) });
  if (one.does === 'nudge') Object.assign(row, { nudge_count: row.nudge_count + 1, nudged_at: at });
  if (one.does === 'escalate') Object.assign(row, { escalated_at: at });
  if (one.does === 'close') Object.assign(row, { closed_at: at, closed_by: actor, outcome, outcome_name: nameOf(outcome), outcome_means: TYPES.outcomes.find((each) => each.id === outcome)?.means ?? null, note, due_at: null, due_for: null, clock: null });
  if (one.does === 'reopen') Object.assign(row, { closed_at: null, closed_by: null, outcome: null, outcome_name: null, outcome_means: null, reopened_count: row.reopened_count + 1 });
  row.steps.push({ what: WHAT[one.does] ?? one.does, at, actor, move_name: one.name, stage: next.id, stage_name: next.name, stage_seconds: seconds, working_seconds: seconds / 3, assigned_to: row.assigned_to, assigned_name: row.assigned_name, note, outcome, outcome_name: nameOf(outcome) });
}
