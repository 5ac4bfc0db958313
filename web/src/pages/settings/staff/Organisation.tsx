// Staff and organisation: the tree with its heads and numbers, its people, who is invited, what each role may do.

import { Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useOrganisation } from '../../../api/staff';
import type { Organisation, StaffRow, UnitRow } from '../../../api/types';
import { Export } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { Sheet, type Column } from '../../../parts/Sheet';
import { BoneRows, Fault } from '../../../parts/States';
import { useSay } from '../../../words/say';
import { HandOver } from './HandOver';
import { hoursOf, useHoursText } from './Hours';
import { Invite } from './Invite';
import { Invited } from './Invited';
import { Person } from './Person';
import { Roles } from './Roles';
import { StaffSheetImport } from './StaffSheetImport';
import './staff.css';
import { inOrder, pathOf } from './tree';
import { Unit } from './Unit';

type Doing = { what: 'invite' | 'sheet' | 'unit' } | { what: 'edit_unit'; unit: UnitRow } | { what: 'person' | 'hand_over'; person: StaffRow };

/** Everybody, one unit with all below it, or whoever belongs to none. */
type Chosen = number | 'all' | 'none';

export function StaffAndOrganisation() {
  const { t } = useSay();
  const { data, error, refetch } = useOrganisation();
  const [chosen, setChosen] = useState<Chosen>('all');
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  if (error && !data) return <Fault error={error} what={t('settings.parts.staff')} again={() => void refetch()} />;
  if (!data) return <BoneRows rows={6} />;
  const active = data.staff.filter((one) => one.active).length;
  return (
    <>
      <div className="settings-bar">
        <span className="soft">{t('staff.sentence', { count: active })} · {t('staff.units', { count: data.units.length })}</span>
        <span className="push line">
          <Export what="staff" query={{ unit: chosen === 'all' ? null : chosen }} of={t('staff.members')} />
          <Button onClick={() => setDoing({ what: 'unit' })}>{t('staff.add_unit')}</Button>
          <Button onClick={() => setDoing({ what: 'sheet' })} icon={<Icon name="upload" size={16} />}>{t('staff.sheet')}</Button>
          <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setDoing({ what: 'invite' })}>{t('staff.invite')}</Button>
        </span>
      </div>
      <div className="staff-page">
        <Tree all={data} chosen={chosen} choose={setChosen} />
        <div className="stack">
          <MemberTable all={data} chosen={chosen} act={setDoing} />
          <Strangers all={data} />
          <Invited all={data} />
          <Roles all={data} />
        </div>
      </div>
      {doing?.what === 'invite' && <Invite all={data} unit={typeof chosen === 'number' ? chosen : null} close={close} />}
      {doing?.what === 'sheet' && <StaffSheetImport close={close} />}
      {doing?.what === 'unit' && <Unit all={data} unit={null} parent={typeof chosen === 'number' ? chosen : null} close={close} />}
      {doing?.what === 'edit_unit' && <Unit all={data} unit={doing.unit} parent={doing.unit.parent_id} close={close} />}
      {doing?.what === 'person' && <Person all={data} person={doing.person} close={close} />}
      {doing?.what === 'hand_over' && <HandOver all={data} person={doing.person} close={close} />}
    </>
  );
}

function Tree({ all, chosen, choose }: { all: Organisation; chosen: Chosen; choose: (one: Chosen) => void }) {
  const { t, count } = useSay();
  const names = (ids: number[]) => ids.map((id) => all.staff.find((one) => one.id === id)?.name).filter(Boolean).join(t('punctuation.list'));
  const node = (key: Chosen, name: string, depth: number, about: string, risk?: number) => (
    <button key={key} type="button" className="unit" aria-pressed={chosen === key} style={{ paddingInlineStart: 12 + depth * 16 }} onClick={() => choose(key)}>
      <span className={depth === 0 ? 'strong' : undefined}>{name}</span>
      <span className="small quiet">{about}</span>
      {!!risk && <span className="small at-risk">{t('staff.at_risk', { count: risk, shown: count(risk) })}</span>}
    </button>
  );
  const loose = all.staff.filter((one) => one.unit_id === null && one.active).length;
  return (
    <nav className="card unit-tree" aria-label={t('staff.tree')}>
      {node('all', t('staff.everybody'), 0, t('staff.people', { count: all.staff.filter((one) => one.active).length }))}
      {inOrder(all.units).map(({ unit, depth }) => {
        const people = t('staff.people', { count: unit.staff_count });
        const customers = t('staff.customers', { count: unit.customer_count, shown: count(unit.customer_count) });
        const heads = unit.heads.length ? t('staff.heads', { names: names(unit.heads) }) : t('staff.no_head');
        return node(unit.id, unit.name, depth, [heads, people, customers].join(' · '), unit.at_risk_count);
      })}
      {loose > 0 && all.units.length > 0 && node('none', t('staff.no_unit'), 0, t('staff.people', { count: loose }))}
    </nav>
  );
}

