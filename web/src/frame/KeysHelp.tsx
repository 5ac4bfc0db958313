// `?`: the keys.

import { Modal } from 'antd';
import { useSay } from '../words/say';
import { PLACES } from './Frame';

export default function KeysHelp({ close }: { close: () => void }) {
  const { t } = useSay();
  const rows: [string, string[]][] = [
    [t('keys.search'), ['⌘ K', 'Ctrl K', '/']],
    [t('keys.move'), ['J', 'K']],
    [t('keys.open'), ['Enter']],
    [t('keys.close'), ['Esc']],
    ...PLACES.map((one): [string, string[]] => [t(`nav.${one.id}`), ['G', one.key.toUpperCase()]]),
    [t('keys.help'), ['?']],
  ];
  return (
    <Modal open title={t('keys.title')} footer={null} onCancel={close} width={400}>
      <dl className="keys">
        {rows.map(([name, keys]) => (
          <div key={name} style={{ display: 'contents' }}><dt>{name}</dt><dd>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dd></div>
        ))}
      </dl>
    </Modal>
  );
}
