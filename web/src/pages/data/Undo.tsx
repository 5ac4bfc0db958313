// Stopping an import, and taking back one that is done.

import { App, Button } from 'antd';
import { useImportWork } from '../../api/intake';
import type { ImportJob } from '../../api/types';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';

export function Cancel({ id }: { id: number }) {
  const { t } = useSay();
  const refused = useRefused();
  const { cancel } = useImportWork();
  return <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate(id, { onError: refused })}>{t('import.cancel')}</Button>;
}

export function Undo({ job, small = false }: { job: Pick<ImportJob, 'id' | 'file_name' | 'facts'>; small?: boolean }) {
  const { t, count } = useSay();
  const { modal, message } = App.useApp();
  const refused = useRefused();
  const { undo } = useImportWork();
  const ask = () => void modal.confirm({
    title: t('import.undo_title', { file: job.file_name }), content: t('import.undo_text', { facts: count(job.facts) }), okText: t('import.undo'), cancelText: t('act.cancel'), icon: null, okButtonProps: { danger: true },
    onOk: () => undo.mutateAsync(job.id).then((told) => void message.success(t('import.undid', { facts: count(told.facts) })), refused),
  });
  return <Button {...(small ? { size: 'small', type: 'text' } : {})} loading={undo.isPending} onClick={ask}>{t('import.undo')}</Button>;
}
