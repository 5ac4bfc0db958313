// 离职交接: who takes over, what each gets, then one step.

import { App, Form, Modal, Select } from 'antd';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { handOver, previewHandOver, useStaffWork } from '../../../api/staff';
import type { HandOverView, Organisation, StaffRow } from '../../../api/types';
import { useRefused } from '../../../parts/refused';
import { Fault } from '../../../parts/States';
import { useSay } from '../../../words/say';

export function HandOver({ all, person, close }: { all: Organisation; person: StaffRow; close: () => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const [receivers, setReceivers] = useState<number[]>([]);
  const told = { id: person.id, version: person.version, receivers };
  const nothing = !person.owner_key;
  const preview = useQuery({ queryKey: ['hand_over', told], queryFn: () => previewHandOver(told), enabled: receivers.length > 0 || nothing, retry: false });
  const work = useStaffWork(handOver);
  const can = all.staff.filter((one) => one.active && one.id !== person.id && one.owner_key);
  const go = () => work.mutate(told, { onSuccess: () => { void message.success(t('staff.done', { name: person.name })); close(); }, onError: refused });
  return (
    <Modal open title={t('staff.hand_over_title', { name: person.name })} onCancel={close} onOk={go} okText={t('staff.confirm')} okButtonProps={{ danger: true, disabled: !preview.data }} cancelText={t('act.cancel')} confirmLoading={work.isPending} width={520}>
      <div className="stack" style={{ padding: '8px 0', gap: 12 }}>
        <p className="soft">{t('staff.hand_over_about')}</p>
        {!nothing && (
          <Form layout="vertical"><Form.Item label={t('staff.receivers')} extra={t('staff.receivers_hint')} htmlFor="receivers" style={{ marginBottom: 0 }}>
            <Select id="receivers" mode="multiple" value={receivers} onChange={setReceivers} optionFilterProp="label" options={can.map((one) => ({ value: one.id, label: one.name }))} />
          </Form.Item></Form>
        )}
        {preview.error && <Fault error={preview.error} what={t('staff.hand_over')} />}
        {preview.data && <Moves moves={preview.data} />}
      </div>
    </Modal>
  );
}

function Moves({ moves }: { moves: HandOverView }) {
  const { t, count } = useSay();
  if (moves.customer_count === 0 && moves.case_count === 0) return <p>{t('staff.nothing')}</p>;
  return (
    <div className="hand-over" role="status">
      <p className="strong">{t('staff.moves', { customers: count(moves.customer_count), cases: count(moves.case_count) })}</p>
      <ul>{moves.shares.map((one) => <li key={one.staff_id}>{t('staff.gets', { name: one.name, customers: count(one.customer_count), cases: count(one.case_count) })}</li>)}</ul>
    </div>
  );
}
