// A case opened by hand: for whom, of which type, what it is about.

import { App, Input, Radio, Segmented, Select } from 'antd';
import { useState } from 'react';
import { Problem } from '../../api/client';
import { useCaseTypes, useOpenCase } from '../../api/cases';
import { useAlertDesk } from '../../api/desk';
import { useSearch } from '../../api/reading';
import { Ask, Asked } from '../../parts/Ask';
import { useRested } from '../../parts/rested';
import { useSay } from '../../words/say';

const SEVERITIES = ['info', 'warning', 'urgent'];
const REST_MS = 200;

interface NewCaseProps { customer?: { id: string; name: string }; leave: () => void; opened: (id: number) => void }

export function NewCase({ customer, leave, opened }: NewCaseProps) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const { data: types } = useCaseTypes();
  const { data: desk } = useAlertDesk();
  const work = useOpenCase();
  const [typed, setTyped] = useState('');
  const hits = useSearch(useRested(typed, REST_MS));
  const [who, setWho] = useState<string | null>(customer?.id ?? null);
  const [name, setName] = useState(customer?.name ?? '');
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
  const options = (hits.data ?? []).map((hit) => ({ value: hit.customer_id, label: hit.name, owner: hit.owner }));
  return (
    <Ask title={customer ? t('cases.open_title', { name: customer.name }) : t('cases.open')} ok={t('cases.open_send')} ready={who !== null && type !== null && about.trim() !== ''} busy={work.isPending} send={send} leave={leave}>
      {work.error && <div className="ask-changed" role="alert"><b>{problem?.detail || t('case.failed')}</b>{problem?.hint && <span className="soft">{problem.hint}</span>}</div>}
      {!customer && (
        <Asked label={t('col.customer')}>
          <Select
            showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }} aria-label={t('col.customer')} placeholder={t('cases.customer_hint')} value={who} notFoundContent={typed.trim() === '' ? t('cases.customer_hint') : hits.isFetching ? t('state.loading') : t('search.none', { text: typed })}
            options={who && !options.some((one) => one.value === who) ? [{ value: who, label: name, owner: null }, ...options] : options}
            optionRender={(option) => <span className="line"><span className="clip" style={{ flex: 1 }}>{option.label}</span><span className="small quiet">{option.data.owner}</span></span>}
            onChange={(id: string, option) => { setWho(id); setName(Array.isArray(option) ? '' : String(option?.label ?? '')); }}
          />
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
