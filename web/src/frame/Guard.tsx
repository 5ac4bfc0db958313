// A page that breaks does not take the house with it.

import { Component, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Button } from 'antd';
import { Empty } from '../parts/States';
import { useSay } from '../words/say';

class Catch extends Component<{ children: ReactNode; place: string; fallback: ReactNode }, { broken: string | null }> {
  override state = { broken: null as string | null };

  static getDerivedStateFromError() {
    return {};
  }

  override componentDidCatch(error: unknown) {
    console.error(error);
    this.setState({ broken: this.props.place });
  }

  override render() {
    return this.state.broken === this.props.place ? this.props.fallback : this.props.children;
  }
}

export function Guard({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  const { t } = useSay();
  const fallback = (
    <div className="page">
      <Empty title={t('fault.broken')} acts={<Button type="primary" onClick={() => location.reload()}>{t('act.reload')}</Button>}>
        {t('fault.broken_text')}
      </Empty>
    </div>
  );
  return <Catch place={pathname} fallback={fallback}>{children}</Catch>;
}
