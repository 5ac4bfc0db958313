// How this firm speaks, who works here, which programs may read, and by what definitions everything is computed.

import { Tabs } from 'antd';
import { useParams } from 'react-router';
import { useGo } from '../../frame/moment';
import { Head } from '../../parts/Head';
import { Empty } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import { Definitions } from './Definitions';
import { FirmWords } from './FirmWords';
import './settings.css';
import { AdviceLibrary } from './Advice';
import { Audit } from './Audit';
import { NoticeSettings } from './notices/NoticeSettings';
import { OwnershipRules } from './OwnershipRules';
import { StaffAndOrganisation } from './staff/Organisation';
import { Tokens } from './Tokens';
import { ValueMeasure } from './ValueMeasure';

const PARTS = ['firm', 'value', 'staff', 'ownership', 'notices', 'tokens', 'definitions', 'advice', 'audit'] as const;
type Part = (typeof PARTS)[number];

export default function SettingsPage() {
  const { t } = useSay();
  const { part } = useParams();
  const go = useGo();
  const admin = useSession()?.staff?.role === 'admin';
  const shown = PARTS.find((one) => one === part) ?? (admin ? 'firm' : 'definitions');
  const view: Record<Part, React.ReactNode> = {
    firm: admin ? <FirmWords /> : <AdminOnly />,
    value: admin ? <ValueMeasure /> : <AdminOnly />,
    staff: admin ? <StaffAndOrganisation /> : <AdminOnly />,
    ownership: admin ? <OwnershipRules /> : <AdminOnly />,
    audit: admin ? <Audit /> : <AdminOnly />,
    notices: <NoticeSettings />,
    tokens: <Tokens />,
    definitions: <Definitions />,
    advice: <AdviceLibrary />,
  };
  return (
    <div className="page settings">
      <Head title={t('settings.title')} />
      <Tabs activeKey={shown} onChange={(next) => go(`/settings/${next}`)} items={PARTS.map((one) => ({ key: one, label: t(`settings.parts.${one}`), children: one === shown ? view[one] : null }))} />
    </div>
  );
}

function AdminOnly() {
  return <div className="card"><Empty title={useSay().t('settings.admin_only')} /></div>;
}
