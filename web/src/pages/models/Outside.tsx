// Somebody else's model: a table of scores that becomes a challenger.

import { Button, InputNumber, Radio, Select, Upload } from 'antd';
import { useState } from 'react';
import { useChurnDefinitions } from '../../api/churn';
import { useOutside } from '../../api/models';
import { useGo } from '../../frame/moment';
import { Ask, Asked } from '../../parts/Ask';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';

const HORIZONS = [30, 60, 90, 180];
const LASTS_DAYS = 45;

export function Outside({ leave }: { leave: () => void }) {
  const { t, say } = useSay();
  const refused = useRefused();
  const go = useGo();
  const { data } = useChurnDefinitions();
  const add = useOutside();
  const [file, setFile] = useState<File | null>(null);
  const [churn, setChurn] = useState<string | null>(null);
  const [days, setDays] = useState(90);
  const [lasts, setLasts] = useState(LASTS_DAYS);
  const chosen = churn ?? data?.find((one) => one.is_in_use)?.id ?? null;
  const take = (picked: File) => { setFile(picked); return false; };
  const send = () => chosen && file && add.mutate({ file, churn: chosen, horizon_days: days, lasts_days: lasts }, { onSuccess: (page) => { leave(); go(`/models/${page.row.id}`); }, onError: refused });
  return (
    <Ask title={t('model.outside_add')} ok={t('model.outside_send')} ready={chosen !== null && file !== null} busy={add.isPending} send={send} leave={leave}>
      <p className="soft">{t('model.outside_about')}</p>
      <Asked label={t('model.outside_file')}>
        <div className="line wrap">
          <Upload accept=".csv,.txt,.tsv,.xlsx,.xls,.parquet,.json" showUploadList={false} beforeUpload={take}><Button>{t('model.outside_pick')}</Button></Upload>
          {file && <span className="clip">{file.name}</span>}
        </div>
      </Asked>
      <Asked label={t('model.churn')}>
        <Select value={chosen} loading={!data} aria-label={t('model.churn')} onChange={setChurn} options={(data ?? []).map((one) => ({ value: one.id, label: say(one.name) }))} />
      </Asked>
      <Asked label={t('model.outside_horizon')}>
        <Radio.Group value={days} onChange={(event) => setDays(event.target.value as number)} optionType="button" options={HORIZONS.map((one) => ({ value: one, label: t('model.days', { days: one }) }))} />
      </Asked>
      <Asked label={t('model.outside_lasts')}>
        <InputNumber min={1} max={366} precision={0} value={lasts} aria-label={t('model.outside_lasts')} onChange={(value) => setLasts(value ?? LASTS_DAYS)} />
      </Asked>
    </Ask>
  );
}
