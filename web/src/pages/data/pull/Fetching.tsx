// A source that we go and fetch: its connection tried, its rows looked at and mapped, read now or by the clock.

import { App, Button } from 'antd';
import { useState } from 'react';
import { Problem } from '../../../api/client';
import { useFetchWork, useSourceWork } from '../../../api/intake';
import type { Source, SourcePreview } from '../../../api/types';
import { Export } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { useRefused } from '../../../parts/refused';
import { useSay } from '../../../words/say';
import { ConnectionForm } from './ConnectionForm';
import { PlaceForm } from './PlaceForm';
import { Preview } from './Preview';
import './pull.css';
import { Runs } from './Runs';
import { bare, DATABASES, type DatabaseSettings, type PlaceSettings } from './settings';

export function Fetching({ source, may }: { source: Source; may: boolean }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const { change } = useSourceWork();
  const { test, look, run } = useFetchWork();
  const [seen, see] = useState<SourcePreview | null>(null);
  const settings = source.settings as DatabaseSettings & PlaceSettings;
  const keep = (next: DatabaseSettings | PlaceSettings, secrets: Record<string, string> = {}) => change.mutateAsync({ id: source.id, version: source.version, settings: bare(next) as never, secrets });
  const preview = () => look.mutate(source.id, { onSuccess: see, onError: refused });
  const save = (next: DatabaseSettings | PlaceSettings, secrets: Record<string, string>) => void keep({ ...next, mapping: settings.mapping }, secrets).then(() => { see(null); void message.success(t('settings.saved')); }, refused);
  const failure = test.error instanceof Problem ? test.error : null;
  return (
    <>
      <section className="card wizard-body" aria-label={t('pull.rows')}>
        <div className="line wrap">
          <div className="section-title"><h2>{t('pull.rows')}</h2><span className="small quiet">{t('pull.rows_about')}</span></div>
          <span className="push" />
          {may && <Button onClick={() => test.mutate(source.id)} loading={test.isPending}>{t('pull.test')}</Button>}
          {may && <Button onClick={preview} loading={look.isPending}>{t('pull.preview')}</Button>}
          {may && <Button type="primary" icon={<Icon name="again" size={16} />} loading={run.isPending} onClick={() => run.mutate(source.id, { onSuccess: () => void message.success(t('pull.began')), onError: refused })}>{t('pull.run')}</Button>}
        </div>
        {test.data && <p className="small pull-good" role="status"><Icon name="check" size={14} />{t('pull.let_in', { server: test.data.server })}</p>}
        {failure && <div className="missing" role="alert"><div className="strong">{failure.detail}</div><div className="soft">{failure.hint}</div></div>}
        {seen && <Preview key={source.version} preview={seen} mapping={settings.mapping ?? {}} busy={change.isPending || look.isPending} may={may} keep={({ mapping, watermark }) => void keep({ ...settings, mapping, watermark }).then(() => { void message.success(t('settings.saved')); preview(); }, refused)} />}
      </section>
      <section>
        <div className="line data-heading"><h2>{t('pull.runs')}</h2><span className="push"><Export what="runs" query={{ id: source.id }} of={t('pull.runs')} /></span></div>
        <Runs id={source.id} />
      </section>
      <section className="card wizard-body" aria-label={t('pull.connection')}>
        <h2>{t('pull.connection')}</h2>
        {DATABASES.includes(source.kind)
          ? <ConnectionForm key={source.version} kind={source.kind} name={source.name} settings={settings} hasPassword={source.secrets.includes('password')} busy={change.isPending} send={({ settings: next, password }) => save(next, password ? { password } : {})} act={t('act.save')} disabled={!may} />
          : <PlaceForm key={source.version} kind={source.kind} name={source.name} settings={settings} kept={source.secrets} busy={change.isPending} send={({ settings: next, secrets }) => save(next, secrets)} act={t('act.save')} disabled={!may} />}
      </section>
    </>
  );
}
