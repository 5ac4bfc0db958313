// 重新计算: runs the cycle and shows how far it is. A cycle that has ended since the page was read, seen or unseen, has the
// page read again.

import { App, Button, Tooltip } from 'antd';
import { useEffect, useRef } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import { useCycle } from '../../api/reading';
import type { CycleStatus } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Icon } from '../../parts/Icon';
import { useSay, useSession } from '../../words/say';

/** `shown`: when the cycle ended that the page shows. */
export function RunCycle({ shown }: { shown: string | null }) {
  const { t, say, share, near } = useSay();
  const { message } = App.useApp();
  const { canAct, asOf } = useMoment();
  const client = useQueryClient();
  const { data: cycle } = useCycle();
  const now = useSession()?.now ?? new Date().toISOString();
  const start = useMutation({
    mutationFn: () => api.post<CycleStatus>('/api/cycle'),
    onSuccess: (status) => client.setQueryData(['cycle'], { ...status, state: 'running' }),
    onError: (error) => void message.error((error instanceof Problem && error.detail) || t('cycle.failed')),
  });
  const running = cycle?.state === 'running';
  const was = useRef(running);
  const ended = !running && !asOf ? (cycle?.last_finished_at ?? null) : null;
  const noted = useRef(shown);
  useEffect(() => {
    // It ended between the reading of the page and the first look at it: nobody saw it run.
    if (ended && ended !== shown && ended !== noted.current && !was.current) void client.invalidateQueries();
    noted.current = ended ?? noted.current;
  }, [ended, shown, client]);
  useEffect(() => {
    if (was.current && !running && cycle) {
      void client.invalidateQueries();
      if (cycle.state === 'failed') void message.error(say(cycle.failure) || t('cycle.failed'), 6);
      else void message.success(say(cycle.last_summary) || t('cycle.done'), 4);
    }
    was.current = running;
  }, [running, cycle, client, message, say, t]);

  if (asOf) return null;
  const last = cycle?.last_finished_at ? t('cycle.last', { when: near(cycle.last_finished_at, now) }) : '';
  return (
    <Tooltip title={running ? t(`cycle.stage_${cycle.stage ?? 'load'}`) : `${t('cycle.about')} ${last}`} mouseEnterDelay={0.35}>
      <Button className="cycle" disabled={!canAct || running} loading={start.isPending} onClick={() => start.mutate()} icon={<Icon name="again" size={16} />}>
        {running ? t('cycle.running', { share: share(cycle.progress, 0) }) : t('cycle.run')}
        {running && <span className="cycle-bar" style={{ width: `${cycle.progress * 100}%` }} />}
      </Button>
    </Tooltip>
  );
}
