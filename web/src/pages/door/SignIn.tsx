// The door: e-mail and password, and nothing that says which of the two was wrong.

import { Button, Form, Input } from 'antd';
import { useEffect } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import type { Session, SignInRequest } from '../../api/types';
import { speakAs } from '../../words/i18n';
import { useSay, useSession } from '../../words/say';
import { Door } from './Door';

export default function SignInPage() {
  const { t } = useSay();
  const firm = useSession()?.firm;
  const client = useQueryClient();
  const enter = useMutation({
    mutationFn: (told: SignInRequest) => api.post<Session>('/api/sign-in', told),
    onSuccess: (session) => {
      speakAs(session.firm);
      client.setQueryData(['session'], session);
    },
  });
  useEffect(() => {
    document.title = `${t('door.sign_in')} · 留客 Liuke`;
  }, [t]);
  const problem = enter.error instanceof Problem ? enter.error : null;
  const fault = problem && (problem.status === 0 ? t('fault.unreachable') : problem.status === 429 ? t('door.too_many') : problem.status === 401 ? t('door.bad') : problem.detail || t('fault.server'));
  return (
    <Door>
      <div className="door-words"><h1>{firm?.name ?? t('app.name')}</h1><p>{t('door.welcome')}</p></div>
      <div className="card door-card">
        {fault && <div className="door-fault" role="alert">{fault}</div>}
        <Form layout="vertical" requiredMark={false} onFinish={(told: SignInRequest) => enter.mutate(told)}>
          <Form.Item name="email" label={t('door.email')} rules={[{ required: true, message: t('door.email_needed') }]}><Input size="large" autoFocus autoComplete="username" inputMode="email" /></Form.Item>
          <Form.Item name="password" label={t('door.password')} rules={[{ required: true, message: t('door.password_needed') }]}><Input.Password size="large" autoComplete="current-password" /></Form.Item>
          <Button type="primary" size="large" block htmlType="submit" loading={enter.isPending} style={{ marginTop: 8 }}>{t('door.sign_in')}</Button>
        </Form>
      </div>
      <p className="door-foot small quiet">{t('door.forgot')}</p>
    </Door>
  );
}