function below(all: Organisation, chosen: Chosen): StaffRow[] {
  if (chosen === 'all') return all.staff;
  if (chosen === 'none') return all.staff.filter((one) => one.unit_id === null);
  const units = new Set([chosen, ...inOrder(all.units, chosen).map((one) => one.unit.id)]);
  return all.staff.filter((one) => one.unit_id !== null && units.has(one.unit_id));
}

function MemberTable({ all, chosen, act }: { all: Organisation; chosen: Chosen; act: (doing: Doing) => void }) {
  const { t, count } = useSay();
  const rows = below(all, chosen);
  const unit = typeof chosen === 'number' ? all.units.find((one) => one.id === chosen) : undefined;
  const hours = useHoursText();
  const acts = (one: StaffRow) => (
    <Dropdown trigger={['click']} menu={{
      items: [{ key: 'person', label: t('staff.edit') }, { key: 'hand_over', label: t('staff.hand_over'), disabled: !one.active, danger: true }],
      onClick: ({ key }) => act({ what: key === 'person' ? 'person' : 'hand_over', person: one }),
    }}>
      <Button type="text" size="small" aria-label={`${t('staff.edit')} ${one.name}`} icon={<Icon name="more" size={16} />} />
    </Dropdown>
  );
  const risk = (one: StaffRow) => one.at_risk_count > 0 && <span className="small at-risk"> · {t('staff.at_risk', { count: one.at_risk_count, shown: count(one.at_risk_count) })}</span>;
  const columns: Column<StaffRow>[] = [
    { key: 'name', title: t('settings.name'), width: 'minmax(88px, 1fr)', cell: (one) => <span className={one.active ? 'strong' : 'quiet'}>{one.name}{!one.active && ` · ${t('staff.left')}`}</span> },
    { key: 'role', title: t('settings.role'), width: '132px', cell: (one) => <span title={t(`role_means.${one.role}`)}>{t(`role.${one.role}`)}</span> },
    { key: 'unit', title: t('staff.unit'), width: 'minmax(120px, 1.2fr)', cell: (one) => <span className="soft clip" style={{ display: 'block' }}>{pathOf(all.units, one.unit_id)}</span> },
    { key: 'key', title: t('staff.owner_key'), width: 'minmax(100px, 1fr)', cell: (one) => <span className="soft">{one.owner_key ?? ''}</span> },
    { key: 'customers', title: t('staff.customers_head'), width: 'minmax(120px, 1fr)', right: true, cell: (one) => (one.owner_key ? <span className="number">{count(one.customer_count)}{risk(one)}</span> : null) },
    { key: 'act', title: '', width: '48px', right: true, cell: acts },
  ];
  return (
    <section aria-label={t('staff.members')}>
      {unit && <div className="settings-bar"><h2>{pathOf(all.units, unit.id)}</h2><span className="soft">{hours(hoursOf(all, unit.id).hours)}</span><Button size="small" onClick={() => act({ what: 'edit_unit', unit })}>{t('staff.edit_unit')}</Button></div>}
      <Sheet label={t('staff.members')} columns={columns} rows={rows} rowKey={(one) => one.id} keys={false}
        card={(one) => <div className="line"><div style={{ flex: 1, minWidth: 0 }}><div className="line"><span className="strong">{one.name}</span><span className="small soft">{t(`role.${one.role}`)}</span></div><div className="small quiet clip">{[pathOf(all.units, one.unit_id), one.owner_key && t('staff.customers', { count: one.customer_count, shown: count(one.customer_count) })].filter(Boolean).join(' · ')}</div></div>{acts(one)}</div>} />
    </section>
  );
}

function Strangers({ all }: { all: Organisation }) {
  const { t, count } = useSay();
  if (all.strangers.length === 0) return null;
  return (
    <p className="small quiet">
      {t('staff.strangers', { count: all.strangers.length })}{t('staff.strangers_are', { names: all.strangers.slice(0, 12).map((one) => t('staff.stranger', { owner: one.owner, shown: count(one.customer_count) })).join(t('punctuation.list')) })}{all.strangers.length > 12 && '…'}
    </p>
  );
}
