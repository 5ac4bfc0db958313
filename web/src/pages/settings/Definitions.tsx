// By what everything is computed: in words, and as it is written.

import { Drawer } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { address, api } from '../../api/client';
import { useDefinitions } from '../../api/reading';
import type { DefinitionRow } from '../../api/types';
import { usePageState } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Export } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { Bone, BoneRows, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

const SORTS = ['scorecard', 'churn', 'rule', 'indicator'];

export function Definitions() {
  const { t, say, lang } = useSay();
  const [query, set] = usePageState();
  const { data, error, refetch } = useDefinitions();
  if (error && !data) return <Fault error={error} what={t('settings.parts.definitions')} again={() => void refetch()} />;
  if (!data) return <BoneRows rows={6} />;
  const told = query.get('see');
  const seen = data.find((one) => `${one.sort}/${one.id}` === told) ?? null;
  const columns: Column<DefinitionRow>[] = [
    { key: 'name', title: t('settings.name'), width: 'minmax(140px, 1fr)', cell: (one) => <button type="button" className="link" style={{ all: 'unset', cursor: 'pointer' }} onClick={() => set({ see: `${one.sort}/${one.id}` })}><span className="strong">{say(one.name)}</span></button> },
    { key: 'sentence', title: t('settings.means'), width: 'minmax(200px, 2fr)', cell: (one) => <span className="soft clip-2">{say(one.sentence)}</span> },
    { key: 'id', title: 'ID', width: 'minmax(120px, 1fr)', cell: (one) => <code className="quiet clip" style={{ display: 'block' }}>{one.id}</code> },
    { key: 'active', title: '', width: '64px', right: true, cell: (one) => (one.active ? <span className="small link">{t('settings.in_use')}</span> : null) },
  ];
  return (
    <div className="stack" style={{ gap: 24 }}>
      <div className="line"><p className="soft">{t('settings.definitions_about')}</p><span className="line push"><a className="export" href={address('/api/definitions/archive', { lang })} download title={t('settings.files_hint')}><Icon name="export" size={16} />{t('settings.files')}</a><Export what="definitions" /></span></div>
      {SORTS.map((sort) => {
        const rows = data.filter((one) => one.sort === sort);
        return rows.length === 0 ? null : (
          <section key={sort}>
            <h2 style={{ marginBottom: 10 }}>{t(`settings.sort.${sort}`)}</h2>
            <Sheet label={t(`settings.sort.${sort}`)} columns={columns} rows={rows} rowKey={(one) => one.id} rowHeight={52} keys={false} open={(one) => set({ see: `${one.sort}/${one.id}` })}
              card={(one) => <div><div className="line"><span className="strong">{say(one.name)}</span>{one.active && <span className="small link push">{t('settings.in_use')}</span>}</div><div className="soft small">{say(one.sentence)}</div></div>} />
          </section>
        );
      })}
      <Source one={seen} close={() => set({ see: null })} />
    </div>
  );
}

function Source({ one, close }: { one: DefinitionRow | null; close: () => void }) {
  const { t, say } = useSay();
  const narrow = useNarrow();
  const { data, error, refetch } = useQuery({
    queryKey: ['definition', one?.sort, one?.id],
    queryFn: () => api.text(`/api/definitions/${one!.sort}/${encodeURIComponent(one!.id)}/source`),
    enabled: one !== null,
  });
  return (
    <Drawer open={one !== null} onClose={close} size={narrow ? '100%' : 640} title={one ? say(one.name) : ''}>
      {one && <p style={{ marginBottom: 16 }}>{say(one.sentence)}</p>}
      {error ? <Fault error={error} what={t('settings.source')} again={() => void refetch()} /> : data === undefined ? <Bone w="100%" h={240} /> : <pre className="toml" tabIndex={0} aria-label={t('settings.source')}>{data.split('\n').map((line, index) => <TomlLine key={index} line={line} />)}</pre>}
    </Drawer>
  );
}

/** Keys, tables, texts and notes of a line; no more grammar than reading needs. */
function TomlLine({ line }: { line: string }) {
  if (/^\s*#/.test(line)) return <><span className="toml-note">{line}</span>{'\n'}</>;
  if (/^\s*\[/.test(line) && !line.includes('=')) return <><span className="toml-head">{line}</span>{'\n'}</>;
  const parts = line.split(/("(?:[^"\\]|\\.)*"|[\w-]+(?=\s*=))/);
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <span key={index} className={part.startsWith('"') ? 'toml-text' : 'toml-key'}>{part}</span>))}{'\n'}</>;
}
