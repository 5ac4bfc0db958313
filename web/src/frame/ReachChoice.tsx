// Mine, my team, all: whose customers every page shows.

import { App, Dropdown } from 'antd';
import { useReach } from '../api/staff';
import { Icon } from '../parts/Icon';
import { useSay, useSession } from '../words/say';

export function ReachChoice({ narrow }: { narrow: boolean }) {
  const { t } = useSay();
  const session = useSession();
  const { message } = App.useApp();
  const choose = useReach();
  if (!session || session.reaches.length < 2) return null;
  const which = t(`reach.${session.reach}`);
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        selectable: true,
        selectedKeys: [session.reach],
        items: session.reaches.map((one) => ({ key: one, label: <div><div>{t(`reach.${one}`)}</div><div className="small quiet">{t(`reach.means.${one}`)}</div></div> })),
        onClick: ({ key }) => choose.mutate(key, { onError: () => void message.error(t('reach.failed')) }),
      }}
    >
      <button type="button" className="top-button" aria-haspopup="menu" aria-label={t('reach.label', { which })}>
        <Icon name="customers" size={16} />
        {!narrow && <span>{which}</span>}
        {!narrow && <Icon name="down" size={14} />}
      </button>
    </Dropdown>
  );
}
