// One customer, looked for by name or id while it is typed.

import { Select } from 'antd';
import { useState } from 'react';
import { useSearch } from '../api/reading';
import { useSay } from '../words/say';
import { useRested } from './rested';

const REST_MS = 200;

interface CustomerSelectProps { value: string | null; name?: string; choose: (id: string | null) => void; clearable?: boolean }

export function CustomerSelect({ value, name = '', choose, clearable = false }: CustomerSelectProps) {
  const { t } = useSay();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(name);
  const hits = useSearch(useRested(typed, REST_MS));
  const options = (hits.data ?? []).map((hit) => ({ value: hit.customer_id, label: hit.name, owner: hit.owner }));
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }} allowClear={clearable} aria-label={t('col.customer')} placeholder={t('cases.customer_hint')} value={value} notFoundContent={typed.trim() === '' ? t('cases.customer_hint') : hits.isFetching ? t('state.loading') : t('search.none', { text: typed })}
      options={value && !options.some((one) => one.value === value) ? [{ value, label: chosen, owner: null }, ...options] : options}
      optionRender={(option) => <span className="line"><span className="clip" style={{ flex: 1 }}>{option.label}</span><span className="small quiet">{option.data.owner}</span></span>}
      onChange={(id: string | undefined, option) => { choose(id ?? null); setChosen(Array.isArray(option) ? '' : String(option?.label ?? '')); }}
    />
  );
}
