// Which way in? Named, and ready to receive: the next page says what to paste where.

import { Button, Form, Input } from 'antd';
import { Link, useNavigate } from 'react-router';
import { useSourceWork } from '../../api/intake';
import { useMoment, usePageState } from '../../frame/moment';
import { Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { Empty } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import './data.css';
import { isFetched, KINDS, WAYS, type SourceKind } from './kinds';
import { ConnectionForm } from './pull/ConnectionForm';
import { PlaceForm } from './pull/PlaceForm';
import './pull/pull.css';
import { bare, DATABASES, type DatabaseSettings, type PlaceSettings } from './pull/settings';

const NAME = /^[\p{L}\p{N} ._()\uff08\uff09-]{1,80}$/u;

export default function AddSourcePage() {
  const { t } = useSay();
  const { canAct } = useMoment();
  const [query, set] = usePageState();
  const kind = KINDS.find((one) => one.id === query.get('kind'));
  const admin = useSession()?.staff?.role === 'admin';
  if (!canAct || !admin) return <div className="page"><Head title={t('source.add')} /><div className="card"><Empty title={t('source.admin_only')} /></div></div>;
  return (
    <div className="page">
      <div className="wizard">
        <Link to="/data" className="link small line back"><Icon name="left" size={14} />{t('data.title')}</Link>
        <Head title={t('source.add')} sentence={kind ? t('source.add_kind', { kind: t(`source.kind.${kind.id}`) }) : t('source.add_question')} />
        {kind && isFetched(kind.id) ? <Fetched kind={kind} back={() => set({ kind: null }, true)} /> : kind ? <Named kind={kind} back={() => set({ kind: null }, true)} /> : <Gallery pick={(one) => set({ kind: one.id }, true)} />}
      </div>
    </div>
  );
}

function Gallery({ pick }: { pick: (kind: SourceKind) => void }) {
  const { t } = useSay();
  return (
    <>
      {WAYS.map((way) => {
        const kinds = KINDS.filter((one) => one.way === way);
        return kinds.length > 0 && (
          <section key={way}>
            <div className="section-title data-heading"><h2>{t(`source.way.${way}`)}</h2><span className="small quiet">{t(`source.way_about.${way}`)}</span></div>
            <div className="gallery">
              {kinds.map((one) => (
                <button key={one.id} type="button" className="card gallery-item" onClick={() => pick(one)}>
                  <span className="source-icon"><Icon name={one.icon} /></span>
                  <span className="strong">{t(`source.kind.${one.id}`)}</span>
                  <span className="small soft">{t(`source.kind_about.${one.id}`)}</span>
                </button>
              ))}
            </div>
          </section>
        );
      })}
      <section>
        <div className="section-title data-heading"><h2>{t('source.way.files')}</h2></div>
        <Link to="/data/import" className="card gallery-item gallery-wide"><span className="source-icon"><Icon name="upload" /></span><span className="strong">{t('data.import')}</span><span className="small soft">{t('source.way_about.files')}</span></Link>
      </section>
    </>
  );
}

/** Something we fetch: where it is and what is asked; its rows are looked at on the next page. */
function Fetched({ kind, back }: { kind: SourceKind; back: () => void }) {
  const { t } = useSay();
  const navigate = useNavigate();
  const refused = useRefused();
  const { add } = useSourceWork();
  const send = (name: string, settings: DatabaseSettings | PlaceSettings, secrets: Record<string, string>) => add.mutate(
    { kind: kind.id, name, is_strict: false, settings: bare(settings) as never, secrets },
    { onSuccess: (made) => void navigate(`/data/sources/${made.id}`, { replace: true }), onError: refused },
  );
  const others = <Button onClick={back}>{t('act.back')}</Button>;
  return (
    <div className="card wizard-body">
      {DATABASES.includes(kind.id)
        ? <ConnectionForm kind={kind.id} busy={add.isPending} send={(told) => send(told.name, told.settings, told.password ? { password: told.password } : {})} act={t('source.make')} others={others} />
        : <PlaceForm kind={kind.id} busy={add.isPending} send={(told) => send(told.name, told.settings, told.secrets)} act={t('source.make')} others={others} />}
    </div>
  );
}

function Named({ kind, back }: { kind: SourceKind; back: () => void }) {
  const { t } = useSay();
  const navigate = useNavigate();
  const refused = useRefused();
  const { add } = useSourceWork();
  const [form] = Form.useForm<{ name: string }>();
  const send = (told: { name: string }) =>
    add.mutate({ kind: kind.id, name: told.name.trim(), is_strict: false, secrets: {} }, { onSuccess: (made) => void navigate(`/data/sources/${made.id}`, { replace: true }), onError: refused });
  return (
    <Form form={form} className="card wizard-body" layout="vertical" requiredMark={false} onFinish={send} initialValues={{ name: t(`source.name_of.${kind.id}`, { defaultValue: kind.id }) }}>
      <div className="line wide"><span className="source-icon"><Icon name={kind.icon} /></span><div><div className="strong">{t(`source.kind.${kind.id}`)}</div><div className="small soft">{t(`source.kind_about.${kind.id}`)}</div></div></div>
      <Form.Item name="name" label={t('source.name')} extra={t('source.name_hint')} rules={[{ required: true, whitespace: true, message: t('setup.needed') }, { pattern: NAME, message: t('source.name_form') }]} style={{ maxWidth: 360, marginBottom: 0 }}>
        <Input autoFocus maxLength={80} />
      </Form.Item>
      <div className="wizard-foot">
        <Button onClick={back}>{t('act.back')}</Button>
        <Button type="primary" htmlType="submit" loading={add.isPending}>{t('source.make')}</Button>
      </div>
    </Form>
  );
}
