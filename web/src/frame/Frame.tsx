// The frame: where one is, what moment it is, who one is. Everything else belongs to the page.

import { App, Dropdown, Popover, Tooltip } from 'antd';
import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from 'react';
import { NavLink } from 'react-router';
import { api } from '../api/client';
import { useNewAlertCount } from '../api/reading';
import type { Session } from '../api/types';
import { CaseDesk } from '../parts/CaseWork';
import { FollowUpDesk } from '../parts/FollowUp';
import { Icon, Mark, type IconName } from '../parts/Icon';
import { isTaken } from '../parts/keys';
import { Bone, BoneRows } from '../parts/States';
import { setMode, useMode } from '../theme/mode';
import { setLang } from '../words/i18n';
import { useSay, useSession } from '../words/say';
import './frame.css';
import { ScrollContext, useGo, useMoment, usePageState, usePlace, withMoment } from './moment';
import { useNarrow } from './narrow';
import { ReachChoice } from './ReachChoice';
import { Bell } from './Bell';

const Palette = lazy(() => import('./Palette'));
const AsOfChoice = lazy(() => import('./AsOfChoice'));
const KeysHelp = lazy(() => import('./KeysHelp'));

export interface Place {
  id: string;
  icon: IconName;
  key: string;
  /** Work for a desk: on a phone it is found by searching and under 我. */
  desk?: boolean;
}

/** A place stays lit on pages that belong to it under another address. */
const litBy = (id: string, place: string, name: string) => ({ isActive }: { isActive: boolean }) => (isActive || (id === 'customers' && ['segments', 'pool', 'sheets'].includes(place)) ? `${name} active` : name);

/** Pages of the frame, with the second key of `g …`. */
export const PLACES: Place[] = [
  { id: 'today', icon: 'today', key: 't' },
  { id: 'customers', icon: 'customers', key: 'c' },
  { id: 'alerts', icon: 'alerts', key: 'a' },
  { id: 'cases', icon: 'cases', key: 'w' },
  { id: 'promises', icon: 'check', key: 'p', desk: true },
  { id: 'reminders', icon: 'clock', key: 'e', desk: true },
  { id: 'team', icon: 'person', key: 'm', desk: true },
  { id: 'review', icon: 'review', key: 'v', desk: true },
  { id: 'renewals', icon: 'again', key: 'n', desk: true },
  { id: 'churn', icon: 'churn', key: 'l' },
  { id: 'indicators', icon: 'indicators', key: 'i', desk: true },
  { id: 'scorecards', icon: 'scorecards', key: 'h', desk: true },
  { id: 'rules', icon: 'rules', key: 'r', desk: true },
  { id: 'models', icon: 'models', key: 'o', desk: true },
  { id: 'data', icon: 'data', key: 'd' },
  { id: 'settings', icon: 'settings', key: 's', desk: true },
];

/** Places that this person may go to: what comes in is not everybody's business. */
function usePlaces(): Place[] {
  const session = useSession();
  const permissions = session?.permissions;
  // A shop has no contracts that come to an end.
  const hasContracts = session?.firm?.template !== 'ecommerce';
  return PLACES.filter((one) => (one.id !== 'data' || permissions?.some((may) => may === 'see_data')) && (one.id !== 'renewals' || hasContracts));
}

export function Frame({ children }: { children: ReactNode }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  const narrow = useNarrow();
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [asking, setAsking] = useState(false);
  const [helping, setHelping] = useState(false);
  const place = usePlace();
  useFrameKeys(useCallback(() => setAsking(true), []), useCallback(() => setHelping(true), []));
  useEffect(() => {
    if (scroller) scroller.scrollTop = 0;
  }, [scroller, place]);

  return (
    <CaseDesk><FollowUpDesk>
      <div className="frame" data-past={asOf !== null}>
        <a className="skip" href="#main">{t('frame.skip')}</a>
        {!narrow && <SideNav />}
        <div className="frame-right">
          <TopBar ask={() => setAsking(true)} narrow={narrow} />
          {asOf && <PastBar asOf={asOf} />}
          <main id="main" className="frame-main" ref={setScroller} tabIndex={-1}>
            <ScrollContext.Provider value={scroller}>
              <Suspense fallback={<div className="page"><Bone w="40%" h={24} /><BoneRows rows={8} /></div>}>{children}</Suspense>
            </ScrollContext.Provider>
          </main>
          {narrow && <BottomNav />}
        </div>
        <Suspense fallback={null}>
          {asking && <Palette close={() => setAsking(false)} help={() => setHelping(true)} />}
          {helping && <KeysHelp close={() => setHelping(false)} />}
        </Suspense>
      </div>
    </FollowUpDesk></CaseDesk>
  );
}

