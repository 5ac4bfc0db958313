// No such page.

import { Button } from 'antd';
import { Link } from 'react-router';
import { useMoment, withMoment } from '../../frame/moment';
import { Head } from '../../parts/Head';
import { Empty } from '../../parts/States';
import { useSay } from '../../words/say';

export default function LostPage() {
  const { t } = useSay();
  const { asOf } = useMoment();
  return (
    <div className="page">
      <Head title={t('lost.title')} sentence=" " />
      <Empty title={t('lost.title')} acts={<Link to={withMoment('/today', asOf)}><Button type="primary">{t('lost.home')}</Button></Link>}>{t('lost.text')}</Empty>
    </div>
  );
}
