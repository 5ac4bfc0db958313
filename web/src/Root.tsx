// Everything around the pages: theme, language of components, reading, addresses, who is here.

import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { App, ConfigProvider } from 'antd';
import type { Locale } from 'antd/es/locale';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation } from 'react-router';
import { arrivedPage, loadAlerts, loadChurn, loadCustomer, loadCustomers, loadToday, type LoadPage } from './ahead';
import { newClient } from './api/opening';
import { useSessionQuery } from './api/reading';
import { Frame } from './frame/Frame';
import { Guard } from './frame/Guard';
import { HintLayer } from './parts/Hint';
import { Mark } from './parts/Icon';
import { Fault } from './parts/States';
import { useMode, useStill } from './theme/mode';
import { antdTheme, cssVariables } from './theme/tokens';
import { speakAs } from './words/i18n';
import { SessionContext } from './words/say';

/** A page that came ahead is there at once: who waits even for nothing is first shown that it waits. */
function page(load: LoadPage) {
  const Awaited = lazy(load);
  return function Page() {
    const [Shown] = useState(() => arrivedPage(load) ?? Awaited);
    return <Shown />;
  };
}

const TodayPage = page(loadToday);
const CustomersPage = page(loadCustomers);
const CustomerPage = page(loadCustomer);
const AlertsPage = page(loadAlerts);
const CasesPage = lazy(() => import('./pages/cases/Cases'));
const CasePage = lazy(() => import('./pages/case/Case'));
const BudgetPage = lazy(() => import('./pages/alerts/budget/Budget'));
const PoolPage = lazy(() => import('./pages/pool/Pool'));
const SheetsPage = lazy(() => import('./pages/sheets/Sheets'));
const SheetPage = lazy(() => import('./pages/sheets/Applied'));
const PromisesPage = lazy(() => import('./pages/promises/Promises'));
const RemindersPage = lazy(() => import('./pages/reminders/Reminders'));
const TeamPage = lazy(() => import('./pages/team/Team'));
const ReviewPage = lazy(() => import('./pages/review/Review'));
const RenewalsPage = lazy(() => import('./pages/renewals/Renewals'));
const ChurnPage = page(loadChurn);
const ChurnDefinitionsPage = lazy(() => import('./pages/churn/Definitions'));
const ReasonsPage = lazy(() => import('./pages/churn/Reasons'));
const IndicatorsPage = lazy(() => import('./pages/indicators/Catalog'));
const IndicatorPage = lazy(() => import('./pages/indicators/Indicator'));
const IndicatorBuilderPage = lazy(() => import('./pages/indicators/build/Builder'));
const IndicatorComparePage = lazy(() => import('./pages/indicators/compare/Compare'));
const RulesPage = lazy(() => import('./pages/rules/Rules'));
const RulePage = lazy(() => import('./pages/rules/Rule'));
const RuleBuilderPage = lazy(() => import('./pages/rules/build/Builder'));
const ScorecardsPage = lazy(() => import('./pages/scorecards/Scorecards'));
const ScorecardEditorPage = lazy(() => import('./pages/scorecards/Editor'));
const ModelsPage = lazy(() => import('./pages/models/Models'));
const ModelPage = lazy(() => import('./pages/models/Model'));
const PostMortemPage = lazy(() => import('./pages/postmortem/PostMortem'));
const LookbackPage = lazy(() => import('./pages/lookback/Lookback'));
const SourcesPage = lazy(() => import('./pages/data/Sources'));
const AddSourcePage = lazy(() => import('./pages/data/AddSource'));
const SourcePage = lazy(() => import('./pages/data/Source'));
const InspectorPage = lazy(() => import('./pages/data/live/Inspector'));
const HeldPage = lazy(() => import('./pages/data/live/Held'));
const IdentityPage = lazy(() => import('./pages/data/identity/Identity'));
const QualityPage = lazy(() => import('./pages/data/quality/Quality'));
const FilesPage = lazy(() => import('./pages/data/Files'));
const ImportPage = lazy(() => import('./pages/data/Import'));
const SegmentsPage = lazy(() => import('./pages/segments/Segments'));
const SegmentPage = lazy(() => import('./pages/segments/Segment'));
const SettingsPage = lazy(() => import('./pages/settings/Settings'));
const SignInPage = lazy(() => import('./pages/door/SignIn'));
const SetUpPage = lazy(() => import('./pages/door/SetUp'));
const JoinPage = lazy(() => import('./pages/door/Join'));
const LostPage = lazy(() => import('./pages/door/Lost'));

export function Root({ client }: { client?: QueryClient }) {
  const [own] = useState(() => client ?? newClient());
  return (
    <QueryClientProvider client={own}>
      <Dress>
        <BrowserRouter>
          <Pages />
        </BrowserRouter>
      </Dress>
    </QueryClientProvider>
  );
}

/** Theme and the components' own words. */
export function Dress({ children }: { children: ReactNode }) {
  const mode = useMode();
  const still = useStill();
  const lang = useTranslation().i18n.language;
  // Never without one: the tree below would be mounted anew when it came, and what was typed meanwhile be lost.
  const [locale, setLocale] = useState<Locale>({ locale: lang });
  useEffect(() => {
    const load = lang === 'en' ? import('antd/locale/en_US') : import('antd/locale/zh_CN');
    void load.then((words) => setLocale(words.default));
  }, [lang]);
  const theme = useMemo(() => antdTheme(mode, still), [mode, still]);
  return (
    <ConfigProvider theme={theme} locale={locale} wave={{ disabled: true }} button={{ autoInsertSpace: false }}>
      <style>{cssVariables(mode)}</style>
      <App message={{ maxCount: 3 }} style={{ height: '100%' }}>{children}</App>
    </ConfigProvider>
  );
}

