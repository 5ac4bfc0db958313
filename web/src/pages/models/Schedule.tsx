// When models are trained without being asked, and what came of it.

import { App, Radio } from 'antd';
import { Link } from 'react-router';
import { useSchedule, type ModelRetraining, type ModelSchedule } from '../../api/models';
import { useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';

const MODES = ['off', 'monthly', 'drift'] as const;

export function Schedule({ schedule, may }: { schedule: ModelSchedule; may: boolean }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const narrow = useNarrow();
  const set = useSchedule();
  const choose = (mode: string) => set.mutate(mode, { onSuccess: () => void message.success(t('model.schedule_saved')), onError: refused });
  return (
    <section className="card model-schedule" aria-label={t('model.schedule')}>
      <div className="line wrap">
        <h2>{t('model.schedule')}</h2>
        <Radio.Group className={narrow ? undefined : 'push'} size="small" value={schedule.mode} disabled={!may || set.isPending} onChange={(event) => choose(event.target.value as string)} optionType={narrow ? 'default' : 'button'} options={MODES.map((one) => ({ value: one, label: t(`model.schedule_mode.${one}`) }))} />
      </div>
      <p className="small quiet">{t('model.schedule_about')}</p>
      {schedule.trainings.map((one) => <Trained key={`${one.churn} ${one.as_of}`} one={one} />)}
    </section>
  );
}

function Trained({ one }: { one: ModelRetraining }) {
  const { t, say, day } = useSay();
  const { asOf } = useMoment();
  return (
    <p className="small">
      {t(`model.retrained.${one.outcome ?? 'running'}`, { day: day(one.as_of), why: say(one.says) })}
      {one.model_id != null && <> · <Link className="nowrap" to={withMoment(`/models/${one.model_id}`, asOf)}>{t('model.retrained_see')}</Link></>}
    </p>
  );
}