/** ⌘K anywhere; `?` and `g` + letter where nobody types. */
function useFrameKeys(ask: () => void, help: () => void) {
  const go = useGo();
  useEffect(() => {
    let led = 0;
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        ask();
        return;
      }
      if (isTaken(event)) return;
      if (event.key === '?') help();
      else if (event.key === '/') { event.preventDefault(); ask(); }
      else if (event.key === 'g') led = event.timeStamp;
      else if (led && event.timeStamp - led < 1200) {
        led = 0;
        const place = PLACES.find((one) => one.key === event.key);
        if (place) go(`/${place.id}`);
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [ask, help, go]);
}

function SideNav() {
  const { t } = useSay();
  const places = usePlaces();
  const { asOf } = useMoment();
  const session = useSession();
  const place = usePlace();
  return (
    <nav className="side" aria-label={t('frame.nav')}>
      <NavLink to={withMoment('/today', asOf)} className="side-brand" aria-label={t('app.name')}>
        <Mark size={24} />
        <span className="side-name">{t('app.short')}</span>
      </NavLink>
      {places.map((one) => (
        <NavLink key={one.id} to={withMoment(`/${one.id}`, asOf)} className={litBy(one.id, place, 'side-link')} title={t(`nav.${one.id}`)}>
          <Icon name={one.icon} />
          <span>{t(`nav.${one.id}`)}</span>
        </NavLink>
      ))}
      <div className="side-foot">
        <div className="clip" title={session?.firm?.name}>{session?.firm?.name}</div>
        {session?.firm?.demo && <div className="quiet clip">{t('frame.demo')}</div>}
      </div>
    </nav>
  );
}

function BottomNav() {
  const { t } = useSay();
  const places = usePlaces();
  const { asOf } = useMoment();
  const place = usePlace();
  return (
    <nav className="bottom" aria-label={t('frame.nav')}>
      {places.filter((one) => !one.desk).map((one) => (
        <NavLink key={one.id} to={withMoment(`/${one.id}`, asOf)} className={litBy(one.id, place, 'bottom-link')}>
          <Icon name={one.icon} size={20} />
          <span>{t(`nav_short.${one.id}`)}</span>
        </NavLink>
      ))}
    </nav>
  );
}

function TopBar({ ask, narrow }: { ask: () => void; narrow: boolean }) {
  const { t, lang, count } = useSay();
  const mode = useMode();
  const session = useSession();
  const { asOf } = useMoment();
  const { data: fresh } = useNewAlertCount();
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const role = session?.staff?.role;
  return (
    <header className="top">
      {narrow && <NavLink to={withMoment('/today', asOf)} aria-label={t('app.name')} className="top-mark"><Mark size={24} /></NavLink>}
      <button type="button" className="top-search" onClick={ask} aria-label={t('search.open')}>
        <Icon name="search" size={16} />
        <span className="clip">{narrow ? t('search.short') : t('search.hint')}</span>
        {!narrow && <kbd>{mac ? '⌘K' : 'Ctrl K'}</kbd>}
      </button>
      <div className="top-acts">
        <ReachChoice narrow={narrow} />
        {(role !== 'owner' || asOf) && <AsOf narrow={narrow} />}
        {!narrow && (
          <NavLink to={withMoment('/alerts?case_state=new', asOf)} className="top-button" aria-label={t('frame.new_alerts', { count: fresh ?? 0 })}>
            <span>{t('frame.new')}</span>
            <span className={fresh ? 'top-count on' : 'top-count'}>{fresh === undefined ? '·' : count(fresh)}</span>
          </NavLink>
        )}
        {!narrow && (
          <Tooltip title={t(mode === 'dark' ? 'frame.to_light' : 'frame.to_dark')}>
            <button type="button" className="top-button square" onClick={() => setMode(mode === 'dark' ? 'light' : 'dark')} aria-label={t(mode === 'dark' ? 'frame.to_light' : 'frame.to_dark')}>
              <Icon name={mode === 'dark' ? 'sun' : 'moon'} />
            </button>
          </Tooltip>
        )}
        {!narrow && (
          <button type="button" className="top-button" lang={lang === 'zh' ? 'en' : 'zh-CN'} onClick={() => void setLang(lang === 'zh' ? 'en' : 'zh', session?.firm)}
            aria-label={lang === 'zh' ? 'Switch to English' : '切换到中文'}>
            <span className={lang === 'zh' ? 'strong' : 'quiet'}>中</span><span className="quiet">/</span><span className={lang === 'en' ? 'strong' : 'quiet'}>EN</span>
          </button>
        )}
        <Bell />
        <Me narrow={narrow} />
      </div>
    </header>
  );
}

function Me({ narrow }: { narrow: boolean }) {
  const { t, lang } = useSay();
  const session = useSession();
  const go = useGo();
  const mode = useMode();
  const { message } = App.useApp();
  const staff = session?.staff;
  const leave = async () => {
    try {
      await api.post<Session>('/api/sign-out');
      // By a load of its own: nothing that this person has read stays in the window's memory.
      window.location.replace('/sign-in');
    } catch {
      void message.error(t('fault.unreachable'));
    }
  };
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: [
          { key: 'who', disabled: true, label: <div style={{ padding: '2px 0' }}><div className="strong" style={{ color: 'var(--ink)' }}>{staff?.name}</div><div className="small quiet">{staff?.email} · {t(`role.${staff?.role}`)}</div></div> },
          { type: 'divider' },
          ...(narrow ? [
            ...PLACES.filter((one) => one.desk).map((one) => ({ key: one.id, icon: <Icon name={one.icon} size={16} />, label: t(`nav.${one.id}`) })),
            { key: 'theme', icon: <Icon name={mode === 'dark' ? 'sun' : 'moon'} size={16} />, label: t(mode === 'dark' ? 'frame.to_light' : 'frame.to_dark') },
            { key: 'lang', icon: <Icon name="book" size={16} />, label: lang === 'zh' ? 'English' : '中文' },
          ] : []),
          { key: 'tokens', icon: <Icon name="key" size={16} />, label: t('me.tokens') },
          { key: 'docs', icon: <Icon name="book" size={16} />, label: <a href="/docs" target="_blank" rel="noreferrer">{t('me.docs')}</a> },
          { type: 'divider' },
          { key: 'leave', icon: <Icon name="leave" size={16} />, label: t('me.sign_out') },
        ],
        onClick: ({ key }) => {
          if (key === 'theme') setMode(mode === 'dark' ? 'light' : 'dark');
          if (key === 'lang') void setLang(lang === 'zh' ? 'en' : 'zh', session?.firm);
          if (key === 'tokens') go('/settings/tokens');
          if (PLACES.some((one) => one.id === key)) go(`/${key}`);
          if (key === 'leave') void leave();
        },
      }}
    >
      <button type="button" className="top-me" aria-label={t('me.menu')}>{(staff?.name ?? '·').slice(0, 1).toUpperCase()}</button>
    </Dropdown>
  );
}

function AsOf({ narrow }: { narrow: boolean }) {
  const { t, dayTime } = useSay();
  const { asOf } = useMoment();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      arrow={false}
      content={<Suspense fallback={<div style={{ width: 280, height: 200 }} />}><AsOfChoice done={() => setOpen(false)} /></Suspense>}
    >
      <button type="button" className={asOf ? 'top-button past' : 'top-button'} aria-haspopup="dialog" aria-expanded={open} aria-label={t('as_of.label', { when: asOf ? dayTime(asOf) : t('as_of.now') })}>
        <Icon name="clock" size={16} />
        {!narrow && <span className="soft">{t('as_of.title')}</span>}
        {(!narrow || asOf) && <span className="number">{asOf ? dayTime(asOf) : t('as_of.now')}</span>}
        {!narrow && <Icon name="down" size={14} />}
      </button>
    </Popover>
  );
}

function PastBar({ asOf }: { asOf: string }) {
  const { t, dayTime } = useSay();
  const [, set] = usePageState();
  return (
    <div className="past-bar" role="status">
      <span>{t('as_of.bar', { when: dayTime(asOf) })}</span>
      <button type="button" onClick={() => set({ as_of: null }, true)}>{t('as_of.back')}</button>
    </div>
  );
}
