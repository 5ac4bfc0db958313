// Somebody invited opens their link, sets a password and is in.

import { Button, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import type { InvitationShown, Session } from '../../api/types';
import { Bone, Empty } from '../../parts/States';
import { useSay } from '../../words/say';
import { Door } from './Door';

export default function JoinPage() {
  const { t, dayTime } = useSay();
  // The secret stands after the `#`: it is in no server's list of addresses, and leaves the bar at once.
  const [token] = useState(() => location.hash.slice(1));
  const { data, error } = useQuery({ queryKey: ['invitation', token], queryFn: () => api.post<InvitationShown>('/api/invitations/look', { token }), retry: false, staleTime: Infinity });
  useEffect(() => {
    document.title = `${t('join.title', { firm: data?.firm ?? '' })} · 留客 Liuke`;
  }, [t, data]);
  if (error) return <Door><div className="card"><Empty title={t('join.wrong')}>{t('join.wrong_text')}</Empty></div></Door>;
  if (!data) return <Door><div className="card door-card"><Bone w="60%" h={20} /></div></Door>;
  return (
    <Door>
      <div className="door-words"><h1>{t('join.title', { firm: data.firm })}</h1><p>{t('join.hello', { name: data.name })}</p></div>
      <div className="card door-card">
        <p className="soft" style={{ marginBottom: 16 }}>{t('join.about', { role: t(`role.${data.role}`), email: data.email })}</p>
        <Password token={token} />
      </div>
      <p className="door-foot small quiet">{t('join.until', { when: dayTime(data.expires_at) })}</p>
    </Door>
  );
}

function Password({ token }: { token: string }) {
  const { t } = useSay();
  const enter = useMutation({
    mutationFn: (told: { password: string }) => api.post<Session>('/api/invitations/accept', { token, password: told.password }),
    // By a load of its own: whoever used this window before has left nothing in its memory.
    onSuccess: () => window.location.replace('/today'),
  });
  const problem = enter.error instanceof Problem ? enter.error : null;
  const needed = [{ required: true, message: t('setup.needed') }];
  return (
    <>
      {problem && <div className="door-fault" role="alert">{problem.status === 0 ? t('fault.unreachable') : problem.detail}</div>}
      <Form layout="vertical" requiredMark={false} onFinish={(told: { password: string }) => enter.mutate(told)}>
        <Form.Item name="password" label={t('join.password')} extra={t('setup.password_short')} rules={[...needed, { min: 8, message: t('setup.password_short') }]}><Input.Password size="large" autoFocus autoComplete="new-password" /></Form.Item>
        <Form.Item name="again" label={t('join.again')} dependencies={['password']} rules={[...needed, ({ getFieldValue }) => ({ validator: (_, value) => (!value || value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('join.differs')))) })]}><Input.Password size="large" autoComplete="new-password" /></Form.Item>
        <Button type="primary" size="large" block htmlType="submit" loading={enter.isPending} style={{ marginTop: 8 }}>{t('join.begin')}</Button>
      </Form>
    </>
  );
}
