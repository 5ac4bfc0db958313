// ⌘K: customers, pages and actions in one box. The server matches names, ids, pinyin and initials.

import { Modal } from 'antd';
import { useDeferredValue, useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import { useSearch } from '../api/reading';
import { BandWord } from '../parts/Band';
import { Icon, type IconName } from '../parts/Icon';
import { setMode, useMode } from '../theme/mode';
import { setLang } from '../words/i18n';
import { useSay, useSession } from '../words/say';
import { PLACES } from './Frame';
import { useGo, useMoment, usePageState } from './moment';

interface Item { key: string; group: string; icon?: IconName; label: ReactNode; find: string; run: () => void }

export default function Palette({ close, help }: { close: () => void; help: () => void }) {
  const { t } = useSay();
  const [text, setText] = useState('');
  const asked = useDeferredValue(text);
  const hits = useSearch(asked);
  const go = useGo();
  const fixed = useFixedItems(help);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const items = useMemo<Item[]>(() => {
    const word = asked.trim().toLowerCase();
    const found = word === '' ? [] : (hits.data ?? []).map((hit): Item => ({
      key: `c${hit.customer_id}`,
      group: t('search.customers'),
      find: '',
      label: <><span className="clip" style={{ flex: 1 }}>{hit.name}</span><span className="small quiet clip">{hit.owner}</span><BandWord band={hit.band} /></>,
      run: () => go(`/customers/${encodeURIComponent(hit.customer_id)}`),
    }));
    return [...found, ...fixed.filter((item) => word === '' || item.find.toLowerCase().includes(word))];
  }, [asked, hits.data, fixed, go, t]);

  useEffect(() => setAt(0), [asked]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const run = (item: Item | undefined) => {
    if (!item) return;
    close();
    item.run();
  };
  const press = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setAt((now) => Math.min(items.length - 1, now + 1));
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(0, now - 1));
    else if (event.key === 'Enter') run(items[at]);
    else return;
    event.preventDefault();
  };

  return (
    <Modal open onCancel={close} footer={null} closable={false} width={600} style={{ top: '12vh' }} styles={{ container: { padding: 0, overflow: 'hidden' } }} title={null} aria-label={t('search.open')}>
      <div className="palette-input">
        <Icon name="search" />
        <input autoFocus value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press} placeholder={t('search.hint')} aria-label={t('search.open')}
          role="combobox" aria-expanded="true" aria-controls={id} aria-activedescendant={items[at] ? `${id}-${at}` : undefined} autoComplete="off" spellCheck={false} />
      </div>
      <div className="palette-list" ref={list} id={id} role="listbox" aria-label={t('search.results')}>
        {items.map((item, index) => (
          <div key={item.key} role="presentation">
            {item.group !== items[index - 1]?.group && <div className="palette-group" role="presentation">{item.group}</div>}
            <div role="option" id={`${id}-${index}`} aria-selected={index === at} className="palette-item" onMouseMove={() => setAt(index)} onClick={() => run(item)}>
              {item.icon && <Icon name={item.icon} />}
              {item.label}
            </div>
          </div>
        ))}
        {items.length === 0 && <div className="palette-group" role="presentation">{hits.isFetching ? t('state.loading') : t('search.none', { text: asked })}</div>}
      </div>
      <div className="palette-foot"><span><kbd>↑</kbd> <kbd>↓</kbd> {t('keys.move')}</span><span><kbd>Enter</kbd> {t('keys.open')}</span><span><kbd>Esc</kbd> {t('keys.close')}</span></div>
    </Modal>
  );
}

function useFixedItems(help: () => void): Item[] {
  const { t, lang } = useSay();
  const go = useGo();
  const mode = useMode();
  const session = useSession();
  const client = useQueryClient();
  const { asOf, canAct } = useMoment();
  const [, set] = usePageState();
  return useMemo(() => {
    const item = (group: string, key: string, icon: IconName, label: string, run: () => void, more = ''): Item => ({ key, group, icon, label, find: `${label} ${key} ${more}`, run });
    const pages = PLACES.map((one) => item(t('search.pages'), one.id, one.icon, t(`nav.${one.id}`), () => go(`/${one.id}`))).concat(item(t('search.pages'), 'segments', 'customers', t('segments.title'), () => go('/segments')));
    const act = t('search.actions');
    const monthAgo = new Date(new Date(session?.now ?? Date.now()).getTime() - 30 * 86_400_000).toISOString().slice(0, 10);
    return [
      ...pages,
      ...(canAct ? [item(act, 'import', 'upload', t('data.import'), () => go('/data/import'))] : []),
      ...(canAct ? [item(act, 'run', 'again', t('cycle.run'), () => void api.post('/api/cycle').finally(() => void client.invalidateQueries({ queryKey: ['cycle'] })))] : []),
      asOf ? item(act, 'now', 'clock', t('as_of.back'), () => set({ as_of: null }, true)) : item(act, 'as of', 'clock', t('as_of.month_ago'), () => set({ as_of: monthAgo }, true), '截至'),
      item(act, 'theme', mode === 'dark' ? 'sun' : 'moon', t(mode === 'dark' ? 'frame.to_light' : 'frame.to_dark'), () => setMode(mode === 'dark' ? 'light' : 'dark')),
      item(act, 'language', 'book', lang === 'zh' ? 'English' : '中文', () => void setLang(lang === 'zh' ? 'en' : 'zh', session?.firm)),
      item(act, 'keys', 'keys', t('keys.title'), help),
    ];
  }, [t, lang, go, mode, session, asOf, canAct, set, help, client]);
}
