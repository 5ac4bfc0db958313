// Another tag for a customer, of those that there are or a new one: fetched after the page, which does not wait for it.

import { AutoComplete } from 'antd';
import { useState } from 'react';
import { useTags } from '../../api/segments';
import { useSay } from '../../words/say';

export default function AddTag({ used, add }: { used: string[]; add: (tag: string) => void }) {
  const { t } = useSay();
  const { data } = useTags();
  const [text, setText] = useState('');
  const take = (tag: string) => {
    if (tag.trim() === '') return;
    add(tag.trim());
    setText('');
  };
  return (
    <AutoComplete
      size="small" value={text} onChange={setText} onSelect={take} placeholder={t('tags.add')} aria-label={t('tags.add')} style={{ width: 104 }}
      options={(data ?? []).filter((one) => !used.includes(one.tag) && one.tag.includes(text.trim())).map((one) => ({ value: one.tag }))}
      onKeyDown={(event) => { if (event.key === 'Enter' && !event.nativeEvent.isComposing) take(text); }}
    />
  );
}
