// A case opened by hand: for whom, of which type, what it is about.

import { App, Input, Radio, Segmented, Select } from 'antd';
import { useState } from 'react';
import { Problem } from '../../api/client';
import { useCaseTypes, useOpenCase } from '../../api/cases';
import { useAlertDesk } from '../../api/desk';
import { Ask, Asked } from '../../parts/Ask';
import { CustomerSelect } from '../../parts/CustomerSelect';
import { useSay } from '../../words/say';

const SEVERITIES = ['info', 'warning', 'urgent'];

interface NewCaseProps { customer?: { id: string; name: string }; leave: () => void; opened: (id: number) => void }

export function NewCase({ customer, leave, opened }: NewCaseProps) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const { data: types } = useCaseTypes();
  const { data: desk } = useAlertDesk();
  const work = useOpenCase();
  const [who, setWho] = useState<string | null>(customer?.id ?? null);
  const [chosenType, setType] = useState<string | null>(null);
  const [about, setAbout] = useState('');
  const [severity, setSeverity] = useState('warning');
  const [to, setTo] = useState<number | null>(null);
  // What alerts open by themselves is seldom what a person opens: the first of the other types is offered.
  const type = chosenType ?? (types?.types.find((one) => !one.is_for_alerts) ?? types?.types[0])?.id ?? null;
  const problem = work.error instanceof Problem ? work.error : null;
  const send = () => {
    if (!who || !type) return;
    work.mutate({ customer_id: who, type_id: type, about: about.trim(), severity, to }, {
      onSuccess: ({ case: row }) => { void message.success(t('cases.opened_for', { name: row.customer_name })); leave(); opened(row.id); },
    });
  };
  return (
    <Ask title={customer ? t('cases.open_title', { name: customer.name }) : t('cases.open')} ok={t('cases.open_send')} ready={who !== null && type !== null && about.trim() !== ''} busy={work.isPending} send={send} leave={leave}>
      {work.error && <div className="ask-changed" role="alert"><b>{problem?.detail || t('case.failed')}</b>{problem?.hint && <span className="soft">{problem.hint}</span>}</div>}
      {!customer && (
        <Asked label={t('col.customer')}>
          <CustomerSelect value={who} choose={setWho} />
        </Asked>
      )}
      {(types?.types.length ?? 0) > 1 && (
        <Asked label={t('cases.type')}>
          <Radio.Group value={type} onChange={(event) => setType(event.target.value as string)} aria-label={t('cases.type')}>
            <div className="ending">{types?.types.map((one) => <Radio key={one.id} value={one.id}><span className="strong">{say(one.name)}</span> <span className="small quiet">{say(one.about)}</span></Radio>)}</div>
          </Radio.Group>
        </Asked>
      )}
      <Asked label={t('cases.about')}>
        <Input.TextArea value={about} rows={3} maxLength={500} aria-label={t('cases.about')} placeholder={t('cases.about_hint')} onChange={(event) => setAbout(event.target.value)} />
      </Asked>
      <Asked label={t('col.severity')}>
        <Segmented value={severity} onChange={setSeverity} aria-label={t('col.severity')} options={SEVERITIES.map((one) => ({ value: one, label: t(`severity.${one}`) }))} />
      </Asked>
      <Asked label={t('cases.holder')} optional>
        <Select<number> allowClear showSearch={{ optionFilterProp: 'label' }} value={to} aria-label={t('cases.holder')} placeholder={t('cases.holder_hint')} onChange={(next: number | undefined) => setTo(next ?? null)}
          options={(desk?.assignees ?? []).map((one) => ({ value: one.id, label: one.name }))} />
      </Asked>
    </Ask>
  );
}
