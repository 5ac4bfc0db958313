// A few questions before something is done: a dialog on a desk, a sheet from the bottom edge on a phone.

import { Modal } from 'antd';
import type { ReactNode } from 'react';
import { useSay } from '../words/say';
import './ask.css';

interface AskProps {
  title: ReactNode;
  ok: string;
  /** Whether everything that is needed has been said. */
  ready: boolean;
  busy?: boolean;
  send: () => void;
  leave: () => void;
  children: ReactNode;
}

export function Ask({ title, ok, ready, busy = false, send, leave, children }: AskProps) {
  const { t } = useSay();
  return (
    <Modal open title={title} okText={ok} cancelText={t('act.cancel')} okButtonProps={{ disabled: !ready, loading: busy }} onOk={send} onCancel={leave} destroyOnHidden width={480} wrapClassName="ask">
      <div className="stack ask-fields">{children}</div>
    </Modal>
  );
}

/** A question with its words above it. */
export function Asked({ label, optional = false, children }: { label: string; optional?: boolean; children: ReactNode }) {
  const { t } = useSay();
  return (
    <div className="ask-field">
      <span className="small soft">{label}{optional && <span className="quiet"> {t('cases.optional')}</span>}</span>
      {children}
    </div>
  );
}
