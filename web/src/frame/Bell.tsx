// What this person was told, newest first: the bell of the frame. What is opened counts as read.

import { Button, Popover } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { Notices } from '../api/types';
import { Icon } from '../parts/Icon';
import { BoneRows } from '../parts/States';
import { useNow, useSay } from '../words/say';
import './bell.css';
import { useGo } from './moment';

const KEY = ['bell'];
const SHOWN = 12;
const EVERY_MS = 60_000;

const useTold = () => useQuery({ queryKey: KEY, queryFn: () => api.get<Notices>('/api/notices', { whose: 'mine', limit: SHOWN }), refetchInterval: EVERY_MS });

/** Marks some as read, or all. */
function useRead() {
  const client = useQueryClient();
  return useMutation({ mutationFn: (ids: number[] | null) => api.post('/api/notices/read', { ids }), onSettled: () => client.invalidateQueries({ queryKey: KEY }) });
}

export function Bell() {
  const { t, count } = useSay();
  const [open, setOpen] = useState(false);
  const { data } = useTold();
  const unread = data?.unread ?? 0;
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomRight" arrow={false} content={<Told data={data} close={() => setOpen(false)} />}>
      <button type="button" className={unread > 0 ? 'top-button' : 'top-button square'} aria-haspopup="dialog" aria-expanded={open} aria-label={t('bell.label', { count: unread, shown: count(unread) })}>
        <Icon name="alerts" size={18} />
        {unread > 0 && <span className="top-count on">{count(unread)}</span>}
      </button>
    </Popover>
  );
}

function Told({ data, close }: { data: Notices | undefined; close: () => void }) {
  const { t, say, near, dayTime } = useSay();
  const now = useNow(EVERY_MS);
  const go = useGo();
  const read = useRead();
  if (!data) return <div className="bell"><BoneRows rows={3} /></div>;
  const open = (id: number, path: string | null) => {
    read.mutate([id]);
    if (path) go(path);
    close();
  };
  return (
    <section className="bell" aria-label={t('bell.title')}>
      <header className="bell-head">
        <h2>{t('bell.title')}</h2>
        {data.unread > 0 && <Button type="link" size="small" loading={read.isPending} onClick={() => read.mutate(null)}>{t('bell.read_all')}</Button>}
      </header>
      {data.rows.length === 0 ? <p className="quiet">{t('bell.none')}</p> : (
        <ul>
          {data.rows.map((one) => (
            <li key={one.id}>
              <button type="button" className="bell-one" data-unread={one.read_at === null} onClick={() => open(one.id, one.path)}>
                <span className="bell-what">{say(one.subject)}</span>
                <span className="small quiet" title={dayTime(one.planned_at)}>{near(one.planned_at, now)}</span>
                {one.lines[0] && <span className="small soft clip bell-more">{say(one.lines[0].text)}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