function Pages() {
  const { data: session, error, refetch } = useSessionQuery();
  const { t, i18n } = useTranslation();
  // Words of the firm must be known before the first sentence below is made.
  useMemo(() => speakAs(session?.firm), [session?.firm, i18n.language]);
  if (error && !session) {
    return <div style={{ maxWidth: 560, margin: '15vh auto', padding: 16 }}><Fault error={error} what={t('app.name')} again={() => void refetch()} /></div>;
  }
  if (!session) return <Arriving />;
  return (
    <SessionContext.Provider value={session}>
      <HintLayer />
      <Suspense fallback={<Arriving />}>
        <Routes>
          {session.state === 'setup' && <Route path="*" element={<SetUpPage />} />}
          {session.state !== 'setup' && <Route path="/join" element={<JoinPage />} />}
          {session.state === 'signed_out' && <><Route path="/sign-in" element={<SignInPage />} /><Route path="*" element={<ToSignIn />} /></>}
          {session.state === 'signed_in' && (
            <Route element={<Frame><Guard><Outlet /></Guard></Frame>}>
              <Route index element={<Navigate to="/today" replace />} />
              <Route path="/sign-in" element={<Back />} />
              <Route path="/setup" element={<Navigate to="/today" replace />} />
              <Route path="/today" element={<TodayPage />} />
              <Route path="/customers" element={<CustomersPage />} />
              <Route path="/customers/:id" element={<CustomerPage />} />
              <Route path="/customers/:id/post-mortem" element={<PostMortemPage />} />
              <Route path="/scorecards" element={<ScorecardsPage />} />
              <Route path="/scorecards/:id" element={<ScorecardEditorPage />} />
              <Route path="/models" element={<ModelsPage />} />
              <Route path="/models/:id" element={<ModelPage />} />
              <Route path="/segments" element={<SegmentsPage />} />
              <Route path="/segments/:id" element={<SegmentPage />} />
              <Route path="/alerts" element={<AlertsPage />} />
              <Route path="/alerts/budget" element={<BudgetPage />} />
              <Route path="/cases" element={<CasesPage />} />
              <Route path="/cases/:id" element={<CasePage />} />
              <Route path="/pool" element={<PoolPage />} />
              <Route path="/sheets" element={<SheetsPage />} />
              <Route path="/sheets/:id" element={<SheetPage />} />
              <Route path="/promises" element={<PromisesPage />} />
              <Route path="/reminders" element={<RemindersPage />} />
              <Route path="/team" element={<TeamPage />} />
              <Route path="/review" element={<ReviewPage />} />
              <Route path="/renewals" element={<RenewalsPage />} />
              <Route path="/churn" element={<ChurnPage />} />
              <Route path="/churn/definitions" element={<ChurnDefinitionsPage />} />
              <Route path="/churn/reasons" element={<ReasonsPage />} />
              <Route path="/indicators" element={<IndicatorsPage />} />
              <Route path="/indicators/new" element={<IndicatorBuilderPage />} />
              <Route path="/indicators/compare" element={<IndicatorComparePage />} />
              <Route path="/indicators/:id" element={<IndicatorPage />} />
              <Route path="/rules" element={<RulesPage />} />
              <Route path="/rules/new" element={<RuleBuilderPage />} />
              <Route path="/rules/:id" element={<RulePage />} />
              <Route path="/rules/:id/edit" element={<RuleBuilderPage />} />
              <Route path="/lookback" element={<LookbackPage />} />
              <Route path="/data" element={<SourcesPage />} />
              <Route path="/data/sources/new" element={<AddSourcePage />} />
              <Route path="/data/sources/:id" element={<SourcePage />} />
              <Route path="/data/files" element={<FilesPage />} />
              <Route path="/data/live" element={<InspectorPage />} />
              <Route path="/data/held" element={<HeldPage />} />
              <Route path="/data/identity" element={<IdentityPage />} />
              <Route path="/data/quality" element={<QualityPage />} />
              <Route path="/data/import" element={<ImportPage />} />
              <Route path="/settings/:part?" element={<SettingsPage />} />
              <Route path="*" element={<LostPage />} />
            </Route>
          )}
        </Routes>
      </Suspense>
    </SessionContext.Provider>
  );
}

function ToSignIn() {
  const { pathname, search } = useLocation();
  const from = pathname === '/' ? '' : `?to=${encodeURIComponent(pathname + search)}`;
  return <Navigate to={`/sign-in${from}`} replace />;
}

/** After signing in: where the person wanted to go, inside this house only. */
function Back() {
  const to = new URLSearchParams(useLocation().search).get('to') ?? '';
  return <Navigate to={/^\/(?!\/)/.test(to) ? to : '/today'} replace />;
}

function Arriving() {
  const { t } = useTranslation();
  return <div role="status" aria-label={t('state.loading')} style={{ display: 'grid', placeItems: 'center', height: '60vh', opacity: 0.6 }}><Mark size={32} /></div>;
}
